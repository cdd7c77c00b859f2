//! The C that BTF describes: how declarations are spelled, and which members a struct or union has. Does not know WIT.

pub(crate) mod declaration;
pub(crate) mod members;
