//! Computes hashes of the contents of types. The hashes do not depend on type ids.
//!
//! A kernel has a few dozen C names with several definitions. The hashes order these definitions, so that of two
//! structs `workspace`, always the same one is labelled `workspace-alt2`.

use std::collections::HashMap;

use super::hash::Fnv;
use crate::btf::{Btf, Composite, Enum, Int, Modifier, Type, TypeId};

/// After this number of pointers and prototypes on a path, only the outline of the next type is hashed. Types that are
/// contained by value are followed without this limit, since the module `btf` limits how deep they are nested.
const DEPTH: u8 = 3;
/// After this number of consecutive typedefs and qualifiers, only the outline of the next type is hashed.
const CHAIN: u8 = 6;

/// Computes fingerprints, and stores them for later calls. The key is the type id and the numbers of pointers and of
/// typedefs that may still be followed.
#[derive(Default)]
pub(crate) struct TypeFingerprints(HashMap<(TypeId, u8, u8), u64>);

impl TypeFingerprints {
    /// Returns a hash of the contents of a type. Types whose contents differ within the limits almost certainly have
    /// different hashes.
    pub fn fingerprint(&mut self, btf: &Btf, id: TypeId) -> u64 {
        self.deep(btf, id, DEPTH, CHAIN)
    }

    fn deep(&mut self, btf: &Btf, id: TypeId, depth: u8, chain: u8) -> u64 {
        if depth == 0 || chain == 0 {
            return outline(btf, id).finish();
        }
        // The number of typedefs that may still be followed matters only if the type is a typedef or a qualifier
        // itself. For all other types, one entry serves all numbers.
        let chain = match btf.ty(id) {
            Type::Typedef { .. } | Type::Modifier { .. } => chain,
            _ => CHAIN,
        };
        if let Some(known) = self.0.get(&(id, depth, chain)) {
            return *known;
        }
        let hash = self.content(btf, id, depth, chain).finish();
        self.0.insert((id, depth, chain), hash);
        hash
    }

    fn content(&mut self, btf: &Btf, id: TypeId, depth: u8, chain: u8) -> Fnv {
        let outline = outline(btf, id);
        match *btf.ty(id) {
            Type::Struct(composite) | Type::Union(composite) => {
                btf.members(&composite).iter().fold(outline, |hash, m| {
                    hash.bytes(btf.name(m.name).bytes())
                        .number(u64::from(m.bit_offset))
                        .number(u64::from(m.bits))
                        .number(self.deep(btf, m.ty, depth, CHAIN))
                })
            }
            Type::Enum(e) => btf.enumerators(&e).iter().fold(outline, |hash, e| {
                hash.bytes(btf.name(e.name).bytes()).number(e.value)
            }),
            Type::Array {
                element, length, ..
            } => outline
                .number(u64::from(length))
                .number(self.deep(btf, element, depth, CHAIN)),
            Type::Typedef { target, .. } | Type::Modifier { target, .. } => {
                outline.number(self.deep(btf, target, depth, chain - 1))
            }
            // The definition of a named target is not part of the pointer type, so only the outline of the target is
            // hashed.
            Type::Pointer(target) if !btf.name_of(target).is_empty() => {
                outline.number(self::outline(btf, target).finish())
            }
            Type::Pointer(target) => outline.number(self.deep(btf, target, depth - 1, CHAIN)),
            Type::Prototype { result, parameters } => btf.parameters(parameters).iter().fold(
                outline.number(self.deep(btf, result, depth - 1, CHAIN)),
                |hash, parameter| {
                    hash.bytes(btf.name(parameter.name).bytes())
                        .number(self.deep(btf, parameter.ty, depth - 1, CHAIN))
                },
            ),
            _ => outline,
        }
    }
}

/// Returns the hash of a type's outline: its kind, its name, its size, its number of members, and which modifier it is.
fn outline(btf: &Btf, id: TypeId) -> Fnv {
    let ty = btf.ty(id);
    let members = ty.composite().map_or(0, |c| u64::from(c.members.len));
    let tag = match ty {
        Type::Modifier { modifier, .. } => match modifier {
            Modifier::Const => 1,
            Modifier::Volatile => 2,
            Modifier::Restrict => 3,
            Modifier::Tag(_) => 4,
            Modifier::Unnamed => 5,
        },
        _ => 0,
    };
    Fnv::new()
        .bytes(ty.kind().bytes())
        .bytes(btf.name_of(id).bytes())
        .number(u64::from(stated_size(ty)))
        .number(members)
        .number(tag)
}

/// Returns the size in bytes of a struct, union, enum, integer or float, as BTF stores it. Returns 0 for other types,
/// even for pointers: their size is an option of the caller, and options must not change names.
pub(super) fn stated_size(ty: &Type) -> u32 {
    match *ty {
        Type::Struct(Composite { size, .. })
        | Type::Union(Composite { size, .. })
        | Type::Enum(Enum { size, .. })
        | Type::Int(Int { size, .. })
        | Type::Float { size, .. } => size,
        _ => 0,
    }
}
