//! Writes values as WAVE, the component model's text format for values. The crate `wasm-wave` writes the text.

use std::borrow::Cow;
use std::fmt;

use wasm_wave::wasm::{WasmTypeKind, WasmValue};
use wasm_wave::writer::Writer;

use super::Value;

impl Value<'_> {
    /// Returns the value as [WAVE](https://github.com/bytecodealliance/wasm-tools/tree/main/crates/wasm-wave), on one
    /// line.
    ///
    /// In WAVE, an enum cannot have a number without a case, and flags cannot have bits without a label. A number takes
    /// the place of such a label, so the text is then not valid WAVE. Numbers for bits are hexadecimal, such as `0x40`.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/unions.bpfel.o");
    /// let mut decoder = btf2wit::Config::new().input(object).load()?.decoder("ipv4_address")?;
    /// let value = decoder.arm("ipv4_address=word")?.decode(&[1; 4])?;
    /// assert_eq!(value.to_wave(), "word(16843009)");
    /// # Ok(())
    /// # }
    /// ```
    pub fn to_wave(&self) -> String {
        self.wave().to_string()
    }

    /// Returns the value in a form that is written as WAVE piece by piece. In contrast to [`to_wave`](Value::to_wave),
    /// the text as a whole need not fit in memory.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/event.bpfel.o");
    /// let decoder = btf2wit::Config::new().input(object).load()?.decoder("event")?;
    /// println!("{}", decoder.decode(&[0; 168])?.wave());
    /// # Ok(())
    /// # }
    /// ```
    pub fn wave(&self) -> impl fmt::Display {
        WaveDisplay(self)
    }
}

struct WaveDisplay<'v>(&'v Value<'v>);

impl fmt::Display for WaveDisplay<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `kind` returns only kinds that WAVE has, so only writing to `f` can fail.
        let written = Writer::new(f).write_value(&WaveValue::Value(self.0));
        written.map_err(|_| fmt::Error)
    }
}

/// A value, or a number that is a part of a value, such as a byte of a list.
#[derive(Clone, Copy)]
enum WaveValue<'v> {
    Value(&'v Value<'v>),
    U8(u8),
    U64(u64),
    S64(i64),
}

type Elements<'s, 'v> = Box<dyn Iterator<Item = Cow<'s, WaveValue<'v>>> + 's>;

