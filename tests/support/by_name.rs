//! Compares the values that a relocated decoder and a decoder of the target read from the same bytes. The fields are
//! compared one by one, by their C names. This is an independent check of relocation, since it uses only names and
//! values, and no offsets or plans.

#![allow(dead_code, reason = "each test binary uses a part")]

use std::collections::HashMap;

use anyhow::{Context, Result, bail, ensure};
use btf2wit::Package;
use btf2wit::decode::{Decoder, Problem, Value};
use btf2wit::layout::{Base, Body, Case, Item, Type};

/// The items of a package by their labels.
pub struct Items(HashMap<String, Item>);

/// The number of values that were compared, by result: fields and elements of arrays. Bytes count as one value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Values that both the local BTF and the target have, with types that correspond.
    pub same: usize,
    /// Values that read as zero, since the target lacks them or has them with another kind of type. An enum that is an
    /// integer on the other side also counts here if it is zero.
    pub zero: usize,
}

/// A member of a struct or union, or of an unnamed member in it.
struct NamedMember<'i, 'v> {
    name: &'i str,
    ty: &'i Type,
    value: &'v Value<'v>,
}

impl Items {
    pub fn of(package: &Package) -> Result<Items> {
        let items = package.items().map(|item| {
            let item = item?;
            Ok((item.wit.clone(), item))
        });
        Ok(Items(items.collect::<Result<_>>()?))
    }

    pub fn get(&self, label: &str) -> Option<&Item> {
        self.0.get(label)
    }

    pub fn all(&self) -> impl Iterator<Item = &Item> {
        self.0.values()
    }

    /// Returns the array lengths of a type and the type of its elements. Aliases are replaced by their targets.
    fn resolved<'i>(&'i self, ty: &'i Type) -> (Vec<u32>, &'i Base) {
        self.behind(ty.lengths.clone(), &ty.base)
    }

    fn behind<'i>(&'i self, mut lengths: Vec<u32>, mut base: &'i Base) -> (Vec<u32>, &'i Base) {
        while let Base::Item { item } = base {
            match self.0.get(item).map(|item| &item.body) {
                Some(Body::Alias { ty, .. }) => {
                    lengths.extend(&ty.lengths);
                    base = &ty.base;
                }
                _ => break,
            }
        }
        (lengths, base)
    }

    /// Returns the members of a record that have a name in C, including those of its unnamed members.
    fn members<'i, 'v>(&'i self, label: &str, value: &'v Value<'v>) -> Vec<NamedMember<'i, 'v>> {
        let Some(Body::Record { fields }) = self.0.get(label).map(|item| &item.body) else {
            return Vec::new();
        };
        let mut all = Vec::new();
        for field in fields {
            let (Some(value), Some(ty)) = (value.get(&field.wit), &field.ty) else {
                continue;
            };
            match (&field.name, &ty.base) {
                (Some(name), _) => all.push(NamedMember { name, ty, value }),
                (None, Base::Item { item }) => all.extend(self.members(item, value)),
                // An unnamed scalar has no name by which it could be found on the other side.
                (None, _) => {}
            }
        }
        all
    }

    fn cases(&self, label: &str) -> &[Case] {
        match self.0.get(label).map(|item| &item.body) {
            Some(Body::Enum { cases, .. } | Body::Flags { cases, .. }) => cases,
            _ => &[],
        }
    }
}

/// The items of the local BTF and of the target.
pub struct Pair<'i> {
    pub local: &'i Items,
    pub target: &'i Items,
}

