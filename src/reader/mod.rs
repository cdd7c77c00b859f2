//! Generates Rust code that reads and writes the types of bindings. The bindings may be those of wit-bindgen, for
//! guests, or those of `wasmtime::component::bindgen!`, for hosts.
//!
//! The code is generated from the decoder's plans, so it reads the same values as the decoder. Unlike the decoder, it
//! rejects an enum value without a case and a bit without a label, since the bindings have no room for them. It has no
//! dependencies and no unsafe code, and needs only `alloc`. Names and offsets are decided in other modules: `names`
//! chose the labels, which `rust` turns into identifiers, and `plan` has the offsets.

mod api;
mod capabilities;
mod cases;
mod get;
mod offset;
mod put;
mod rust;
mod size;
mod stored;
/// The support code, which is a part of each generated text. It is compiled here only for its tests.
#[cfg(test)]
#[allow(dead_code, reason = "the tests do not call every function")]
mod support;
mod tags;
mod unions;
#[cfg(test)]
extern crate alloc as __alloc;

use std::fmt::Write as _;

use crate::btf::Endian;
use crate::plan::{BaseType, Fingerprints, Node, NodeField, NodeKind, Plan, ValueType};
use capabilities::{Capabilities, holds_union_that_needs_arm, needs_arm};
use rust::{camel, comment, ident, literal};

pub(crate) use rust::is_path;

const SUPPORT: &str = include_str!("support.rs");
/// The maximum length of the generated text, in bytes. All types of a kernel need a fifth of this limit. Types with
/// very long labels can exceed it, since the code for each dimension of an array repeats the label of the record and
/// the field's name.
pub(crate) const MAX_TEXT: usize = 200 << 20;

/// Returns the text of a reader for the types in the module `bindings`. Returns `None` if the text would be too long.
/// `made` is the comment that names the generator.
pub(crate) fn write(
    plan: &Plan,
    items: &[ReaderItem],
    bindings: &str,
    made: &str,
) -> Option<String> {
    let mut reader = Generator {
        capabilities: Capabilities::of(plan),
        plan,
        fingerprints: Fingerprints::new(plan),
        out: String::new(),
    };
    reader.head(bindings, made);
    if reader.capabilities.needs_unions.contains(&true) {
        reader.unions();
    }
    // Rust's orphan rule forbids implementing `TryFrom` for types of another crate, so it is implemented only if the
    // path `bindings` shows that the types belong to the user's own crate.
    let own = ["crate::", "self::", "super::"];
    let own = own.iter().any(|start| bindings.starts_with(start));
    for item in items {
        reader.item(item, own);
    }
    // Each reader has all functions of the support code, but may call only some of them. Therefore `dead_code` is
    // allowed.
    reader
        .out
        .push_str("\n#[allow(dead_code, clippy::all)]\nmod __support {\n");
    for line in SUPPORT.lines().skip_while(|line| line.starts_with("//")) {
        reader.line(1, line);
    }
    reader.out.push_str("}\n");
    (reader.out.len() <= MAX_TEXT).then_some(reader.out)
}

/// An item that gets a module in the reader.
pub(crate) struct ReaderItem {
    pub label: String,
    /// The C declaration, such as `struct event`.
    pub c: String,
    pub ty: ValueType,
    /// Whether the item gets functions that users call. It gets none if the target lacks its type, which is an error
    /// only if the caller requested the item. It still gets a module, since other types may contain it.
    pub is_read: bool,
}

struct Generator<'a> {
    capabilities: Capabilities,
    plan: &'a Plan,
    fingerprints: Fingerprints<'a>,
    out: String,
}

/// Whether a generated function has certain parameters in addition to the bytes.
#[derive(Clone, Copy, Default)]
struct Needs {
    /// Whether the function takes an implementation of the trait `Unions`, which selects arms.
    unions: bool,
    /// Whether the function takes a flag that says whether the flexible array takes all remaining bytes.
    flexible: bool,
}

impl Needs {
    fn generics(self) -> &'static str {
        if self.unions {
            "<U: super::Unions>"
        } else {
            ""
        }
    }

    /// Returns the first parameters of the function that reads a node: the bytes, and those for which a field of
    /// `self` is true. `size` is the size of the node in bytes.
    fn parameters(self, size: u64) -> String {
        let bytes = match self.flexible {
            true => "bytes: &[u8], last: bool".to_owned(),
            false => format!("bytes: &[u8; {size}]"),
        };
        match self.unions {
            true => format!("{bytes}, unions: &mut U"),
            false => bytes,
        }
    }
}

