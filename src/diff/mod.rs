//! What changed between two inputs: a walk over the types of both, by C kind and name.
//!
//! WIT names are not compared: they depend on what else an input holds. Knows nothing of text.

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

/// What changed from one input to another.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Diff {
    /// The version of the JSON documents.
    pub schema: u32,
    /// `diff`, the kind of this document.
    pub document: &'static str,
    /// Types of the old input that were compared.
    pub old_types: usize,
    /// Types of the new input that were compared.
    pub new_types: usize,
    /// The byte order of the old input. Where the new one has another, all numbers are misread.
    pub old_endian: Endian,
    /// The byte order of the new input.
    pub new_endian: Endian,
    /// By C kind and name.
    pub changes: Vec<TypeChange>,
}

/// A type that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct TypeChange {
    /// Its C kind.
    pub kind: Kind,
    /// Its C name.
    pub name: String,
    /// What became of it.
    pub fate: TypeFate,
    /// Would a program that knows the old layout misread the new one?
    pub breaking: bool,
    /// Its bytes in the old input.
    pub old_size: Option<u64>,
    /// Its bytes in the new input.
    pub new_size: Option<u64>,
    /// What changed inside it, in the order of the old layout. A new member comes behind the one that it
    /// follows.
    pub details: Vec<Detail>,
}

/// What became of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum TypeFate {
    /// Only the new input has it. Compatible.
    Added,
    /// Only the old input has it. Breaking.
    Removed,
    /// Both have it, and not alike.
    Changed,
}

/// A member, an enumerator or a size that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Detail {
    /// The member as C finds it in the type: `addr.v4`, `cells[].a` in the elements of an array. Members of
    /// unnamed structs and unions are those of their parent, as in C. An enumerator is its name alone. Empty
    /// for the type itself.
    pub path: String,
    /// What is not as it was.
    #[cfg_attr(feature = "json", serde(flatten))]
    pub change: Change,
    /// Would a program that knows the old layout misread the new one?
    pub breaking: bool,
}

/// What is not as it was.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[cfg_attr(feature = "json", serde(tag = "change", rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Change {
    /// A member is new. Compatible.
    Added {
        /// Its C type.
        new: String,
        /// Where it is.
        at: Place,
    },
    /// A member is gone. Breaking.
    Removed {
        /// Its C type.
        old: String,
        /// Where it was.
        at: Place,
    },
    /// A member is elsewhere. Breaking.
    Moved {
        /// Where it was.
        old: Place,
        /// Where it is.
        new: Place,
    },
    /// A member has another C type. Breaking, unless its bytes are read alike.
    Retyped {
        /// Its C type before.
        old: String,
        /// Its C type now.
        new: String,
        /// Where it is now; nothing for the target of a typedef.
        #[cfg_attr(feature = "json", serde(skip_serializing_if = "Option::is_none"))]
        at: Option<Place>,
    },
    /// A type has another size, or the elements of an array have. Breaking, but for structs and
    /// unions that grow and are no elements, since all that was known of them is where it was.
    Resized {
        /// Bytes before.
        old: u64,
        /// Bytes now.
        new: u64,
        /// Where the member is now; nothing for the type itself.
        #[cfg_attr(feature = "json", serde(skip_serializing_if = "Option::is_none"))]
        at: Option<Place>,
    },
    /// An enumerator is new. Compatible: the values that were known mean what they meant.
    EnumeratorAdded {
        /// Its value.
        new: i128,
    },
    /// An enumerator is gone. Breaking.
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

/// Where a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Place {
    /// Bytes from the start of the outermost struct or union, whatever it stands in.
    pub offset: u64,
    /// Its place in a bitfield, as [`Bits`](crate::layout::Bits) has it.
    #[cfg_attr(feature = "json", serde(skip_serializing_if = "Option::is_none"))]
    pub bits: Option<crate::layout::Bits>,
}

impl Diff {
    /// Compares what two packages write, by C kind and name.
    ///
    /// Where several types share a name, equal ones are paired first, then those of the most equal
    /// size; where more than 16 do, those that come next by size.
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
    /// None that loading would not have met before.
    pub fn of(old: &Package, new: &Package) -> Result<Diff, Error> {
        let changes = pairs::compare(old, new)?;
        Ok(Diff {
            schema: SCHEMA,
            document: "diff",
            old_types: old.named().count(),
            new_types: new.named().count(),
            old_endian: old.source().endian,
            new_endian: new.source().endian,
            changes,
        })
    }

    /// Is there a change that a program that knows the old layout would misread?
    pub fn is_breaking(&self) -> bool {
        self.is_reordered() || self.changes.iter().any(|change| change.breaking)
    }

    /// Have the inputs different byte orders?
    pub fn is_reordered(&self) -> bool {
        self.old_endian != self.new_endian
    }

    /// How many types were added, removed and changed, and how many changes are breaking.
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

/// The numbers of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Types that only the new input has.
    pub added: usize,
    /// Types that only the old input has.
    pub removed: usize,
    /// Types that are not alike in both.
    pub changed: usize,
    /// Types of all these whose change is breaking.
    pub breaking: usize,
}
