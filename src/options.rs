//! Defines the options of a conversion, as plain data for the library and the command line.

use std::fmt;
use std::sync::Arc;

use crate::names::{Kind, Rename};

/// The form in which unions are written.
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

/// The form in which enums are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[non_exhaustive]
pub enum Enums {
    /// Flags if the values look like a set of bits, otherwise an enum. They look like one if at least three are single
    /// bits, the others are fewer and are zero or combinations of these bits, and the values are not consecutive. A
    /// set of more than 32 bits becomes an integer.
    #[default]
    Auto,
    /// An enum, even if the values look like a set of bits.
    Enum,
    /// An alias of an integer of the same size.
    Integer,
}

/// The form in which arrays are written.
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

/// The form in which arrays of `char` are written.
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

/// The functions that are written.
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

/// The size of pointers on the machine for which the C code was compiled.
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

/// The amount of documentation of the C types in the output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[non_exhaustive]
pub enum Docs {
    /// Every item, field, case and function.
    #[default]
    Full,
    /// One line for each item and function.
    Brief,
    /// No documentation.
    None,
}

/// A choice for one type or member. It is an alternative of [`Unions`], [`Enums`], [`Arrays`] or [`CharArrays`].
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

/// The caller's function that says which types are wanted. `None` if the caller has set no such function.
#[derive(Clone, Default)]
pub(crate) struct Filter(Option<Arc<TypeFilter>>);

type TypeFilter = dyn Fn(Kind, &str) -> bool + Send + Sync;

impl Filter {
    pub fn new(wanted: impl Fn(Kind, &str) -> bool + Send + Sync + 'static) -> Filter {
        Filter(Some(Arc::new(wanted)))
    }

    /// Returns the caller's function, or `None` if the caller has set none.
    pub fn wanted(&self) -> Option<&TypeFilter> {
        self.0.as_deref()
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Some(_)" } else { "None" })
    }
}

/// Everything besides the input, its base and the target that decides the result of a conversion.
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
    /// Choices of the form `ITEM=CHOICE`, as the caller wrote them.
    pub set: Vec<String>,
    /// Choices of the form `MEMBER=ARM` for everything that reads and writes bytes, as the caller wrote them.
    pub arms: Vec<String>,
    /// Whether the text contains the interface of the codec.
    #[cfg(feature = "codec")]
    pub codec: bool,
    /// Whether the text contains the interfaces of a BPF object.
    pub skeleton: bool,
    /// Choices of the form `MAP=TYPE` or `MAP=MEMBER:VALUE=TYPE,…` for the records of maps, as the caller wrote them.
    pub events: Vec<String>,
    /// Choices of the form `zero`, `error`, `MEMBER=zero` or `MEMBER=error` for members that a target BTF lacks, as the
    /// caller wrote them.
    pub missing: Vec<String>,
    pub docs: Docs,
    pub constants: bool,
}
