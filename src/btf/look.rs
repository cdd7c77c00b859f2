//! One look at each type, which tells for nearly all of them that neither `check` nor `verifier` needs to
//! look at it again. It may wrongly doubt a type, and never wrongly not.
//!
//! Relies on members and contents that were checked.

use super::{
    check::Checker,
    types::{Type, TypeId},
};

impl Checker<'_> {
    /// Do all types but for their members do what [`references`](Checker::references) asks? Notes which of them
    /// the verifier has to look at.
    pub(super) fn are_others_plain(&mut self) -> bool {
        let mut are_plain = self.strings.are_whole();
        let mut suspects = Vec::new();
        for (id, ty) in (0..).map(TypeId).zip(&self.tables.types) {
            let (is_plain, is_suspect) = self.look(id, ty);
            are_plain &= is_plain;
            if is_suspect && id >= self.own {
                suspects.push(id);
            }
        }
        self.derived.suspects = suspects;
        are_plain
    }

    /// Are the names and ids of a type plain, and is it one for the verifier?
    #[inline]
    fn look(&self, id: TypeId, ty: &Type) -> (bool, bool) {
        match *ty {
            Type::Function {
                name,
                prototype,
                external,
            } => {
                let fact = self.derived.facts.get(prototype.index()).copied();
                let is_invalid = name.is_none() || self.invalid_names.is_invalid(name);
                let is_nameless = fact.is_some_and(|fact| fact.is_nameless());
                let is_plain = fact.is_some_and(|fact| fact.is_prototype());
                (is_plain, is_invalid || is_nameless && !external)
            }
            Type::Prototype { result, parameters } => {
                let (mut is_plain, is_sized) = self.value_of(result);
                let mut is_suspect = result != TypeId::VOID && !is_sized;
                for parameter in &self.tables.parameters[parameters.range()] {
                    let (is_value, is_sized) = self.value_of(parameter.ty);
                    is_plain &= is_value;
                    is_suspect |= !is_sized | self.invalid_names.is_invalid(parameter.name);
                }
                (is_plain, is_suspect)
            }
            // One to a type before it closes no loop.
            Type::Pointer(target) => (self.is_value(target), target >= id),
            Type::Array {
                element: target, ..
            }
            | Type::Typedef { target, .. }
            | Type::Modifier { target, .. }
            | Type::Variable { target, .. } => (self.is_value(target), true),
            Type::DeclTag { target, .. } => (target.index() < self.derived.facts.len(), true),
            _ => (true, true),
        }
    }

    /// Is there such a type, may it stand for a value, and have its values a size?
    fn value_of(&self, id: TypeId) -> (bool, bool) {
        let fact = self.derived.known(id);
        fact.map_or((false, false), |fact| (fact.is_value(), fact.is_sized()))
    }
}
