//! Compiles a BPF program in C with clang.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The folder of bpf.h.
const HEADERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/include");

const FLAGS: &[&str] = &[
    "-target",
    "bpf",
    "-mcpu=v3",
    "-O2",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-c",
    // Writes BTF, and DWARF that does not name the build folder, since a host compares objects byte for byte.
    "-g",
    "-fdebug-compilation-dir=.",
];

/// Compiles `source` into the `OUT_DIR` of a build script. Cargo runs the script again when the source or a file beside
/// it changes.
///
/// # Errors
///
/// Returns the output of clang, or that there is no clang.
pub fn build(source: impl AsRef<Path>) -> Result<PathBuf, String> {
    let source = source.as_ref();
    let out_dir = env::var_os("OUT_DIR").ok_or("there is no OUT_DIR: this is for build scripts")?;
    let (folder, name) = split(source)?;
    println!("cargo:rerun-if-changed={HEADERS}");
    for entry in fs::read_dir(folder)
        .map_err(|error| error.to_string())?
        .flatten()
    {
        if entry.path().is_file() {
            println!("cargo:rerun-if-changed={}", entry.path().display());
        }
    }
    let object = Path::new(&out_dir).join(name).with_extension("o");
    compile(source, &object)?;
    Ok(object)
}

/// Compiles `source` into `object`, whose path is absolute.
///
/// # Errors
///
/// Returns the output of clang, or that there is no clang.
pub fn compile(source: &Path, object: &Path) -> Result<(), String> {
    let (folder, name) = split(source)?;
    let mut clang = Command::new("clang");
    clang
        .current_dir(folder)
        .args(FLAGS)
        .args(["-I", HEADERS, "-o"])
        .arg(object)
        .arg(name);
    let output = clang
        .output()
        .map_err(|error| format!("cannot run clang: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(())
}

fn split(source: &Path) -> Result<(&Path, &Path), String> {
    match (source.parent(), source.file_name()) {
        (Some(folder), Some(name)) if folder != Path::new("") => Ok((folder, Path::new(name))),
        _ => Err(format!("say where {} is", source.display())),
    }
}
