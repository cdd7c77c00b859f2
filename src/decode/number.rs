//! Decodes what contains no other values: numbers, the bits of enums and flags, and text.

use std::borrow::Cow;

use super::error::{DecodeError, Problem};
use super::location::Location;
use super::read::ValueReader;
use super::value::Value;
use crate::plan::{BaseType, CaseTable, StoredNumber, bits};

impl<'a> ValueReader<'a> {
    /// Returns the bits of an enum or of flags. The sign of a signed bitfield is extended to the size of the enum. All
    /// bits above this size are 0.
    pub(super) fn enum_bits(
        &self,
        cases: &CaseTable,
        location: Location,
    ) -> Result<u64, DecodeError> {
        let value = self.unsigned(cases.size, location)?;
        let value = match cases.signed && location.width > 0 {
            true => bits::signed(value, location.width) as u64,
            false => value as u64,
        };
        Ok(value & cases.mask())
    }

    pub(super) fn scalar(
        &self,
        base: BaseType,
        location: Location,
    ) -> Result<Value<'a>, DecodeError> {
        Ok(match base {
            BaseType::Bool { bytes } => Value::Bool(self.unsigned(bytes, location)? != 0),
            BaseType::Int { bytes, signed } => {
                let value = self.unsigned(bytes, location)?;
                match (bytes, signed) {
                    (1, false) => Value::U8(value as u8),
                    (2, false) => Value::U16(value as u16),
                    (4, false) => Value::U32(value as u32),
                    (_, false) => Value::U64(value as u64),
                    (1, true) => Value::S8(extended(value, bytes, location) as i8),
                    (2, true) => Value::S16(extended(value, bytes, location) as i16),
                    (4, true) => Value::S32(extended(value, bytes, location) as i32),
                    (_, true) => Value::S64(extended(value, bytes, location) as i64),
                }
            }
            BaseType::Wide { signed: false } => Value::U128(self.unsigned(16, location)?),
            BaseType::Wide { signed: true } => {
                Value::S128(extended(self.unsigned(16, location)?, 16, location))
            }
            BaseType::Float { bytes: 4 } => {
                Value::F32(f32::from_bits(self.unsigned(4, location)? as u32))
            }
            BaseType::Float { .. } => {
                Value::F64(f64::from_bits(self.unsigned(8, location)? as u64))
            }
            BaseType::Text { .. } | BaseType::Node(_) => Value::Record(Vec::new()),
        })
    }

    /// Reads a number that is stored with another type than its WIT type. Fails if the number does not fit in the WIT
    /// type.
    pub(super) fn converted(
        &self,
        number: StoredNumber,
        location: Location,
    ) -> Result<Value<'a>, DecodeError> {
        let stored = self.scalar(number.stored, location)?;
        let value = match (number.value, &stored) {
            (BaseType::Float { bytes: 8 }, Value::F32(float)) => Some(Value::F64((*float).into())),
            (BaseType::Float { .. }, Value::F64(float)) => narrowed(*float).map(Value::F32),
            (value, stored) => integer(value, stored),
        };
        value.ok_or_else(|| {
            let problem = match number.value {
                BaseType::Float { .. } => Problem::Inexact,
                value => {
                    let (bits, signed) = width_and_sign(value);
                    let number = stored.as_integer().unwrap_or(i128::MAX);
                    Problem::OutOfRange {
                        number,
                        bits,
                        signed,
                    }
                }
            };
            DecodeError::new(location.byte(), problem)
        })
    }

    /// Returns a number without extending its sign: the upper bits of the result are 0. `bytes` is the size of the
    /// number. It is ignored if the location has a width. Returns 0 if a target BTF lacks the number.
    pub(super) fn unsigned(&self, bytes: u8, location: Location) -> Result<u128, DecodeError> {
        if location.missing {
            return Ok(0);
        }
        let endian = self.decoder.plan.endian;
        let first = location.first_bit();
        if location.width == 0 && first == 0 {
            return Ok(bits::number(self.slice(location, bytes.into())?, endian));
        }
        let width = location.width_of(bytes);
        let end = (u32::from(first) + u32::from(width)).div_ceil(8);
        Ok(bits::field(
            self.slice(location, end.into())?,
            first,
            width,
            endian,
        ))
    }

    pub(super) fn text(&self, room: u32, location: Location) -> Result<Value<'a>, DecodeError> {
        let bytes = match room {
            _ if location.missing => &[],
            0 if location.last => without_nuls_at_end(self.slice(location, self.left(location))?),
            room => up_to_nul(self.slice(location, room.into())?),
        };
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Value::Text(Cow::Borrowed(text))),
            Err(_) if self.decoder.strict_text => {
                Err(DecodeError::new(location.byte(), Problem::NoText))
            }
            Err(_) => Ok(Value::Text(String::from_utf8_lossy(bytes))),
        }
    }
}

/// Returns the text in an array of fixed length, up to the first NUL. Without a NUL, the text fills the array, as in C.
fn up_to_nul(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|byte| *byte == 0);
    bytes.get(..end.unwrap_or(bytes.len())).unwrap_or(bytes)
}

/// Returns the text in a flexible array. The text may consist of several C strings with a NUL after each, so only the
/// NULs at the end of the array are removed.
fn without_nuls_at_end(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| *byte != 0);
    bytes.get(..end.map_or(0, |last| last + 1)).unwrap_or(bytes)
}

/// Returns the float of 4 bytes that has exactly this value, or `None` if there is none. Returns a NaN for a NaN.
pub(super) fn narrowed(value: f64) -> Option<f32> {
    let narrow = value as f32;
    (f64::from(narrow) == value || value.is_nan()).then_some(narrow)
}

/// Converts an integer to a value of the integer type `ty`. Returns `None` if the integer does not fit.
fn integer<'a>(ty: BaseType, stored: &Value<'_>) -> Option<Value<'a>> {
    let (BaseType::Wide { signed: false }, Value::U128(number)) = (ty, stored) else {
        let number = stored.as_integer()?;
        return Some(match ty {
            BaseType::Int { bytes, signed } => match (bytes, signed) {
                (1, false) => Value::U8(number.try_into().ok()?),
                (2, false) => Value::U16(number.try_into().ok()?),
                (4, false) => Value::U32(number.try_into().ok()?),
                (_, false) => Value::U64(number.try_into().ok()?),
                (1, true) => Value::S8(number.try_into().ok()?),
                (2, true) => Value::S16(number.try_into().ok()?),
                (4, true) => Value::S32(number.try_into().ok()?),
                (_, true) => Value::S64(number.try_into().ok()?),
            },
            BaseType::Wide { signed: true } => Value::S128(number),
            BaseType::Wide { signed: false } => Value::U128(number.try_into().ok()?),
            _ => return None,
        });
    };
    Some(Value::U128(*number))
}

/// Returns the width of an integer type in bits, and whether the type is signed. For other types, the width is 0.
pub(super) fn width_and_sign(ty: BaseType) -> (u8, bool) {
    match ty {
        BaseType::Int { bytes, signed } => (8 * bytes, signed),
        BaseType::Wide { signed } => (128, signed),
        _ => (0, false),
    }
}

/// Returns a number with its sign extended. The width of the number is that of the bitfield at the location, or `bytes`
/// bytes if there is no bitfield.
fn extended(value: u128, bytes: u8, location: Location) -> i128 {
    bits::signed(value, location.width_of(bytes))
}
