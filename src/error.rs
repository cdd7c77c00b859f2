//! Defines the errors of the library as plain data. Each message is one line that says what is wrong and where. If the
//! user can do something about the error, the message says what.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::btf::Malformed;
use crate::escape::escaped;
use crate::nearest;

/// An error in reading, selecting or writing. Its message is one line.
///
/// The `{:?}` format prints the same line, since cargo uses that format if the `main` of a build script returns the
/// error:
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
        /// The name of the input.
        input: String,
        /// The error of the system.
        source: io::Error,
    },
    /// The input is not BTF, and no BTF can be read from it.
    #[error("{input}: {what}")]
    NoBtf {
        /// The name of the input.
        input: String,
        /// A description of the input, and what to do.
        what: String,
    },
    /// The input is invalid BTF.
    #[error("{input}: {source}")]
    Malformed {
        /// The name of the input.
        input: String,
        /// The broken rule of the format, and where it is broken.
        source: Malformed,
    },
    /// The input is split BTF, but the caller has named no base, the input contains none, and no base that fits is
    /// beside the input.
    #[error(
        "{input}: is split BTF, as kernel modules have it: name the vmlinux that it was built for \
         with --base"
    )]
    NoBase {
        /// The name of the input.
        input: String,
    },
    /// The caller has named a base, but the input is not split BTF.
    #[error("{input}: is not split BTF, so --base has no effect")]
    NoSplit {
        /// The name of the input.
        input: String,
    },
    /// No item is written for the type or pattern that the caller has named.
    #[error(transparent)]
    UnknownType(#[from] UnknownType),
    /// The caller has selected maps and variables, but the input has none.
    #[error(
        "{input}: has neither maps nor global variables{}",
        if *bpf_object { "" } else { ": --maps is for BPF objects" }
    )]
    NoMaps {
        /// The name of the input.
        input: String,
        /// Whether the input is a BPF object.
        bpf_object: bool,
    },
    /// [`Config::core`](crate::Config::core) selects the types of CO-RE relocations, but the input has no such types.
    #[error(
        "{input}: has no CO-RE relocations: --core is for BPF objects that read types of the kernel by name"
    )]
    NoCore {
        /// The name of the input.
        input: String,
    },
    /// A pattern is invalid.
    #[error("'{pattern}' is not a pattern: {what}")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// The reason why the pattern is invalid.
        what: String,
    },
    /// The choice for one member or type has an invalid syntax.
    #[error("cannot set '{choice}': {what}")]
    Syntax {
        /// The choice, or the type or member that it applies to.
        choice: String,
        /// The reason, and the valid syntax.
        what: String,
    },
    /// A choice is not possible for its type or member.
    #[error("cannot set '{item}': {what}")]
    Choice {
        /// The member or type.
        item: String,
        /// The reason, and the possible choices.
        what: String,
    },
    /// Several types have the name, but the caller needs one type, for example for a decoder.
    #[error("'{name}' has several definitions: name one by its label, %{}", .labels.join(" or %"))]
    Definitions {
        /// The C name.
        name: String,
        /// The labels of the types with this name. A label with a `%` before it names one type.
        labels: Vec<String>,
    },
    /// The type cannot have records of the size that the caller gave.
    #[error("'{name}' cannot have records of that size: {what}")]
    RecordSize {
        /// The name of the type.
        name: String,
        /// The reason, and the possible sizes.
        what: String,
    },
    /// The choice of the arm of a union, which is the member to read, is invalid.
    #[error("cannot choose '{choice}': {what}")]
    Arm {
        /// The choice.
        choice: String,
        /// The reason, and the possible choices.
        what: String,
    },
    /// The target BTF has nothing that corresponds to some of the requested types or their members.
    #[error("{target}: lacks {what}")]
    Lacks {
        /// The name of the target's input.
        target: String,
        /// These types and members, such as `task_struct.pid`.
        members: Vec<String>,
        /// A description of all these types and members, with the reasons.
        what: String,
    },
    /// A choice for members that the target BTF lacks is invalid.
    #[error("cannot choose '{choice}' for what is missing: {what}")]
    Missing {
        /// The choice.
        choice: String,
        /// The reason, and the possible choices.
        what: String,
    },
    /// A name for the package, the interface, the world or a module is invalid.
    #[error("'{name}' is not a name for {what}: {rule}")]
    Name {
        /// The thing that has the name, such as `a package`.
        what: &'static str,
        /// The name.
        name: String,
        /// The rule that the name breaks.
        rule: String,
    },
    /// The types of the package exceed the component model's limit for their effective size.
    #[error(
        "{input}: its types have an effective size of {size}, and the component model allows \
         1000000: select some with --type, or fewer functions"
    )]
    TooLarge {
        /// The name of the input.
        input: String,
        /// The effective size of the interface, as the component model defines it.
        size: u64,
    },
    /// The Rust reader of the types would be too large.
    #[error(
        "{input}: a reader of its types would have more than {most} bytes: select some with --type"
    )]
    LargeReader {
        /// The name of the input.
        input: String,
        /// The limit in bytes.
        most: usize,
    },
    /// The choice of a type for the records of a map is invalid.
    #[error("cannot choose '{choice}': {what}")]
    Event {
        /// The choice.
        choice: String,
        /// The reason why the choice is invalid.
        what: String,
    },
    /// A skeleton or its adapter is not possible for this input.
    #[error("{input}: cannot make a skeleton: {what}")]
    Skeleton {
        /// The name of the input.
        input: String,
        /// The reason, and what to do.
        what: String,
    },
    /// A codec is not possible for the selected types.
    #[error("{input}: cannot make a codec: {what}")]
    Codec {
        /// The name of the input.
        input: String,
        /// The reason, and what to do.
        what: String,
    },
    /// The output cannot be written.
    #[error("{0}")]
    Write(#[source] io::Error),
    /// A file cannot be written.
    #[error("{}: {source}", .path.display())]
    WriteFile {
        /// The file, or the folder that cannot be created.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// The environment variable `OUT_DIR` is not set, and the caller has not named a folder.
    #[error(
        "OUT_DIR is not set, as cargo sets it for build scripts: generate from build.rs, or name a \
         folder with out_dir"
    )]
    NoOutDir,
    /// This process has already generated a different package, or the same package from another input, into the output
    /// folder.
    #[error(
        "{}: holds {there} by now, and a folder holds one package: name another one for {new} with \
         out_dir", .folder.display()
    )]
    FolderTaken {
        /// The folder.
        folder: PathBuf,
        /// The name and the input of the package that is in the folder.
        there: String,
        /// The name and the input of the package to be written.
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

/// A name or a pattern for which no item is written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownType {
    /// The name or pattern that was asked for.
    pub name: String,
    /// Similar C names in the input. The most similar one comes first.
    pub nearest: Vec<String>,
    /// Whether the input is a BPF object. If so, the type may be missing since clang leaves out types to which nothing
    /// refers.
    pub bpf_object: bool,
    /// Whether functions are converted, so the name may also be meant for a function.
    pub(crate) functions: bool,
    /// The path of the input if its DWARF contains the name, or `FILE` if the input has no path. `None` if no DWARF
    /// contains the name.
    pub(crate) dwarf: Option<String>,
    pub(crate) why: NoMatch,
}

