//! A plan: the layout of an item and of everything that it contains by value, as a graph of nodes.
//!
//! The decoder, the encoder, the reader and the codec work from a plan. It is compiled once from lowered items, and
//! each alias is replaced by its target, so nothing has to look up types for each record. A plan makes no mapping
//! decisions and does not know values. It also has the caller's choices of union arms (`choose`), so all users of the
//! plan agree on the arms.
//!
//! A plan may be relocated (`relocate`). It then has the labels and the types of one BTF, the *local* one, for the
//! bytes of another BTF, the *target*. For the most part, it is an ordinary plan with other offsets, sizes and byte
//! order. Three things occur only in relocated plans: [`NodeKind::Number`], [`NodeField::missing`] and
//! [`CaseEntry::absent`].

mod arms;
pub(crate) mod bits;
mod cases;
mod choose;
mod compile;
mod fingerprint;
mod path;
mod relocate;
mod suggest;
mod value;

pub(crate) use arms::{ArmChoice, Tag, TagKind};
pub(crate) use choose::{ChoiceError, Roots};
pub(crate) use compile::{compile, compile_all, compile_value, compile_values};
pub(crate) use fingerprint::Fingerprints;
pub(crate) use path::position;
pub(crate) use relocate::{Lack, MissingRules, Relocation, Root};

use std::sync::Arc;

use crate::btf::{Endian, TypeId};
use crate::lower::Dim;

/// The layout of one or more types.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub endian: Endian,
    pub nodes: Vec<Node>,
    /// For each node, whether it is a variant with equivalent arms. This is computed once, and not again for each
    /// value.
    equivalent_arms: Vec<bool>,
    /// For each node, the caller's choice of its arm. `None` if there is no choice, or if the node is not a variant.
    arm_choices: Vec<Option<ArmChoice>>,
    /// For each node that was copied so that a choice applies to one place only, this place: the node that contains the
    /// copy, and the position of the field. `None` for all other nodes.
    owners: Vec<Option<(u32, usize)>>,
    /// For each node, whether an earlier node has the same label. A relocated plan has such nodes if one local type
    /// corresponds to several types of the target.
    further: Vec<bool>,
}

/// The layout of a record, a variant, an enum or flags, or of a stored number in a relocated plan.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// The label of the item in the interface.
    pub label: String,
    /// The C name, such as `union addr`. `None` if the type has no name.
    pub c: Option<String>,
    /// The size in bytes, as `sizeof` returns it.
    pub size: u64,
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
/// A field whose bytes are only narrower than its value, with the same sign, does not need such a node. It becomes a
/// bitfield of the WIT type, whose width is [`NodeField::bits`].
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
    /// The name in messages and choices: the C name. For a field without a name, it is the name of its first member, or
    /// `unnamed0` and so on if that has none either.
    pub name: Arc<str>,
    /// Whether the field has no name in C. If it has none and is a struct or union, its members belong to the parent,
    /// as in C.
    pub unnamed: bool,
    /// The C type without qualifiers.
    pub c_type: TypeId,
    /// The enumerators of the field's type, if that is an enum that is an integer in WIT. Otherwise `None`.
    pub enumerators: Option<Arc<[NamedValue]>>,
    /// The type. `None` for an arm without a payload.
    pub ty: Option<ValueType>,
    /// The offset in bits from the start of the node.
    pub bit_offset: u32,
    /// The width in bits if the field is a bitfield, otherwise 0.
    pub bits: u8,
    /// Whether no other member of the node begins after the field. If so, a flexible array in the field extends to the
    /// end of the bytes.
    pub last: bool,
    /// Whether the target lacks the field, so that it reads as zero. This occurs only in relocated plans.
    ///
    /// The field reads as if all its bytes were zero: text is empty, lists have their local length, and an enum has the
    /// case of value 0. `ty` is the local type, of which only the lengths matter. `bit_offset` is 0. Nothing is written
    /// for the field. If a number inside it selects an arm, the number is 0.
    pub missing: bool,
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
    /// The value, sign-extended to 64 bits if it is negative.
    pub value: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct CaseEntry {
    pub label: Arc<str>,
    /// The C names of all enumerators with the value. The label is derived from the first one.
    pub names: Vec<Arc<str>>,
    /// The value, cut to the size of the enum.
    pub value: u64,
    /// Whether the target has no enumerator with any of these names. This occurs only in relocated plans. If it is
    /// true, `value` has no meaning, and writing the case is an error.
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
    /// A bool, which is true if any bit is set.
    Bool { bytes: u8 },
    /// An integer of 1, 2, 4 or 8 bytes, or an address.
    Int { bytes: u8, signed: bool },
    /// An integer of 16 bytes. In WIT, it is a tuple of its low and its high half.
    Wide { signed: bool },
    /// A float of 4 or 8 bytes.
    Float { bytes: u8 },
    /// Text in an array of `room` bytes, which ends at the first NUL. If `room` is 0, the array is flexible and takes
    /// all remaining bytes.
    Text { room: u32 },
    /// The index of a node.
    Node(u32),
}

