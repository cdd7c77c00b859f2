//! Patterns to what they mean: the C types and functions of a name or a glob.

use super::glob::{self, Glob};
use crate::btf::{Btf, Type, TypeId};
use crate::error::{Error, UnknownType};
use crate::maps::{Address, Slot};
use crate::names::{EntityId, Kind, Names};

/// What a pattern means.
#[derive(Default)]
pub(crate) struct Found {
    /// The items of C types.
    pub items: Vec<EntityId>,
    /// Functions, by their position. Only where the caller asked for functions are there any.
    pub functions: Vec<usize>,
}

/// What the words before a name ask for: `struct foo`, `func foo`, `map foo key`.
#[derive(Clone, Copy)]
enum Sort<'p> {
    Any,
    Type(Kind),
    Function,
    /// What a map or a variable holds.
    Shared(Address<'p>),
}

impl Sort<'_> {
    /// The word, where there is one that goes before a name.
    fn word(self) -> Option<&'static str> {
        match self {
            Sort::Any | Sort::Shared(_) => None,
            Sort::Type(kind) => Some(kind.word()),
            Sort::Function => Some(FUNCTION),
        }
    }

    fn takes_functions(self) -> bool {
        matches!(self, Sort::Any | Sort::Function)
    }

    fn takes_type(self, kind: Kind) -> bool {
        match self {
            Sort::Any => true,
            Sort::Type(wanted) => wanted == kind,
            Sort::Function | Sort::Shared(_) => false,
        }
    }
}

/// The word for a function, as `list` has it.
pub(crate) const FUNCTION: &str = "func";

