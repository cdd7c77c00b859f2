//! Properties of a plan's nodes that determine the parameters of the functions generated for a node: whether the caller
//! of these functions has to select arms because no choice does, which numbers outside the node select arms inside it,
//! and whether the node ends in a flexible array.

use std::collections::HashMap;

use crate::plan::{ArmChoice, BaseType, Node, NodeField, NodeKind, Plan, ValueType};

/// Properties of each node. The properties of a node include those of the nodes inside it.
pub(super) struct Capabilities {
    /// For each node, whether it is or contains a union whose arm the caller has to select.
    pub needs_unions: Vec<bool>,
    /// For each node, whether it is or contains a union whose arm a choice selects.
    has_choice: Vec<bool>,
    /// For each node, the numbers outside it that select its own arm or those of unions inside it.
    tags: Vec<Vec<OuterTag>>,
    /// For each node, the offset in bytes of the flexible array at its end. `None` if it does not end in one.
    flexible: Vec<Option<u64>>,
    /// For each label, the nodes with this label, without the first one.
    later: HashMap<String, Vec<u32>>,
    /// For each label, the first node with this label.
    first: HashMap<String, u32>,
}

/// A number outside a node that selects the arm of a union: the node itself, or a union inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct OuterTag {
    /// The node of the union.
    pub union: u32,
    /// The distance of the number: 1 if it is in the node that directly contains this node, 2 if it is in the next one
    /// outwards, and so on.
    pub level: usize,
}

impl Capabilities {
    pub fn of(plan: &Plan) -> Capabilities {
        let nodes = &plan.nodes;
        let flexible = |at: usize| plan.flexible_in(&ValueType::plain(BaseType::Node(at as u32)));
        let mut capabilities = Capabilities {
            needs_unions: vec![false; nodes.len()],
            has_choice: vec![false; nodes.len()],
            tags: vec![Vec::new(); nodes.len()],
            flexible: (0..nodes.len()).map(flexible).collect(),
            later: HashMap::new(),
            first: HashMap::new(),
        };
        for (at, node) in (0..).zip(nodes) {
            let label = node.label.clone();
            match plan.repeats_label(at) {
                true => capabilities.later.entry(label).or_default().push(at),
                false => {
                    capabilities.first.entry(label).or_insert(at);
                }
            }
        }
        // The properties of inner nodes are added to outer ones until nothing changes. This ends soon, since types nest
        // at most 90 deep by value.
        while capabilities.propagate(plan) {}
        capabilities
    }

    /// Adds the properties of inner nodes to each node. Returns whether anything changed.
    fn propagate(&mut self, plan: &Plan) -> bool {
        let mut changed = false;
        for (at, node) in plan.nodes.iter().enumerate() {
            let choice = plan.arm_choice(at as u32);
            let needs_unions =
                self.needs_unions[at] || self.node_needs_unions(plan, at as u32, node);
            let has_choice =
                self.has_choice[at] || choice.is_some() || self.any_inside(node, &self.has_choice);
            let tags = self.tags_of(at as u32, node, choice);
            changed |= needs_unions != self.needs_unions[at]
                || has_choice != self.has_choice[at]
                || tags != self.tags[at];
            (self.needs_unions[at], self.has_choice[at], self.tags[at]) =
                (needs_unions, has_choice, tags);
        }
        changed
    }

    fn node_needs_unions(&self, plan: &Plan, at: u32, node: &Node) -> bool {
        let caller_selects = needs_arm(plan, at);
        caller_selects || read_fields(plan, at, node).any(|field| self.field_needs_unions(field))
    }

    fn any_inside(&self, node: &Node, capabilities: &[bool]) -> bool {
        let inner = node.fields().iter().filter_map(inner);
        inner
            .into_iter()
            .any(|node| capabilities.get(node as usize) == Some(&true))
    }

