//! Provides spellings. A spelling is the text from which a label is made: the C name, or the text that the caller's
//! hook returns instead. The same rules turn both into labels.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::entity::Kind;
use crate::btf::{Btf, Name};

/// A C name that needs a label. It is the argument of the hook set with [`Config::rename`](crate::Config::rename).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CName<'a> {
    /// The kind of thing that has the name.
    pub kind: NameKind,
    /// The C name of the type, function, map or variable that contains the member, enumerator or parameter. If this
    /// container is anonymous, the name of the closest one around it that has a name. `None` if no container has a
    /// name, and for the names of types, functions, maps and variables themselves.
    pub parent: Option<&'a str>,
    /// The C name.
    pub name: &'a str,
}

/// The kind of thing that has a C name.
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
    /// A map of a BPF object whose key or value is of an anonymous type, or an array of one.
    Map,
    /// A global variable of a BPF object that is of an anonymous type, or an array of one.
    Variable,
}

type Hook = dyn Fn(CName<'_>) -> Option<String> + Send + Sync;

/// The caller's hook for names. `None` if the caller has set no hook.
#[derive(Clone, Default)]
pub(crate) struct Rename(Option<Arc<Hook>>);

impl Rename {
    pub fn new(hook: impl Fn(CName<'_>) -> Option<String> + Send + Sync + 'static) -> Rename {
        Rename(Some(Arc::new(hook)))
    }

    /// Returns whether a hook is set.
    pub fn renames(&self) -> bool {
        self.0.is_some()
    }

    /// Returns the spelling for the name of a type, function, map or variable.
    pub fn spell<'a>(&self, kind: NameKind, name: &'a str) -> Cow<'a, str> {
        self.ask(kind, None, name)
    }

    fn ask<'a>(&self, kind: NameKind, parent: Option<&str>, name: &'a str) -> Cow<'a, str> {
        let Some(hook) = &self.0 else {
            return Cow::Borrowed(name);
        };
        let c_name = CName { kind, parent, name };
        hook(c_name).map_or(Cow::Borrowed(name), Cow::Owned)
    }
}

impl fmt::Debug for Rename {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Some(_)" } else { "None" })
    }
}

/// Provides the spellings of the names of one kind in one container: the members or enumerators of a type, or the
/// parameters of a function.
#[derive(Clone, Copy)]
pub(crate) struct Speller<'a> {
    pub(super) btf: &'a Btf,
    pub(super) rename: &'a Rename,
    pub(super) kind: NameKind,
    /// The parent of the names, see [`CName::parent`]. Also `None` if no hook is set, since only the hook needs the
    /// parent.
    pub(super) parent: Option<&'a str>,
}

impl<'a> Speller<'a> {
    /// Returns whether a hook is set.
    pub fn renames(self) -> bool {
        self.rename.renames()
    }

    pub fn spell(self, name: Name) -> Cow<'a, str> {
        self.rename.ask(self.kind, self.parent, self.btf.name(name))
    }
}
