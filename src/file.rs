//! Replaces the content of a file, either completely or not at all. If the content stays the same, the file is not
//! touched.

use std::fs::{self, File};
use std::io::{self, BufRead};
use std::path::{Path, PathBuf};

use crate::error::Error;

/// Replaces the content of a file by the output of `write`, or creates the file. If `write` fails, the file stays as it
/// was. An existing file keeps its permissions.
///
/// If the path is a device or a pipe, `write` writes to it directly. If the path is a symbolic link to a file, that
/// file is replaced. If the path is a link to a missing file, the link itself is replaced by a file.
pub(crate) fn replace<T>(
    path: &Path,
    write: impl FnOnce(&mut File) -> Result<T, Error>,
) -> Result<T, Error> {
    let path = fs::canonicalize(path).unwrap_or(path.to_owned());
    if fs::metadata(&path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        let opened = fs::OpenOptions::new().write(true).open(&path);
        return write(&mut opened.map_err(Error::Write)?);
    }
    let (mut new, mode) = temporary_beside(&path).map_err(Error::Write)?;
    let written = write(new.as_file_mut())?;
    // A file that stays the same keeps its modification time, so that it does not trigger a rebuild.
    if is_same(new.path(), &path) {
        return Ok(written);
    }
    if let Some(mode) = mode {
        new.as_file().set_permissions(mode).map_err(Error::Write)?;
    }
    new.persist(&path).map_err(|e| Error::Write(e.error))?;
    Ok(written)
}

/// Returns whether two files have the same content. Returns `false` if a file cannot be read.
fn is_same(new: &Path, old: &Path) -> bool {
    let open = |path| {
        Some(io::BufReader::with_capacity(
            1 << 16,
            File::open(path).ok()?,
        ))
    };
    let (Some(mut new), Some(mut old)) = (open(new), open(old)) else {
        return false;
    };
    loop {
        let (Ok(a), Ok(b)) = (new.fill_buf(), old.fill_buf()) else {
            return false;
        };
        let common = a.len().min(b.len());
        if common == 0 {
            return a.len() == b.len();
        }
        if a[..common] != b[..common] {
            return false;
        }
        new.consume(common);
        old.consume(common);
    }
}

/// Creates a temporary file in the folder of `path`. Also returns the permissions of the file `path`, or `None` if this
/// file does not exist. Returns an error if `path` is a folder.
fn temporary_beside(path: &Path) -> io::Result<(tempfile::NamedTempFile, Option<fs::Permissions>)> {
    if path.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let mode = fs::metadata(path).ok().map(|found| found.permissions());
    // With `make_in`, the closure creates the file. If tempfile created it, errors would name the temporary file, and
    // only the owner could read and write the file.
    let file = tempfile::Builder::new()
        .prefix(".btf2wit-")
        .make_in(folder, |path| {
            File::options().write(true).create_new(true).open(path)
        })?;
    Ok((file, mode))
}
