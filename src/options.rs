//! The options of a conversion, for the library and the command line. Plain data.

use std::fmt;
use std::sync::Arc;

use crate::names::{Kind, Rename};

/// How unions are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[non_exhaustive]
pub enum Unions {
    /// A variant with a case for each member.
    #[default]
    Variant,
    /// A record of all members, each read from the same bytes.
    Record,
    /// The raw bytes.
    Bytes,
}

/// How enums are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[non_exhaustive]
pub enum Enums {
    /// Flags if the enumerators look like single bits, otherwise an enum.
    #[default]
    Auto,
    /// Always an enum.
    Enum,
    /// An alias of an integer of the same size.
    Integer,
}

/// How arrays are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[non_exhaustive]
pub enum Arrays {
    /// `list<T>`.
    #[default]
    List,
    /// `list<T, N>`, which validators accept only on request and few generators support.
    Fixed,
}

/// How arrays of `char` are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[non_exhaustive]
pub enum CharArrays {
    /// Lists of `u8`.
    #[default]
    Bytes,
    /// `string`.
    String,
}

/// Which functions are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[non_exhaustive]
pub enum Functions {
    /// None.
    #[default]
    None,
    /// Kernel functions that BPF programs may call: those with the declaration tag `bpf_kfunc`.
    Kfuncs,
    /// All.
    All,
}

/// The size of pointers on the machine where the C code runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[non_exhaustive]
pub enum PointerSize {
    /// 4 bytes.
    #[cfg_attr(feature = "cli", value(name = "32"))]
    Bits32,
    /// 8 bytes.
    #[cfg_attr(feature = "cli", value(name = "64"))]
    Bits64,
}

impl PointerSize {
    pub(crate) fn bytes(self) -> u8 {
        match self {
            PointerSize::Bits32 => 4,
            PointerSize::Bits64 => 8,
        }
    }
}

/// How much documentation of the C types the output contains.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[non_exhaustive]
pub enum Docs {
    /// Every item, field and case.
    #[default]
    Full,
    /// One line for each item.
    Brief,
    /// No documentation.
    None,
}

/// A choice for one type or member. It is one of the alternatives above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    Auto,
    Bytes,
    Enum,
    Fixed,
    Integer,
    List,
    Record,
    String,
    Variant,
}

impl Choice {
    pub const ALL: [(&'static str, Choice); 9] = [
        ("auto", Choice::Auto),
        ("bytes", Choice::Bytes),
        ("enum", Choice::Enum),
        ("fixed", Choice::Fixed),
        ("integer", Choice::Integer),
        ("list", Choice::List),
        ("record", Choice::Record),
        ("string", Choice::String),
        ("variant", Choice::Variant),
    ];

    pub fn parse(word: &str) -> Option<Choice> {
        let found = Choice::ALL.iter().find(|(name, _)| *name == word);
        found.map(|(_, choice)| *choice)
    }
}

/// The caller's filter for types, if there is one.
#[derive(Clone, Default)]
pub(crate) struct Filter(Option<Arc<TypeFilter>>);

type TypeFilter = dyn Fn(Kind, &str) -> bool + Send + Sync;

impl Filter {
    pub fn new(wanted: impl Fn(Kind, &str) -> bool + Send + Sync + 'static) -> Filter {
        Filter(Some(Arc::new(wanted)))
    }

    /// Returns the caller's function, if there is one.
    pub fn wanted(&self) -> Option<&TypeFilter> {
        self.0.as_deref()
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Some(_)" } else { "None" })
    }
}

/// Everything that a conversion depends on, besides the input.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub types: Vec<String>,
    pub exclude: Vec<String>,
    pub maps: bool,
    /// Whether the types of CO-RE relocations are selected.
    pub core: bool,
    pub filter: Filter,
    pub rename: Rename,
    pub with_base: bool,
    pub package: Option<String>,
    pub interface: Option<String>,
    pub world: Option<String>,
    pub pointer_size: Option<PointerSize>,
    pub functions: Functions,
    pub unions: Unions,
    pub enums: Enums,
    pub arrays: Arrays,
    pub char_arrays: CharArrays,
    /// Choices of the form `ITEM=CHOICE`, not parsed yet.
    pub set: Vec<String>,
    /// Choices of the form `MEMBER=ARM`, for decoding and readers. Not parsed yet.
    pub arms: Vec<String>,
    /// Whether the text contains the interface of the codec.
    #[cfg(feature = "codec")]
    pub codec: bool,
    /// Whether the text contains the interfaces of a BPF object.
    pub skeleton: bool,
    /// Choices of the form `MAP=TYPE`, for the records of maps. Not parsed yet.
    pub events: Vec<String>,
    /// Choices of the form `zero`, `error` or `MEMBER=zero`, for what a target BTF lacks. Not parsed yet.
    pub missing: Vec<String>,
    pub docs: Docs,
    pub constants: bool,
}
