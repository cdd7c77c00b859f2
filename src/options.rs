//! What the caller may choose: plain data, the same for the library and the command line.

use std::fmt;
use std::sync::Arc;

use crate::names::{Kind, Rename};

/// How unions are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[non_exhaustive]
pub enum Unions {
    /// A variant with a case for each arm.
    #[default]
    Variant,
    /// A record of all arms, each read from the same bytes.
    Record,
    /// The raw bytes.
    Bytes,
}

/// How enums are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[non_exhaustive]
pub enum Enums {
    /// Flags where the enumerators are single bits, an enum otherwise.
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
    /// `list<T, N>`, which validators accept on request only and few generators know.
    Fixed,
}

/// How arrays of `char` are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[non_exhaustive]
pub enum CharArrays {
    /// Like other arrays of bytes.
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
    /// Those that the kernel marks as callable from BPF, with the declaration tag `bpf_kfunc`.
    Kfuncs,
    /// All.
    All,
}

/// How wide addresses are where the C side runs.
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

/// How much the output says of the C side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[non_exhaustive]
pub enum Docs {
    /// Every item, field and case.
    #[default]
    Full,
    /// One line an item.
    Brief,
    /// Nothing.
    None,
}

/// One of the choices above, for one member or type.
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

/// Which types the caller wants to be written at all; by default every one.
#[derive(Clone, Default)]
pub(crate) struct Filter(Option<Arc<Wanted>>);

type Wanted = dyn Fn(Kind, &str) -> bool + Send + Sync;

impl Filter {
    pub fn new(wanted: impl Fn(Kind, &str) -> bool + Send + Sync + 'static) -> Filter {
        Filter(Some(Arc::new(wanted)))
    }

    /// The function that the caller gave.
    pub fn wanted(&self) -> Option<&Wanted> {
        self.0.as_deref()
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Some(_)" } else { "None" })
    }
}

/// All that a conversion depends on besides its input.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub types: Vec<String>,
    pub exclude: Vec<String>,
    pub maps: bool,
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
    /// `ITEM=CHOICE`, not looked at yet.
    pub set: Vec<String>,
    /// `MEMBER=ARM`, for those who read bytes.
    pub arms: Vec<String>,
    pub docs: Docs,
    pub constants: bool,
}
