//! What gets a name in the interface: types by their C names, and anonymous ones by their place.

use super::text_span::TextSpan;
use crate::btf::TypeId;
use crate::maps::Slot;

/// Something that is written as one item, in the order in which items are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct EntityId(pub u32);

impl EntityId {
    pub fn index(self) -> usize {
        self.0 as usize
    }

    pub fn next(self) -> EntityId {
        EntityId(self.0 + 1)
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Entity {
    /// The type that has the name; for an anonymous one the type itself.
    pub ty: TypeId,
    pub owner: Owner,
    /// The first item after this one and all that stand in it: its next sibling.
    pub end: EntityId,
    pub kind: Kind,
    /// Another C name has the label that this one would have had.
    pub collides: bool,
    pub(super) label: TextSpan,
}

/// Where a name comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// C names the type.
    Named,
    /// The anonymous type stands in another item.
    Inside(EntityId),
    /// The anonymous type is what a map or a variable holds, or its elements.
    Slot(Slot),
    /// An anonymous enum that nothing refers to: constants.
    Constants,
    /// The anonymous type is a parameter's or a result's; the index of the function.
    Function(u32),
}

/// C's kinds of names for types, in the order in which they keep a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]
pub enum Kind {
    /// `struct foo`.
    Struct,
    /// `union foo`.
    Union,
    /// `enum foo`.
    Enum,
    /// A name that `typedef` gives.
    Typedef,
}

impl Kind {
    /// The kind that C has this word for.
    pub(crate) fn of_word(word: &str) -> Option<Kind> {
        let kinds = [Kind::Struct, Kind::Union, Kind::Enum, Kind::Typedef];
        kinds.into_iter().find(|kind| kind.word() == word)
    }

    /// C's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Struct => "struct",
            Kind::Union => "union",
            Kind::Enum => "enum",
            Kind::Typedef => "typedef",
        }
    }
}
