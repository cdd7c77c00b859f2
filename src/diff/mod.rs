//! Compares the types of two inputs by C kind and name.
//!
//! Names in WIT are not compared, since they depend on the other types of an input. This module does not print
//! anything.
//!
//! A change is *breaking* if a program that was built for the old type reads or writes bytes of the new type wrongly,
//! or refuses these bytes because their number is wrong. `docs/breaking.md` lists the breaking changes. The fingerprint
//! of a layout ([`Decoder::fingerprint`](crate::decode::Decoder::fingerprint)) follows the same definition.

mod compared;
mod equal;
mod fields;
mod once;
mod pairs;
mod reading;

use crate::btf::Endian;
use crate::error::Error;
use crate::layout::SCHEMA;
use crate::names::Kind;
use crate::package::Package;

/// The changes from one input to another.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Diff {
    /// The schema version of the JSON documents.
    pub schema: u32,
    /// The kind of the document, `diff`.
    pub document: &'static str,
    /// The number of selected types of the old input.
    pub old_types: usize,
    /// The number of selected types of the new input.
    pub new_types: usize,
    /// The byte order of the old input. If the new input has another byte order, a program built for the old input
    /// would misread numbers of several bytes.
    pub old_endian: Endian,
    /// The byte order of the new input.
    pub new_endian: Endian,
    /// The types that were added, removed or changed, in order of kind and name.
    pub changes: Vec<TypeChange>,
}

/// A type that was added, removed or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct TypeChange {
    /// The kind of the type in C, such as struct.
    pub kind: Kind,
    /// The C name. For an anonymous type of a map or a variable, this is a name such as `map stats value` or `var cfg`.
    pub name: String,
    /// Whether the type was added, removed or changed.
    pub fate: TypeFate,
    /// Whether the change is breaking, as the [module](self) defines it.
    pub breaking: bool,
    /// The size in bytes in the old input. `None` if the old input does not have the type.
    pub old_size: Option<u64>,
    /// The size in bytes in the new input. `None` if the new input does not have the type.
    pub new_size: Option<u64>,
    /// The changes inside the type, in the order of the old layout. A new member follows the member that precedes it.
    pub details: Vec<Detail>,
}

/// Whether a type was added, removed or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum TypeFate {
    /// Only the new input has the type. This is compatible.
    Added,
    /// Only the old input has the type. This is breaking.
    Removed,
    /// Both inputs have the type, and it differs.
    Changed,
}

/// A change of a member, an enumerator, a size or the target of a typedef.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Detail {
    /// The path of the member in C, such as `addr.v4`, or `cells[].a` in the elements of an array. As in C, the members
    /// of unnamed structs and unions belong to the parent. The path of an enumerator is only its name. The path is
    /// empty if the change is about the type itself.
    pub path: String,
    /// The change.
    #[cfg_attr(feature = "json", serde(flatten))]
    pub change: Change,
    /// Whether the change is breaking, as the [module](self) defines it.
    pub breaking: bool,
}

