//! Infers the size of a pointer, since BTF does not store it.

use super::{
    load::Tables,
    strings::Strings,
    types::{Composite, Type, TypeId},
    warning::{Rule, Warning},
};

/// The source from which the size of a pointer is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum PointerOrigin {
    /// The caller has set the size.
    Option,
    /// The size follows from the class of the ELF file: 4 bytes in a file of 32 bits, 8 bytes in a file of 64 bits.
    ElfClass,
    /// The size is that of C's `long`, which on Linux is also the size of a pointer.
    Long,
    /// The size follows from the distances between pointers in structs and the members after them.
    Layout,
    /// Nothing in the input shows the size, so it is the default of 8 bytes.
    Default,
}

impl PointerOrigin {
    /// Returns a phrase such as `as the ELF file says`.
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

/// Infers the size of a pointer in bytes from the types. Also returns the source of the size.
pub(super) fn infer(tables: &Tables, strings: &Strings) -> (u8, PointerOrigin) {
    if let Some(size) = size_of_long(tables, strings) {
        return (size, PointerOrigin::Long);
    }
    let distances = tables.types.iter().filter_map(|ty| match ty {
        Type::Struct(composite) => smallest_distance(tables, composite),
        _ => None,
    });
    match distances.min() {
        Some(32) => (4, PointerOrigin::Layout),
        Some(_) => (8, PointerOrigin::Layout),
        None => (8, PointerOrigin::Default),
    }
}

/// Returns a warning if the pointer size that the caller gave differs from the size of `long`. Returns `None` if both
/// are equal, or if the BTF has no `long`.
pub(super) fn warning(tables: &Tables, strings: &Strings, pointer_size: u8) -> Option<Warning> {
    let long = size_of_long(tables, strings).filter(|long| *long != pointer_size)?;
    Some(Warning {
        rule: Rule::PointerSize,
        ty: None,
        member: None,
        count: 1,
        detail: Some(format!(
            "pointers are taken to have {pointer_size} bytes, as told, but `long` has {long}: on Linux both \
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

/// Returns the smallest distance in bits from a pointer in a struct to the next member, or to the end of the struct if
/// the pointer is last. Ignores distances below 32 bits, since no pointer is so small, and members that are pointers
/// only through a typedef or modifier. Returns `None` if no distance remains.
fn smallest_distance(tables: &Tables, composite: &Composite) -> Option<u64> {
    let members = tables.members.get(composite.members.range())?;
    let ends = members.iter().skip(1).map(|m| u64::from(m.bit_offset));
    members
        .iter()
        .zip(ends.chain([u64::from(composite.size) * 8]))
        .filter(|(member, _)| is_pointer(tables, member.ty))
        .filter_map(|(member, end)| end.checked_sub(u64::from(member.bit_offset)))
        .filter(|distance| *distance >= 32)
        .min()
}

fn is_pointer(tables: &Tables, id: TypeId) -> bool {
    matches!(tables.types.get(id.index()), Some(Type::Pointer(_)))
}