impl<'v> WaveValue<'v> {
    fn value(&self) -> Option<&'v Value<'v>> {
        match self {
            WaveValue::Value(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the number of an integer, a bool or an enum. Returns 0 for other values, for which the writer does not
    /// request an integer.
    fn integer(&self) -> i128 {
        match self {
            WaveValue::Value(value) => value.as_integer().unwrap_or(0),
            WaveValue::U8(value) => (*value).into(),
            WaveValue::U64(value) => (*value).into(),
            WaveValue::S64(value) => (*value).into(),
        }
    }
}

impl<'v> WasmValue for WaveValue<'v> {
    type Type = wasm_wave::value::Type;

    fn kind(&self) -> WasmTypeKind {
        let value = match self {
            WaveValue::Value(value) => value,
            WaveValue::U8(_) => return WasmTypeKind::U8,
            WaveValue::U64(_) => return WasmTypeKind::U64,
            WaveValue::S64(_) => return WasmTypeKind::S64,
        };
        match value {
            Value::Bool(_) => WasmTypeKind::Bool,
            Value::U8(_) => WasmTypeKind::U8,
            Value::U16(_) => WasmTypeKind::U16,
            Value::U32(_) => WasmTypeKind::U32,
            Value::U64(_) => WasmTypeKind::U64,
            Value::S8(_) => WasmTypeKind::S8,
            Value::S16(_) => WasmTypeKind::S16,
            Value::S32(_) => WasmTypeKind::S32,
            Value::S64(_) => WasmTypeKind::S64,
            Value::U128(_) | Value::S128(_) => WasmTypeKind::Tuple,
            Value::F32(_) => WasmTypeKind::F32,
            Value::F64(_) => WasmTypeKind::F64,
            Value::Text(_) => WasmTypeKind::String,
            Value::Bytes(_) | Value::List(_) => WasmTypeKind::List,
            Value::Record(_) => WasmTypeKind::Record,
            Value::Variant(..) => WasmTypeKind::Variant,
            Value::Enum { .. } => WasmTypeKind::Enum,
            Value::Flags { .. } => WasmTypeKind::Flags,
        }
    }

    fn unwrap_bool(&self) -> bool {
        self.integer() != 0
    }

    fn unwrap_s8(&self) -> i8 {
        self.integer() as i8
    }

    fn unwrap_s16(&self) -> i16 {
        self.integer() as i16
    }

    fn unwrap_s32(&self) -> i32 {
        self.integer() as i32
    }

    fn unwrap_s64(&self) -> i64 {
        self.integer() as i64
    }

    fn unwrap_u8(&self) -> u8 {
        self.integer() as u8
    }

    fn unwrap_u16(&self) -> u16 {
        self.integer() as u16
    }

    fn unwrap_u32(&self) -> u32 {
        self.integer() as u32
    }

    fn unwrap_u64(&self) -> u64 {
        self.integer() as u64
    }

    fn unwrap_f32(&self) -> f32 {
        match self.value() {
            Some(Value::F32(value)) => *value,
            _ => 0.0,
        }
    }

    fn unwrap_f64(&self) -> f64 {
        match self.value() {
            Some(Value::F64(value)) => *value,
            _ => 0.0,
        }
    }

    fn unwrap_string(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.value().and_then(Value::as_text).unwrap_or_default())
    }

    fn unwrap_list(&self) -> Elements<'_, 'v> {
        match self.value() {
            Some(Value::Bytes(bytes)) => {
                Box::new(bytes.iter().map(|byte| Cow::Owned(WaveValue::U8(*byte))))
            }
            Some(Value::List(values)) => Box::new(
                values
                    .iter()
                    .map(|value| Cow::Owned(WaveValue::Value(value))),
            ),
            _ => Box::new(std::iter::empty()),
        }
    }

    fn unwrap_record(&self) -> Box<dyn Iterator<Item = (Cow<'_, str>, Cow<'_, Self>)> + '_> {
        match self.value() {
            Some(Value::Record(fields)) => Box::new(fields.iter().map(|(label, value)| {
                (Cow::Borrowed(*label), Cow::Owned(WaveValue::Value(value)))
            })),
            _ => Box::new(std::iter::empty()),
        }
    }

    fn unwrap_tuple(&self) -> Elements<'_, 'v> {
        let (low, high) = match self.value() {
            Some(Value::S128(value)) => (*value as u64, WaveValue::S64((*value >> 64) as i64)),
            Some(Value::U128(value)) => (*value as u64, WaveValue::U64((*value >> 64) as u64)),
            _ => return Box::new(std::iter::empty()),
        };
        Box::new([WaveValue::U64(low), high].into_iter().map(Cow::Owned))
    }

    fn unwrap_variant(&self) -> (Cow<'_, str>, Option<Cow<'_, Self>>) {
        match self.value() {
            Some(Value::Variant(label, value)) => {
                let value = value.as_deref();
                let value = value.map(|value| Cow::Owned(WaveValue::Value(value)));
                (Cow::Borrowed(label), value)
            }
            _ => (Cow::Borrowed(""), None),
        }
    }

    fn unwrap_enum(&self) -> Cow<'_, str> {
        match self.value() {
            Some(Value::Enum {
                label: Some(label), ..
            }) => Cow::Borrowed(label),
            _ => Cow::Owned(self.integer().to_string()),
        }
    }

    fn unwrap_flags(&self) -> Box<dyn Iterator<Item = Cow<'_, str>> + '_> {
        match self.value() {
            Some(Value::Flags { labels, rest }) => {
                let rest = (*rest != 0).then(|| Cow::Owned(format!("{rest:#x}")));
                Box::new(labels.iter().map(|label| Cow::Borrowed(*label)).chain(rest))
            }
            _ => Box::new(std::iter::empty()),
        }
    }
}
