//! Warnings about BTF that breaks a rule, mostly a rule of the kernel, but that btf2wit converts. `verifier/` creates
//! most of them.

use std::fmt;

use super::malformed;

/// A rule that the input breaks, and the first place where the rule is broken.
///
/// The `Display` output of a warning is one line: `type 3 'a b': the name is not a C identifier, which the kernel
/// refuses (and 4 more)`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Warning {
    /// The broken rule.
    pub rule: Rule,
    /// The id and the name of the first type that breaks the rule. The name is empty if the type has none. `None` if
    /// the rule is about the whole BTF.
    pub ty: Option<(u32, String)>,
    /// The member, enumerator, parameter or section entry that breaks the rule in that type: its name in quotes, or its
    /// position, counted from 0, if it has no name. `None` if the type itself breaks the rule.
    pub member: Option<String>,
    /// The number of types, members and so on that break the rule, which is at least 1. For [`Rule::StrayBytes`], this
    /// is the number of bytes.
    pub count: usize,
    /// The text of the message, or for [`Rule::Members`] its first part, if the text depends on the input. `None` if
    /// the rule always has the same message.
    pub detail: Option<String>,
    /// For [`Rule::Members`], the ids and names of the types after the first that break it, at most ten. Empty for
    /// other rules.
    pub others: Vec<(u32, String)>,
}

/// A rule of the kernel's BTF verifier that a conversion does not need, or a rule of btf2wit itself. Each variant says
/// what is true if the rule is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// Header fields that this version does not know are 0.
    Header,
    /// The distance from the end of the header to the type section is a multiple of 4 bytes.
    Alignment,
    /// The string section does not begin before the type section.
    SectionOrder,
    /// Every byte after the header belongs to a section, except for padding if there is a layout section.
    StrayBytes,
    /// BTF without a base has at least one type.
    NoTypes,
    /// A count, flag or size that a kind does not use is 0.
    Unused,
    /// Functions, variables, enumerators, typedefs, tags, forward declarations, sections and the parameters of
    /// functions that are not external have a name.
    Nameless,
    /// Pointers, arrays, qualifiers and prototypes have no name.
    Named,
    /// A name is an identifier of C, except that it may contain dots. Names of integers, floats, tags and sections are
    /// not checked.
    Identifier,
    /// A name that [`Rule::Identifier`] checks has at most 512 bytes.
    LongName,
    /// An integer has at most one of the encodings signed, `char` and `bool`.
    Encoding,
    /// A float has 2, 4, 8, 12 or 16 bytes.
    FloatSize,
    /// The bits of an integer fit in its bytes and in 128 bits.
    IntBits,
    /// An enum has a size other than 0.
    EnumSize,
    /// An enum has 1, 2, 4 or 8 bytes.
    EnumBytes,
    /// The enumerators of an enum of 8 bytes are stored with 64 bits. The kernel has no such rule. clang before 15 and
    /// gcc before 13 store only 32 bits, and cut or drop larger values.
    CutValues,
    /// An array has less than 4 GiB.
    ArraySize,
    /// The members of a struct or union fit in it, have offsets and widths that are possible for their types, and are
    /// nested at most 90 deep by value. A type that breaks this rule loses all its members, and is written as its
    /// bytes.
    Members,
    /// The pointer size that the caller gives is the size of C's `long`.
    PointerSize,
    /// Types do not refer to one another so deeply that the kernel needs a stack of more than 32 types to resolve them.
    Depth,
    /// Members, elements, parameters, results and variables have types with a size. Exceptions are the result `void`,
    /// the last parameter `...`, and external variables.
    Sizeless,
    /// The offset of a member is not less than that of the member before it.
    MemberOrder,
    /// The members of a union have offset 0.
    UnionOffset,
    /// If a struct or union has the flag `kind_flag`, the integers of its members have 8, 16, 32, 64 or 128 bits at
    /// offset 0, and its bitfields are not wider than their integers and touch at most 16 bytes. A bitfield that is an
    /// enum has at most 32 bits.
    Bitfield,
    /// The offset of a float is a multiple of its alignment.
    FloatOffset,
    /// The index type of an array is an integer of 8, 16, 32, 64 or 128 bits at offset 0.
    ArrayIndex,
    /// Elements of an array that are integers have 8, 16, 32, 64 or 128 bits at offset 0.
    ArrayElement,
    /// A function or variable is static, global or external.
    Linkage,
    /// The entries of a data section are variables or functions.
    SectionEntry,
    /// The entries of a data section fit in it, are in the order of their offsets, and do not overlap. An entry has at
    /// least 1 byte, and at least as many as the variable's type. Sections of size 0 are not checked.
    SectionLayout,
    /// A declaration tag is on a struct, union, typedef, variable or function.
    TagTarget,
    /// A declaration tag refers to a member or parameter that exists.
    TagComponent,
    /// In a chain of modifiers and typedefs, the type tags come first.
    TagOrder,
    /// A chain of modifiers and typedefs has at most 32 types, up to the first that the kernel checked before.
    LongChain,
    /// No pointer leads back to itself through only pointers, modifiers and typedefs.
    PointerLoop,
}

