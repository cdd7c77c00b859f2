//! The command without a name: a file of BTF becomes WIT.

use std::io;
use std::path::{Path, PathBuf};

use btf2wit::{Error, Package};
use clap::{Args, ValueHint};

use super::args::{GlobalArgs, InputArgs, MappingArgs, SelectionArgs, TextArgs};
use super::check::{self, CheckedFormat};
use super::{Failure, Outcome, command, output, stderr};

#[derive(Debug, Args)]
pub struct Convert {
    #[command(flatten)]
    output: OutputArgs,

    #[command(flatten)]
    source: InputArgs,

    #[command(flatten)]
    selected: SelectionArgs,

    #[command(flatten)]
    mapping: MappingArgs,

    #[command(flatten)]
    text: TextArgs,
}

/// What becomes of the text.
#[derive(Debug, Args)]
struct OutputArgs {
    /// Where the WIT goes; standard output if absent or `-`
    #[arg(short, long, alias = "output-file", value_name = "FILE", value_hint = ValueHint::FilePath)]
    output: Option<PathBuf>,

    /// Where the layout goes, as JSON: what a program needs to read the bytes of these types
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    layout: Option<PathBuf>,

    /// Where Rust goes that reads the bytes of these types, and writes them
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "bindings")]
    rust_reader: Option<PathBuf>,

    /// The Rust module that bindings of these types are in: `crate::bindings::bpf::event::types`
    #[arg(long, value_name = "PATH", requires = "rust_reader")]
    bindings: Option<String>,

    /// Which arm of a union that Rust reads: `event.addr=v4`, or by a number in the bytes
    /// `event.addr=kind:4=v4,6=v6,*=raw`; repeatable
    #[arg(long, value_name = "MEMBER=ARM", requires = "rust_reader")]
    arm: Vec<String>,

    /// Write nothing but compare: exit code 0 where the output file is what would be written, 1 and
    /// a unified diff where it is not, 2 for trouble; versions and counts are not compared
    #[arg(long, requires = "output")]
    check: bool,

    /// List each type that is left out, widened or renamed against a rival, and why, on standard
    /// error
    #[arg(long)]
    report: bool,

    /// Make that list a JSON document, and print nothing else on standard error
    #[arg(long, requires = "report")]
    json: bool,
}

/// What goes beside the WIT.
enum ExtraOutput<'a> {
    Layout,
    Reader(&'a str),
}

impl OutputArgs {
    /// The files beside the WIT.
    fn extra_outputs(&self) -> impl Iterator<Item = (&Path, ExtraOutput<'_>)> {
        let layout = self
            .layout
            .as_deref()
            .map(|path| (path, ExtraOutput::Layout));
        let bindings = self.bindings.as_deref().unwrap_or_default();
        let reader = self.rust_reader.as_deref();
        let reader = reader.map(|path| (path, ExtraOutput::Reader(bindings)));
        reader.into_iter().chain(layout)
    }
}

impl ExtraOutput<'_> {
    fn format(&self) -> CheckedFormat {
        match self {
            ExtraOutput::Layout => CheckedFormat::Layout,
            ExtraOutput::Reader(_) => CheckedFormat::Reader,
        }
    }

    fn write(&self, package: &Package, path: &Path) -> Result<(), Error> {
        match self {
            ExtraOutput::Layout => package.write_layout_file(path),
            ExtraOutput::Reader(bindings) => package.write_rust_reader(path, bindings),
        }
    }

    fn text(&self, package: &Package) -> Result<Vec<u8>, Error> {
        match self {
            ExtraOutput::Layout => {
                let mut json = Vec::new();
                package.write_layout(&mut json)?;
                Ok(json)
            }
            ExtraOutput::Reader(bindings) => Ok(package.to_rust_reader(bindings)?.into_bytes()),
        }
    }
}

impl Convert {
    pub fn run(&self, global: &GlobalArgs) -> Result<Outcome, Failure> {
        let output = self.output()?;
        let package = self.package()?;
        // A document has the warnings, and nothing else is beside it.
        let quiet = global.quiet || self.output.json;
        if !self.output.json {
            stderr::loaded(&package, global);
        }
        if let (Some(path), true) = (output, self.output.check) {
            self.report(&package)?;
            return self.check(&package, path, quiet);
        }
        // First, so that a wrong option leaves no WIT behind.
        for (path, extra) in self.output.extra_outputs() {
            extra.write(&package, path)?;
        }
        let summary = output::write(&package, output)?;
        self.report(&package)?;
        if !quiet {
            stderr::line(&format!("{}: {summary}", package.input_name()));
            stderr::no_functions(&package, &self.selected, global);
        }
        Ok(Outcome::Done)
    }

    /// The file that the WIT goes into, if it goes into one. Refuses files that clash.
    fn output(&self) -> Result<Option<&Path>, Failure> {
        let usage = |what: &str| Err(Failure::Usage(what.to_owned()));
        let input = &self.source.input;
        let output = self.output.output.as_deref();
        let output = output.filter(|path| *path != Path::new("-"));
        output::spare_input(input, output).map_err(Failure::Usage)?;
        for (side, _) in self.output.extra_outputs() {
            output::spare_input(input, Some(side)).map_err(Failure::Usage)?;
            if side == Path::new("-") || Some(side) == output {
                return usage("what goes beside the WIT needs a file of its own");
            }
        }
        match output {
            None if self.output.check => {
                usage("standard output cannot be checked: name a file with --output")
            }
            output => Ok(output),
        }
    }

    /// The exit code of a failure: that of `diff` where something is compared.
    pub fn trouble(&self) -> u8 {
        if self.output.check { 2 } else { 1 }
    }

    fn package(&self) -> Result<Package, Failure> {
        let config = self.source.config();
        let mut config = config.map_err(|e| format!("stdin: {e}"))?;
        self.selected.set(&mut config);
        self.mapping.set(&mut config);
        self.text.set(&mut config);
        for choice in &self.output.arm {
            config.arm(choice);
        }
        config.load().map_err(|error| match self.meant(&error) {
            Some(name) => {
                let message = format!("{error}; did you mean the subcommand '{name}'?");
                Failure::Other(message)
            }
            None => error.into(),
        })
    }

    /// The command that was meant where the input is a word and no file.
    fn meant(&self, error: &Error) -> Option<String> {
        let word = self.source.input.as_os_str();
        match error {
            Error::Read { input, source } => {
                let absent = source.kind() == io::ErrorKind::NotFound && word == input.as_str();
                absent.then(|| command::nearest_command(word)).flatten()
            }
            _ => None,
        }
    }

    /// Are the files what would be written?
    fn check(&self, package: &Package, path: &Path, quiet: bool) -> Result<Outcome, Failure> {
        let mut text = Vec::new();
        package.write_to(&mut text)?;
        let mut outcome = check::run(&text, CheckedFormat::Wit, path, quiet)?;
        for (path, extra) in self.output.extra_outputs() {
            let text = extra.text(package)?;
            outcome = outcome.and(check::run(&text, extra.format(), path, quiet)?);
        }
        Ok(outcome)
    }

    fn report(&self, package: &Package) -> Result<(), String> {
        if !self.output.report {
            return Ok(());
        }
        let report = package.report().map_err(|e| e.to_string())?;
        if self.output.json {
            let document = serde_json::to_string_pretty(&report).map_err(|e| e.to_string())?;
            stderr::line_as_it_is(&document);
            return Ok(());
        }
        for entry in &report.entries {
            stderr::line(&entry.to_string());
        }
        Ok(())
    }
}
