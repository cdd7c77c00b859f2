//! Finds cases of different types for which C bindings define the same macro.
//!
//! In wit-bindgen-c, the case `baz` of `foo-bar` and the case `bar-baz` of `foo` both become `FOO_BAR_BAZ`. C uses the
//! second definition, at most with a warning, and the program then reads or writes the wrong case. Therefore the case
//! of the type with the shorter label gets a suffix, even if the other type is not selected, since labels must not
//! depend on the selection. If only one of the two types belongs to the base of split BTF, the case of the other type
//! gets the suffix.

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

/// The keys of the cases that must not get their plain labels. The map's key is the item that has the cases.
#[derive(Default)]
pub(super) struct CaseCollisions(HashMap<EntityId, HashSet<Key>>);

impl Names {
    /// Returns the keys of the cases of an item whose plain labels would collide in bindings, with cases of other items
    /// or with types. Returns `None` if there are no such cases.
    pub fn colliding_cases(&self, id: EntityId) -> Option<&HashSet<Key>> {
        match self.case_collisions.0.is_empty() {
            true => None,
            false => self.case_collisions.0.get(&id),
        }
    }
}

impl CaseCollisions {
    pub fn find(btf: &Btf, names: &Names) -> Result<CaseCollisions, Malformed> {
        let mut collisions = CaseCollisions::default();
        let mut reader = CaseReader::new(btf, names);
        collisions.add_macros(&mut reader)?;
        collisions.add_arms(&mut reader)?;
        Ok(collisions)
    }

    /// Records that a case of the item `id` gets a suffix.
    pub(super) fn note(&mut self, id: EntityId, case: Key) {
        self.0.entry(id).or_default().insert(case);
    }

    /// Adds the cases for which C bindings would define the same macro as for a case of another item.
    fn add_macros(&mut self, reader: &mut CaseReader) -> Result<(), Malformed> {
        let (btf, names) = (reader.btf, reader.names);
        // The case that defines each macro. The key is the hash of the macro's name.
        let mut macros: HashMap<u64, (EntityId, Key)> = HashMap::new();
        for id in candidates(btf, names) {
            reader.read(id)?;
            for &(name, key) in &reader.cases {
                let this = (id, key);
                let Some(other) = macros.insert(name, this).filter(|other| other.0 != id) else {
                    continue;
                };
                // Types of the base must get the same names with and without a kernel module. So if a case of the base
                // and a case of the module collide, the case of the module gets the suffix.
                let only_other_is_of_base =
                    is_of_base(btf, names, other.0) && !is_of_base(btf, names, id);
                let (renamed, kept) = if only_other_is_of_base {
                    (this, other)
                } else {
                    (other, this)
                };
                self.note(renamed.0, renamed.1);
                macros.insert(name, kept);
            }
        }
        Ok(())
    }
}

/// Returns whether an item belongs to the base, or is inside an item that belongs to the base. The item of an anonymous
/// type in a map or variable belongs to the base if the map or variable does.
pub(super) fn is_of_base(btf: &Btf, names: &Names, mut id: EntityId) -> bool {
    while let Owner::Inside(parent) = names.entity(id).owner {
        id = parent;
    }
    match names.entity(id).owner {
        Owner::Slot(slot) => btf.is_of_base(names.object_data.owner(slot).1),
        _ => btf.is_of_base(names.entity(id).ty),
    }
}

/// Returns the unions and enums whose cases may become the same macro. Such types come in pairs: the label of one
/// begins with the whole label of the other and a hyphen. Of each pair, the type with the shorter label comes first.
fn candidates(btf: &Btf, names: &Names) -> Vec<EntityId> {
    let has_cases = |ty| matches!(btf.ty(body(btf, ty)), Type::Union(_) | Type::Enum(_));
    let mut ids: Vec<EntityId> = names
        .entities()
        .filter(|(_, entity)| has_cases(entity.ty))
        .map(|(id, _)| id)
        .collect();
    // After sorting, `foo` is directly followed by all labels that begin with `foo-`.
    order::by_label(&names.text, &mut ids, |id| names.entity(*id).label);
    let mut is_candidate = vec![false; ids.len()];
    let mut open: Vec<usize> = Vec::new();
    for at in 0..ids.len() {
        let continues = |before: &usize| {
            let rest = names.label(ids[at]).strip_prefix(names.label(ids[*before]));
            rest.is_some_and(|rest| rest.starts_with('-'))
        };
        while open.last().is_some_and(|last| !continues(last)) {
            open.pop();
        }
        if let Some(last) = open.last() {
            is_candidate[*last] = true;
            is_candidate[at] = true;
        }
        open.push(at);
    }
    let pairs = ids.into_iter().zip(is_candidate);
    let candidates = pairs.filter(|(_, is_candidate)| *is_candidate);
    candidates.map(|(id, _)| id).collect()
}

/// Reads the cases of one item. One `CaseReader` serves for many items in turn, which saves allocations.
pub(super) struct CaseReader<'a> {
    pub btf: &'a Btf,
    pub names: &'a Names,
    flat: FlatMembers,
    /// The label of the item and a hyphen, and after them the plain label of the current case.
    text: String,
    /// The length in bytes of the item's label and the hyphen.
    stem: usize,
    /// Two values for each case. The first is the hash of the item's label and the case's label joined by a hyphen,
    /// such as `foo-bar-baz`, which identifies the macro. The second is the key of the case's label.
    pub cases: Vec<(u64, Key)>,
}

impl<'a> CaseReader<'a> {
    fn new(btf: &'a Btf, names: &'a Names) -> CaseReader<'a> {
        CaseReader {
            btf,
            names,
            flat: FlatMembers::new(btf),
            text: String::new(),
            stem: 0,
            cases: Vec::new(),
        }
    }

    pub fn read(&mut self, id: EntityId) -> Result<(), Malformed> {
        self.cases.clear();
        self.text.clear();
        self.text.push_str(self.names.label(id));
        self.text.push('-');
        self.stem = self.text.len();
        let body = body(self.btf, self.names.entity(id).ty);
        if let Type::Enum(e) = self.btf.ty(body) {
            let speller = self.names.speller(self.btf, id, NameKind::Enumerator);
            for enumerator in self.btf.enumerators(e) {
                self.push(speller, MemberName::Named(enumerator.name));
            }
            return Ok(());
        }
        self.flat.read(self.btf, body)?;
        let speller = self.names.speller(self.btf, id, NameKind::Member);
        for i in 0..self.flat.members.len() {
            self.push(speller, self.flat.members[i].name);
        }
        Ok(())
    }

    fn push(&mut self, speller: Speller<'_>, name: MemberName) {
        self.text.truncate(self.stem);
        item_labels::push_plain(&mut self.text, speller, name, Role::Case);
        let name = hash(&self.text);
        self.cases.push((name, Key::of(&self.text[self.stem..])));
    }
}

/// Returns a hash of a label, including its hyphens. In contrast, a [`Key`] ignores hyphens.
pub(super) fn hash(label: &str) -> u64 {
    Fnv::new().bytes(label.bytes()).finish()
}
