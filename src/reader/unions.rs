//! Generates the code for unions whose arm the caller selects: the trait that the caller implements, and an enum of
//! each union's arms.

use std::collections::BTreeSet;

use super::Generator;
use super::capabilities::needs_arm;
use super::rust::{camel, comment, ident};
use crate::plan::{Node, NodeField};

impl Generator<'_> {
    /// Writes the trait that selects arms, and the struct `Place`, which its methods take. An implementation need not
    /// use all fields of `Place`, so unused fields are allowed.
    pub(super) fn unions(&mut self) {
        self.out.push_str(
            "\n/// The place of a union that is read.\n\
             #[allow(dead_code)]\n\
             #[derive(Clone, Copy, Debug)]\n\
             pub struct Place<'a> {\n    \
                 /// The label of the item that contains the union. It is empty if no item contains the union.\n    \
                 pub holder: &'static str,\n    \
                 /// The C name of the member that is the union.\n    \
                 pub member: &'static str,\n    \
                 /// The bytes of the item that contains the union. The functions in the `peek` module of that item read\n    \
                 /// numbers in these bytes.\n    \
                 pub around: &'a [u8],\n    \
                 /// The bytes of the union.\n    \
                 pub bytes: &'a [u8],\n\
             }\n\n\
             /// Selects the arms of unions. BTF does not record which one is active. With `None`, reading fails.\n\
             pub trait Unions {\n",
        );
        let nodes = (0..).zip(&self.plan.nodes);
        let unions = nodes.filter(|(at, _)| needs_arm(self.plan, *at));
        let methods = unions.map(|(_, node)| (ident(&node.label), arms_doc(node)));
        let methods: BTreeSet<(String, String)> = methods.collect();
        for (name, doc) in methods {
            self.line(1, &comment(&doc));
            let method = format!(
                "fn {name}(&mut self, place: &Place<'_>) -> ::core::option::Option<{name}::Arm>;"
            );
            self.line(1, &method);
        }
        self.out.push_str("}\n");
    }

    pub(super) fn arms(&mut self, arms: &[NodeField]) {
        self.line(0, "");
        self.line(1, "/// The arms of the union.");
        self.line(1, "#[derive(Clone, Copy, Debug, PartialEq, Eq)]");
        self.line(1, "pub enum Arm {");
        for arm in arms {
            self.line(2, &format!("{},", camel(&arm.label)));
        }
        self.line(1, "}");
    }
}

fn arms_doc(union: &Node) -> String {
    let arms = union.fields().iter().map(|arm| format!("`{}`", arm.name));
    let arms: Vec<String> = arms.collect();
    let c = union.c.as_deref().unwrap_or("an unnamed union");
    format!("/// Returns the arm of `{c}`: {}.", arms.join(", "))
}
