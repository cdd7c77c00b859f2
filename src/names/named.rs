//! Makes the labels of types that have a C name.

use std::ops::Range;

use super::{
    Interface,
    collision::{self, Alternatives},
    entity::Kind,
    fingerprint::{TypeFingerprints, stated_size},
    folded, is_nameable, kind, order, reserved,
    reserved::Role,
    scope::Key,
    spelling::{NameKind, Rename},
    text_span::TextSpan,
    words,
};
use crate::btf::{Btf, Malformed, Type, TypeId};

/// Returns the types of `layer` that become items under their C names, with their labels. The types are sorted by
/// label.
pub(super) fn label_types(
    btf: &Btf,
    layer: Range<u32>,
    text: &mut String,
    interface: &mut Interface,
    rename: &Rename,
) -> Result<Vec<NamedType>, Malformed> {
    let mut labels = NamedTypes {
        text,
        types: Vec::new(),
    };
    labels.collect(btf, layer, rename)?;
    labels.rank(btf);
    let colliding = labels.claim_plain(btf, interface)?;
    labels.claim_others(btf, &colliding, interface)?;
    let NamedTypes { text, mut types } = labels;
    order::by_label(text, &mut types, |ty| ty.label);
    Ok(types)
}

/// The types of one layer, and the text that contains their labels. A layer is the base, or all other types.
struct NamedTypes<'t> {
    text: &'t mut String,
    types: Vec<NamedType>,
}

#[derive(Clone, Copy)]
pub(super) struct NamedType {
    pub ty: TypeId,
    pub kind: Kind,
    pub label: TextSpan,
    /// Whether the type did not get its plain label, because that label collides with another one.
    pub collides: bool,
    key: Key,
    /// The [spelling distance](collision::spelling_distance) between the C name and the label. Only the type with the
    /// smallest distance may keep the label.
    distance: u32,
    /// Whether the type is the element type of an array, which becomes a list.
    listed: bool,
}

