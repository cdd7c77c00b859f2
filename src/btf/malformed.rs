//! What is wrong with BTF, and where.

use std::fmt;

/// BTF that breaks a rule of its format, or asks for more than this version reads.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Malformed {
    /// The type at fault: its id, and its name where it has one.
    pub ty: Option<(u32, String)>,
    /// The member, enumerator or parameter at fault, by name or else by position.
    pub member: Option<String>,
    /// The rule that is broken.
    pub what: String,
}

/// What is out of range in split BTF may be in range of another base.
pub(super) const WRONG_BASE: &str = ", so the base is not the one that this was made for";

impl Malformed {
    pub(crate) fn new(what: impl Into<String>) -> Malformed {
        Malformed {
            ty: None,
            member: None,
            what: what.into(),
        }
    }

    pub(crate) fn in_type(mut self, id: u32, name: &str) -> Malformed {
        self.ty = Some((id, name.to_owned()));
        self
    }

    pub(crate) fn in_member(mut self, name: &str, position: usize) -> Malformed {
        self.member = Some(member(name, position));
        self
    }
}

impl Malformed {
    /// `member 'bar': what`, for those who know of which type.
    pub(crate) fn in_its_type(&self) -> String {
        match &self.member {
            Some(member) => format!("member {member}: {}", self.what),
            None => self.what.clone(),
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        place(f, &self.ty, &self.member)?;
        f.write_str(&self.what)
    }
}

/// A member by name or else by position.
pub(super) fn member(name: &str, position: usize) -> String {
    if name.is_empty() {
        format!("{position}")
    } else {
        format!("'{}'", name.escape_debug())
    }
}

/// `type 5 'foo', member 'bar': `, as far as it is known.
pub(super) fn place(
    f: &mut fmt::Formatter<'_>,
    ty: &Option<(u32, String)>,
    member: &Option<String>,
) -> fmt::Result {
    let Some((id, name)) = ty else {
        return Ok(());
    };
    write!(f, "type {id}")?;
    if !name.is_empty() {
        write!(f, " '{}'", name.escape_debug())?;
    }
    if let Some(member) = member {
        write!(f, ", member {member}")?;
    }
    f.write_str(": ")
}

impl std::error::Error for Malformed {}
