//! The members of structs, with their relocated layout.

use std::collections::HashSet;

use anyhow::{Result, ensure};
use btf2wit::layout::{Base, Body, Field, Item, Type};
use btf2wit::{Config, Kind};

use crate::{by_name::Items, relocated};

/// The maximum number of members that are compared.
const MOST: usize = 400;

/// A member of a struct, with its place in the relocated layout.
pub struct Member {
    pub of: String,
    pub name: String,
    pub exists: bool,
    pub offset: u64,
    pub size: u64,
    pub number: Option<Number>,
}

/// The place of a number in the relocated layout.
#[derive(Clone, Copy)]
pub struct Number {
    /// The offset in bits.
    pub at: u64,
    /// The width in bits.
    pub width: u64,
    /// Whether the number is signed. `None` for pointers and enums, whose sign is not compared.
    pub signed: Option<bool>,
}

impl Member {
    pub fn is_bitfield(&self) -> bool {
        self.number.is_some_and(|number| number.width % 8 > 0)
    }
}

/// Returns at most `MOST` members of the structs in `TYPES` and of the structs that they contain. Leaves out structs
/// that one of the two BTFs lacks, or of which it has several definitions: libbpf could take another definition.
pub fn of(local: &str, target: &str) -> Result<Vec<Member>> {
    let package = relocated(local, target)?;
    let items = Items::of(&package)?;
    let unique = unique_structs(local)?;
    let there = unique_structs(target)?;
    let mut structs: Vec<&Item> = items
        .all()
        .filter(|item| item.kind == Kind::Struct && !item.wit.contains('@'))
        .filter(|item| {
            item.name
                .as_ref()
                .is_some_and(|name| unique.contains(name) && there.contains(name))
        })
        .collect();
    structs.sort_by_key(|item| &item.wit);
    let mut members = Vec::new();
    for item in structs {
        let Body::Record { fields } = &item.body else {
            continue;
        };
        let of = item.name.clone().unwrap_or_default();
        let named = fields
            .iter()
            .filter_map(|field| Some((field, field.name.clone()?)));
        members.extend(named.filter_map(|(field, name)| member(&items, of.clone(), name, field)));
    }
    ensure!(members.len() >= 200, "only {} members", members.len());
    // Missing members and bitfields are rare. They are taken first, and may be up to half of the members.
    let is_rare = |member: &Member| !member.exists || member.is_bitfield();
    let (rare, others): (Vec<Member>, Vec<Member>) = members.into_iter().partition(is_rare);
    let step = others.len().div_ceil(MOST / 2);
    let rare = rare.into_iter().take(MOST / 2);
    Ok(rare.chain(others.into_iter().step_by(step)).collect())
}

/// Returns the names of the structs that have only one definition.
fn unique_structs(input: &str) -> Result<HashSet<String>> {
    let package = Config::new().input(input).load()?;
    let (mut once, mut twice) = (HashSet::new(), HashSet::new());
    for item in package.outlines() {
        let item = item?;
        if item.kind == Kind::Struct && !once.insert(item.name.to_owned()) {
            twice.insert(item.name.to_owned());
        }
    }
    Ok(once.difference(&twice).cloned().collect())
}

fn member(items: &Items, of: String, name: String, field: &Field) -> Option<Member> {
    let ty = field.ty.as_ref()?;
    // clang 14 refuses relocations of bitfields that are wider than 32 bits.
    if field.bits.is_some_and(|bits| bits.width > 32) {
        return None;
    }
    let size = size(items, ty)?;
    let at = 8 * field.offset + field.bits.map_or(0, |bits| u64::from(bits.first));
    let width = field.bits.map_or(8 * size, |bits| u64::from(bits.width));
    let number = sign(items, ty).filter(|_| ty.lengths.is_empty() && size <= 8);
    Some(Member {
        of,
        name,
        exists: !field.missing,
        offset: field.offset,
        size,
        number: number.map(|signed| Number { at, width, signed }),
    })
}

fn size(items: &Items, ty: &Type) -> Option<u64> {
    let base = match &ty.base {
        Base::Bool { size }
        | Base::Int { size, .. }
        | Base::Float { size }
        | Base::Pointer { size } => u64::from(*size),
        Base::String { size } => u64::from(*size),
        Base::Item { item } => items.get(item)?.size,
        _ => return None,
    };
    Some(
        ty.lengths
            .iter()
            .fold(base, |size, length| size * u64::from(*length)),
    )
}

/// Returns whether a number is signed: `Some(None)` if its sign is not compared, and `None` if the type is not a
/// number.
fn sign(items: &Items, ty: &Type) -> Option<Option<bool>> {
    match &ty.base {
        Base::Pointer { .. } => Some(None),
        Base::Bool { .. } => Some(Some(false)),
        Base::Int { signed, .. } => Some(Some(*signed)),
        Base::Item { item } => match items.get(item)?.body {
            // clang 14 uses the sign of an enum in relocations, but does not write it to BTF. Therefore this sign is
            // not compared.
            Body::Enum { .. } | Body::Flags { .. } => Some(None),
            _ => None,
        },
        _ => None,
    }
}
