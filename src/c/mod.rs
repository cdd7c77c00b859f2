//! C as BTF describes it: declarations, and the members that a struct or union shows. Knows nothing of WIT.

pub(crate) mod declaration;
pub(crate) mod members;
