//! Parses the command line. A command line is either a conversion, which has no command name, or a command with a name.
//!
//! clap's setting `args_conflicts_with_subcommands` would separate the two, but it is not used. With this setting, clap
//! no longer recognizes a command after a global flag, and `-q completions bash` would convert a file `completions`.
//! Without this setting, clap accepts and ignores arguments before the command's name, so `nothing_before` refuses
//! them.

use std::ffi::{OsStr, OsString};
use std::path::{Path, is_separator};

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{
    Arg, ArgMatches, Args, ColorChoice, Command, Error, FromArgMatches, Subcommand, ValueEnum,
};

use super::args::GlobalArgs;
use super::completions::Completions;
use super::convert::Convert;
use super::decode::Decode;
use super::diff::Diff;
use super::list::List;
use super::man::Man;
use super::run::{Bundle, Run};
use super::skeleton::Skeleton;

/// The result of parsing the command line.
pub enum Task {
    Convert(Box<Convert>),
    NamedCommand(NamedCommand),
}

/// The commands with a name.
#[derive(Subcommand)]
pub enum NamedCommand {
    List(List),
    Decode(Box<Decode>),
    Skeleton(Box<Skeleton>),
    Run(Run),
    Bundle(Bundle),
    Diff(Diff),
    Completions(Completions),
    Man(Man),
}

const ABOUT: &str = "Converts BTF, the type information of the Linux kernel and of BPF objects, to \
                     WIT, the interface language of WebAssembly components";

/// The text after the options in the help. Each paragraph begins with a heading and becomes a section of the manual.
const AFTER: &str = "\
Examples:
  btf2wit /sys/kernel/btf/vmlinux -o kernel.wit       every type of the running kernel
  btf2wit /sys/kernel/btf/vmlinux -t task_struct      one type and what it contains
  btf2wit prog.bpf.o -t event --set event.comm=string the types of a BPF object
  btf2wit prog.bpf.o -t event -o event.wit --check    check that event.wit is up to date
  btf2wit ./man                                       a file with the name of a command

Exit codes:
  0  success
  1  failure, with one line on standard error
  2  wrong usage
  With --check, and for diff: 0 same or compatible, 1 different or breaking, 2 failure.";

/// Returns the clap definition of the command line.
pub fn command() -> Command {
    let command = Convert::augment_args(Command::new("btf2wit"));
    // Without this call, the global flags would appear under the heading of the group before them.
    let command = command.next_help_heading(None);
    NamedCommand::augment_subcommands(GlobalArgs::augment_args(command))
        .version(env!("CARGO_PKG_VERSION"))
        .about(ABOUT)
        .long_about(None)
        .after_help(AFTER)
        .max_term_width(100)
        .subcommand_negates_reqs(true)
        .override_usage("btf2wit [OPTIONS] <INPUT>\n       btf2wit <COMMAND> ...")
}

pub fn parse(line: &[OsString]) -> Result<(GlobalArgs, Task), Error> {
    let mut command = command();
    let matches = command
        .try_get_matches_from_mut(line)
        .map_err(|error| with_tips(error, line))?;
    let global = GlobalArgs::from_arg_matches(&matches)?;
    if global.quiet && global.verbose {
        return Err(conflict(&command, "--quiet", "--verbose"));
    }
    let task = match matches.subcommand_name() {
        None => Task::Convert(Box::new(Convert::from_arg_matches(&matches)?)),
        Some(name) => {
            nothing_before(&command, &matches, name)?;
            Task::NamedCommand(NamedCommand::from_arg_matches(&matches)?)
        }
    };
    Ok((global, task))
}

/// Returns the command that a misspelt word probably means, or `None` if no command is similar. A word with a path
/// separator means a file, not a command.
pub fn nearest_command(word: &OsStr) -> Option<String> {
    const MIN_SIMILARITY: f64 = 0.7;
    let word = word.to_str().filter(|word| !word.contains(is_separator))?;
    let command = command();
    let names = command.get_subcommands().map(Command::get_name);
    let similarity = |name| strsim::normalized_damerau_levenshtein(word, name);
    names
        .map(|name| (similarity(name), name))
        .filter(|(similarity, _)| (MIN_SIMILARITY..1.0).contains(similarity))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name.to_owned())
}

