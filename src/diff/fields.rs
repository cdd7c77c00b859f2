//! What changed inside one type: its size, members and enumerators, those of anonymous types in
//! it included.

use std::collections::HashMap;

use super::{Change, Detail, Place};
use crate::error::Error;
use crate::layout::{Base, Body, Field, Item, Type};
use crate::lower::{self, Lower};
use crate::names::EntityId;
use crate::package::Package;

/// One of the two inputs, whose items are described when they are compared.
pub(super) struct Side<'a> {
    package: &'a Package,
    lower: Lower<'a>,
    lowered: lower::Item,
    /// Bytes of every item, by its label.
    sizes: HashMap<&'a str, u64>,
}

/// A type with the anonymous types that stand in it, by label.
struct Whole {
    item: Item,
    inside: HashMap<String, Item>,
}

impl<'a> Side<'a> {
    pub fn new(package: &'a Package) -> Side<'a> {
        Side {
            package,
            lower: package.lower(),
            lowered: lower::Item::default(),
            sizes: package.sizes(),
        }
    }

    /// Bytes of an item.
    pub fn size(&self, id: EntityId) -> u64 {
        self.package.size(id)
    }

    fn whole(&mut self, id: EntityId) -> Result<Whole, Error> {
        let mut describe = |id| {
            self.package
                .describe(&mut self.lower, &mut self.lowered, id)
        };
        let item = describe(id)?;
        let mut inside = HashMap::new();
        for id in self.package.inside(id) {
            let item = describe(id)?;
            inside.insert(item.wit.clone(), item);
        }
        Ok(Whole { item, inside })
    }

    /// Bytes of an element, where the type is that of an item.
    fn element(&self, ty: &Type) -> Option<u64> {
        match &ty.base {
            Base::Item { item } => self.sizes.get(item.as_str()).copied(),
            _ => None,
        }
    }
}

/// The differences between two types of one kind and name.
pub(super) fn compare_types(
    old: &mut Side<'_>,
    old_id: EntityId,
    new: &mut Side<'_>,
    new_id: EntityId,
) -> Result<Vec<Detail>, Error> {
    let (old_whole, new_whole) = (old.whole(old_id)?, new.whole(new_id)?);
    let mut comparison = Comparison {
        old,
        new,
        old_whole: &old_whole,
        new_whole: &new_whole,
        details: Vec::new(),
    };
    comparison.items("", &old_whole.item, &new_whole.item);
    Ok(comparison.details)
}

struct Comparison<'s, 'a> {
    old: &'s Side<'a>,
    new: &'s Side<'a>,
    old_whole: &'s Whole,
    new_whole: &'s Whole,
    details: Vec<Detail>,
}

impl Comparison<'_, '_> {
    fn note(&mut self, path: &str, change: Change, breaking: bool) {
        self.details.push(Detail {
            path: path.to_owned(),
            change,
            breaking,
        });
    }

    /// Anonymous types nest as deep as types may by value, which bounds the recursion.
    fn items(&mut self, path: &str, old: &Item, new: &Item) {
        let members = matches!(old.body, Body::Record { .. } | Body::Variant { .. });
        if old.size != new.size {
            let (old, new) = (old.size, new.size);
            self.note(path, Change::Resized { old, new }, !members || new < old);
        }
        if let (Some(old), Some(new)) = (fields(&old.body), fields(&new.body)) {
            self.all_fields(path, old, new);
        }
        if let (Some(old), Some(new)) = (enumerators(&old.body), enumerators(&new.body)) {
            self.enumerators(path, &old, &new);
        }
        match (&old.body, &new.body) {
            (Body::Alias { ty: a, .. }, Body::Alias { ty: b, .. }) if old.c != new.c => {
                self.retyped(path, (&old.c, a), (&new.c, b));
            }
            _ => {}
        }
    }

