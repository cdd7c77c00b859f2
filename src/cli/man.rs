//! Implements the command `man`, which prints the manual page of the program or of one of its commands.

use std::io;

use clap::{Args, Command};
use clap_mangen::roff::{Roff, roman};

use super::{Outcome, command, output};

/// Print a manual page, for `man -l -`
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Man {
    /// The command to print the page of; by default the program itself
    command: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  btf2wit man | man -l -
  btf2wit man >/usr/local/share/man/man1/btf2wit.1
  btf2wit man completions >/usr/local/share/man/man1/btf2wit-completions.1";

impl Man {
    pub fn run(&self) -> Result<Outcome, String> {
        // The command `help`, which clap adds, needs no page.
        let mut program = command::command().disable_help_subcommand(true);
        program.build();
        let page = match &self.command {
            None => program,
            Some(name) => page_of(&program, name)?,
        };
        let mut text = Vec::new();
        write(page, &mut text).map_err(|e| e.to_string())?;
        output::print(&text)
    }
}

fn page_of(program: &Command, name: &str) -> Result<Command, String> {
    let names = program.get_subcommands().map(Command::get_name);
    let names: Vec<&str> = names.collect();
    match program.find_subcommand(name) {
        Some(command) => Ok(command.clone()),
        None => Err(format!(
            "there is no command '{name}'; the commands are {}",
            names.join(", ")
        )),
    }
}

/// Writes a page: first clap's own sections, then a section for each paragraph of the text that follows the help. The
/// lines of a paragraph stay separate lines.
fn write(page: Command, out: &mut Vec<u8>) -> io::Result<()> {
    let after = page.get_after_help().map(ToString::to_string);
    let subcommands = page.has_subcommands();
    let man = clap_mangen::Man::new(page).source(concat!("btf2wit ", env!("CARGO_PKG_VERSION")));
    man.render_title(out)?;
    man.render_name_section(out)?;
    man.render_synopsis_section(out)?;
    man.render_description_section(out)?;
    man.render_options_section(out)?;
    if subcommands {
        man.render_subcommands_section(out)?;
    }
    let mut sections = Roff::new();
    for paragraph in after.unwrap_or_default().split("\n\n") {
        let (title, lines) = paragraph.split_once(":\n").unwrap_or(("Notes", paragraph));
        sections.control("SH", [title.to_uppercase().as_str()]);
        sections.control("nf", []);
        for line in lines.lines() {
            sections.text([roman(line.strip_prefix("  ").unwrap_or(line))]);
        }
        sections.control("fi", []);
    }
    sections.to_writer(out)
}
