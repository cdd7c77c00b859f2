//! Copies what btf-rs reads into tables of our own. The only file that knows btf-rs, but for `open`.
//!
//! btf-rs hands out each type as an owned value with vectors inside; the tables hold the same in a
//! few flat allocations, and btf-rs is dropped as soon as they are filled.

use std::fs::File;
use std::ops::RangeInclusive;

use btf_rs::{BtfType, Type as Raw};

use super::{
    encoding::{DATASEC, ENUM, ENUM64, FUNC_PROTO, STRUCT, UNION},
    fact::Fact,
    malformed::Malformed,
    open,
    strings::Numbering,
    types::{
        Composite, Enum, Enumerator, Int, Member, Modifier, Name, Parameter, SectionEntry, Span,
        Type, TypeId,
    },
    wire::{Endian, HEADER, Wire},
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
    pub defined: Vec<TypeId>,
    pub members: Vec<Member>,
    pub enumerators: Vec<Enumerator>,
    pub parameters: Vec<Parameter>,
    pub entries: Vec<SectionEntry>,
}

impl Tables {
    /// No types but `void`, and room for those of all these.
    pub fn with_room(wires: &[&Wire]) -> Tables {
        let types: usize = wires.iter().map(|wire| wire.types as usize).sum();
        let entries_of = |kinds: &[u32]| wires.iter().map(|wire| wire.entries_of(kinds)).sum();
        let mut tables = Tables {
            types: Vec::with_capacity(types + 1),
            functions: 0,
            facts: Vec::with_capacity(types + 1),
            ints: Vec::new(),
            defined: Vec::with_capacity(types / TYPES_TO_ONE_DEFINED),
            members: Vec::with_capacity(entries_of(&[STRUCT, UNION])),
            enumerators: Vec::with_capacity(entries_of(&[ENUM, ENUM64])),
            parameters: Vec::with_capacity(entries_of(&[FUNC_PROTO])),
            entries: Vec::with_capacity(entries_of(&[DATASEC])),
        };
        tables.push(Type::Void);
        tables
    }

    /// Reads BTF that stands alone. `file`, if there is one, holds the same and nothing else, and nobody changes it.
    pub fn read(
        bytes: &[u8],
        file: Option<&File>,
        wire: &Wire,
        names: &mut Numbering,
    ) -> Result<Tables, Malformed> {
        if let Some(raw) = open::in_place(file) {
            return Tables::of(&raw, wire, names);
        }
        #[cfg(target_os = "linux")]
        if bytes.len() >= open::WORTH_A_FILE {
            if let Ok(tables) = Tables::read_mapped(bytes, wire, names) {
                return Ok(tables);
            }
        }
        Tables::of(&open::alone(bytes)?, wire, names)
    }

    fn of(raw: &btf_rs::Btf, wire: &Wire, names: &mut Numbering) -> Result<Tables, Malformed> {
        let mut tables = Tables::with_room(&[wire]);
        tables.append(raw.base(), wire, names)?;
        Ok(tables)
    }

    /// Lets btf-rs map one piece of the types after the other, without names. All are in the same
    /// file in turn, since a page costs more to be had than to be filled.
    #[cfg(target_os = "linux")]
    fn read_mapped(
        bytes: &[u8],
        wire: &Wire,
        names: &mut Numbering,
    ) -> open::mapped::Result<Tables> {
        let mut file = open::mapped::MemFile::new()?;
        let mut tables = Tables::with_room(&[wire]);
        let mut hidden = wire.hidden.iter().copied();
        for piece in &wire.pieces {
            let types = &bytes[piece.bytes.clone()];
            let header = header(bytes, wire.endian, types.len());
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
        wire: &Wire,
        names: &mut Numbering,
    ) -> Result<(), Malformed> {
        let first = self.types.len() as u32;
        let ids = first..=(first - 1).saturating_add(wire.types);
        self.append_some(raw, ids, names, &mut wire.hidden.iter().copied())
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
            self.defined.push(TypeId(self.types.len() as u32));
        }
        self.functions += usize::from(matches!(ty, Type::Function { .. }));
        self.facts.push(Fact::of(&ty, &self.parameters));
        self.types.push(ty);
    }

