//! Generates C bindings and compiles them.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use wit_bindgen_c::Opts;
use wit_bindgen_core::Files;

use crate::clang::{Clang, Language};
use crate::wit::Package;

/// A generated header and its source.
pub struct Code(Files);

pub fn generate(package: &Package) -> Result<Code> {
    let opts = Opts {
        no_object_file: true,
        ..Opts::default()
    };
    let mut files = Files::default();
    opts.build()
        .generate(&mut package.resolve.clone(), package.world, &mut files)
        .context("cannot generate C")?;
    Ok(Code(files))
}

impl Code {
    /// Writes the files to `folder` after emptying it, and compiles the source, which includes the header.
    pub fn check(&self, folder: &Path, clang: &Clang) -> Result<()> {
        crate::emptied(folder)?;
        for (name, text) in self.0.iter() {
            let path = folder.join(name);
            fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
        }
        for (name, text) in self.0.iter() {
            if name.ends_with(".h") {
                refuse_repeated_macros(&String::from_utf8_lossy(text))?;
            } else {
                clang.check(folder, name, Language::C)?;
            }
        }
        Ok(())
    }
}

/// Refuses a header that defines a macro twice, since two enumerators then share a name. The compiler would accept a
/// second definition that is equal to the first.
fn refuse_repeated_macros(header: &str) -> Result<()> {
    let mut seen = HashSet::new();
    let names = header
        .lines()
        .filter_map(|line| line.strip_prefix("#define "))
        .filter_map(|rest| rest.split([' ', '(']).next());
    for name in names {
        if !seen.insert(name) {
            bail!("macro {name} is defined twice");
        }
    }
    Ok(())
}