/// The items of a name. That is the C name of types, which may begin with their kind: `foo`, `struct foo`. Or it names
/// a map or a variable: `map foo`, `map foo key`, `var foo`. Or an anonymous type that one of these holds: by the
/// variable's name, `cfg`, or by its label, `stats-value`. Or it is any label: `%foo-alt2`.
pub(crate) fn find(btf: &Btf, names: &Names, pattern: &str) -> Result<Vec<EntityId>, UnknownType> {
    let (sort, name) = split_sort(pattern);
    let found = types(btf, names, sort, |other| other == name);
    let mut kinds: Vec<Kind> = found.iter().map(|(kind, _)| *kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    match kinds.as_slice() {
        [] => otherwise(btf, names, pattern, (sort, name)),
        [_] => Ok(found.into_iter().map(|(_, item)| item).collect()),
        kinds => Err(UnknownType::ambiguous(name, kinds)),
    }
}

/// The items of a pattern that is not the C name of a type.
fn otherwise(
    btf: &Btf,
    names: &Names,
    pattern: &str,
    (sort, name): (Sort<'_>, &str),
) -> Result<Vec<EntityId>, UnknownType> {
    if let Some(label) = pattern.strip_prefix('%') {
        let labelled = names.entities().map(|(id, _)| id);
        let found: Vec<EntityId> = labelled.filter(|id| names.label(*id) == label).collect();
        if !found.is_empty() {
            return Ok(found);
        }
    }
    let (found, unknown) = match sort {
        Sort::Shared(address) => (
            addressed(btf, names, address, |other| other == name),
            UnknownType::not_shared(btf, names, address),
        ),
        _ => (
            held(btf, names, |other| other == pattern),
            UnknownType::new(btf, names, pattern, name),
        ),
    };
    match found.is_empty() {
        true => Err(unknown),
        false => Ok(found),
    }
}

/// The items and functions of a name, or else of all names that it matches as a glob: `trace_event_raw_*`, `map *`.
/// Names go first, since those of Rust have brackets and braces of their own.
pub(crate) fn find_all(btf: &Btf, names: &Names, pattern: &str) -> Result<Found, Error> {
    let (sort, name) = split_sort(pattern);
    let functions = functions(btf, names, sort, |other| other == name);
    let unknown = match find(btf, names, pattern) {
        Ok(items) => return Ok(Found { items, functions }),
        Err(unknown) if matches!(sort, Sort::Shared(_)) => unknown,
        Err(unknown) => {
            let types = !matches!(sort, Sort::Function);
            unknown.of_pattern(btf, names, name, types)
        }
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
    sort: Sort<'_>,
    name: &str,
    glob: Option<&Glob>,
    unknown: UnknownType,
) -> UnknownType {
    let is_there = |meant: &str| match Glob::parse(meant) {
        Ok(Some(glob)) => !matching(btf, names, sort, |other| glob.matches(other)).is_empty(),
        Ok(None) => !matching(btf, names, sort, |other| other == meant).is_empty(),
        Err(_) => false,
    };
    let of_regex = glob::of_regex(name).filter(|_| !matches!(sort, Sort::Shared(_)));
    if let Some(meant) = of_regex {
        return unknown.of_regex(is_there(&meant).then(|| with_word(sort, &meant)));
    }
    let Some(glob) = glob else { return unknown };
    let is_function = |id: &TypeId| matches!(btf.ty(*id), Type::Function { .. });
    let mut left = btf.ids().filter(is_function);
    let mut matches_functions = || left.any(|id| glob.matches(btf.name_of(id)));
    unknown.of_glob(sort.takes_functions() && matches_functions())
}

impl Found {
    fn is_empty(&self) -> bool {
        self.items.is_empty() && self.functions.is_empty()
    }
}

/// The items and functions that have a name of those that are wanted.
fn matching(btf: &Btf, names: &Names, sort: Sort<'_>, wanted: impl Fn(&str) -> bool) -> Found {
    let named = types(btf, names, sort, &wanted).into_iter();
    let mut items: Vec<EntityId> = named.map(|(_, item)| item).collect();
    match sort {
        Sort::Any => items.extend(held(btf, names, &wanted)),
        Sort::Shared(address) => items.extend(addressed(btf, names, address, &wanted)),
        Sort::Type(_) | Sort::Function => {}
    }
    Found {
        items,
        functions: functions(btf, names, sort, wanted),
    }
}

/// The positions of the functions that have a name of those that are wanted.
fn functions(
    btf: &Btf,
    names: &Names,
    sort: Sort<'_>,
    wanted: impl Fn(&str) -> bool,
) -> Vec<usize> {
    if !sort.takes_functions() {
        return Vec::new();
    }
    let functions = names.functions.iter().enumerate();
    let called = functions.filter(|(_, function)| wanted(btf.name_of(function.ty)));
    called.map(|(position, _)| position).collect()
}

/// The items of what maps or variables hold whose name is wanted.
fn addressed(
    btf: &Btf,
    names: &Names,
    address: Address<'_>,
    wanted: impl Fn(&str) -> bool,
) -> Vec<EntityId> {
    let places = address.find(btf, &names.object_data, wanted);
    places
        .into_iter()
        .filter_map(|(slot, ty)| names.slot_item(btf, slot, ty))
        .collect()
}

/// The items of the anonymous types that maps and variables hold, by the name of the variable or the item's label.
fn held(btf: &Btf, names: &Names, wanted: impl Fn(&str) -> bool) -> Vec<EntityId> {
    let held = names.object_data.types().filter_map(|(slot, _)| {
        let item = names.at_slot(slot)?;
        let variable = match slot {
            Slot::Global(_) => btf.name(names.object_data.owner(slot).0),
            Slot::Key(_) | Slot::Value(_) => "",
        };
        (wanted(variable) || wanted(names.label(item))).then_some(item)
    });
    held.collect()
}

/// The items of the types that have a name of those that are wanted, with the kind under which
/// they have it.
fn types(
    btf: &Btf,
    names: &Names,
    sort: Sort<'_>,
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
            if sort.takes_type(c_kind) {
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
fn with_word(sort: Sort<'_>, name: &str) -> String {
    match sort.word() {
        Some(word) => format!("{word} {name}"),
        None => name.to_owned(),
    }
}

fn is_typedef(btf: &Btf, id: TypeId) -> bool {
    matches!(btf.ty(id), Type::Typedef { .. })
}

/// What a pattern asks for, and the name in it.
fn split_sort(pattern: &str) -> (Sort<'_>, &str) {
    let pattern = pattern.trim();
    if let Some(address) = Address::parse(pattern) {
        return (Sort::Shared(address), address.name);
    }
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