/// The reason why no item is written for a name or pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoMatch {
    /// Nothing in the input has the name.
    Absent,
    /// No type matches the glob. `functions` says whether the pattern may select functions, and a function of the
    /// input matches. If so, and functions are not converted, the message suggests to convert them.
    Glob { functions: bool },
    /// A function has the name. The value says what the caller can do.
    Function(&'static str),
    /// The pattern looks like a regular expression. The value is the glob for the same names, or `None` if that glob
    /// matches nothing.
    Regex(Option<String>),
    /// The pattern is empty, or is only a word that must precede a name, such as `struct` or `func`.
    Nameless,
    /// A type has the name, but has no item or is not of the kind in the pattern. The value is the reason, which
    /// follows the name in the message.
    Unselectable(&'static str),
    /// A map or a variable has the name. The value is the whole message.
    HasHint(String),
    /// The pattern names a map or variable that does not exist, or that has no item. The value is the whole message.
    Slot(String),
    /// Types of several kinds have the name. The value lists the kinds.
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

    /// Returns the last word of the name: `foo` for `struct foo`.
    pub(crate) fn bare_name(&self) -> &str {
        self.name.rsplit(' ').next().unwrap_or_default()
    }

    /// Returns whether nothing in the input has the name, or only a map or variable that has no item.
    pub(crate) fn is_absent(&self) -> bool {
        matches!(self.why, NoMatch::Absent | NoMatch::Slot(_))
    }

    /// Returns whether types of several kinds have the name.
    pub(crate) fn is_ambiguous(&self) -> bool {
        matches!(self.why, NoMatch::Ambiguous(_))
    }

    /// Writes the hints that follow the message about a name or a glob without a match.
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
                write!(f, "'{name}' is ambiguous: use {}", names.join(" or "))
            }
            NoMatch::Unselectable(why) => write!(f, "'{name}' {why}"),
            NoMatch::HasHint(message) | NoMatch::Slot(message) => f.write_str(message),
            NoMatch::Nameless if self.name.is_empty() => {
                f.write_str("the pattern is empty: name a C type")
            }
            NoMatch::Nameless => {
                write!(f, "'{name}' is only a kind: use '{name} foo' or '{name} *'")
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

/// Returns whether `name` consists only of characters that a C identifier may contain.
fn is_c_name(name: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty() && name.chars().all(is_letter)
}
