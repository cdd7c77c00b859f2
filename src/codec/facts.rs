//! Computes facts about the nodes of a plan that the generator needs before it generates a function.

use std::sync::Arc;

use crate::lower::Dim;
use crate::plan::{ArmChoice, BaseType, NodeField, NodeKind, Plan, ValueType};

/// Facts about each node, at the node's index. All but `owners` are computed on first use.
pub(super) struct Facts {
    /// The number of enclosing nodes whose addresses the functions of the node need. The functions need these addresses
    /// if a number in an enclosing node selects an arm inside the node.
    levels: Vec<Option<usize>>,
    /// The first node that contains this node, and the name of the member that has this node as its type. `None` if no
    /// node contains this node. Used only for nodes without a C name, which only one node contains.
    owners: Vec<Option<(u32, Arc<str>)>>,
    /// Whether the node is or contains a union with an arm choice.
    has_choice: Vec<Option<bool>>,
    /// Whether the node is or contains a record whose members share bits.
    shares: Vec<Option<bool>>,
    /// The maximum number of values in the node, as the decoder counts them. A flexible array counts as empty.
    values: Vec<Option<u64>>,
    /// An upper bound for the bytes that the lists and strings of the node take on the heap. Byte lists and strings
    /// count, even if they only point into the input. A flexible array counts as empty.
    heap: Vec<Option<u64>>,
    /// The maximum length of the path of a member inside the node, in bytes.
    path: Vec<Option<u64>>,
}

/// The maximum length of an element's index in a path, in bytes, as in `[4294967295]`.
const INDEX: u64 = 12;

impl Facts {
    pub fn new(plan: &Plan) -> Facts {
        let nodes = plan.nodes.len();
        let mut owners = vec![None; nodes];
        for (holder, node) in (0..).zip(&plan.nodes) {
            for field in node.fields() {
                let inner = field.ty.as_ref().and_then(|ty| ty.base.node());
                if let Some(slot) = inner.and_then(|inner| owners.get_mut(inner as usize)) {
                    slot.get_or_insert((holder, field.name.clone()));
                }
            }
        }
        Facts {
            levels: vec![None; nodes],
            owners,
            has_choice: vec![None; nodes],
            shares: vec![None; nodes],
            values: vec![None; nodes],
            heap: vec![None; nodes],
            path: vec![None; nodes],
        }
    }

    /// Returns the number of enclosing nodes whose addresses a node's functions need.
    pub fn levels(&mut self, plan: &Plan, node: u32) -> usize {
        if let Some(Some(known)) = self.levels.get(node as usize) {
            return *known;
        }
        let own = match plan.arm_choice(node) {
            Some(ArmChoice::By(tag)) => tag.level,
            _ => 0,
        };
        let inner = inner_nodes(plan, node);
        let inner = inner.map(|inner| self.levels(plan, inner).saturating_sub(1));
        let levels = own.max(inner.max().unwrap_or(0));
        set(&mut self.levels, node, levels)
    }

    /// Returns whether a node is or contains a union with an arm choice.
    pub fn has_choice(&mut self, plan: &Plan, node: u32) -> bool {
        if let Some(Some(known)) = self.has_choice.get(node as usize) {
            return *known;
        }
        let has_choice = plan.arm_choice(node).is_some()
            || inner_nodes(plan, node).any(|inner| self.has_choice(plan, inner));
        set(&mut self.has_choice, node, has_choice)
    }

    /// Returns whether a node is or contains a record whose members share bits.
    pub fn shares(&mut self, plan: &Plan, node: u32) -> bool {
        if let Some(Some(known)) = self.shares.get(node as usize) {
            return *known;
        }
        let kind = plan.node(node).map(|node| &node.kind);
        let shares = matches!(kind, Some(NodeKind::Record(fields)) if overlaps(plan, fields))
            || inner_nodes(plan, node).any(|inner| self.shares(plan, inner));
        set(&mut self.shares, node, shares)
    }

    /// Returns the name of a union or an enum in the option `--set`, as the decoder does: its C name, or else the path
    /// from the nearest enclosing type with a C name. Returns `None` if no such type encloses it.
    pub fn choice_name(&self, plan: &Plan, node: u32) -> Option<String> {
        let mut members = Vec::new();
        let mut at = node;
        let mut item = loop {
            if let Some(c) = &plan.node(at)?.c {
                break c.clone();
            }
            let (holder, member) = self.owners.get(at as usize)?.as_ref()?;
            members.push(member);
            at = *holder;
        };
        for member in members.into_iter().rev() {
            item.push('.');
            item.push_str(member);
        }
        Some(item)
    }

    /// Returns the nodes that enclose a node, innermost first, up to the first one with a C name. The nodes around that
    /// first one are not known, since several nodes may contain a type with a C name.
    pub fn enclosing_nodes(&self, plan: &Plan, node: u32) -> impl Iterator<Item = u32> {
        let holder = |node: &u32| {
            plan.node(*node).filter(|own| own.c.is_none())?;
            Some(self.owners.get(*node as usize)?.as_ref()?.0)
        };
        std::iter::successors(holder(&node), holder)
    }

    /// Returns the maximum number of values in a value of a type, as the decoder counts them. A flexible array counts
    /// as empty.
    pub fn values(&mut self, plan: &Plan, ty: &ValueType) -> u64 {
        let element = match ty.base.node() {
            Some(node) => self.values_of_node(plan, node),
            None => 0,
        };
        self.values_of_array(ty, &ty.dims, element)
    }

