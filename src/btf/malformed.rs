//! The error for BTF that cannot be read, and functions that write the names of types and members in errors and
//! warnings.

use std::fmt;

/// BTF that breaks a rule of its format, exceeds a limit of btf2wit, does not match its base, or needs a newer version
/// of btf2wit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Malformed {
    /// The id and the name of the faulty type. The name is empty if the type has none, or if its name is not known yet
    /// when the fault is found. `None` if the fault is not in one type.
    pub ty: Option<(u32, String)>,
    /// The faulty member, enumerator or parameter: its name in quotes, or its position, counted from 0, if it has no
    /// name. `None` if the fault is not in one of these.
    pub member: Option<String>,
    /// A description of the fault, such as `contains itself by value`.
    pub what: String,
}

/// The end of messages about split BTF that does not match its base, for example because a type id or name offset is
/// out of range. The usual cause is a wrong base.
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
        self.member = Some(member_label(name, position));
        self
    }
}

impl Malformed {
    /// Returns `member 'bar': what`, or only `what` if no member is faulty. Messages that already name the type use
    /// this text.
    pub(crate) fn in_its_type(&self) -> String {
        match &self.member {
            Some(member) => format!("member {member}: {}", self.what),
            None => self.what.clone(),
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_place(f, &self.ty, &self.member)?;
        f.write_str(&self.what)
    }
}

/// Returns the name of a member in quotes, or its position if it has no name.
pub(super) fn member_label(name: &str, position: usize) -> String {
    if name.is_empty() {
        format!("{position}")
    } else {
        format!("'{}'", name.escape_debug())
    }
}

/// Writes `type 5 'foo', member 'bar': `. Leaves out the member if there is none, and writes nothing if there is no
/// type.
pub(super) fn write_place(
    f: &mut fmt::Formatter<'_>,
    ty: &Option<(u32, String)>,
    member: &Option<String>,
) -> fmt::Result {
    let Some(ty) = ty else {
        return Ok(());
    };
    write_type(f, ty)?;
    if let Some(member) = member {
        write!(f, ", member {member}")?;
    }
    f.write_str(": ")
}

/// Writes `type 5 'foo'`, or `type 5` if the name is empty.
pub(super) fn write_type(f: &mut fmt::Formatter<'_>, (id, name): &(u32, String)) -> fmt::Result {
    write!(f, "type {id}")?;
    match name.is_empty() {
        true => Ok(()),
        false => write!(f, " '{}'", name.escape_debug()),
    }
}

impl std::error::Error for Malformed {}
