//! Runs guests: `bootstrap-host --help`.

mod console;
mod drive;
mod elements;
mod guest;
mod live;
mod object;
mod recorded;
mod source;
mod stop;

use std::process::ExitCode;

use lexopt::prelude::*;
use wasmtime::Result;
use wasmtime::error::Context;

use console::Console;
use source::Source;
use stop::Stop;

const HELP: &str = "\
bootstrap-host drive --object FILE... [OPTIONS] GUEST [-- ARGUMENTS]
    Runs a guest that drives BPF, and lets it open these objects.
bootstrap-host check FILE
    Says why this process cannot load this object, where bpf(2) is forbidden: then 77 is its exit code.

    --recorded FILE   The ring buffer says what is in this file; no kernel is asked.
    --run COMMAND     Runs a command when the guest listens, and ends after it.
    --clock SECONDS   The guest's clock stands there, in seconds since midnight.
";

/// What a script is told where something cannot be tried here.
const SKIPPED: u8 = 77;

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("bootstrap-host: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode> {
    let mut words = lexopt::Parser::from_env();
    let mut mode = None;
    let mut files = Vec::new();
    let mut arguments = Vec::new();
    let mut console = Console::default();
    let mut source = Source {
        allowed: Vec::new(),
        recorded: None,
        stop: Stop::at_signals()?,
        command: None,
    };
    while let Some(word) = words.next()? {
        match word {
            Long("help") => {
                print!("{HELP}");
                return Ok(ExitCode::SUCCESS);
            }
            Long("object") => source.allow(&words.value()?.string()?)?,
            Long("recorded") => source.recorded = Some(source::read(&words.value()?.string()?)?),
            Long("run") => source.command = Some(words.value()?.string()?),
            Long("clock") => console.clock = Some(words.value()?.parse()?),
            Value(word) if mode.is_none() => mode = Some(word.string()?),
            Value(word) if files.is_empty() => {
                files.push(word.string()?);
                // What is behind `--` is the guest's.
                if let Some(mut rest) = words.try_raw_args() {
                    if rest.next_if(|word| word == "--").is_some() {
                        for word in rest {
                            arguments.push(word.string()?);
                        }
                    }
                }
            }
            other => Err(other.unexpected())?,
        }
    }
    let file = files.first().context("say what to run, see --help")?;
    match mode.as_deref() {
        Some("drive") => {
            drive::run(&guest::engine()?, file, source, console, &arguments)?;
            Ok(ExitCode::SUCCESS)
        }
        Some("check") => match live::refused(&source::read(file)?)? {
            Some(why) => {
                println!("{why}");
                Ok(ExitCode::from(SKIPPED))
            }
            None => Ok(ExitCode::SUCCESS),
        },
        _ => wasmtime::bail!("say drive or check, see --help"),
    }
}
