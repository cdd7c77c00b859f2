//! Generates TypeScript with jco, and compiles it.
//!
//! Both tools are started only once for all files, since starting them takes most of their time.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::verdict::Verdict;

/// The folder that has the scripts, and the npm packages of `package.json`.
const PACKAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/typescript");
/// The maximum number of errors that are printed for a file.
const SHOWN: usize = 3;
const LANGUAGE: &str = "typescript";

/// A value of this type exists only if node and the npm packages are installed.
pub struct TypeScript {
    /// The folder for the generated code.
    folder: PathBuf,
}

impl TypeScript {
    pub fn find(folder: PathBuf) -> Option<Self> {
        let node = Command::new("node")
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        let compiler = Path::new(PACKAGES).join("node_modules/typescript");
        let there = node.is_ok_and(|status| status.success()) && compiler.exists();
        there.then_some(TypeScript { folder })
    }

    /// Checks all files that could be resolved.
    pub fn check(&self, verdicts: &mut [Verdict]) -> Result<()> {
        crate::emptied(&self.folder)?;
        let mut faults = self.generate(verdicts)?;
        let mut written = Faults::new();
        for verdict in verdicts.iter().filter(|verdict| verdict.is_wit()) {
            let module = &verdict.module;
            if !faults.contains_key(module) {
                written.insert(module.clone(), repeated(&self.folder.join(module))?);
            }
        }
        self.compile(&mut written)?;
        faults.append(&mut written);
        for verdict in verdicts.iter_mut() {
            match faults.get(&verdict.module) {
                Some(errors) if errors.is_empty() => verdict.pass(LANGUAGE),
                Some(errors) => verdict.fail(LANGUAGE, first(errors)),
                None => {}
            }
        }
        Ok(())
    }

    /// Generates a folder of TypeScript for each file. Returns the errors of the files that failed.
    fn generate(&self, verdicts: &[Verdict]) -> Result<Faults> {
        let mut node = Command::new("node");
        node.arg(Path::new(PACKAGES).join("types.mjs"));
        for verdict in verdicts.iter().filter(|verdict| verdict.is_wit()) {
            node.arg(self.folder.join(&verdict.module))
                .arg(&verdict.path);
        }
        let output = node.output().context("running node")?;
        if !output.status.success() {
            bail!("{}", String::from_utf8_lossy(&output.stderr));
        }
        let mut faults = Faults::new();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let fault: Value = serde_json::from_str(line).context("reading the output of jco")?;
            let folder = Path::new(fault["folder"].as_str().unwrap_or_default());
            let module = folder.file_name().unwrap_or_default().to_string_lossy();
            let why = fault["why"].as_str().unwrap_or_default().to_owned();
            faults.insert(module.into_owned(), vec![why]);
        }
        Ok(faults)
    }

    /// Compiles each folder by itself, since TypeScript would merge modules of the same name. Adds the errors to
    /// `faults`.
    fn compile(&self, faults: &mut Faults) -> Result<()> {
        let output = Command::new("node")
            .arg(Path::new(PACKAGES).join("compile.mjs"))
            .args(faults.keys())
            .current_dir(&self.folder)
            .output()
            .context("running the TypeScript compiler")?;
        if !output.status.success() {
            bail!("{}", String::from_utf8_lossy(&output.stderr));
        }
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let (module, error) = line
                .split_once('\t')
                .with_context(|| format!("unexpected line of compile.mjs: {line}"))?;
            let errors = faults
                .get_mut(module)
                .with_context(|| format!("compile.mjs named {module}"))?;
            errors.push(error.to_owned());
        }
        Ok(())
    }
}

/// The errors of each module.
type Faults = BTreeMap<String, Vec<String>>;

/// Returns a message for each name that a file declares twice. The compiler does not report interfaces of the same
/// name, since it merges them.
fn repeated(module: &Path) -> Result<Vec<String>> {
    let mut repeated = Vec::new();
    for side in ["host", "guest"] {
        let folder = module.join(side).join("interfaces");
        let files =
            fs::read_dir(&folder).with_context(|| format!("listing {}", folder.display()))?;
        for file in files {
            let path = file.context("listing interfaces")?.path();
            let text =
                fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
            let mut seen = HashSet::new();
            let declared = text.lines().filter_map(declared);
            let twice = declared.filter(|name| !seen.insert(*name));
            repeated.extend(twice.map(|name| format!("{name} is declared twice")));
        }
    }
    Ok(repeated)
}

/// Returns the name that a line declares. Returns `None` if the line declares nothing.
fn declared(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix("export ")?;
    let words = ["interface ", "type ", "enum ", "class ", "function "];
    let rest = words.iter().find_map(|word| rest.strip_prefix(word))?;
    rest.split(|c: char| !c.is_alphanumeric() && c != '_')
        .next()
}

fn first(errors: &[String]) -> String {
    let mut text = errors[..errors.len().min(SHOWN)].join("\n");
    if errors.len() > SHOWN {
        text += &format!("\nand {} more errors\n", errors.len() - SHOWN);
    }
    text
}
