//! Numbers and text: the values that hold no others.

use std::borrow::Cow;

use super::error::{DecodeError, Problem};
use super::read::{Place, Run};
use super::value::Value;
use crate::plan::{Base, Cases, bits};

impl<'a> Run<'a> {
    /// The bits of an enum's value, within its size.
    pub(super) fn case(&self, cases: &Cases, place: Place) -> Result<u64, DecodeError> {
        let value = self.unsigned(cases.size, place)?;
        let value = match cases.signed && place.width > 0 {
            true => bits::signed(value, place.width) as u64,
            false => value as u64,
        };
        Ok(value & cases.mask())
    }

    pub(super) fn scalar(&self, base: Base, place: Place) -> Result<Value<'a>, DecodeError> {
        Ok(match base {
            Base::Bool { bytes } => Value::Bool(self.unsigned(bytes, place)? != 0),
            Base::Int { bytes, signed } => {
                let value = self.unsigned(bytes, place)?;
                match (bytes, signed) {
                    (1, false) => Value::U8(value as u8),
                    (2, false) => Value::U16(value as u16),
                    (4, false) => Value::U32(value as u32),
                    (_, false) => Value::U64(value as u64),
                    (1, true) => Value::S8(extended(value, bytes, place) as i8),
                    (2, true) => Value::S16(extended(value, bytes, place) as i16),
                    (4, true) => Value::S32(extended(value, bytes, place) as i32),
                    (_, true) => Value::S64(extended(value, bytes, place) as i64),
                }
            }
            Base::Wide { signed: false } => Value::U128(self.unsigned(16, place)?),
            Base::Wide { signed: true } => {
                Value::S128(extended(self.unsigned(16, place)?, 16, place))
            }
            Base::Float { bytes: 4 } => Value::F32(f32::from_bits(self.unsigned(4, place)? as u32)),
            Base::Float { .. } => Value::F64(f64::from_bits(self.unsigned(8, place)? as u64)),
            Base::Text { .. } | Base::Node(_) => Value::Record(Vec::new()),
        })
    }

    /// The bits of a number, without its sign.
    pub(super) fn unsigned(&self, bytes: u8, place: Place) -> Result<u128, DecodeError> {
        let endian = self.decoder.plan.endian;
        let first = (place.at % 8) as u8;
        if place.width == 0 && first == 0 {
            return Ok(bits::number(self.slice(place, bytes.into())?, endian));
        }
        let width = match place.width {
            0 => 8 * bytes,
            width => width,
        };
        let end = (u32::from(first) + u32::from(width)).div_ceil(8);
        Ok(bits::field(
            self.slice(place, end.into())?,
            first,
            width,
            endian,
        ))
    }

    pub(super) fn text(&self, room: u32, place: Place) -> Result<Value<'a>, DecodeError> {
        let bytes = match room {
            0 if place.last => without_end(self.slice(place, self.left(place))?),
            room => up_to_nul(self.slice(place, room.into())?),
        };
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Value::Text(Cow::Borrowed(text))),
            Err(_) if self.decoder.strict_text => {
                Err(DecodeError::new(place.byte(), Problem::NoText))
            }
            Err(_) => Ok(Value::Text(String::from_utf8_lossy(bytes))),
        }
    }
}

/// The text of an array of a length, which C ends with a NUL where there is room for one.
fn up_to_nul(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|byte| *byte == 0);
    bytes.get(..end.unwrap_or(bytes.len())).unwrap_or(bytes)
}

/// The text of a flexible array. It may hold several strings, each with its NUL, so that only the last NULs are no
/// part of it.
fn without_end(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| *byte != 0);
    bytes.get(..end.map_or(0, |last| last + 1)).unwrap_or(bytes)
}

/// A number of a width, or else of so many bytes, as two's complement.
fn extended(value: u128, bytes: u8, place: Place) -> i128 {
    match place.width {
        0 => bits::signed(value, 8 * bytes),
        width => bits::signed(value, width),
    }
}
