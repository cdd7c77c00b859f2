//! What can go wrong, in one line for people: what, where, what to do.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::btf::{Btf, Malformed, Type};
use crate::maps::{self, Address};
use crate::names::{Kind, Names};
use crate::nearest;
use crate::select;

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

/// A C type that was asked for by name and cannot be given.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownType {
    /// The name as it was asked for.
    pub name: String,
    /// C names that are there and close to it, the closest first.
    pub nearest: Vec<String>,
    /// Is the input a BPF object, where clang leaves out what nothing anchors?
    pub bpf_object: bool,
    /// Are functions looked for too?
    functions: bool,
    /// The file in whose DWARF the name stands, where it does.
    pub(crate) dwarf: Option<String>,
    why: Why,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Why {
    Absent,
    /// No name matches the glob, but perhaps those of functions that were not asked for.
    NoMatch {
        functions: bool,
    },
    /// A function has the name; what to do about it.
    Function(&'static str),
    /// No name matches what looks like a regular expression; the glob that says the same, where it matches any.
    Regex(Option<String>),
    /// The pattern has no name in it.
    Nameless,
    /// There is a type of this name, but nothing that could be written.
    Nothing(&'static str),
    /// The name is that of a map or a variable: what it holds.
    Shared(String),
    /// There is no such map or variable, or nothing in it that could be written.
    NotShared(String),
    /// Several kinds of types have the name.
    Ambiguous(Vec<&'static str>),
}

impl UnknownType {
    pub(crate) fn new(btf: &Btf, names: &Names, pattern: &str, name: &str) -> UnknownType {
        let there = btf.ids().filter(|id| btf.name_of(*id) == name);
        let named = names.entities().filter(|_| !name.is_empty());
        let mut others = named.map(|(_, entity)| entity);
        let is_word = Kind::of_word(name).is_some() || name == select::FUNCTION;
        let nameless = name.is_empty() || is_word;
        let why = match others.find(|entity| btf.name_of(entity.ty) == name) {
            Some(other) => Some(another_kind(other.kind)),
            None => there
                .filter_map(|id| nothing_to_write(btf, btf.ty(id)))
                .next(),
        };
        let has_item = |slot, ty| names.slot_item(btf, slot, ty).is_some();
        let shared = || maps::hint(btf, &names.object_data, name, has_item);
        let why = match why {
            Some(why) => Why::Nothing(why),
            None if nameless => Why::Nameless,
            None => shared().map_or(Why::Absent, Why::Shared),
        };
        UnknownType {
            name: match why {
                Why::Nothing(_) | Why::Nameless => name.to_owned(),
                _ => pattern.to_owned(),
            },
            nearest: match why {
                Why::Absent => nearest(btf, names, name),
                _ => Vec::new(),
            },
            bpf_object: false,
            functions: false,
            dwarf: None,
            why,
        }
    }

    /// The same for a map or a variable, or for one that holds nothing that could be written.
    pub(crate) fn not_shared(btf: &Btf, names: &Names, address: Address<'_>) -> UnknownType {
        let has_item = |slot, ty| names.slot_item(btf, slot, ty).is_some();
        let there = address.find_one(btf, &names.object_data).is_some();
        let why = match maps::hint(btf, &names.object_data, address.name, has_item) {
            Some(hint) if there => Why::Shared(hint),
            _ => Why::NotShared(address.missing(btf, &names.object_data)),
        };
        UnknownType {
            name: address.name.to_owned(),
            nearest: Vec::new(),
            bpf_object: false,
            functions: false,
            dwarf: None,
            why,
        }
    }

    /// The same of a pattern, by which functions are selected too once they are asked for. `name` is the pattern
    /// without the word for its kind, which says whether types may be `wanted`.
    pub(crate) fn of_pattern(
        mut self,
        btf: &Btf,
        names: &Names,
        name: &str,
        wanted: bool,
    ) -> UnknownType {
        let mut functions = names.functions.iter();
        self.functions = functions.len() > 0;
        let is_known = functions.any(|function| btf.name_of(function.ty) == name);
        let mut called = btf.ids().filter(|id| btf.name_of(*id) == name);
        let is_function = called.any(|id| matches!(btf.ty(id), Type::Function { .. }));
        let is_type = || {
            let mut types = names.entities();
            types.any(|(_, entity)| btf.name_of(entity.ty) == name)
        };
        if is_function && !name.is_empty() && !(wanted && is_type()) {
            self.name = name.to_owned();
            self.nearest.clear();
            self.why = Why::Function(match is_known {
                true => "ask for it as one",
                false => "add --functions all",
            });
        }
        self
    }

    /// The same for a glob that no name matches, but for those of functions that were not asked for if there are any.
    pub(crate) fn of_glob(mut self, functions: bool) -> UnknownType {
        self.why = match self.why {
            Why::NotShared(_) => Why::NotShared(format!(
                "no map or variable matches '{}'",
                self.name.escape_debug()
            )),
            _ => Why::NoMatch { functions },
        };
        self
    }

    /// The same for a regular expression, with the glob that was meant.
    pub(crate) fn of_regex(mut self, meant: Option<String>) -> UnknownType {
        self.nearest.clear();
        self.why = Why::Regex(meant);
        self
    }

    /// The name without the word for a kind.
    pub(crate) fn bare_name(&self) -> &str {
        self.name.rsplit(' ').next().unwrap_or_default()
    }

    /// Has nothing the name?
    pub(crate) fn is_absent(&self) -> bool {
        matches!(self.why, Why::Absent | Why::NotShared(_))
    }

    /// Returns whether types of several kinds have the name.
    pub(crate) fn is_ambiguous(&self) -> bool {
        matches!(self.why, Why::Ambiguous(_))
    }

    pub(crate) fn ambiguous(name: &str, kinds: &[Kind]) -> UnknownType {
        UnknownType {
            name: name.to_owned(),
            nearest: Vec::new(),
            bpf_object: false,
            functions: false,
            dwarf: None,
            why: Why::Ambiguous(kinds.iter().map(|kind| kind.word()).collect()),
        }
    }
}

impl fmt::Display for UnknownType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name.escape_debug();
        match &self.why {
            Why::Ambiguous(kinds) => {
                let names: Vec<String> = kinds.iter().map(|k| format!("'{k} {name}'")).collect();
                return write!(f, "'{name}' is ambiguous: say {}", names.join(" or "));
            }
            Why::Nothing(why) => return write!(f, "'{name}' {why}"),
            Why::Shared(why) | Why::NotShared(why) => return f.write_str(why),
            Why::Nameless if self.name.is_empty() => {
                return f.write_str("the pattern is empty: name a C type");
            }
            Why::Nameless => {
                return write!(f, "'{name}' is only a kind: say '{name} foo' or '{name} *'");
            }
            Why::Regex(meant) => {
                write!(
                    f,
                    "no type matches '{name}': patterns are globs, not regular expressions"
                )?;
                return f.write_str(&nearest::hint(meant.as_deref()));
            }
            Why::Function(what) => return write!(f, "'{name}' is a function: {what}"),
            Why::Absent if self.functions => write!(f, "there is no type or function '{name}'")?,
            Why::Absent => write!(f, "there is no type '{name}'")?,
            Why::NoMatch { .. } if self.functions => {
                write!(f, "no type or function matches '{name}'")?;
            }
            Why::NoMatch { functions: true } => {
                return write!(
                    f,
                    "no type matches '{name}', but functions do: add --functions all"
                );
            }
            Why::NoMatch { functions: false } => write!(f, "no type matches '{name}'")?,
        }
        f.write_str(&nearest::hint(self.nearest.iter().map(String::as_str)))?;
        let bare = self.bare_name();
        if let Some(file) = &self.dwarf {
            write!(
                f,
                "; the DWARF beside the BTF has the name: run \
                 'pahole --btf_encode_detached=x.btf {file}', then 'btf2wit x.btf'"
            )?;
        }
        if self.bpf_object && self.why == Why::Absent && is_c_name(bare) {
            write!(
                f,
                " (clang leaves out of a BPF object what nothing refers to; anchor it with \
                 'const struct {bare} *unused __attribute__((unused));')"
            )?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownType {}

/// May C call something so? A pattern is none.
fn is_c_name(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty() && name.chars().all(letter)
}

/// Why a type that is there is not the one that was asked for.
fn another_kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Struct => "is a struct: ask for it as one",
        Kind::Union => "is a union: ask for it as one",
        Kind::Enum => "is an enum: ask for it as one",
        Kind::Typedef => "is a typedef: ask for it as one",
    }
}

/// Why nothing is written for a type that has the right name.
fn nothing_to_write(btf: &Btf, ty: &Type) -> Option<&'static str> {
    let name = match ty {
        Type::Forward { .. } => "is only declared in this BTF, not defined",
        Type::Int(_) | Type::Float { .. } => "is a primitive type and needs no definition",
        Type::Struct(c) | Type::Union(c) if c.size == 0 => {
            "has no size, so that it carries nothing"
        }
        Type::Enum(_) => "is only declared in this BTF, not defined",
        Type::Function { .. } => "is a function, and has no values",
        Type::Typedef { target, .. } => match btf.ty(btf.resolved(*target)) {
            Type::Int(_) => "is another name of a primitive type and needs no definition",
            _ => "stands for something that has no values",
        },
        _ => return None,
    };
    Some(name)
}

fn nearest(btf: &Btf, names: &Names, name: &str) -> Vec<String> {
    let types = names.entities().map(|(_, entity)| entity.ty);
    let functions = names.functions.iter().map(|function| function.ty);
    let candidates = types.chain(functions).map(|ty| btf.name_of(ty));
    nearest::find(name, candidates)
        .into_iter()
        .map(str::to_owned)
        .collect()
}
