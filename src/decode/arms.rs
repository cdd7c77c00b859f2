//! Asks the caller's function which arm of a union holds. What the caller chose beforehand is in the plan.

use std::fmt;

use super::value::Value;
use crate::plan::{Node, NodeField, position};

/// A function that says which arm holds.
pub(super) type Ask = Box<dyn Fn(&Union<'_, '_>) -> Option<usize> + Send + Sync>;

/// A record that is being read, or an arm of a variant, around what is read now.
pub(super) struct EnclosingNode<'f, 'a> {
    pub node: &'a Node,
    /// Bits from the start of the bytes.
    pub at: u64,
    /// The C name of the member that is read now.
    pub name: &'a str,
    /// What was read before.
    pub fields: &'f [(&'a str, Value<'a>)],
    pub outer: Option<&'f EnclosingNode<'f, 'a>>,
}

/// A union whose arm is asked for, with what was read before it.
pub struct Union<'f, 'a> {
    node: &'a Node,
    arms: &'a [NodeField],
    bytes: &'a [u8],
    frame: Option<&'f EnclosingNode<'f, 'a>>,
}

impl<'f, 'a> Union<'f, 'a> {
    pub(super) fn new(
        node: &'a Node,
        arms: &'a [NodeField],
        bytes: &'a [u8],
        frame: Option<&'f EnclosingNode<'f, 'a>>,
    ) -> Self {
        Union {
            node,
            arms,
            bytes,
            frame,
        }
    }

    /// The C name of the member that the union is, that of its first member where it has none itself;
    /// nothing for the outermost type.
    pub fn name(&self) -> Option<&str> {
        self.frame.map(|frame| frame.name)
    }

    /// The label of the union's item in the interface.
    pub fn item(&self) -> &str {
        &self.node.label
    }

    /// The label of the item around it; nothing for the outermost type.
    pub fn holder(&self) -> Option<&str> {
        self.frame.map(|frame| frame.node.label.as_str())
    }

    /// The labels of the arms.
    pub fn arms(&self) -> impl Iterator<Item = &str> {
        self.arms.iter().map(|arm| &*arm.label)
    }

    /// The position of the arm of a label, or of a C name.
    pub fn arm(&self, name: &str) -> Option<usize> {
        position(self.arms, name)
    }

    /// The bytes of the union.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The field of a label that was read before the union: in the record around it, or else in one
    /// further out.
    pub fn get(&self, label: &str) -> Option<&'f Value<'a>> {
        let mut frame = self.frame;
        while let Some(EnclosingNode { fields, outer, .. }) = frame {
            if let Some((_, value)) = fields.iter().find(|(own, _)| *own == label) {
                return Some(value);
            }
            frame = *outer;
        }
        None
    }

    /// The fields that were read before the union in the record around it.
    pub fn record(&self) -> &'f [(&'a str, Value<'a>)] {
        self.frame.map_or(&[], |frame| frame.fields)
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
