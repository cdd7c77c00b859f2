//! Implements the command without a name, which converts BTF to WIT.

use std::io;
use std::path::{Path, PathBuf};

use btf2wit::{Error, Package};
use clap::{ArgGroup, Args, ValueHint};

use super::args::{GlobalArgs, InputArgs, MappingArgs, SelectionArgs, TargetArgs, TextArgs};
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
    target: TargetArgs,

    #[command(flatten)]
    text: TextArgs,
}

/// The files to write or check.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("reads_bytes").multiple(true))]
struct OutputArgs {
    /// Write the WIT to this file; by default, or with `-`, to standard output
    #[arg(short, long, alias = "output-file", value_name = "FILE", value_hint = ValueHint::FilePath)]
    output: Option<PathBuf>,

    /// Write the layout of the types to this file as JSON, for programs that read their bytes
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    layout: Option<PathBuf>,

    /// Write Rust code that reads and writes the bytes of these types to this file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "bindings", group = "reads_bytes")]
    rust_reader: Option<PathBuf>,

    /// The Rust module with the bindings of these types: `crate::bindings::bpf::event::types`
    #[arg(long, value_name = "PATH", requires = "rust_reader")]
    bindings: Option<String>,

    /// Write a component to this file that reads and writes the bytes of these types for guests and hosts in
    /// any language. The WIT then has its interface, `codec`. A file whose name ends in `.wat` gets the
    /// text of its module
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, group = "reads_bytes")]
    codec: Option<PathBuf>,

    /// Which arm of a union the Rust code and the codec read: `event.addr=v4`, or selected by a number in the
    /// bytes: `event.addr=kind:4=v4,6=v6,*=raw`. Repeatable
    #[arg(long, value_name = "MEMBER=ARM", requires = "reads_bytes")]
    arm: Vec<String>,

    /// Compare the output files with what would be written, and write nothing: exit code 0 if they
    /// are up to date, 1 with a unified diff if not, 2 on failure. Ignores versions and counts
    #[arg(long, requires = "output")]
    check: bool,

    /// List on standard error what is left out, widened, or renamed to avoid a name collision, and
    /// why
    #[arg(long)]
    report: bool,

    /// Print the list as JSON, and nothing else on standard error
    #[arg(long, requires = "report")]
    json: bool,
}

/// A kind of file that the command can write in addition to the WIT.
enum ExtraOutput<'a> {
    Layout,
    /// Rust code. The string is the path of the Rust module with the bindings.
    Reader(&'a str),
    Codec,
}

impl OutputArgs {
    /// Returns the files to write in addition to the WIT.
    fn extra_outputs(&self) -> impl Iterator<Item = (&Path, ExtraOutput<'_>)> {
        let layout = self
            .layout
            .as_deref()
            .map(|path| (path, ExtraOutput::Layout));
        let bindings = self.bindings.as_deref().unwrap_or_default();
        let reader = self.rust_reader.as_deref();
        let reader = reader.map(|path| (path, ExtraOutput::Reader(bindings)));
        let codec = self.codec.as_deref();
        let codec = codec.map(|path| (path, ExtraOutput::Codec));
        reader.into_iter().chain(layout).chain(codec)
    }
}

impl ExtraOutput<'_> {
    fn format(&self) -> CheckedFormat {
        match self {
            ExtraOutput::Layout => CheckedFormat::Layout,
            ExtraOutput::Reader(_) => CheckedFormat::Reader,
            ExtraOutput::Codec => CheckedFormat::Codec,
        }
    }

    fn write(&self, package: &Package, path: &Path) -> Result<(), Error> {
        match self {
            ExtraOutput::Layout => package.write_layout_file(path),
            ExtraOutput::Reader(bindings) => package.write_rust_reader(path, bindings),
            ExtraOutput::Codec => package.write_codec(path),
        }
    }

    fn bytes(&self, package: &Package, path: &Path) -> Result<Vec<u8>, Error> {
        match self {
            ExtraOutput::Layout => {
                let mut json = Vec::new();
                package.write_layout(&mut json)?;
                Ok(json)
            }
            ExtraOutput::Reader(bindings) => Ok(package.to_rust_reader(bindings)?.into_bytes()),
            ExtraOutput::Codec => package.codec_for(path),
        }
    }
}

