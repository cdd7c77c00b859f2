//! The types that become items: types with a C name, and anonymous types at each place where they are used.

use super::text_span::TextSpan;
use crate::btf::TypeId;
use crate::maps::Slot;

/// The position of an item, in the order of the written text.
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

/// A type that becomes an item.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entity {
    /// The struct, union, enum or typedef.
    pub ty: TypeId,
    pub owner: Owner,
    /// The position after this item and all items inside it.
    pub end: EntityId,
    pub kind: Kind,
    /// Whether this type did not get its plain label, since another C name has it.
    pub collides: bool,
    pub(super) label: TextSpan,
}

/// Where the label of a type comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// From the C name of the type.
    Named,
    /// From the item around the anonymous type.
    Inside(EntityId),
    /// From the map or variable that holds the anonymous type, or an array of it.
    Slot(Slot),
    /// From the first enumerator of an enum that has no name and that no type uses. In C, it defines constants.
    Constants,
    /// From the function that has the anonymous type in its signature.
    Function(u32),
}

/// The kind of a named C type. If names collide, the kind that is listed first keeps the label.
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
    /// Returns the kind with this C keyword.
    pub(crate) fn of_word(word: &str) -> Option<Kind> {
        let kinds = [Kind::Struct, Kind::Union, Kind::Enum, Kind::Typedef];
        kinds.into_iter().find(|kind| kind.word() == word)
    }

    /// Returns the C keyword of the kind.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Struct => "struct",
            Kind::Union => "union",
            Kind::Enum => "enum",
            Kind::Typedef => "typedef",
        }
    }
}
