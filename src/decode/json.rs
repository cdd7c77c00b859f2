//! Writes values as JSON. Large integers become strings, since some JSON parsers would lose precision. `docs/schema.md`
//! is the reference.

use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

use super::Value;

/// The largest integer up to which a double represents all integers exactly. This limit matters, since many parsers
/// store numbers as doubles.
const MAX_EXACT: u64 = 1 << 53;

/// A record becomes an object with its fields in the order of the WIT text, and a list becomes an array. A variant
/// becomes an object with its case as the only key, and its payload or `null` as the value. An enum becomes its label,
/// or its number if no case has that number. Flags become an array of labels. If bits without a label are set, the last
/// element of this array is a number with those bits.
///
/// Integers above 2^53 or below -2^53 and floats that are not finite (`nan`, `inf`, `-inf`) become strings. An integer
/// of 128 bits becomes an array of its low and its high half.
impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::U8(value) => serializer.serialize_u8(*value),
            Value::U16(value) => serializer.serialize_u16(*value),
            Value::U32(value) => serializer.serialize_u32(*value),
            Value::U64(value) => unsigned(*value, serializer),
            Value::S8(value) => serializer.serialize_i8(*value),
            Value::S16(value) => serializer.serialize_i16(*value),
            Value::S32(value) => serializer.serialize_i32(*value),
            Value::S64(value) => signed(*value, serializer),
            Value::U128(value) => {
                let (low, high) = (*value as u64, (*value >> 64) as u64);
                [JsonInteger::Unsigned(low), JsonInteger::Unsigned(high)].serialize(serializer)
            }
            Value::S128(value) => {
                let (low, high) = (*value as u64, (*value >> 64) as i64);
                [JsonInteger::Unsigned(low), JsonInteger::Signed(high)].serialize(serializer)
            }
            Value::F32(value) if value.is_finite() => serializer.serialize_f32(*value),
            Value::F32(value) => serializer.serialize_str(not_finite((*value).into())),
            Value::F64(value) if value.is_finite() => serializer.serialize_f64(*value),
            Value::F64(value) => serializer.serialize_str(not_finite(*value)),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Bytes(bytes) => serializer.collect_seq(bytes.iter()),
            Value::List(values) => serializer.collect_seq(values),
            Value::Record(fields) => {
                serializer.collect_map(fields.iter().map(|(label, value)| (label, value)))
            }
            Value::Variant(label, value) => serializer.collect_map([(label, value)]),
            Value::Enum { label, number } => match (label, u64::try_from(*number)) {
                (Some(label), _) => serializer.serialize_str(label),
                (None, Ok(number)) => unsigned(number, serializer),
                (None, Err(_)) => signed(*number as i64, serializer),
            },
            Value::Flags { labels, rest } => flags(labels, *rest, serializer),
        }
    }
}

/// An integer that becomes a string if a double may not represent it exactly.
enum JsonInteger {
    Unsigned(u64),
    Signed(i64),
}

impl Serialize for JsonInteger {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            JsonInteger::Unsigned(value) => unsigned(*value, serializer),
            JsonInteger::Signed(value) => signed(*value, serializer),
        }
    }
}

fn flags<S: Serializer>(labels: &[&str], rest: u64, serializer: S) -> Result<S::Ok, S::Error> {
    let mut array = serializer.serialize_seq(None)?;
    for label in labels {
        array.serialize_element(label)?;
    }
    if rest != 0 {
        array.serialize_element(&JsonInteger::Unsigned(rest))?;
    }
    array.end()
}

fn unsigned<S: Serializer>(value: u64, serializer: S) -> Result<S::Ok, S::Error> {
    match value <= MAX_EXACT {
        true => serializer.serialize_u64(value),
        false => serializer.collect_str(&value),
    }
}

fn signed<S: Serializer>(value: i64, serializer: S) -> Result<S::Ok, S::Error> {
    match value.unsigned_abs() <= MAX_EXACT {
        true => serializer.serialize_i64(value),
        false => serializer.collect_str(&value),
    }
}

/// Returns the text for a float that is not finite, since JSON has no numbers for such floats.
fn not_finite(value: f64) -> &'static str {
    match (value.is_nan(), value > 0.0) {
        (true, _) => "nan",
        (false, true) => "inf",
        (false, false) => "-inf",
    }
}