impl Pair<'_> {
    /// Compares the values of two items. `place` is the name of the value in messages.
    pub fn items(
        &self,
        (local, value): (&str, &Value<'_>),
        (target, other): (&str, &Value<'_>),
        place: &str,
        counts: &mut Counts,
    ) -> Result<()> {
        let base = |item: &str| Base::Item {
            item: item.to_owned(),
        };
        let (local, target) = (base(local), base(target));
        let (lengths, base) = self.local.behind(Vec::new(), &local);
        let (others, other_base) = self.target.behind(Vec::new(), &target);
        self.arrays(
            (&lengths, base, value),
            (&others, other_base, other),
            place,
            counts,
        )
    }

    fn values(
        &self,
        (local, value): (&Type, &Value<'_>),
        (target, other): (&Type, &Value<'_>),
        place: &str,
        counts: &mut Counts,
    ) -> Result<()> {
        let (lengths, base) = self.local.resolved(local);
        let (others, other_base) = self.target.resolved(target);
        self.arrays(
            (&lengths, base, value),
            (&others, other_base, other),
            place,
            counts,
        )
    }

    fn arrays(
        &self,
        (lengths, base, value): (&[u32], &Base, &Value<'_>),
        (others, other_base, other): (&[u32], &Base, &Value<'_>),
        place: &str,
        counts: &mut Counts,
    ) -> Result<()> {
        if let (Value::Bytes(one), Value::Bytes(two)) = (value, other) {
            ensure!(one == two, "{place}: {one:?} and {two:?}");
            counts.same += 1;
            return Ok(());
        }
        match (elements(value), elements(other)) {
            (Some(one), Some(two)) => {
                if one.len() != two.len() {
                    // One side has arrays of arrays, and the other has a single array of all elements. Such arrays do
                    // not correspond, so the value is missing and reads as zero.
                    return expect_zero(value, place, counts);
                }
                let (lengths, others) = (&lengths[1..], &others[1..]);
                for (one, two) in one.iter().zip(&two) {
                    self.arrays(
                        (lengths, base, one),
                        (others, other_base, two),
                        place,
                        counts,
                    )?;
                }
                Ok(())
            }
            (None, None) => self.bases((base, value), (other_base, other), place, counts),
            _ => expect_zero(value, place, counts),
        }
    }

    fn bases(
        &self,
        (base, value): (&Base, &Value<'_>),
        (other_base, other): (&Base, &Value<'_>),
        place: &str,
        counts: &mut Counts,
    ) -> Result<()> {
        match (base, other_base) {
            (Base::Item { item: one }, Base::Item { item: two }) => match (value, other) {
                (Value::Record(_), Value::Record(_)) => {
                    return self.records((one, value), (two, other), place, counts);
                }
                (Value::Record(_), _) | (_, Value::Record(_)) => {
                    return expect_zero(value, place, counts);
                }
                _ => self.enums((one, value), (two, other), place)?,
            },
            // An enum of one side may be an integer in WIT on the other side. If it is also an integer in C there, it
            // reads as zero.
            (Base::Item { .. }, _) | (_, Base::Item { .. }) => {
                if is_zero(value) {
                    return expect_zero(value, place, counts);
                }
                let (one, two) = (bits(value), bits(other));
                let is_same = one.is_none() || two.is_none() || one == two;
                ensure!(is_same, "{place}: {value:?} and {other:?}");
            }
            // For relocation, a member that is a float on one side and an integer on the other is missing, so it reads
            // as zero.
            (Base::Float { .. }, Base::Int { .. }) | (Base::Int { .. }, Base::Float { .. }) => {
                return expect_zero(value, place, counts);
            }
            (Base::Pointer { .. }, Base::Int { .. }) | (Base::Int { .. }, Base::Pointer { .. }) => {
                return expect_zero(value, place, counts);
            }
            _ => {
                let is_same = match (value, other) {
                    (Value::F32(one), Value::F32(two)) => one.to_bits() == two.to_bits(),
                    (Value::F64(one), Value::F64(two)) => one.to_bits() == two.to_bits(),
                    (Value::Bool(one), two) => Some(*one) == two.as_integer().map(|n| n != 0),
                    (one, Value::Bool(two)) => Some(*two) == one.as_integer().map(|n| n != 0),
                    (one, two) => one == two || number(one).is_some() && number(one) == number(two),
                };
                ensure!(is_same, "{place}: {value:?} and {other:?}");
            }
        }
        counts.same += 1;
        Ok(())
    }

    fn records(
        &self,
        (local, value): (&str, &Value<'_>),
        (target, other): (&str, &Value<'_>),
        place: &str,
        counts: &mut Counts,
    ) -> Result<()> {
        let others = self.target.members(target, other);
        let mut by_name = HashMap::new();
        for own in &others {
            by_name.entry(own.name).or_insert(own);
        }
        for own in self.local.members(local, value) {
            let place = format!("{place}.{}", own.name);
            match by_name.get(own.name) {
                Some(other) => {
                    self.values((own.ty, own.value), (other.ty, other.value), &place, counts)?
                }
                None => expect_zero(own.value, &place, counts)?,
            }
        }
        Ok(())
    }

    fn enums(
        &self,
        (local, value): (&str, &Value<'_>),
        (target, other): (&str, &Value<'_>),
        place: &str,
    ) -> Result<()> {
        let named = |items: &'_ Items, item: &str, label: &str| -> Vec<String> {
            let case = items.cases(item).iter().find(|case| case.wit == *label);
            let names = case.map(|case| std::iter::once(&case.name).chain(&case.synonyms));
            names.into_iter().flatten().cloned().collect()
        };
        match (value, other) {
            (
                Value::Enum { label, number },
                Value::Enum {
                    label: other,
                    number: there,
                },
            ) => {
                ensure!(number == there, "{place}: {number} and {there}");
                let Some(label) = label else { return Ok(()) };
                let other = other.with_context(|| format!("{place}: only {label} has a case"))?;
                let (one, two) = (
                    named(self.local, local, label),
                    named(self.target, target, other),
                );
                let is_shared = one.iter().any(|name| two.contains(name));
                ensure!(is_shared, "{place}: {one:?} and {two:?}");
            }
            (Value::Flags { labels, .. }, Value::Flags { labels: others, .. }) => {
                let one = labels
                    .iter()
                    .flat_map(|label| named(self.local, local, label));
                let two = others
                    .iter()
                    .flat_map(|label| named(self.target, target, label));
                let two: Vec<String> = two.collect();
                for name in one {
                    ensure!(
                        two.contains(&name),
                        "{place}: only the relocated one has {name}"
                    );
                }
            }
            // All other values are compared if both are integers. Flags and an integer are not compared.
            (one, two) => {
                if let (Some(one), Some(two)) = (one.as_integer(), two.as_integer()) {
                    ensure!(one == two, "{place}: {one} and {two}");
                }
            }
        }
        Ok(())
    }
}

/// Changes bytes so that a relocated decoder can decode them. If a number does not fit the decoder's type for it, sets
/// 17 bytes from its offset on to zero, which is enough for a number of 16 bytes that begins inside a byte.
pub fn fit(decoder: &Decoder, bytes: &mut [u8]) -> Result<()> {
    loop {
        let at = match decoder.decode(bytes) {
            Ok(_) => return Ok(()),
            Err(error) => match error.problem {
                Problem::OutOfRange { .. } | Problem::Inexact => error.offset as usize,
                _ => bail!(error),
            },
        };
        let end = bytes.len().min(at + 17);
        let number = &mut bytes[at..end];
        ensure!(number.iter().any(|byte| *byte != 0), "zero does not fit");
        number.fill(0);
    }
}

/// Returns the elements of a list or of bytes. Returns `None` for other values.
fn elements<'v>(value: &'v Value<'v>) -> Option<Vec<Value<'v>>> {
    match value {
        Value::List(values) => Some(values.clone()),
        Value::Bytes(bytes) => Some(bytes.iter().map(|byte| Value::U8(*byte)).collect()),
        _ => None,
    }
}

/// Returns the lower 64 bits of an integer, a bool or the number of an enum. Returns `None` for other values, such as
/// flags.
fn bits(value: &Value<'_>) -> Option<u64> {
    value.as_integer().map(|number| number as u64)
}

fn number(value: &Value<'_>) -> Option<i128> {
    value.as_integer()
}

fn expect_zero(value: &Value<'_>, place: &str, counts: &mut Counts) -> Result<()> {
    ensure!(is_zero(value), "{place}: {value:?} instead of zero");
    counts.zero += 1;
    Ok(())
}

fn is_zero(value: &Value<'_>) -> bool {
    match value {
        Value::F32(value) => value.to_bits() == 0,
        Value::F64(value) => value.to_bits() == 0,
        Value::Text(text) => text.is_empty(),
        Value::Bytes(bytes) => bytes.iter().all(|byte| *byte == 0),
        Value::List(values) => values.iter().all(is_zero),
        Value::Record(fields) => fields.iter().all(|(_, value)| is_zero(value)),
        Value::Variant(_, held) => held.as_deref().is_none_or(is_zero),
        Value::Flags { labels, rest } => labels.is_empty() && *rest == 0,
        value => value.as_integer() == Some(0),
    }
}
