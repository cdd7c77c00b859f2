//! What is told of BTF that the kernel would refuse and that is converted nonetheless. Data alone;
//! what breaks which rule is found in `verifier/`.

use std::fmt;

use super::malformed;

/// A rule of the kernel's BTF verifier that the input breaks although it can be converted, and the
/// first place where it does.
///
/// As text it is one line: `type 3 'a b': its name is no identifier of C, which the kernel refuses
/// (and 4 more)`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Warning {
    /// The rule that is broken.
    pub rule: Rule,
    /// The first type that breaks it: its id, and its name where it has one; nothing where the rule
    /// is about the whole.
    pub ty: Option<(u32, String)>,
    /// The member, enumerator, parameter or variable of that type that breaks it, by name or else by
    /// position.
    pub member: Option<String>,
    /// How many types, members and so on break it; bytes for [`Rule::StrayBytes`]. At least 1.
    pub count: usize,
    /// What is wrong in particular, where the rule does not say it all.
    pub detail: Option<String>,
    /// The next types that break [`Rule::Members`], at most ten: their ids and names.
    pub others: Vec<(u32, String)>,
}

/// What the kernel's BTF verifier asks for and a conversion can do without, and what else is odd.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// A header says nothing that this version does not know.
    Header,
    /// The type section begins at a multiple of 4 bytes.
    Alignment,
    /// The string section is the last one.
    SectionOrder,
    /// All bytes belong to a section.
    StrayBytes,
    /// There are types.
    NoTypes,
    /// Counts, flags and sizes are 0 where a kind has no use for them.
    Unused,
    /// Functions, variables, enumerators, tags, declarations, sections and the parameters of functions
    /// have a name.
    Nameless,
    /// Pointers, arrays, modifiers and prototypes have no name.
    Named,
    /// A name is an identifier of C, dots allowed.
    Identifier,
    /// A name has at most 512 bytes.
    LongName,
    /// An integer is signed, a `char`, a `bool`, or none of them.
    Encoding,
    /// A float has 2, 4, 8, 12 or 16 bytes.
    FloatSize,
    /// The bits of an integer fit its bytes.
    IntBits,
    /// An enum has a size.
    EnumSize,
    /// That is 1, 2, 4 or 8 bytes.
    EnumBytes,
    /// The enumerators of an enum of 8 bytes have 64 bits. The kernel does not ask for it: compilers that store 32
    /// bits, as clang before 15 and gcc before 13 do, cut or drop larger values.
    CutValues,
    /// An array has at most 4 GiB.
    ArraySize,
    /// The members of a struct or union fit it, and are nested at most 90 deep by value. Those that do
    /// not are left out, and the struct or union is written as its bytes.
    Members,
    /// A pointer has the size of C's `long`, where the caller says what size it has.
    PointerSize,
    /// Types refer to one another so that the kernel has at most 32 waiting at once for the next.
    Depth,
    /// Members, elements, parameters, results and variables are of types that have a size.
    Sizeless,
    /// Members stand in the order of their offsets.
    MemberOrder,
    /// The members of a union stand at its start.
    UnionOffset,
    /// A bitfield is of an integer that fills its bytes or of an enum, and no wider than either.
    Bitfield,
    /// A float is aligned.
    FloatOffset,
    /// The index of an array is an integer.
    ArrayIndex,
    /// The elements of an array fill their bytes.
    ArrayElement,
    /// A function or variable is static, global or external.
    Linkage,
    /// A section lists variables.
    SectionEntry,
    /// The variables of a section stand one after the other inside it, and have room.
    SectionLayout,
    /// A declaration tag is that of a struct, union, typedef, variable or function.
    TagTarget,
    /// The component of a declaration tag is there.
    TagComponent,
    /// Type tags stand before all modifiers and typedefs.
    TagOrder,
    /// At most 32 modifiers and typedefs stand in a row.
    LongChain,
    /// No pointer leads back to itself by way of pointers, modifiers and typedefs alone.
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
            member: member.map(|(position, name)| malformed::member(name, position)),
            count,
            detail: None,
            others: Vec::new(),
        }
    }

    /// ` (and 2 more: type 4 'foo', type 7)`
    fn more(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rule == Rule::StrayBytes || self.count == 1 {
            return Ok(());
        }
        write!(f, " (and {} more", self.count - 1)?;
        for (nth, (id, name)) in self.others.iter().enumerate() {
            write!(f, "{} type {id}", if nth == 0 { ":" } else { "," })?;
            if !name.is_empty() {
                write!(f, " '{}'", name.escape_debug())?;
            }
        }
        let all = self.others.is_empty() || self.others.len() + 1 == self.count;
        f.write_str(if all { ")" } else { ", ...)" })
    }
}

impl Rule {
    /// How the rule is broken, as what is said of a type or member.
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
            Rule::Identifier => "the name is no identifier of C",
            Rule::LongName => "the name has more than 512 bytes",
            Rule::Encoding => "the encoding is not one of signed, char and bool",
            Rule::FloatSize => "a float of another size than 2, 4, 8, 12 or 16 bytes",
            Rule::IntBits => "an integer whose bits do not fit its bytes",
            Rule::EnumSize => "an enum without a size",
            Rule::EnumBytes => "an enum of another size than 1, 2, 4 or 8 bytes",
            Rule::ArraySize => "an array of more than 4 GiB",
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
            Rule::ArrayIndex => "the index is no integer",
            Rule::ArrayElement => "the elements do not fill their bytes",
            Rule::Linkage => "the linkage is unknown",
            Rule::SectionEntry => "is no variable",
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
        malformed::place(f, &self.ty, &self.member)?;
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
        self.more(f)
    }
}
