//! Properties of a plan's nodes on which the signatures of their functions depend: whether the caller has to select
//! arms, which numbers outside the node select arms inside it, and whether the node ends in a flexible array.

use std::collections::HashMap;

use crate::plan::{ArmChoice, BaseType, Node, NodeField, NodeKind, Plan, ValueType};

/// Properties of each node. They include the properties of the nodes inside it.
pub(super) struct Capabilities {
    /// For each node, whether the caller has to select the arm of a union in it.
    pub asks: Vec<bool>,
    /// For each node, whether a choice selects the arm of a union in it.
    chosen: Vec<bool>,
    /// For each node, the numbers outside it that select arms of unions inside it.
    tags: Vec<Vec<OuterTag>>,
    /// For each node, the offset in bytes of the flexible array at its end. `None` if it does not end in one.
    flexible: Vec<Option<u64>>,
    /// For each label, the nodes with this label, without the first one.
    own: HashMap<String, Vec<u32>>,
    /// For each label, the first node with this label.
    first: HashMap<String, u32>,
}

/// A number outside a node that selects the arm of a union inside the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct OuterTag {
    /// The node of the union.
    pub union: u32,
    /// The number of steps outwards from the node to the node with the number.
    pub level: usize,
}

impl Capabilities {
    pub fn of(plan: &Plan) -> Capabilities {
        let nodes = &plan.nodes;
        let flexible = |at: usize| plan.flexible_in(&ValueType::plain(BaseType::Node(at as u32)));
        let mut capabilities = Capabilities {
            asks: vec![false; nodes.len()],
            chosen: vec![false; nodes.len()],
            tags: vec![Vec::new(); nodes.len()],
            flexible: (0..nodes.len()).map(flexible).collect(),
            own: HashMap::new(),
            first: HashMap::new(),
        };
        for (at, node) in (0..).zip(nodes) {
            let label = node.label.clone();
            match plan.repeats_label(at) {
                true => capabilities.own.entry(label).or_default().push(at),
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
            let answer = plan.arm_choice(at as u32);
            let asks = self.asks[at] || self.node_asks(plan, at as u32, node);
            let chosen = self.chosen[at] || answer.is_some() || self.any_inside(node, &self.chosen);
            let tags = self.tags_of(at as u32, node, answer);
            changed |= asks != self.asks[at] || chosen != self.chosen[at] || tags != self.tags[at];
            (self.asks[at], self.chosen[at], self.tags[at]) = (asks, chosen, tags);
        }
        changed
    }

    fn node_asks(&self, plan: &Plan, at: u32, node: &Node) -> bool {
        let is_asked = needs_arm(plan, at);
        is_asked || read_fields(plan, at, node).any(|field| self.field_asks(field))
    }

    fn any_inside(&self, node: &Node, capabilities: &[bool]) -> bool {
        let inner = node.fields().iter().filter_map(inner);
        inner
            .into_iter()
            .any(|node| capabilities.get(node as usize) == Some(&true))
    }

    fn tags_of(&self, at: u32, node: &Node, answer: Option<&ArmChoice>) -> Vec<OuterTag> {
        let own = match answer {
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

    fn field_asks(&self, field: &NodeField) -> bool {
        field.ty.as_ref().is_some_and(|ty| self.asks(ty))
    }

    pub fn asks(&self, ty: &ValueType) -> bool {
        has(&self.asks, ty)
    }

    /// Returns whether a choice selects the arm of a union in a type.
    pub fn is_chosen(&self, ty: &ValueType) -> bool {
        has(&self.chosen, ty)
    }

    /// Returns the numbers outside a node that select arms of unions inside it.
    pub fn tags(&self, node: u32) -> &[OuterTag] {
        self.tags.get(node as usize).map_or(&[], Vec::as_slice)
    }

    pub fn is_flexible(&self, node: u32) -> bool {
        matches!(self.flexible.get(node as usize), Some(Some(_)))
    }

    /// Returns the first node with a label.
    pub fn first_of(&self, label: &str) -> Option<u32> {
        self.first.get(label).copied()
    }

    /// Returns the nodes with this label, without the first one. They are copies for choices that apply to one place
    /// or, in a relocated plan, nodes for other types of the target.
    pub fn own_of(&self, label: &str) -> &[u32] {
        self.own.get(label).map_or(&[], Vec::as_slice)
    }

    /// Returns the suffix in the names of a node's functions. It is empty for the first node with a label, and a number
    /// for the others.
    pub fn suffix(&self, at: u32, node: &Node) -> String {
        let position = self.own_of(&node.label).iter().position(|own| *own == at);
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

/// Returns whether the node is a record with a member that is a union whose arm the caller has to select.
pub(super) fn holds_union_that_needs_arm(plan: &Plan, node: &Node) -> bool {
    let inner = |field: &NodeField| field.ty.as_ref()?.base.node();
    let mut inner = node.fields().iter().filter_map(inner);
    matches!(node.kind, NodeKind::Record(_)) && inner.any(|node| needs_arm(plan, node))
}

/// Returns the fields of a node that its functions may read. Arms that a choice never selects are left out.
fn read_fields<'n>(plan: &Plan, at: u32, node: &'n Node) -> impl Iterator<Item = &'n NodeField> {
    let answer = plan.arm_choice(at).cloned();
    let first_only = matches!(node.kind, NodeKind::Variant(_)) && plan.has_equivalent_arms(at);
    let is_read = move |position: usize| match &answer {
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
