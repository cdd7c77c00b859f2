//! Finds folded typedefs. A typedef is folded if it would get the label of its target, or if its name is a usual C name
//! of its integer type, such as `u32`. A folded typedef gets no item, and the target is used in its place.

use std::collections::HashMap;

use super::{
    Items,
    scope::Key,
    spelling::{NameKind, Rename},
    words,
};
use crate::btf::{Btf, Type, TypeId};

/// For each typedef at the start of a long chain of typedefs without items, the type at the end of the chain. Folded
/// typedefs have no items, nor have typedefs of types without bytes. Without this table, each look-up would walk along
/// the chain, which would be slow in hostile input. Kernels have no long chains.
pub(super) struct FoldedTypedefs(HashMap<TypeId, TypeId>);

/// The maximum length of a chain that is not stored, in typedefs.
const MAX_SHORT: u32 = 8;

impl FoldedTypedefs {
    /// Finds the long chains.
    pub fn find(btf: &Btf, items: &Items) -> FoldedTypedefs {
        let step = |id| match btf.ty(id) {
            Type::Typedef { target, .. } if items.get(id).is_none() => {
                Some(btf.unqualified(*target))
            }
            _ => None,
        };
        let mut ends: HashMap<TypeId, (TypeId, u32)> = HashMap::new();
        let mut chain = Vec::new();
        for &id in btf.tagged_types(1..btf.len() as u32) {
            let mut end = (id, 0);
            while let Some(next) = step(end.0) {
                if let Some(known) = ends.get(&end.0) {
                    end = *known;
                    break;
                }
                chain.push(end.0);
                end.0 = next;
            }
            while let Some(before) = chain.pop() {
                end.1 += 1;
                ends.insert(before, end);
            }
        }
        let long = ends
            .into_iter()
            .filter(|(_, (_, length))| *length > MAX_SHORT);
        FoldedTypedefs(long.map(|(id, (end, _))| (id, end)).collect())
    }

    /// Returns the type that takes the place of `id`, a typedef without an item. This is `target`, the target of the
    /// typedef. If a long chain of typedefs without items begins at `id`, it is the type at the end of the chain.
    pub fn skip_folded(&self, id: TypeId, target: TypeId) -> TypeId {
        match self.0.is_empty() {
            true => target,
            false => self.0.get(&id).copied().unwrap_or(target),
        }
    }
}

/// Returns whether a typedef is folded. It is folded if its label would be that of its target, or if its name is a
/// usual C name of the integer type that it resolves to, such as `u32`.
///
/// `label` is the key of the label that the typedef would get. `scratch` is overwritten.
pub(super) fn is_folded(
    btf: &Btf,
    id: TypeId,
    label: Key,
    rename: &Rename,
    scratch: &mut String,
) -> bool {
    let Type::Typedef { name, target } = *btf.ty(id) else {
        return false;
    };
    if is_integer_spelling(btf, btf.name(name), btf.resolved(target)) {
        return true;
    }
    let target = btf.unqualified(target);
    if !super::is_nameable(btf, target) {
        return false;
    }
    scratch.clear();
    let Some(kind) = super::kind(btf.ty(target)) else {
        return false;
    };
    let name = rename.spell(NameKind::Type(kind), btf.name_of(target));
    words::push(scratch, &name).key == label
}

/// Returns whether the typedef's `name` is a C name of the resolved type: `bool`, or the name of a fixed-width integer.
fn is_integer_spelling(btf: &Btf, name: &str, resolved: TypeId) -> bool {
    let Type::Int(int) = *btf.ty(resolved) else {
        return false;
    };
    if int.boolean {
        return name == "bool";
    }
    // `char` is written as `u8`, since its sign depends on the compiler.
    let signed = int.signed && btf.name(int.name) != "char";
    fixed_width(name) == Some((signed, int.size.saturating_mul(8)))
}

/// Returns whether the integer is signed, and its width in bits, for a name such as `u32`, `__u32`, `uint32_t`,
/// `u_int32_t` or `__uint32_t`, or for the corresponding names of signed integers and other widths. Returns `None` for
/// other names.
pub(crate) fn fixed_width(name: &str) -> Option<(bool, u32)> {
    let name = name.strip_prefix("__").unwrap_or(name);
    let (signed, bits) = match name.strip_suffix("_t") {
        Some(long) => {
            let unsigned = long.strip_prefix("uint").or(long.strip_prefix("u_int"));
            match unsigned {
                Some(bits) => (false, bits),
                None => (true, long.strip_prefix("int")?),
            }
        }
        None => match name.strip_prefix('u') {
            Some(bits) => (false, bits),
            None => (true, name.strip_prefix('s')?),
        },
    };
    match bits {
        "8" => Some((signed, 8)),
        "16" => Some((signed, 16)),
        "32" => Some((signed, 32)),
        "64" => Some((signed, 64)),
        _ => None,
    }
}