impl Warning {
    pub(super) fn new(
        rule: Rule,
        count: usize,
        ty: Option<(u32, &str)>,
        member: Option<(usize, &str)>,
    ) -> Warning {
        Warning {
            rule,
            ty: ty.map(|(id, name)| (id, name.to_owned())),
            member: member.map(|(position, name)| malformed::member_label(name, position)),
            count,
            detail: None,
            others: Vec::new(),
        }
    }

    /// Writes ` (and 2 more)`, or ` (and 2 more: type 4 'foo', type 7)` if `others` has types. If `others` has not all
    /// types, the list ends in `, ...`. Writes nothing if only one type or member breaks the rule, or if the rule is
    /// [`Rule::StrayBytes`].
    fn write_others(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rule == Rule::StrayBytes || self.count == 1 {
            return Ok(());
        }
        write!(f, " (and {} more", self.count - 1)?;
        for (nth, ty) in self.others.iter().enumerate() {
            f.write_str(if nth == 0 { ": " } else { ", " })?;
            malformed::write_type(f, ty)?;
        }
        let all = self.others.is_empty() || self.others.len() + 1 == self.count;
        f.write_str(if all { ")" } else { ", ...)" })
    }
}

impl Rule {
    /// Returns the end of the message, which describes the fault. `Display` writes the type and member before it, and
    /// for `StrayBytes` and `Members` also the start of the sentence.
    fn broken(self) -> &'static str {
        match self {
            Rule::Header => "the header says more than this version reads",
            Rule::Alignment => "the type section is not aligned to 4 bytes",
            Rule::SectionOrder => "the string section is not the last one",
            Rule::StrayBytes => " to no section",
            Rule::NoTypes => "there are no types",
            Rule::Unused => "sets a count, flag or size that its kind does not have",
            Rule::Nameless => "has no name",
            Rule::Named => "has a name, unlike others of its kind",
            Rule::Identifier => "the name is not a C identifier",
            Rule::LongName => "the name has more than 512 bytes",
            Rule::Encoding => "the encoding is not one of signed, char and bool",
            Rule::FloatSize => "a float of another size than 2, 4, 8, 12 or 16 bytes",
            Rule::IntBits => "an integer whose bits do not fit its bytes",
            Rule::EnumSize => "an enum without a size",
            Rule::EnumBytes => "an enum of another size than 1, 2, 4 or 8 bytes",
            Rule::ArraySize => "an array of 4 GiB or more",
            Rule::Members => "so that the type is written as its bytes",
            Rule::PointerSize => "pointers of another size than that of `long`",
            Rule::Depth => "types refer to one another more than 32 deep",
            Rule::CutValues => {
                "an enum of 8 bytes whose values have 32 bits: the compiler cut or dropped larger ones"
            }
            Rule::Sizeless => "a type without a size where one is needed",
            Rule::MemberOrder => "lies before the member that precedes it",
            Rule::UnionOffset => "does not lie at the start of its union",
            Rule::Bitfield => "a bitfield that its integer or enum is not made for",
            Rule::FloatOffset => "a float that is not aligned",
            Rule::ArrayIndex => "the index is not an integer",
            Rule::ArrayElement => "the elements do not fill their bytes",
            Rule::Linkage => "the linkage is unknown",
            Rule::SectionEntry => "is not a variable",
            Rule::SectionLayout => "overlaps another variable, leaves the section or has no room",
            Rule::TagTarget => "tags a type that can have no tag",
            Rule::TagComponent => "tags a member or parameter that is not there",
            Rule::TagOrder => "a type tag follows a modifier or typedef",
            Rule::PointerLoop => "a pointer to itself",
            Rule::LongChain => "more than 32 modifiers and typedefs follow each other",
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        malformed::write_place(f, &self.ty, &self.member)?;
        match (self.rule, self.count) {
            (Rule::StrayBytes, 1) => f.write_str("a byte belongs")?,
            (Rule::StrayBytes, count) => write!(f, "{count} bytes belong")?,
            _ => {}
        }
        match (self.rule, &self.detail) {
            (Rule::Members, Some(detail)) => write!(f, "{detail}, {}", self.rule.broken())?,
            (_, Some(detail)) => f.write_str(detail)?,
            (Rule::CutValues, None) => f.write_str(self.rule.broken())?,
            (rule, None) => write!(f, "{}, which the kernel refuses", rule.broken())?,
        }
        self.write_others(f)
    }
}
