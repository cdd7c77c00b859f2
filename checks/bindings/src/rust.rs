//! Generates Rust bindings, as `generate!` does in a guest with the option `generate_unused_types`.

use anyhow::{Context, Result};
use wit_bindgen_core::{Files, WorldGenerator};
use wit_bindgen_rust::Opts;

use crate::wit::Package;

/// Returns the source of the module with the bindings.
pub fn generate(package: &Package) -> Result<String> {
    let opts = Opts {
        generate_unused_types: true,
        ..Opts::default()
    };
    let mut files = Files::default();
    opts.build()
        .generate(&mut package.resolve.clone(), package.world, &mut files)
        .context("cannot generate Rust")?;
    let (_, code) = files
        .iter()
        .find(|(name, _)| name.ends_with(".rs"))
        .context("the generator wrote no Rust")?;
    String::from_utf8(code.to_vec()).context("the generated Rust is not UTF-8")
}
