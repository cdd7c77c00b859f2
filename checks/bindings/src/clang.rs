//! Compiles generated C and C++ with clang.
//!
//! The code is for wasm32. It is compiled for the machine that runs the check, so it needs no headers of libc for
//! wasm32. On this machine, only the casts between pointers and 32-bit integers are wrong. C is compiled with GNU
//! extensions, in which `linux` and `unix` are macros, to find labels that become one of these names in C. C++ is
//! compiled without GNU extensions, since the macro `linux` would break the namespace `linux`, which wasm32 allows.

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

/// The bracket depth limits the nesting of templates. `std::variant` needs a level for each case, and the largest union
/// of the kernel has 273 cases.
const CPP: &[&str] = &["-std=c++20", "-fbracket-depth=1024"];

/// The language of a source.
#[derive(Clone, Copy)]
pub enum Language<'a> {
    C,
    /// C++, with the path of a precompiled header.
    Cpp(&'a Path),
}

/// A value of this type exists only if clang is installed.
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

    /// Checks `source` in `folder` without writing an object. Warnings are printed.
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

    /// Checks C++ that uses `std::expected` of C++23 with g++, since clang 14 lacks a feature that libstdc++ needs for
    /// `std::expected` (P0848). `common` is the folder of `wit.h`.
    pub fn check_results(folder: &Path, source: &str, common: &Path) -> Result<()> {
        let mut gcc = Command::new("g++");
        // The casts of addresses in the generated code are correct only for wasm32, so they must not be errors here.
        gcc.args(["-std=c++23", "-fpermissive", "-w", "-fmax-errors=3"]);
        gcc.arg("-I").arg(common);
        run(gcc.args(["-fsyntax-only", source]), folder)
    }

    /// Precompiles a C++ header. Returns the path that [`Language::Cpp`] takes.
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

fn run(compiler: &mut Command, folder: &Path) -> Result<()> {
    let output = compiler
        .current_dir(folder)
        .output()
        .with_context(|| format!("running a compiler in {}", folder.display()))?;
    let text = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("{text}");
    }
    if !text.is_empty() {
        eprint!("{}: {text}", folder.display());
    }
    Ok(())
}
