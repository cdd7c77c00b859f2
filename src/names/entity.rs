//! The items of the interface that are types: those with C names, and anonymous ones by where they are used.

use super::text_span::TextSpan;
use crate::btf::TypeId;
use crate::maps::Slot;

/// The position of an item, in the order in which items are written.
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

/// A type that is one item.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entity {
    /// The struct, union, enum or typedef.
    pub ty: TypeId,
    pub owner: Owner,
    /// The first item after this one and all items inside it.
    pub end: EntityId,
    pub kind: Kind,
    /// Whether another C name has the plain label.
    pub collides: bool,
    pub(super) label: TextSpan,
}

/// What a type takes its label from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The type has a C name.
    Named,
    /// The anonymous type is inside another item.
    Inside(EntityId),
    /// The anonymous type is what a map or a variable holds, or the element of that.
    Slot(Slot),
    /// The type is an anonymous enum that no type uses: it defines constants.
    Constants,
    /// The anonymous type is in the signature of the function at this position.
    Function(u32),
}

/// The kinds of C types with names. Where names collide, the earlier kind keeps the label.
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
    /// `typedef … foo`.
    Typedef,
}

impl Kind {
    /// Returns the kind of a C keyword.
    pub(crate) fn of_word(word: &str) -> Option<Kind> {
        let kinds = [Kind::Struct, Kind::Union, Kind::Enum, Kind::Typedef];
        kinds.into_iter().find(|kind| kind.word() == word)
    }

    /// Returns the C keyword.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Struct => "struct",
            Kind::Union => "union",
            Kind::Enum => "enum",
            Kind::Typedef => "typedef",
        }
    }
}
