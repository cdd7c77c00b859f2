//! Finds the types and functions that a pattern names. A pattern is a C name, a label, a glob, or an address such as
//! `map stats value`.
//!
//! This module searches all types of the input, and the functions in `Names`, which are those that the caller converts.
//! It does not know options or what is selected.

mod glob;
mod unknown;

pub(crate) use unknown::unknown_slot;

use crate::btf::{Btf, Type, TypeId};
use crate::error::{Error, UnknownType};
use crate::maps::{Address, Slot};
use crate::names::{EntityId, Kind, Names};
use glob::Glob;

/// The items and functions that a pattern matches.
#[derive(Default)]
pub(crate) struct Matches {
    /// The matching items.
    pub items: Vec<EntityId>,
    /// The positions of the matching functions in [`Names::functions`]. The list is empty unless the caller converts
    /// functions.
    pub functions: Vec<usize>,
}

impl Matches {
    fn is_empty(&self) -> bool {
        self.items.is_empty() && self.functions.is_empty()
    }
}

/// The first word of a pattern for functions, as in `func vfs_read`. The command `list` prints functions in this form,
/// too.
const FUNCTION: &str = "func";

/// The kind of thing that a pattern selects. The first word of the pattern states it, as in `struct foo`, `func foo` or
/// `map foo key`.
#[derive(Clone, Copy)]
enum Category<'p> {
    /// The pattern has no such word.
    Any,
    Type(Kind),
    Function,
    /// The key or value of a map, both, or a variable, as in `map foo key`, `map foo` or `var foo`.
    Slot(Address<'p>),
}

impl Category<'_> {
    fn takes_functions(self) -> bool {
        matches!(self, Category::Any | Category::Function)
    }

    fn takes_type(self, kind: Kind) -> bool {
        match self {
            Category::Any => true,
            Category::Type(wanted) => wanted == kind,
            Category::Function | Category::Slot(_) => false,
        }
    }
}

/// Returns the items that a pattern names. Fails if there are none, or if types of several kinds have the name.
///
/// The pattern may be:
/// - the C name of types, with or without their kind: `foo`, `struct foo`;
/// - a map, its key or value, or a variable: `map foo`, `map foo key`, `var foo`;
/// - the name of a variable with an anonymous type: `cfg`;
/// - the label of an anonymous type in a map or a variable: `stats-value`;
/// - any label, with a `%` before it: `%foo-alt2`.
pub(crate) fn find(btf: &Btf, names: &Names, pattern: &str) -> Result<Vec<EntityId>, UnknownType> {
    Lookup::new(btf, names, pattern).find()
}

/// Returns the items and functions that the pattern names. If nothing in the input has this name, returns those that
/// the pattern matches as a glob, such as `trace_event_raw_*` or `map *`.
///
/// Fails if the glob matches nothing either, or if the input has the name but the pattern cannot select it. Plain names
/// are tried first, since names of Rust types contain brackets and braces.
pub(crate) fn find_all(btf: &Btf, names: &Names, pattern: &str) -> Result<Matches, Error> {
    Lookup::new(btf, names, pattern).find_all()
}

/// A pattern, and the BTF and names in which it is looked up.
struct Lookup<'a> {
    btf: &'a Btf,
    names: &'a Names,
    pattern: &'a str,
    category: Category<'a>,
    /// The pattern without the words of its category, such as the `foo` of `struct foo`.
    name: &'a str,
}

