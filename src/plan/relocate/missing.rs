//! Handles members that the target lacks: makes the types of the zeros that replace them, and suggests new names.

use super::TypeId;
use super::walk::Walk;
use crate::nearest;
use crate::plan::{BaseType, NodeField, NodeKind, ValueType};

impl Walk<'_> {
    /// Returns the type of a field that the target lacks. The type has the same layout as in the local plan.
    pub fn zero_type(&mut self, ty: &ValueType) -> ValueType {
        let base = match ty.base {
            BaseType::Node(node) => BaseType::Node(self.zero_node(node)),
            base => base,
        };
        let dims = ty.dims.clone();
        ValueType { base, dims }
    }

    fn zero_node(&mut self, node: u32) -> u32 {
        if let Some(known) = self.zeros.get(&node) {
            return *known;
        }
        let Some(mut copy) = self.from.node(node).cloned() else {
            return node;
        };
        if let NodeKind::Record(fields) | NodeKind::Variant(fields) = &mut copy.kind {
            for field in fields {
                let ty = field.ty.take();
                field.ty = ty.map(|ty| self.zero_type(&ty));
                field.last = false;
            }
        }
        let at = self.push(copy, Some(node));
        self.zeros.insert(node, at);
        at
    }

    /// Returns the names of members that may be the new name of a field that the target lacks. They are similar to the
    /// old name, and only the target has them.
    pub fn near(&mut self, siblings: &[NodeField], field: &NodeField, to: TypeId) -> Vec<String> {
        let Ok(members) = self.members(to) else {
            return Vec::new();
        };
        let is_known = |name: &str| siblings.iter().any(|own| *own.name == *name);
        let names = members.by_name.keys().copied();
        let near = nearest::find(&field.name, names.filter(|name| !is_known(name)));
        near.into_iter().map(str::to_owned).collect()
    }
}
