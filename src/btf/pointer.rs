//! Infers the size of a pointer, which BTF does not store.

use super::{
    load::Tables,
    strings::Strings,
    types::{Composite, Type, TypeId},
    warning::{Rule, Warning},
};

/// Where the size of a pointer comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum PointerOrigin {
    /// The caller gave it.
    Option,
    /// The class of the ELF file.
    ElfClass,
    /// The size of C's `long`, which on Linux is that of a pointer.
    Long,
    /// The distance from a pointer in a struct to the next member.
    Layout,
    /// The default of 8 bytes.
    Default,
}

impl PointerOrigin {
    /// Returns words such as `as the ELF file says`.
    pub fn words(self) -> &'static str {
        match self {
            PointerOrigin::Option => "as told",
            PointerOrigin::ElfClass => "as the ELF file says",
            PointerOrigin::Long => "as `long` has",
            PointerOrigin::Layout => "as structs have room for",
            PointerOrigin::Default => "taken for granted",
        }
    }
}

/// Infers the size of a pointer in bytes from the types.
pub(super) fn find(tables: &Tables, strings: &Strings) -> (u8, PointerOrigin) {
    if let Some(size) = size_of_long(tables, strings) {
        return (size, PointerOrigin::Long);
    }
    let rooms = tables.types.iter().filter_map(|ty| match ty {
        Type::Struct(composite) => room(tables, composite),
        _ => None,
    });
    match rooms.min() {
        Some(32) => (4, PointerOrigin::Layout),
        Some(_) => (8, PointerOrigin::Layout),
        None => (8, PointerOrigin::Default),
    }
}

/// Returns the warning that a size of a pointer, given by the caller, is not that of `long`.
pub(super) fn warning(tables: &Tables, strings: &Strings, given: u8) -> Option<Warning> {
    let long = size_of_long(tables, strings).filter(|long| *long != given)?;
    Some(Warning {
        rule: Rule::PointerSize,
        ty: None,
        member: None,
        count: 1,
        detail: Some(format!(
            "pointers are taken to have {given} bytes, as told, but `long` has {long}: on Linux both \
             have the same size"
        )),
        others: Vec::new(),
    })
}

fn size_of_long(tables: &Tables, strings: &Strings) -> Option<u8> {
    let longs = tables.ints.iter().filter_map(|int| {
        let is_long = matches!(
            strings.get(int.name),
            "long" | "unsigned long" | "long int" | "long unsigned int"
        );
        (is_long && matches!(int.size, 4 | 8)).then_some(int.size as u8)
    });
    longs.min()
}

/// Returns the fewest bits from a pointer in a struct to the next member or the end.
fn room(tables: &Tables, composite: &Composite) -> Option<u64> {
    let members = tables.members.get(composite.members.range())?;
    let ends = members.iter().skip(1).map(|m| u64::from(m.bit_offset));
    members
        .iter()
        .zip(ends.chain([u64::from(composite.size) * 8]))
        .filter(|(member, _)| is_pointer(tables, member.ty))
        .filter_map(|(member, end)| end.checked_sub(u64::from(member.bit_offset)))
        .filter(|room| *room >= 32)
        .min()
}

fn is_pointer(tables: &Tables, id: TypeId) -> bool {
    matches!(tables.types.get(id.index()), Some(Type::Pointer(_)))
}
