//! Implements the command `completions`, which prints completion scripts for shells.

use clap::Args;
use clap_complete::Shell;

use super::{Outcome, command, output};

/// Print a script that completes options and commands in a shell
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Completions {
    /// The shell
    shell: Shell,
}

const EXAMPLES: &str = "\
Examples:
  btf2wit completions bash >~/.local/share/bash-completion/completions/btf2wit
  btf2wit completions fish >~/.config/fish/completions/btf2wit.fish
  btf2wit completions zsh >\"${fpath[1]}/_btf2wit\"";

impl Completions {
    pub fn run(&self) -> Result<Outcome, String> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command::command(), "btf2wit", &mut script);
        output::print(&script)
    }
}