/// A change of a member, an enumerator, a size or the target of a typedef, with its details.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[cfg_attr(feature = "json", serde(tag = "change", rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Change {
    /// A member was added. This is compatible.
    Added {
        /// The C type of the member.
        new: String,
        /// The place of the member.
        at: Place,
    },
    /// A member was removed. This is breaking.
    Removed {
        /// The C type of the member.
        old: String,
        /// The place of the member.
        at: Place,
    },
    /// A member has another offset, or the width of a bitfield changed. This is breaking, unless a bitfield became an
    /// ordinary member with the same offset and the same number of bits, or the reverse.
    Moved {
        /// The old place of the member.
        old: Place,
        /// The new place of the member.
        new: Place,
    },
    /// A member or the target of a typedef has another C type. This is breaking, unless programs read its bytes in the
    /// same way.
    Retyped {
        /// The old C type. If both C types are written in the same way, their kinds are added to them, as in
        /// `float (unsigned integer)`.
        old: String,
        /// The new C type.
        new: String,
        /// The new place of the member. `None` for the target of a typedef.
        #[cfg_attr(feature = "json", serde(skip_serializing_if = "Option::is_none"))]
        at: Option<Place>,
    },
    /// A type or the elements of an array have another size. This is breaking, with one exception: a struct or union
    /// may grow if it is not an array element, since its known members stay where they were.
    Resized {
        /// The old size in bytes.
        old: u64,
        /// The new size in bytes.
        new: u64,
        /// The new place of the member. `None` if the change is about the type itself.
        #[cfg_attr(feature = "json", serde(skip_serializing_if = "Option::is_none"))]
        at: Option<Place>,
    },
    /// An enumerator was added. This is compatible, since known values keep their meaning.
    EnumeratorAdded {
        /// The value of the enumerator.
        new: i128,
    },
    /// An enumerator was removed. This is breaking, unless another name of its value remains.
    EnumeratorRemoved {
        /// The value of the enumerator.
        old: i128,
    },
    /// An enumerator has another value. This is breaking.
    Revalued {
        /// The old value of the enumerator.
        old: i128,
        /// The new value of the enumerator.
        new: i128,
    },
}

/// The place of a member in the outermost struct or union.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Place {
    /// The offset in bytes from the start of the outermost struct or union.
    pub offset: u64,
    /// The bits of a bitfield, as in [`Bits`](crate::layout::Bits). `None` if the member is not a bitfield.
    #[cfg_attr(feature = "json", serde(skip_serializing_if = "Option::is_none"))]
    pub bits: Option<crate::layout::Bits>,
}

impl Diff {
    /// Compares the types of two packages by C kind and name. Leaves out types that neither package selects.
    ///
    /// If several types share a name, equal types are paired first, and then those whose sizes are closest. If more
    /// than 16 types share a name, types that are not equal are paired in order of size.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/event.bpfel.o");
    /// let old = btf2wit::Config::new().input(object).load()?;
    /// let new = btf2wit::Config::new().input(object).load()?;
    /// assert!(btf2wit::diff::Diff::of(&old, &new)?.changes.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Malformed`] if the types of a package expand to too many members in total.
    pub fn of(old: &Package, new: &Package) -> Result<Diff, Error> {
        let changes = pairs::compare(old, new)?;
        let count = |package: &Package| {
            let addressed = pairs::addressed(package).into_iter();
            let selected = addressed.filter(|(.., id)| package.selects(*id));
            package.named().count() + selected.count()
        };
        Ok(Diff {
            schema: SCHEMA,
            document: "diff",
            old_types: count(old),
            new_types: count(new),
            old_endian: old.source().endian,
            new_endian: new.source().endian,
            changes,
        })
    }

    /// Returns whether any change is breaking, or the inputs have different byte orders.
    pub fn is_breaking(&self) -> bool {
        self.is_reordered() || self.changes.iter().any(|change| change.breaking)
    }

    /// Returns whether the inputs have different byte orders.
    pub fn is_reordered(&self) -> bool {
        self.old_endian != self.new_endian
    }

    /// Returns the numbers of types that were added, removed and changed, and the number of breaking changes among
    /// them.
    pub fn counts(&self) -> Counts {
        let count = |fate| self.changes.iter().filter(|c| c.fate == fate).count();
        Counts {
            added: count(TypeFate::Added),
            removed: count(TypeFate::Removed),
            changed: count(TypeFate::Changed),
            breaking: self.changes.iter().filter(|c| c.breaking).count(),
        }
    }
}

/// The summary of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// The number of types that only the new input has.
    pub added: usize,
    /// The number of types that only the old input has.
    pub removed: usize,
    /// The number of types that both inputs have and that differ.
    pub changed: usize,
    /// The number of types whose change is breaking.
    pub breaking: usize,
}