    fn all_fields(&mut self, path: &str, old: &[Field], new: &[Field]) {
        let news: HashMap<&str, &Field> = new.iter().map(|f| (name(f), f)).collect();
        let olds: HashMap<&str, &Field> = old.iter().map(|f| (name(f), f)).collect();
        for field in old {
            let inner = join(path, name(field));
            match news.get(name(field)) {
                Some(other) => self.field(&inner, field, other),
                None => {
                    let old = field.c_type.clone();
                    let at = place(field);
                    self.note(&inner, Change::Removed { old, at }, true);
                }
            }
        }
        for field in new.iter().filter(|f| !olds.contains_key(name(f))) {
            let (new, at) = (field.c_type.clone(), place(field));
            self.note(&join(path, name(field)), Change::Added { new, at }, false);
        }
    }

    fn field(&mut self, path: &str, old: &Field, new: &Field) {
        let (before, now) = (place(old), place(new));
        if before != now {
            let (old, new) = (before, now);
            self.note(path, Change::Moved { old, new }, true);
        }
        let (Some(a), Some(b)) = (&old.ty, &new.ty) else {
            return;
        };
        match (
            self.anonymous(self.old_whole, a),
            self.anonymous(self.new_whole, b),
        ) {
            (Some(a), Some(b)) if old.c_type == new.c_type => return self.items(path, a, b),
            _ => {}
        }
        if old.c_type != new.c_type {
            return self.retyped(path, (&old.c_type, a), (&new.c_type, b));
        }
        // What an array holds has its own change; here it moves all elements but the first.
        match (self.old.element(a), self.new.element(b)) {
            (Some(old), Some(new)) if old != new && !a.lengths.is_empty() => {
                self.note(path, Change::Resized { old, new }, true);
            }
            _ => {}
        }
    }

    /// The anonymous type that a field has, if it has one.
    fn anonymous<'w>(&self, whole: &'w Whole, ty: &Type) -> Option<&'w Item> {
        match &ty.base {
            Base::Item { item } => whole.inside.get(item),
            _ => None,
        }
    }

    fn retyped(&mut self, path: &str, old: (&str, &Type), new: (&str, &Type)) {
        // The bytes of numbers and addresses are read alike whatever C calls them.
        let item = matches!(old.1.base, Base::Item { .. });
        let alike = !item && old.1.base == new.1.base && old.1.lengths == new.1.lengths;
        let (old, new) = (old.0.to_owned(), new.0.to_owned());
        self.note(path, Change::Retyped { old, new }, !alike);
    }

    fn enumerators(&mut self, path: &str, old: &[(&str, i128)], new: &[(&str, i128)]) {
        let news: HashMap<&str, i128> = new.iter().copied().collect();
        let olds: HashMap<&str, i128> = old.iter().copied().collect();
        for &(name, old) in old {
            let change = match news.get(name) {
                Some(&new) if new == old => continue,
                Some(&new) => Change::Revalued { old, new },
                None => Change::EnumeratorRemoved { old },
            };
            self.note(&join(path, name), change, true);
        }
        for &(name, new) in new.iter().filter(|(name, _)| !olds.contains_key(name)) {
            let change = Change::EnumeratorAdded { new };
            self.note(&join(path, name), change, false);
        }
    }
}

/// A field's C name, or the label of one that C gives none.
fn name(field: &Field) -> &str {
    field.name.as_deref().unwrap_or(&field.wit)
}

fn join(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        _ => format!("{path}.{name}"),
    }
}

fn place(field: &Field) -> Place {
    Place {
        offset: field.offset,
        bits: field.bits,
    }
}

fn fields(body: &Body) -> Option<&[Field]> {
    match body {
        Body::Record { fields } => Some(fields),
        Body::Variant { arms } => Some(arms),
        _ => None,
    }
}

/// All enumerators, whatever an enum is in WIT.
fn enumerators(body: &Body) -> Option<Vec<(&str, i128)>> {
    let (cases, others): (&[_], &[_]) = match body {
        Body::Enum { cases, .. } => (cases, &[]),
        Body::Flags { cases, others } => (cases, others),
        Body::Alias { others, .. } if !others.is_empty() => (&[], others),
        _ => return None,
    };
    let names = cases.iter().flat_map(|case| {
        let names = std::iter::once(&case.name).chain(&case.synonyms);
        names.map(|name| (name.as_str(), case.value))
    });
    let others = others
        .iter()
        .map(|other| (other.name.as_str(), other.value));
    Some(names.chain(others).collect())
}
