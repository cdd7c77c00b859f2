//! Finds out why a pattern matches nothing, and which names the user may have meant.

use super::{
    Category, FUNCTION, Lookup,
    glob::{self, Glob},
};
use crate::btf::{Btf, Type, TypeId};
use crate::error::{NoMatch, UnknownType};
use crate::escape::escaped;
use crate::maps::{self, Address};
use crate::names::{Kind, Names};
use crate::nearest;

/// Returns the error for an address without an item: the map or variable does not exist, or the type of the key, value
/// or variable is unknown or has no item.
pub(crate) fn unknown_slot(btf: &Btf, names: &Names, address: Address<'_>) -> UnknownType {
    let data = &names.object_data;
    let is_there = address.find_one(btf, data).is_some();
    let why = match slot_hint(btf, names, address.name) {
        Some(hint) if is_there => NoMatch::HasHint(hint),
        _ => NoMatch::Slot(address.missing(btf, data)),
    };
    UnknownType::new(address.name, why)
}

/// Returns the error for a name that types of several kinds have, such as a struct and a typedef.
pub(super) fn ambiguous(name: &str, kinds: &[Kind]) -> UnknownType {
    let words = kinds.iter().map(|kind| kind.word()).collect();
    UnknownType::new(name, NoMatch::Ambiguous(words))
}

/// Returns a hint that lists the types of the map or variable with this name, or `None` if there is no such map or
/// variable.
fn slot_hint(btf: &Btf, names: &Names, name: &str) -> Option<String> {
    let has_item = |slot, ty| names.slot_item(btf, slot, ty).is_some();
    maps::hint(btf, &names.object_data, name, has_item)
}

