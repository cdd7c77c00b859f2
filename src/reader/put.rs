//! Generates the statements and functions of a reader that write values. The generated `write` first sets all bytes to
//! zero, so the other code writes neither padding nor members that the target lacks.

use super::offset::OffsetExpr;
use super::rust::{camel, ident, literal};
use super::{Generator, Needs, ReaderItem, integer, is_byte, place};
use crate::lower::Dim;
use crate::plan::{BaseType, Node, NodeField, NodeKind, ValueType};

impl Generator<'_> {
    /// Writes the functions that users call: `write`, and `size` if the type ends in a flexible array.
    pub(super) fn write_api(&mut self, item: &ReaderItem, ty: &str, size: u64, needs: Needs) {
        let result = "::core::result::Result<(), super::WriteError>";
        let (size, all) = match needs.flexible {
            true => ("size(value)".to_owned(), "size(value)"),
            false => (size.to_string(), "SIZE"),
        };
        if needs.flexible {
            self.size_api(item, ty);
        }
        self.line(0, "");
        self.line(
            1,
            &format!("/// Writes a value into the first `{all}` bytes. Padding is zero."),
        );
        self.line(
            1,
            &format!("pub fn write(value: &{ty}, out: &mut [u8]) -> {result} {{"),
        );
        let place = literal(&item.label);
        self.line(
            2,
            &format!("let out = super::__support::room(out, {size}, {place})?;"),
        );
        if needs.flexible {
            self.line(2, "let last = true;");
        }
        let at = OffsetExpr::start(needs.flexible);
        self.put(2, &item.ty, &item.ty.dims, &at, "(*value)", &place, 0);
        if self.capabilities.has_choice(&item.ty) {
            self.line(2, "let bytes = &*out;");
            self.agree(2, &item.ty, &item.ty.dims, &at, "(*value)", 0);
        }
        self.line(2, "::core::result::Result::Ok(())");
        self.line(1, "}");
    }

    fn put_head(&mut self, suffix: &str, ty: &str, flexible: bool) {
        let last = if flexible { ", last: bool" } else { "" };
        self.line(0, "");
        self.line(1, "#[inline]");
        let head = format!(
            "pub(super) fn put{suffix}(value: &{ty}, out: &mut [u8]{last}) -> \
             ::core::result::Result<(), super::WriteError> {{"
        );
        self.line(1, &head);
    }

    pub(super) fn put_record(
        &mut self,
        at: u32,
        node: &Node,
        fields: &[NodeField],
        ty: &str,
        needs: Needs,
    ) {
        let suffix = self.put_suffix(at, node);
        self.put_head(&suffix, ty, needs.flexible);
        for field in fields {
            let there = field.ty.as_ref().filter(|_| !field.missing);
            let Some(field_ty) = there else { continue };
            let at = OffsetExpr::of(field, needs.flexible);
            let value = format!("value.{}", ident(&field.label));
            self.put(
                2,
                field_ty,
                &field_ty.dims,
                &at,
                &value,
                &place(node, field),
                0,
            );
        }
        self.line(2, "::core::result::Result::Ok(())");
        self.line(1, "}");
        if needs.flexible {
            self.end_of_record(&suffix, node, fields, ty);
        }
    }

    pub(super) fn put_variant(
        &mut self,
        at: u32,
        node: &Node,
        arms: &[NodeField],
        ty: &str,
        needs: Needs,
    ) {
        let suffix = self.put_suffix(at, node);
        self.put_head(&suffix, ty, needs.flexible);
        self.line(2, "match value {");
        for arm in arms {
            let case = camel(&arm.label);
            match &arm.ty {
                None => self.line(3, &format!("{ty}::{case} => {{}}")),
                Some(_) if arm.missing => self.line(3, &format!("{ty}::{case}(_) => {{}}")),
                Some(held) => {
                    self.line(3, &format!("{ty}::{case}(held) => {{"));
                    let at = OffsetExpr::of(arm, needs.flexible);
                    self.put(4, held, &held.dims, &at, "(*held)", &place(node, arm), 0);
                    self.line(3, "}");
                }
            }
        }
        self.line(2, "}");
        self.line(2, "::core::result::Result::Ok(())");
        self.line(1, "}");
        if needs.flexible {
            self.end_of_variant(&suffix, node, arms, ty);
        }
    }

    /// Writes the statements that write a value.
    #[allow(
        clippy::too_many_arguments,
        reason = "the type, its place and how deep it nests"
    )]
    fn put(
        &mut self,
        tab: usize,
        ty: &ValueType,
        dims: &[Dim],
        at: &OffsetExpr,
        value: &str,
        place: &str,
        depth: usize,
    ) {
        let Some((dim, inner)) = dims.split_first() else {
            return self.put_base(tab, ty.base, at, value, place);
        };
        let stride = self.plan.stride(ty.base, inner);
        let room = match dim.length {
            0 => format!(
                "super::__support::rest(out.len(), {}, {}) / {}",
                at.byte,
                at.last,
                stride.max(1)
            ),
            length => length.to_string(),
        };
        if is_byte(ty.base) && inner.is_empty() {
            let byte = &at.byte;
            let line =
                format!("super::__support::put_bytes(out, {byte}, {room}, &{value}, {place})?;");
            return self.line(tab, &line);
        }
        let (index, element) = (format!("i{depth}"), format!("e{depth}"));
        let fits = format!("super::__support::fits({value}.len(), {room}, {place})?;");
        self.line(tab, &fits);
        let head = format!("for ({index}, {element}) in {value}.iter().enumerate() {{");
        self.line(tab, &head);
        let at = at.element(&index, stride);
        let value = format!("(*{element})");
        self.put(tab + 1, ty, inner, &at, &value, place, depth + 1);
        self.line(tab, "}");
    }

    fn put_base(&mut self, tab: usize, base: BaseType, at: &OffsetExpr, value: &str, place: &str) {
        let byte = &at.byte;
        let line = match base {
            BaseType::Text { room } => match room {
                0 => format!(
                    "super::__support::put_texts(out, {byte}, {}, &{value}, {place})?;",
                    at.last
                ),
                room => {
                    format!("super::__support::put_text(out, {byte}, {room}, &{value}, {place})?;")
                }
            },
            BaseType::Node(node) => self.put_node(node, at, value, place),
            scalar => self.put_scalar(scalar, at, value, place),
        };
        self.line(tab, &line);
    }

    fn put_node(&self, index: u32, at: &OffsetExpr, value: &str, place: &str) -> String {
        let Some(node) = self.plan.node(index) else {
            return String::new();
        };
        let (module, byte) = (ident(&node.label), &at.byte);
        let suffix = self.put_suffix(index, node);
        match &node.kind {
            NodeKind::Enum(cases) | NodeKind::Flags(cases) => {
                let number = format!("super::{module}::number{suffix}(&{value})");
                self.put_number(cases, at, number, place)
            }
            NodeKind::Number(number) => self.put_stored(*number, at, value, place),
            NodeKind::Record(_) | NodeKind::Variant(_) => {
                let flexible = self.capabilities.is_flexible(index);
                let last = if flexible {
                    format!(", {}", at.last)
                } else {
                    String::new()
                };
                let end = if flexible { at.last } else { "false" };
                format!(
                    "super::{module}::put{suffix}(&{value}, super::__support::tail_mut(out, {byte}, {}, \
                     {end}){last})?;",
                    node.size
                )
            }
        }
    }

    pub(super) fn put_bits(
        &self,
        at: &OffsetExpr,
        (first, width): (u8, u8),
        signed: bool,
        number: &str,
        place: &str,
    ) -> String {
        format!(
            "super::__support::put_bits::<{}, {signed}>(out, {}, ({first}, {width}), {number} as u128, \
             {place})?;",
            self.is_big(),
            at.byte
        )
    }

    fn put_scalar(&self, base: BaseType, at: &OffsetExpr, value: &str, place: &str) -> String {
        let (order, byte) = (self.order(), &at.byte);
        if let Some(bits) = at.bits {
            return match base {
                BaseType::Bool { .. } => self.put_bits(at, bits, false, value, place),
                BaseType::Int { signed, .. } => {
                    self.put_bits(at, bits, signed, &format!("{value} as i128"), place)
                }
                _ => {
                    let signed = base == BaseType::Wide { signed: true };
                    let wide = format!("super::__support::wide({value}.0, {value}.1 as u64)");
                    self.put_bits(at, bits, signed, &wide, place)
                }
            };
        }
        let put = |at: &str, bytes: &str| {
            format!("super::__support::put(out, {at}, &{bytes}.to_{order}_bytes());")
        };
        match base {
            BaseType::Bool { bytes } => {
                put(byte, &format!("({value} as {})", integer(bytes, false)))
            }
            BaseType::Int { .. } | BaseType::Float { .. } => put(byte, value),
            BaseType::Wide { .. } => {
                let (low, high) = at.halves(self.is_big());
                format!(
                    "{} {}",
                    put(&low, &format!("{value}.0")),
                    put(&high, &format!("{value}.1"))
                )
            }
            BaseType::Text { .. } | BaseType::Node(_) => String::new(),
        }
    }
}
