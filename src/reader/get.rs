//! Generates the expressions and functions of a reader that read values from bytes.

use super::capabilities::needs_arm;
use super::offset::OffsetExpr;
use super::rust::{camel, ident, literal};
use super::tags::number;
use super::{Generator, Needs, ReaderItem, integer, is_byte, place};
use crate::lower::Dim;
use crate::plan::{ArmChoice, BaseType, Node, NodeField, NodeKind, Tag, ValueType};

/// The place of a union. The generated code passes it to the trait that the caller implements.
#[derive(Clone, Copy, Default)]
struct UnionPlace<'a> {
    /// The label of the item that contains the union. It is empty if the union is read by itself.
    holder: &'a str,
    /// The name of the member that is the union or an array of unions. If it has no C name, this is the name of the
    /// first member inside it. Empty if the union is read by itself.
    member: &'a str,
}

impl Generator<'_> {
    /// Returns the expression for the value of an item, for the function `read` of the item.
    pub(super) fn get_root(&self, item: &ReaderItem) -> String {
        let flexible = self.plan.flexible_in(&item.ty).is_some();
        let at = OffsetExpr::start(flexible);
        let place = literal(&item.label);
        let around = UnionPlace::default();
        self.get(&item.ty, &item.ty.dims, &at, &place, around, 0)
    }

    pub(super) fn get_record(
        &mut self,
        index: u32,
        node: &Node,
        fields: &[NodeField],
        ty: &str,
        needs: Needs,
    ) {
        self.get_head(index, node, ty, needs, "");
        self.line(2, &format!("::core::result::Result::Ok({ty} {{"));
        for field in fields {
            let Some(field_ty) = &field.ty else { continue };
            let at = OffsetExpr::of(field, needs.flexible);
            let around = UnionPlace {
                holder: &node.label,
                member: &field.name,
            };
            let value = self.get(
                field_ty,
                &field_ty.dims,
                &at,
                &place(node, field),
                around,
                0,
            );
            let value = self.with_zeros(field, value);
            self.line(3, &format!("{}: {value},", ident(&field.label)));
        }
        self.line(2, "})");
        self.line(1, "}");
    }

    fn get_head(&mut self, index: u32, node: &Node, ty: &str, needs: Needs, more: &str) {
        self.line(0, "");
        self.line(1, "#[inline]");
        let head = format!(
            "pub(super) fn get{}{}({}{}{more}) -> ::core::result::Result<{ty}, super::ReadError> {{",
            self.capabilities.suffix(index, node),
            needs.generics(),
            needs.parameters(node.size),
            self.tag_parameters(index),
        );
        self.line(1, &head);
    }

    pub(super) fn get_variant(
        &mut self,
        index: u32,
        node: &Node,
        arms: &[NodeField],
        ty: &str,
        needs: Needs,
    ) {
        let caller_selects = needs_arm(self.plan, index);
        let of = if caller_selects {
            ", place: super::Place<'_>"
        } else {
            ""
        };
        self.get_head(index, node, ty, needs, of);
        match self.plan.arm_choice(index) {
            Some(ArmChoice::By(tag)) => self.get_selected(index, node, tag, arms, ty, needs),
            None if caller_selects => self.get_by_trait(node, arms, ty, needs),
            choice => {
                let arm = match choice {
                    Some(ArmChoice::Always(arm)) => arms.get(*arm),
                    _ => arms.first(),
                };
                let value = arm.map(|arm| self.get_arm(node, arm, ty, needs));
                self.line(2, &value.unwrap_or_default());
            }
        }
        self.line(1, "}");
    }

    /// Writes a `match` on the number that selects the arm.
    fn get_selected(
        &mut self,
        index: u32,
        node: &Node,
        tag: &Tag,
        arms: &[NodeField],
        ty: &str,
        needs: Needs,
    ) {
        self.line(
            2,
            &format!("match {} {{", self.selecting_number(index, tag)),
        );
        let value = |reader: &Self, arm: usize| {
            let arm = arms
                .get(arm)
                .map(|arm| reader.get_arm(node, arm, ty, needs));
            arm.unwrap_or_default()
        };
        for (bits, arm) in &tag.values {
            let line = format!("{bits} => {},", value(self, *arm));
            self.line(3, &line);
        }
        let line = match tag.others {
            Some(arm) => format!("_ => {},", value(self, arm)),
            None => format!(
                "tag => ::core::result::Result::Err(super::__support::no_arm({}, {}, {})),",
                number("tag", tag),
                literal(&tag.name),
                literal(&node.label)
            ),
        };
        self.line(3, &line);
        self.line(2, "}");
    }

    /// Writes a `match` on the arm that the caller's implementation of `Unions` returns.
    fn get_by_trait(&mut self, node: &Node, arms: &[NodeField], ty: &str, needs: Needs) {
        let method = ident(&node.label);
        self.line(
            2,
            &format!("match super::Unions::{method}(unions, &place) {{"),
        );
        for arm in arms {
            let case = camel(&arm.label);
            let value = self.get_arm(node, arm, ty, needs);
            let line = format!("::core::option::Option::Some(Arm::{case}) => {value},");
            self.line(3, &line);
        }
        let none = format!(
            "::core::option::Option::None => ::core::result::Result::Err(\
             super::__support::which_arm({})),",
            literal(&node.label)
        );
        self.line(3, &none);
        self.line(2, "}");
    }

    fn get_arm(&self, node: &Node, arm: &NodeField, ty: &str, needs: Needs) -> String {
        let case = camel(&arm.label);
        let Some(held) = &arm.ty else {
            return format!("::core::result::Result::Ok({ty}::{case})");
        };
        let at = OffsetExpr::of(arm, needs.flexible);
        let around = UnionPlace {
            holder: &node.label,
            member: &arm.name,
        };
        let value = self.get(held, &held.dims, &at, &place(node, arm), around, 0);
        let value = self.with_zeros(arm, value);
        format!("::core::result::Result::Ok({ty}::{case}({value}))")
    }

    /// Returns the expression that reads a value.
    fn get(
        &self,
        ty: &ValueType,
        dims: &[Dim],
        at: &OffsetExpr,
        place: &str,
        around: UnionPlace<'_>,
        depth: usize,
    ) -> String {
        let Some((dim, inner)) = dims.split_first() else {
            return self.get_base(ty.base, at, place, around);
        };
        let stride = self.plan.stride(ty.base, inner);
        let length = match dim.length {
            0 => format!(
                "super::__support::rest({}.len(), {}, {}) / {}",
                at.source,
                at.byte,
                at.last,
                stride.max(1)
            ),
            length => length.to_string(),
        };
        if is_byte(ty.base) && inner.is_empty() {
            return match dim.fixed {
                true => {
                    format!(
                        "super::__support::take::<{length}>({}, {})",
                        at.source, at.byte
                    )
                }
                false => {
                    format!(
                        "super::__support::bytes({}, {}, {length})",
                        at.source, at.byte
                    )
                }
            };
        }
        let index = format!("i{depth}");
        let element = at.element(&index, stride);
        let value = self.get(ty, inner, &element, place, around, depth + 1);
        let element = format!("|{index}| ::core::result::Result::Ok({value})");
        match dim.fixed {
            true => format!("super::__support::array::<_, {length}>({element})?"),
            false => format!("super::__support::list({length}, {element})?"),
        }
    }

    fn get_base(
        &self,
        base: BaseType,
        at: &OffsetExpr,
        place: &str,
        around: UnionPlace<'_>,
    ) -> String {
        match base {
            BaseType::Text { room } => {
                let (bytes, byte) = (at.source, &at.byte);
                match room {
                    0 => format!("super::__support::texts({bytes}, {byte}, {})", at.last),
                    room => format!("super::__support::text({bytes}, {byte}, {room})"),
                }
            }
            BaseType::Node(node) => self.get_node(node, at, place, around),
            scalar => self.scalar(scalar, at),
        }
    }

    fn get_node(&self, index: u32, at: &OffsetExpr, place: &str, around: UnionPlace<'_>) -> String {
        let Some(node) = self.plan.node(index) else {
            return "()".to_owned();
        };
        if let NodeKind::Number(number) = &node.kind {
            return self.stored(*number, at, place);
        }
        let module = ident(&node.label);
        if let Some(cases) = self.cases(BaseType::Node(index)) {
            let number = self.number(cases, at);
            let suffix = self.put_suffix(index, node);
            return format!("super::{module}::from{suffix}({number}, {place})?");
        }
        let needs_unions = self.capabilities.needs_unions.get(index as usize) == Some(&true);
        let bytes = match self.capabilities.is_flexible(index) {
            true => format!(
                "super::__support::tail({}, {}, {}, {}), {}",
                at.source, at.byte, node.size, at.last, at.last
            ),
            false => format!("super::__support::part({}, {})", at.source, at.byte),
        };
        let unions = if needs_unions { ", unions" } else { "" };
        let of = match needs_arm(self.plan, index) {
            true => {
                let (holder, member) = (literal(around.holder), literal(around.member));
                format!(
                    ", super::Place {{ holder: {holder}, member: {member}, around: bytes, bytes: \
                     super::__support::tail({}, {}, {}, false) }}",
                    at.source, at.byte, node.size
                )
            }
            false => String::new(),
        };
        let (suffix, tags) = (
            self.capabilities.suffix(index, node),
            self.tag_arguments(index),
        );
        format!("super::{module}::get{suffix}({bytes}{unions}{tags}{of})?")
    }

    pub(super) fn scalar(&self, base: BaseType, at: &OffsetExpr) -> String {
        if let Some(bits) = at.bits {
            return self.bitfield(base, at, bits);
        }
        let (order, source, byte) = (self.order(), at.source, &at.byte);
        let number = |ty: &str, at: &str| {
            format!("{ty}::from_{order}_bytes(super::__support::take({source}, {at}))")
        };
        match base {
            BaseType::Bool { bytes } => {
                format!("super::__support::take::<{bytes}>({source}, {byte}) != [0; {bytes}]")
            }
            BaseType::Int { bytes, signed } => number(&integer(bytes, signed), byte),
            BaseType::Float { bytes: 4 } => number("f32", byte),
            BaseType::Float { .. } => number("f64", byte),
            BaseType::Wide { signed } => {
                let (low, high) = at.halves(self.is_big());
                let half = if signed { "i64" } else { "u64" };
                format!("({}, {})", number("u64", &low), number(half, &high))
            }
            BaseType::Text { .. } | BaseType::Node(_) => "()".to_owned(),
        }
    }

    fn bitfield(&self, base: BaseType, at: &OffsetExpr, (first, width): (u8, u8)) -> String {
        let read = |function: &str| {
            let (big, source, byte) = (self.is_big(), at.source, &at.byte);
            format!("super::__support::{function}::<{big}>({source}, {byte}, {first}, {width})")
        };
        let (bits, signed_bits) = (read("bits"), read("signed"));
        match base {
            BaseType::Bool { .. } => format!("{bits} != 0"),
            BaseType::Int { bytes, signed } => {
                let bits = if signed { signed_bits } else { bits };
                format!("{bits} as {}", integer(bytes, signed))
            }
            BaseType::Wide { signed: false } => format!("super::__support::halves({bits})"),
            _ => format!(
                "{{ let (low, high) = super::__support::halves({signed_bits} as u128); (low, high as i64) }}"
            ),
        }
    }
}
