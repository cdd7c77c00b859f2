//! What bytes hold: an item and all that it holds by value, each with its place, as a graph of nodes.
//!
//! Whoever reads or writes bytes starts from here: the decoder, the encoder and the generated reader.
//! Compiled once from lowered items, so that nothing is looked up for each record. Aliases are seen
//! through; decides nothing of its own, and knows nothing of values. It also has what the caller chose for
//! unions (`choose`), so that everyone who starts from a plan reads the same arms.

mod arms;
pub(crate) mod bits;
mod choose;
mod compile;
mod path;
mod suggest;
mod value;

pub(crate) use arms::{ArmChoice, Tag, TagKind};
pub(crate) use choose::{ChoiceError, Roots};
pub(crate) use compile::{compile, compile_all, compile_value};
pub(crate) use path::position;

use std::sync::Arc;

use crate::btf::{Endian, TypeId};
use crate::lower::Dim;

/// What one or more types hold by value.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub endian: Endian,
    pub nodes: Vec<Node>,
    /// By node: is it a variant of which it does not matter which arm holds? Found once, not for each value.
    equivalent_arms: Vec<bool>,
    /// By node: which arm of a variant holds.
    arm_choices: Vec<Option<ArmChoice>>,
    /// By node: the field of another node that alone holds it, where a choice was made for that place.
    owners: Vec<Option<(u32, usize)>>,
}

/// A record, a variant, an enum or flags.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// Its label in the interface.
    pub label: String,
    /// What C calls it, `union addr`; nothing where it is anonymous.
    pub c: Option<String>,
    /// Bytes of a value, as `sizeof` has it.
    pub size: u64,
    pub kind: NodeKind,
}

#[derive(Clone, Debug)]
pub(crate) enum NodeKind {
    Record(Vec<NodeField>),
    Variant(Vec<NodeField>),
    Enum(CaseTable),
    Flags(CaseTable),
}

/// A field of a record or an arm of a variant.
#[derive(Clone, Debug)]
pub(crate) struct NodeField {
    pub label: Arc<str>,
    /// What messages and choices call it: its C name, that of its first member where it has none, or
    /// `unnamed0`.
    pub name: Arc<str>,
    /// Whether it has no name in C, which sees through it where it is a struct or a union.
    pub unnamed: bool,
    /// Its C type without qualifiers.
    pub c_type: TypeId,
    /// The enumerators of a number that C calls an enum, and WIT an integer.
    pub enumerators: Option<Arc<[NamedValue]>>,
    /// Nothing for an arm without a payload.
    pub ty: Option<ValueType>,
    /// Bits from the start of the node's type.
    pub bit_offset: u32,
    /// Width in bits; 0 where it is no bitfield.
    pub bits: u8,
    /// Does nothing of its holder lie behind its start, so that a flexible array in it has what is
    /// left?
    pub last: bool,
}

/// The values of an enum, or the bits of flags.
#[derive(Clone, Debug)]
pub(crate) struct CaseTable {
    /// Bytes.
    pub size: u8,
    pub signed: bool,
    /// In the order of the text.
    pub cases: Vec<CaseEntry>,
    /// The positions of the cases in the order of their values.
    pub sorted: Vec<u32>,
}

/// A C name of a value.
#[derive(Clone, Debug)]
pub(crate) struct NamedValue {
    pub name: Arc<str>,
    /// Its bits; those that the enum does not have are those of its sign.
    pub value: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct CaseEntry {
    pub label: Arc<str>,
    /// Its C names; the first is the one that it is called after.
    pub names: Vec<Arc<str>>,
    /// The bits of its value within the size.
    pub value: u64,
}

/// A base, and the arrays around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ValueType {
    pub base: BaseType,
    /// Outermost first; a length of 0 is for as many elements as the bytes hold.
    pub dims: Box<[Dim]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BaseType {
    /// True where any bit of so many bytes is set.
    Bool { bytes: u8 },
    /// An integer of 1, 2, 4 or 8 bytes, or an address.
    Int { bytes: u8, signed: bool },
    /// An integer of 16 bytes: its low and its high half.
    Wide { signed: bool },
    /// A float of 4 or 8 bytes.
    Float { bytes: u8 },
    /// Text in so many bytes, up to the first NUL; in the bytes that are left where it is 0.
    Text { room: u32 },
    /// A node, by its index.
    Node(u32),
}

impl BaseType {
    /// The index of the node, if it is one.
    pub fn node(self) -> Option<u32> {
        match self {
            BaseType::Node(node) => Some(node),
            _ => None,
        }
    }
}

impl Node {
    /// The fields of a record or the arms of a variant.
    pub fn fields(&self) -> &[NodeField] {
        match &self.kind {
            NodeKind::Record(fields) | NodeKind::Variant(fields) => fields,
            NodeKind::Enum(_) | NodeKind::Flags(_) => &[],
        }
    }
}

impl NodeField {
    /// The type of a field that is no array.
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

