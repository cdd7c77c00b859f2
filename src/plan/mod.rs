//! A plan: the layout of an item and of all that it holds by value, as a graph of nodes.
//!
//! The decoder, the encoder and the generated reader start from it. It is compiled once from lowered items,
//! so that no record needs a look-up. Aliases are resolved. Decides nothing of its own and knows nothing of
//! values. It also has the caller's choices for unions (`choose`), so that all three agree on the arms.
//!
//! A plan may be relocated (`relocate`): it then has the labels and the types of one BTF, the *local* one, and the
//! bytes of another, the *target*. Most of that is an ordinary plan with other offsets, sizes and byte order. Three
//! things are new: [`NodeKind::Number`], [`NodeField::missing`] and [`CaseEntry::absent`].

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
    /// By node: whether it is a variant whose arms are equivalent. Computed once, not for each value.
    equivalent_arms: Vec<bool>,
    /// By node: the arm that was chosen for a variant.
    arm_choices: Vec<Option<ArmChoice>>,
    /// By node: the node and field that alone hold it, where a choice was made for one place.
    owners: Vec<Option<(u32, usize)>>,
    /// By node: whether an earlier node has the same label. A relocated plan has one node for each type of the target
    /// in whose place a type of the local BTF stands.
    further: Vec<bool>,
}

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

    /// Puts further arrays around the type.
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

    /// Adds a union of types that begin at its first byte. Choices of arms find members of all of them in it. Returns its
    /// type.
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
            recast: false,
        };
        let size = size.unwrap_or(0);
        let is_further = self.nodes.iter().any(|node| node.label == label);
        self.nodes.push(Node {
            label: label.to_owned(),
            c: None,
            size,
            least_size: size,
            kind: NodeKind::Variant(arms.into_iter().map(field).collect()),
        });
        self.equivalent_arms.push(false);
        self.arm_choices.push(None);
        self.owners.push(None);
        self.further.push(is_further);
        ValueType::plain(BaseType::Node(self.nodes.len() as u32 - 1))
    }

    /// Returns a plan without nodes, for types that need none.
    pub fn empty(endian: Endian) -> Plan {
        Plan::new(endian, Vec::new())
    }

    /// Returns the plan of a number that has the type `value` in WIT and other bytes, and its type in the plan.
    pub fn of_number(endian: Endian, value: BaseType, stored: BaseType) -> (Plan, ValueType) {
        let plan = Plan::empty(endian);
        let size = plan.stride(stored, &[]);
        let node = Node {
            label: String::new(),
            c: None,
            size,
            least_size: size,
            kind: NodeKind::Number(StoredNumber { value, stored }),
        };
        let plan = Plan::new(endian, vec![node]);
        (plan, ValueType::plain(BaseType::Node(0)))
    }

    pub fn node(&self, node: u32) -> Option<&Node> {
        self.nodes.get(node as usize)
    }

    /// Returns the size of a type in bytes, without that of a flexible array.
    pub fn size_of(&self, ty: &ValueType) -> u64 {
        self.stride(ty.base, &ty.dims)
    }

    /// Returns the size in bytes of arrays of a base type.
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

    /// Returns whether all arms of a union have the same value: there is one arm, or all are the same
    /// struct, as the kernel's `struct_group` makes them. Numbers do not count, since the arm says what
    /// a number means.
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

    /// Returns the choice for the arm of a node.
    pub fn arm_choice(&self, node: u32) -> Option<&ArmChoice> {
        self.arm_choices.get(node as usize)?.as_ref()
    }

    /// Returns whether an arm was chosen for any union.
    pub fn has_arm_choices(&self) -> bool {
        self.arm_choices.iter().any(Option::is_some)
    }

    /// Returns whether a node is a copy that was made for a choice at one place.
    pub fn is_dedicated(&self, node: u32) -> bool {
        matches!(self.owners.get(node as usize), Some(Some(_)))
    }

    /// Returns whether a node is not the only one of its label: a copy that was made for a choice at one place, or a
    /// relocated type that stands for a second type of the target.
    pub fn is_further(&self, node: u32) -> bool {
        self.is_dedicated(node) || self.is_second(node)
    }

    /// Returns whether an earlier node of the same label has another layout.
    pub fn is_second(&self, node: u32) -> bool {
        self.further.get(node as usize) == Some(&true)
    }

    /// Returns the number that a node is, if it is one.
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

    /// Returns the offset in bytes of the flexible array at the end of a type.
    pub fn flexible_in(&self, ty: &ValueType) -> Option<u64> {
        let mut found = None;
        // Terminates, since no type holds itself by value. Each node is visited once for each
        // offset.
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
