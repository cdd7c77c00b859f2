//! Finds the WIT types of integers, floats and enums.

use super::item::ElementType;
use crate::btf::{Btf, Enum, Int};

/// Returns the WIT type of an integer. Returns `None` if its size is not 1, 2, 4, 8 or 16 bytes, or if its bits do not
/// fit in its bytes. A `_Bool` may have any size up to 16 bytes.
///
/// An INT of one byte named `char` becomes `u8`, since the sign of `char` depends on the compiler.
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

/// Returns the WIT type of a `_Bool`. Its size is at most 16 bytes: [`integer`] has checked this, or `btf` if it is the
/// type of a bitfield.
fn boolean(int: &Int) -> ElementType {
    ElementType::Bool {
        bytes: int.size as u8,
    }
}

/// Returns the smallest WIT type for a bitfield that is `bits` bits wide and has an integer type.
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

/// Returns the WIT type of a float of `size` bytes, or `None` if WIT has no float of this size.
pub(super) fn float(size: u32) -> Option<ElementType> {
    match size {
        4 | 8 => Some(ElementType::Float { bytes: size as u8 }),
        _ => None,
    }
}

/// Returns the WIT type of the integer that an enum has in memory, or `None` if WIT has no integer of this size.
pub(super) fn enumeration(e: &Enum) -> Option<ElementType> {
    e.is_number().then_some(ElementType::Int {
        bytes: e.size as u8,
        signed: e.signed,
    })
}
