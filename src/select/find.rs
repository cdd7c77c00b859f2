//! Patterns to items: the C types that a name means.

use crate::btf::{Btf, Type, TypeId};
use crate::error::UnknownType;
use crate::names::{EntityId, Kind, Names};

/// The items of the C types of a name, which may say its kind: `foo`, `struct foo`.
pub(crate) fn find(btf: &Btf, names: &Names, pattern: &str) -> Result<Vec<EntityId>, UnknownType> {
    let (kind, name) = split_kind(pattern);
    let mut found: Vec<(Kind, EntityId)> = Vec::new();
    let called = |id: &TypeId| !name.is_empty() && btf.name_of(*id) == name;
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
    let mut kinds: Vec<Kind> = found.iter().map(|(kind, _)| *kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    match kinds.as_slice() {
        [] => Err(UnknownType::new(btf, names, pattern, name)),
        [_] => Ok(found.into_iter().map(|(_, item)| item).collect()),
        kinds => Err(UnknownType::ambiguous(name, kinds)),
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