/// Returns the value of `--color` in a command line that clap could not parse, or `None` without a valid value. This
/// value decides whether the error message has colours.
pub fn colour_of(line: &[OsString]) -> Option<ColorChoice> {
    let mut words = line.iter().skip(1).take_while(|word| *word != "--");
    let mut choice = None;
    while let Some(word) = words.next() {
        let value = match word.to_str().and_then(|word| word.strip_prefix("--color")) {
            Some("") => words.next().and_then(|value| value.to_str()),
            Some(value) => value.strip_prefix('='),
            None => None,
        };
        choice = value
            .and_then(|value| ColorChoice::from_str(value, false).ok())
            .or(choice);
    }
    choice
}

/// Returns an error if arguments of a conversion precede the name of a command.
fn nothing_before(command: &Command, matches: &ArgMatches, name: &str) -> Result<(), Error> {
    let own = command.get_arguments().filter(|arg| !arg.is_global_set());
    let before: Vec<&Arg> = own
        .filter(|arg| matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine))
        .collect();
    if before.is_empty() {
        return Ok(());
    }
    let mut error = Error::new(ErrorKind::ArgumentConflict).with_cmd(command);
    let words = before.iter().map(|arg| arg.to_string()).collect();
    error.insert(
        ContextKind::InvalidSubcommand,
        ContextValue::String(name.to_owned()),
    );
    error.insert(ContextKind::PriorArg, ContextValue::Strings(words));
    let named = command.find_subcommand(name);
    let accepts = |arg: &&Arg| {
        let mut known = named.into_iter().flat_map(Command::get_arguments);
        known.any(|known| known.get_id() == arg.get_id())
    };
    let mut tips = vec![StyledStr::from(format!(
        "to convert a file of that name, write './{name}'"
    ))];
    if before.iter().all(accepts) {
        let tip = format!("arguments of '{name}' follow its name");
        tips.insert(0, StyledStr::from(tip));
    }
    error.insert(ContextKind::Suggested, ContextValue::StyledStrs(tips));
    Err(error)
}

/// Adds a tip to clap's error about an unexpected word. The first word may be a misspelt command, or the unexpected
/// word may be the name of a type or a second file.
fn with_tips(mut error: Error, line: &[OsString]) -> Error {
    if error.kind() != ErrorKind::UnknownArgument {
        return error;
    }
    let is_option = |word: &&OsString| word.as_encoded_bytes().starts_with(b"-");
    let first = line.iter().skip(1).find(|word| !is_option(word));
    if let Some(name) = first.and_then(|word| nearest_command(word)) {
        error.insert(ContextKind::SuggestedSubcommand, ContextValue::String(name));
        return error;
    }
    if let Some(tip) = tip_for_word(&error, line) {
        let tips = ContextValue::StyledStrs(vec![StyledStr::from(tip)]);
        error.insert(ContextKind::Suggested, tips);
    }
    error
}

/// Returns a tip for an unexpected word. Returns `None` if the word is an option, or if the command has no option `-t`.
fn tip_for_word(error: &Error, line: &[OsString]) -> Option<String> {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidArg) else {
        return None;
    };
    let command = command();
    let mut named = command.get_subcommands();
    let named = named.find(|named| line.iter().skip(1).any(|word| word == named.get_name()));
    let mut options = named.unwrap_or(&command).get_opts();
    if word.starts_with('-') || !options.any(|option| option.get_short() == Some('t')) {
        return None;
    }
    Some(match Path::new(word).exists() {
        true => "btf2wit reads one file at a time".to_owned(),
        false => format!("to select a type, use '-t {word}'"),
    })
}

fn conflict(command: &Command, one: &str, other: &str) -> Error {
    let mut error = Error::new(ErrorKind::ArgumentConflict).with_cmd(command);
    let context = [
        (ContextKind::InvalidArg, one),
        (ContextKind::PriorArg, other),
    ];
    for (kind, arg) in context {
        error.insert(kind, ContextValue::String(arg.to_owned()));
    }
    error
}
