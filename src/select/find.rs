//! Patterns to items: the C types that a name or a glob means.

use super::glob::{self, Glob};
use crate::btf::{Btf, Type, TypeId};
use crate::error::{Error, UnknownType};
use crate::names::{EntityId, Kind, Names};

/// The items of the C types of a name, which may say its kind: `foo`, `struct foo`.
pub(crate) fn find(btf: &Btf, names: &Names, pattern: &str) -> Result<Vec<EntityId>, UnknownType> {
    let (kind, name) = split_kind(pattern);
    let found = called(btf, names, kind, |other| other == name);
    let mut kinds: Vec<Kind> = found.iter().map(|(kind, _)| *kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    match kinds.as_slice() {
        [] => Err(UnknownType::new(btf, names, pattern, name)),
        [_] => Ok(found.into_iter().map(|(_, item)| item).collect()),
        kinds => Err(UnknownType::ambiguous(name, kinds)),
    }
}

/// The items of a name, or else of all names that it matches as a glob: `trace_event_raw_*`.
/// Names go first, since those of Rust have brackets and braces of their own.
pub(crate) fn find_all(btf: &Btf, names: &Names, pattern: &str) -> Result<Vec<EntityId>, Error> {
    let unknown = match find(btf, names, pattern) {
        Ok(found) => return Ok(found),
        Err(unknown) if !unknown.is_absent() => return Err(unknown.into()),
        Err(unknown) => unknown,
    };
    let (kind, name) = split_kind(pattern);
    let matching = |glob: &Glob| called(btf, names, kind, |other| glob.matches(other));
    let glob = Glob::parse(name).map_err(|what| Error::Pattern {
        pattern: pattern.to_owned(),
        what,
    })?;
    let found = glob.as_ref().map(matching).unwrap_or_default();
    let is_there = |meant: &str| match Glob::parse(meant) {
        Ok(Some(glob)) => !matching(&glob).is_empty(),
        Ok(None) => !called(btf, names, kind, |other| other == meant).is_empty(),
        Err(_) => false,
    };
    if !found.is_empty() {
        return Ok(found.into_iter().map(|(_, item)| item).collect());
    }
    Err(match glob::of_regex(name) {
        Some(meant) => unknown.of_regex(is_there(&meant).then(|| with_kind(kind, &meant))),
        None if glob.is_some() => unknown.of_glob(),
        None => unknown,
    }
    .into())
}

/// The items of the types that have a name of those that are wanted, with the kind under which
/// they have it.
fn called(
    btf: &Btf,
    names: &Names,
    kind: Option<Kind>,
    wanted: impl Fn(&str) -> bool,
) -> Vec<(Kind, EntityId)> {
    let mut found: Vec<(Kind, EntityId)> = Vec::new();
    let called = |id: &TypeId| !btf.ty(*id).name().is_none() && wanted(btf.name_of(*id));
    for id in btf.ids().filter(called) {
        let own = names.own_item(id);
        // A typedef that says nothing new is as good a name as that of its target.
        let item = own.or_else(|| names.item_of(btf, id).filter(|_| is_typedef(btf, id)));
        if let Some(item) = item {
            let c_kind = if own.is_none() {
                Kind::Typedef
            } else {
                names.entity(item).kind
            };
            if kind.is_none_or(|kind| kind == c_kind) {
                found.push((c_kind, item));
            }
        }
    }
    // A tag and a typedef that says nothing new are one item; the tag comes first.
    found.sort_unstable_by_key(|(kind, item)| (*item, *kind));
    found.dedup_by_key(|(_, item)| *item);
    found
}

/// A pattern that begins with a kind where one is wanted.
fn with_kind(kind: Option<Kind>, name: &str) -> String {
    match kind {
        Some(kind) => format!("{} {name}", kind.word()),
        None => name.to_owned(),
    }
}

fn is_typedef(btf: &Btf, id: TypeId) -> bool {
    matches!(btf.ty(id), Type::Typedef { .. })
}

/// The kind that a pattern begins with, and the rest.
fn split_kind(pattern: &str) -> (Option<Kind>, &str) {
    let kinds = [Kind::Struct, Kind::Union, Kind::Enum, Kind::Typedef];
    let pattern = pattern.trim();
    kinds
        .into_iter()
        .find_map(|kind| {
            let rest = pattern.strip_prefix(kind.word())?.strip_prefix(' ')?;
            Some((Some(kind), rest.trim_start()))
        })
        .unwrap_or((None, pattern))
}
