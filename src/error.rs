//! Errors: each says in one line what is wrong, where, and what to do.
//!
//! Plain data that every room may return. Looks nothing up.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::btf::Malformed;
use crate::escape::escaped;
use crate::nearest;

/// Why there is no package, or no text of it: one line for people.
///
/// `{:?}` shows that line too, since it is what a build script prints whose `main` returns the error:
///
/// ```
/// let error = btf2wit::Config::new().input("nowhere.o").load().err().unwrap();
/// assert_eq!(format!("{error:?}"), "nowhere.o: No such file or directory (os error 2)");
/// assert!(matches!(error, btf2wit::Error::Read { input, .. } if input == "nowhere.o"));
/// ```
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The input cannot be read.
    #[error("{input}: {source}{}", hint_for(.source))]
    Read {
        /// What was read.
        input: String,
        /// What the system said.
        source: io::Error,
    },
    /// The input is not BTF and holds none.
    #[error("{input}: {what}")]
    NoBtf {
        /// What was read.
        input: String,
        /// What it is instead, and what to do.
        what: String,
    },
    /// The input is BTF that breaks a rule of the format.
    #[error("{input}: {source}")]
    Malformed {
        /// What was read.
        input: String,
        /// The rule, and where it is broken.
        source: Malformed,
    },
    /// The input is split BTF, which cannot be read without its base.
    #[error(
        "{input}: is split BTF, as kernel modules have it: name the vmlinux that it was built for \
         with --base"
    )]
    NoBase {
        /// What was read.
        input: String,
    },
    /// A base was named for an input that stands alone.
    #[error("{input}: is no split BTF, so that --base has no use")]
    NoSplit {
        /// What was read.
        input: String,
    },
    /// A type was asked for that is not there.
    #[error(transparent)]
    UnknownType(#[from] UnknownType),
    /// The maps were asked for where there are none.
    #[error(
        "{input}: has neither maps nor global variables{}",
        if *bpf_object { "" } else { ": --maps is for BPF objects" }
    )]
    NoMaps {
        /// What was read.
        input: String,
        /// Whether it is a BPF object.
        bpf_object: bool,
    },
    /// A pattern for the names of types that is not understood.
    #[error("'{pattern}' is no pattern: {what}")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        what: String,
    },
    /// A choice for one member or type that is not understood, whatever the input holds.
    #[error("cannot set '{choice}': {what}")]
    Syntax {
        /// The choice, or the item that it is for.
        choice: String,
        /// Why, and what could be said instead.
        what: String,
    },
    /// A choice for one member or type that cannot be made.
    #[error("cannot set '{item}': {what}")]
    Choice {
        /// The member or type, or the whole argument where it is not understood.
        item: String,
        /// Why, and what could be set instead.
        what: String,
    },
    /// A type of which there are several definitions, where one is needed.
    #[error("'{name}' has several definitions: name one by its label, %{}", .labels.join(" or %"))]
    Definitions {
        /// The C name.
        name: String,
        /// The labels of the items.
        labels: Vec<String>,
    },
    /// A number of bytes that no record of a type has.
    #[error("'{name}' cannot have records of that size: {what}")]
    RecordSize {
        /// The type.
        name: String,
        /// Why, and what sizes there are.
        what: String,
    },
    /// A choice of a union's arm that cannot be made.
    #[error("cannot choose '{choice}': {what}")]
    Arm {
        /// The choice, as it was made.
        choice: String,
        /// Why, and what could be chosen instead.
        what: String,
    },
    /// A name for the package, the interface or the world that WIT does not allow.
    #[error("'{name}' is no name for {what}: {rule}")]
    Name {
        /// What was to be named.
        what: &'static str,
        /// The name.
        name: String,
        /// The rule that it breaks.
        rule: String,
    },
    /// The package is larger than the component model allows.
    #[error(
        "{input}: its types have an effective size of {size}, and the component model allows \
         1000000: select some with --type, or fewer functions"
    )]
    TooLarge {
        /// What was read.
        input: String,
        /// The effective size of the interface.
        size: u64,
    },
    /// Rust that reads the types would be too much text.
    #[error(
        "{input}: a reader of its types would have more than {most} bytes: select some with --type"
    )]
    LargeReader {
        /// What was read.
        input: String,
        /// How many it may have.
        most: usize,
    },
    /// The text cannot be written.
    #[error("{0}")]
    Write(#[source] io::Error),
    /// A file cannot be written.
    #[error("{}: {source}", .path.display())]
    WriteFile {
        /// The file, or the folder that cannot be made.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is no folder to generate into.
    #[error(
        "OUT_DIR is not set, as cargo sets it for build scripts: generate from build.rs, or name a \
         folder with out_dir"
    )]
    NoOutDir,
    /// A folder that this process has generated another package into.
    #[error(
        "{}: holds {there} by now, and a folder holds one package: name another one for {new} with \
         out_dir", .folder.display()
    )]
    FolderTaken {
        /// The folder.
        folder: PathBuf,
        /// The package that is there, and what it was made from.
        there: String,
        /// The package that was to be written there, and what it is made from.
        new: String,
    },
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn hint_for(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::PermissionDenied => "; try as root",
        io::ErrorKind::IsADirectory => "; name a file in it",
        _ => "",
    }
}

