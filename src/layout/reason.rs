//! Reasons why something is left out, widened or renamed. A *widened* item is written with less information than its C
//! type has.

use std::fmt;

use crate::c::members::LeftOutReason;
use crate::lower::Fallback;

/// The reason why a type, member or function is left out, widened or renamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Reason {
    /// The type, member, parameter, result or variable has no size or the size 0, so it holds no data.
    NoSize,
    /// The member is an array without elements, and it is not the last member.
    ZeroLength,
    /// The member is an unnamed bitfield, or an unnamed struct or union with a size whose members hold no data.
    Padding,
    /// The BTF declares the type, but does not define it.
    Declared,
    /// The type is a typedef of something without a size: `void`, a function, a type that is only declared, or an array
    /// of 4 GiB or more.
    NoValues,
    /// The struct or union is anonymous, and no item, variable or function contains it by value.
    NotHeld,
    /// The type is an anonymous enum that nothing contains by value, so it only defines constants.
    /// [`Config::constants`](crate::Config::constants) makes btf2wit write such enums, too.
    Constants,
    /// The function takes or returns a type that is not selected.
    NotSelected,
    /// No member of the struct or union holds data. The struct or union is written as bytes.
    Opaque,
    /// The type or function has more members, enumerators or parameters than WIT allows, or the names of its members or
    /// enumerators are too long in total. A struct or union is written as bytes, an enum as an integer. A function is
    /// left out.
    TooMany,
    /// The enum is a set of bits, with more bits than the 32 that WIT's flags allow. The enum is written as an integer.
    TooManyBits,
    /// The compiler cut the values of the enum to 32 bits. An enumerator whose cut value equals that of an earlier one
    /// has no case.
    CutValues,
    /// The enum has no enumerators. It is written as an integer.
    NoCases,
    /// The item is or contains a number of a size that WIT does not have. The number is written as bytes.
    OddNumber,
    /// The members do not fit into the struct or union, or are nested too deep. The struct or union is written as
    /// bytes.
    Unsound,
    /// Another item, function, member, enumerator or parameter has the label that the C name suggests, or that
    /// label would collide with another one in bindings.
    #[cfg_attr(feature = "json", serde(rename = "rival"))]
    LabelTaken,
    /// The keys or values of the map are file descriptors, which a component does not have.
    MapDescriptors,
    /// Programs and user space share the memory of the map, which a component cannot access.
    MapMemory,
    /// The map holds functions that the kernel calls.
    MapStructOps,
    /// Linux 6.18 does not have the type of the map.
    MapUnknown,
    /// The definition of the map does not state the type of the map, or states neither the type nor the size of its
    /// keys or values.
    MapUntyped,
    /// The map is defined by a struct of numbers, a form that libbpf rejects since 1.0.
    MapLegacy,
    /// The variable, or a key, value or record of the map, is larger than 256 MiB. That is the limit for what a
    /// component can be passed.
    TooLarge,
    /// The variable is static, so only its own source file sees it.
    Static,
    /// The offset of the variable in its section is unknown: the input does not have it, or the loader chooses it.
    NoPlace,
    /// The caller excluded the type or function. For a written item, the caller excluded a type that the item contains,
    /// and the value of that type is written as a number or as bytes.
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
            Reason::LabelTaken => "another type or function has the label",
            Reason::MapDescriptors => "its keys or values are file descriptors",
            Reason::MapMemory => "programs and user space share its memory",
            Reason::MapStructOps => "it holds functions for the kernel",
            Reason::MapUnknown => "Linux 6.18 does not have maps of this type",
            Reason::MapUntyped => {
                "its definition states neither type nor size of its keys or values"
            }
            Reason::MapLegacy => "its definition has a form that libbpf 1.0 refuses",
            Reason::TooLarge => "it has more than the 256 MiB that a component can be passed",
            Reason::Static => "static, so that only its own file sees it",
            Reason::NoPlace => "the loader places it, or the input does not tell where it is",
            Reason::Excluded => "excluded",
        })
    }
}

impl Reason {
    pub(crate) fn of_member(why: LeftOutReason) -> Reason {
        match why {
            LeftOutReason::NoSize => Reason::NoSize,
            LeftOutReason::ZeroLength => Reason::ZeroLength,
            LeftOutReason::Padding => Reason::Padding,
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
