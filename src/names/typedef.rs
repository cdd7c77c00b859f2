//! Typedefs that say nothing new, and are seen through wherever they stand.

use super::{
    scope::Key,
    spelling::{NameKind, Rename},
    words,
};
use crate::btf::{Btf, Type, TypeId};

/// Does a typedef say nothing new, so that its target is written wherever it stands?
///
/// `label` is the label that the typedef would have; `scratch` is overwritten.
pub(super) fn fold(
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

/// Is this one of C's names for the fixed-width integer that it stands for, or `bool`?
fn is_integer_spelling(btf: &Btf, name: &str, resolved: TypeId) -> bool {
    let Type::Int(int) = *btf.ty(resolved) else {
        return false;
    };
    if int.boolean {
        return name == "bool";
    }
    // Producers disagree on the sign of C's `char`; it is written as `u8`.
    let signed = int.signed && btf.name(int.name) != "char";
    width(name) == Some((signed, int.size.saturating_mul(8)))
}

/// Sign and bits of `u32`, `__u32`, `uint32_t`, `u_int32_t`, `__uint32_t`, their signed kin and
/// other widths.
fn width(name: &str) -> Option<(bool, u32)> {
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
