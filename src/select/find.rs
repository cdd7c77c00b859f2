//! Patterns to what they mean: the C types and functions of a name or a glob.

use super::glob::{self, Glob};
use crate::btf::{Btf, Type, TypeId};
use crate::error::{Error, UnknownType};
use crate::names::{EntityId, Kind, Names};

/// What a pattern means.
#[derive(Default)]
pub(crate) struct Found {
    /// The items of C types.
    pub items: Vec<EntityId>,
    /// Functions, by their position. Only where the caller asked for functions are there any.
    pub functions: Vec<usize>,
}

/// What the word before a name asks for: `struct foo`, `func foo`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Any,
    Type(Kind),
    Function,
}

impl Sort {
    /// The word, where there is one.
    fn word(self) -> Option<&'static str> {
        match self {
            Sort::Any => None,
            Sort::Type(kind) => Some(kind.word()),
            Sort::Function => Some(FUNCTION),
        }
    }

    fn takes_functions(self) -> bool {
        !matches!(self, Sort::Type(_))
    }
}

/// The word for a function, as `list` has it.
pub(crate) const FUNCTION: &str = "func";

/// The items of the C types of a name, which may say its kind: `foo`, `struct foo`.
pub(crate) fn find(btf: &Btf, names: &Names, pattern: &str) -> Result<Vec<EntityId>, UnknownType> {
    let (sort, name) = split_sort(pattern);
    let found = types(btf, names, sort, |other| other == name);
    let mut kinds: Vec<Kind> = found.iter().map(|(kind, _)| *kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    match kinds.as_slice() {
        [] => Err(UnknownType::new(btf, names, pattern, name)),
        [_] => Ok(found.into_iter().map(|(_, item)| item).collect()),
        kinds => Err(UnknownType::ambiguous(name, kinds)),
    }
}

/// The types and functions of a name, or else of all names that it matches as a glob: `trace_event_raw_*`.
/// Names go first, since those of Rust have brackets and braces of their own.
pub(crate) fn find_all(btf: &Btf, names: &Names, pattern: &str) -> Result<Found, Error> {
    let (sort, name) = split_sort(pattern);
    let functions = functions(btf, names, sort, |other| other == name);
    let unknown = match find(btf, names, pattern) {
        Ok(items) => return Ok(Found { items, functions }),
        Err(unknown) => unknown.of_pattern(btf, names, name, sort != Sort::Function),
    };
    if !functions.is_empty() && !unknown.is_ambiguous() {
        let items = Vec::new();
        return Ok(Found { items, functions });
    }
    if !unknown.is_absent() {
        return Err(unknown.into());
    }
    let glob = Glob::parse(name).map_err(|what| Error::Pattern {
        pattern: pattern.to_owned(),
        what,
    })?;
    let matching = |glob: &Glob| matching(btf, names, sort, |other| glob.matches(other));
    match glob.as_ref().map(matching) {
        Some(found) if !found.is_empty() => Ok(found),
        _ => Err(unmatched(btf, names, sort, name, glob.as_ref(), unknown).into()),
    }
}

/// Why a glob, or what looks like a regular expression, means nothing.
fn unmatched(
    btf: &Btf,
    names: &Names,
    sort: Sort,
    name: &str,
    glob: Option<&Glob>,
    unknown: UnknownType,
) -> UnknownType {
    let is_there = |meant: &str| match Glob::parse(meant) {
        Ok(Some(glob)) => !matching(btf, names, sort, |other| glob.matches(other)).is_empty(),
        Ok(None) => !matching(btf, names, sort, |other| other == meant).is_empty(),
        Err(_) => false,
    };
    if let Some(meant) = glob::of_regex(name) {
        return unknown.of_regex(is_there(&meant).then(|| with_word(sort, &meant)));
    }
    let Some(glob) = glob else { return unknown };
    let is_function = |id: &TypeId| matches!(btf.ty(*id), Type::Function { .. });
    let mut left = btf.ids().filter(is_function);
    let matches_functions = || left.any(|id| glob.matches(btf.name_of(id)));
    unknown.of_glob(sort.takes_functions() && matches_functions())
}

impl Found {
    fn is_empty(&self) -> bool {
        self.items.is_empty() && self.functions.is_empty()
    }
}

/// The types and functions that have a name of those that are wanted.
fn matching(btf: &Btf, names: &Names, sort: Sort, wanted: impl Fn(&str) -> bool) -> Found {
    let functions = functions(btf, names, sort, &wanted);
    let items = types(btf, names, sort, wanted).into_iter();
    Found {
        items: items.map(|(_, item)| item).collect(),
        functions,
    }
}

/// The positions of the functions that have a name of those that are wanted.
fn functions(btf: &Btf, names: &Names, sort: Sort, wanted: impl Fn(&str) -> bool) -> Vec<usize> {
    if !sort.takes_functions() {
        return Vec::new();
    }
    let functions = names.functions.iter().enumerate();
    let called = functions.filter(|(_, function)| wanted(btf.name_of(function.ty)));
    called.map(|(position, _)| position).collect()
}

/// The items of the types that have a name of those that are wanted, with the kind under which
/// they have it.
fn types(
    btf: &Btf,
    names: &Names,
    sort: Sort,
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
            if sort == Sort::Any || sort == Sort::Type(c_kind) {
                found.push((c_kind, item));
            }
        }
    }
    // A tag and a typedef that says nothing new are one item; the tag comes first.
    found.sort_unstable_by_key(|(kind, item)| (*item, *kind));
    found.dedup_by_key(|(_, item)| *item);
    found
}

/// A pattern that begins with a word where one is wanted.
fn with_word(sort: Sort, name: &str) -> String {
    match sort.word() {
        Some(word) => format!("{word} {name}"),
        None => name.to_owned(),
    }
}

fn is_typedef(btf: &Btf, id: TypeId) -> bool {
    matches!(btf.ty(id), Type::Typedef { .. })
}

/// The word that a pattern begins with, and the rest.
fn split_sort(pattern: &str) -> (Sort, &str) {
    let pattern = pattern.trim();
    let Some((word, rest)) = pattern.split_once(' ') else {
        return (Sort::Any, pattern);
    };
    let sort = match Kind::of_word(word) {
        Some(kind) => Sort::Type(kind),
        None if word == FUNCTION => Sort::Function,
        None => return (Sort::Any, pattern),
    };
    (sort, rest.trim_start())
}
