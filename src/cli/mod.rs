//! Runs the command. The exit code is 0 for success, 1 for failure and 2 for wrong usage. Comparisons, which are
//! `--check` and the command `btf2wit diff`, have the exit codes of the program `diff`: 0 for no difference, 1 for a
//! difference, and 2 for failure. `btf2wit diff` counts only breaking changes as differences.

mod args;
mod changes;
mod check;
mod command;
mod completions;
mod convert;
mod decode;
mod diff;
mod failure;
mod hex;
mod list;
mod man;
mod output;
mod row;
mod run;
mod skeleton;
mod stderr;
mod table;

use std::process::ExitCode;

use clap::ColorChoice;
use command::{NamedCommand, Task};
use failure::Failure;

/// The result of a command that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Done,
    Different,
}

impl Outcome {
    /// Combines the results of two comparisons. The result is `Done` only if both are `Done`.
    fn and(self, other: Outcome) -> Outcome {
        match self {
            Outcome::Done => other,
            Outcome::Different => self,
        }
    }
}

pub fn run() -> ExitCode {
    let line: Vec<_> = std::env::args_os().collect();
    let (global, task) = match command::parse(&line) {
        Ok(parsed) => parsed,
        Err(error) => {
            stderr::set_colour(command::colour_of(&line).unwrap_or(ColorChoice::Auto));
            error.exit();
        }
    };
    stderr::set_colour(global.color);
    let (outcome, failure_code) = match &task {
        Task::Convert(convert) => (convert.run(&global), convert.failure_code()),
        Task::NamedCommand(NamedCommand::List(list)) => (list.run(&global), 1),
        Task::NamedCommand(NamedCommand::Decode(decode)) => (decode.run(&global), 1),
        Task::NamedCommand(NamedCommand::Skeleton(skeleton)) => (skeleton.run(&global), 1),
        Task::NamedCommand(NamedCommand::Run(run)) => (run.run(), 1),
        Task::NamedCommand(NamedCommand::Bundle(bundle)) => (bundle.run(), 1),
        Task::NamedCommand(NamedCommand::Diff(diff)) => {
            (diff.run(&global).map_err(Failure::from), 2)
        }
        Task::NamedCommand(NamedCommand::Completions(completions)) => {
            (completions.run().map_err(Failure::from), 1)
        }
        Task::NamedCommand(NamedCommand::Man(man)) => (man.run().map_err(Failure::from), 1),
    };
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Different) => ExitCode::from(1),
        Err(failure) => {
            stderr::error(failure.message());
            ExitCode::from(failure.code().unwrap_or(failure_code))
        }
    }
}
