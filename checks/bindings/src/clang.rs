//! Owns running clang over generated C and C++.
//!
//! The code is for wasm32, but a plain Debian has no libc headers for that, so
//! it is compiled for the host. What the generator writes is the same; only
//! its casts between pointers and 32-bit integers make no sense there. GNU
//! mode is clang's default for C, and the stricter: there `linux` and `unix` are
//! macros. In C++ these would be in the way of the namespace `linux`, as on no wasm32.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

const FLAGS: &[&str] = &[
    "-Wno-pointer-to-int-cast",
    "-Wno-int-to-pointer-cast",
    "-Wno-unknown-attributes",
    "-ferror-limit=3",
    "-fno-caret-diagnostics",
];

const C: &[&str] = &[
    "-std=gnu17",
    "-Wall",
    "-Werror=macro-redefined",
    "-Werror=implicit-function-declaration",
    "-Werror=incompatible-pointer-types",
    "-Werror=int-conversion",
];

/// A `std::variant` nests as deep as it has cases, and the kernel's largest union has 273.
const CPP: &[&str] = &["-std=c++20", "-fbracket-depth=1024"];

/// What a source is written in.
#[derive(Clone, Copy)]
pub enum Language<'a> {
    C,
    /// C++, with headers that were compiled beforehand.
    Cpp(&'a Path),
}

/// A compiler known to be there.
pub struct Clang;

impl Clang {
    pub fn find() -> Option<Self> {
        let status = Command::new("clang")
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        status.is_ok_and(|s| s.success()).then_some(Clang)
    }

    /// Compiles `source` in `folder` without output; warnings are shown.
    pub fn check(&self, folder: &Path, source: &str, language: Language) -> Result<()> {
        let mut clang = Command::new("clang");
        match language {
            Language::C => clang.args(C),
            Language::Cpp(prepared) => {
                clang.args(CPP).arg("-include-pch").arg(prepared);
                clang.arg("-I").args(prepared.parent())
            }
        };
        run(clang.args(FLAGS).args(["-fsyntax-only", source]), folder)
    }

    /// Compiles a header of C++ that many others include; the answer is the file for [`Language::Cpp`].
    pub fn prepare(&self, folder: &Path, header: &str) -> Result<PathBuf> {
        let mut clang = Command::new("clang");
        clang.args(CPP).args(FLAGS);
        clang.args(["-x", "c++-header", header, "-o", "common.pch"]);
        run(&mut clang, folder)?;
        let prepared = folder.join("common.pch");
        prepared
            .canonicalize()
            .with_context(|| format!("finding {}", prepared.display()))
    }
}

fn run(clang: &mut Command, folder: &Path) -> Result<()> {
    let output = clang
        .current_dir(folder)
        .output()
        .with_context(|| format!("running clang in {}", folder.display()))?;
    let text = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("{text}");
    }
    if !text.is_empty() {
        eprint!("{}: {text}", folder.display());
    }
    Ok(())
}
