//! Why something is not written as C has it.

use std::fmt;

use crate::c::members::Why;
use crate::lower::Fallback;

/// Why a type or member is not written as C has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Reason {
    /// It has no size, so that it carries nothing.
    NoSize,
    /// An array without elements that is not the last member.
    ZeroLength,
    /// An unnamed bitfield, or an unnamed struct without members.
    Padding,
    /// The type is only declared.
    Declared,
    /// A typedef of something that has no values: `void`, a function, a declaration.
    NoValues,
    /// An anonymous type that nothing holds by value.
    NotHeld,
    /// An anonymous enum that nothing holds: constants, written on request.
    Constants,
    /// A function that takes or returns a type that was not selected.
    NotSelected,
    /// A type of a size, but without members that carry anything: its bytes.
    Opaque,
    /// More members than WIT allows: its bytes, or its integer.
    TooMany,
    /// A set of more bits than the 32 of WIT's flags: its integer.
    TooManyBits,
    /// The producer cut the values of an enum to 32 bits, so that some are those of others and have no case.
    CutValues,
    /// An enum without enumerators: its integer.
    NoCases,
    /// A number of a size that WIT does not have: its bytes.
    OddNumber,
    /// The members of a struct or union do not fit it: its bytes.
    Unsound,
    /// Another type or function has the label.
    Rival,
    /// The caller excluded it, or a type that it holds, which is written as a number or as bytes.
    Excluded,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Reason::NoSize => "it has no size",
            Reason::ZeroLength => "an array without elements before the last member",
            Reason::Padding => "padding",
            Reason::Declared => "it is only declared",
            Reason::NoValues => "it stands for something without values",
            Reason::NotHeld => "anonymous, and nothing holds it by value",
            Reason::Constants => "constants, written with --constants",
            Reason::NotSelected => "it takes or returns a type that is not selected",
            Reason::Opaque => "its bytes, since no member carries anything",
            Reason::TooMany => "more members than WIT allows",
            Reason::TooManyBits => "its integer, since WIT's flags have at most 32 bits",
            Reason::CutValues => {
                "without the enumerators whose values, cut to 32 bits, others have"
            }
            Reason::NoCases => "its integer, since it has no enumerators",
            Reason::OddNumber => "its bytes, since WIT has no number of that size",
            Reason::Unsound => "its bytes, since its members do not fit it",
            Reason::Rival => "another type or function has the label",
            Reason::Excluded => "excluded",
        })
    }
}

impl Reason {
    pub(crate) fn of_member(why: Why) -> Reason {
        match why {
            Why::NoSize => Reason::NoSize,
            Why::ZeroLength => Reason::ZeroLength,
            Why::Padding => Reason::Padding,
        }
    }

    pub(crate) fn of_item(widened: Fallback) -> Reason {
        match widened {
            Fallback::Opaque => Reason::Opaque,
            Fallback::TooManyMembers | Fallback::TooManyValues => Reason::TooMany,
            Fallback::TooManyBits => Reason::TooManyBits,
            Fallback::CutValues => Reason::CutValues,
            Fallback::NoCases => Reason::NoCases,
            Fallback::OddNumber => Reason::OddNumber,
            Fallback::Unsound => Reason::Unsound,
            Fallback::Excluded => Reason::Excluded,
        }
    }
}
