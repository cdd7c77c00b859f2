//! Checks the text of names, and whether types that need a name have one.

use super::super::{
    invalid_names,
    types::{Name, TypeId},
    warning::Rule,
};
use super::{Location, Verifier};

impl Verifier<'_> {
    /// Checks a name that may be empty.
    #[inline]
    pub(super) fn name(&mut self, name: Name, location: impl FnOnce() -> Location) {
        if self.btf.invalid_names.is_invalid(name) {
            self.invalid_name(name, location());
        }
    }

    #[cold]
    fn invalid_name(&mut self, name: Name, location: Location) {
        if let Some(rule) = invalid_names::broken_rule(self.btf.strings.get(name).as_bytes()) {
            self.note(rule, location);
        }
    }

    /// Checks that the name of a type tag, a data section or a declaration tag is not empty. The characters of such a
    /// name are not checked.
    pub(super) fn required_text(&mut self, name: Name, id: TypeId) {
        if self.btf.strings.get(name).is_empty() {
            self.note(Rule::Nameless, Location::Type(id));
        }
    }

    /// Checks a name that must not be empty.
    #[inline]
    pub(super) fn required_name(&mut self, name: Name, location: impl FnOnce() -> Location) {
        if name.is_none() {
            self.note(Rule::Nameless, location());
        } else {
            self.name(name, location);
        }
    }
}
