//! The stages of a conversion one by one, for `checks/bench/stages` to measure. No part of the API: it is hidden, and
//! changes as the stages do.

use crate::btf::{Btf, Malformed, Read};
use crate::error::Error;
use crate::lower::Item;
use crate::names::{Names, Rename};
use crate::package::Package;

/// BTF that was read and not checked.
pub struct Loaded(Read);

/// BTF that was checked.
pub struct Validated(Btf);

/// What all its types are called.
pub struct Named(#[expect(dead_code, reason = "it is made, and dropped")] Names);

/// Reads raw BTF that stands alone.
pub fn load(bytes: Vec<u8>) -> Result<Loaded, Malformed> {
    Read::alone(bytes).map(Loaded)
}

impl Loaded {
    /// Checks it.
    pub fn validate(self) -> Result<Validated, Malformed> {
        self.0.checked(None).map(Validated)
    }
}

impl Validated {
    /// Names all types.
    pub fn name(&self) -> Result<Named, Malformed> {
        Names::of_types(&self.0, Rename::default()).map(Named)
    }
}

/// Lowers all items that are written, with their labels. Returns how many members and cases they have.
pub fn lower(package: &Package) -> Result<usize, Error> {
    let mut lower = package.lower();
    let mut item = Item::default();
    let mut parts = 0;
    for id in package.selected() {
        package.fill(&mut lower, id, &mut item)?;
        parts += item.members.len() + item.cases.len();
    }
    Ok(parts)
}
