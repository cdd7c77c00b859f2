//! Compares the types of two inputs by C kind and name.
//!
//! WIT names are not compared, since they depend on what else an input holds. Knows nothing of text.
//!
//! A change is *breaking* if a program that was built for the old type reads or writes bytes of the new one wrongly, or
//! refuses them for their size. `docs/breaking.md` lists what is. The fingerprint of a layout
//! ([`Decoder::fingerprint`](crate::decode::Decoder::fingerprint)) follows the same definition.

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
    /// How many types of the old input were compared.
    pub old_types: usize,
    /// How many types of the new input were compared.
    pub new_types: usize,
    /// The byte order of the old input. If the new one has another, a program would misread all
    /// numbers.
    pub old_endian: Endian,
    /// The byte order of the new input.
    pub new_endian: Endian,
    /// The types that changed, in order of kind and name.
    pub changes: Vec<TypeChange>,
}

/// A type that was added, removed or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct TypeChange {
    /// The C kind.
    pub kind: Kind,
    /// The C name. An anonymous type of a map or a variable has its address: `map stats value`, `var cfg`.
    pub name: String,
    /// What happened to the type.
    pub fate: TypeFate,
    /// Whether a program built for the old layout would misread the new one.
    pub breaking: bool,
    /// The size in bytes in the old input.
    pub old_size: Option<u64>,
    /// The size in bytes in the new input.
    pub new_size: Option<u64>,
    /// The changes inside the type, in the order of the old layout. A new member follows its
    /// predecessor.
    pub details: Vec<Detail>,
}

/// What happened to a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum TypeFate {
    /// Only the new input has it. Compatible.
    Added,
    /// Only the old input has it. Breaking.
    Removed,
    /// Both inputs have it, and it differs.
    Changed,
}

/// A change of a member, an enumerator or a size.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Detail {
    /// The member as C names it: `addr.v4`, or `cells[].a` in the elements of an array. Members of
    /// unnamed structs and unions belong to the parent, as in C. For an enumerator, its name alone.
    /// Empty for the type itself.
    pub path: String,
    /// The change.
    #[cfg_attr(feature = "json", serde(flatten))]
    pub change: Change,
    /// Whether a program built for the old layout would misread the new one.
    pub breaking: bool,
}

/// The change.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[cfg_attr(feature = "json", serde(tag = "change", rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Change {
    /// A member was added. Compatible.
    Added {
        /// Its C type.
        new: String,
        /// Its place.
        at: Place,
    },
    /// A member was removed. Breaking.
    Removed {
        /// Its C type.
        old: String,
        /// Its place.
        at: Place,
    },
    /// A member moved, or is another bitfield. Breaking, unless only a bitfield of all bits became an ordinary member, or
    /// the reverse.
    Moved {
        /// Its place before.
        old: Place,
        /// Its place now.
        new: Place,
    },
    /// A member has another C type. Breaking, unless its bytes are read in the same way.
    Retyped {
        /// Its C type before. Where C spells both alike, what they are follows: `float (unsigned integer)`.
        old: String,
        /// Its C type now.
        new: String,
        /// Its place now; nothing for the target of a typedef.
        #[cfg_attr(feature = "json", serde(skip_serializing_if = "Option::is_none"))]
        at: Option<Place>,
    },
    /// A type, or the elements of an array, have another size. Breaking, unless it is a struct or union
    /// that grows and is no element, since its known members stay where they were.
    Resized {
        /// Bytes before.
        old: u64,
        /// Bytes now.
        new: u64,
        /// The place of the member now; nothing for the type itself.
        #[cfg_attr(feature = "json", serde(skip_serializing_if = "Option::is_none"))]
        at: Option<Place>,
    },
    /// An enumerator was added. Compatible: known values keep their meaning.
    EnumeratorAdded {
        /// Its value.
        new: i128,
    },
    /// An enumerator was removed. Breaking, unless another name of its value remains.
    EnumeratorRemoved {
        /// Its value.
        old: i128,
    },
    /// An enumerator has another value. Breaking.
    Revalued {
        /// Its value before.
        old: i128,
        /// Its value now.
        new: i128,
    },
}

/// The place of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Place {
    /// Bytes from the start of the outermost struct or union, whatever it stands in.
    pub offset: u64,
    /// The bits of a bitfield, as [`Bits`](crate::layout::Bits) has them.
    #[cfg_attr(feature = "json", serde(skip_serializing_if = "Option::is_none"))]
    pub bits: Option<crate::layout::Bits>,
}

impl Diff {
    /// Compares the selected types of two packages by C kind and name.
    ///
    /// If several types share a name, equal ones are paired first, then those whose sizes are closest. Of more than
    /// 16 types, the others are paired in order of size.
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
    /// [`Error::Malformed`] if a type expands to too many members.
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

    /// Returns whether a program built for the old layout would misread anything.
    pub fn is_breaking(&self) -> bool {
        self.is_reordered() || self.changes.iter().any(|change| change.breaking)
    }

    /// Returns whether the inputs have different byte orders.
    pub fn is_reordered(&self) -> bool {
        self.old_endian != self.new_endian
    }

    /// Returns how many types were added, removed and changed, and how many of the changes are
    /// breaking.
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
    /// Types that only the new input has.
    pub added: usize,
    /// Types that only the old input has.
    pub removed: usize,
    /// Types that both inputs have and that differ.
    pub changed: usize,
    /// Types whose change is breaking.
    pub breaking: usize,
}