impl<'a> Generator<'a> {
    fn line(&mut self, depth: usize, line: &str) {
        // `write` returns no text that is longer than the limit, so there is no need to append more.
        if self.out.len() > MAX_TEXT {
            return;
        }
        if !line.is_empty() {
            for _ in 0..depth {
                self.out.push_str("    ");
            }
            self.out.push_str(line);
        }
        self.out.push('\n');
    }

    fn head(&mut self, bindings: &str, made: &str) {
        let _ = write!(
            self.out,
            "// {made}\n\
             // Reads and writes the types of `{bindings}`.\n\n\
             extern crate alloc as __alloc;\n\n\
             use {bindings} as __types;\n\n\
             #[allow(unused_imports)]\n\
             pub use __support::{{ReadError, ReadProblem, RecordSize, WriteError, WriteProblem}};\n"
        );
    }

    fn item(&mut self, item: &ReaderItem, own: bool) {
        let (name, camel) = (ident(&item.label), camel(&item.label));
        self.line(
            0,
            &format!("\n/// Reads and writes `{}`.", comment(&item.c)),
        );
        // The user's crate may deny warnings and use only some functions of a type. Generated functions also have
        // parentheses and parameters that only some types need. Therefore these lints are allowed.
        self.line(
            0,
            "#[allow(dead_code, unused_parens, unused_variables, clippy::all)]",
        );
        self.line(0, &format!("pub mod {name} {{"));
        let first = self.capabilities.first_node(&item.label);
        let node = first.and_then(|at| Some((at, self.plan.node(at)?)));
        if item.is_read {
            self.api(item, &camel);
        }
        if let Some((at, node)) = node {
            self.node(at, node, &camel);
        }
        self.out.push_str("}\n");
        let reads = item.is_read && !self.capabilities.needs_unions(&item.ty);
        if node.is_some() && own && reads {
            self.try_from(&name, &camel);
        }
    }

    fn try_from(&mut self, name: &str, camel: &str) {
        let _ = write!(
            self.out,
            "\nimpl ::core::convert::TryFrom<&[u8]> for __types::{camel} {{\n    \
                 type Error = ReadError;\n\n    \
                 fn try_from(bytes: &[u8]) -> ::core::result::Result<Self, ReadError> {{\n        \
                     {name}::read(bytes)\n    \
                 }}\n\
             }}\n"
        );
    }

    /// Writes the functions for all nodes with one label: for the type itself, for its copies at places for which an
    /// arm is chosen, and for its further layouts in a relocated plan. Also writes `Arm` and `peek` if the caller
    /// selects arms.
    fn node(&mut self, at: u32, node: &'a Node, camel: &str) {
        let plan = self.plan;
        let own = self.capabilities.later_nodes(&node.label).to_vec();
        let nodes: Vec<(u32, &Node)> = std::iter::once(at)
            .chain(own)
            .filter_map(|at| Some((at, plan.node(at)?)))
            .collect();
        let ty = format!("super::__types::{camel}");
        match &node.kind {
            NodeKind::Variant(arms) if nodes.iter().any(|(at, _)| needs_arm(plan, *at)) => {
                self.arms(arms);
            }
            _ => {}
        }
        for (at, node) in &nodes {
            self.get_node_functions(*at, node, &ty);
        }
        match &node.kind {
            NodeKind::Record(fields) => {
                let mut each = nodes.iter();
                let is_single = each.clone().all(|(at, _)| !plan.is_second_layout(*at));
                // `peek` can read only one layout, so a type with several layouts gets no `peek`.
                if is_single && each.any(|(_, node)| holds_union_that_needs_arm(plan, node)) {
                    self.peek(node, fields);
                }
            }
            NodeKind::Variant(_) | NodeKind::Enum(_) | NodeKind::Flags(_) | NodeKind::Number(_) => {
            }
        }
        // Copies at places for which an arm is chosen have the layout of the original, so the functions of the original
        // also write them.
        for (at, node) in nodes
            .iter()
            .filter(|(own, _)| *own == at || plan.is_second_layout(*own))
        {
            self.put_node_functions(*at, node, &ty);
        }
    }