impl<'a> Lookup<'a> {
    fn new(btf: &'a Btf, names: &'a Names, pattern: &'a str) -> Lookup<'a> {
        let (category, name) = split(pattern);
        Lookup {
            btf,
            names,
            pattern,
            category,
            name,
        }
    }

    fn find(&self) -> Result<Vec<EntityId>, UnknownType> {
        let found = self.types(|other| other == self.name);
        let mut kinds: Vec<Kind> = found.iter().map(|(kind, _)| *kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        match kinds.as_slice() {
            [] => self.find_without_c_name(),
            [_] => Ok(found.into_iter().map(|(_, item)| item).collect()),
            kinds => Err(unknown::ambiguous(self.name, kinds)),
        }
    }

    /// Returns the items for a pattern that is not the C name of a type.
    fn find_without_c_name(&self) -> Result<Vec<EntityId>, UnknownType> {
        if let Some(label) = self.pattern.strip_prefix('%') {
            let ids = self.names.entities().map(|(id, _)| id);
            let found: Vec<EntityId> = ids.filter(|id| self.names.label(*id) == label).collect();
            if !found.is_empty() {
                return Ok(found);
            }
        }
        let found = match self.category {
            Category::Slot(address) => self.slot_items(address, |other| other == self.name),
            _ => self.anonymous_in_slots(|other| other == self.pattern),
        };
        match (found.is_empty(), self.category) {
            (false, _) => Ok(found),
            (true, Category::Slot(address)) => Err(unknown_slot(self.btf, self.names, address)),
            (true, _) => Err(self.unknown_type()),
        }
    }

    fn find_all(&self) -> Result<Matches, Error> {
        let functions = self.functions(|other| other == self.name);
        let unknown = match self.find() {
            Ok(items) => return Ok(Matches { items, functions }),
            Err(unknown) => self.or_function(unknown),
        };
        if !functions.is_empty() && !unknown.is_ambiguous() {
            let items = Vec::new();
            return Ok(Matches { items, functions });
        }
        if !unknown.is_absent() {
            return Err(unknown.into());
        }
        let glob = Glob::parse(self.name).map_err(|what| Error::Pattern {
            pattern: self.pattern.to_owned(),
            what,
        })?;
        let matches = |glob: &Glob| self.matches(|other| glob.matches(other));
        match glob.as_ref().map(matches) {
            Some(found) if !found.is_empty() => Ok(found),
            _ => Err(self.unmatched(glob.as_ref(), unknown).into()),
        }
    }

    /// Returns the items and functions of the pattern's category that `is_included` accepts. `is_included` gets the C
    /// name of a type or function, the name of a map or variable, or the label of an anonymous type in a map or
    /// variable.
    fn matches(&self, is_included: impl Fn(&str) -> bool) -> Matches {
        let types = self.types(&is_included).into_iter();
        let mut items: Vec<EntityId> = types.map(|(_, item)| item).collect();
        match self.category {
            Category::Any => items.extend(self.anonymous_in_slots(&is_included)),
            Category::Slot(address) => items.extend(self.slot_items(address, &is_included)),
            Category::Type(_) | Category::Function => {}
        }
        let functions = self.functions(is_included);
        Matches { items, functions }
    }

    /// Returns the items of the types in the pattern's category whose C name `is_included` accepts, each with the kind
    /// of the type that has the name. For a folded typedef, the item is that of its target, and the kind is
    /// [`Kind::Typedef`].
    fn types(&self, is_included: impl Fn(&str) -> bool) -> Vec<(Kind, EntityId)> {
        let (btf, names) = (self.btf, self.names);
        let mut found: Vec<(Kind, EntityId)> = Vec::new();
        let has_name = |id: &TypeId| !btf.ty(*id).name().is_none() && is_included(btf.name_of(*id));
        for id in btf.ids().filter(has_name) {
            let is_typedef = matches!(btf.ty(id), Type::Typedef { .. });
            let (kind, item) = match names.own_item(id) {
                Some(item) => (names.entity(item).kind, item),
                // The name of a folded typedef is another name of its target.
                None => match names.item_of(btf, id).filter(|_| is_typedef) {
                    Some(item) => (Kind::Typedef, item),
                    None => continue,
                },
            };
            if self.category.takes_type(kind) {
                found.push((kind, item));
            }
        }
        // A typedef that is folded into a struct, union or enum has the same item as its target. The entry of the
        // target is kept, since its kind sorts first.
        found.sort_unstable_by_key(|(kind, item)| (*item, *kind));
        found.dedup_by_key(|(_, item)| *item);
        found
    }

    /// Returns the positions of the functions whose name `is_included` accepts, or none if the category has no
    /// functions.
    fn functions(&self, is_included: impl Fn(&str) -> bool) -> Vec<usize> {
        if !self.category.takes_functions() {
            return Vec::new();
        }
        let functions = self.names.functions.iter().enumerate();
        let included = functions.filter(|(_, function)| is_included(self.btf.name_of(function.ty)));
        included.map(|(position, _)| position).collect()
    }

    /// Returns the items of keys, values and variables. `address` says whether keys, values or variables are included,
    /// and `is_included` says by name which maps and variables are included. The name in `address` is ignored.
    fn slot_items(
        &self,
        address: Address<'_>,
        is_included: impl Fn(&str) -> bool,
    ) -> Vec<EntityId> {
        let slots = address.find(self.btf, &self.names.object_data, is_included);
        let items = slots
            .into_iter()
            .filter_map(|(slot, ty)| self.names.slot_item(self.btf, slot, ty));
        items.collect()
    }

    /// Returns the items of anonymous types of keys, values and variables, if `is_included` accepts the label of the
    /// item or the name of the variable.
    fn anonymous_in_slots(&self, is_included: impl Fn(&str) -> bool) -> Vec<EntityId> {
        let data = &self.names.object_data;
        let items = data.types().filter_map(|(slot, _)| {
            let item = self.names.at_slot(slot)?;
            let variable = match slot {
                Slot::Global(_) => Some(self.btf.name(data.owner(slot).0)),
                Slot::Key(_) | Slot::Value(_) => None,
            };
            (variable.is_some_and(&is_included) || is_included(self.names.label(item)))
                .then_some(item)
        });
        items.collect()
    }
}

/// Splits a pattern into its category and the name without the words of the category.
fn split(pattern: &str) -> (Category<'_>, &str) {
    let pattern = pattern.trim();
    if let Some(address) = Address::parse(pattern) {
        return (Category::Slot(address), address.name);
    }
    let Some((word, rest)) = pattern.split_once(' ') else {
        return (Category::Any, pattern);
    };
    let category = match Kind::of_word(word) {
        Some(kind) => Category::Type(kind),
        None if word == FUNCTION => Category::Function,
        None => return (Category::Any, pattern),
    };
    (category, rest.trim_start())
}
