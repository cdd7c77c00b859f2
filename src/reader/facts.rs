//! What is so of the nodes of a plan beyond the plan itself: who asks which arm holds, and what ends in a
//! flexible array.

use crate::plan::{Base, Body, Field, Node, Plan, Ty};

/// What is so of each node, or of one inside it.
pub(super) struct Facts {
    /// Is there a union whose arms differ?
    pub asks: Vec<bool>,
    /// Where the flexible array that ends it begins.
    flexible: Vec<Option<u64>>,
}

impl Facts {
    pub fn of(plan: &Plan) -> Facts {
        let nodes = &plan.nodes;
        let flexible = |at: usize| plan.flexible_in(&Ty::plain(Base::Node(at as u32)));
        let mut facts = Facts {
            asks: vec![false; nodes.len()],
            flexible: (0..nodes.len()).map(flexible).collect(),
        };
        // Upwards, until nothing is new; by value types nest at most 90 deep.
        loop {
            let mut changed = false;
            for (at, node) in nodes.iter().enumerate() {
                let asks = facts.asks[at] || facts.node_asks(plan, node);
                changed |= asks != facts.asks[at];
                facts.asks[at] = asks;
            }
            if !changed {
                return facts;
            }
        }
    }

    fn node_asks(&self, plan: &Plan, node: &Node) -> bool {
        match &node.body {
            Body::Record(fields) => fields.iter().any(|field| self.field_asks(field)),
            Body::Variant(arms) => match plan.are_alike(arms) {
                true => arms.first().is_some_and(|arm| self.field_asks(arm)),
                false => true,
            },
            Body::Enum(_) | Body::Flags(_) => false,
        }
    }

    fn field_asks(&self, field: &Field) -> bool {
        field.ty.as_ref().is_some_and(|ty| self.asks(ty))
    }

    pub fn asks(&self, ty: &Ty) -> bool {
        match ty.base {
            Base::Node(node) => self.asks.get(node as usize) == Some(&true),
            _ => false,
        }
    }

    pub fn is_flexible(&self, node: u32) -> bool {
        matches!(self.flexible.get(node as usize), Some(Some(_)))
    }
}