/// An arm of a union that is made for a plan and does not exist in the BTF.
#[derive(Clone)]
pub(crate) struct UnionArm {
    pub label: String,
    /// The name of the arm in choices.
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
    /// Returns the base type of the field. Returns `None` if the field is an array or has no type.
    fn single(&self) -> Option<BaseType> {
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

impl Plan {
    fn new(endian: Endian, nodes: Vec<Node>) -> Plan {
        let mut plan = Plan {
            endian,
            equivalent_arms: Vec::new(),
            arm_choices: vec![None; nodes.len()],
            owners: vec![None; nodes.len()],
            further: vec![false; nodes.len()],
            nodes,
        };
        let equivalent_arms = plan.nodes.iter().map(|node| match &node.kind {
            NodeKind::Variant(arms) => plan.are_equivalent(arms),
            _ => false,
        });
        plan.equivalent_arms = equivalent_arms.collect();
        plan
    }

    /// Adds a union with the given arms to the plan, and returns its type. All arms begin at its first byte. Paths in
    /// choices look up members of the arms as members of the union.
    pub fn add_union(&mut self, label: &str, arms: Vec<UnionArm>) -> ValueType {
        let size = arms.iter().map(|arm| self.size_of(&arm.ty)).max();
        let field = |arm: UnionArm| NodeField {
            label: arm.label.into(),
            name: arm.name.into(),
            unnamed: true,
            c_type: TypeId::VOID,
            enumerators: None,
            ty: Some(arm.ty),
            bit_offset: 0,
            bits: 0,
            last: true,
            missing: false,
        };
        let is_further = self.nodes.iter().any(|node| node.label == label);
        self.nodes.push(Node {
            label: label.to_owned(),
            c: None,
            size: size.unwrap_or(0),
            kind: NodeKind::Variant(arms.into_iter().map(field).collect()),
        });
        self.equivalent_arms.push(false);
        self.arm_choices.push(None);
        self.owners.push(None);
        self.further.push(is_further);
        ValueType::plain(BaseType::Node(self.nodes.len() as u32 - 1))
    }

    /// Returns a plan without nodes. Plans of number types need no nodes.
    pub fn empty(endian: Endian) -> Plan {
        Plan::new(endian, Vec::new())
    }

    /// Returns a plan for a number that has the type `value` in WIT and the type `stored` in the bytes. Also returns
    /// the type of the number in the plan.
    pub fn of_number(endian: Endian, value: BaseType, stored: BaseType) -> (Plan, ValueType) {
        let plan = Plan::empty(endian);
        let node = Node {
            label: String::new(),
            c: None,
            size: plan.stride(stored, &[]),
            kind: NodeKind::Number(StoredNumber { value, stored }),
        };
        let plan = Plan::new(endian, vec![node]);
        (plan, ValueType::plain(BaseType::Node(0)))
    }

    pub fn node(&self, node: u32) -> Option<&Node> {
        self.nodes.get(node as usize)
    }

    /// Returns the size of a type in bytes. A flexible array counts as empty.
    pub fn size_of(&self, ty: &ValueType) -> u64 {
        self.stride(ty.base, &ty.dims)
    }

    /// Returns the size in bytes of an array of a base type. The array has the given dimensions. A flexible array
    /// counts as empty.
    pub fn stride(&self, base: BaseType, dims: &[Dim]) -> u64 {
        let base = match base {
            BaseType::Bool { bytes } | BaseType::Int { bytes, .. } | BaseType::Float { bytes } => {
                bytes.into()
            }
            BaseType::Wide { .. } => 16,
            BaseType::Text { room } => room.into(),
            BaseType::Node(node) => self.node(node).map_or(0, |node| node.size),
        };
        dims.iter()
            .fold(base, |size, dim| size.saturating_mul(dim.length.into()))
    }

    /// Returns whether it does not matter which arm of a union is read, because all arms have the same value. This is
    /// the case if there is only one arm, or if all arms are the same struct, as the kernel's `struct_group` declares
    /// them. Arms that are numbers are never equivalent, since the arm gives the number its meaning.
    pub fn are_equivalent(&self, arms: &[NodeField]) -> bool {
        match arms.split_first() {
            None => false,
            Some((_, [])) => true,
            Some((first, others)) => {
                let mut others = others.iter();
                self.is_record(first) && others.all(|arm| self.is_equivalent(first, arm, true))
            }
        }
    }

    /// Returns whether a node is a variant whose arms are equivalent.
    pub fn has_equivalent_arms(&self, node: u32) -> bool {
        self.equivalent_arms.get(node as usize) == Some(&true)
    }

    /// Returns the caller's choice of the arm of a node. Returns `None` if there is no choice.
    pub fn arm_choice(&self, node: u32) -> Option<&ArmChoice> {
        self.arm_choices.get(node as usize)?.as_ref()
    }

    /// Returns whether the caller chose the arm of any union in the plan.
    pub fn has_arm_choices(&self) -> bool {
        self.arm_choices.iter().any(Option::is_some)
    }

    /// Returns whether a node is a copy that was made so that a choice applies to one place only.
    pub fn is_dedicated(&self, node: u32) -> bool {
        matches!(self.owners.get(node as usize), Some(Some(_)))
    }

    /// Returns whether another node comes earlier with the same label. The node is then either a copy for a choice that
    /// applies to one place, or the relocation of a type to a second type of the target.
    pub fn is_further(&self, node: u32) -> bool {
        self.is_dedicated(node) || self.is_second(node)
    }

    /// Returns whether an earlier node has the same label but another layout. This occurs only in relocated plans.
    pub fn is_second(&self, node: u32) -> bool {
        self.further.get(node as usize) == Some(&true)
    }

    /// Returns the stored number that a node is. Returns `None` for other nodes.
    pub fn stored_number(&self, node: u32) -> Option<StoredNumber> {
        match self.node(node)?.kind {
            NodeKind::Number(number) => Some(number),
            _ => None,
        }
    }

    fn is_record(&self, field: &NodeField) -> bool {
        let node = field.single().and_then(BaseType::node);
        let node = node.and_then(|node| self.node(node));
        matches!(node.map(|node| &node.kind), Some(NodeKind::Record(_)))
    }

    fn is_equivalent(&self, one: &NodeField, other: &NodeField, deep: bool) -> bool {
        let place = |field: &NodeField| (field.bit_offset, field.bits);
        if place(one) != place(other) {
            return false;
        }
        let (Some(a), Some(b)) = (&one.ty, &other.ty) else {
            return one.ty == other.ty;
        };
        if a == b || one.c_type == other.c_type {
            return true;
        }
        match (a.base, b.base) {
            (BaseType::Node(x), BaseType::Node(y)) if deep && a.dims == b.dims => {
                let bodies = (self.node(x).map(|n| &n.kind), self.node(y).map(|n| &n.kind));
                let (Some(NodeKind::Record(x)), Some(NodeKind::Record(y))) = bodies else {
                    return false;
                };
                let fields = || x.iter().zip(y);
                let same = |(x, y): (&NodeField, &NodeField)| {
                    x.label == y.label && self.is_equivalent(x, y, false)
                };
                x.len() == y.len() && fields().all(same)
            }
            _ => false,
        }
    }

    /// Returns the offset in bytes of the flexible array at the end of a type. Returns `None` if it does not end in
    /// one.
    pub fn flexible_in(&self, ty: &ValueType) -> Option<u64> {
        let mut found = None;
        // The loop ends, since no type contains itself by value and each node is visited only once for each offset.
        let mut open = vec![(ty, 0)];
        let mut seen = std::collections::HashSet::new();
        while let Some((ty, offset)) = open.pop() {
            if ty.dims.first().is_some_and(|dim| dim.length == 0)
                || ty.base == (BaseType::Text { room: 0 })
            {
                found = found.max(Some(offset));
                continue;
            }
            let Some(index) = ty.base.node().filter(|_| ty.dims.is_empty()) else {
                continue;
            };
            if let Some(node) = self.node(index).filter(|_| seen.insert((index, offset))) {
                let last = node.fields().iter().filter(|field| field.last);
                let tys = last.filter_map(|f| Some((f.ty.as_ref()?, f.bit_offset)));
                open.extend(tys.map(|(ty, bits)| (ty, offset + u64::from(bits / 8))));
            }
        }
        found
    }
}