impl NamedTypes<'_> {
    /// Collects every type that becomes an item under its C name, and makes its plain label.
    fn collect(&mut self, btf: &Btf, layer: Range<u32>, rename: &Rename) -> Result<(), Malformed> {
        let listed = listed(btf, layer.end);
        let mut scratch = String::new();
        let types = btf.tagged_types(layer).iter().copied();
        for id in types.filter(|id| is_nameable(btf, *id)) {
            let Some(kind) = kind(btf.ty(id)) else {
                continue;
            };
            let start = self.text.len();
            let name = rename.spell(NameKind::Type(kind), btf.name_of(id));
            let made = words::push(self.text, &name);
            let plain = &self.text[start..];
            let distance = match made.exact {
                true => 0,
                false => collision::spelling_distance(&name, plain),
            };
            let mut key = made.key;
            if folded::is_folded(btf, id, key, rename, &mut scratch) {
                self.text.truncate(start);
                continue;
            }
            if reserved::is_reserved(plain, Role::Type) {
                self.text.push('-');
                self.text.push_str(Role::Type.word());
                key = Key::of(&self.text[start..]);
            }
            self.types.push(NamedType {
                ty: id,
                kind,
                label: TextSpan::from(start, self.text),
                collides: false,
                key,
                distance,
                listed: listed[id.index()],
            });
            super::check_text(btf, self.text, id)?;
        }
        Ok(())
    }

    /// Sorts the types by label. Of the types with the same label, the one that may keep the label comes first.
    fn rank(&mut self, btf: &Btf) {
        let mut fingerprints = TypeFingerprints::default();
        let sizes = |id| {
            let ty = btf.ty(id);
            (stated_size(ty), ty.composite().map(|c| c.members.len))
        };
        self.types.sort_by(|a, b| {
            (a.key, a.distance, a.kind)
                .cmp(&(b.key, b.distance, b.kind))
                .then_with(|| btf.name_of(a.ty).cmp(btf.name_of(b.ty)))
                .then_with(|| sizes(a.ty).cmp(&sizes(b.ty)))
                .then_with(|| {
                    let fingerprint = fingerprints.fingerprint(btf, a.ty);
                    fingerprint.cmp(&fingerprints.fingerprint(btf, b.ty))
                })
        });
    }

    fn label(&self, i: usize) -> &str {
        self.types[i].label.of(self.text)
    }

    /// Gives each plain label to the first type that claims it, if it is free. If C bindings use the label as the name
    /// of a list, that type gets the label with the suffix `-type`, if this is free. Returns the positions of the other
    /// types.
    ///
    /// Labels that begin with `list-` are claimed last, since they may collide with lists, and all labels of list
    /// elements must be known before. Of the labels that begin with `list-`, shorter ones are claimed first: whether
    /// `list-list-head` is free depends on whether the type with the label `list-head` is a list element.
    fn claim_plain(
        &mut self,
        btf: &Btf,
        interface: &mut Interface,
    ) -> Result<Vec<usize>, Malformed> {
        let (mut colliding, mut lists) = (Vec::new(), Vec::new());
        for i in 0..self.types.len() {
            let ty = self.types[i];
            let is_first = i == 0 || self.types[i - 1].key != ty.key;
            if !is_first {
                colliding.push(i);
            } else if self.label(i).starts_with("list-") {
                lists.push(i);
            } else if !interface.claim_with_key(self.label(i), ty.key, ty.listed) {
                colliding.push(i);
            }
        }
        lists.sort_by_key(|&i| (self.label(i).len(), i));
        for i in lists {
            if interface.is_list_name(self.label(i)) {
                self.append_role(btf, i)?;
            }
            if !interface.claim_type(self.label(i), self.types[i].listed) {
                colliding.push(i);
            }
        }
        colliding.sort_unstable();
        Ok(colliding)
    }

    /// Appends `type` to a label, so `list-head` becomes `list-head-type`.
    fn append_role(&mut self, btf: &Btf, i: usize) -> Result<(), Malformed> {
        let label = format!("{}-{}", self.label(i), Role::Type.word());
        self.relabel(btf, i, &label)
    }

    fn relabel(&mut self, btf: &Btf, i: usize, label: &str) -> Result<(), Malformed> {
        let ty = &mut self.types[i];
        ty.label = TextSpan::append(self.text, label);
        ty.collides = true;
        super::check_text(btf, self.text, ty.ty)
    }

    fn claim_others(
        &mut self,
        btf: &Btf,
        colliding: &[usize],
        interface: &mut Interface,
    ) -> Result<(), Malformed> {
        let (mut key, mut number) = (None, collision::FIRST);
        for &i in colliding {
            if key != Some(self.types[i].key) {
                (key, number) = (Some(self.types[i].key), collision::FIRST);
            }
            let kind = self.is_only_of_kind(i).then_some(self.types[i].kind.word());
            let listed = self.types[i].listed;
            let label = Alternatives::new(self.label(i), kind, &mut number)
                .first_accepted(|label| interface.claim_type(label, listed));
            self.relabel(btf, i, &label)?;
        }
        Ok(())
    }

    /// Returns whether the kind of a type distinguishes it from all other types that claim the same label. These types
    /// are next to each other in the list.
    fn is_only_of_kind(&self, i: usize) -> bool {
        let same = |other: &&NamedType| other.key == self.types[i].key;
        let before = self.types[..i].iter().rev().take_while(same);
        let after = self.types[i + 1..].iter().take_while(same);
        before
            .chain(after)
            .all(|other| other.kind != self.types[i].kind)
    }
}

/// Returns, for each type id, whether the type is the element type of an array whose id is below `end`. If the element
/// type is a typedef, its targets count as element types, too, since the typedef may be folded.
fn listed(btf: &Btf, end: u32) -> Vec<bool> {
    let mut listed = vec![false; btf.len()];
    for id in (1..end).map(TypeId) {
        if let Type::Array { element, .. } = btf.ty(id) {
            let mut element = btf.element(*element);
            listed[element.index()] = true;
            while let Type::Typedef { target, .. } = btf.ty(element) {
                element = btf.unqualified(*target);
                if std::mem::replace(&mut listed[element.index()], true) {
                    break;
                }
            }
        }
    }
    listed
}