impl Lookup<'_> {
    /// Returns the error for a pattern that is no address and selects no type.
    pub(super) fn unknown_type(&self) -> UnknownType {
        let is_word = Kind::of_word(self.name).is_some() || self.name == FUNCTION;
        let why = if self.name.is_empty() {
            NoMatch::Nameless
        } else if let Some(why) = self.why_unselectable() {
            NoMatch::Unselectable(why)
        } else if is_word {
            NoMatch::Nameless
        } else {
            let hint = slot_hint(self.btf, self.names, self.name);
            hint.map_or(NoMatch::Absent, NoMatch::HasHint)
        };
        match why {
            NoMatch::Unselectable(_) | NoMatch::Nameless => UnknownType::new(self.name, why),
            NoMatch::Absent => UnknownType {
                nearest: self.nearest(),
                ..UnknownType::new(self.pattern, why)
            },
            _ => UnknownType::new(self.pattern, why),
        }
    }

    /// Returns the reason why a type with the pattern's name is not found: its kind is not that of the pattern, or it
    /// has no item. Returns `None` if no type has the name, or if the kind of the type does not show a reason.
    fn why_unselectable(&self) -> Option<&'static str> {
        let (btf, name) = (self.btf, self.name);
        let mut items = self.names.entities().map(|(_, entity)| entity);
        if let Some(other) = items.find(|entity| btf.name_of(entity.ty) == name) {
            return Some(another_kind(other.kind));
        }
        let mut same = btf.ids().filter(|id| btf.name_of(*id) == name);
        same.find_map(|id| nothing_to_write(btf, btf.ty(id)))
    }

    /// Returns the names of types and functions that are most similar to the name in the pattern.
    fn nearest(&self) -> Vec<String> {
        let types = self.names.entities().map(|(_, entity)| entity.ty);
        let functions = self.names.functions.iter().map(|function| function.ty);
        let candidates = types.chain(functions).map(|ty| self.btf.name_of(ty));
        let nearest = nearest::find(self.name, candidates).into_iter();
        nearest.map(str::to_owned).collect()
    }

    /// Stores in the error whether functions are written. If a function has the name, and the pattern asks for a
    /// function or no item has the name, returns an error that says how to select the function. Changes nothing if the
    /// pattern is an address.
    pub(super) fn or_function(&self, mut unknown: UnknownType) -> UnknownType {
        if matches!(self.category, Category::Slot(_)) {
            return unknown;
        }
        let (btf, name) = (self.btf, self.name);
        let mut written = self.names.functions.iter();
        unknown.functions = written.len() > 0;
        let is_written = written.any(|function| btf.name_of(function.ty) == name);
        let mut same = btf.ids().filter(|id| btf.name_of(*id) == name);
        let is_function = same.any(|id| matches!(btf.ty(id), Type::Function { .. }));
        let is_type = || {
            let mut types = self.names.entities();
            types.any(|(_, entity)| btf.name_of(entity.ty) == name)
        };
        let wants_types = !matches!(self.category, Category::Function);
        if !is_function || name.is_empty() || wants_types && is_type() {
            return unknown;
        }
        let why = NoMatch::Function(match is_written {
            true => "ask for it as one",
            false => "add --functions all",
        });
        UnknownType {
            functions: unknown.functions,
            ..UnknownType::new(name, why)
        }
    }

    /// Returns the error for a pattern that matches nothing. The error says if the pattern is a glob, or if it looks
    /// like a regular expression and is no address. For other patterns, returns `unknown` unchanged.
    pub(super) fn unmatched(&self, glob: Option<&Glob>, mut unknown: UnknownType) -> UnknownType {
        let is_slot = matches!(self.category, Category::Slot(_));
        if let Some(meant) = glob::of_regex(self.name).filter(|_| !is_slot) {
            unknown.nearest.clear();
            unknown.why = NoMatch::Regex(self.matches_any(&meant).then(|| self.with_word(&meant)));
            return unknown;
        }
        let Some(glob) = glob else { return unknown };
        unknown.why = match unknown.why {
            NoMatch::Slot(_) => NoMatch::Slot(format!(
                "no map or variable matches '{}'",
                escaped(self.name)
            )),
            _ => NoMatch::Glob {
                functions: self.category.takes_functions() && self.matches_function(glob),
            },
        };
        unknown
    }

    fn matches_any(&self, pattern: &str) -> bool {
        let found = match Glob::parse(pattern) {
            Ok(Some(glob)) => self.matches(|other| glob.matches(other)),
            Ok(None) => self.matches(|other| other == pattern),
            Err(_) => return false,
        };
        !found.is_empty()
    }

    /// Returns whether a glob matches any function of the input, even one that is not written.
    fn matches_function(&self, glob: &Glob) -> bool {
        let is_function = |id: &TypeId| matches!(self.btf.ty(*id), Type::Function { .. });
        let mut functions = self.btf.ids().filter(is_function);
        functions.any(|id| glob.matches(self.btf.name_of(id)))
    }

    /// Returns a name with the word of the pattern's category before it, as in `struct foo`, if the category is a kind
    /// or functions.
    fn with_word(&self, name: &str) -> String {
        match self.category {
            Category::Any | Category::Slot(_) => name.to_owned(),
            Category::Type(kind) => format!("{} {name}", kind.word()),
            Category::Function => format!("{FUNCTION} {name}"),
        }
    }
}

fn another_kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Struct => "is a struct: ask for it as one",
        Kind::Union => "is a union: ask for it as one",
        Kind::Enum => "is an enum: ask for it as one",
        Kind::Typedef => "is a typedef: ask for it as one",
    }
}

/// Returns the reason why a type has no item, or `None` if its kind does not show a reason.
fn nothing_to_write(btf: &Btf, ty: &Type) -> Option<&'static str> {
    let why = match ty {
        Type::Forward { .. } | Type::Enum(_) => "is only declared in this BTF, not defined",
        Type::Int(_) | Type::Float { .. } => "is a primitive type and needs no definition",
        Type::Struct(c) | Type::Union(c) if c.size == 0 => {
            "has no size, so that it carries nothing"
        }
        Type::Function { .. } => "is a function, and has no values",
        Type::Typedef { target, .. } => match btf.ty(btf.resolved(*target)) {
            Type::Int(_) => "is another name of a primitive type and needs no definition",
            _ => "stands for something that has no values",
        },
        _ => return None,
    };
    Some(why)
}
