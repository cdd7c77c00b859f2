//! How many types the kernel looks into at once: `btf_resolve` of each type, in the order of their ids.
//!
//! It keeps those that wait for others on a stack of 32. How deep that gets depends on the order of the
//! types: what refers to earlier ones finds them resolved. Of BTF that is split it resolves nothing.

use super::super::{
    types::{Type, TypeId},
    warning::Rule,
};
use super::{Place, Verifier};

/// The kernel's `MAX_RESOLVE_DEPTH`.
const MAX: usize = 32;
/// A variable and its section may stand before what was counted without them.
const AROUND: usize = 2;

/// What the first type on the stack that says so makes the kernel look into.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Not said yet.
    Any,
    /// Pointers and what they point to, but not into structs and arrays.
    Pointers,
    /// Structs and arrays, but not through pointers.
    Values,
}

impl Verifier<'_> {
    /// Looks only where `longest`, the types in a row that pointers are part of, or those that contain
    /// one another make it possible.
    pub(super) fn depth(&mut self, longest: usize) {
        let deepest = longest.max(self.btf.derived.deepest) + AROUND;
        if deepest <= MAX || self.btf.own > TypeId(1) {
            return;
        }
        let mut resolved = vec![false; self.btf.tables.types.len()];
        for start in (1..resolved.len() as u32).map(TypeId) {
            if !resolved[start.index()] && self.is_entered(start, Mode::Any) {
                self.resolve(start, &mut resolved);
            }
        }
    }

    fn resolve(&mut self, start: TypeId, seen: &mut [bool]) {
        let mut mode = self.mode(start, Mode::Any);
        let mut stack = vec![(start, 0)];
        seen[start.index()] = true;
        while let Some((id, position)) = stack.last_mut() {
            if matches!(self.ty_of(*id), Type::Section { .. }) {
                mode = Mode::Any;
            }
            let Some(next) = self.part(*id, *position) else {
                stack.pop();
                continue;
            };
            *position += 1;
            if !self.is_entered(next, mode) || std::mem::replace(&mut seen[next.index()], true) {
                continue;
            }
            if stack.len() == MAX {
                return self.note(Rule::Depth, Place::Type(start));
            }
            mode = self.mode(next, mode);
            stack.push((next, 0));
        }
    }

    /// The mode once a type is on the stack.
    fn mode(&self, id: TypeId, mode: Mode) -> Mode {
        match (mode, self.ty_of(id)) {
            (Mode::Any, Type::Pointer(_)) => Mode::Pointers,
            (Mode::Any, Type::Struct(_) | Type::Union(_) | Type::Array { .. }) => Mode::Values,
            _ => mode,
        }
    }

    /// Returns whether a type is put on the stack, where it is not resolved yet.
    fn is_entered(&self, id: TypeId, mode: Mode) -> bool {
        match self.ty_of(id) {
            Type::Typedef { .. } | Type::Modifier { .. } => true,
            Type::Pointer(_) => mode != Mode::Values,
            Type::Struct(_) | Type::Union(_) | Type::Array { .. } => mode != Mode::Pointers,
            Type::Variable { .. } | Type::Section { .. } | Type::DeclTag { .. } => {
                mode == Mode::Any
            }
            _ => false,
        }
    }

    /// What a type refers to, in the order in which the kernel looks at it.
    fn part(&self, id: TypeId, position: usize) -> Option<TypeId> {
        match *self.ty_of(id) {
            Type::Array { element, index, .. } => [index, element].get(position).copied(),
            Type::Struct(composite) | Type::Union(composite) => {
                let members = &self.btf.tables.members[composite.members.range()];
                members.get(position).map(|member| member.ty)
            }
            Type::Section { entries, .. } => {
                let entries = &self.btf.tables.entries[entries.range()];
                entries.get(position).map(|entry| entry.ty)
            }
            Type::Pointer(target)
            | Type::Typedef { target, .. }
            | Type::Modifier { target, .. }
            | Type::Variable { target, .. }
            | Type::DeclTag { target, .. } => Some(target).filter(|_| position == 0),
            _ => None,
        }
    }
}
