//! Determines how the target stores a number of the local BTF.

use super::compat;
use super::lack::Why;
use super::{Relocation, TypeId};
use crate::btf::Type;
use crate::lower::{self, ElementType};
use crate::plan::{BaseType, StoredNumber};

/// The way in which the target stores a number. The second field is the width in bits if the number is read as a
/// bitfield, otherwise 0.
pub(super) enum Stored {
    /// The bytes have the type of the value, or are a bitfield of this type. A number that is only narrower in the
    /// target is read as a bitfield, too.
    Plain(BaseType, u8),
    /// The bytes have another type than the value.
    Other(StoredNumber, u8),
}

impl Relocation<'_> {
    /// Returns the way in which the target stores a number. The type of the number is `value` in WIT, `of` in the local
    /// BTF, and `to` in the target. `bits` is the width in bits if the number is a bitfield in the target, otherwise 0.
    /// `single` says whether the number is not an element of an array. Elements cannot become bitfields.
    pub(super) fn number(
        self,
        value: BaseType,
        of: TypeId,
        to: TypeId,
        bits: u8,
        single: bool,
    ) -> Result<Stored, Why> {
        compat::check(self.local, of, self.target, to)?;
        let stored = self.stored(to)?;
        if let BaseType::Float { .. } = value {
            return Ok(match stored == value {
                true => Stored::Plain(value, 0),
                false => Stored::Other(StoredNumber { value, stored }, 0),
            });
        }
        let size = bytes(stored);
        if let BaseType::Bool { .. } = value {
            return Ok(Stored::Plain(BaseType::Bool { bytes: size }, bits));
        }
        let (own, own_sign) = (8 * bytes(value), sign(value));
        let signed = match self.has_no_sign(of, to) {
            true => own_sign,
            false => sign(stored),
        };
        let width = if bits > 0 { bits } else { 8 * size };
        let fits = signed == own_sign && width <= own;
        if fits && bits == 0 && width == own {
            return Ok(Stored::Plain(value, 0));
        }
        if fits && single {
            return Ok(Stored::Plain(value, width));
        }
        let stored = integer(width, signed);
        Ok(Stored::Other(StoredNumber { value, stored }, bits))
    }

    /// Returns whether the sign of a number is not reliable in BTF, so that its bits are taken as they are. This
    /// concerns local integers of one byte if either type is `char`, on whose sign compilers disagree. It also concerns
    /// enums of the same size, whose sign BTF did not record before Linux 6.0.
    fn has_no_sign(self, of: TypeId, to: TypeId) -> bool {
        match (self.local.ty(of), self.target.ty(to)) {
            (Type::Int(of), Type::Int(to)) => {
                self.local.is_char(of) || self.target.is_char(to) && of.size == 1
            }
            (Type::Enum(of), Type::Enum(to)) => of.size == to.size,
            _ => false,
        }
    }

    /// Returns the type of a number's bytes in the target.
    fn stored(self, to: TypeId) -> Result<BaseType, Why> {
        let odd = || Why::Size(self.target.size(to).unwrap_or(0));
        match self.target.ty(to) {
            Type::Int(int) => match lower::integer(self.target, int) {
                Some(ElementType::Bool { bytes }) => Ok(BaseType::Bool { bytes }),
                Some(ElementType::Int { bytes, signed }) => Ok(BaseType::Int { bytes, signed }),
                Some(ElementType::Wide { signed }) => Ok(BaseType::Wide { signed }),
                _ => Err(odd()),
            },
            Type::Enum(e) if e.is_number() => Ok(BaseType::Int {
                bytes: e.size as u8,
                signed: e.signed,
            }),
            Type::Float {
                size: size @ (4 | 8),
                ..
            } => Ok(BaseType::Float { bytes: *size as u8 }),
            Type::Pointer(_) => Ok(BaseType::Int {
                bytes: self.target.pointer_size,
                signed: false,
            }),
            _ => Err(odd()),
        }
    }
}

/// Returns the smallest integer type that has at least `width` bits.
fn integer(width: u8, signed: bool) -> BaseType {
    let bytes = match width {
        0..=8 => 1,
        9..=16 => 2,
        17..=32 => 4,
        33..=64 => 8,
        65.. => return BaseType::Wide { signed },
    };
    BaseType::Int { bytes, signed }
}

fn bytes(base: BaseType) -> u8 {
    match base {
        BaseType::Bool { bytes } | BaseType::Int { bytes, .. } | BaseType::Float { bytes } => bytes,
        BaseType::Wide { .. } => 16,
        BaseType::Text { .. } | BaseType::Node(_) => 0,
    }
}

fn sign(base: BaseType) -> bool {
    match base {
        BaseType::Int { signed, .. } | BaseType::Wide { signed } => signed,
        _ => false,
    }
}
