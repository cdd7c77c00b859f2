//! Checks how deep the kernel's stack gets while it resolves types: `btf_resolve`, called for each type in the order of
//! ids.
//!
//! The stack holds 32 types. Its depth depends on the order of ids, since types that were resolved earlier are not
//! entered again. The kernel does not resolve split BTF.

use super::super::{
    types::{Type, TypeId},
    warning::Rule,
};
use super::{Location, Verifier};

const MAX_RESOLVE_DEPTH: usize = 32;
/// The stack entries for a variable and its section. [`Verifier::depth`] adds them to its bound.
const UNCOUNTED: usize = 2;

/// The kernel's `resolve_mode`. The first pointer, struct or array on the stack sets it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ResolveMode {
    /// Not set yet.
    Any,
    /// Follows pointers, and does not enter structs, unions and arrays.
    Pointers,
    /// Enters structs, unions and arrays, and does not follow pointers.
    Values,
}

impl Verifier<'_> {
    /// Checks the depth, unless `longest_chain` and the nesting by value show that it cannot be too large.
    pub(super) fn depth(&mut self, longest_chain: usize) {
        let bound = longest_chain.max(self.btf.derived.max_depth) + UNCOUNTED;
        if bound <= MAX_RESOLVE_DEPTH || self.btf.own > TypeId(1) {
            return;
        }
        let mut resolved = vec![false; self.btf.tables.types.len()];
        for start in (1..resolved.len() as u32).map(TypeId) {
            if !resolved[start.index()] && self.is_entered(start, ResolveMode::Any) {
                self.resolve(start, &mut resolved);
            }
        }
    }

    fn resolve(&mut self, start: TypeId, seen: &mut [bool]) {
        let mut mode = self.mode(start, ResolveMode::Any);
        let mut stack = vec![(start, 0)];
        seen[start.index()] = true;
        while let Some((id, position)) = stack.last_mut() {
            if matches!(self.ty_of(*id), Type::Section { .. }) {
                mode = ResolveMode::Any;
            }
            let Some(next) = self.reference(*id, *position) else {
                stack.pop();
                continue;
            };
            *position += 1;
            if !self.is_entered(next, mode) || std::mem::replace(&mut seen[next.index()], true) {
                continue;
            }
            if stack.len() == MAX_RESOLVE_DEPTH {
                return self.note(Rule::Depth, Location::Type(start));
            }
            mode = self.mode(next, mode);
            stack.push((next, 0));
        }
    }

    /// Returns the mode after a type is pushed onto the stack.
    fn mode(&self, id: TypeId, mode: ResolveMode) -> ResolveMode {
        match (mode, self.ty_of(id)) {
            (ResolveMode::Any, Type::Pointer(_)) => ResolveMode::Pointers,
            (ResolveMode::Any, Type::Struct(_) | Type::Union(_) | Type::Array { .. }) => {
                ResolveMode::Values
            }
            _ => mode,
        }
    }

    /// Returns whether the kernel pushes this type onto the stack, if it is not resolved yet.
    fn is_entered(&self, id: TypeId, mode: ResolveMode) -> bool {
        match self.ty_of(id) {
            Type::Typedef { .. } | Type::Modifier { .. } => true,
            Type::Pointer(_) => mode != ResolveMode::Values,
            Type::Struct(_) | Type::Union(_) | Type::Array { .. } => mode != ResolveMode::Pointers,
            Type::Variable { .. } | Type::Section { .. } | Type::DeclTag { .. } => {
                mode == ResolveMode::Any
            }
            _ => false,
        }
    }

    /// Returns the nth type that a type refers to, in the kernel's order.
    fn reference(&self, id: TypeId, position: usize) -> Option<TypeId> {
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
