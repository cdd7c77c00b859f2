//! The spelling that a label is made from: C's own, or the one that the caller gives instead.
//!
//! What the caller gives passes every rule that a C name passes. Knows nothing of labels.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::entity::Kind;
use crate::btf::{Btf, Name};

/// A C name that gets a label, as [`Config::rename`](crate::Config::rename) asks about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CName<'a> {
    /// What has the name.
    pub kind: NameKind,
    /// The type, function, map or variable that a member, an enumerator or a parameter is in, or the one around it
    /// where that is anonymous; nothing for types, functions, maps and variables themselves.
    pub parent: Option<&'a str>,
    /// The name.
    pub name: &'a str,
}

/// What has a C name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NameKind {
    /// A struct, union, enum or typedef.
    Type(Kind),
    /// A member of a struct or a union.
    Member,
    /// An enumerator.
    Enumerator,
    /// A function.
    Function,
    /// A parameter of a function.
    Parameter,
    /// A map of a BPF object whose key or value has no C name.
    Map,
    /// A global variable of a BPF object whose type has no C name.
    Variable,
}

type Hook = dyn Fn(CName<'_>) -> Option<String> + Send + Sync;

/// What the caller wants to be called otherwise; by default nothing.
#[derive(Clone, Default)]
pub(crate) struct Rename(Option<Arc<Hook>>);

impl Rename {
    pub fn new(hook: impl Fn(CName<'_>) -> Option<String> + Send + Sync + 'static) -> Rename {
        Rename(Some(Arc::new(hook)))
    }

    /// May it spell a name otherwise than C does?
    pub fn renames(&self) -> bool {
        self.0.is_some()
    }

    /// The spelling of a type or function.
    pub fn spell<'a>(&self, kind: NameKind, name: &'a str) -> Cow<'a, str> {
        self.ask(kind, None, name)
    }

    fn ask<'a>(&self, kind: NameKind, parent: Option<&str>, name: &'a str) -> Cow<'a, str> {
        let Some(hook) = &self.0 else {
            return Cow::Borrowed(name);
        };
        let asked = CName { kind, parent, name };
        hook(asked).map_or(Cow::Borrowed(name), Cow::Owned)
    }
}

impl fmt::Debug for Rename {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Some(_)" } else { "None" })
    }
}

/// Spells what stands in one type or function.
#[derive(Clone, Copy)]
pub(crate) struct Speller<'a> {
    pub(super) btf: &'a Btf,
    pub(super) rename: &'a Rename,
    pub(super) kind: NameKind,
    /// Known only where names may be spelled otherwise.
    pub(super) parent: Option<&'a str>,
}

impl<'a> Speller<'a> {
    /// May it spell a name otherwise than C does?
    pub fn renames(self) -> bool {
        self.rename.renames()
    }

    pub fn spell(self, name: Name) -> Cow<'a, str> {
        self.rename.ask(self.kind, self.parent, self.btf.name(name))
    }
}
