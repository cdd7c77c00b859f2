//! Describes C from BTF: `declaration` writes declarations, and `members` lists the members of structs and unions. This
//! module does not know WIT.

pub(crate) mod declaration;
pub(crate) mod members;
