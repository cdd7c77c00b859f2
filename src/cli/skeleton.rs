//! Implements the command `skeleton`, which writes interfaces for the maps, variables and programs of a BPF object, and
//! the adapter that implements these interfaces.

use std::path::{Path, PathBuf};

use btf2wit::Package;
use clap::{Args, ValueHint};

use super::args::{GlobalArgs, InputArgs, MappingArgs, TextArgs};
use super::{Failure, Outcome, output, stderr};

/// Write a typed interface for a BPF object's maps, variables, events and programs, and the adapter that
/// implements it
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Skeleton {
    #[command(flatten)]
    source: InputArgs,

    /// Write the WIT to this file; by default, or with `-`, to standard output
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    output: Option<PathBuf>,

    /// Write the adapter to this file: a component that implements the interfaces by `btf2wit:bpf/object`. A file
    /// whose name ends in `.wat` gets the text of its module
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    adapter: Option<PathBuf>,

    /// The type of the records of a ring buffer or perf event array, if its definition does not say it:
    /// `events=event`. If a number in all records tells several types apart:
    /// `events=kind:1=opened,2=closed`. Repeatable
    #[arg(long, value_name = "MAP=TYPE")]
    event: Vec<String>,

    /// Which arm of a union the adapter reads: `event.addr=v4`, or selected by a number in the bytes:
    /// `event.addr=kind:4=v4,6=v6,*=raw`. Repeatable
    #[arg(long, value_name = "MEMBER=ARM", requires = "adapter")]
    arm: Vec<String>,

    #[command(flatten)]
    mapping: MappingArgs,

    #[command(flatten)]
    text: TextArgs,

    /// List on standard error what is left out, widened, or renamed to avoid a name collision, and
    /// why
    #[arg(long)]
    report: bool,

    /// Print the list as JSON, and nothing else on standard error
    #[arg(long, requires = "report")]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  btf2wit skeleton prog.bpf.o                            print the interfaces
  btf2wit skeleton prog.bpf.o --event events=event -o prog.wit --adapter adapter.wasm
  wac plug guest.wasm --plug adapter.wasm -o tool.wasm   put guest and adapter together";

impl Skeleton {
    pub fn run(&self, global: &GlobalArgs) -> Result<Outcome, Failure> {
        let output = self.output()?;
        let package = self.package()?;
        let quiet = global.quiet || self.json;
        if !self.json {
            stderr::loaded(&package, global);
        }
        // Only the adapter needs `--arm`. The adapter is written first, so if `--arm` is wrong, no WIT is written.
        if let Some(adapter) = &self.adapter {
            package.write_adapter(adapter)?;
        }
        let summary = output::write(&package, output)?;
        if self.report {
            stderr::report(&package, self.json)?;
        }
        if !quiet {
            stderr::line(&format!("{}: {summary}", package.input_name()));
            for map in package.untyped_records() {
                stderr::line(&format!(
                    "{}: the records of '{map}' are bytes: name their type with --event {map}=TYPE",
                    package.input_name()
                ));
            }
        }
        Ok(Outcome::Done)
    }

    /// Returns the output file, or `None` for standard output. Refuses to overwrite the input, and refuses an adapter
    /// on standard output or with the same path as the output file.
    fn output(&self) -> Result<Option<&Path>, Failure> {
        let input = &self.source.input;
        let output = self.output.as_deref();
        let output = output.filter(|path| *path != Path::new("-"));
        output::spare_input(input, output).map_err(Failure::Usage)?;
        if let Some(adapter) = self.adapter.as_deref() {
            output::spare_input(input, Some(adapter)).map_err(Failure::Usage)?;
            if adapter == Path::new("-") || Some(adapter) == output {
                let what = "--adapter needs a file of its own".to_owned();
                return Err(Failure::Usage(what));
            }
        }
        Ok(output)
    }

    fn package(&self) -> Result<Package, Failure> {
        let config = self.source.config();
        let mut config = config.map_err(|e| format!("stdin: {e}"))?;
        config.skeleton(true);
        self.mapping.set(&mut config);
        self.text.set(&mut config);
        for event in &self.event {
            config.event(event);
        }
        for choice in &self.arm {
            config.arm(choice);
        }
        Ok(config.load()?)
    }
}
