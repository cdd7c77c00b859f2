//! Generates the functions for the size of values that end in a flexible array: `size` for an item, and `end` for a
//! node inside an item.

use super::rust::{camel, ident};
use super::{Generator, ReaderItem};
use crate::plan::{BaseType, Node, NodeField, ValueType};

impl Generator<'_> {
    pub(super) fn size_api(&mut self, item: &ReaderItem, ty: &str) {
        self.line(0, "");
        self.line(1, "/// The size of a value in bytes.");
        self.line(1, &format!("pub fn size(value: &{ty}) -> usize {{"));
        let tail = self.size(&item.ty, "0", "(*value)");
        self.line(2, &format!("::core::cmp::max(SIZE, {tail})"));
        self.line(1, "}");
    }

    pub(super) fn end_of_record(
        &mut self,
        suffix: &str,
        node: &Node,
        fields: &[NodeField],
        ty: &str,
    ) {
        self.end_head(suffix, ty);
        let mut end = node.size.to_string();
        for field in fields.iter().filter(|field| field.last) {
            let Some(field_ty) = &field.ty else { continue };
            let at = (field.bit_offset / 8).to_string();
            let own = self.size(field_ty, &at, &format!("value.{}", ident(&field.label)));
            end = format!("::core::cmp::max({end}, {own})");
        }
        self.line(2, &end);
        self.line(1, "}");
    }

    pub(super) fn end_of_variant(
        &mut self,
        suffix: &str,
        node: &Node,
        arms: &[NodeField],
        ty: &str,
    ) {
        self.end_head(suffix, ty);
        let size = node.size;
        self.line(2, "match value {");
        for arm in arms {
            let case = camel(&arm.label);
            let line = match &arm.ty {
                Some(held) if !arm.missing && self.plan.flexible_in(held).is_some() => {
                    let at = (arm.bit_offset / 8).to_string();
                    let end = self.size(held, &at, "(*held)");
                    format!("{ty}::{case}(held) => ::core::cmp::max({size}, {end}),")
                }
                Some(_) => format!("{ty}::{case}(_) => {size},"),
                None => format!("{ty}::{case} => {size},"),
            };
            self.line(3, &line);
        }
        self.line(2, "}");
        self.line(1, "}");
    }

    /// Writes the head of the function that returns the offset in bytes at which the value of a node ends.
    fn end_head(&mut self, suffix: &str, ty: &str) {
        self.line(0, "");
        self.line(
            1,
            &format!("pub(super) fn end{suffix}(value: &{ty}) -> usize {{"),
        );
    }

    /// Returns the expression for the offset in bytes at which a value ends, if it ends in a flexible array. `at` is
    /// the offset of the value. Returns `0` for other values.
    fn size(&self, ty: &ValueType, at: &str, value: &str) -> String {
        match (ty.dims.split_first(), ty.base) {
            (Some((dim, inner)), base) if dim.length == 0 => {
                let stride = self.plan.stride(base, inner);
                format!("{at} + {value}.len() * {stride}")
            }
            (None, BaseType::Text { room: 0 }) => format!("{at} + {value}.len()"),
            (None, BaseType::Node(index)) if self.capabilities.is_flexible(index) => {
                let node = self.plan.node(index);
                let module = node.map(|node| ident(&node.label)).unwrap_or_default();
                let suffix = node
                    .map(|node| self.put_suffix(index, node))
                    .unwrap_or_default();
                format!("{at} + super::{module}::end{suffix}(&{value})")
            }
            _ => "0".to_owned(),
        }
    }
}
