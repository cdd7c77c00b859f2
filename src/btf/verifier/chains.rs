//! Modifiers and typedefs in a row: `btf_check_type_tags`. Pointers that close a row to a loop:
//! `btf_ptr_resolve`.

use super::super::{
    types::{Modifier, Type, TypeId},
    warning::Rule,
};
use super::{Place, Verifier};

/// The most modifiers and typedefs in a row.
const MAX: usize = 32;

impl Verifier<'_> {
    pub(super) fn modifier(&mut self, id: TypeId, modifier: Modifier, target: TypeId) {
        match modifier {
            Modifier::Tag(name) => self.needed_words(name, id),
            Modifier::Unnamed => self.note(Rule::Nameless, Place::Type(id)),
            Modifier::Const | Modifier::Volatile | Modifier::Restrict => {}
        }
        self.chain(id, target);
    }

    /// As the kernel does it: a chain ends where it meets one that begins at a lower id, since that is
    /// sound by itself. So a chain may be longer than [`MAX`] where each link follows its target.
    pub(super) fn chain(&mut self, id: TypeId, target: TypeId) {
        self.forward(id, target);
        if let Some(rule) = self.broken(id) {
            self.note(rule, Place::Type(id));
        }
        self.chained = id;
    }

    fn broken(&self, from: TypeId) -> Option<Rule> {
        let (mut at, mut in_tags) = (from, true);
        for position in 0.. {
            let (is_tag, target) = self.link(at)?;
            if position == MAX {
                return Some(Rule::LongChain);
            }
            if is_tag && !in_tags {
                return Some(Rule::TagOrder);
            }
            in_tags = is_tag;
            if at <= self.chained {
                return None;
            }
            at = target;
        }
        None
    }

    /// Is this a type tag, and what does it stand before? Nothing where it is neither modifier nor
    /// typedef.
    fn link(&self, id: TypeId) -> Option<(bool, TypeId)> {
        match *self.ty_of(id) {
            Type::Typedef { target, .. } => Some((false, target)),
            Type::Modifier { modifier, target } => {
                Some((matches!(modifier, Modifier::Tag(_)), target))
            }
            _ => None,
        }
    }

    /// Every loop has a link like this.
    pub(super) fn forward(&mut self, id: TypeId, target: TypeId) {
        if target >= id && self.next(target).is_some() {
            self.forward.push(id);
        }
    }

    /// Returns how many types the longest row that was walked along has.
    pub(super) fn loops(&mut self) -> usize {
        let forward = std::mem::take(&mut self.forward);
        let mut longest = 0;
        if forward.is_empty() {
            return longest;
        }
        // Who came by; each walk ends where another one came by.
        let mut seen = vec![TypeId::VOID; self.btf.tables.types.len()];
        for start in forward {
            let (mut at, mut length) = (start, 1);
            while let Some(next) = self.next(at) {
                let before = std::mem::replace(&mut seen[at.index()], start);
                if before == start {
                    self.note(Rule::PointerLoop, Place::Type(start));
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

    /// What a pointer, modifier or typedef refers to.
    fn next(&self, id: TypeId) -> Option<TypeId> {
        match *self.ty_of(id) {
            Type::Pointer(target) => Some(target),
            _ => self.link(id).map(|(_, target)| target),
        }
    }
}