    fn tags_of(&self, at: u32, node: &Node, choice: Option<&ArmChoice>) -> Vec<OuterTag> {
        let own = match choice {
            Some(ArmChoice::By(tag)) => Some(OuterTag {
                union: at,
                level: tag.level,
            }),
            _ => None,
        };
        let inner = node.fields().iter().filter_map(inner);
        let inside = inner.flat_map(|node| self.tags(node).iter().copied());
        let inside = inside.map(|tag| OuterTag {
            level: tag.level - 1,
            ..tag
        });
        let mut tags: Vec<OuterTag> = inside.chain(own).filter(|tag| tag.level > 0).collect();
        tags.sort_unstable();
        tags.dedup();
        tags
    }

    fn field_needs_unions(&self, field: &NodeField) -> bool {
        field.ty.as_ref().is_some_and(|ty| self.needs_unions(ty))
    }

    pub fn needs_unions(&self, ty: &ValueType) -> bool {
        has(&self.needs_unions, ty)
    }

    /// Returns whether a type is or contains a union whose arm a choice selects.
    pub fn has_choice(&self, ty: &ValueType) -> bool {
        has(&self.has_choice, ty)
    }

    /// Returns the numbers outside a node that select its own arm or those of unions inside it.
    pub fn tags(&self, node: u32) -> &[OuterTag] {
        self.tags.get(node as usize).map_or(&[], Vec::as_slice)
    }

    pub fn is_flexible(&self, node: u32) -> bool {
        matches!(self.flexible.get(node as usize), Some(Some(_)))
    }

    /// Returns the first node with a label.
    pub fn first_node(&self, label: &str) -> Option<u32> {
        self.first.get(label).copied()
    }

    /// Returns the nodes with this label, without the first one. They are copies for choices that apply to one place
    /// or, in a relocated plan, nodes for other types of the target or for fields that the target lacks.
    pub fn later_nodes(&self, label: &str) -> &[u32] {
        self.later.get(label).map_or(&[], Vec::as_slice)
    }

    /// Returns the suffix in the names of a node's functions. It is empty for the first node with a label, and a number
    /// for the others.
    pub fn suffix(&self, at: u32, node: &Node) -> String {
        let position = self
            .later_nodes(&node.label)
            .iter()
            .position(|own| *own == at);
        position
            .map(|position| (position + 1).to_string())
            .unwrap_or_default()
    }
}

/// Returns whether the node is a union whose arm the caller has to select.
pub(super) fn needs_arm(plan: &Plan, at: u32) -> bool {
    let is_union = matches!(
        plan.node(at).map(|node| &node.kind),
        Some(NodeKind::Variant(_))
    );
    is_union && plan.arm_choice(at).is_none() && !plan.has_equivalent_arms(at)
}

/// Returns whether the node is a record with a member that is a union, or an array of unions, whose arm the caller has
/// to select.
pub(super) fn holds_union_that_needs_arm(plan: &Plan, node: &Node) -> bool {
    let inner = |field: &NodeField| field.ty.as_ref()?.base.node();
    let mut inner = node.fields().iter().filter_map(inner);
    matches!(node.kind, NodeKind::Record(_)) && inner.any(|node| needs_arm(plan, node))
}

/// Returns the fields of a node that its functions may read. Arms that a choice never selects are left out. If there is
/// no choice and the arms of a union are equivalent, only the first one is read.
fn read_fields<'n>(plan: &Plan, at: u32, node: &'n Node) -> impl Iterator<Item = &'n NodeField> {
    let choice = plan.arm_choice(at).cloned();
    let first_only = matches!(node.kind, NodeKind::Variant(_)) && plan.has_equivalent_arms(at);
    let is_read = move |position: usize| match &choice {
        Some(ArmChoice::Always(arm)) => position == *arm,
        Some(ArmChoice::By(tag)) => tag.arms().any(|arm| arm == position),
        None => position == 0 || !first_only,
    };
    let fields = node.fields().iter().enumerate();
    fields
        .filter(move |(position, _)| is_read(*position))
        .map(|(_, field)| field)
}

fn inner(field: &NodeField) -> Option<u32> {
    field.ty.as_ref()?.base.node()
}

fn has(capabilities: &[bool], ty: &ValueType) -> bool {
    let node = ty.base.node();
    node.is_some_and(|node| capabilities.get(node as usize) == Some(&true))
}
