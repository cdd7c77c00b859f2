//! Generates the public part of a type's module: the constants `SIZE` and `FINGERPRINT`, the functions `read` and
//! `records`, and the module `peek`. The file `put.rs` generates the function `write`.

use super::offset::OffsetExpr;
use super::rust::{ident, literal};
use super::{Generator, Needs, ReaderItem, integer};
use crate::plan::{BaseType, Node, NodeField, NodeKind, ValueType};

impl Generator<'_> {
    pub(super) fn api(&mut self, item: &ReaderItem, camel: &str) {
        let ty = format!("super::__types::{camel}");
        let plan = self.plan;
        let size = plan.size_of(&item.ty);
        let needs = Needs {
            unions: self.capabilities.needs_unions(&item.ty),
            flexible: plan.flexible_in(&item.ty).is_some(),
        };
        let without = if needs.flexible {
            ", without the size of the flexible array at its end"
        } else {
            ""
        };
        self.line(1, &format!("/// The size of a value in bytes{without}."));
        self.line(1, &format!("pub const SIZE: usize = {size};"));
        self.line(
            1,
            "/// The fingerprint of the layout, as btf2wit's `Decoder::fingerprint` returns it.",
        );
        let fingerprint = self.fingerprints.of(&item.ty);
        self.line(
            1,
            &format!("pub const FINGERPRINT: u64 = {fingerprint:#018x};"),
        );
        self.read(item, &ty, size, needs);
        if needs.flexible || size > 0 {
            self.records(item, &ty, needs);
        }
        self.write_api(item, &ty, size, needs);
    }

    fn read(&mut self, item: &ReaderItem, ty: &str, size: u64, needs: Needs) {
        let (generics, unions) = match needs.unions {
            true => ("<U: super::Unions>", ", unions: &mut U"),
            false => ("", ""),
        };
        self.line(0, "");
        self.line(1, "/// Reads one value, which has all of the bytes.");
        let head = format!(
            "pub fn read{generics}(bytes: &[u8]{unions}) -> ::core::result::Result<{ty}, super::ReadError> {{"
        );
        self.line(1, &head);
        let place = literal(&item.label);
        let line = match self.plan.flexible_in(&item.ty) {
            Some(start) => {
                // A record may end where its flexible array begins, so it may have fewer bytes than its C type. A union
                // has the bytes of all its arms, even if a flexible array in it begins before their end.
                let record = self.is_record(&item.ty);
                let least = if record { start } else { size };
                format!(
                    "let (bytes, last) = (super::__support::at_least(bytes, {least}, {place})?, true);"
                )
            }
            None => format!("let bytes = super::__support::whole::<{size}>(bytes, {place})?;"),
        };
        self.line(2, &line);
        let value = self.get_root(item);
        self.line(2, &format!("::core::result::Result::Ok({value})"));
        self.line(1, "}");
    }

    fn is_record(&self, ty: &ValueType) -> bool {
        let node = ty.base.node().and_then(|node| self.plan.node(node));
        !matches!(node.map(|node| &node.kind), Some(NodeKind::Variant(_)))
    }

    fn records(&mut self, item: &ReaderItem, ty: &str, needs: Needs) {
        let result = format!("::core::result::Result<{ty}, super::ReadError>");
        let (doc, size) = match needs.flexible {
            true => (
                "values of a given size, or one value that has all bytes",
                ", record_size: super::RecordSize",
            ),
            false => ("consecutive values", ""),
        };
        let (of, unions) = match needs.unions {
            true => ("<'a, U: super::Unions>", ", unions: &'a mut U"),
            false => ("<'a>", ""),
        };
        self.line(0, "");
        let doc = format!("/// Reads {doc}. The last one is an error if it is cut off.");
        self.line(1, &doc);
        let head = format!(
            "pub fn records{of}(bytes: &'a [u8]{size}{unions}) -> impl \
             ::core::iter::Iterator<Item = {result}> + 'a {{"
        );
        self.line(1, &head);
        let records = match needs.flexible {
            true => {
                let place = literal(&item.label);
                format!("super::__support::records(bytes, record_size, {place})")
            }
            false => format!("bytes.chunks({})", self.plan.size_of(&item.ty)),
        };
        let read = match (needs.flexible, needs.unions) {
            (true, false) => "|record| read(record?)",
            (true, true) => "move |record| read(record?, unions)",
            (false, false) => "read",
            (false, true) => "move |bytes| read(bytes, unions)",
        };
        self.line(2, &format!("{records}.map({read})"));
        self.line(1, "}");
    }

    /// Writes the module `peek`. Its functions return numbers of a record that contains a union. Users may need these
    /// numbers to select the arm of the union.
    pub(super) fn peek(&mut self, node: &Node, fields: &[NodeField]) {
        self.line(0, "");
        self.line(
            1,
            &format!(
                "/// Numbers in the bytes of `{}`, for [`super::Place::around`].",
                node.label
            ),
        );
        self.line(1, "pub mod peek {");
        for field in fields {
            let Some(ty) = field.ty.as_ref().filter(|ty| ty.dims.is_empty()) else {
                continue;
            };
            let at = OffsetExpr::of(field, false);
            let (rust, value) = match (ty.base, self.cases(ty.base)) {
                (_, Some(cases)) => ("i128".to_owned(), self.number(cases, &at)),
                (BaseType::Int { bytes, signed }, _) => {
                    (integer(bytes, signed), self.scalar(ty.base, &at))
                }
                (BaseType::Bool { .. }, _) => ("bool".to_owned(), self.scalar(ty.base, &at)),
                _ => continue,
            };
            let value = match self.cases(ty.base) {
                Some(cases) if cases.signed => {
                    format!("({value}) as {} as i128", integer(cases.size, true))
                }
                Some(_) => format!("({value}) as i128"),
                None => value,
            };
            let value = value.replace("super::__support", "super::super::__support");
            let line = format!("pub fn {}(bytes: &[u8]) -> {rust} {{", ident(&field.label));
            self.line(2, &line);
            self.line(3, &value);
            self.line(2, "}");
        }
        self.line(1, "}");
    }
}