    /// Writes the functions that write a record or variant. For an enum or flags, writes the functions that convert it
    /// from and to its number instead.
    fn put_node_functions(&mut self, at: u32, node: &Node, ty: &str) {
        let (needs, suffix) = (self.needs(at), self.put_suffix(at, node));
        match &node.kind {
            NodeKind::Record(fields) => self.put_record(at, node, fields, ty, needs),
            NodeKind::Variant(arms) => self.put_variant(at, node, arms, ty, needs),
            NodeKind::Enum(cases) => {
                self.get_enum(cases, ty, &suffix);
                self.put_enum(cases, ty, &suffix);
            }
            NodeKind::Flags(cases) => {
                self.get_flags(cases, ty, &suffix);
                self.put_flags(cases, ty, &suffix);
            }
            NodeKind::Number(_) => {}
        }
    }

    /// Returns the suffix in the names of the functions that `put_node_functions` writes for a node.
    fn put_suffix(&self, at: u32, node: &Node) -> String {
        match self.plan.is_second_layout(at) {
            true => self.capabilities.suffix(at, node),
            false => String::new(),
        }
    }

    /// Writes the function that reads a record or variant. If a choice selects an arm in the node, also writes the
    /// function that checks whether a value has the selected arms.
    fn get_node_functions(&mut self, at: u32, node: &Node, ty: &str) {
        let needs = self.needs(at);
        match &node.kind {
            NodeKind::Record(fields) => self.get_record(at, node, fields, ty, needs),
            NodeKind::Variant(arms) => self.get_variant(at, node, arms, ty, needs),
            NodeKind::Enum(_) | NodeKind::Flags(_) | NodeKind::Number(_) => return,
        }
        let node_ty = ValueType::plain(BaseType::Node(at));
        if self.capabilities.has_choice(&node_ty) {
            self.agree_node(at, node, ty);
        }
    }

    fn needs(&self, at: u32) -> Needs {
        Needs {
            unions: self.capabilities.needs_unions.get(at as usize) == Some(&true),
            flexible: self.capabilities.is_flexible(at),
        }
    }

    fn is_big(&self) -> bool {
        self.plan.endian == Endian::Big
    }

    /// Returns `le` or `be`, as in `from_le_bytes`.
    fn order(&self) -> &'static str {
        if self.is_big() { "be" } else { "le" }
    }
}

/// Returns the Rust type of an integer.
fn integer(bytes: u8, signed: bool) -> String {
    format!("{}{}", if signed { 'i' } else { 'u' }, 8 * u32::from(bytes))
}

/// Returns whether a type is `u8`. Lists of `u8` are copied as a whole.
fn is_byte(base: BaseType) -> bool {
    base == BaseType::Int {
        bytes: 1,
        signed: false,
    }
}

/// Returns a string literal with the name of a field in messages, such as `event.state`.
fn place(node: &Node, field: &NodeField) -> String {
    literal(&format!("{}.{}", node.label, field.name))
}

#[cfg(test)]
mod tests {
    use super::support;
    use crate::btf::Endian;
    use crate::plan::bits;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn readers_find_the_bits_that_the_decoder_finds(
            bytes in any::<[u8; 18]>(), first in 0..8_u8, width in 1..=128_u8,
        ) {
            let little = bits::field(&bytes[1..], first, width, Endian::Little);
            let big = bits::field(&bytes[1..], first, width, Endian::Big);
            prop_assert_eq!(support::bits::<false>(&bytes, 1, first, width), little);
            prop_assert_eq!(support::bits::<true>(&bytes, 1, first, width), big);
            let signed = bits::signed(big, width);
            prop_assert_eq!(support::signed::<true>(&bytes, 1, first, width), signed);
            // Writing the number back must give the same bytes again.
            let mut out = bytes;
            let bits = (first, width);
            support::put_bits::<true, true>(&mut out, 1, bits, signed as u128, "").expect("it fits");
            prop_assert_eq!(out, bytes);
        }
    }

    #[test]
    fn a_number_or_text_that_does_not_fit_is_an_error() {
        let mut out = [0; 2];
        let mut put = |number: i128| {
            support::put_bits::<false, true>(&mut out, 0, (3, 5), number as u128, "event.bits")
        };
        assert!(put(15).is_ok() && put(-16).is_ok());
        let error = put(16).expect_err("it has six bits").to_string();
        assert_eq!(error, "event.bits: the number does not fit into 5 bits");
        let error = support::put_bytes(&mut out, 0, 2, b"abc", "event.comm");
        let error = error.expect_err("it is longer").to_string();
        assert_eq!(error, "event.comm: there is room for 2, not for 3");
        let error = support::put_text(&mut out, 0, 2, "\0", "event.comm").expect_err("it ends");
        assert_eq!(
            error.to_string(),
            "event.comm: text cannot have a NUL in it"
        );
    }
}