    /// A type, and the word of it that btf-rs hides, if it does.
    fn convert(&mut self, raw: &Raw, names: &mut Numbering, hidden: impl FnOnce() -> u32) -> Type {
        match raw {
            Raw::Int(int) => {
                let int = int_of(name(int, names), int.size(), hidden());
                self.ints.push(int);
                Type::Int(int)
            }
            Raw::Array(array) => Type::Array {
                element: target(array),
                index: TypeId(hidden()),
                length: array.len() as u32,
            },
            Raw::DeclTag(tag) => Type::DeclTag {
                name: name(tag, names),
                target: target(tag),
                component: Some(hidden()).filter(|component| *component != WHOLE),
            },
            Raw::Var(variable) => Type::Variable {
                name: name(variable, names),
                target: target(variable),
                external: hidden() == EXTERN,
            },
            Raw::Datasec(section) => self.section(section, names),
            Raw::Struct(composite) => Type::Struct(self.composite(composite, names)),
            Raw::Union(composite) => Type::Union(self.composite(composite, names)),
            Raw::Enum(raw) => Type::Enum(self.enum32(raw, names)),
            Raw::Enum64(raw) => Type::Enum(self.enum64(raw, names)),
            Raw::FuncProto(prototype) => self.prototype(prototype, names),
            raw => without_entries(raw, names),
        }
    }

    fn composite(&mut self, raw: &btf_rs::Struct, names: &mut Numbering) -> Composite {
        let members = append(
            &mut self.members,
            raw.members.iter().map(|member| Member {
                name: name(member, names),
                ty: target(member),
                bit_offset: member.bit_offset(),
                // Eight bits of the offset word hold it, so the cast loses nothing.
                bits: member.bitfield_size().unwrap_or(0) as u8,
            }),
        );
        Composite {
            name: name(raw, names),
            size: raw.size() as u32,
            members,
            has_widths: raw.members.iter().any(|m| m.bitfield_size().is_some()),
        }
    }

    fn enum32(&mut self, raw: &btf_rs::Enum, names: &mut Numbering) -> Enum {
        let (size, signed) = (raw.size() as u32, raw.is_signed());
        let extended = |word: u32| match signed {
            true => i64::from(word as i32) as u64,
            false => u64::from(word),
        };
        Enum {
            name: name(raw, names),
            size,
            signed,
            enumerators: append(
                &mut self.enumerators,
                raw.members.iter().map(|enumerator| Enumerator {
                    name: name(enumerator, names),
                    value: stored(extended(enumerator.val()), size, signed),
                }),
            ),
        }
    }

    fn enum64(&mut self, raw: &btf_rs::Enum64, names: &mut Numbering) -> Enum {
        let (size, signed) = (raw.size() as u32, raw.is_signed());
        Enum {
            name: name(raw, names),
            size,
            signed,
            enumerators: append(
                &mut self.enumerators,
                raw.members.iter().map(|enumerator| Enumerator {
                    name: name(enumerator, names),
                    value: stored(enumerator.val(), size, signed),
                }),
            ),
        }
    }

    fn section(&mut self, raw: &btf_rs::Datasec, names: &mut Numbering) -> Type {
        Type::Section {
            name: name(raw, names),
            size: raw.size() as u32,
            entries: append(
                &mut self.entries,
                raw.variables.iter().map(|entry| SectionEntry {
                    ty: target(entry),
                    offset: entry.offset(),
                    size: entry.size() as u32,
                }),
            ),
        }
    }

    fn prototype(&mut self, raw: &btf_rs::FuncProto, names: &mut Numbering) -> Type {
        Type::Prototype {
            result: TypeId(raw.return_type_id()),
            parameters: append(
                &mut self.parameters,
                raw.parameters.iter().map(|parameter| Parameter {
                    name: name(parameter, names),
                    ty: target(parameter),
                }),
            ),
        }
    }
}

/// A kernel has more types than this for each that is defined, so that the list of these need not grow.
const TYPES_TO_ONE_DEFINED: usize = 5;
/// The linkage of a variable that is defined elsewhere.
const EXTERN: u32 = 2;
/// The component of a declaration tag on the whole of a type.
const WHOLE: u32 = u32::MAX;

