//! Defines the argument of the caller's function that selects the arm of a union: the union and the values that were
//! read before it. An arm is a union member. `read` calls the function only for unions that have no arm choice in the
//! plan and whose arms are not equivalent.

use std::fmt;

use super::location::Location;
use super::value::Value;
use crate::plan::{Node, NodeField, position};

/// The caller's function. It returns the position of the arm to read, as [`Union::arm`] does, or `None` if it cannot
/// select an arm.
pub(super) type ArmSelector = Box<dyn Fn(&Union<'_, '_>) -> Option<usize> + Send + Sync>;

/// A record or variant that encloses the value that is being read.
pub(super) struct EnclosingNode<'f, 'a> {
    pub node: &'a Node,
    pub location: Location,
    /// The C name of the member of `node` that contains the value that is being read.
    pub name: &'a str,
    /// The fields of `node` that were read before the member `name`, with their labels.
    pub fields: &'f [(&'a str, Value<'a>)],
    pub outer: Option<&'f EnclosingNode<'f, 'a>>,
}

/// A union whose arm the caller selects, and the values that were read before the union. An arm is a union member.
pub struct Union<'f, 'a> {
    node: &'a Node,
    arms: &'a [NodeField],
    bytes: &'a [u8],
    enclosing: Option<&'f EnclosingNode<'f, 'a>>,
}

impl<'f, 'a> Union<'f, 'a> {
    pub(super) fn new(
        node: &'a Node,
        arms: &'a [NodeField],
        bytes: &'a [u8],
        enclosing: Option<&'f EnclosingNode<'f, 'a>>,
    ) -> Self {
        Union {
            node,
            arms,
            bytes,
            enclosing,
        }
    }

    /// Returns the C name of the member that has this union as its type. If the member has no name, returns the name
    /// of the union's first member. Returns `None` if the union is the decoded type itself.
    pub fn name(&self) -> Option<&str> {
        self.enclosing.map(|enclosing| enclosing.name)
    }

    /// Returns the label of the union's item in the interface.
    pub fn item(&self) -> &str {
        &self.node.label
    }

    /// Returns the label of the item that contains the union, or `None` if the union is the decoded type itself.
    pub fn holder(&self) -> Option<&str> {
        self.enclosing
            .map(|enclosing| enclosing.node.label.as_str())
    }

    /// Returns the labels of the arms.
    pub fn arms(&self) -> impl Iterator<Item = &str> {
        self.arms.iter().map(|arm| &*arm.label)
    }

    /// Returns the position of the arm with this C name or label, or `None` if there is none.
    pub fn arm(&self, name: &str) -> Option<usize> {
        position(self.arms, name)
    }

    /// Returns the bytes of the union, without those of a flexible array at its end. If the record ends inside the
    /// union, returns the bytes up to there. If a target BTF lacks the union, returns no bytes.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Returns the value of a field that was read before the union, given its label. Searches the record that contains
    /// the union first, then the records that enclose it. Returns `None` if no such field was read.
    pub fn get(&self, label: &str) -> Option<&'f Value<'a>> {
        let mut enclosing = self.enclosing;
        while let Some(EnclosingNode { fields, outer, .. }) = enclosing {
            if let Some((_, value)) = fields.iter().find(|(name, _)| *name == label) {
                return Some(value);
            }
            enclosing = *outer;
        }
        None
    }

    /// Returns the fields of the containing record that were read before the union, with their labels.
    pub fn record(&self) -> &'f [(&'a str, Value<'a>)] {
        self.enclosing.map_or(&[], |enclosing| enclosing.fields)
    }
}

impl fmt::Debug for Union<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Union")
            .field("name", &self.name())
            .field("arms", &self.arms().collect::<Vec<_>>())
            .field("record", &self.record())
            .finish_non_exhaustive()
    }
}
