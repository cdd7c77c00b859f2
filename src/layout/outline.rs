//! What a list says of an item. Knows nothing of what is in it.

use crate::lower::Body;
use crate::names::Kind;

/// One type definition of the interface that C has a name for, without what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outline<'a> {
    /// Its label in the interface, without the `%` that a keyword has in the text.
    pub wit: &'a str,
    /// What C calls it: a struct, a union, an enum or a typedef.
    pub kind: Kind,
    /// Its C name.
    pub name: &'a str,
    /// Its BTF type id.
    pub id: u32,
    /// Bytes of a value, as `sizeof` has it.
    pub size: u64,
    /// What it is in WIT.
    pub form: Form,
    /// Whether it was asked for. What was not is contained by value in what was.
    pub asked_for: bool,
}

/// What an item is in WIT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// A record: a C struct, or a union all of whose arms are read.
    Record,
    /// A variant: a C union, of whose arms one holds.
    Variant,
    /// An enum with a case for each value.
    Enum,
    /// Flags, each a single bit of the integer.
    Flags,
    /// Another name of a type.
    Alias,
}

impl Form {
    pub(crate) fn of(body: Body) -> Form {
        match body {
            Body::Record | Body::Function { .. } => Form::Record,
            Body::Variant => Form::Variant,
            Body::Enum => Form::Enum,
            Body::Flags => Form::Flags,
            Body::Alias(_) => Form::Alias,
        }
    }

    /// WIT's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Form::Record => "record",
            Form::Variant => "variant",
            Form::Enum => "enum",
            Form::Flags => "flags",
            Form::Alias => "type",
        }
    }
}
