//! Runs guests: `bootstrap-host --help`.

use std::process::ExitCode;

use lexopt::prelude::*;
use wasmtime::error::Context;
use wasmtime::{Result, bail};

use bootstrap_host::console::Console;
use bootstrap_host::push::Plan;
use bootstrap_host::source::Source;
use bootstrap_host::stop::Stop;
use bootstrap_host::{drive, guest, left, live, push, source};

const HELP: &str = "\
bootstrap-host drive --object FILE... [OPTIONS] GUEST [-- ARGUMENTS]
    Runs a guest that drives BPF, and lets it open these objects.
bootstrap-host push --object FILE --type STRUCT --ring MAP [OPTIONS] GUEST...
    Decodes events and hands them to guests, which need not be for one object's types.
bootstrap-host check FILE
    Says why this process cannot load this object, where bpf(2) is forbidden: then 77 is its exit code.
bootstrap-host left NAME...
    Fails where programs or maps of these names stay in the kernel.

    --recorded FILE   The ring buffer says what is in this file; no kernel is asked.
    --run COMMAND     Runs a command when the guest listens, and ends after it.
    --clock SECONDS   The guest's clock stands there, in seconds since midnight.
    --attach PROGRAM=TRACEPOINT, --once PROGRAM
                      For push: what to attach, or what to call once, and then end.
    --record FILE     For push: keeps what the ring buffer said.
";

/// The exit code where this machine cannot run the test.
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
    let Some(said) = Said::parse(lexopt::Parser::from_env())? else {
        print!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    };
    let Said {
        mode,
        files,
        arguments,
        console,
        source,
        plan,
    } = said;
    let file = files.first().context("say what to run, see --help")?;
    match mode.as_str() {
        "drive" => drive::run(&guest::engine()?, file, source, console, &arguments)?,
        "push" => push::run(&guest::engine()?, &files, source, console, &plan)?,
        "check" => {
            if let Some(why) = live::refused(&source::read(file)?)? {
                println!("{why}");
                return Ok(ExitCode::from(SKIPPED));
            }
        }
        "left" => left::none_of(&files)?,
        _ => bail!("{mode} is no mode, see --help"),
    }
    Ok(ExitCode::SUCCESS)
}

/// The arguments of the command line.
struct Said {
    mode: String,
    files: Vec<String>,
    /// The arguments of the guest.
    arguments: Vec<String>,
    console: Console,
    source: Source,
    plan: Plan,
}

impl Said {
    /// Returns `None` where help was requested.
    fn parse(mut words: lexopt::Parser) -> Result<Option<Said>> {
        let mut said = Said {
            mode: String::new(),
            files: Vec::new(),
            arguments: Vec::new(),
            console: Console::default(),
            source: Source {
                allowed: Vec::new(),
                recorded: None,
                stop: Stop::at_signals()?,
                command: None,
            },
            plan: Plan::default(),
        };
        loop {
            // Arguments after `--` belong to the guest. lexopt would take them for files.
            if let Some(mut rest) = words.try_raw_args()
                && rest.next_if(|word| word == "--").is_some()
            {
                let words = rest.map(|word| word.string());
                said.arguments = words.collect::<Result<_, _>>()?;
                break;
            }
            let Some(word) = words.next()? else { break };
            let word = match word {
                Value(word) if said.mode.is_empty() => {
                    said.mode = word.string()?;
                    continue;
                }
                Value(word) => {
                    said.files.push(word.string()?);
                    continue;
                }
                Long("help") => return Ok(None),
                Long(word) => word.to_owned(),
                other => Err(other.unexpected())?,
            };
            let value = words.value()?.string()?;
            said.option(&word, value)?;
        }
        Ok(Some(said))
    }

    fn option(&mut self, option: &str, value: String) -> Result<()> {
        match option {
            "object" => self.source.allowed.push(source::read(&value)?),
            "recorded" => self.source.recorded = Some(source::read(&value)?),
            "run" => self.source.command = Some(value),
            "clock" => self.console.clock = Some(value.parse()?),
            "type" => self.plan.event = value,
            "ring" => self.plan.ring = value,
            "once" => self.plan.once = Some(value),
            "record" => self.plan.record = Some(value),
            "attach" => {
                let parts = value
                    .split_once('=')
                    .context("say --attach PROGRAM=TRACEPOINT")?;
                self.plan
                    .attach
                    .push((parts.0.to_owned(), parts.1.to_owned()));
            }
            _ => bail!("there is no option --{option}, see --help"),
        }
        Ok(())
    }
}
