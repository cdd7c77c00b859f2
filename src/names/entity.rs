//! Defines [`Entity`], a type that becomes an item. An anonymous type is one entity for each place where it is used.

use super::text_span::TextSpan;
use crate::btf::TypeId;
use crate::maps::Slot;

/// The position of an item in the order of the generated WIT.
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

/// A type that becomes an item: a type with a C name, or an anonymous type at one of the places where it is used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entity {
    /// The struct, union, enum or typedef.
    pub ty: TypeId,
    pub owner: Owner,
    /// The position after this item and after all items inside it.
    pub end: EntityId,
    pub kind: Kind,
    /// Whether the type did not get its plain label, because that label collides with another one.
    pub collides: bool,
    pub(super) label: TextSpan,
}

/// The thing from whose name the label of a type is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The type has a C name, which is the source of its label.
    Named,
    /// The type is anonymous. It is the type of a member of this item, or of the elements of an array in this item.
    Inside(EntityId),
    /// The type is anonymous. A map or variable has this type, or an array of it.
    Slot(Slot),
    /// The type is an enum that has no name and that no named type, map or variable contains. In C, such an enum
    /// defines constants. The source of its label is its first enumerator.
    Constants,
    /// The type is anonymous and in the signature of a function. The number is the function's position in
    /// [`Names::functions`](super::Names::functions).
    Function(u32),
}

/// The kind of a C type that becomes a WIT type. If types with names and different kinds claim the same label, and
/// their names differ equally from the label, the kind that comes first in this list keeps it.
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
    /// Returns the kind whose C keyword is `word`, or `None` if there is none.
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