    /// The same with further arrays around it.
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
            nodes,
        };
        let equivalent_arms = plan.nodes.iter().map(|node| match &node.kind {
            NodeKind::Variant(arms) => plan.are_equivalent(arms),
            _ => false,
        });
        plan.equivalent_arms = equivalent_arms.collect();
        plan
    }

    /// The plan of what holds no node.
    pub fn empty(endian: Endian) -> Plan {
        Plan::new(endian, Vec::new())
    }

    pub fn node(&self, node: u32) -> Option<&Node> {
        self.nodes.get(node as usize)
    }

    /// Bytes of a type, without those of a flexible array.
    pub fn size_of(&self, ty: &ValueType) -> u64 {
        self.stride(ty.base, &ty.dims)
    }

    /// Bytes of so many dimensions of a base.
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

    /// Does it not matter which arm of a union holds? So it is where there is one, and where all are the same
    /// struct: the kernel's `struct_group` names the members of a struct twice. Of two numbers, the arm says
    /// what the number means.
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

    /// Does it not matter which arm of a node holds?
    pub fn has_equivalent_arms(&self, node: u32) -> bool {
        self.equivalent_arms.get(node as usize) == Some(&true)
    }

    /// What was chosen for the union that a node is.
    pub fn arm_choice(&self, node: u32) -> Option<&ArmChoice> {
        self.arm_choices.get(node as usize)?.as_ref()
    }

    /// Returns whether an arm was chosen for any union.
    pub fn has_arm_choices(&self) -> bool {
        self.arm_choices.iter().any(Option::is_some)
    }

    /// Returns whether a node was made for one place of its type.
    pub fn is_dedicated(&self, node: u32) -> bool {
        matches!(self.owners.get(node as usize), Some(Some(_)))
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

    /// The start of the flexible array that ends a value of a type, in bytes.
    pub fn flexible_in(&self, ty: &ValueType) -> Option<u64> {
        let mut found = None;
        // By value nothing holds itself, so that this ends; a node is looked at once for each offset.
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

impl CaseTable {
    /// The case of a C name or a label.
    pub fn named(&self, name: &str) -> Option<&CaseEntry> {
        let named =
            |case: &&CaseEntry| *case.label == *name || case.names.iter().any(|own| **own == *name);
        self.cases.iter().find(named)
    }

    /// The case of a value, whose bits are within the size.
    pub fn find(&self, value: u64) -> Option<&CaseEntry> {
        let by_value = |at: &u32| self.cases.get(*at as usize).map_or(0, |case| case.value);
        let found = self.sorted.binary_search_by_key(&value, by_value).ok()?;
        self.cases.get(*self.sorted.get(found)? as usize)
    }

    /// What the bits of a value mean as a number.
    pub fn number(&self, value: u64) -> i128 {
        let unused = 64 - 8 * u32::from(self.size).clamp(1, 8);
        match self.signed {
            true => ((value << unused) as i64 >> unused).into(),
            false => value.into(),
        }
    }

    /// The values that so few bits hold only as negative numbers. clang before 15 and all BTF before
    /// kernel 6.0 do not say that an enum is signed, so that its -1 is 4294967295; in a bitfield of two bits
    /// it is 3 nonetheless.
    pub fn negative(&self, width: u8) -> impl Iterator<Item = u64> {
        let values = self.cases.iter().map(|case| case.value);
        values.filter(move |value| self.is_negative(*value, width))
    }

    fn is_negative(&self, value: u64, width: u8) -> bool {
        let bits = 8 * u32::from(self.size).clamp(1, 8);
        let (mask, width) = (self.mask(), u32::from(width));
        !self.signed
            && (1..bits).contains(&width)
            && value >> (bits - 1) & 1 == 1
            && value | mask >> (bits - width + 1) == mask
    }

    /// A value from the bits of a bitfield, which are those of no other case.
    pub fn in_bits(&self, raw: u64, width: u8) -> u64 {
        let low = bits::low_mask(width);
        // The only negative number that has these bits.
        let negative = raw | self.mask() & !low;
        let is_case = |value| self.find(value).is_some();
        match !is_case(raw) && self.is_negative(negative, width) && is_case(negative) {
            true => negative,
            false => raw,
        }
    }

    /// The bits that a value of the size has.
    pub fn mask(&self) -> u64 {
        bits::low_mask(8 * self.size.clamp(1, 8))
    }
}
