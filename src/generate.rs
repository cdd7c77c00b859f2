//! Puts a package where a build script's bindings macro looks for it, and tells cargo what it was
//! made from. Knows cargo's variables and nothing of types.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::error::Error;
use crate::package::Package;

/// Where cargo wants a build script to write. It is the only variable that is read, and there is no
/// `rerun-if-env-changed` for it: cargo looks for those in its own environment.
const OUT_DIR: &str = "OUT_DIR";

/// The folder in it.
const FOLDER: &str = "wit";

/// The file in it. The name says nothing of the package, so that no file of an earlier name stays
/// behind: wit-parser reads all files of a folder, and refuses two packages in one.
const FILE: &str = "types.wit";

/// What reads the types' bytes. wit-parser takes no notice of it.
const READER: &str = "types.rs";

/// The folder that the caller names, or cargo's.
pub(crate) fn folder(named: Option<&Path>) -> Result<PathBuf, Error> {
    match (named, env::var_os(OUT_DIR)) {
        (Some(named), _) => Ok(named.to_owned()),
        (None, Some(out_dir)) => Ok(Path::new(&out_dir).join(FOLDER)),
        (None, None) => Err(Error::NoOutDir),
    }
}

/// Writes the package into a folder, which is made if need be.
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

/// Writes Rust that reads the package's types, as the module `bindings` has them, beside it.
pub(crate) fn reader(package: &Package, folder: &Path, bindings: &str) -> Result<(), Error> {
    package.write_rust_reader(folder.join(READER), bindings)
}

/// Notes what a folder holds; an error where that would replace another package of this process, as
/// happens where a build script makes several and names no folders.
fn claim(folder: PathBuf, title: String) -> Result<(), Error> {
    static HELD: Mutex<BTreeMap<PathBuf, String>> = Mutex::new(BTreeMap::new());
    let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    match held.get(&folder) {
        Some(there) if *there != title => Err(Error::FolderTaken {
            folder,
            there: there.clone(),
            new: title,
        }),
        _ => {
            held.insert(folder, title);
            Ok(())
        }
    }
}

/// Tells cargo, if it listens, to run the build script again when one of these files changes. What the
/// build script has made itself is always newer than the script's last run, and would run it each time.
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