/// A type that says everything itself, and that btf-rs shows whole.
fn without_entries(raw: &Raw, names: &mut Numbering) -> Type {
    match raw {
        Raw::Ptr(pointer) => Type::Pointer(target(pointer)),
        Raw::Typedef(typedef) => Type::Typedef {
            name: name(typedef, names),
            target: target(typedef),
        },
        Raw::Volatile(raw) => modifier(Modifier::Volatile, raw),
        Raw::Const(raw) => modifier(Modifier::Const, raw),
        Raw::Restrict(raw) => modifier(Modifier::Restrict, raw),
        Raw::TypeTag(raw) => modifier(Modifier::Tag(name(raw, names)), raw),
        Raw::Float(float) => Type::Float {
            name: name(float, names),
            size: float.size() as u32,
        },
        raw => declaration(raw, names),
    }
}

/// A function, or what is only declared.
fn declaration(raw: &Raw, names: &mut Numbering) -> Type {
    match raw {
        Raw::Fwd(forward) => Type::Forward {
            name: name(forward, names),
            union: forward.is_union(),
        },
        Raw::Func(function) => Type::Function {
            name: name(function, names),
            prototype: target(function),
            external: function.is_extern(),
        },
        // `void`; `Wire::read` has refused every kind that btf-rs may learn after 2.0.
        _ => Type::Void,
    }
}

fn append<T>(table: &mut Vec<T>, entries: impl Iterator<Item = T>) -> Span {
    let start = table.len();
    table.extend(entries);
    Span {
        start: start as u32,
        len: (table.len() - start) as u16,
    }
}

fn name(raw: &impl BtfType, names: &mut Numbering) -> Name {
    names.number(raw.get_name_offset().unwrap_or(0))
}

fn target(raw: &impl BtfType) -> TypeId {
    TypeId(raw.get_type_id().unwrap_or(0))
}

fn modifier(modifier: Modifier, raw: &impl BtfType) -> Type {
    Type::Modifier {
        modifier,
        target: target(raw),
    }
}

/// An INT from its data word: encoding in bits 24 to 27, offset in 16 to 23, width in 0 to 7.
fn int_of(name: Name, size: usize, data: u32) -> Int {
    Int {
        name,
        size: size as u32,
        signed: data & 1 << 24 != 0,
        boolean: data & 1 << 26 != 0,
        encoding: (data >> 24) as u8,
        bits: data as u8,
        offset: (data >> 16) as u8,
    }
}

/// A value as the bytes of an enum of `size` bytes store it.
///
/// Until clang 15 and gcc 13 no enum is marked as signed: the word of -100 in an enum of one byte
/// is 0xffffff9c then, of which the byte is 0x9c.
fn stored(value: u64, size: u32, signed: bool) -> u64 {
    let unused = match size {
        1 | 2 | 4 => 64 - 8 * size,
        _ => 0,
    };
    if signed {
        ((value << unused) as i64 >> unused) as u64
    } else {
        value << unused >> unused
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
    use std::io::Write;

    use super::encode::{Encoder, Endian, member};
    use super::*;

    /// Inputs choose a way by their size, and by whether they are files that stay; all must read the same.
    #[test]
    fn all_ways_read_the_same() {
        for endian in [Endian::Little, Endian::Big] {
            let mut btf = Encoder::new(endian);
            let int = btf.int("int", 4, 1, 0, 32);
            let pointer = btf.ptr(int);
            btf.struct_("pair", 16, &[member("a", int, 0), member("b", pointer, 64)]);
            let bytes = btf.finish();
            let wire = Wire::read(&bytes, crate::btf::Base::default()).expect("it is sound");
            let names = || Numbering::read(&bytes[wire.strings.clone()]).expect("it is sound");
            let mapped = Tables::read_mapped(&bytes, &wire, &mut names());
            let mapped = mapped.expect("there are memfds");
            let mut file = tempfile::tempfile().expect("there is room");
            file.write_all(&bytes).expect("there is room");
            let read = |file| Tables::read(&bytes, file, &wire, &mut names()).expect("it is sound");
            let (eager, in_place) = (read(None), read(Some(&file)));
            assert_eq!(in_place.types, eager.types);
            assert_eq!(in_place.members, eager.members);
            assert_eq!(mapped.types, eager.types);
            assert_eq!(mapped.members, eager.members);
        }
    }
}
