//! Arms of unions that C++ or TypeScript bindings would confuse with types.
//!
//! wit-bindgen's C++ puts a struct for each case into the struct of the variant: the two must not have the same name.
//! jco's TypeScript calls the case `y` of `x` `XY`, and the type `x-y` too: interfaces of one name merge without an error.
//! Such an arm gets a suffix, whatever options and selection make of the types.

use std::collections::HashMap;

use super::{
    macros::{Cases, Clashes, hash, is_of_base},
    scope::{Key, KeyBuilder},
};
use crate::btf::{Malformed, Type};
use crate::c::members::body;

impl Clashes {
    pub(super) fn of_arms(&mut self, cases: &mut Cases) -> Result<(), Malformed> {
        let (btf, names) = (cases.btf, cases.names);
        // All labels of types, and whether the base has them: its arms are called as if it stood alone.
        let mut labels: HashMap<u64, bool, KeyBuilder> = HashMap::default();
        labels.reserve(names.entities().len());
        for (id, _) in names.entities() {
            let of_base = btf.base_len() > 0 && is_of_base(btf, names, id);
            labels.insert(hash(names.label(id)), of_base);
        }
        for (id, entity) in names.entities() {
            if !matches!(btf.ty(body(btf, entity.ty)), Type::Union(_)) {
                continue;
            }
            cases.read(id)?;
            let own = Key::of(names.label(id));
            let alone = btf.base_len() > 0 && is_of_base(btf, names, id);
            for &(name, case) in &cases.found {
                let of_type = labels.get(&name);
                if case == own || of_type.is_some_and(|of_base| *of_base || !alone) {
                    self.note(id, case);
                }
            }
        }
        Ok(())
    }
}
