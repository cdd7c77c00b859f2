//! Labels of the anonymous types that maps and variables hold: `stats-key`, `stats-value`, `cfg`.
//!
//! They come after all types that have C names and after what stands in these, so that none of those is renamed.
//! The elements of an array are called as the array would be.

use std::collections::HashMap;
use std::ops::Range;

use super::{
    Key, Role,
    anonymous::Places,
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

/// An anonymous type with the label that it would have alone.
#[derive(Clone, Copy)]
struct Claimant {
    ty: TypeId,
    slot: Slot,
    kind: Kind,
    /// Whether it stands in an array.
    listed: bool,
    label: TextSpan,
    key: Key,
    /// How much of the C name the label does not show.
    distance: u32,
    /// Whether something else has the label.
    collides: bool,
}

impl Places<'_> {
    /// Places the anonymous types that the maps and variables of a layer hold.
    pub(super) fn slots(&mut self, layer: &Range<u32>) -> Result<(), Malformed> {
        let mut claimants = self.claimants(layer)?;
        self.rank(&mut claimants);
        let mut alike: HashMap<(Key, Kind), u32> = HashMap::new();
        let mut before = None;
        for claimant in &mut claimants {
            let first = before.replace(claimant.key) != Some(claimant.key);
            let label = claimant.label.of(&self.text);
            claimant.collides = !(first && self.interface.claim_type(label, claimant.listed));
            if claimant.collides {
                *alike.entry((claimant.key, claimant.kind)).or_default() += 1;
            }
        }
        for loser in claimants.iter_mut().filter(|claimant| claimant.collides) {
            let kind_tells = alike.get(&(loser.key, loser.kind)) == Some(&1);
            self.relabel(loser, kind_tells);
        }
        // What stands in them has no say in how they are called.
        claimants
            .iter()
            .try_for_each(|claimant| self.settle(claimant))
    }

    fn claimants(&mut self, layer: &Range<u32>) -> Result<Vec<Claimant>, Malformed> {
        let btf = self.btf;
        let types: Vec<(Slot, TypeId)> = self.object_data.types().collect();
        let mut claimants = Vec::new();
        for (slot, shared) in types {
            let (name, variable) = self.object_data.owner(slot);
            let ty = btf.element(shared);
            let anonymous = btf.is_anonymous(ty) && !btf.is_empty(shared);
            let Some(kind) = kind(btf.ty(ty)).filter(|_| anonymous) else {
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
            claimants.push(Claimant {
                ty,
                slot,
                kind,
                listed: ty != btf.unqualified(shared),
                label: TextSpan::from(start, &self.text),
                key: Key::of(&self.text[start..]),
                distance,
                collides: false,
            });
        }
        Ok(claimants)
    }

    /// Appends to the name of a map what a place is in it, and to a reserved label its role.
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

    /// Sorts rivals together, the one that keeps the label first.
    fn rank(&self, claimants: &mut [Claimant]) {
        let btf = self.btf;
        let mut contents = TypeFingerprints::default();
        let section = |slot| match slot {
            Slot::Global(at) => btf.name(self.object_data.globals[at as usize].section),
            Slot::Key(_) | Slot::Value(_) => "",
        };
        let name = |slot| btf.name(self.object_data.owner(slot).0);
        claimants.sort_by(|a, b| {
            (a.key, a.distance, a.kind)
                .cmp(&(b.key, b.distance, b.kind))
                .then_with(|| name(a.slot).cmp(name(b.slot)))
                .then_with(|| section(a.slot).cmp(section(b.slot)))
                .then_with(|| {
                    let fingerprint = contents.fingerprint(btf, a.ty);
                    fingerprint.cmp(&contents.fingerprint(btf, b.ty))
                })
        });
    }

    /// Gives a label that is free to a claimant whose own is taken.
    fn relabel(&mut self, loser: &mut Claimant, kind_tells: bool) {
        let number = self.numbers.entry(loser.key).or_insert(collision::FIRST);
        let interface = &mut self.interface;
        let kind = kind_tells.then_some(loser.kind.word());
        let label = Alternatives::new(loser.label.of(&self.text), kind, number)
            .settle(|label| interface.claim_type(label, loser.listed));
        loser.label = TextSpan::append(&mut self.text, &label);
    }

    /// Adds the item of a claimant that has its label, and what stands in it.
    fn settle(&mut self, claimant: &Claimant) -> Result<(), Malformed> {
        let place = Owner::Slot(claimant.slot);
        let id = self.push(claimant.ty, place, claimant.kind, claimant.label)?;
        self.entities[id.index()].collides = claimant.collides;
        self.stems.clear();
        self.stems.push_str(claimant.label.of(&self.text));
        self.inside(id, claimant.ty, 0, false)
    }
}
