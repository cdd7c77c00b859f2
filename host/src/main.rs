//! `btf2wit-run`: runs a component that drives a BPF object.

use std::fs::{File, Permissions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use btf2wit::{Arrays, CharArrays, Enums, Unions};
use btf2wit_host::{Adapter, Host, Limits, Recorded, Stop, bundle, compose, escape, find_object};
use clap::Parser;
use libbpf_rs::PrintLevel;
use tempfile::NamedTempFile;

/// The first bytes of an ELF file, and so of a BPF object.
const ELF: &[u8] = b"\x7fELF";
/// The limit for an input file, in bytes.
const MAX_INPUT: u64 = 1 << 30;

/// Run a WebAssembly component that drives a BPF object
///
/// The component imports the interfaces that `btf2wit skeleton` writes for the object. It gets this object, standard
/// output, standard error, clocks, random numbers and its arguments, but neither files nor network.
#[derive(Debug, Parser)]
#[command(name = "btf2wit-run", version, max_term_width = 100, after_help = EXAMPLES)]
struct Args {
    /// The BPF object. A component that `--output` has written contains its own
    #[arg(long, value_name = "FILE")]
    object: Option<PathBuf>,

    /// The component
    guest: PathBuf,

    /// Arguments of the component
    #[arg(last = true, value_name = "ARGUMENTS")]
    arguments: Vec<String>,

    /// The type of the records of a map, as for `btf2wit skeleton`. Repeatable
    #[arg(long, value_name = "MAP=TYPE")]
    event: Vec<String>,

    /// How the guest's WIT represents unions, as for `btf2wit skeleton`
    #[arg(long, value_name = "HOW", default_value = "variant")]
    unions: Unions,

    /// How the guest's WIT represents enums, as for `btf2wit skeleton`
    #[arg(long, value_name = "HOW", default_value = "auto")]
    enums: Enums,

    /// How the guest's WIT represents arrays, as for `btf2wit skeleton`
    #[arg(long, value_name = "HOW", default_value = "list")]
    arrays: Arrays,

    /// How the guest's WIT represents arrays of `char`, as for `btf2wit skeleton`
    #[arg(long, value_name = "HOW", default_value = "bytes")]
    char_arrays: CharArrays,

    /// Set one of these choices for a single member or type, as for `btf2wit skeleton`: `event.comm=string`. Repeatable
    #[arg(long, value_name = "ITEM=CHOICE")]
    set: Vec<String>,

    /// Which arm of a union is read, as for `btf2wit skeleton`. Repeatable
    #[arg(long, value_name = "MEMBER=ARM")]
    arm: Vec<String>,

    /// Use the map that is pinned at this path in place of a map of the object. Repeatable
    #[arg(long, value_name = "MAP=PATH", value_parser = pair)]
    map_pin: Vec<(String, String)>,

    /// Attach a program to this target, for a component that only exports functions for records. Repeatable
    #[arg(long, value_name = "PROGRAM=TARGET", value_parser = pair)]
    attach: Vec<(String, String)>,

    /// Give the component the records of this file in place of the kernel's. Nothing is loaded into the kernel
    #[arg(long, value_name = "FILE", conflicts_with_all = ["record", "map_pin"])]
    recorded: Option<PathBuf>,

    /// Write the records that the component gets to this file, for `--recorded`
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,

    /// Keep the compiled component in FOLDER/btf2wit-cache, so that the next run starts at once
    #[arg(long, value_name = "FOLDER")]
    cache: Option<PathBuf>,

    /// Mebibytes that the memories and tables of the component may have together
    #[arg(long, value_name = "MEBIBYTES", default_value_t = 256)]
    limit_memory: usize,

    /// Seconds of processor time that the component may use between two calls of the object
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    limit_time: u64,

    /// Print the programs and maps of the object, and run nothing
    #[arg(long)]
    show: bool,

    /// Write the component with its object to this file, and run nothing
    #[arg(short, long, value_name = "FILE", requires = "object")]
    output: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  btf2wit-run --object prog.bpf.o guest.wasm -- --verbose          run a guest with arguments
  btf2wit-run --object prog.bpf.o -o tool.wasm guest.wasm          put both into one file
  btf2wit-run --show tool.wasm                                     print its programs and maps
  btf2wit-run tool.wasm                                            run it";

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(code) => ExitCode::from(u8::try_from(code).unwrap_or(1)),
        Err(error) => {
            eprintln!("error: {}", escape(&line(&error)));
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<i32> {
    libbpf_rs::set_print(Some((PrintLevel::Warn, |_, text| {
        eprint!("{}", escape(&text))
    })));
    let guest = read(&args.guest)?;
    let (name, object) = match &args.object {
        Some(path) => {
            if find_object(&guest).is_ok_and(|found| found.is_some()) {
                bail!("leave out --object: the component has an object of its own");
            }
            (path.display().to_string(), read(path)?)
        }
        // `--show` also takes a BPF object in place of a component.
        None if args.show && guest.starts_with(ELF) => {
            (args.guest.display().to_string(), guest.clone())
        }
        None => {
            let found = find_object(&guest).with_context(|| args.guest.display().to_string())?;
            let found =
                found.context("name the BPF object with --object: the component has none")?;
            (args.guest.display().to_string(), found.to_vec())
        }
    };
    if args.show {
        show(&name, &object)?;
        return Ok(0);
    }
    let component = compose(&guest, &args.adapter(&name, &object))?;
    if let Some(path) = &args.output {
        write(path, &bundle(&component, &object)?, args)
            .with_context(|| path.display().to_string())?;
        return Ok(0);
    }
    let mut host = Host::new(object);
    let stop = Stop::at_signals()?;
    end_after(stop.clone());
    host.stop(stop).limits(Limits {
        memory: args.limit_memory.saturating_mul(1 << 20),
        time: Duration::from_secs(args.limit_time),
    });
    for (map, path) in &args.map_pin {
        host.map_pin(map, path);
    }
    for (program, target) in &args.attach {
        host.attach(program, target);
    }
    if let Some(folder) = &args.cache {
        host.cache(folder);
    }
    if let Some(path) = &args.recorded {
        let text = String::from_utf8(read(path)?).with_context(|| path.display().to_string())?;
        let recorded =
            Recorded::parse(&text).map_err(|why| anyhow!("{}: {why}", path.display()))?;
        host.recorded(recorded);
    }
    if let Some(path) = &args.record {
        host.record(File::create(path).with_context(|| path.display().to_string())?);
    }
    let mut arguments = vec![args.guest.display().to_string()];
    arguments.extend_from_slice(&args.arguments);
    host.run(&component, &arguments)
}

impl Args {
    /// Returns the adapter of an object, with the mapping that the options name.
    fn adapter(&self, name: &str, object: &[u8]) -> Adapter {
        let mut adapter = Adapter::new(name, object);
        let config = adapter.config();
        config
            .unions(self.unions)
            .enums(self.enums)
            .arrays(self.arrays)
            .char_arrays(self.char_arrays);
        for event in &self.event {
            config.event(event);
        }
        for choice in &self.set {
            config.set(choice);
        }
        for choice in &self.arm {
            config.arm(choice);
        }
        adapter
    }
}

/// Ends the process about two seconds after a signal. A guest ends earlier, unless it is in a system call that waits:
/// the host cannot end the guest during such a call.
fn end_after(stop: Stop) {
    std::thread::spawn(move || {
        while !stop.is_asked() {
            std::thread::sleep(Duration::from_millis(100));
        }
        std::thread::sleep(Duration::from_secs(2));
        std::process::exit(0);
    });
}

/// Returns the texts of an error and its causes, with colons between them. The text of some errors contains that of
/// their causes, which is not repeated.
fn line(error: &anyhow::Error) -> String {
    let mut line = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !line.contains(&cause) {
            line = format!("{line}: {cause}");
        }
    }
    line
}

/// Writes a file completely or leaves it as it was. Refuses to replace an input.
fn write(path: &Path, bytes: &[u8], args: &Args) -> Result<()> {
    let is_input = |input: &Path| {
        let real = std::fs::canonicalize(path).ok();
        real.is_some() && real == std::fs::canonicalize(input).ok()
    };
    if is_input(&args.guest) || args.object.as_deref().is_some_and(is_input) {
        bail!("the output would replace the input");
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut file = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(bytes)?;
    // Only the owner can read a temporary file. The output gets the usual permissions.
    file.as_file()
        .set_permissions(Permissions::from_mode(0o644))?;
    file.persist(path)?;
    Ok(())
}

/// Parses `NAME=VALUE`. Neither part may be empty.
fn pair(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=');
    let parts = parts.filter(|(name, value)| !name.is_empty() && !value.is_empty());
    let (name, value) = parts.ok_or("write it as NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Reads an input. A device such as `/dev/zero` has no end, so the size is limited.
fn read(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAX_INPUT + 1).read_to_end(&mut bytes));
    read.with_context(|| path.display().to_string())?;
    if bytes.len() as u64 > MAX_INPUT {
        bail!(
            "{}: has more than {} MiB: name another file",
            path.display(),
            MAX_INPUT >> 20
        );
    }
    Ok(bytes)
}

/// Prints the programs and maps of an object, one in a line.
fn show(name: &str, object: &[u8]) -> Result<()> {
    let package = btf2wit::Config::new().input_bytes(name, object).load()?;
    if package.programs().is_empty() && package.maps().is_empty() {
        bail!("{name}: has neither programs nor maps");
    }
    let mut lines = Vec::new();
    for program in package.programs() {
        lines.push(format!("program {} in {}", program.name, program.section));
    }
    for map in package.maps() {
        let kind = map.map_type.and_then(|ty| ty.name).unwrap_or("unknown");
        lines.push(format!("map {}, {kind}", map.name));
    }
    // A name may contain control characters, which a terminal would obey.
    let lines = lines
        .iter()
        .map(|line| format!("{}\n", line.escape_debug()));
    match std::io::stdout().write_all(lines.collect::<String>().as_bytes()) {
        // A reader such as `head` closed the pipe before the end, which is no failure.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}
