//! Reads a WIT file and its world.

use std::path::Path;

use anyhow::{Context, Result};
use wit_parser::{Resolve, WorldId};

/// A resolved package, and its only world.
pub struct Package {
    pub resolve: Resolve,
    pub world: WorldId,
}

pub fn load(path: &Path) -> Result<Package> {
    let mut resolve = Resolve::default();
    let id = resolve
        .push_file(path)
        .with_context(|| format!("cannot resolve {}", path.display()))?;
    let world = resolve
        .select_world(&[id], None)
        .context("the package needs exactly one world")?;
    Ok(Package { resolve, world })
}
