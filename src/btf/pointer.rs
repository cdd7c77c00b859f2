//! How wide are pointers? BTF does not say; this file finds out from what it does say.

use super::{
    load::Tables,
    strings::Strings,
    types::{Composite, Type, TypeId},
    warning::{Rule, Warning},
};

/// What the size of a pointer was taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum PointerOrigin {
    /// The caller said it.
    Option,
    /// The class of the ELF file.
    ElfClass,
    /// The size of C's `long`, which is that of a pointer on every Linux.
    Long,
    /// The room that structs leave for their pointers.
    Layout,
    /// Nothing said otherwise: 8 bytes.
    Default,
}

impl PointerOrigin {
    /// `as the ELF file says`
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

/// The size of a pointer in bytes, from the types alone.
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

/// A size of a pointer that is told, and is not that of `long`.
pub(super) fn warning(tables: &Tables, strings: &Strings, told: u8) -> Option<Warning> {
    let long = size_of_long(tables, strings).filter(|long| *long != told)?;
    Some(Warning {
        rule: Rule::PointerSize,
        ty: None,
        member: None,
        count: 1,
        detail: Some(format!(
            "pointers are taken to have {told} bytes, as told, but `long` has {long}: on Linux both \
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

/// The fewest bits from a pointer of the struct to what follows it.
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