/// A pattern or a name that matches nothing to write.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownType {
    /// The name that was asked for.
    pub name: String,
    /// Similar C names of the input, the closest first.
    pub nearest: Vec<String>,
    /// Whether the input is a BPF object, in which clang omits types that nothing refers to.
    pub bpf_object: bool,
    /// Whether the pattern could have selected functions.
    pub(crate) functions: bool,
    /// The file whose DWARF has the name, if any.
    pub(crate) dwarf: Option<String>,
    pub(crate) why: NoMatch,
}

/// Why a pattern matches nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoMatch {
    /// Nothing has the name.
    Absent,
    /// No name matches the glob. `functions`: it does match functions that were not asked for.
    Glob { functions: bool },
    /// A function has the name. Holds what to do about it.
    Function(&'static str),
    /// The pattern looks like a regular expression. Holds the equivalent glob if that matches anything.
    Regex(Option<String>),
    /// The pattern has no name in it.
    Nameless,
    /// A type has the name, but no item is written for it. Holds the reason, to follow the name.
    Unwritten(&'static str),
    /// A map or a variable has the name. Holds the whole message.
    HasHint(String),
    /// There is no such map or variable, or no item in it. Holds the whole message.
    Slot(String),
    /// Types of these kinds have the name.
    Ambiguous(Vec<&'static str>),
}

impl UnknownType {
    pub(crate) fn new(name: &str, why: NoMatch) -> UnknownType {
        UnknownType {
            name: name.to_owned(),
            nearest: Vec::new(),
            bpf_object: false,
            functions: false,
            dwarf: None,
            why,
        }
    }

    /// Returns the name without the word for its kind.
    pub(crate) fn bare_name(&self) -> &str {
        self.name.rsplit(' ').next().unwrap_or_default()
    }

    /// Returns whether nothing in the input has the name.
    pub(crate) fn is_absent(&self) -> bool {
        matches!(self.why, NoMatch::Absent | NoMatch::Slot(_))
    }

    /// Returns whether types of several kinds have the name.
    pub(crate) fn is_ambiguous(&self) -> bool {
        matches!(self.why, NoMatch::Ambiguous(_))
    }

    /// Writes the suggestions that follow a message about an absent name.
    fn fmt_hints(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&nearest::hint(self.nearest.iter().map(String::as_str)))?;
        if let Some(file) = &self.dwarf {
            write!(
                f,
                "; the DWARF beside the BTF has the name: run \
                 'pahole --btf_encode_detached=x.btf {file}', then 'btf2wit x.btf'"
            )?;
        }
        let bare = self.bare_name();
        if self.bpf_object && self.why == NoMatch::Absent && is_c_name(bare) {
            write!(
                f,
                " (clang leaves out of a BPF object what nothing refers to; anchor it with \
                 'const struct {bare} *unused __attribute__((unused));')"
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for UnknownType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = escaped(&self.name);
        let what = match self.functions {
            true => "type or function",
            false => "type",
        };
        match &self.why {
            NoMatch::Ambiguous(kinds) => {
                let names: Vec<String> = kinds.iter().map(|k| format!("'{k} {name}'")).collect();
                write!(f, "'{name}' is ambiguous: say {}", names.join(" or "))
            }
            NoMatch::Unwritten(why) => write!(f, "'{name}' {why}"),
            NoMatch::HasHint(message) | NoMatch::Slot(message) => f.write_str(message),
            NoMatch::Nameless if self.name.is_empty() => {
                f.write_str("the pattern is empty: name a C type")
            }
            NoMatch::Nameless => {
                write!(f, "'{name}' is only a kind: say '{name} foo' or '{name} *'")
            }
            NoMatch::Regex(meant) => {
                write!(
                    f,
                    "no type matches '{name}': patterns are globs, not regular expressions"
                )?;
                f.write_str(&nearest::hint(meant.as_deref()))
            }
            NoMatch::Function(action) => write!(f, "'{name}' is a function: {action}"),
            NoMatch::Glob { functions: true } if !self.functions => write!(
                f,
                "no type matches '{name}', but functions do: add --functions all"
            ),
            NoMatch::Absent => {
                write!(f, "there is no {what} '{name}'")?;
                self.fmt_hints(f)
            }
            NoMatch::Glob { .. } => {
                write!(f, "no {what} matches '{name}'")?;
                self.fmt_hints(f)
            }
        }
    }
}

impl std::error::Error for UnknownType {}

/// Returns whether `name` is a C identifier, and not a pattern.
fn is_c_name(name: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty() && name.chars().all(is_letter)
}
