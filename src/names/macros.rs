//! Cases of different types for which C bindings would define one macro.
//!
//! wit-bindgen-c calls the case `baz` of `foo-bar` `FOO_BAR_BAZ`, and the case `bar-baz` of `foo`
//! too. C takes the second definition, with a warning at most, so that a program reads or writes
//! the wrong case. The case of the type with the shorter label gets a suffix, whatever options and
//! selection make of the two types.

use std::collections::{HashMap, HashSet};

use super::{Names, entity::EntityId, locals, reserved::Role, scope::Key};
use crate::btf::{Btf, Malformed, Type};
use crate::lower::body;
use crate::shape::{Shape, ShownName};

/// The cases that must not have their plain labels.
#[derive(Default)]
pub(super) struct Clashes(HashMap<EntityId, HashSet<Key>>);

impl Names {
    /// Would C bindings have the macro of this case of the item for another case too?
    pub fn is_macro_of_another(&self, id: EntityId, label: &str) -> bool {
        match self.macros.0.get(&id) {
            Some(keys) => keys.contains(&Key::of(label)),
            None => false,
        }
    }
}

impl Clashes {
    pub fn find(btf: &Btf, names: &Names) -> Result<Clashes, Malformed> {
        let mut enumerated: Vec<EntityId> = names
            .entities()
            .filter(|(_, entity)| {
                matches!(btf.ty(body(btf, entity.ty)), Type::Union(_) | Type::Enum(_))
            })
            .map(|(id, _)| id)
            .collect();
        enumerated.sort_unstable_by_key(|id| names.label(*id));
        let mut cases = Cases::new(btf, names);
        let mut clashes = Clashes::default();
        for (at, &short) in enumerated.iter().enumerate() {
            let extends = |long: &&EntityId| suffix(names, short, **long).is_some();
            // Sorted, what continues a label with a hyphen follows it directly.
            for &long in enumerated[at + 1..].iter().take_while(extends) {
                clashes.compare(&mut cases, short, long)?;
            }
        }
        Ok(clashes)
    }

    fn compare(
        &mut self,
        cases: &mut Cases,
        short: EntityId,
        long: EntityId,
    ) -> Result<(), Malformed> {
        let Some(suffix) = suffix(cases.names, short, long) else {
            return Ok(());
        };
        let shared: Vec<String> = cases
            .of(short)?
            .iter()
            .filter(|label| {
                label
                    .strip_prefix(suffix)
                    .is_some_and(|r| r.starts_with('-'))
            })
            .cloned()
            .collect();
        for label in shared {
            let rest = &label[suffix.len() + 1..];
            if cases.of(long)?.contains(rest) {
                self.0.entry(short).or_default().insert(Key::of(&label));
            }
        }
        Ok(())
    }
}

/// What the label of `long` has after that of `short` and a hyphen.
fn suffix(names: &Names, short: EntityId, long: EntityId) -> Option<&str> {
    names
        .label(long)
        .strip_prefix(names.label(short))?
        .strip_prefix('-')
}

/// The labels of cases, by item, for those that were asked for.
struct Cases<'a> {
    btf: &'a Btf,
    names: &'a Names,
    shape: Shape,
    known: HashMap<EntityId, HashSet<String>>,
}

impl<'a> Cases<'a> {
    fn new(btf: &'a Btf, names: &'a Names) -> Cases<'a> {
        Cases {
            btf,
            names,
            shape: Shape::new(btf),
            known: HashMap::new(),
        }
    }

    fn of(&mut self, id: EntityId) -> Result<&HashSet<String>, Malformed> {
        if !self.known.contains_key(&id) {
            let labels = self.read(id)?;
            self.known.insert(id, labels);
        }
        Ok(&self.known[&id])
    }

    fn read(&mut self, id: EntityId) -> Result<HashSet<String>, Malformed> {
        let body = body(self.btf, self.names.entity(id).ty);
        let names: Vec<ShownName> = match self.btf.ty(body) {
            Type::Enum(e) => {
                let enumerators = self.btf.enumerators(e).iter();
                enumerators.map(|e| ShownName::Own(e.name)).collect()
            }
            _ => {
                self.shape.read(self.btf, body)?;
                self.shape.shown.iter().map(|shown| shown.name).collect()
            }
        };
        let label = |name| {
            let mut label = String::new();
            locals::push_plain(&mut label, self.btf, name, Role::Case);
            label
        };
        Ok(names.into_iter().map(label).collect())
    }
}
