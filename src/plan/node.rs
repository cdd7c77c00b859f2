//! The nodes of a plan: the layouts of records, variants, enums and flags, as plain data.

use std::sync::Arc;

use crate::btf::TypeId;
use crate::lower::Dim;

/// The layout of a record, a variant, an enum or flags, or of a stored number in a relocated plan.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// The label of the item in the interface.
    pub label: String,
    /// The C name, such as `union addr`, if it has one.
    pub c: Option<String>,
    /// The size in bytes, as `sizeof` returns it.
    pub size: u64,
    /// The size in bytes that a program may rely on. In a relocated plan, this is the smaller one of the local size and the
    /// target's. Only the fingerprint uses it.
    pub least_size: u64,
    pub kind: NodeKind,
}

#[derive(Clone, Debug)]
pub(crate) enum NodeKind {
    Record(Vec<NodeField>),
    Variant(Vec<NodeField>),
    Enum(CaseTable),
    Flags(CaseTable),
    /// A number whose bytes have another type than its WIT type. It only occurs in relocated plans. The node has
    /// neither a label nor a C name. Its size is that of the stored number, so arrays of it need no special case.
    Number(StoredNumber),
}

/// A number whose bytes have another type than its value: wider, narrower, or of another sign. A value that does not
/// fit is an error, both when reading and when writing.
///
/// A field whose number is only narrower, with the same sign, does not need such a node. It is a bitfield of the WIT
/// type, [`NodeField::bits`] wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct StoredNumber {
    /// The WIT type: [`BaseType::Int`], [`BaseType::Wide`] or [`BaseType::Float`].
    pub value: BaseType,
    /// The type of the bytes: an integer for integers, a float for a float. A bitfield uses [`NodeField::bits`] of its
    /// bits.
    pub stored: BaseType,
}

/// A field of a record or an arm of a variant.
#[derive(Clone, Debug)]
pub(crate) struct NodeField {
    pub label: Arc<str>,
    /// The name in messages and choices: the C name, or that of the first member if the field has none, or `unnamed0`.
    pub name: Arc<str>,
    /// Whether the field has no name in C. As in C, the members of an unnamed struct or union then belong to the
    /// parent.
    pub unnamed: bool,
    /// The C type without qualifiers.
    pub c_type: TypeId,
    /// The enumerators of the field's type, if that is an enum that WIT has as an integer.
    pub enumerators: Option<Arc<[NamedValue]>>,
    /// The type, or `None` for an arm without a payload.
    pub ty: Option<ValueType>,
    /// The offset in bits from the start of the node.
    pub bit_offset: u32,
    /// The width in bits, or 0 if the field is not a bitfield.
    pub bits: u8,
    /// Whether no other member of the node begins after the field. A flexible array in the field then extends to the
    /// end of the bytes.
    pub last: bool,
    /// Whether the target lacks the field and it reads as zero. This only occurs in relocated plans.
    ///
    /// The field reads as if all its bytes were zero: text is empty, lists have their local length, and an enum has the
    /// case of value 0. `ty` is the local type, but only its lengths matter. `bit_offset` is 0. Nothing is written for
    /// the field. A tag inside it is 0.
    pub missing: bool,
    /// Whether the field is a truth value here and a number in the target, or the reverse. This only occurs in relocated
    /// plans. Both are read alike, as CO-RE does it. Only the fingerprint differs.
    pub recast: bool,
}

/// The cases of an enum, or the labels of flags.
#[derive(Clone, Debug)]
pub(crate) struct CaseTable {
    /// The size in bytes.
    pub size: u8,
    pub signed: bool,
    /// The cases in the order of the WIT text.
    pub cases: Vec<CaseEntry>,
    /// The positions of the cases, sorted by value. Absent cases are left out.
    pub sorted: Vec<u32>,
}

/// An enumerator.
#[derive(Clone, Debug)]
pub(crate) struct NamedValue {
    pub name: Arc<str>,
    /// The value, sign-extended to 64 bits.
    pub value: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct CaseEntry {
    pub label: Arc<str>,
    /// The C names of the value. The label is derived from the first.
    pub names: Vec<Arc<str>>,
    /// The value, cut to the size of the enum.
    pub value: u64,
    /// Whether the target has no enumerator with one of these names. This only occurs in relocated plans. `value` is
    /// then meaningless, and writing the case is an error.
    pub absent: bool,
}

/// A type, split into the arrays around it and the type inside them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ValueType {
    pub base: BaseType,
    /// The dimensions, outermost first. A length of 0 stands for as many elements as the remaining bytes hold.
    pub dims: Box<[Dim]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum BaseType {
    /// A bool, which is true if any bit is set.
    Bool { bytes: u8 },
    /// An integer of 1, 2, 4 or 8 bytes, or an address.
    Int { bytes: u8, signed: bool },
    /// An integer of 16 bytes. In WIT, it is a tuple of its low and its high half.
    Wide { signed: bool },
    /// A float of 4 or 8 bytes.
    Float { bytes: u8 },
    /// Text in `room` bytes, which ends at the first NUL. If `room` is 0, the text takes all remaining bytes.
    Text { room: u32 },
    /// The index of a node.
    Node(u32),
}

/// An arm for a union that is not in the BTF.
#[derive(Clone)]
pub(crate) struct UnionArm {
    pub label: String,
    /// The name of the arm in choices.
    pub name: String,
    pub ty: ValueType,
}

impl BaseType {
    /// Returns the index of the node, if the type is a node.
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
    /// Returns the base type of the field, unless the field is an array.
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

    /// Adds arrays around the type.
    pub fn inside(mut self, outer: &[Dim]) -> ValueType {
        if !outer.is_empty() {
            self.dims = outer.iter().chain(&self.dims).copied().collect();
        }
        self
    }
}
