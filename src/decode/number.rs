//! Decodes numbers and text, the values that hold no others.

use std::borrow::Cow;

use super::error::{DecodeError, Problem};
use super::read::{Location, ValueReader};
use super::value::Value;
use crate::plan::{BaseType, CaseTable, bits};

impl<'a> ValueReader<'a> {
    /// Returns the bits of an enum's value, as many as the enum has.
    pub(super) fn case(&self, cases: &CaseTable, location: Location) -> Result<u64, DecodeError> {
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

    /// Returns the bits of a number, without sign extension.
    pub(super) fn unsigned(&self, bytes: u8, location: Location) -> Result<u128, DecodeError> {
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
            0 if location.last => without_end(self.slice(location, self.left(location))?),
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

/// Returns the text of an array with a length. C ends it with a NUL if there is room for one.
fn up_to_nul(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|byte| *byte == 0);
    bytes.get(..end.unwrap_or(bytes.len())).unwrap_or(bytes)
}

/// Returns the text of a flexible array. It may hold several strings, each with its NUL, so that only the
/// NULs at the end are removed.
fn without_end(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| *byte != 0);
    bytes.get(..end.map_or(0, |last| last + 1)).unwrap_or(bytes)
}

/// Sign-extends a number of `bytes` bytes, or of the bitfield at the location.
fn extended(value: u128, bytes: u8, location: Location) -> i128 {
    bits::signed(value, location.width_of(bytes))
}
