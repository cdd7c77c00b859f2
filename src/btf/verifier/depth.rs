//! Checks that the kernel's stack has room for all types that are resolved at the same time. The kernel calls
//! `btf_resolve` for each type in the order of ids.
//!
//! The stack holds 32 types. The number of types on the stack depends on the order of ids, since types that were
//! resolved earlier are not entered again. The kernel does not resolve split BTF.

use super::super::{
    types::{Type, TypeId},
    warning::Rule,
};
use super::{Location, Verifier};

const MAX_RESOLVE_DEPTH: usize = 32;
/// The number of stack entries for a variable and its data section. [`Verifier::depth`] adds this number, since neither
/// `longest_chain` nor `max_depth` counts these two types.
const UNCOUNTED: usize = 2;

/// The kernel's `resolve_mode`, which decides which types are entered. Typedefs and modifiers are entered in every
/// mode. The first pointer, struct, union or array on the stack sets the mode. A data section resets the mode for each
/// entry.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ResolveMode {
    /// The mode is not set yet. Pointers, structs, unions and arrays are entered, and also variables, data sections and
    /// declaration tags.
    Any,
    /// Pointers are followed. Structs, unions and arrays are not entered.
    Pointers,
    /// Structs, unions and arrays are entered. Pointers are not followed.
    Values,
}

impl Verifier<'_> {
    /// Checks the depth of the stack, by doing the same walk as the kernel. The walk is left out for split BTF, and if
    /// the stack cannot become too deep: if neither the longest chain that [`loops`](Verifier::loops) found
    /// (`longest_chain` types) nor `Derived::max_depth` exceeds the limit, with [`UNCOUNTED`] added to both.
    pub(super) fn depth(&mut self, longest_chain: usize) {
        let bound = longest_chain.max(self.btf.derived.max_depth) + UNCOUNTED;
        if bound <= MAX_RESOLVE_DEPTH || self.btf.start_id > TypeId(1) {
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

    /// Returns the mode after a type is pushed onto the stack. `mode` is the mode before.
    fn mode(&self, id: TypeId, mode: ResolveMode) -> ResolveMode {
        match (mode, self.ty_of(id)) {
            (ResolveMode::Any, Type::Pointer(_)) => ResolveMode::Pointers,
            (ResolveMode::Any, Type::Struct(_) | Type::Union(_) | Type::Array { .. }) => {
                ResolveMode::Values
            }
            _ => mode,
        }
    }

    /// Returns whether the kernel pushes this type onto the stack in this mode, provided that the type is not resolved
    /// yet.
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

    /// Returns the type that `id` refers to at a position, in the order in which the kernel visits references. Returns
    /// `None` after the last one.
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
