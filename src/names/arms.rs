//! Finds union members whose case names would collide with types in C++ or TypeScript bindings.
//!
//! In wit-bindgen's C++, each case is a struct nested in the struct of its variant, and must not have the name of that
//! variant. In jco's TypeScript, the case `y` of `x` and the type `x-y` are both called `XY`, and TypeScript merges
//! interfaces with the same name without an error. The label of such a case gets a suffix, even if the type with the
//! same name is not selected, since labels must not depend on the selection.

use std::collections::HashMap;

use super::{
    macros::{CaseCollisions, CaseReader, hash, is_of_base},
    scope::{Key, KeyBuilder},
};
use crate::btf::{Malformed, Type};
use crate::c::members::body;

impl CaseCollisions {
    /// Adds the cases that would collide with their own variant or with another type.
    pub(super) fn add_arms(&mut self, reader: &mut CaseReader) -> Result<(), Malformed> {
        let (btf, names) = (reader.btf, reader.names);
        // The key is the hash of a type's label. The value says whether the type belongs to the base. A type of a
        // kernel module changes no case of the base, since types of the base must get the same names with and without
        // the module.
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
            reader.read(id)?;
            let variant = Key::of(names.label(id));
            let is_base = btf.base_len() > 0 && is_of_base(btf, names, id);
            for &(name, case) in &reader.cases {
                let of_type = labels.get(&name);
                if case == variant || of_type.is_some_and(|of_base| *of_base || !is_base) {
                    self.note(id, case);
                }
            }
        }
        Ok(())
    }
}
