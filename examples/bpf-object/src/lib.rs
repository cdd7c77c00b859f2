//! Compiles a BPF program in C with clang.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The folder with bpf.h.
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
    // These options write BTF, and DWARF that does not name the build folder. So an object does not depend on the
    // folder in which it is built.
    "-g",
    "-fdebug-compilation-dir=.",
];

/// Compiles `source` into the `OUT_DIR` of a build script, and returns the path of the object. Tells cargo to run the
/// script again if bpf.h, the source or a file in the source's folder changes.
///
/// # Errors
///
/// Returns the errors of clang if it refuses the source. Otherwise says what failed: `OUT_DIR` is not set, `source`
/// names no folder, its folder cannot be read, or clang cannot be run.
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

/// Compiles `source` into `object`. `source` must name a folder, as `./a.c` does. `object` must be an absolute path.
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
