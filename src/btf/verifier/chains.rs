//! Modifiers and typedefs in a row: `btf_check_type_tags`.

use super::super::{
    types::{Modifier, Type, TypeId},
    warning::Rule,
};
use super::{Place, Verifier};

/// The most modifiers and typedefs in a row.
const MOST: usize = 32;

impl Verifier<'_> {
    pub(super) fn modifier(&mut self, id: TypeId, modifier: Modifier) {
        if let Modifier::Tag(name) = modifier {
            self.needed_words(name, id);
        }
        self.chain(id);
    }

    /// As the kernel does it: a chain ends where it meets one that begins at a lower id, since that is
    /// sound by itself. So a chain may be longer than [`MOST`] where each link follows its target.
    pub(super) fn chain(&mut self, id: TypeId) {
        if let Some(rule) = self.broken(id) {
            self.note(rule, Place::Type(id));
        }
        self.chained = id;
    }

    fn broken(&self, from: TypeId) -> Option<Rule> {
        let (mut at, mut in_tags) = (from, true);
        for position in 0.. {
            let (is_tag, target) = self.link(at)?;
            if position == MOST {
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
}
