//! Names where the verifier wants them.

use super::super::{
    invalid_names,
    types::{Name, TypeId},
    warning::Rule,
};
use super::{Place, Verifier};

impl Verifier<'_> {
    /// A name that may be absent.
    #[inline]
    pub(super) fn name(&mut self, name: Name, place: impl FnOnce() -> Place) {
        if self.btf.invalid_names.is_invalid(name) {
            self.odd_name(name, place());
        }
    }

    #[cold]
    fn odd_name(&mut self, name: Name, place: Place) {
        if let Some(rule) = invalid_names::fault(self.btf.strings.get(name).as_bytes()) {
            self.note(rule, place);
        }
    }

    /// Words that may be any, but not none.
    pub(super) fn needed_words(&mut self, name: Name, id: TypeId) {
        if self.btf.strings.get(name).is_empty() {
            self.note(Rule::Nameless, Place::Type(id));
        }
    }

    /// A name that may not be absent.
    #[inline]
    pub(super) fn needed_name(&mut self, name: Name, place: impl FnOnce() -> Place) {
        if name.is_none() {
            self.note(Rule::Nameless, place());
        } else {
            self.name(name, place);
        }
    }
}
