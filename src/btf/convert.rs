//! Converts a type of btf-rs to a [`Type`]. This file reads no bytes, and converts each type without looking at others.

use btf_rs::{BtfType, Type as Raw};

use super::{
    cut,
    load::Tables,
    span::Span,
    strings::NameIndex,
    types::{
        Composite, Enum, Enumerator, Int, Linkage, Member, Modifier, Name, Parameter, SectionEntry,
        Type, TypeId,
    },
};

impl Tables {
    /// Converts a type, and appends its members, enumerators, parameters or section entries to the tables. If btf-rs
    /// does not expose some word of the type, `hidden` returns this word. No kind has two such words.
    pub(super) fn convert(
        &mut self,
        raw: &Raw,
        names: &mut NameIndex,
        hidden: impl FnOnce() -> u32,
    ) -> Type {
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
                linkage: Linkage::of(hidden()),
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

    fn composite(&mut self, raw: &btf_rs::Struct, names: &mut NameIndex) -> Composite {
        let members = append(
            &mut self.members,
            raw.members.iter().map(|member| Member {
                name: name(member, names),
                ty: target(member),
                bit_offset: member.bit_offset(),
                // BTF stores the width of a bitfield in eight bits, so the cast loses nothing.
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

    fn enum32(&mut self, raw: &btf_rs::Enum, names: &mut NameIndex) -> Enum {
        let size = raw.size() as u32;
        let cut = size == cut::WIDE;
        let words = raw.members.iter().map(|enumerator| enumerator.val());
        let signed = raw.is_signed() || cut && cut::is_signed(words);
        let extended = |word: u32| match signed {
            true => i64::from(word as i32) as u64,
            false => u64::from(word),
        };
        Enum {
            name: name(raw, names),
            size,
            signed,
            cut,
            enumerators: append(
                &mut self.enumerators,
                raw.members.iter().map(|enumerator| Enumerator {
                    name: name(enumerator, names),
                    value: stored(extended(enumerator.val()), size, signed),
                }),
            ),
        }
    }

    fn enum64(&mut self, raw: &btf_rs::Enum64, names: &mut NameIndex) -> Enum {
        let (size, signed) = (raw.size() as u32, raw.is_signed());
        Enum {
            name: name(raw, names),
            size,
            signed,
            cut: false,
            enumerators: append(
                &mut self.enumerators,
                raw.members.iter().map(|enumerator| Enumerator {
                    name: name(enumerator, names),
                    value: stored(enumerator.val(), size, signed),
                }),
            ),
        }
    }

    fn section(&mut self, raw: &btf_rs::Datasec, names: &mut NameIndex) -> Type {
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

    fn prototype(&mut self, raw: &btf_rs::FuncProto, names: &mut NameIndex) -> Type {
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

/// The component index of a declaration tag that is not on a member or parameter.
const WHOLE: u32 = u32::MAX;

/// Converts a type that has no members, enumerators, parameters or section entries, and of which btf-rs exposes every
/// word.
fn without_entries(raw: &Raw, names: &mut NameIndex) -> Type {
    match raw {
        Raw::Ptr(pointer) => Type::Pointer(target(pointer)),
        Raw::Typedef(typedef) => match name(typedef, names) {
            Name::NONE => modifier(Modifier::Unnamed, typedef),
            name => Type::Typedef {
                name,
                target: target(typedef),
            },
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

/// Converts a function, a forward declaration or `void`.
fn declaration(raw: &Raw, names: &mut NameIndex) -> Type {
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
        // Only `void` arrives here: `Sections::read` has already refused kinds that only later versions of btf-rs may
        // know.
        _ => Type::Void,
    }
}

fn append<T>(table: &mut Vec<T>, entries: impl Iterator<Item = T>) -> Span {
    let start = table.len();
    table.extend(entries);
    Span::new(start..table.len())
}

fn name(raw: &impl BtfType, names: &mut NameIndex) -> Name {
    names.index(raw.get_name_offset().unwrap_or(0))
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

/// Returns an INT, given its data word: encoding in bits 24 to 27, offset in bits 16 to 23, width in bits 0 to 7. Bits
/// 28 to 31 must be 0. [`Int::encoding`] includes them, so that `verifier` reports an integer that sets one of them.
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

/// Returns the value that an enum of `size` bytes has in memory, extended to 64 bits. `value` is the number in BTF,
/// which may be wider than the enum.
///
/// clang before 15 and gcc before 13 mark no enum as signed. For -100 in an enum of one byte, they write the word
/// 0xffffff9c, although the byte in memory is 0x9c.
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
