//! Generates code for the numbers that select arms of unions: expressions that read such numbers, and parameters for
//! numbers that are not in the bytes that a function gets. Also generates the functions with which `write` checks that
//! a value has the selected arms.

use super::Generator;
use super::capabilities::OuterTag;
use super::offset::OffsetExpr;
use super::rust::{camel, ident, literal};
use crate::lower::Dim;
use crate::plan::{ArmChoice, BaseType, Node, NodeField, NodeKind, Tag, TagKind, ValueType};

impl Generator<'_> {
    /// Returns the parameters that the functions of a node have for numbers outside the node that select arms inside
    /// it.
    pub(super) fn tag_parameters(&self, node: u32) -> String {
        let tags = self.capabilities.tags(node).iter();
        let each = tags.filter_map(|outside| {
            let ty = ty(self.tag(outside.union)?);
            Some(format!(", {}: {ty}", name(*outside)))
        });
        each.collect()
    }

    /// Returns the arguments for the parameters that `tag_parameters` returns for `node`. The call is in a function of
    /// a node that directly contains `node`.
    pub(super) fn tag_arguments(&self, node: u32) -> String {
        let tags = self.capabilities.tags(node).iter();
        let each = tags.filter_map(|outside| {
            let tag = self.tag(outside.union)?;
            let outer = OuterTag {
                level: outside.level - 1,
                ..*outside
            };
            Some(match outer.level {
                0 => format!(", {}", self.tag_at(tag)),
                _ => format!(", {}", name(outer)),
            })
        });
        each.collect()
    }

    /// Returns the expression for the number that selects the arm of a node, for a function of that node.
    pub(super) fn selecting_number(&self, at: u32, tag: &Tag) -> String {
        match tag.level {
            0 => self.tag_at(tag),
            level => name(OuterTag { union: at, level }),
        }
    }

    fn tag(&self, node: u32) -> Option<&Tag> {
        match self.plan.arm_choice(node)? {
            ArmChoice::By(tag) => Some(tag),
            ArmChoice::Always(_) => None,
        }
    }

    /// Returns the expression that reads a tag. It is valid in a function of the node from which `tag.bit_offset`
    /// counts.
    fn tag_at(&self, tag: &Tag) -> String {
        let (byte, first) = (tag.bit_offset / 8, tag.bit_offset % 8);
        let bits = match (first, tag.width) {
            (0, width @ (8 | 16 | 32 | 64)) => format!(
                "u{width}::from_{}_bytes(super::__support::take(bytes, {byte}))",
                self.order()
            ),
            (first, width) => format!(
                "super::__support::bits::<{}>(bytes, {byte}, {first}, {width})",
                self.is_big()
            ),
        };
        match tag.kind {
            TagKind::Bool => format!("({bits} != 0) as {}", ty(tag)),
            TagKind::Signed | TagKind::Unsigned => format!("{bits} as {}", ty(tag)),
        }
    }

    /// Writes the function that checks that a value has the arms that choices select.
    pub(super) fn agree_node(&mut self, at: u32, node: &Node, camel_ty: &str) {
        let suffix = self.capabilities.suffix(at, node);
        self.line(0, "");
        let head = format!(
            "pub(super) fn agree{suffix}(value: &{camel_ty}, bytes: &[u8]{}) -> \
             ::core::result::Result<(), super::WriteError> {{",
            self.tag_parameters(at)
        );
        self.line(1, &head);
        match &node.kind {
            NodeKind::Record(fields) => {
                for field in fields {
                    let value = format!("value.{}", ident(&field.label));
                    self.agree_field(2, field, &value);
                }
            }
            NodeKind::Variant(arms) => {
                self.line(2, "match value {");
                for (position, arm) in arms.iter().enumerate() {
                    let held = if arm.ty.is_some() { "(held)" } else { "" };
                    self.line(3, &format!("{camel_ty}::{}{held} => {{", camel(&arm.label)));
                    self.agree_arm(at, node, position);
                    self.agree_field(4, arm, "(*held)");
                    self.line(3, "}");
                }
                self.line(2, "}");
            }
            NodeKind::Enum(_) | NodeKind::Flags(_) | NodeKind::Number(_) => {}
        }
        self.line(2, "::core::result::Result::Ok(())");
        self.line(1, "}");
    }

    /// Writes statements that fail if `arm` is not the selected one. Writes nothing if no number can select another
    /// arm or if no choice was made.
    fn agree_arm(&mut self, at: u32, node: &Node, arm: usize) {
        let place = literal(&node.label);
        let refused = match self.plan.arm_choice(at) {
            None => return,
            Some(ArmChoice::Always(chosen)) if *chosen == arm => return,
            Some(ArmChoice::Always(_)) => {
                format!(
                    "return ::core::result::Result::Err(super::__support::not_chosen({place}));"
                )
            }
            Some(ArmChoice::By(tag)) => {
                let others = tag.others == Some(arm);
                let is_listed = |of: &usize| (*of == arm) != others;
                let values = tag.values.iter().filter(|(_, of)| is_listed(of));
                let values: Vec<String> = values.map(|(bits, _)| bits.to_string()).collect();
                let wrong = match (values.is_empty(), others) {
                    (true, true) => return,
                    (true, false) => "true".to_owned(),
                    (false, true) => format!("matches!(tag, {})", values.join(" | ")),
                    (false, false) => format!("!matches!(tag, {})", values.join(" | ")),
                };
                let (number, name) = (number("tag", tag), literal(&tag.name));
                format!(
                    "let tag = {}; if {wrong} {{ return ::core::result::Result::Err(\
                     super::__support::other_arm({number}, {name}, {place})); }}",
                    self.selecting_number(at, tag)
                )
            }
        };
        self.line(4, &refused);
    }

    fn agree_field(&mut self, tab: usize, field: &NodeField, value: &str) {
        if let Some(ty) = field.ty.as_ref().filter(|_| !field.missing) {
            let at = OffsetExpr::of(field, false);
            self.agree(tab, ty, &ty.dims, &at, value, 0);
        }
    }

    /// Writes the statements that check the arms in a value. Writes nothing if no choice selects an arm in it.
    pub(super) fn agree(
        &mut self,
        tab: usize,
        ty: &ValueType,
        dims: &[Dim],
        at: &OffsetExpr,
        value: &str,
        depth: usize,
    ) {
        if !self.capabilities.has_choice(ty) {
            return;
        }
        if let Some((_, inner)) = dims.split_first() {
            let (index, element) = (format!("i{depth}"), format!("e{depth}"));
            let head = format!("for ({index}, {element}) in {value}.iter().enumerate() {{");
            self.line(tab, &head);
            let at = at.element(&index, self.plan.stride(ty.base, inner));
            self.agree(tab + 1, ty, inner, &at, &format!("(*{element})"), depth + 1);
            return self.line(tab, "}");
        }
        let BaseType::Node(index) = ty.base else {
            return;
        };
        if let Some(node) = self.plan.node(index) {
            let line = format!(
                "super::{}::agree{}(&{value}, super::__support::tail(bytes, {}, 0, true){})?;",
                ident(&node.label),
                self.capabilities.suffix(index, node),
                at.byte,
                self.tag_arguments(index)
            );
            self.line(tab, &line);
        }
    }
}

/// Returns the name of the parameter for a number that selects an arm and is outside the bytes that the function gets.
fn name(outside: OuterTag) -> String {
    format!("tag{}_{}", outside.union, outside.level)
}

/// Returns the Rust type of a tag's bits.
fn ty(tag: &Tag) -> &'static str {
    if tag.width > 64 { "u128" } else { "u64" }
}

/// Returns the expression for the number that the bits of a tag stand for. Error messages show this number.
pub(super) fn number(bits: &str, tag: &Tag) -> String {
    match tag.kind {
        TagKind::Signed => {
            let unused = 128 - u32::from(tag.width.clamp(1, 128));
            format!("(({bits} as u128) << {unused}) as i128 >> {unused}")
        }
        TagKind::Bool | TagKind::Unsigned => format!("{bits} as i128"),
    }
}
