//! Converts decoded values to the types of a guest, which are read from its component at the start. So this
//! host is built without them.

use btf2wit::decode::Value;
use wasmtime::component::{Type, Val};
use wasmtime::{Result, bail};

/// The part of a guest's type that a conversion needs beside the decoded value.
pub enum Shape {
    /// A number or a bool.
    Plain,
    Text,
    List(Box<Shape>),
    Tuple,
    Record(Vec<(String, Shape)>),
    Variant(Vec<(String, Option<Shape>)>),
    Enum,
    Flags,
}

impl Shape {
    pub fn of(ty: &Type) -> Result<Shape> {
        Ok(match ty {
            Type::String => Shape::Text,
            Type::List(list) => Shape::List(Box::new(Shape::of(&list.ty())?)),
            Type::Tuple(_) => Shape::Tuple,
            Type::Enum(_) => Shape::Enum,
            Type::Flags(_) => Shape::Flags,
            Type::Record(record) => {
                let fields = record.fields();
                let fields = fields.map(|field| Ok((field.name.to_owned(), Shape::of(&field.ty)?)));
                Shape::Record(fields.collect::<Result<_>>()?)
            }
            Type::Variant(variant) => {
                let cases = variant.cases().map(|case| {
                    let shape = case.ty.as_ref().map(Shape::of).transpose()?;
                    Ok((case.name.to_owned(), shape))
                });
                Shape::Variant(cases.collect::<Result<_>>()?)
            }
            Type::Bool
            | Type::U8
            | Type::U16
            | Type::U32
            | Type::U64
            | Type::S8
            | Type::S16
            | Type::S32
            | Type::S64
            | Type::Float32
            | Type::Float64 => Shape::Plain,
            other => bail!("{other:?} is nothing that BTF has"),
        })
    }

    /// Converts a value to this type. An error names the field.
    pub fn val(&self, value: Value<'_>) -> Result<Val> {
        Ok(match (self, value) {
            (Shape::Plain, value) => plain(value)?,
            (Shape::Text, Value::Text(text)) => Val::String(text.into_owned()),
            (Shape::Text, Value::Bytes(bytes)) => {
                let end = bytes.iter().position(|&byte| byte == 0);
                let text = &bytes[..end.unwrap_or(bytes.len())];
                Val::String(String::from_utf8_lossy(text).into_owned())
            }
            (Shape::List(_), Value::Bytes(bytes)) => {
                Val::List(bytes.iter().copied().map(Val::U8).collect())
            }
            (Shape::List(shape), Value::List(values)) => {
                let elements = values.into_iter().map(|value| shape.val(value));
                Val::List(elements.collect::<Result<_>>()?)
            }
            (Shape::Tuple, Value::U128(value)) => {
                Val::Tuple(vec![Val::U64(value as u64), Val::U64((value >> 64) as u64)])
            }
            (Shape::Tuple, Value::S128(value)) => {
                Val::Tuple(vec![Val::U64(value as u64), Val::S64((value >> 64) as i64)])
            }
            (Shape::Record(shapes), Value::Record(fields)) => record(shapes, fields)?,
            (Shape::Variant(cases), Value::Variant(label, payload)) => {
                let Some((_, shape)) = cases.iter().find(|(name, _)| name == label) else {
                    bail!("the guest knows no case {label}");
                };
                let payload = match (shape, payload) {
                    (Some(shape), Some(payload)) => Some(Box::new(shape.val(*payload)?)),
                    (None, None) => None,
                    _ => bail!("the guest has another case {label}"),
                };
                Val::Variant(label.to_owned(), payload)
            }
            (Shape::Enum, Value::Enum { label, number }) => match label {
                Some(label) => Val::Enum(label.to_owned()),
                None => bail!("{number} is no case: an integer in the guest would hold it"),
            },
            (Shape::Flags, Value::Flags { labels, rest: 0 }) => {
                Val::Flags(labels.into_iter().map(str::to_owned).collect())
            }
            (Shape::Flags, Value::Flags { rest, .. }) => {
                bail!("{rest:#x} is no flag: an integer in the guest would hold it")
            }
            (_, value) => bail!("the guest wants something else than {value:?}"),
        })
    }
}

fn record(shapes: &[(String, Shape)], fields: Vec<(&str, Value<'_>)>) -> Result<Val> {
    if shapes.len() != fields.len() {
        bail!(
            "the guest's record has {} fields, not {}",
            shapes.len(),
            fields.len()
        );
    }
    let mut values = Vec::with_capacity(fields.len());
    for ((name, shape), (label, value)) in shapes.iter().zip(fields) {
        if name != label {
            bail!("the guest has the field {name} where the object has {label}");
        }
        let value = shape
            .val(value)
            .map_err(|error| error.context(format!("field {label}")))?;
        values.push((name.clone(), value));
    }
    Ok(Val::Record(values))
}

fn plain(value: Value<'_>) -> Result<Val> {
    Ok(match value {
        Value::Bool(value) => Val::Bool(value),
        Value::U8(value) => Val::U8(value),
        Value::U16(value) => Val::U16(value),
        Value::U32(value) => Val::U32(value),
        Value::U64(value) => Val::U64(value),
        Value::S8(value) => Val::S8(value),
        Value::S16(value) => Val::S16(value),
        Value::S32(value) => Val::S32(value),
        Value::S64(value) => Val::S64(value),
        Value::F32(value) => Val::Float32(value),
        Value::F64(value) => Val::Float64(value),
        value => bail!("the guest wants a number, not {value:?}"),
    })
}
