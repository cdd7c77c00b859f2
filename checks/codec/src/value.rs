//! Prints values of wasmtime and of the decoder in the same text format, and converts values of wasmtime for the
//! encoder.

use std::fmt::Write as _;

use anyhow::{Result, bail};
use btf2wit::decode::Value;
use wasmtime::component::Val;

/// Returns the text of a decoded value.
pub fn of_decoded(value: &Value<'_>) -> String {
    let mut out = String::new();
    decoded(&mut out, value);
    out
}

fn decoded(out: &mut String, value: &Value<'_>) {
    let _ = match value {
        Value::Bool(v) => write!(out, "{v}"),
        Value::U8(v) => write!(out, "{v}u8"),
        Value::U16(v) => write!(out, "{v}u16"),
        Value::U32(v) => write!(out, "{v}u32"),
        Value::U64(v) => write!(out, "{v}u64"),
        Value::S8(v) => write!(out, "{v}s8"),
        Value::S16(v) => write!(out, "{v}s16"),
        Value::S32(v) => write!(out, "{v}s32"),
        Value::S64(v) => write!(out, "{v}s64"),
        Value::U128(v) => write!(out, "({}u64, {}u64)", *v as u64, (*v >> 64) as u64),
        Value::S128(v) => write!(out, "({}u64, {}s64)", *v as u64, (*v >> 64) as i64),
        // The bits of a NaN are not printed, since the canonical ABI may change them.
        Value::F32(v) if v.is_nan() => write!(out, "nan"),
        Value::F64(v) if v.is_nan() => write!(out, "nan"),
        Value::F32(v) => write!(out, "{:#x}f32", v.to_bits()),
        Value::F64(v) => write!(out, "{:#x}f64", v.to_bits()),
        Value::Text(text) => write!(out, "{text:?}"),
        Value::Bytes(bytes) => {
            out.push('[');
            for byte in bytes.iter() {
                let _ = write!(out, "{byte}u8, ");
            }
            write!(out, "]")
        }
        Value::List(values) => {
            out.push('[');
            for value in values {
                decoded(out, value);
                out.push_str(", ");
            }
            write!(out, "]")
        }
        Value::Record(fields) => {
            out.push('{');
            for (label, value) in fields {
                let _ = write!(out, "{label}: ");
                decoded(out, value);
                out.push_str(", ");
            }
            write!(out, "}}")
        }
        Value::Variant(label, held) => {
            let _ = write!(out, "{label}(");
            if let Some(held) = held {
                decoded(out, held);
            }
            write!(out, ")")
        }
        Value::Enum { label, .. } => write!(out, "#{}", label.unwrap_or("?")),
        Value::Flags { labels, .. } => write!(out, "<{}>", labels.join(" ")),
        _ => write!(out, "?"),
    };
}

/// Returns the text of a value of wasmtime.
pub fn of_component(value: &Val) -> String {
    let mut out = String::new();
    component(&mut out, value);
    out
}

fn component(out: &mut String, value: &Val) {
    let _ = match value {
        Val::Bool(v) => write!(out, "{v}"),
        Val::U8(v) => write!(out, "{v}u8"),
        Val::U16(v) => write!(out, "{v}u16"),
        Val::U32(v) => write!(out, "{v}u32"),
        Val::U64(v) => write!(out, "{v}u64"),
        Val::S8(v) => write!(out, "{v}s8"),
        Val::S16(v) => write!(out, "{v}s16"),
        Val::S32(v) => write!(out, "{v}s32"),
        Val::S64(v) => write!(out, "{v}s64"),
        Val::Float32(v) if v.is_nan() => write!(out, "nan"),
        Val::Float64(v) if v.is_nan() => write!(out, "nan"),
        Val::Float32(v) => write!(out, "{:#x}f32", v.to_bits()),
        Val::Float64(v) => write!(out, "{:#x}f64", v.to_bits()),
        Val::String(text) => write!(out, "{text:?}"),
        Val::List(values) | Val::FixedLengthList(values) => {
            out.push('[');
            for value in values {
                component(out, value);
                out.push_str(", ");
            }
            write!(out, "]")
        }
        Val::Tuple(values) => {
            let parts: Vec<String> = values.iter().map(of_component).collect();
            write!(out, "({})", parts.join(", "))
        }
        Val::Record(fields) => {
            out.push('{');
            for (label, value) in fields {
                let _ = write!(out, "{label}: ");
                component(out, value);
                out.push_str(", ");
            }
            write!(out, "}}")
        }
        Val::Variant(label, held) => {
            let _ = write!(out, "{label}(");
            if let Some(held) = held {
                component(out, held);
            }
            write!(out, ")")
        }
        Val::Enum(label) => write!(out, "#{label}"),
        Val::Flags(labels) => write!(out, "<{}>", labels.join(" ")),
        _ => write!(out, "?"),
    };
}

/// Returns the value in the form that the encoder takes.
pub fn to_encode(value: &Val) -> Result<Value<'_>> {
    Ok(match value {
        Val::Bool(v) => Value::Bool(*v),
        Val::U8(v) => Value::U8(*v),
        Val::U16(v) => Value::U16(*v),
        Val::U32(v) => Value::U32(*v),
        Val::U64(v) => Value::U64(*v),
        Val::S8(v) => Value::S8(*v),
        Val::S16(v) => Value::S16(*v),
        Val::S32(v) => Value::S32(*v),
        Val::S64(v) => Value::S64(*v),
        Val::Float32(v) => Value::F32(*v),
        Val::Float64(v) => Value::F64(*v),
        Val::String(text) => Value::Text(text.as_str().into()),
        Val::List(values) | Val::FixedLengthList(values) => {
            Value::List(values.iter().map(to_encode).collect::<Result<_>>()?)
        }
        Val::Tuple(values) => match values.as_slice() {
            [Val::U64(low), Val::U64(high)] => {
                Value::U128(u128::from(*low) | u128::from(*high) << 64)
            }
            [Val::U64(low), Val::S64(high)] => {
                Value::S128(i128::from(*low) | i128::from(*high) << 64)
            }
            _ => bail!("a tuple of other types: {values:?}"),
        },
        Val::Record(fields) => {
            let mut all = Vec::new();
            for (label, value) in fields {
                all.push((label.as_str(), to_encode(value)?));
            }
            Value::Record(all)
        }
        Val::Variant(label, held) => {
            let held = held.as_deref().map(to_encode).transpose()?;
            Value::Variant(label, held.map(Box::new))
        }
        Val::Enum(label) => Value::Enum {
            label: Some(label),
            number: 0,
        },
        Val::Flags(labels) => Value::Flags {
            labels: labels.iter().map(String::as_str).collect(),
            rest: 0,
        },
        other => bail!("a value of another kind: {other:?}"),
    })
}
