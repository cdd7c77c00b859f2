//! Implements the command `decode`, which prints the bytes of a C type as values. Each record is one line.

use std::fs::File;
use std::io::{self, BufReader, IsTerminal, LineWriter, Read, Write};
use std::path::{Path, PathBuf};

use btf2wit::decode::{DecodeError, Decoder, RecordSize, Value};
use btf2wit::{Error, Package};
use clap::{Args, ValueEnum, ValueHint};

use super::args::{GlobalArgs, InputArgs, MAX_INPUT, MappingArgs, TargetArgs, pattern};
use super::{Failure, Outcome, hex, output, stderr};

/// Decode bytes of a C type that come from a BPF program, a map or the kernel
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Decode {
    #[command(flatten)]
    source: InputArgs,

    #[command(flatten)]
    bytes: BytesArgs,

    #[command(flatten)]
    target: TargetArgs,

    /// Leave out this C type: fields of the type are a number or bytes. Repeatable
    #[arg(short = 'x', long, value_name = "PATTERN", value_parser = pattern, help_heading = "Mapping")]
    exclude: Vec<String>,

    #[command(flatten)]
    mapping: MappingArgs,
}

/// The bytes to decode and the format of the values.
#[derive(Debug, Args)]
#[command(next_help_heading = "Bytes")]
struct BytesArgs {
    /// The bytes, record after record; by default, or with `-`, standard input
    #[arg(value_hint = ValueHint::FilePath, value_name = "FILE", help_heading = None)]
    data: Option<PathBuf>,

    /// The C type of a record. `struct foo` and `enum foo` select one of several with the same name,
    /// `%foo-alt2` one of several definitions by its WIT label. `map foo` is the value of a map, with
    /// `--keys` its key; `var foo` is a variable
    #[arg(short = 't', long = "type", value_name = "NAME", value_parser = pattern)]
    name: String,

    /// The size of each record. If the type ends in a flexible array, the elements fill the record;
    /// otherwise the bytes after the type are skipped. `rest` decodes all bytes as one record
    #[arg(long, value_name = "BYTES|rest", value_parser = record_size)]
    record_size: Option<RecordSize>,

    /// Which arm of a union to read: `event.addr=v4`, or selected by a number beside, in or around
    /// the union: `event.addr=kind:4=v4,6=v6,*=raw`. Repeatable
    #[arg(long, value_name = "MEMBER=ARM")]
    arm: Vec<String>,

    /// How to print values
    #[arg(long, value_name = "HOW", default_value = "wave")]
    format: ValueFormat,

    /// Read the bytes as text: output of `bpftool map dump` (with `-j` if the map has BTF), `xxd`,
    /// `hexdump -C`, `od -tx1` or `objdump -s`, an array in C, or pairs of digits. The keys of a map
    /// are skipped
    #[arg(long)]
    hex: bool,

    /// Decode the keys of a map's dump instead of the values
    #[arg(long, requires = "hex")]
    keys: bool,

    /// Fail if an enum has a number without a case, or flags a bit without a label
    #[arg(long)]
    strict: bool,

    /// Fail if text is not UTF-8
    #[arg(long)]
    strict_text: bool,
}

