//! Copies the types that btf-rs reads into flat tables. `convert` translates each type.
//!
//! btf-rs returns each type as an owned value with vectors inside. The tables need only a few allocations for all
//! types, and finding a type by its id is an index operation.

use std::ops::RangeInclusive;

use super::{
    encoding::{DATASEC, ENUM, ENUM64, FUNC_PROTO, STRUCT, UNION},
    malformed::Malformed,
    open,
    sections::{Endian, HEADER, Sections},
    strings::NameIndex,
    type_info::TypeInfo,
    types::{Enumerator, Int, Member, Parameter, SectionEntry, Type, TypeId},
};

/// All types of one BTF by id, including those of its base. Their members, enumerators, parameters and section entries
/// are in tables of their own, to which the types refer with spans.
#[derive(Default)]
pub(super) struct Tables {
    pub types: Vec<Type>,
    /// The number of functions among `types`.
    pub functions: usize,
    /// The facts that are known from a type without the types that it refers to. The type id is the index.
    pub infos: Vec<TypeInfo>,
    /// A copy of each integer in `types`, since some checks look only at integers.
    pub ints: Vec<Int>,
    /// The ids of structs, unions, enums, typedefs and forward declarations, in ascending order.
    pub tagged_types: Vec<TypeId>,
    /// The ids of data sections, in ascending order.
    pub sections: Vec<TypeId>,
    pub members: Vec<Member>,
    pub enumerators: Vec<Enumerator>,
    pub parameters: Vec<Parameter>,
    pub entries: Vec<SectionEntry>,
}

impl Tables {
    /// Returns tables that contain only `void`, with capacity for the types of each BTF in `all`.
    pub fn with_capacity_for(all: &[&Sections]) -> Tables {
        let types: usize = all.iter().map(|sections| sections.types as usize).sum();
        let entries_of =
            |kinds: &[u32]| all.iter().map(|sections| sections.entries_of(kinds)).sum();
        let mut tables = Tables {
            types: Vec::with_capacity(types + 1),
            functions: 0,
            infos: Vec::with_capacity(types + 1),
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

    /// Reads BTF that is not split.
    pub fn read(
        bytes: &[u8],
        sections: &Sections,
        names: &mut NameIndex,
    ) -> Result<Tables, Malformed> {
        #[cfg(target_os = "linux")]
        if bytes.len() >= open::MIN_MAPPED_SIZE {
            if let Ok(tables) = Tables::read_mapped(bytes, sections, names) {
                return Ok(tables);
            }
        }
        Tables::of(&open::unsplit(bytes)?, sections, names)
    }

    fn of(
        raw: &btf_rs::Btf,
        sections: &Sections,
        names: &mut NameIndex,
    ) -> Result<Tables, Malformed> {
        let mut tables = Tables::with_capacity_for(&[sections]);
        tables.append(raw.base(), sections, names)?;
        Ok(tables)
    }

    /// Lets btf-rs read the type section in pieces. The strings are left out, since `names` already has them. Each
    /// piece is written to the same file, which btf-rs maps into memory. Overwriting the pages of that file costs less
    /// than allocating new ones.
    #[cfg(target_os = "linux")]
    fn read_mapped(
        bytes: &[u8],
        sections: &Sections,
        names: &mut NameIndex,
    ) -> open::mapped::Result<Tables> {
        let mut file = open::mapped::MemFile::new()?;
        let mut tables = Tables::with_capacity_for(&[sections]);
        let mut hidden = sections.hidden.iter().copied();
        for piece in &sections.pieces {
            let types = &bytes[piece.bytes.clone()];
            let header = header(bytes, sections.endian, types.len());
            file.read(&[&header, types], |raw| {
                tables.append_ids(raw.base(), 1..=piece.types, names, &mut hidden)
            })??;
        }
        Ok(tables)
    }

    /// Appends the types of `raw`. The types of a base must be appended before those of its split BTF.
    pub fn append(
        &mut self,
        raw: &btf_rs::BtfSection,
        sections: &Sections,
        names: &mut NameIndex,
    ) -> Result<(), Malformed> {
        let first = self.types.len() as u32;
        let ids = first..=(first - 1).saturating_add(sections.types);
        self.append_ids(raw, ids, names, &mut sections.hidden.iter().copied())
    }

    fn append_ids(
        &mut self,
        raw: &btf_rs::BtfSection,
        ids: RangeInclusive<u32>,
        names: &mut NameIndex,
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

    /// Appends a type whose entries are already in the tables. Also updates `tagged_types`, `sections`, `functions` and
    /// `infos`. A later pass would have to branch on the kind again, and processors mispredict that branch.
    fn push(&mut self, ty: Type) {
        if ty.is_tagged() {
            self.tagged_types.push(TypeId(self.types.len() as u32));
        }
        if matches!(ty, Type::Section { .. }) {
            self.sections.push(TypeId(self.types.len() as u32));
        }
        self.functions += usize::from(matches!(ty, Type::Function { .. }));
        self.infos.push(TypeInfo::new(&ty, &self.parameters));
        self.types.push(ty);
    }
}

/// Returns a BTF header for `types` bytes of types and an empty string section. The first four bytes of this header are
/// copied from `whole`.
#[cfg(target_os = "linux")]
fn header(whole: &[u8], endian: Endian, types: usize) -> Vec<u8> {
    // The magic number, the version and the flags.
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

    /// The size of the input decides which backend of btf-rs reads it. Both backends must give the same result.
    #[test]
    fn both_backends_read_the_same() {
        for endian in [Endian::Little, Endian::Big] {
            let mut btf = Encoder::new(endian);
            let int = btf.int("int", 4, 1, 0, 32);
            let pointer = btf.ptr(int);
            btf.struct_("pair", 16, &[member("a", int, 0), member("b", pointer, 64)]);
            let bytes = btf.finish();
            let sections =
                Sections::read(&bytes, crate::btf::BaseExtent::default()).expect("sound BTF");
            let names = || NameIndex::read(&bytes[sections.strings.clone()]).expect("sound BTF");
            let mapped = Tables::read_mapped(&bytes, &sections, &mut names());
            let mapped = mapped.expect("Linux has memfds");
            let eager = Tables::read(&bytes, &sections, &mut names()).expect("sound BTF");
            assert_eq!(mapped.types, eager.types);
            assert_eq!(mapped.members, eager.members);
        }
    }
}
