//! Where the text goes: a file that is written whole or not at all, or standard output.

use std::fs;
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};

use btf2wit::{Error, Package, Summary};

use super::Outcome;

/// Writes the package to `output`, or to standard output.
pub fn write(package: &Package, output: Option<&Path>) -> Result<Summary, String> {
    match output {
        Some(path) => {
            let failed = |what: String| format!("{}: {what}", path.display());
            to_file(package, path).map_err(|e| failed(e.to_string()))
        }
        None => package
            .write_to(io::stdout().lock())
            .or_else(closed_pipe)
            .map_err(|e| format!("standard output: {e}")),
    }
}

/// Prints what is not WIT.
pub fn print(text: &[u8]) -> Result<Outcome, String> {
    unless_closed(io::stdout().lock().write_all(text))?;
    Ok(Outcome::Done)
}

/// Who reads standard output may have seen enough of it: that is no failure.
pub fn unless_closed(printed: io::Result<()>) -> Result<(), String> {
    match printed {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => Err(format!("standard output: {e}")),
        _ => Ok(()),
    }
}

/// Refuses to replace the input by what it is converted to.
pub fn spare_input(input: &Path, output: Option<&Path>) -> Result<(), String> {
    let same = output.is_some_and(|output| {
        let (input, output) = (fs::canonicalize(input), fs::canonicalize(output));
        matches!((input, output), (Ok(input), Ok(output)) if input == output)
    });
    if same {
        return Err(format!(
            "{}: the output would replace the input",
            input.display()
        ));
    }
    Ok(())
}

/// Who reads the output may have seen enough of it.
fn closed_pipe(error: Error) -> Result<Summary, Error> {
    match error {
        Error::Write(e) if e.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
        error => Err(error),
    }
}

fn to_file(package: &Package, path: &Path) -> Result<Summary, Error> {
    // A device or a pipe is written to; a link stays, and what it leads to is replaced.
    let path = fs::canonicalize(path).unwrap_or(path.to_owned());
    if fs::metadata(&path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        let mut file = fs::OpenOptions::new()
            .write(true)
            .open(&path)
            .map_err(Error::Write)?;
        return package.write_to(&mut file);
    }
    let (mut file, mode) = beside(&path).map_err(Error::Write)?;
    // Its own errors, not tempfile's, which name a file that nobody knows.
    let summary = package.write_to(file.as_file_mut())?;
    if is_same(file.path(), &path) {
        return Ok(summary);
    }
    if let Some(mode) = mode {
        file.as_file().set_permissions(mode).map_err(Error::Write)?;
    }
    file.persist(&path).map_err(|e| Error::Write(e.error))?;
    Ok(summary)
}

/// Have two files the same content? A file that is not touched makes nothing be built again.
fn is_same(new: &Path, old: &Path) -> bool {
    let open = |path| {
        Some(io::BufReader::with_capacity(
            1 << 16,
            fs::File::open(path).ok()?,
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
            fs::File::options().write(true).create_new(true).open(path)
        })?;
    Ok((file, mode))
}
