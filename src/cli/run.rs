//! Implements the commands `run` and `bundle`, which start `btf2wit-run`. `btf2wit-run` is a separate program, since
//! wasmtime and libbpf are large.

use std::ffi::OsString;
use std::io::{Error, ErrorKind};
use std::process::Command;

use clap::Args;

use super::{Failure, Outcome};

const PROGRAM: &str = "btf2wit-run";

/// Run a component that drives a BPF object, with btf2wit-run
#[derive(Debug, Args)]
#[command(disable_help_flag = true)]
pub struct Run {
    /// Arguments of btf2wit-run: `--help` prints them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Put a component and its BPF object into one file, with btf2wit-run
#[derive(Debug, Args)]
#[command(disable_help_flag = true)]
pub struct Bundle {
    /// Arguments of btf2wit-run: `guest.wasm --object prog.bpf.o -o tool.wasm`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

impl Run {
    pub fn run(&self) -> Result<Outcome, Failure> {
        start(&self.arguments)
    }
}

impl Bundle {
    pub fn run(&self) -> Result<Outcome, Failure> {
        // Without an output file, btf2wit-run would run the component instead of writing a bundle.
        let has_output = self.arguments.iter().any(|argument| {
            let argument = argument.to_string_lossy();
            argument.starts_with("-o") || argument.starts_with("--output") || argument == "--help"
        });
        if !has_output {
            let what = "name the file to write with -o: 'btf2wit bundle guest.wasm --object prog.bpf.o -o tool.wasm'";
            return Err(Failure::Usage(what.to_owned()));
        }
        start(&self.arguments)
    }
}

/// Replaces this process by btf2wit-run. Returns only if the replacement fails, with the error.
fn start(arguments: &[OsString]) -> Result<Outcome, Failure> {
    let error = exec(Command::new(PROGRAM).args(arguments));
    Err(Failure::Other(match error.kind() {
        ErrorKind::NotFound => format!(
            "{PROGRAM} is not installed: run 'cargo install --path host' in a checkout of btf2wit"
        ),
        _ => format!("{PROGRAM}: {error}"),
    }))
}

/// Replaces this process by the command. Returns only if that fails. Because there is no second process, a signal from
/// the terminal reaches only btf2wit-run, which then ends its guest and detaches its programs.
#[cfg(unix)]
fn exec(command: &mut Command) -> Error {
    std::os::unix::process::CommandExt::exec(command)
}

#[cfg(not(unix))]
fn exec(_: &mut Command) -> Error {
    Error::new(ErrorKind::Unsupported, "BPF needs Linux")
}
