//! Defines the values of WIT types. This file does not know how values are stored in bytes.

use std::borrow::Cow;

/// A value of a WIT type. Labels are those of the interface, without the `%` that the WIT text puts before keywords.
///
/// A decoded value borrows labels from the [`Decoder`](super::Decoder). It borrows bytes and text from the bytes that
/// were decoded, unless zeros or U+FFFD replace them.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/event.bpfel.o");
/// use btf2wit::decode::Value;
///
/// let decoder = btf2wit::Config::new().input(object).load()?.decoder("event")?;
/// let mut bytes = [0; 168];
/// bytes[..4].copy_from_slice(&1234_i32.to_le_bytes());
/// bytes[24..27].copy_from_slice(b"cat");
///
/// let event = decoder.decode(&bytes)?;
/// assert_eq!(event.get("pid"), Some(&Value::S32(1234)));
/// assert_eq!(event.get("comm").and_then(Value::as_bytes), Some(&b"cat\0\0\0\0\0\0\0\0\0\0\0\0\0"[..]));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// `bool`, which is true if any of its bits is set
    Bool(bool),
    /// `u8`
    U8(u8),
    /// `u16`
    U16(u16),
    /// `u32`, or the address in a pointer of 4 bytes
    U32(u32),
    /// `u64`, or the address in a pointer of 8 bytes
    U64(u64),
    /// `s8`
    S8(i8),
    /// `s16`
    S16(i16),
    /// `s32`
    S32(i32),
    /// `s64`
    S64(i64),
    /// `tuple<u64, u64>`, the low half first
    U128(u128),
    /// `tuple<u64, s64>`, the low half first
    S128(i128),
    /// `f32`
    F32(f32),
    /// `f64`
    F64(f64),
    /// `string`
    Text(Cow<'a, str>),
    /// `list<u8>`
    Bytes(Cow<'a, [u8]>),
    /// Any other `list<T>`
    List(Vec<Value<'a>>),
    /// The fields of a record with their labels, in the order of the WIT text.
    Record(Vec<(&'a str, Value<'a>)>),
    /// The label of a variant's case, and its payload. `None` if the case has no payload.
    Variant(&'a str, Option<Box<Value<'a>>>),
    /// The value of an enum, which may have no case.
    Enum {
        /// The label of the case, or `None` if no case has the number.
        label: Option<&'a str>,
        /// The value of the enum as a number.
        number: i128,
    },
    /// The bits of flags that are set.
    Flags {
        /// The labels of the bits that are set. A decoder returns them in the order of the WIT text.
        labels: Vec<&'a str>,
        /// The bits that are set and have no label.
        rest: u64,
    },
}

impl<'a> Value<'a> {
    /// Returns the field of a record with this label. Returns `None` if the record has no such field, or if the value
    /// is not a record.
    pub fn get(&self, label: &str) -> Option<&Value<'a>> {
        match self {
            Value::Record(fields) => fields
                .iter()
                .find(|(name, _)| *name == label)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    /// Returns the number of an integer, a bool or an enum. Returns `None` for other values, and for a `U128` above
    /// `i128::MAX`.
    pub fn as_integer(&self) -> Option<i128> {
        Some(match *self {
            Value::Bool(value) => value.into(),
            Value::U8(value) => value.into(),
            Value::U16(value) => value.into(),
            Value::U32(value) => value.into(),
            Value::U64(value) => value.into(),
            Value::S8(value) => value.into(),
            Value::S16(value) => value.into(),
            Value::S32(value) => value.into(),
            Value::S64(value) => value.into(),
            Value::U128(value) => i128::try_from(value).ok()?,
            Value::S128(value) => value,
            Value::Enum { number, .. } => number,
            _ => return None,
        })
    }

    /// Returns the kind of the value for messages, such as `a list`.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Value::Bool(_) => "a bool",
            Value::F32(_) | Value::F64(_) => "a float",
            Value::Text(_) => "text",
            Value::Bytes(_) | Value::List(_) => "a list",
            Value::Record(_) => "a record",
            Value::Variant(..) => "a variant",
            Value::Enum { .. } => "an enum",
            Value::Flags { .. } => "flags",
            _ => "an integer",
        }
    }

    /// Returns the bytes of a `list<u8>`, or `None` for other values.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Value::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// Returns the text of a `string`, or `None` for other values.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}
