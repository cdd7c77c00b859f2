//! Makes random bytes, and random values for a type of a component.

use anyhow::{Result, bail};
use fastrand::Rng;
use wasmtime::component::{Type, Val};

/// Returns random bytes. About a tenth are 0 and a tenth 0xff. The maximum of the others differs between calls, so that
/// some of the results are likely to be valid and others are not.
pub fn bytes(rng: &mut Rng, length: usize) -> Vec<u8> {
    let most = *rng
        .choice([1, 2, 3, 8, 128, 256_u16].iter())
        .unwrap_or(&256);
    (0..length)
        .map(|_| match rng.u8(0..10) {
            0 => 0,
            1 => 0xff,
            _ => rng.u16(0..most) as u8,
        })
        .collect()
}

/// Returns a random value.
pub fn value(rng: &mut Rng, ty: &Type) -> Result<Val> {
    Ok(match ty {
        Type::Bool => Val::Bool(rng.bool()),
        Type::U8 => Val::U8(number(rng) as u8),
        Type::U16 => Val::U16(number(rng) as u16),
        Type::U32 => Val::U32(number(rng) as u32),
        Type::U64 => Val::U64(number(rng)),
        Type::S8 => Val::S8(number(rng) as i8),
        Type::S16 => Val::S16(number(rng) as i16),
        Type::S32 => Val::S32(number(rng) as i32),
        Type::S64 => Val::S64(number(rng) as i64),
        Type::Float32 => Val::Float32(rng.f32()),
        Type::Float64 => Val::Float64(rng.f64()),
        Type::String => Val::String(text(rng)),
        Type::List(list) => {
            let count = rng.usize(0..4);
            Val::List(
                (0..count)
                    .map(|_| value(rng, &list.ty()))
                    .collect::<Result<_>>()?,
            )
        }
        Type::FixedLengthList(list) => Val::FixedLengthList(
            (0..list.len())
                .map(|_| value(rng, &list.ty()))
                .collect::<Result<_>>()?,
        ),
        Type::Tuple(tuple) => Val::Tuple(
            tuple
                .types()
                .map(|ty| value(rng, &ty))
                .collect::<Result<_>>()?,
        ),
        Type::Option(option) => Val::Option(match rng.bool() {
            true => Some(Box::new(value(rng, &option.ty())?)),
            false => None,
        }),
        Type::Record(record) => {
            let mut fields = Vec::new();
            for field in record.fields() {
                fields.push((field.name.to_owned(), value(rng, &field.ty)?));
            }
            Val::Record(fields)
        }
        Type::Variant(variant) => {
            let cases: Vec<_> = variant.cases().collect();
            let case = &cases[rng.usize(0..cases.len())];
            let held = case.ty.as_ref().map(|ty| value(rng, ty)).transpose()?;
            Val::Variant(case.name.to_owned(), held.map(Box::new))
        }
        Type::Enum(ty) => {
            let names: Vec<&str> = ty.names().collect();
            Val::Enum(names[rng.usize(0..names.len())].to_owned())
        }
        Type::Flags(flags) => {
            let names = flags.names().filter(|_| rng.bool());
            Val::Flags(names.map(str::to_owned).collect())
        }
        other => bail!("a type of another kind: {other:?}"),
    })
}

/// Changes a random part of a value.
pub fn change(rng: &mut Rng, ty: &Type, old: &mut Val) -> Result<()> {
    match (ty, &mut *old) {
        (Type::Record(record), Val::Record(fields)) if rng.u8(0..20) > 0 => {
            let types: Vec<_> = record.fields().collect();
            let at = rng.usize(0..fields.len());
            change(rng, &types[at].ty, &mut fields[at].1)?;
        }
        (Type::List(list), Val::List(values)) if !values.is_empty() => match rng.u8(0..4) {
            0 => {
                let again = values[0].clone();
                values.push(again);
            }
            1 => {
                values.pop();
            }
            _ => {
                let at = rng.usize(0..values.len());
                change(rng, &list.ty(), &mut values[at])?;
            }
        },
        (Type::FixedLengthList(list), Val::FixedLengthList(values)) if rng.u8(0..20) > 0 => {
            let at = rng.usize(0..values.len());
            change(rng, &list.ty(), &mut values[at])?;
        }
        (Type::Variant(variant), Val::Variant(label, Some(held))) if rng.bool() => {
            let own = variant.cases().find(|case| case.name == label);
            if let Some(ty) = own.and_then(|case| case.ty) {
                change(rng, &ty, held)?;
            }
        }
        (Type::String, Val::String(text)) if rng.bool() => text.push_str("more"),
        _ => *old = value(rng, ty)?,
    }
    Ok(())
}

fn number(rng: &mut Rng) -> u64 {
    match rng.u8(0..4) {
        0 => rng.u64(0..4),
        1 => rng.u64(0..4).wrapping_neg(),
        2 => 1 << rng.u32(0..64),
        _ => rng.u64(..),
    }
}

fn text(rng: &mut Rng) -> String {
    let count = rng.usize(0..20);
    let character = |rng: &mut Rng| match rng.u8(0..12) {
        0 => 'é',
        1 => '\0',
        2 => '💡',
        _ => rng.alphanumeric(),
    };
    (0..count).map(|_| character(rng)).collect()
}
