//! Computes the fingerprint of a layout, which is a number. If two layouts have the same fingerprint, a program for one
//! of them reads and writes the other correctly. They have different fingerprints if the change between them is
//! breaking. `docs/breaking.md` says which changes are breaking, and where `diff` and the fingerprint differ.
//!
//! The fingerprint covers what is read: the byte order; for each member, its C name, its offset, and how its bytes are
//! read; the lengths of arrays and the sizes of their elements; for each case of an enum or flags, its C names and its
//! number. For a struct or union that is not an unnamed member, the fingerprint covers the size that a program relies
//! on ([`Node::least_size`](super::Node::least_size)), since a struct may grow. The fingerprint covers neither labels
//! nor parts of the type that the plan does not have. So a plan and the same plan relocated to another BTF have the
//! same fingerprint if no breaking change between the two BTFs concerns the plan's members.

use std::collections::HashMap;

use super::{BaseType, CaseTable, NodeField, NodeKind, Plan, ValueType};
use crate::btf::Endian;
use crate::names::Fnv;

/// Computes the fingerprints of types in a plan, and keeps hashes of nodes for later calls.
pub(crate) struct Fingerprints<'p> {
    plan: &'p Plan,
    /// The hashes of records and variants that were already computed. The key is the index of the node.
    known: HashMap<u32, u64>,
}

impl<'p> Fingerprints<'p> {
    pub fn new(plan: &'p Plan) -> Fingerprints<'p> {
        Fingerprints {
            plan,
            known: HashMap::new(),
        }
    }

    /// Returns the fingerprint of a type of the plan. It is the same on every machine. CHANGELOG.md says so if a
    /// version of btf2wit changes it.
    pub fn of(&mut self, ty: &ValueType) -> u64 {
        let hash = Fnv::new().byte((self.plan.endian == Endian::Big).into());
        self.ty(hash, ty, 0).finish()
    }

    /// Adds a type to a hash. `bits` is the width of a bitfield, or 0.
    fn ty(&mut self, hash: Fnv, ty: &ValueType, bits: u8) -> Fnv {
        let mut hash = hash.number(ty.dims.len() as u64);
        for (at, dim) in ty.dims.iter().enumerate() {
            let inner = ty.dims.get(at + 1..).unwrap_or_default();
            let stride = self.plan.stride(ty.base, inner);
            hash = hash.number(dim.length.into()).number(stride);
        }
        self.base(hash, ty.base, bits)
    }

    fn base(&mut self, hash: Fnv, base: BaseType, bits: u8) -> Fnv {
        let width = |bytes: u8| if bits > 0 { bits } else { 8 * bytes };
        let (kind, width) = match base {
            BaseType::Bool { bytes } => (b'b', width(bytes)),
            BaseType::Int { bytes, signed } => (if signed { b'i' } else { b'u' }, width(bytes)),
            BaseType::Wide { signed } => (if signed { b'i' } else { b'u' }, width(16)),
            BaseType::Float { bytes } => (b'f', width(bytes)),
            // Text is an array of bytes, so its length stands in place of a width.
            BaseType::Text { room } => {
                let hash = hash.byte(b't').number(room.into());
                return hash;
            }
            BaseType::Node(node) => return self.node(hash, node, bits),
        };
        hash.byte(kind).byte(width)
    }

    fn node(&mut self, hash: Fnv, index: u32, bits: u8) -> Fnv {
        let Some(node) = self.plan.node(index) else {
            return hash;
        };
        match &node.kind {
            NodeKind::Number(number) => self.base(hash, number.stored, bits),
            NodeKind::Enum(cases) | NodeKind::Flags(cases) => enumeration(hash, cases, bits),
            NodeKind::Record(fields) | NodeKind::Variant(fields) => {
                let own = match self.known.get(&index) {
                    Some(known) => *known,
                    None => {
                        let start = Fnv::new().byte(b's').number(node.least_size);
                        let own = self.fields(start, fields, 0).finish();
                        self.known.insert(index, own);
                        own
                    }
                };
                hash.number(own)
            }
        }
    }

    /// Adds fields to a hash. `start` is the offset in bits of the struct or union that has the fields. For an unnamed
    /// struct or union, this is the offset in the type around it, since its members belong to that type, as in C.
    /// Otherwise it is 0.
    fn fields(&mut self, mut hash: Fnv, fields: &[NodeField], start: u64) -> Fnv {
        for field in fields {
            let Some(ty) = &field.ty else { continue };
            let at = start + u64::from(field.bit_offset);
            let inner = ty
                .base
                .node()
                .filter(|_| field.unnamed && ty.dims.is_empty());
            let inner = inner.and_then(|inner| self.plan.node(inner));
            match inner.map(|inner| &inner.kind) {
                Some(NodeKind::Record(inner) | NodeKind::Variant(inner)) => {
                    hash = self.fields(hash, inner, at);
                }
                _ => {
                    let name = field.name.bytes().chain([0]);
                    let marks = u8::from(field.missing) | u8::from(field.recast) << 1;
                    hash = hash.bytes(name).number(at).byte(marks);
                    hash = self.ty(hash, ty, field.bits);
                }
            }
        }
        hash
    }
}

fn enumeration(mut hash: Fnv, cases: &CaseTable, bits: u8) -> Fnv {
    let width = if bits > 0 { bits } else { 8 * cases.size };
    hash = hash.byte(b'e').byte(width);
    for case in &cases.cases {
        for name in &case.names {
            hash = hash.bytes(name.bytes().chain([0]));
        }
        let number = cases.number(case.value) as u64;
        hash = hash.byte(case.absent.into()).number(number);
    }
    hash
}
