//! Runs the stages of a conversion one by one. `checks/bench/stages` measures them. This module is hidden and not part
//! of the stable API.

use crate::btf::{Btf, Malformed, UncheckedBtf};
use crate::error::Error;
use crate::lower::Item;
use crate::names::{Names, Rename};
use crate::package::Package;

/// BTF that has been read, but not checked.
pub struct Loaded(UncheckedBtf);

/// BTF that has been read and checked.
pub struct Validated(Btf);

/// The names of all types.
pub struct Named(
    #[expect(dead_code, reason = "only the time to make and drop it is measured")] Names,
);

/// Reads raw BTF that is not split.
pub fn load(bytes: Vec<u8>) -> Result<Loaded, Malformed> {
    UncheckedBtf::unsplit(bytes).map(Loaded)
}

impl Loaded {
    /// Checks the BTF.
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

/// Turns all selected types into items. Returns the total number of their members and cases.
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
