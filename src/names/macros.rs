//! Cases of different types for which C bindings would define one macro.
//!
//! wit-bindgen-c calls the case `baz` of `foo-bar` `FOO_BAR_BAZ`, and the case `bar-baz` of `foo`
//! too. C takes the second definition, with a warning at most, so that a program reads or writes
//! the wrong case. The case of the type with the shorter label gets a suffix, whatever options and
//! selection make of the two types.

use std::collections::{HashMap, HashSet};

use super::{
    Names,
    entity::{EntityId, Owner},
    hash::Fnv,
    item_labels, order,
    reserved::Role,
    scope::Key,
    spelling::{NameKind, Speller},
};
use crate::btf::{Btf, Malformed, Type};
use crate::c::members::{FlatMembers, MemberName, body};

/// The cases that must not have their plain labels.
#[derive(Default)]
pub(super) struct Clashes(HashMap<EntityId, HashSet<Key>>);

impl Names {
    /// The keys of the cases of an item that bindings would confuse with something else: with the cases of others,
    /// which have the same macros in C, or with types.
    pub fn clashing_cases(&self, id: EntityId) -> Option<&HashSet<Key>> {
        match self.clashes.0.is_empty() {
            true => None,
            false => self.clashes.0.get(&id),
        }
    }
}

impl Clashes {
    pub fn find(btf: &Btf, names: &Names) -> Result<Clashes, Malformed> {
        let mut clashes = Clashes::default();
        let mut cases = Cases::new(btf, names);
        clashes.of_macros(&mut cases)?;
        clashes.of_arms(&mut cases)?;
        Ok(clashes)
    }

    /// Notes a case that gets a suffix.
    pub(super) fn note(&mut self, id: EntityId, case: Key) {
        self.0.entry(id).or_default().insert(case);
    }

    fn of_macros(&mut self, cases: &mut Cases) -> Result<(), Malformed> {
        let (btf, names) = (cases.btf, cases.names);
        // The macro of each case: where it was met last.
        let mut macros: HashMap<u64, (EntityId, Key)> = HashMap::new();
        for id in suspects(btf, names) {
            cases.read(id)?;
            for &(name, key) in &cases.found {
                let this = (id, key);
                let Some(other) = macros.insert(name, this).filter(|other| other.0 != id) else {
                    continue;
                };
                // The base's cases are called as if it stood alone.
                let yields = is_of_base(btf, names, other.0) && !is_of_base(btf, names, id);
                let (renamed, kept) = if yields { (this, other) } else { (other, this) };
                self.note(renamed.0, renamed.1);
                macros.insert(name, kept);
            }
        }
        Ok(())
    }
}

/// Is this an item of the base, or does it stand in one?
pub(super) fn is_of_base(btf: &Btf, names: &Names, mut id: EntityId) -> bool {
    while let Owner::Inside(parent) = names.entity(id).owner {
        id = parent;
    }
    match names.entity(id).owner {
        Owner::Slot(slot) => btf.is_of_base(names.object_data.owner(slot).1),
        _ => btf.is_of_base(names.entity(id).ty),
    }
}

/// The unions and enums whose labels begin another's or continue one, those that begin first.
fn suspects(btf: &Btf, names: &Names) -> Vec<EntityId> {
    let has_cases = |ty| matches!(btf.ty(body(btf, ty)), Type::Union(_) | Type::Enum(_));
    let mut ids: Vec<EntityId> = names
        .entities()
        .filter(|(_, entity)| has_cases(entity.ty))
        .map(|(id, _)| id)
        .collect();
    // Sorted, what continues a label with a hyphen follows it directly.
    order::by_label(&names.text, &mut ids, |id| names.entity(*id).label);
    let mut suspect = vec![false; ids.len()];
    let mut begun: Vec<usize> = Vec::new();
    for at in 0..ids.len() {
        let continues = |begun: &usize| {
            let rest = names.label(ids[at]).strip_prefix(names.label(ids[*begun]));
            rest.is_some_and(|rest| rest.starts_with('-'))
        };
        while begun.last().is_some_and(|last| !continues(last)) {
            begun.pop();
        }
        if let Some(last) = begun.last() {
            suspect[*last] = true;
            suspect[at] = true;
        }
        begun.push(at);
    }
    let pairs = ids.into_iter().zip(suspect);
    pairs
        .filter(|(_, suspect)| *suspect)
        .map(|(id, _)| id)
        .collect()
}

/// The cases of one item; kept and filled again for the next.
pub(super) struct Cases<'a> {
    pub btf: &'a Btf,
    pub names: &'a Names,
    shape: FlatMembers,
    /// What the macro of a case begins with, and for one at a time the label that the case would have alone.
    text: String,
    stem: usize,
    /// The hash of item and case as one label, `foo-bar-baz`, which says the macro too, and the label of each.
    pub found: Vec<(u64, Key)>,
}

impl<'a> Cases<'a> {
    fn new(btf: &'a Btf, names: &'a Names) -> Cases<'a> {
        Cases {
            btf,
            names,
            shape: FlatMembers::new(btf),
            text: String::new(),
            stem: 0,
            found: Vec::new(),
        }
    }

    pub fn read(&mut self, id: EntityId) -> Result<(), Malformed> {
        self.found.clear();
        self.text.clear();
        self.text.push_str(self.names.label(id));
        self.text.push('-');
        self.stem = self.text.len();
        let body = body(self.btf, self.names.entity(id).ty);
        if let Type::Enum(e) = self.btf.ty(body) {
            let speller = self.names.speller(self.btf, id, NameKind::Enumerator);
            for enumerator in self.btf.enumerators(e) {
                self.push(speller, MemberName::Own(enumerator.name));
            }
            return Ok(());
        }
        self.shape.read(self.btf, body)?;
        let speller = self.names.speller(self.btf, id, NameKind::Member);
        for i in 0..self.shape.members.len() {
            self.push(speller, self.shape.members[i].name);
        }
        Ok(())
    }

    fn push(&mut self, speller: Speller<'_>, name: MemberName) {
        self.text.truncate(self.stem);
        item_labels::push_plain(&mut self.text, speller, name, Role::Case);
        let name = hash(&self.text);
        self.found.push((name, Key::of(&self.text[self.stem..])));
    }
}

/// The hash of a label as it is, hyphens and all.
pub(super) fn hash(label: &str) -> u64 {
    Fnv::new().bytes(label.bytes()).finish()
}
