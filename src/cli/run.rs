//! `run`: starts `btf2wit-run`, which is a program of its own, since wasmtime and libbpf are large.

use std::ffi::OsString;
use std::io::ErrorKind;
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

impl Run {
    pub fn run(&self) -> Result<Outcome, Failure> {
        let status = Command::new(PROGRAM).args(&self.arguments).status();
        let status = status.map_err(|error| match error.kind() {
            ErrorKind::NotFound => Failure::Other(format!(
                "{PROGRAM} is not installed: run 'cargo install --path host' in a checkout of btf2wit"
            )),
            _ => Failure::Other(format!("{PROGRAM}: {error}")),
        })?;
        // There is no code if a signal ended the program.
        let code = status.code().unwrap_or(1);
        Ok(Outcome::Exit(u8::try_from(code).unwrap_or(1)))
    }
}
