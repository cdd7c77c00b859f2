//! A file that is written whole or not at all, and is not touched where its content stays the same.
//! Knows nothing of what is written.

use std::fs::{self, File};
use std::io::{self, BufRead};
use std::path::{Path, PathBuf};

use crate::error::Error;

/// Replaces the content of a file by what `write` writes, once all of it is written.
///
/// A device or a pipe is written to. A link stays, and what it leads to is replaced, with the
/// permissions that it had.
pub(crate) fn replace<T>(
    path: &Path,
    write: impl FnOnce(&mut File) -> Result<T, Error>,
) -> Result<T, Error> {
    let path = fs::canonicalize(path).unwrap_or(path.to_owned());
    if fs::metadata(&path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        let opened = fs::OpenOptions::new().write(true).open(&path);
        return write(&mut opened.map_err(Error::Write)?);
    }
    let (mut new, mode) = beside(&path).map_err(Error::Write)?;
    let written = write(new.as_file_mut())?;
    if is_same(new.path(), &path) {
        return Ok(written);
    }
    if let Some(mode) = mode {
        new.as_file().set_permissions(mode).map_err(Error::Write)?;
    }
    new.persist(&path).map_err(|e| Error::Write(e.error))?;
    Ok(written)
}

/// Have two files the same content? A file that is not touched makes nothing be built again.
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

/// A temporary file in the folder of the one that it will replace, and the permissions of that.
fn beside(path: &Path) -> io::Result<(tempfile::NamedTempFile, Option<fs::Permissions>)> {
    if path.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let mode = fs::metadata(path).ok().map(|found| found.permissions());
    // Opened here since tempfile's error names a file that nobody knows, and its file is for the owner
    // alone, unlike any other new one.
    let file = tempfile::Builder::new()
        .prefix(".btf2wit-")
        .make_in(folder, |path| {
            File::options().write(true).create_new(true).open(path)
        })?;
    Ok((file, mode))
}
