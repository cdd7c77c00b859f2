//! The caller's function that selects the arms of unions for which the plan has no choice.

use std::fmt;

use super::location::Location;
use super::value::Value;
use crate::plan::{Node, NodeField, position};

/// Returns the position of an arm.
pub(super) type Ask = Box<dyn Fn(&Union<'_, '_>) -> Option<usize> + Send + Sync>;

/// A record or variant around the value that is read.
pub(super) struct EnclosingNode<'f, 'a> {
    pub node: &'a Node,
    pub location: Location,
    /// The C name of the member that is read.
    pub name: &'a str,
    /// The fields that were read before, by their labels.
    pub fields: &'f [(&'a str, Value<'a>)],
    pub outer: Option<&'f EnclosingNode<'f, 'a>>,
}

/// A union whose arm the caller has to select, and the values that were read before it.
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

    /// Returns the C name of the union's member, or of its first member if it has none. Returns nothing
    /// for the outermost type.
    pub fn name(&self) -> Option<&str> {
        self.frame.map(|frame| frame.name)
    }

    /// Returns the label of the union's item in the interface.
    pub fn item(&self) -> &str {
        &self.node.label
    }

    /// Returns the label of the item around the union; nothing for the outermost type.
    pub fn holder(&self) -> Option<&str> {
        self.frame.map(|frame| frame.node.label.as_str())
    }

    /// Returns the labels of the arms.
    pub fn arms(&self) -> impl Iterator<Item = &str> {
        self.arms.iter().map(|arm| &*arm.label)
    }

    /// Returns the position of the arm that has a C name or a label.
    pub fn arm(&self, name: &str) -> Option<usize> {
        position(self.arms, name)
    }

    /// Returns the bytes of the union. There are none if the target of a relocated decoder lacks it.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Returns the value of a field that was read before the union, by its label. The record around the
    /// union is searched first, then those further out.
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

    /// Returns the fields of the record around the union that were read before it, by their labels.
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
