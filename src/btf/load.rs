//! Copies what btf-rs reads into tables of our own. Knows of a type of btf-rs that it is one; `convert` knows the rest.
//!
//! btf-rs hands out each type as an owned value with vectors inside; the tables hold the same in a
//! few flat allocations, and btf-rs is dropped as soon as they are filled.

use std::ops::RangeInclusive;

use super::{
    encoding::{DATASEC, ENUM, ENUM64, FUNC_PROTO, STRUCT, UNION},
    fact::Fact,
    malformed::Malformed,
    open,
    sections::{Endian, HEADER, Sections},
    strings::Numbering,
    types::{Enumerator, Int, Member, Parameter, SectionEntry, Type, TypeId},
};

/// All types of one BTF, `void` first, and what their spans refer to.
#[derive(Default)]
pub(super) struct Tables {
    pub types: Vec<Type>,
    /// How many of them are functions.
    pub functions: usize,
    /// What is known of each before any is looked into.
    pub facts: Vec<Fact>,
    /// The integers once more, since they are few.
    pub ints: Vec<Int>,
    /// The types that C defines or declares by a name, a tag or a body, ascending; one of six.
    pub tagged_types: Vec<TypeId>,
    /// The sections, ascending.
    pub sections: Vec<TypeId>,
    pub members: Vec<Member>,
    pub enumerators: Vec<Enumerator>,
    pub parameters: Vec<Parameter>,
    pub entries: Vec<SectionEntry>,
}

impl Tables {
    /// No types but `void`, and room for those of all these.
    pub fn with_room(wires: &[&Sections]) -> Tables {
        let types: usize = wires.iter().map(|sections| sections.types as usize).sum();
        let entries_of = |kinds: &[u32]| {
            wires
                .iter()
                .map(|sections| sections.entries_of(kinds))
                .sum()
        };
        let mut tables = Tables {
            types: Vec::with_capacity(types + 1),
            functions: 0,
            facts: Vec::with_capacity(types + 1),
            ints: Vec::new(),
            tagged_types: Vec::new(),
            sections: Vec::new(),
            members: Vec::with_capacity(entries_of(&[STRUCT, UNION])),
            enumerators: Vec::with_capacity(entries_of(&[ENUM, ENUM64])),
            parameters: Vec::with_capacity(entries_of(&[FUNC_PROTO])),
            entries: Vec::with_capacity(entries_of(&[DATASEC])),
        };
        tables.push(Type::Void);
        tables
    }

    /// Reads BTF that stands alone.
    pub fn read(
        bytes: &[u8],
        sections: &Sections,
        names: &mut Numbering,
    ) -> Result<Tables, Malformed> {
        #[cfg(target_os = "linux")]
        if bytes.len() >= open::WORTH_A_FILE {
            if let Ok(tables) = Tables::read_mapped(bytes, sections, names) {
                return Ok(tables);
            }
        }
        Tables::of(&open::alone(bytes)?, sections, names)
    }

    fn of(
        raw: &btf_rs::Btf,
        sections: &Sections,
        names: &mut Numbering,
    ) -> Result<Tables, Malformed> {
        let mut tables = Tables::with_room(&[sections]);
        tables.append(raw.base(), sections, names)?;
        Ok(tables)
    }

    /// Lets btf-rs map one piece of the types after the other, without names. All are in the same
    /// file in turn, since a page costs more to be had than to be filled.
    #[cfg(target_os = "linux")]
    fn read_mapped(
        bytes: &[u8],
        sections: &Sections,
        names: &mut Numbering,
    ) -> open::mapped::Result<Tables> {
        let mut file = open::mapped::MemFile::new()?;
        let mut tables = Tables::with_room(&[sections]);
        let mut hidden = sections.hidden.iter().copied();
        for piece in &sections.pieces {
            let types = &bytes[piece.bytes.clone()];
            let header = header(bytes, sections.endian, types.len());
            file.read(&[&header, types], |raw| {
                tables.append_some(raw.base(), 1..=piece.types, names, &mut hidden)
            })??;
        }
        Ok(tables)
    }

    /// Adds all types of a section: those of BTF that stands alone, or of the split BTF whose base has
    /// these.
    pub fn append(
        &mut self,
        raw: &btf_rs::BtfSection,
        sections: &Sections,
        names: &mut Numbering,
    ) -> Result<(), Malformed> {
        let first = self.types.len() as u32;
        let ids = first..=(first - 1).saturating_add(sections.types);
        self.append_some(raw, ids, names, &mut sections.hidden.iter().copied())
    }

    fn append_some(
        &mut self,
        raw: &btf_rs::BtfSection,
        ids: RangeInclusive<u32>,
        names: &mut Numbering,
        hidden: &mut impl Iterator<Item = u32>,
    ) -> Result<(), Malformed> {
        for id in ids {
            let ty = match &raw.resolve_type_by_id(id) {
                Ok(raw) => self.convert(raw, names, || hidden.next().unwrap_or(0)),
                Err(e) => return Err(Malformed::new(e.to_string()).in_type(id, "")),
            };
            self.push(ty);
        }
        Ok(())
    }

    /// Adds a type whose members and the like are there. What is told by its kind is found now, when that is at
    /// hand: no processor guesses which kind comes next.
    fn push(&mut self, ty: Type) {
        if ty.is_defined() {
            self.tagged_types.push(TypeId(self.types.len() as u32));
        }
        if matches!(ty, Type::Section { .. }) {
            self.sections.push(TypeId(self.types.len() as u32));
        }
        self.functions += usize::from(matches!(ty, Type::Function { .. }));
        self.facts.push(Fact::of(&ty, &self.parameters));
        self.types.push(ty);
    }
}

/// The header of BTF that has so many bytes of types and no names.
#[cfg(target_os = "linux")]
fn header(whole: &[u8], endian: Endian, types: usize) -> Vec<u8> {
    // Magic number, version and flags.
    let mut header = whole[..4].to_vec();
    for word in [HEADER, 0, types, 0, 0] {
        header.extend(endian.bytes(word as u32));
    }
    header
}

#[cfg(test)]
#[path = "../../tests/support/encode.rs"]
mod encode;

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::encode::{Encoder, Endian, member};
    use super::*;

    /// The size of the input decides which backend of btf-rs reads it. Both must read the same.
    #[test]
    fn both_backends_read_the_same() {
        for endian in [Endian::Little, Endian::Big] {
            let mut btf = Encoder::new(endian);
            let int = btf.int("int", 4, 1, 0, 32);
            let pointer = btf.ptr(int);
            btf.struct_("pair", 16, &[member("a", int, 0), member("b", pointer, 64)]);
            let bytes = btf.finish();
            let sections =
                Sections::read(&bytes, crate::btf::Base::default()).expect("it is sound");
            let names = || Numbering::read(&bytes[sections.strings.clone()]).expect("it is sound");
            let mapped = Tables::read_mapped(&bytes, &sections, &mut names());
            let mapped = mapped.expect("there are memfds");
            let eager = Tables::read(&bytes, &sections, &mut names()).expect("it is sound");
            assert_eq!(mapped.types, eager.types);
            assert_eq!(mapped.members, eager.members);
        }
    }
}
