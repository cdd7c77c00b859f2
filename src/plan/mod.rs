//! Defines [`Plan`], the layout of an item and of everything that it contains by value, as a graph of nodes.
//!
//! The decoder, the encoder, the reader and the codec work from a plan. The plan is compiled once from lowered items,
//! with each alias replaced by its target, so no types are looked up when values are converted. A plan makes no mapping
//! decisions and does not know values. A plan also has the caller's choices of union arms (`choose`), so all users of
//! the plan agree on the arms.
//!
//! A plan may be relocated (`relocate`). It then has the labels and the types of one BTF, the *local* one, for the
//! bytes of another BTF, the *target*. For the most part, it is an ordinary plan with other offsets, sizes and byte
//! order. Code that reads or writes bytes must handle three things that occur only in relocated plans:
//! [`NodeKind::Number`], [`NodeField::missing`] and [`CaseEntry::absent`].

mod arms;
pub(crate) mod bits;
mod cases;
mod choose;
mod compile;
mod fingerprint;
mod node;
mod path;
mod relocate;
mod suggest;
mod value;

pub(crate) use arms::{ArmChoice, Tag, TagKind};
pub(crate) use choose::{ChoiceError, Roots};
pub(crate) use compile::{compile, compile_all, compile_value, compile_values};
pub(crate) use fingerprint::Fingerprints;
pub(crate) use node::{
    BaseType, CaseEntry, CaseTable, NamedValue, Node, NodeField, NodeKind, StoredNumber, UnionArm,
    ValueType,
};
pub(crate) use path::position;
pub(crate) use relocate::{Lack, MissingRules, Relocation, Root};

use crate::btf::{Endian, TypeId};
use crate::lower::Dim;

/// The layout of one or more types.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub endian: Endian,
    pub nodes: Vec<Node>,
    /// For each node, whether it is a variant with equivalent arms (see [`Plan::are_equivalent`]). This is computed
    /// once, and not again for each value. It is false for unions from [`Plan::add_union`].
    equivalent_arms: Vec<bool>,
    /// For each node that is a variant, the caller's choice of its arm. `None` if there is no choice, and for all other
    /// nodes.
    arm_choices: Vec<Option<ArmChoice>>,
    /// If a choice applies to one place only, the union there and the nodes on the path to it are copies. For each
    /// copy, this is the node that contains it, and the position of its field in that node. `None` for all other nodes.
    owners: Vec<Option<(u32, usize)>>,
    /// For each node, whether an earlier node has the same label. Copies for choices do not count. A relocated plan has
    /// such nodes if a local type corresponds to several types of the target, or if the target lacks a field of the
    /// type.
    second_layouts: Vec<bool>,
}

impl Plan {
    fn new(endian: Endian, nodes: Vec<Node>) -> Plan {
        let mut plan = Plan {
            endian,
            equivalent_arms: Vec::new(),
            arm_choices: vec![None; nodes.len()],
            owners: vec![None; nodes.len()],
            second_layouts: vec![false; nodes.len()],
            nodes,
        };
        let equivalent_arms = plan.nodes.iter().map(|node| match &node.kind {
            NodeKind::Variant(arms) => plan.are_equivalent(arms),
            _ => false,
        });
        plan.equivalent_arms = equivalent_arms.collect();
        plan
    }

    /// Adds a union with the given arms to the plan, and returns its type. All arms begin at the first byte of the
    /// union. In choices, the members of the arms count as members of the union, as if the arms had no names.
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
        let is_second = self.nodes.iter().any(|node| node.label == label);
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
        self.second_layouts.push(is_second);
        ValueType::plain(BaseType::Node(self.nodes.len() as u32 - 1))
    }

    /// Returns a plan without nodes. A number type needs no more, unless the bytes store the number in another type:
    /// see [`Plan::of_number`].
    pub fn empty(endian: Endian) -> Plan {
        Plan::new(endian, Vec::new())
    }

    /// Returns a plan for a number that has the type `value` in WIT and the type `stored` in the bytes. Also returns
    /// the type of the number in the plan.
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

    /// Returns the size of a type in bytes. A flexible array counts as empty.
    pub fn size_of(&self, ty: &ValueType) -> u64 {
        self.stride(ty.base, &ty.dims)
    }

    /// Returns the size in bytes of an array of a base type with the given dimensions. A flexible array counts as
    /// empty.
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
    /// the case if there is only one arm, or if all arms are structs whose members have the same labels, places and
    /// types, as in the kernel's `struct_group`. Several numbers are never equivalent, since the arm gives the number
    /// its meaning.
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

    /// Returns whether an earlier node has the same label. If so, this node is a copy for a choice that applies to one
    /// place only, or [`Plan::is_second_layout`] is true for it.
    pub fn repeats_label(&self, node: u32) -> bool {
        self.is_dedicated(node) || self.is_second_layout(node)
    }

    /// Returns whether the node is of another type of the target than an earlier node with the same label, or whether
    /// one of the two is for fields that the target lacks. This occurs only in relocated plans.
    pub fn is_second_layout(&self, node: u32) -> bool {
        self.second_layouts.get(node as usize) == Some(&true)
    }

    /// Returns the number of a [`NodeKind::Number`]. Returns `None` for other nodes.
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

    /// Returns the offset in bytes of the flexible array at the end of a type. If several arms of a union end in one,
    /// returns the greatest offset. Returns `None` if the type does not end in a flexible array.
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
