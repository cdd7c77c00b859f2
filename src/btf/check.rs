//! Checks what the rest of the program relies on.
//!
//! Afterwards every name and type id refers to something, a type stands only where its kind may, no type contains
//! itself by value, and nesting is bounded. A struct or union whose members do not fit it is noted in
//! [`Derived::unsound`]. Follows the kernel's `kernel/bpf/btf.c` as far as a converter needs it.

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
    own: TypeId,
    pointer_size: u8,
) -> Result<Derived, Malformed> {
    let mut checker = Checker::new(tables, strings, own, pointer_size);
    checker.references()?;
    checker.resolve()?;
    // `resolve` has met each member once. If it suspected one, each member is checked rule by rule.
    if checker.derived.needs_layout_check {
        for id in checker.ids() {
            checker.layout(id);
        }
    }
    Ok(checker.derived)
}
