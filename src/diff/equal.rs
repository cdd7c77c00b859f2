//! Types of two inputs that are alike, told from the types alone: sooner than by lowering or spelling
//! both. What this says no to may still be without a difference.

use crate::btf::{Btf, Enum, Enumerator, Member, Modifier, Name, Span, Type, TypeId};
use crate::c::declaration;

pub(super) struct Equality<'a> {
    old: &'a Btf,
    new: &'a Btf,
    /// How many types and members may be looked at in all. What is anonymous may be shared, and double at each
    /// level.
    steps: usize,
}

/// How many types may stand inside one another. Those of real members are far fewer; chains may be long.
const MAX_DEPTH: u32 = 256;

impl<'a> Equality<'a> {
    pub fn new(old: &'a Btf, new: &'a Btf) -> Equality<'a> {
        Equality {
            old,
            new,
            steps: 32 * (old.volume() + new.volume()) + (1 << 20),
        }
    }

    /// Returns whether two types have the same members, enumerators or target, so that a comparison would find
    /// nothing.
    pub fn is_same(&mut self, old: TypeId, new: TypeId) -> bool {
        match (self.old.ty(old), self.new.ty(new)) {
            (Type::Typedef { target: a, .. }, Type::Typedef { target: b, .. }) => {
                self.are_alike(*a, *b, true, MAX_DEPTH)
            }
            _ => self.have_same_bodies(old, new, MAX_DEPTH),
        }
    }

    /// Returns whether C spells two types alike.
    pub fn is_spelled_alike(&mut self, old: TypeId, new: TypeId) -> bool {
        self.are_alike(old, new, false, MAX_DEPTH)
    }

    /// Returns whether C spells two types alike. As `values` they also have the same size, and what is anonymous has
    /// the same members. A value that carries nothing counts as different: whether it is shown depends on what
    /// stands around it.
    fn are_alike(&mut self, old: TypeId, new: TypeId, values: bool, depth: u32) -> bool {
        let (Some(steps), Some(depth)) = (self.steps.checked_sub(1), depth.checked_sub(1)) else {
            return false;
        };
        self.steps = steps;
        if values && (self.old.is_empty(old) || self.old.size(old) != self.new.size(new)) {
            return false;
        }
        use Type::{Array, Modifier, Pointer, Prototype};
        match (self.old.ty(old), self.new.ty(new)) {
            (Pointer(a), Pointer(b)) => self.are_alike(*a, *b, false, depth),
            (
                Array {
                    element: a,
                    length: m,
                    ..
                },
                Array {
                    element: b,
                    length: n,
                    ..
                },
            ) => m == n && self.are_alike(*a, *b, values, depth),
            (
                Modifier {
                    modifier: m,
                    target: a,
                },
                Modifier {
                    modifier: n,
                    target: b,
                },
            ) => self.are_same_words(*m, *n) && self.are_alike(*a, *b, values, depth),
            (
                Prototype {
                    result: a,
                    parameters: m,
                },
                Prototype {
                    result: b,
                    parameters: n,
                },
            ) => self.are_alike(*a, *b, false, depth) && self.have_same_parameters(*m, *n, depth),
            (a, b) => {
                let is_named_alike = declaration::keyword(a).is_some()
                    && declaration::keyword(a) == declaration::keyword(b)
                    && self.are_same_names(a.name(), b.name());
                let has_body = values && self.old.is_anonymous(old);
                is_named_alike && (!has_body || self.have_same_bodies(old, new, depth))
            }
        }
    }

    fn are_same_names(&self, old: Name, new: Name) -> bool {
        self.old.name(old) == self.new.name(new)
    }

    fn are_same_words(&self, old: Modifier, new: Modifier) -> bool {
        match (old, new) {
            (Modifier::Tag(old), Modifier::Tag(new)) => self.are_same_names(old, new),
            (old, new) => old == new,
        }
    }

    fn have_same_parameters(&mut self, old: Span, new: Span, depth: u32) -> bool {
        let (old, new) = (self.old.parameters(old), self.new.parameters(new));
        let mut both = old.iter().zip(new);
        old.len() == new.len()
            && both.all(|(old, new)| {
                self.are_same_names(old.name, new.name)
                    && self.are_alike(old.ty, new.ty, false, depth)
            })
    }

    /// Of structs, unions and enums, whatever they are called.
    fn have_same_bodies(&mut self, old: TypeId, new: TypeId, depth: u32) -> bool {
        self.old.size(old) == self.new.size(new)
            && match (self.old.ty(old), self.new.ty(new)) {
                (Type::Struct(a), Type::Struct(b)) => {
                    self.are_same_members(self.old.members(a), self.new.members(b), depth)
                }
                // The label of an arm that C leaves unnamed depends on what else an input holds.
                (Type::Union(a), Type::Union(b)) => {
                    let arms = self.old.members(a);
                    let is_unnamed = |arm: &Member| self.old.name(arm.name).is_empty();
                    !arms.iter().any(is_unnamed)
                        && self.are_same_members(arms, self.new.members(b), depth)
                }
                (Type::Enum(a), Type::Enum(b)) => self.are_same_enums(a, b),
                _ => false,
            }
    }

    fn are_same_members(&mut self, old: &[Member], new: &[Member], depth: u32) -> bool {
        let mut both = old.iter().zip(new);
        old.len() == new.len()
            && both.all(|(old, new)| {
                (old.bit_offset, old.bits) == (new.bit_offset, new.bits)
                    && !is_named_part(self.old, old)
                    && !is_named_part(self.new, new)
                    && self.are_same_names(old.name, new.name)
                    && self.are_alike(old.ty, new.ty, true, depth)
            })
    }

    fn are_same_enums(&self, old: &Enum, new: &Enum) -> bool {
        let same_sign = old.signed == new.signed;
        let (old, new) = (self.old.enumerators(old), self.new.enumerators(new));
        let mut both = old.iter().zip(new);
        let is_same = |(a, b): (&Enumerator, &Enumerator)| {
            a.value == b.value && self.are_same_names(a.name, b.name)
        };
        same_sign && old.len() == new.len() && both.all(is_same)
    }
}

/// Returns whether a member joins its parent, or lends its name, although C has a name for its type. Then what is
/// in that type shows here too.
fn is_named_part(btf: &Btf, member: &Member) -> bool {
    btf.name(member.name).is_empty()
        && btf.ty(btf.resolved(member.ty)).composite().is_some()
        && !btf.is_anonymous(btf.unqualified(member.ty))
}