impl BytesArgs {
    /// Returns the name of the record's type as the library expects it. With `--keys`, `map foo` becomes `map foo key`.
    fn type_name(&self) -> String {
        let suffixes = [" key", " value"];
        let is_whole_map = self.name.trim_start().starts_with("map ")
            && !suffixes
                .iter()
                .any(|suffix| self.name.trim_end().ends_with(suffix));
        match self.keys && is_whole_map {
            true => format!("{} key", self.name.trim_end()),
            false => self.name.clone(),
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ValueFormat {
    /// WAVE, the component model's text format for values
    Wave,
    /// One JSON value on each line; integers beyond 2^53, nan and inf are strings
    Json,
}

const EXAMPLES: &str = "\
Examples:
  btf2wit decode prog.bpf.o -t event events.bin --set event.comm=string
  btf2wit decode prog.bpf.o -t event --arm event.addr=kind:4=v4,6=v6 < events.bin
  btf2wit decode prog.bpf.o -t sample --record-size 64 samples.bin    # ends in `char data[]`
  bpftool -j map dump name counts | btf2wit decode prog.bpf.o -t counters --hex
  btf2wit decode /sys/kernel/btf/vmlinux -t task_struct task.bin --unions bytes --format json";

impl Decode {
    pub fn run(&self, global: &GlobalArgs) -> Result<Outcome, Failure> {
        let data = self.bytes.data.as_deref().unwrap_or(Path::new("-"));
        if data == Path::new("-") && self.source.input == Path::new("-") {
            let what = "standard input cannot be both the BTF and the bytes";
            return Err(Failure::Usage(what.to_owned()));
        }
        let decoder = self.decoder(global)?;
        let (name, bytes) = open(data).map_err(|e| format!("{}: {e}", data.display()))?;
        let mut printer = RecordPrinter {
            name,
            decoder: &decoder,
            format: self.bytes.format,
            records: 0,
            out: match io::stdout().is_terminal() {
                true => Box::new(LineWriter::new(io::stdout().lock())),
                false => Box::new(io::BufWriter::with_capacity(1 << 16, io::stdout().lock())),
            },
        };
        let printed = match (self.bytes.hex, self.bytes.record_size) {
            (true, _) => printer.hex(bytes, self.bytes.keys),
            (false, Some(RecordSize::Bytes(size))) => printer.stream(bytes, size),
            (false, None) if !decoder.is_flexible() => printer.stream(bytes, decoder.size()),
            (false, None) => printer.single(bytes),
            (false, Some(_)) => printer.whole(bytes),
        };
        // If decoding fails, the records before the failure are still printed.
        let flushed = printer.out.flush().map_err(Stop::Write);
        match printed.and(flushed) {
            Ok(()) => Ok(Outcome::Done),
            Err(Stop::Read(message)) => Err(message.into()),
            Err(Stop::Write(e)) => Ok(output::unless_closed(Err(e)).map(|()| Outcome::Done)?),
        }
    }

    fn decoder(&self, global: &GlobalArgs) -> Result<Decoder, Failure> {
        let package = self.package()?;
        stderr::loaded(&package, global);
        let mut decoder = package.decoder(&self.bytes.type_name())?;
        decoder
            .strict(self.bytes.strict)
            .strict_text(self.bytes.strict_text);
        for choice in &self.bytes.arm {
            decoder
                .arm(choice)
                .map_err(|e| match choice.contains('=') {
                    true => e.into(),
                    false => Failure::Usage(e.to_string()),
                })?;
        }
        if decoder.size() == 0 {
            return Err(format!("'{}' has no size", self.bytes.name).into());
        }
        if let Some(size) = self.bytes.record_size {
            decoder.record_size(size).map_err(|e| e.to_string())?;
        }
        Ok(decoder)
    }

    fn package(&self) -> Result<Package, Error> {
        let mut config = self.source.config().map_err(|source| Error::Read {
            input: "stdin".to_owned(),
            source,
        })?;
        config.exclude(&self.exclude);
        self.mapping.set(&mut config);
        self.target.set(&mut config);
        let mut selected = config.clone();
        let name = self.bytes.type_name();
        match selected.types([&name]).load() {
            // If the name matches no type as a pattern, it may still be a WIT label, which only `decoder` accepts.
            Err(Error::UnknownType(unknown)) => match config.load() {
                Ok(package) if package.decoder(&name).is_ok() => Ok(package),
                _ => Err(unknown.into()),
            },
            loaded => loaded,
        }
    }
}

/// Parses the size of a record: a number of bytes, or `rest`.
fn record_size(text: &str) -> Result<RecordSize, String> {
    match text {
        "rest" => Ok(RecordSize::Rest),
        bytes => match bytes.parse() {
            Ok(bytes) => Ok(RecordSize::Bytes(bytes)),
            Err(_) => Err("use a number of bytes, or 'rest'".to_owned()),
        },
    }
}

/// Opens a file, or standard input for `-`. Also returns the name of the input for messages.
fn open(path: &Path) -> io::Result<(String, Box<dyn Read>)> {
    if path == Path::new("-") {
        return Ok(("stdin".to_owned(), Box::new(io::stdin().lock())));
    }
    let file = File::open(path)?;
    Ok((path.display().to_string(), Box::new(file)))
}

/// The reason why decoding stops before the end of the input.
enum Stop {
    /// The bytes cannot be read or decoded. The string is the error message.
    Read(String),
    Write(io::Error),
}

struct RecordPrinter<'d> {
    name: String,
    decoder: &'d Decoder,
    format: ValueFormat,
    /// The number of printed records.
    records: u64,
    out: Box<dyn Write>,
}

impl RecordPrinter<'_> {
    /// Reads and prints one record of `size` bytes after the other.
    fn stream(&mut self, bytes: impl Read, size: usize) -> Result<(), Stop> {
        let mut bytes = BufReader::with_capacity(1 << 16, bytes);
        let mut record = Vec::new();
        loop {
            record.clear();
            let read = bytes.by_ref().take(size as u64).read_to_end(&mut record);
            if read.map_err(|e| self.failed(&e))? == 0 {
                return Ok(());
            }
            self.records(&record, self.records * size as u64)?;
        }
    }

    /// Prints a single record whose flexible array is empty. Reads one byte more than the record has. If this byte
    /// exists, the decoder returns an error, since the size of the records is unknown.
    fn single(&mut self, bytes: impl Read) -> Result<(), Stop> {
        self.whole(bytes.take((self.decoder.size() as u64).saturating_add(1)))
    }

    /// Reads all bytes, and then prints their records.
    fn whole(&mut self, bytes: impl Read) -> Result<(), Stop> {
        let bytes = self.all(bytes)?;
        self.records(&bytes, 0)
    }

    /// Prints the records in a hexadecimal dump. From the dump of a map, prints the keys if `keys` is true, and the
    /// values otherwise.
    fn hex(&mut self, bytes: impl Read, keys: bool) -> Result<(), Stop> {
        let text = self.all(bytes)?;
        let text = String::from_utf8_lossy(&text);
        let parts = hex::parse(&text).map_err(|e| Stop::Read(format!("{}: {e}", self.name)))?;
        let mut selected = parts.selected(keys);
        selected.try_for_each(|part| self.records(part, 0))
    }

    fn all(&self, bytes: impl Read) -> Result<Vec<u8>, Stop> {
        let mut all = Vec::new();
        let read = bytes.take(MAX_INPUT + 1).read_to_end(&mut all);
        read.map_err(|e| self.failed(&e))?;
        match all.len() as u64 > MAX_INPUT {
            true => Err(self.failed(&io::Error::other(format!("exceeds {MAX_INPUT} bytes")))),
            false => Ok(all),
        }
    }

    /// Prints the records in `bytes`. `before` is the number of bytes that precede `bytes` in the input. This number is
    /// added to the offsets in messages.
    fn records(&mut self, bytes: &[u8], before: u64) -> Result<(), Stop> {
        for value in self.decoder.records(bytes) {
            let value = value.map_err(|mut error| {
                error.offset = error.offset.saturating_add(before);
                self.undecoded(&error)
            })?;
            self.records += 1;
            print(&mut self.out, self.format, &value).map_err(Stop::Write)?;
        }
        Ok(())
    }

    fn undecoded(&self, error: &DecodeError) -> Stop {
        let (name, record) = (&self.name, self.records + 1);
        Stop::Read(format!("{name}: record {record}: {error}"))
    }

    fn failed(&self, error: &io::Error) -> Stop {
        Stop::Read(format!("{}: {error}", self.name))
    }
}

fn print(out: &mut dyn Write, format: ValueFormat, value: &Value<'_>) -> io::Result<()> {
    match format {
        ValueFormat::Wave => writeln!(out, "{}", value.wave()),
        ValueFormat::Json => {
            serde_json::to_writer(&mut *out, value)?;
            out.write_all(b"\n")
        }
    }
}
