//! C as BTF describes it: the spelling of declarations, and the members of structs and unions. Does not know WIT.

pub(crate) mod declaration;
pub(crate) mod members;
