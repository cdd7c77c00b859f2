//! Short descriptions of items for lists. They do not include fields and cases.

use crate::lower::Body;
use crate::names::Kind;

/// The definition of a type that has a C name, without its fields or cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outline<'a> {
    /// The label in the interface, without the `%` that escapes a keyword in the WIT text.
    pub wit: &'a str,
    /// The kind of the C type.
    pub kind: Kind,
    /// The C name.
    pub name: &'a str,
    /// The BTF type id.
    pub id: u32,
    /// The size of a value in bytes, as `sizeof` returns it.
    pub size: u64,
    /// The form of the WIT definition.
    pub form: Form,
    /// Whether the caller requested the type. Other types are listed because a requested type contains them by value,
    /// or because a requested function takes or returns them.
    pub asked_for: bool,
}

/// The form of a WIT definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// A record: a C struct, or a union that is read as all of its members.
    Record,
    /// A variant: a C union, of which one arm is active.
    Variant,
    /// An enum with a case for each value.
    Enum,
    /// Flags. Each label stands for one bit of the C enum's value.
    Flags,
    /// An alias of another type.
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

    /// Returns WIT's keyword for the form.
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
