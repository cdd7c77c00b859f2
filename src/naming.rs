//! Chooses the names of the package, the interface and the world. By default, the interface is called `types`, and the
//! names of package and world are derived from the name of the input file. The default namespace is `bpf` for BPF
//! objects and otherwise `linux`.

use std::fmt;

use crate::error::Error;
use crate::input::Origin;
use crate::names::{Role, is_keyword, is_reserved, push_label};
use crate::options::Options;

/// The names of a package and of its contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Naming {
    pub namespace: String,
    pub package: String,
    pub version: Option<String>,
    pub interface: String,
    pub world: String,
}

impl fmt::Display for Naming {
    /// Writes the name of the package in WIT's syntax: `linux:vmlinux`, `demo:probe@0.1.0`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.namespace, self.package)?;
        match &self.version {
            Some(version) => write!(f, "@{version}"),
            None => Ok(()),
        }
    }
}

const INTERFACE: &str = "types";

impl Naming {
    pub fn new(options: &Options, file_name: &str, origin: Origin) -> Result<Naming, Error> {
        let stem = label_of_file(file_name);
        let namespace = if origin.is_bpf_object() {
            "bpf"
        } else {
            "linux"
        };
        let (namespace, package, version) = match &options.package {
            Some(name) => parse_package(name)?,
            None => (namespace.to_owned(), stem.clone(), None),
        };
        let interface = options.interface.clone().unwrap_or(INTERFACE.to_owned());
        check_label("an interface", &interface)?;
        let world = match &options.world {
            Some(world) => world.clone(),
            // In a package, interfaces and worlds must have different names.
            None if folded(&stem) == folded(&interface) => format!("{stem}-world"),
            None => stem,
        };
        check_label("a world", &world)?;
        if folded(&world) == folded(&interface) {
            let rule = format!("the interface is called '{interface}' already");
            return Err(invalid("a world", &world, rule));
        }
        Ok(Naming {
            namespace,
            package,
            version,
            interface,
            world,
        })
    }
}

/// Returns a label in lower case and without hyphens. Two labels collide in the component model if they are equal in
/// this form.
pub(crate) fn folded(label: &str) -> String {
    let mut folded = String::new();
    fold(&mut folded, label);
    folded
}

/// Does the same as [`folded`], but replaces the content of an existing string, whose memory is used again.
pub(crate) fn fold(folded: &mut String, label: &str) {
    folded.clear();
    let kept = label.chars().filter(|c| *c != '-');
    folded.extend(kept.map(|c| c.to_ascii_lowercase()));
}

/// The extensions that are removed from file names.
const EXTENSIONS: &[&str] = &[
    ".btf", ".bpf", ".debug", ".elf", ".gz", ".ko", ".o", ".xz", ".zst",
];

fn label_of_file(file_name: &str) -> String {
    let mut stem = file_name;
    while let Some(shorter) = EXTENSIONS
        .iter()
        .find_map(|ending| stem.strip_suffix(ending))
    {
        stem = shorter;
    }
    let mut label = String::new();
    push_label(&mut label, stem);
    // Rust bindings use the label as the name of a module, and wasmtime's also as that of a struct. So labels that are
    // reserved for types are avoided, and so are `crate` and `super`, which have no raw form.
    if is_reserved(&label, Role::Type) || matches!(label.as_str(), "crate" | "super") {
        label.push_str("-types");
    }
    label
}

/// Parses `NAMESPACE:NAME` or `NAMESPACE:NAME@VERSION`.
fn parse_package(name: &str) -> Result<(String, String, Option<String>), Error> {
    let what = "a package";
    let (path, version) = match name.split_once('@') {
        Some((path, version)) => (path, Some(version)),
        None => (name, None),
    };
    let Some((namespace, package)) = path.split_once(':') else {
        let rule = "use NAMESPACE:NAME or NAMESPACE:NAME@VERSION".to_owned();
        return Err(invalid(what, name, rule));
    };
    for part in [namespace, package] {
        check_label(what, part)?;
        if part.chars().any(|c| c.is_ascii_uppercase()) {
            return Err(invalid(
                what,
                name,
                "package names are lower case".to_owned(),
            ));
        }
    }
    if let Some(version) = version {
        check_version(name, version)?;
    }
    Ok((
        namespace.to_owned(),
        package.to_owned(),
        version.map(str::to_owned),
    ))
}

fn check_version(name: &str, version: &str) -> Result<(), Error> {
    let parsed = semver::Version::parse(version).map_err(|e| {
        invalid(
            "a package",
            name,
            format!("'{version}' is not a semantic version such as 6.18.0: {e}"),
        )
    })?;
    // If a part of a pre-release or of build metadata is a keyword, wit-parser ends the version before this part.
    let texts = [parsed.pre.as_str(), parsed.build.as_str()];
    let mut parts = texts.iter().flat_map(|text| text.split(['.', '-']));
    match parts.find(|part| is_keyword(part)) {
        Some(word) => Err(invalid(
            "a package",
            name,
            format!("'{word}' in a version is a word of WIT"),
        )),
        None => Ok(()),
    }
}

/// Checks that a label is valid in WIT, by the rule that tools applied before October 2025. Today's rule allows more
/// labels, which older tools would refuse.
fn check_label(what: &'static str, label: &str) -> Result<(), Error> {
    let is_word = |word: &str| {
        let lower = word
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let upper = word
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        word.starts_with(|c: char| c.is_ascii_alphabetic()) && (lower || upper)
    };
    if label.split('-').all(is_word) {
        return Ok(());
    }
    let rule = "use words of lower-case letters and digits, each beginning with a letter, with \
                hyphens between"
        .to_owned();
    Err(invalid(what, label, rule))
}

fn invalid(what: &'static str, name: &str, rule: String) -> Error {
    Error::Name {
        what,
        name: name.to_owned(),
        rule,
    }
}
