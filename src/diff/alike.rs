//! Types of two inputs that are alike, told from the types alone: sooner than by lowering or spelling
//! both. What this says no to may still be without a difference.

use crate::btf::{Btf, Enum, Member, Modifier, Name, Span, Type, TypeId};
use crate::cdecl;
use crate::shape::body;

pub(super) struct Alike<'a> {
    old: &'a Btf,
    new: &'a Btf,
    /// By the new type: the old one that was found to be spelled alike, plus one; 0 where there is none.
    found: Vec<u32>,
    /// How many types may be looked at for one spelling.
    steps: u32,
    /// How many members may be compared in all. What is anonymous may be shared, and double at each level.
    members: usize,
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
            members: 16 * (old.volume() + new.volume()) + (1 << 20),
        }
    }

    /// Have these the same members or enumerators, so that a comparison would find nothing? A member that
    /// may carry nothing counts as different: whether it is shown depends on what stands around it.
    ///
    /// Recurs into what is anonymous, which nests as deep as types may by value.
    pub fn is_same(&mut self, old: TypeId, new: TypeId) -> bool {
        let targets = match (self.old.ty(old), self.new.ty(new)) {
            (Type::Typedef { target: a, .. }, Type::Typedef { target: b, .. }) => Some((*a, *b)),
            (Type::Typedef { .. }, _) | (_, Type::Typedef { .. }) => return false,
            _ => None,
        };
        // Qualifiers of an anonymous target are told where nothing in it is.
        if targets.is_some_and(|(a, b)| !self.is_spelled_alike(a, b)) {
            return false;
        }
        let (old, new) = (body(self.old, old), body(self.new, new));
        if self.old.size(old) != self.new.size(new) {
            return false;
        }
        match (self.old.ty(old), self.new.ty(new)) {
            (Type::Struct(a), Type::Struct(b)) => {
                self.are_same_members(self.old.members(a), self.new.members(b))
            }
            // The label of an arm that C leaves unnamed depends on what else an input holds.
            (Type::Union(a), Type::Union(b)) => {
                let arms = self.old.members(a);
                let mut names = arms.iter().map(|arm| self.old.name(arm.name));
                names.all(|name| !name.is_empty())
                    && self.are_same_members(arms, self.new.members(b))
            }
            (Type::Enum(a), Type::Enum(b)) => self.is_same_enum(a, b),
            (Type::Typedef { .. }, Type::Typedef { .. }) => true,
            _ => false,
        }
    }

    fn are_same_members(&mut self, old: &[Member], new: &[Member]) -> bool {
        let mut both = old.iter().zip(new);
        old.len() == new.len() && both.all(|(old, new)| self.is_same_member(old, new))
    }

    fn is_same_member(&mut self, old: &Member, new: &Member) -> bool {
        let Some(left) = self.members.checked_sub(1) else {
            return false;
        };
        self.members = left;
        (old.bit_offset, old.bits) == (new.bit_offset, new.bits)
            && !is_named_part(self.old, old)
            && !is_named_part(self.new, new)
            && self.names(old.name, new.name)
            && self.is_spelled_alike(old.ty, new.ty)
            && self.is_same_element(self.old.element(old.ty), self.new.element(new.ty))
    }

    fn is_same_element(&mut self, old: TypeId, new: TypeId) -> bool {
        match self.old.is_anonymous(old) {
            _ if self.old.is_empty(old) => false,
            true => self.is_same(old, new),
            false => self.old.size(old) == self.new.size(new),
        }
    }

    fn is_same_enum(&self, old: &Enum, new: &Enum) -> bool {
        let same_sign = old.signed == new.signed;
        let (old, new) = (self.old.enumerators(old), self.new.enumerators(new));
        let mut both = old.iter().zip(new);
        let same = both.all(|(a, b)| a.value == b.value && self.names(a.name, b.name));
        same_sign && same && old.len() == new.len()
    }

    /// Does C spell these alike?
    pub fn is_spelled_alike(&mut self, old: TypeId, new: TypeId) -> bool {
        self.steps = MOST_STEPS;
        self.look(old, new)
    }

    fn names(&self, old: Name, new: Name) -> bool {
        self.old.name(old) == self.new.name(new)
    }

    fn look(&mut self, old: TypeId, new: TypeId) -> bool {
        // What was found costs a step too: a prototype may have 65,535 parameters of it.
        let Some(left) = self.steps.checked_sub(1) else {
            return false;
        };
        self.steps = left;
        if self.found[new.index()] == old.0 + 1 {
            return true;
        }
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

/// Does this member join its parent, or lend its name, although C has a name for its type? Then what is
/// in that type shows here too.
fn is_named_part(btf: &Btf, member: &Member) -> bool {
    btf.name(member.name).is_empty()
        && btf.ty(btf.resolved(member.ty)).composite().is_some()
        && !btf.is_anonymous(btf.unqualified(member.ty))
}
