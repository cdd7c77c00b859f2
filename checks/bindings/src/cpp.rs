//! Generates C++ bindings and compiles them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wit_bindgen_core::Files;
use wit_bindgen_cpp::Opts;

use crate::clang::{Clang, Language};
use crate::wit::Package;

/// The headers that all generated headers include. They are precompiled once.
const COMMON: &str = "#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include \"wit.h\"
";
const HELPERS: &str = "wit.h";

/// A generated header, its source, and the helpers that both include.
pub struct Code(Files);

pub fn generate(package: &Package) -> Result<Code> {
    let mut files = Files::default();
    Opts::default()
        .build(None)
        .generate(&mut package.resolve.clone(), package.world, &mut files)
        .context("cannot generate C++")?;
    Ok(Code(files))
}

/// The folder of the C++ files, and the path of the precompiled header, which the first check makes.
pub struct Cpp {
    folder: PathBuf,
    prepared: Option<PathBuf>,
}

impl Cpp {
    pub fn new(folder: PathBuf) -> Cpp {
        Cpp {
            folder,
            prepared: None,
        }
    }

    /// Writes the files into the folder `module`, and compiles the source, which includes the header.
    pub fn check(&mut self, code: &Code, module: &str, clang: &Clang) -> Result<()> {
        let prepared = self.prepare(code, clang)?;
        let folder = self.folder.join(module);
        crate::emptied(&folder)?;
        for (name, text) in code.0.iter().filter(|(name, _)| is_source(name)) {
            write(&folder.join(name), text)?;
        }
        let has_results = |text: &[u8]| String::from_utf8_lossy(text).contains("std::expected");
        let has_results = code.0.iter().any(|(_, text)| has_results(text));
        let sources = code.0.iter().filter(|(name, _)| name.ends_with(".cpp"));
        for (source, _) in sources {
            match (has_results, prepared.parent()) {
                (true, Some(common)) => Clang::check_results(&folder, source, common)?,
                _ => clang.check(&folder, source, Language::Cpp(&prepared))?,
            }
        }
        Ok(())
    }

    /// Precompiles the common headers, unless they are precompiled already.
    fn prepare(&mut self, code: &Code, clang: &Clang) -> Result<PathBuf> {
        if let Some(prepared) = &self.prepared {
            return Ok(prepared.clone());
        }
        let folder = self.folder.join("common");
        crate::emptied(&folder)?;
        let mut helpers = code.0.iter().filter(|(name, _)| *name == HELPERS);
        let (_, helpers) = helpers.next().context("the generator wrote no wit.h")?;
        write(&folder.join(HELPERS), helpers)?;
        write(&folder.join("common.h"), COMMON.as_bytes())?;
        let prepared = clang.prepare(&folder, "common.h")?;
        self.prepared = Some(prepared.clone());
        Ok(prepared)
    }
}

/// Returns whether a file is a header or source of the package itself, and not of the helpers.
fn is_source(name: &str) -> bool {
    name != HELPERS && (name.ends_with(".h") || name.ends_with(".cpp"))
}

fn write(path: &Path, text: &[u8]) -> Result<()> {
    fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}