impl Convert {
    pub fn run(&self, global: &GlobalArgs) -> Result<Outcome, Failure> {
        let output = self.output()?;
        let package = self.package()?;
        // With `--json`, standard error must contain only the JSON report, which includes the warnings.
        let quiet = global.quiet || self.output.json;
        if !self.output.json {
            stderr::loaded(&package, global);
        }
        if let (Some(path), true) = (output, self.output.check) {
            self.report(&package)?;
            return self.check(&package, path, quiet);
        }
        // The other files are written before the WIT, so that no WIT is written if one of their options is wrong.
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

    /// Returns the output file, or `None` for standard output. Refuses output files that would overwrite each other or
    /// the input, and options that do not fit together.
    fn output(&self) -> Result<Option<&Path>, Failure> {
        let usage = |what: &str| Err(Failure::Usage(what.to_owned()));
        let input = &self.source.input;
        let output = self.output.output.as_deref();
        let output = output.filter(|path| *path != Path::new("-"));
        output::spare_input(input, output).map_err(Failure::Usage)?;
        if self.target.is_set() && self.output.extra_outputs().next().is_none() {
            return usage("--target-btf is for the bytes: add --layout, --rust-reader or --codec");
        }
        let mut taken: Vec<&Path> = output.into_iter().chain([Path::new("-")]).collect();
        for (side, _) in self.output.extra_outputs() {
            output::spare_input(input, Some(side)).map_err(Failure::Usage)?;
            if taken.contains(&side) {
                return usage("--layout, --rust-reader and --codec each need a file of their own");
            }
            taken.push(side);
        }
        match output {
            None if self.output.check => {
                usage("--check cannot compare standard output: name a file with --output")
            }
            output => Ok(output),
        }
    }

    /// Returns the exit code for a failure that is not wrong usage. The exit code is 2 with `--check`, as for the
    /// command `diff`, and 1 otherwise.
    pub fn failure_code(&self) -> u8 {
        if self.output.check { 2 } else { 1 }
    }

    fn package(&self) -> Result<Package, Failure> {
        let config = self.source.config();
        let mut config = config.map_err(|e| format!("stdin: {e}"))?;
        self.selected.set(&mut config);
        self.mapping.set(&mut config);
        self.target.set(&mut config);
        self.text.set(&mut config);
        for choice in &self.output.arm {
            config.arm(choice);
        }
        if let Some(path) = &self.output.codec {
            config.codec(path);
        }
        config
            .load()
            .map_err(|error| match self.misspelt_command(&error) {
                Some(name) => {
                    let message = format!("{error}; did you mean the subcommand '{name}'?");
                    Failure::Other(message)
                }
                None => error.into(),
            })
    }

    /// Returns the name of the command that the user probably meant, if there is no input file with the name that was
    /// given.
    fn misspelt_command(&self, error: &Error) -> Option<String> {
        let word = self.source.input.as_os_str();
        match error {
            Error::Read { input, source } => {
                let absent = source.kind() == io::ErrorKind::NotFound && word == input.as_str();
                absent.then(|| command::nearest_command(word)).flatten()
            }
            _ => None,
        }
    }

    /// Compares all output files with the content that would be written to them.
    fn check(&self, package: &Package, path: &Path, quiet: bool) -> Result<Outcome, Failure> {
        let mut text = Vec::new();
        package.write_to(&mut text)?;
        let mut outcome = check::run(&text, CheckedFormat::Wit, path, quiet)?;
        for (path, extra) in self.output.extra_outputs() {
            let bytes = extra.bytes(package, path)?;
            outcome = outcome.and(check::run(&bytes, extra.format(), path, quiet)?);
        }
        Ok(outcome)
    }

    fn report(&self, package: &Package) -> Result<(), String> {
        match self.output.report {
            true => stderr::report(package, self.output.json),
            false => Ok(()),
        }
    }
}
