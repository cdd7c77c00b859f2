//! Makes the labels of the anonymous types in maps and variables, such as `stats-key`, `stats-value` and `cfg`.
//!
//! In each layer, these labels are claimed after those of all types with C names and of the anonymous types inside
//! them, so they rename none of these types. If a key, value or variable is an array, the type of its elements gets the
//! label.

use std::collections::HashMap;
use std::ops::Range;

use super::{
    Key, Role,
    anonymous::Builder,
    collision::{self, Alternatives},
    entity::{Kind, Owner},
    fingerprint::TypeFingerprints,
    kind, reserved,
    spelling::NameKind,
    text_span::TextSpan,
    words::{self, Label},
};
use crate::btf::{Malformed, TypeId};
use crate::maps::Slot;

/// An anonymous type in a map or a variable, with its label.
#[derive(Clone, Copy)]
struct SlotType {
    ty: TypeId,
    slot: Slot,
    kind: Kind,
    /// Whether the type is the element type of an array. C bindings then name a list after its label, and the name of
    /// the list must not collide either.
    listed: bool,
    label: TextSpan,
    key: Key,
    /// The [spelling distance](collision::spelling_distance) between the name of the map or variable and its plain
    /// label. Of the types with the same plain label, only the one with the smallest distance may keep it.
    distance: u32,
    /// Whether the type did not get its plain label, because that label collides with another one or with the name of
    /// a list in C bindings.
    collides: bool,
}

impl Builder<'_> {
    /// Adds the anonymous types in the maps and variables of a layer, which is the base or all other types.
    pub(super) fn add_slots(&mut self, layer: &Range<u32>) -> Result<(), Malformed> {
        let mut types = self.slot_types(layer)?;
        self.rank(&mut types);
        let mut same_kind: HashMap<(Key, Kind), u32> = HashMap::new();
        let mut before = None;
        for ty in &mut types {
            let is_first = before.replace(ty.key) != Some(ty.key);
            let label = ty.label.of(&self.text);
            ty.collides = !(is_first && self.interface.claim_type(label, ty.listed));
            if ty.collides {
                *same_kind.entry((ty.key, ty.kind)).or_default() += 1;
            }
        }
        for ty in types.iter_mut().filter(|ty| ty.collides) {
            let only_of_kind = same_kind.get(&(ty.key, ty.kind)) == Some(&1);
            self.relabel(ty, only_of_kind);
        }
        // The labels of all keys, values and variables are claimed by now, so no anonymous type inside a key, value or
        // variable can take one of them.
        types.iter().try_for_each(|ty| self.add_slot(ty))
    }

    fn slot_types(&mut self, layer: &Range<u32>) -> Result<Vec<SlotType>, Malformed> {
        let btf = self.btf;
        let slots: Vec<(Slot, TypeId)> = self.object_data.types().collect();
        let mut types = Vec::new();
        for (slot, whole) in slots {
            let (name, variable) = self.object_data.owner(slot);
            let ty = btf.element(whole);
            let is_anonymous = btf.is_anonymous(ty) && !btf.is_empty(whole);
            let Some(kind) = kind(btf.ty(ty)).filter(|_| is_anonymous) else {
                continue;
            };
            if !layer.contains(&variable.0) {
                continue;
            }
            let name_kind = match slot {
                Slot::Key(_) | Slot::Value(_) => NameKind::Map,
                Slot::Global(_) => NameKind::Variable,
            };
            let name = self.rename.spell(name_kind, btf.name(name));
            let start = self.text.len();
            words::push_label(&mut self.text, &name);
            let distance = collision::spelling_distance(&name, &self.text[start..]);
            self.push_words(start, slot);
            super::check_text(btf, &self.text, ty)?;
            types.push(SlotType {
                ty,
                slot,
                kind,
                listed: ty != btf.unqualified(whole),
                label: TextSpan::from(start, &self.text),
                key: Key::of(&self.text[start..]),
                distance,
                collides: false,
            });
        }
        Ok(types)
    }

    /// Completes a label that begins at offset `start` of the text and so far is the name of a map or variable. For a
    /// map, appends `inner` if it is an inner map, and `key` or `value`. If the label is then reserved, appends `type`.
    fn push_words(&mut self, start: usize, slot: Slot) {
        let name = self.text.split_off(start);
        let mut label = Label::continued(&mut self.text, &name);
        if self.object_data.is_inner(slot) {
            label.push_label("inner");
        }
        match slot {
            Slot::Key(_) => label.push_label("key"),
            Slot::Value(_) => label.push_label("value"),
            Slot::Global(_) => {}
        }
        label.end();
        if reserved::is_reserved(&self.text[start..], Role::Type) {
            self.text.push('-');
            self.text.push_str(Role::Type.word());
        }
    }

    /// Sorts the types by the key of their labels. Of the types with the same key, the one that may keep its label
    /// comes first.
    fn rank(&self, types: &mut [SlotType]) {
        let btf = self.btf;
        let mut fingerprints = TypeFingerprints::default();
        let section = |slot| match slot {
            Slot::Global(at) => btf.name(self.object_data.globals[at as usize].section),
            Slot::Key(_) | Slot::Value(_) => "",
        };
        let name = |slot| btf.name(self.object_data.owner(slot).0);
        types.sort_by(|a, b| {
            (a.key, a.distance, a.kind)
                .cmp(&(b.key, b.distance, b.kind))
                .then_with(|| name(a.slot).cmp(name(b.slot)))
                .then_with(|| section(a.slot).cmp(section(b.slot)))
                .then_with(|| {
                    let fingerprint = fingerprints.fingerprint(btf, a.ty);
                    fingerprint.cmp(&fingerprints.fingerprint(btf, b.ty))
                })
        });
    }

    /// Gives another label to a type whose plain label is taken. `only_of_kind` says whether the type's kind
    /// distinguishes it from the other types that need an alternative to that plain label.
    fn relabel(&mut self, ty: &mut SlotType, only_of_kind: bool) {
        let number = self.numbers.entry(ty.key).or_insert(collision::FIRST);
        let interface = &mut self.interface;
        let kind = only_of_kind.then_some(ty.kind.word());
        let label = Alternatives::new(ty.label.of(&self.text), kind, number)
            .first_accepted(|label| interface.claim_type(label, ty.listed));
        ty.label = TextSpan::append(&mut self.text, &label);
    }

    /// Adds the item of a type, and the items of the anonymous types inside it.
    fn add_slot(&mut self, ty: &SlotType) -> Result<(), Malformed> {
        let id = self.push(ty.ty, Owner::Slot(ty.slot), ty.kind, ty.label)?;
        self.entities[id.index()].collides = ty.collides;
        self.stems.clear();
        self.stems.push_str(ty.label.of(&self.text));
        self.add_children(id, ty.ty, 0, false)
    }
}
