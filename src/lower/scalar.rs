//! Integers, floats and pointers.

use super::item::ElementType;
use crate::btf::{Btf, Enum, Int};

/// The base of an integer, or nothing for a size that WIT does not have, or that its bits do not fit.
///
/// An INT named `char` is `u8`: producers disagree on its sign.
pub(crate) fn integer(btf: &Btf, int: &Int) -> Option<ElementType> {
    if !int.is_number() {
        return None;
    }
    if int.boolean {
        return Some(boolean(int));
    }
    let signed = int.signed && !btf.is_char(int);
    match int.size {
        1 | 2 | 4 | 8 => Some(ElementType::Int {
            bytes: int.size as u8,
            signed,
        }),
        16 => Some(ElementType::Wide { signed }),
        _ => None,
    }
}

/// A `_Bool`; the size of a number is at most 16.
fn boolean(int: &Int) -> ElementType {
    ElementType::Bool {
        bytes: int.size as u8,
    }
}

/// The smallest base that holds a bitfield of an integer type.
pub(super) fn bitfield(btf: &Btf, int: &Int, bits: u8) -> ElementType {
    if int.boolean {
        return boolean(int);
    }
    let signed = int.signed && !btf.is_char(int);
    let bytes = match bits {
        0..=8 => 1,
        9..=16 => 2,
        17..=32 => 4,
        33..=64 => 8,
        65.. => return ElementType::Wide { signed },
    };
    ElementType::Int { bytes, signed }
}

/// A float of a size that WIT has.
pub(super) fn float(size: u32) -> Option<ElementType> {
    match size {
        4 | 8 => Some(ElementType::Float { bytes: size as u8 }),
        _ => None,
    }
}

/// The integer that an enum is stored as, or nothing for a size that WIT does not have.
pub(super) fn enumeration(e: &Enum) -> Option<ElementType> {
    e.is_number().then_some(ElementType::Int {
        bytes: e.size as u8,
        signed: e.signed,
    })
}
