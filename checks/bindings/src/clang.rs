//! Owns running clang over generated C.
//!
//! The code is for wasm32, but a plain Debian has no libc headers for that, so
//! it is compiled for the host. What the generator writes is the same; only
//! its casts between pointers and 32-bit integers make no sense there. GNU
//! mode is clang's default, and the stricter: there `linux` and `unix` are
//! macros.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

const FLAGS: &[&str] = &[
    "-std=gnu17",
    "-fsyntax-only",
    "-Wall",
    "-Wno-pointer-to-int-cast",
    "-Wno-int-to-pointer-cast",
    "-Wno-unknown-attributes",
    "-Werror=macro-redefined",
    "-Werror=implicit-function-declaration",
    "-Werror=incompatible-pointer-types",
    "-Werror=int-conversion",
    "-ferror-limit=3",
    "-fno-caret-diagnostics",
];

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
    pub fn check(&self, folder: &Path, source: &str) -> Result<()> {
        let output = Command::new("clang")
            .args(FLAGS)
            .arg(source)
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
}
