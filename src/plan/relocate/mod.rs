//! Relocates a plan to another BTF. The plan keeps the labels and types of its own BTF, the *local* one, and gets the
//! offsets, sizes and byte order of the *target*.
//!
//! The rules follow those by which libbpf relocates BPF programs (CO-RE, `relo_core.c`):
//!
//! - `roots`: a type is found by its kind and name. Three underscores in a name begin its *flavor*, which is ignored.
//!   Of several candidates, the one in which the fewest members are missing is used. If several of them are equally
//!   good, they must lead to the same layout.
//! - `members`: a member is found by its name, also inside unnamed structs and unions. The type of a member that is a
//!   struct or union corresponds to the type of the target's member, whatever name that type has.
//! - `compat`: both members must be of the same kind, but one may be a struct and the other a union. Integers may have
//!   any size and sign. Two enums must have the same name, unless one has none. Arrays may have any length, unless WIT
//!   fixes it.
//! - `number`: decides how a number is stored if its size or sign differs in the target.
//! - `lack`: records what the target lacks, and has the caller's rules for it.
//!
//! `walk` relocates the nodes of the local plan, and `value` relocates the arrays around them. `cases` finds
//! enumerators by name. `missing` makes the replacements for members that the target lacks.

mod cases;
mod compat;
mod lack;
mod members;
mod missing;
mod number;
mod roots;
mod value;
mod walk;

pub(crate) use lack::{Lack, MissingRules};

use super::{Plan, ValueType};
use crate::btf::{Btf, TypeId};

/// The two BTFs of a relocation, and the rules for members that the target lacks.
#[derive(Clone, Copy)]
pub(crate) struct Relocation<'a> {
    pub local: &'a Btf,
    pub target: &'a Btf,
    /// The caller's rules for members that the target lacks.
    pub rules: &'a MissingRules,
}

/// A type that is relocated for its own sake, and not only because another type contains it.
#[derive(Clone, Copy)]
pub(crate) struct Root<'a> {
    /// The type in the local plan.
    pub ty: &'a ValueType,
    /// The C type in the local BTF.
    pub c: TypeId,
    /// If true, it is an error if the target lacks the type or a part of it. If false, the root is left out of
    /// the relocated plan instead.
    pub needed: bool,
}

impl Plan {
    /// Returns the plan for the bytes of the target. Also returns the type of each root in that plan, or `None` if the
    /// root is left out (see [`Root::needed`]).
    ///
    /// The choices of arms are dropped, since the numbers that select arms have other offsets in the target. Apply
    /// choices to the result instead.
    pub fn relocated(
        &self,
        relocation: Relocation<'_>,
        roots: &[Root<'_>],
    ) -> Result<(Plan, Vec<Option<ValueType>>), Lack> {
        let mut walk = walk::Walk::new(relocation, self);
        let mut types: Vec<Option<ValueType>> = vec![None; roots.len()];
        // Needed roots come first. Most other roots are parts of needed ones, and were then relocated together with
        // them.
        for needed in [true, false] {
            for (root, ty) in roots.iter().zip(&mut types) {
                if root.needed == needed {
                    *ty = walk.root(*root);
                }
            }
        }
        let plan = walk.finish()?;
        Ok((plan, types))
    }
}
