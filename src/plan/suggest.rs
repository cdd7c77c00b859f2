//! Suggests a number that may select the arm of a union. Messages show the suggestion.

use super::{BaseType, Node, NodeField, NodeKind, Plan};

/// Words that often occur in the names of numbers that select arms.
const USUAL: &[&str] = &[
    "kind", "type", "tag", "family", "proto", "version", "which", "discr",
];

impl Plan {
    /// Returns the path of a number that may select the arm of a union. Numbers are searched in this order: next to the
    /// union, in a struct next to it, in nodes further out, and in arms that are structs. `around` returns the nodes
    /// around the union, the innermost first.
    pub fn likely_tag<'n>(
        &'n self,
        union: &'n Node,
        around: impl Iterator<Item = &'n Node>,
    ) -> Option<String> {
        let mut around = around.peekable();
        let beside = around.peek().and_then(|holder| self.nested(holder));
        let mut near = around
            .next()
            .and_then(|holder| self.direct(holder))
            .or(beside);
        while let (None, Some(holder)) = (&near, around.peek()) {
            near = self.direct(holder);
            around.next();
        }
        near.or_else(|| self.nested(union))
    }

    /// Returns the name of a member of `holder` that is a number. An enum or flags is preferred, then a member whose
    /// name contains a word of `USUAL`, then the first number. Returns `None` if `holder` is a variant.
    fn direct(&self, holder: &Node) -> Option<String> {
        let numbers = || holder.fields().iter().filter(|field| self.is_number(field));
        let usual = |field: &&NodeField| USUAL.iter().any(|word| field.name.contains(word));
        let found = numbers().find(|field| self.is_enum(field));
        let found = found.or_else(|| numbers().find(usual));
        // In a union, a number is an arm itself, so it does not say which arm is active.
        let is_union = matches!(holder.kind, NodeKind::Variant(_));
        let found = found.or_else(|| numbers().next()).filter(|_| !is_union);
        found.map(|field| field.name.to_string())
    }

    /// Returns the path of a number inside a member that is a struct, such as `sa.family`.
    fn nested(&self, holder: &Node) -> Option<String> {
        holder.fields().iter().find_map(|field| {
            let inner = self.node(field.single()?.node()?)?;
            let NodeKind::Record(_) = inner.kind else {
                return None;
            };
            let number = self.direct(inner)?;
            Some(match field.unnamed {
                true => number,
                false => format!("{}.{number}", field.name),
            })
        })
    }

    fn is_number(&self, field: &NodeField) -> bool {
        match field.single() {
            Some(BaseType::Bool { .. } | BaseType::Int { .. } | BaseType::Wide { .. }) => true,
            Some(BaseType::Node(node)) => self.stored_number(node).is_some() || self.is_enum(field),
            _ => false,
        }
    }

    fn is_enum(&self, field: &NodeField) -> bool {
        let node = field.single().and_then(BaseType::node);
        let kind = node.and_then(|node| self.node(node)).map(|node| &node.kind);
        matches!(kind, Some(NodeKind::Enum(_) | NodeKind::Flags(_)))
    }
}
