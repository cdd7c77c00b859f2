//! Writes a package into the folder that bindings macros read, and tells cargo from which files the package was
//! generated.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::error::Error;
use crate::package::Package;

/// The environment variable with the output folder of a build script. No `rerun-if-env-changed` is printed for this
/// variable: cargo sets it only for the script, but would look for changes in its own environment and find none.
const OUT_DIR: &str = "OUT_DIR";

/// The name of the folder in `OUT_DIR` that bindings macros read.
const FOLDER: &str = "wit";

/// The name of the file with the WIT. This name does not depend on the name of the package. Otherwise, an old file
/// would remain after the package is renamed, and wit-parser, which reads all files of a folder, refuses two packages
/// in one folder.
const FILE: &str = "types.wit";

/// The name of the file with the generated reader. wit-parser ignores files with this extension.
const READER: &str = "types.rs";

/// Returns the folder that the caller named. If the caller named none, returns the folder `wit` in `OUT_DIR`.
pub(crate) fn folder(named: Option<&Path>) -> Result<PathBuf, Error> {
    match (named, env::var_os(OUT_DIR)) {
        (Some(named), _) => Ok(named.to_owned()),
        (None, Some(out_dir)) => Ok(Path::new(&out_dir).join(FOLDER)),
        (None, None) => Err(Error::NoOutDir),
    }
}

/// Writes the WIT of the package into a folder, which is created if needed.
pub(crate) fn into_folder(package: &Package, folder: &Path) -> Result<(), Error> {
    let failed = |source| Error::WriteFile {
        path: folder.to_owned(),
        source,
    };
    fs::create_dir_all(folder).map_err(failed)?;
    claim(folder.canonicalize().map_err(failed)?, package.title())?;
    package.write_file(folder.join(FILE))?;
    Ok(())
}

/// Writes the Rust reader beside the WIT. `bindings` is the Rust path of the module in which the bindings macro
/// generates the types.
pub(crate) fn reader(package: &Package, folder: &Path, bindings: &str) -> Result<(), Error> {
    package.write_rust_reader(folder.join(READER), bindings)
}

/// Records which package this process writes into a folder. `title` has the names of the package and of its input.
/// Returns an error if the process has already recorded another title for the folder. This happens if a build script
/// generates several packages and sets no folders.
fn claim(folder: PathBuf, title: String) -> Result<(), Error> {
    static TITLES: Mutex<BTreeMap<PathBuf, String>> = Mutex::new(BTreeMap::new());
    let mut titles = TITLES.lock().unwrap_or_else(PoisonError::into_inner);
    match titles.get(&folder) {
        Some(other) if *other != title => Err(Error::FolderTaken {
            folder,
            there: other.clone(),
            new: title,
        }),
        _ => {
            titles.insert(folder, title);
            Ok(())
        }
    }
}

/// In a build script, tells cargo to run the script again if one of these files changes. Leaves out files in `OUT_DIR`:
/// the script writes them itself, so they would always be newer than its last run.
pub(crate) fn rerun_if_changed(files: &[PathBuf]) -> Result<(), Error> {
    let Some(out_dir) = env::var_os(OUT_DIR) else {
        return Ok(());
    };
    let mut out = io::stdout().lock();
    for file in files.iter().filter(|file| !file.starts_with(&out_dir)) {
        writeln!(out, "cargo:rerun-if-changed={}", file.display()).map_err(Error::Write)?;
    }
    Ok(())
}
