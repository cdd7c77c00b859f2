//! Writes a crate with a module for the bindings of each WIT file, and collects the errors of `cargo check` in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::verdict::Verdict;

const MANIFEST: &str = include_str!("../scratch/Cargo.toml");
const LOCK: &str = include_str!("../scratch/Cargo.lock");
/// The maximum number of errors that are printed for a file.
const SHOWN: usize = 3;

pub struct Scratch {
    folder: PathBuf,
    modules: Vec<String>,
}

impl Scratch {
    /// Creates the crate in the folder `work`. Keeps the build products of earlier runs.
    pub fn create(work: &Path) -> Result<Self> {
        let folder = work.join("rust");
        let sources = folder.join("src");
        fs::create_dir_all(&sources).with_context(|| format!("creating {}", sources.display()))?;
        write(&folder.join("Cargo.toml"), MANIFEST)?;
        write(&folder.join("Cargo.lock"), LOCK)?;
        Ok(Scratch {
            folder,
            modules: Vec::new(),
        })
    }

    pub fn add(&mut self, module: &str, code: &str) -> Result<()> {
        write(&self.folder.join(format!("src/{module}.rs")), code)?;
        self.modules.push(module.to_owned());
        Ok(())
    }

    /// Compiles all modules at once. rustc may stop after some errors, so modules with errors are removed and the
    /// others are compiled again.
    pub fn check(mut self, verdicts: &mut [Verdict]) -> Result<()> {
        while !self.modules.is_empty() {
            let faults = self.compile()?;
            for verdict in verdicts.iter_mut() {
                if let Some(errors) = faults.get(&verdict.module) {
                    verdict.fail("rust", first_errors(errors));
                } else if faults.is_empty() && self.modules.contains(&verdict.module) {
                    verdict.pass("rust");
                }
            }
            if faults.is_empty() {
                break;
            }
            self.modules.retain(|module| !faults.contains_key(module));
        }
        Ok(())
    }

    /// Runs `cargo check`. Returns the errors of each module that has errors.
    fn compile(&self) -> Result<BTreeMap<String, Vec<String>>> {
        let declarations: String = self
            .modules
            .iter()
            .map(|module| format!("pub mod {module};\n"))
            .collect();
        write(&self.folder.join("src/lib.rs"), &declarations)?;
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let output = Command::new(cargo)
            .args(["check", "--quiet", "--locked", "--message-format=json"])
            .args(["--target-dir", "target"])
            .current_dir(&self.folder)
            .output()
            .context("running cargo check in the scratch crate")?;
        let mut faults = BTreeMap::<String, Vec<String>>::new();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            if let Some((module, error)) = fault(line) {
                faults.entry(module).or_default().push(error);
            }
        }
        if !output.status.success() && !self.modules.iter().any(|m| faults.contains_key(m)) {
            let text = String::from_utf8_lossy(&output.stderr);
            bail!("cargo check failed without an error in a module: {text}");
        }
        Ok(faults)
    }
}

/// Writes a file, unless it already has that text. Cargo compares modification times and would compile unchanged files
/// again.
fn write(path: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}

/// Returns the module and the text of an error in a line of cargo's output, or `None` if the line has no error in a
/// module. Prints warnings at once. A warning about an unused variable counts as an error, since it means that a local
/// variable in the generated code has the name of a parameter, whose value is then lost.
fn fault(line: &str) -> Option<(String, String)> {
    let line: Value = serde_json::from_str(line).ok()?;
    let message = line.get("message")?;
    let text = message["rendered"].as_str()?;
    let shadows = message["code"]["code"] == "unused_variables";
    if message["level"] == "warning" && !shadows {
        eprint!("{text}");
        return None;
    }
    let module = message["spans"].as_array()?.iter().find_map(module_of)?;
    Some((module, text.to_owned()))
}

/// Returns the module of a place in the code. If the place is inside a macro, returns the module of the macro call.
fn module_of(span: &Value) -> Option<String> {
    let file = Path::new(span["file_name"].as_str()?);
    if file.parent() == Some(Path::new("src")) {
        return Some(file.file_stem()?.to_string_lossy().into_owned());
    }
    module_of(span.get("expansion")?.get("span")?)
}

fn first_errors(errors: &[String]) -> String {
    let mut text = errors[..errors.len().min(SHOWN)].concat();
    if errors.len() > SHOWN {
        text += &format!("and {} more errors\n", errors.len() - SHOWN);
    }
    text
}
