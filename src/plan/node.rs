//! The nodes of a plan: what a record, a variant, an enum or flags is made of.
//!
//! Plain data.

use std::sync::Arc;

use crate::btf::TypeId;
use crate::lower::Dim;

/// The layout of a record, a variant, an enum or flags; in a relocated plan also a number.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// The label of the item in the interface.
    pub label: String,
    /// The C name, such as `union addr`, if it has one.
    pub c: Option<String>,
    /// The size in bytes, as `sizeof` has it.
    pub size: u64,
    /// The size in bytes that a program takes for granted and that is there. In a relocated plan the smaller one of the
    /// local size and the target's.
    pub least_size: u64,
    pub kind: NodeKind,
}

#[derive(Clone, Debug)]
pub(crate) enum NodeKind {
    Record(Vec<NodeField>),
    Variant(Vec<NodeField>),
    Enum(CaseTable),
    Flags(CaseTable),
    /// A number that is stored in another way than its WIT type tells. Only in relocated plans. The node has neither a
    /// label nor a C name; its size is that of the stored number, so that arrays of it need no special case.
    Number(StoredNumber),
}

/// A number whose value has one type, and whose bytes another: wider, narrower, or of another sign. A value that does
/// not fit the type is an error, both when it is read and when it is written.
///
/// A number that is narrower and of the same sign is no such node where it is a field: it is a bitfield of the WIT type,
/// [`NodeField::bits`] wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct StoredNumber {
    /// The WIT type: [`BaseType::Int`], [`BaseType::Wide`] or [`BaseType::Float`].
    pub value: BaseType,
    /// The bytes: an integer for integers, a float for a float. In a bitfield, [`NodeField::bits`] of them.
    pub stored: BaseType,
}

/// A field of a record or an arm of a variant.
#[derive(Clone, Debug)]
pub(crate) struct NodeField {
    pub label: Arc<str>,
    /// The name in messages and choices: its C name, that of its first member if it has none, or
    /// `unnamed0`.
    pub name: Arc<str>,
    /// Whether it has no name in C. C finds the members of an unnamed struct or union in its parent.
    pub unnamed: bool,
    /// The C type without qualifiers.
    pub c_type: TypeId,
    /// The enumerators of an enum that is an integer in WIT.
    pub enumerators: Option<Arc<[NamedValue]>>,
    /// Nothing for an arm without a payload.
    pub ty: Option<ValueType>,
    /// Bits from the start of the node's type.
    pub bit_offset: u32,
    /// Width in bits; 0 if it is not a bitfield.
    pub bits: u8,
    /// Whether no member of its holder begins behind it. A flexible array in it then extends to the end
    /// of the bytes.
    pub last: bool,
    /// Whether the target does not have it, and the caller takes zero for it. Only in relocated plans.
    ///
    /// It reads as if all its bytes were zero: text is empty, lists have the length that they have in the local BTF, an
    /// enum has the case of value 0. `ty` is the layout of the local BTF, of which only lengths matter; `bit_offset` is 0.
    /// Nothing is written for it. A tag inside it is 0.
    pub missing: bool,
    /// Whether it is a truth value here and a number in the target, or the reverse. Only in relocated plans.
    ///
    /// Both are read alike, as CO-RE does it. Only the fingerprint differs.
    pub recast: bool,
}

/// The values of an enum, or the bits of flags.
#[derive(Clone, Debug)]
pub(crate) struct CaseTable {
    /// The size in bytes.
    pub size: u8,
    pub signed: bool,
    /// The cases in the order of the WIT text.
    pub cases: Vec<CaseEntry>,
    /// The positions of the cases in the order of their values, without absent ones.
    pub sorted: Vec<u32>,
}

/// An enumerator.
#[derive(Clone, Debug)]
pub(crate) struct NamedValue {
    pub name: Arc<str>,
    /// The bits of the value, sign-extended to 64.
    pub value: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct CaseEntry {
    pub label: Arc<str>,
    /// The C names of the value. The label is made of the first.
    pub names: Vec<Arc<str>>,
    /// The bits of the value, as many as the enum has.
    pub value: u64,
    /// Whether the target has no enumerator of these names. Only in relocated plans. No bytes stand for it, its `value`
    /// means nothing, and to write it is an error.
    pub absent: bool,
}

/// A type that is not an array, and the arrays around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ValueType {
    pub base: BaseType,
    /// Dimensions, the outermost first. A length of 0 stands for as many elements as the bytes hold.
    pub dims: Box<[Dim]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum BaseType {
    /// `true` if any bit is set.
    Bool { bytes: u8 },
    /// An integer of 1, 2, 4 or 8 bytes, or an address.
    Int { bytes: u8, signed: bool },
    /// An integer of 16 bytes, in WIT a tuple of its low and its high half.
    Wide { signed: bool },
    /// A float of 4 or 8 bytes.
    Float { bytes: u8 },
    /// Text in `room` bytes, up to the first NUL. If `room` is 0, the text has all remaining bytes.
    Text { room: u32 },
    /// The index of a node.
    Node(u32),
}

/// An arm of a union that is not in the BTF.
#[derive(Clone)]
pub(crate) struct UnionArm {
    pub label: String,
    /// Its name in choices.
    pub name: String,
    pub ty: ValueType,
}

impl BaseType {
    /// Returns the index of the node, if it is one.
    pub fn node(self) -> Option<u32> {
        match self {
            BaseType::Node(node) => Some(node),
            _ => None,
        }
    }
}

impl Node {
    /// Returns the fields of a record or the arms of a variant.
    pub fn fields(&self) -> &[NodeField] {
        match &self.kind {
            NodeKind::Record(fields) | NodeKind::Variant(fields) => fields,
            NodeKind::Enum(_) | NodeKind::Flags(_) | NodeKind::Number(_) => &[],
        }
    }
}

impl NodeField {
    /// Returns the type of the field, unless it is an array.
    pub fn single(&self) -> Option<BaseType> {
        let ty = self.ty.as_ref().filter(|ty| ty.dims.is_empty());
        ty.map(|ty| ty.base)
    }
}

impl ValueType {
    pub fn plain(base: BaseType) -> ValueType {
        ValueType {
            base,
            dims: Box::default(),
        }
    }

    /// Puts further arrays around the type.
    pub fn inside(mut self, outer: &[Dim]) -> ValueType {
        if !outer.is_empty() {
            self.dims = outer.iter().chain(&self.dims).copied().collect();
        }
        self
    }
}