    fn values_of_array(&self, ty: &ValueType, dims: &[Dim], element: u64) -> u64 {
        match dims.split_first() {
            None => element,
            Some((_, [])) if is_byte(ty.base) => 0,
            Some((dim, inner)) => {
                let one = self.values_of_array(ty, inner, element).saturating_add(1);
                one.saturating_mul(dim.length.into())
            }
        }
    }

    fn values_of_node(&mut self, plan: &Plan, node: u32) -> u64 {
        if let Some(Some(known)) = self.values.get(node as usize) {
            return *known;
        }
        let Some(own) = plan.node(node) else { return 0 };
        let of_fields = own.fields().iter().map(|field| match &field.ty {
            Some(ty) => self.values(plan, ty),
            None => 0,
        });
        let values = match &own.kind {
            NodeKind::Record(fields) => {
                of_fields.fold(fields.len() as u64, |sum, own| sum.saturating_add(own))
            }
            _ => of_fields.max().unwrap_or(0),
        };
        set(&mut self.values, node, values)
    }

    /// Returns an upper bound for the heap bytes of the lists and strings in a value of a type. A flexible array counts
    /// as empty. `size` returns the size of an array in the canonical ABI, given its element type and its dimensions.
    /// Without dimensions, it returns the size of one element.
    pub fn heap(
        &mut self,
        plan: &Plan,
        size: &dyn Fn(&ValueType, &[Dim]) -> u64,
        ty: &ValueType,
    ) -> u64 {
        let mut heap = match ty.base {
            // A byte that is not valid UTF-8 becomes U+FFFD, which has three bytes.
            BaseType::Text { room } => 3 * u64::from(room) + 8,
            BaseType::Node(node) => self.heap_of_node(plan, size, node),
            _ => 0,
        };
        for at in (0..ty.dims.len()).rev() {
            let (dim, inner) = (&ty.dims[at], &ty.dims[at + 1..]);
            heap = heap.saturating_mul(dim.length.into());
            if !dim.fixed {
                let list = size(ty, inner).saturating_mul(dim.length.into());
                heap = heap.saturating_add(list).saturating_add(8);
            }
        }
        heap
    }

    fn heap_of_node(
        &mut self,
        plan: &Plan,
        size: &dyn Fn(&ValueType, &[Dim]) -> u64,
        node: u32,
    ) -> u64 {
        if let Some(Some(known)) = self.heap.get(node as usize) {
            return *known;
        }
        let Some(own) = plan.node(node) else { return 0 };
        let of_fields = own.fields().iter().map(|field| match &field.ty {
            Some(ty) => self.heap(plan, size, ty),
            None => 0,
        });
        let heap = match &own.kind {
            NodeKind::Record(_) => of_fields.fold(0, |sum: u64, own| sum.saturating_add(own)),
            _ => of_fields.max().unwrap_or(0),
        };
        set(&mut self.heap, node, heap)
    }

    /// Returns the maximum length of the path of a member inside a type, in bytes.
    pub fn path(&mut self, plan: &Plan, ty: &ValueType) -> u64 {
        let inner = ty
            .base
            .node()
            .map_or(0, |node| self.path_of_node(plan, node));
        inner + INDEX * ty.dims.len() as u64
    }

    fn path_of_node(&mut self, plan: &Plan, node: u32) -> u64 {
        if let Some(Some(known)) = self.path.get(node as usize) {
            return *known;
        }
        let Some(own) = plan.node(node) else { return 0 };
        let of_field = |field: &NodeField| {
            let inner = field.ty.as_ref().map_or(0, |ty| self.path(plan, ty));
            1 + field.name.len() as u64 + inner
        };
        let path = own.fields().iter().map(of_field).max().unwrap_or(0);
        set(&mut self.path, node, path)
    }
}

/// Returns whether members of a record share bits. The values of such members may contradict each other when they are
/// written.
pub(super) fn overlaps(plan: &Plan, fields: &[NodeField]) -> bool {
    let mut spans: Vec<(u64, u64)> = fields
        .iter()
        .filter_map(|field| span(plan, field))
        .collect();
    spans.sort_unstable();
    let mut end = 0;
    spans.iter().any(|(start, own)| {
        let shares = *start < end;
        end = end.max(*own);
        shares
    })
}

/// Returns the first bit of a field and the bit after its last one. If the field is last and is or ends in a flexible
/// array, it has no last bit, so the second number is `u64::MAX`. Returns `None` if the field has no bits.
fn span(plan: &Plan, field: &NodeField) -> Option<(u64, u64)> {
    let ty = field.ty.as_ref()?;
    let start = u64::from(field.bit_offset);
    let width = match field.bits {
        0 => plan.size_of(ty).saturating_mul(8),
        bits => bits.into(),
    };
    let end = match plan.flexible_in(ty) {
        Some(_) if field.last => u64::MAX,
        _ => start.saturating_add(width),
    };
    (end > start).then_some((start, end))
}

fn inner_nodes(plan: &Plan, node: u32) -> impl Iterator<Item = u32> + '_ {
    let fields = plan.node(node).map_or(&[][..], |node| node.fields());
    fields
        .iter()
        .filter_map(|field| field.ty.as_ref()?.base.node())
}

fn set<T: Copy>(facts: &mut [Option<T>], node: u32, fact: T) -> T {
    if let Some(slot) = facts.get_mut(node as usize) {
        *slot = Some(fact);
    }
    fact
}

pub(super) fn is_byte(base: BaseType) -> bool {
    base == BaseType::Int {
        bytes: 1,
        signed: false,
    }
}
