//! Runs the checks that the rest of the program relies on.
//!
//! After these checks, every name and type id is in range, except for the entries of data sections and the index types
//! of arrays. Every type is used only where its kind is allowed, and no type contains itself by value. A struct or
//! union whose members do not fit in it, or are nested too deep, is no error here. Such a type is recorded in
//! [`Derived::unsound`], and loses its members later. After that, nesting is bounded. Of the rules of the kernel's
//! `kernel/bpf/btf.c`, only those that a conversion needs are checked here. `verifier` checks the other rules.

use super::{
    checker::{Checker, Derived},
    load::Tables,
    malformed::Malformed,
    strings::Strings,
    types::TypeId,
};

pub(super) fn check(
    tables: &mut Tables,
    strings: &Strings,
    start_id: TypeId,
    pointer_size: u8,
) -> Result<Derived, Malformed> {
    let mut checker = Checker::new(tables, strings, start_id, pointer_size);
    checker.references()?;
    checker.resolve()?;
    // `resolve` has looked at each member once, with a quick test. `layout` checks all members against each rule, but
    // only if a member or the size of a type may break one.
    if checker.derived.needs_layout_check {
        for id in checker.ids() {
            checker.layout(id);
        }
    }
    Ok(checker.derived)
}
