//! Checks chains of modifiers and typedefs as the kernel's `btf_check_type_tags` does, and finds loops of pointers,
//! modifiers and typedefs as `btf_ptr_resolve` does.

use super::super::{
    types::{Modifier, Type, TypeId},
    warning::Rule,
};
use super::{Location, Verifier};

/// The maximum number of modifiers and typedefs in a chain.
const MAX_CHAIN: usize = 32;

impl Verifier<'_> {
    pub(super) fn modifier(&mut self, id: TypeId, modifier: Modifier, target: TypeId) {
        match modifier {
            Modifier::Tag(name) => self.required_text(name, id),
            Modifier::Unnamed => self.note(Rule::Nameless, Location::Type(id)),
            Modifier::Const | Modifier::Volatile | Modifier::Restrict => {}
        }
        self.chain(id, target);
    }

    /// Checks the chain of modifiers and typedefs that begins at `id`. Like the kernel's check, this check stops at a
    /// type with a lower id, since the chain from there was checked before or is that of the base. Therefore the limit
    /// of [`MAX_CHAIN`] does not apply to a chain in which each type has a higher id than its target.
    pub(super) fn chain(&mut self, id: TypeId, target: TypeId) {
        self.note_forward_ref(id, target);
        if let Some(rule) = self.broken_chain_rule(id) {
            self.note(rule, Location::Type(id));
        }
        self.last_chain = id;
    }

    fn broken_chain_rule(&self, from: TypeId) -> Option<Rule> {
        let (mut at, mut in_tags) = (from, true);
        for position in 0.. {
            let (is_tag, target) = self.link(at)?;
            if position == MAX_CHAIN {
                return Some(Rule::LongChain);
            }
            if is_tag && !in_tags {
                return Some(Rule::TagOrder);
            }
            in_tags = is_tag;
            if at <= self.last_chain {
                return None;
            }
            at = target;
        }
        None
    }

    /// Returns whether a modifier or typedef is a type tag, and its target. Returns `None` for types of other kinds.
    fn link(&self, id: TypeId) -> Option<(bool, TypeId)> {
        match *self.ty_of(id) {
            Type::Typedef { target, .. } => Some((false, target)),
            Type::Modifier { modifier, target } => {
                Some((matches!(modifier, Modifier::Tag(_)), target))
            }
            _ => None,
        }
    }

    /// Records a pointer, modifier or typedef whose target is of these kinds, too, and has the same or a higher id.
    /// Every loop contains such a type.
    pub(super) fn note_forward_ref(&mut self, id: TypeId, target: TypeId) {
        if target >= id && self.next(target).is_some() {
            self.forward_refs.push(id);
        }
    }

    /// Finds loops. Each walk begins at a type in `forward_refs` and follows pointers, modifiers and typedefs. Returns
    /// the number of types in the longest walk.
    pub(super) fn loops(&mut self) -> usize {
        let forward_refs = std::mem::take(&mut self.forward_refs);
        let mut longest = 0;
        if forward_refs.is_empty() {
            return longest;
        }
        // For each type, the start of the walk that visited it, or `void` if none did. A walk stops at a type that was
        // already visited.
        let mut visited_by = vec![TypeId::VOID; self.btf.tables.types.len()];
        for start in forward_refs {
            let (mut at, mut length) = (start, 1);
            while let Some(next) = self.next(at) {
                let before = std::mem::replace(&mut visited_by[at.index()], start);
                if before == start {
                    self.note(Rule::PointerLoop, Location::Type(start));
                }
                if before != TypeId::VOID {
                    break;
                }
                at = next;
                length += 1;
            }
            longest = longest.max(length);
        }
        longest
    }

    /// Returns the target of a pointer, modifier or typedef, or `None` for types of other kinds.
    fn next(&self, id: TypeId) -> Option<TypeId> {
        match *self.ty_of(id) {
            Type::Pointer(target) => Some(target),
            _ => self.link(id).map(|(_, target)| target),
        }
    }
}
