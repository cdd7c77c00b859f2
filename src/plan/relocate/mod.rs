//! Relocates a plan to another BTF: it keeps its labels and types, those of the *local* BTF, and gets the offsets,
//! sizes and byte order of the *target*.
//!
//! The rules are those by which libbpf relocates BPF programs (CO-RE, `relo_core.c`):
//!
//! - `roots`: a type is found by its kind and name. What follows three underscores in a name, its *flavor*, does not
//!   count. Several candidates must lead to the same layout.
//! - `members`: a member is found by its name, also in unnamed structs and unions. The struct or union that it has is
//!   that of the target's member, whatever its name.
//! - `compat`: both members must be of the same kind. Integers may have any size and sign, enums the same name or none,
//!   arrays any length.
//! - `number`: how a number is stored where the target has another size or sign.
//! - `lack`: what the target lacks, and what the caller wants then.
//!
//! `walk` goes along the nodes of the local plan and the target's types, `value` along arrays. Enumerators go by name,
//! too (`cases`). `missing` makes what stands for a member that the target lacks.

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

/// Where a plan is from, and where it goes.
#[derive(Clone, Copy)]
pub(crate) struct Relocation<'a> {
    pub local: &'a Btf,
    pub target: &'a Btf,
    /// What to do about members that the target lacks.
    pub rules: &'a MissingRules,
}

/// A type that values of a plan have.
#[derive(Clone, Copy)]
pub(crate) struct Root<'a> {
    /// Its place in the local plan.
    pub ty: &'a ValueType,
    /// Its C type in the local BTF.
    pub c: TypeId,
    /// Whether the target must have it. If not, and the target lacks it or a part of it, there is no value of it.
    pub needed: bool,
}

impl Plan {
    /// Returns the plan for the bytes of the target, and the place of each root in it.
    ///
    /// Choices of arms are not kept, since their tags are at other offsets: choose after relocating.
    pub fn relocated(
        &self,
        relocation: Relocation<'_>,
        roots: &[Root<'_>],
    ) -> Result<(Plan, Vec<Option<ValueType>>), Lack> {
        let mut walk = walk::Walk::new(relocation, self);
        let mut types: Vec<Option<ValueType>> = vec![None; roots.len()];
        // Types that need not be there are mostly parts of those that must.
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
