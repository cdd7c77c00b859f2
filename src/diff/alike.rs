//! Are types of two inputs spelled alike in C? Told from the types, which is sooner done than spelling
//! both.

use crate::btf::{Btf, Modifier, Name, Span, Type, TypeId};
use crate::cdecl;

pub(super) struct Alike<'a> {
    old: &'a Btf,
    new: &'a Btf,
    /// By the new type: the old one that was found to be spelled alike, plus one; 0 where there is none.
    found: Vec<u32>,
    /// How many types may be looked at.
    steps: u32,
}

/// What real types need; those that are made to be endless stop here.
const MOST_STEPS: u32 = 256;

impl<'a> Alike<'a> {
    pub fn new(old: &'a Btf, new: &'a Btf) -> Alike<'a> {
        Alike {
            old,
            new,
            found: vec![0; new.len()],
            steps: 0,
        }
    }

    /// Are these spelled alike? They may be where this says no.
    pub fn types(&mut self, old: TypeId, new: TypeId) -> bool {
        self.steps = MOST_STEPS;
        self.look(old, new)
    }

    fn names(&self, old: Name, new: Name) -> bool {
        self.old.name(old) == self.new.name(new)
    }

    fn look(&mut self, old: TypeId, new: TypeId) -> bool {
        if self.found[new.index()] == old.0 + 1 {
            return true;
        }
        let Some(left) = self.steps.checked_sub(1) else {
            return false;
        };
        self.steps = left;
        let alike = self.parts(old, new);
        if alike {
            self.found[new.index()] = old.0 + 1;
        }
        alike
    }

    fn parts(&mut self, old: TypeId, new: TypeId) -> bool {
        use Type::{Array, Modifier as Qualified, Pointer, Prototype};
        let (old, new) = (self.old.ty(old), self.new.ty(new));
        match (old, new) {
            (Pointer(a), Pointer(b)) => self.look(*a, *b),
            (Array { length: m, .. }, Array { length: n, .. }) if m != n => false,
            (Array { element: a, .. }, Array { element: b, .. }) => self.look(*a, *b),
            (Qualified { modifier: m, .. }, Qualified { modifier: n, .. })
                if !self.words(*m, *n) =>
            {
                false
            }
            (Qualified { target: a, .. }, Qualified { target: b, .. }) => self.look(*a, *b),
            (Prototype { result: a, .. }, Prototype { result: b, .. }) if !self.look(*a, *b) => {
                false
            }
            (Prototype { parameters: a, .. }, Prototype { parameters: b, .. }) => {
                self.parameters(*a, *b)
            }
            _ => match (cdecl::keyword(old), cdecl::keyword(new)) {
                (Some(a), Some(b)) => a == b && self.names(old.name(), new.name()),
                _ => false,
            },
        }
    }

    fn words(&self, old: Modifier, new: Modifier) -> bool {
        match (old, new) {
            (Modifier::Tag(old), Modifier::Tag(new)) => self.names(old, new),
            (old, new) => old == new,
        }
    }

    fn parameters(&mut self, old: Span, new: Span) -> bool {
        let (old, new) = (self.old.parameters(old), self.new.parameters(new));
        let mut both = old.iter().zip(new);
        old.len() == new.len()
            && both.all(|(old, new)| self.names(old.name, new.name) && self.look(old.ty, new.ty))
    }
}
