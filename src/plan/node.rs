//! Defines the nodes of a plan: the layouts of records, variants, enums and flags, as plain data.

use std::sync::Arc;

use crate::btf::TypeId;
use crate::lower::Dim;

/// The layout of a record, a variant, an enum or flags, or of a stored number in a relocated plan.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// The label of the item in the interface.
    pub label: String,
    /// The C name, such as `union addr`. `None` if the type has no name.
    pub c: Option<String>,
    /// The size in bytes, as `sizeof` returns it. In a relocated plan, an unnamed struct or union ends with its last
    /// member instead.
    pub size: u64,
    /// The size in bytes that a program may rely on. For a type that a relocated plan found in the target, this is the
    /// smaller one of the sizes in the two BTFs. Otherwise it is equal to `size`. Only the fingerprint uses it.
    pub least_size: u64,
    pub kind: NodeKind,
}

#[derive(Clone, Debug)]
pub(crate) enum NodeKind {
    Record(Vec<NodeField>),
    Variant(Vec<NodeField>),
    Enum(CaseTable),
    Flags(CaseTable),
    /// A number whose bytes have another type than its value in WIT. It occurs only in relocated plans. The node has
    /// neither a label nor a C name. Its size is that of the stored number, so code for arrays needs no special case
    /// for it.
    Number(StoredNumber),
}

/// A number whose bytes have another type than its value: another size, or another sign. A number that does not fit is
/// an error, both when reading and when writing.
///
/// An integer field that is no array does not need such a node if its bytes have the same sign and are only narrower.
/// It becomes a bitfield of the WIT type, whose width is [`NodeField::bits`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct StoredNumber {
    /// The type of the value in WIT: [`BaseType::Int`], [`BaseType::Wide`] or [`BaseType::Float`].
    pub value: BaseType,
    /// The type of the bytes: an integer if the value is an integer, a float if it is a float. For a bitfield, the
    /// number has only [`NodeField::bits`] bits of this type.
    pub stored: BaseType,
}

/// A field of a record or an arm of a variant.
#[derive(Clone, Debug)]
pub(crate) struct NodeField {
    pub label: Arc<str>,
    /// The name in messages and choices: the C name. For a field without a C name, it is the name of its first member.
    /// If that member has no name either, it is `unnamed0` and so on.
    pub name: Arc<str>,
    /// Whether the field has no name in C. The members of an unnamed struct or union belong to the parent, as in C.
    pub unnamed: bool,
    /// The C type without qualifiers. In a relocated plan, this is the type in the local BTF.
    pub c_type: TypeId,
    /// The enumerators of the field's type, if the type is an enum that is an integer in WIT. Otherwise `None`.
    pub enumerators: Option<Arc<[NamedValue]>>,
    /// The type. `None` for an arm without a payload.
    pub ty: Option<ValueType>,
    /// The offset in bits from the start of the node.
    pub bit_offset: u32,
    /// The width in bits if the field is a bitfield, otherwise 0.
    pub bits: u8,
    /// Whether no other member of the node begins after the field; in a relocated plan, no other member of the target's
    /// type. If so, a flexible array in the field extends to the end of the bytes.
    pub last: bool,
    /// Whether the target lacks the field, so that it reads as zero. This occurs only in relocated plans.
    ///
    /// The field reads as if all its bytes were zero: text is empty, lists have their local length, and an enum has the
    /// case of value 0. `ty` is a copy of the local type, whose offsets and sizes do not matter. `bit_offset` is 0.
    /// Nothing is written for the field. If a number inside the field selects an arm, the number is 0.
    pub missing: bool,
    /// Whether the field is a `bool` in the local BTF and a number in the target, or the reverse. This occurs only in
    /// relocated plans. The field is read as its local type in either case, as in CO-RE. Only the fingerprint uses
    /// `recast`.
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
    /// The positions of the cases in `cases`, sorted by value. Absent cases are left out. If several cases have the
    /// same value in the target, only the first one is here.
    pub sorted: Vec<u32>,
}

/// An enumerator.
#[derive(Clone, Debug)]
pub(crate) struct NamedValue {
    pub name: Arc<str>,
    /// The value, sign-extended to 64 bits if it is negative.
    pub value: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct CaseEntry {
    pub label: Arc<str>,
    /// The C name from which the label is derived, and then those of its synonyms: other enumerators with the value.
    pub names: Vec<Arc<str>>,
    /// The value, cut to the size of the enum.
    pub value: u64,
    /// Whether the target has no enumerator with any of these names, or the case is a flag that is not a single bit in
    /// the target. This occurs only in relocated plans. If true, `value` has no meaning, and writing the case is an
    /// error.
    pub absent: bool,
}

/// A type that is split into the arrays around it and the type of their elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ValueType {
    pub base: BaseType,
    /// The dimensions of the arrays, the outermost first. A dimension of length 0 is a flexible array, which has as
    /// many elements as fit into the remaining bytes.
    pub dims: Box<[Dim]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum BaseType {
    /// A C `bool`, which is true if any bit is set.
    Bool { bytes: u8 },
    /// An integer of 1, 2, 4 or 8 bytes, or a pointer.
    Int { bytes: u8, signed: bool },
    /// An integer of 16 bytes. In WIT, it is a tuple of its low and its high half.
    Wide { signed: bool },
    /// A float of 4 or 8 bytes.
    Float { bytes: u8 },
    /// Text in an array of `room` bytes. The text ends at the first NUL. If `room` is 0, the array is flexible, and the
    /// text takes all remaining bytes except the NULs at the end.
    Text { room: u32 },
    /// The index of a node.
    Node(u32),
}

/// An arm of a union that is made for a plan and does not exist in the BTF.
#[derive(Clone)]
pub(crate) struct UnionArm {
    pub label: String,
    /// The name with which a choice of the caller selects the arm.
    pub name: String,
    pub ty: ValueType,
}

impl BaseType {
    /// Returns the index of the node. Returns `None` if the type is not a node.
    pub fn node(self) -> Option<u32> {
        match self {
            BaseType::Node(node) => Some(node),
            _ => None,
        }
    }
}

impl Node {
    /// Returns the fields of a record or the arms of a variant. Other nodes have none.
    pub fn fields(&self) -> &[NodeField] {
        match &self.kind {
            NodeKind::Record(fields) | NodeKind::Variant(fields) => fields,
            NodeKind::Enum(_) | NodeKind::Flags(_) | NodeKind::Number(_) => &[],
        }
    }
}

impl NodeField {
    /// Returns the base type of the field. Returns `None` if the field has array dimensions or no type.
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

    /// Returns an array of the type. `outer` are the dimensions to add around it.
    pub fn inside(mut self, outer: &[Dim]) -> ValueType {
        if !outer.is_empty() {
            self.dims = outer.iter().chain(&self.dims).copied().collect();
        }
        self
    }
}
