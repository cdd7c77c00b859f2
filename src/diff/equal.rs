//! Compares types of two inputs by their structure. This comparison costs less than one that lists the members of both
//! types or writes both types as C.
//!
//! The result is conservative: equal types may be found different, but different types are never found equal.

use crate::btf::{Btf, Composite, Member, Modifier, Name, Parameter, Type, TypeId};
use crate::c::declaration;

pub(super) struct Equality<'a> {
    old: &'a Btf,
    new: &'a Btf,
    /// The number of types that may still be compared. Without this limit, the number of types could double at each
    /// level, since anonymous types may be shared.
    steps: usize,
}

/// The maximum depth of the recursion. Real types are nested far less deep.
const MAX_DEPTH: u32 = 256;

/// The relation between a type and the type that it refers to.
#[derive(PartialEq)]
enum Link<'a> {
    Pointer,
    Array(u32),
    Tag(&'a str),
    Modifier(Modifier),
    Function,
}

impl<'a> Equality<'a> {
    pub fn new(old: &'a Btf, new: &'a Btf) -> Equality<'a> {
        Equality {
            old,
            new,
            steps: 32 * (old.volume() + new.volume()) + (1 << 20),
        }
    }

    /// Returns whether two types have the same members, enumerators or target. The names of the two types are not
    /// compared.
    pub fn have_same_contents(&mut self, old: TypeId, new: TypeId) -> bool {
        match (self.old.ty(old), self.new.ty(new)) {
            (Type::Typedef { target: a, .. }, Type::Typedef { target: b, .. }) => {
                self.are_equal(*a, *b, true, MAX_DEPTH)
            }
            _ => self.have_same_bodies(old, new, MAX_DEPTH),
        }
    }

    /// Returns whether two types are written in the same way in C.
    pub fn have_same_spelling(&mut self, old: TypeId, new: TypeId) -> bool {
        self.are_equal(old, new, false, MAX_DEPTH)
    }

    /// Returns whether two types are written in the same way in C. If `by_value` is true, they must also have the same
    /// size and encoding, and the anonymous types that they contain by value must have the same members or enumerators.
    /// Types without bytes are then never equal, since it depends on the containing type whether a member without bytes
    /// is listed. `depth` is the number of levels that may follow.
    fn are_equal(&mut self, old: TypeId, new: TypeId, by_value: bool, depth: u32) -> bool {
        let (Some(steps), Some(depth)) = (self.steps.checked_sub(1), depth.checked_sub(1)) else {
            return false;
        };
        self.steps = steps;
        if by_value && (self.old.is_empty(old) || self.old.size(old) != self.new.size(new)) {
            return false;
        }
        let (a, b) = (self.old.ty(old), self.new.ty(new));
        match (link(self.old, a), link(self.new, b)) {
            (Some((link, old)), Some((other, new))) => {
                let by_value = by_value && !matches!(link, Link::Pointer | Link::Function);
                link == other
                    && self.are_equal(old, new, by_value, depth)
                    && self.have_same_parameters(a, b, depth)
            }
            (None, None) => {
                let has_body = by_value && self.old.is_anonymous(old);
                declaration::keyword(a) == declaration::keyword(b)
                    && (!by_value || self.have_same_encoding(old, new))
                    && self.are_same_names(a.name(), b.name())
                    && (!has_body || self.have_same_bodies(old, new, depth))
            }
            _ => false,
        }
    }

    fn are_same_names(&self, old: Name, new: Name) -> bool {
        self.old.name(old) == self.new.name(new)
    }

    /// Returns whether two types are of the same kind after typedefs and qualifiers. Two integers must also have the
    /// same sign, unless one is `char`, and both or neither must be `bool`. This also compares the types behind
    /// typedefs, since folded typedefs such as `u32` are compared nowhere else.
    fn have_same_encoding(&self, old: TypeId, new: TypeId) -> bool {
        let (old, new) = (self.old.resolved(old), self.new.resolved(new));
        match (self.old.ty(old), self.new.ty(new)) {
            (Type::Int(a), Type::Int(b)) => {
                let is_char = self.old.is_char(a) || self.new.is_char(b);
                a.boolean == b.boolean && (is_char || a.signed == b.signed)
            }
            (a, b) => a.kind() == b.kind(),
        }
    }

    fn have_same_parameters(&mut self, old: &Type, new: &Type, depth: u32) -> bool {
        let (old, new) = (parameters(self.old, old), parameters(self.new, new));
        all_pairs(old, new, |old, new| {
            self.are_same_names(old.name, new.name) && self.are_equal(old.ty, new.ty, false, depth)
        })
    }

    /// Returns whether two structs, unions or enums are equal. Their names are not compared.
    fn have_same_bodies(&mut self, old: TypeId, new: TypeId, depth: u32) -> bool {
        if self.old.size(old) != self.new.size(new) {
            return false;
        }
        match (self.old.ty(old), self.new.ty(new)) {
            (Type::Struct(a), Type::Struct(b)) => self.have_same_members(a, b, depth),
            (Type::Union(a), Type::Union(b)) => {
                // Conservative: a union with an arm that has no name is never found equal, so the caller lists its
                // members.
                let mut arms = self.old.members(a).iter();
                arms.all(|arm| !self.old.name(arm.name).is_empty())
                    && self.have_same_members(a, b, depth)
            }
            (Type::Enum(a), Type::Enum(b)) => {
                let (olds, news) = (self.old.enumerators(a), self.new.enumerators(b));
                a.signed == b.signed
                    && all_pairs(olds, news, |old, new| {
                        old.value == new.value && self.are_same_names(old.name, new.name)
                    })
            }
            _ => false,
        }
    }

    fn have_same_members(&mut self, old: &Composite, new: &Composite, depth: u32) -> bool {
        let (olds, news) = (self.old.members(old), self.new.members(new));
        all_pairs(olds, news, |old, new| {
            (old.bit_offset, old.bits) == (new.bit_offset, new.bits)
                && !is_named_part(self.old, old)
                && !is_named_part(self.new, new)
                && self.are_same_names(old.name, new.name)
                && self.are_equal(old.ty, new.ty, true, depth)
        })
    }
}

fn all_pairs<T>(old: &[T], new: &[T], mut are_equal: impl FnMut(&T, &T) -> bool) -> bool {
    old.len() == new.len() && old.iter().zip(new).all(|(old, new)| are_equal(old, new))
}

fn link<'a>(btf: &'a Btf, ty: &Type) -> Option<(Link<'a>, TypeId)> {
    Some(match *ty {
        Type::Pointer(target) => (Link::Pointer, target),
        Type::Array {
            element, length, ..
        } => (Link::Array(length), element),
        Type::Modifier { modifier, target } => match modifier {
            Modifier::Tag(name) => (Link::Tag(btf.name(name)), target),
            modifier => (Link::Modifier(modifier), target),
        },
        Type::Prototype { result, .. } => (Link::Function, result),
        _ => return None,
    })
}

fn parameters<'a>(btf: &'a Btf, ty: &Type) -> &'a [Parameter] {
    match ty {
        Type::Prototype { parameters, .. } => btf.parameters(*parameters),
        _ => &[],
    }
}

/// Returns whether a member has no name, but its type has a C name. The compiler option `-fms-extensions` allows such
/// members. C treats the members of that type as members of the parent, so it does not suffice that two such types have
/// the same name.
fn is_named_part(btf: &Btf, member: &Member) -> bool {
    btf.name(member.name).is_empty()
        && btf.ty(btf.resolved(member.ty)).composite().is_some()
        && !btf.is_anonymous(btf.unqualified(member.ty))
}
