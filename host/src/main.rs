//! `btf2wit-run`: runs a component that drives a BPF object.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use btf2wit::{CharArrays, Enums, Unions};
use btf2wit_host::{Adapter, Host, Limits, Stop, compose};
use clap::Parser;

/// Run a WebAssembly component that drives a BPF object
///
/// The component imports the interfaces that `btf2wit skeleton` writes for the object. It gets this object, standard
/// output, clocks, random numbers and its arguments, but neither files nor network.
#[derive(Debug, Parser)]
#[command(name = "btf2wit-run", version, max_term_width = 100)]
struct Args {
    /// The BPF object
    #[arg(long, value_name = "FILE")]
    object: PathBuf,

    /// The component
    guest: PathBuf,

    /// Arguments of the component
    #[arg(last = true, value_name = "ARGUMENTS")]
    arguments: Vec<String>,

    /// The type of the records of a map, as for `btf2wit skeleton`. Repeatable
    #[arg(long, value_name = "MAP=TYPE")]
    event: Vec<String>,

    /// How the guest's WIT has unions
    #[arg(long, value_name = "HOW", default_value = "variant")]
    unions: Unions,

    /// How the guest's WIT has enums
    #[arg(long, value_name = "HOW", default_value = "auto")]
    enums: Enums,

    /// How the guest's WIT has arrays of `char`
    #[arg(long, value_name = "HOW", default_value = "bytes")]
    char_arrays: CharArrays,

    /// One of these choices for a member or a type, as for `btf2wit skeleton`. Repeatable
    #[arg(long, value_name = "ITEM=CHOICE")]
    set: Vec<String>,

    /// Which arm of a union is read, as for `btf2wit skeleton`. Repeatable
    #[arg(long, value_name = "MEMBER=ARM")]
    arm: Vec<String>,

    /// Megabytes of memory that the component may use
    #[arg(long, value_name = "MEGABYTES", default_value_t = 256)]
    limit_memory: usize,

    /// Seconds of processor time that the component may use between two calls of the object
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    limit_time: u64,

    /// Print the programs and maps of the object, and run nothing
    #[arg(long)]
    show: bool,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(code) => ExitCode::from(u8::try_from(code).unwrap_or(1)),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<i32> {
    let object = read(&args.object)?;
    let name = args.object.display().to_string();
    if args.show {
        show(&name, &object)?;
        return Ok(0);
    }
    let guest = read(&args.guest)?;
    let mut adapter = Adapter::new(&name, &object);
    let config = adapter.config();
    config.unions(args.unions).enums(args.enums).char_arrays(args.char_arrays);
    for event in &args.event {
        config.event(event);
    }
    for choice in &args.set {
        config.set(choice);
    }
    for choice in &args.arm {
        config.arm(choice);
    }
    let component = compose(&guest, &adapter)?;
    let mut host = Host::new(object);
    host.stop(Stop::at_signals()?).limits(Limits {
        memory: args.limit_memory << 20,
        time: Duration::from_secs(args.limit_time),
    });
    let mut arguments = vec![args.guest.display().to_string()];
    arguments.extend_from_slice(&args.arguments);
    host.run(&component, &arguments)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| path.display().to_string())
}

/// Prints what the object would load.
fn show(name: &str, object: &[u8]) -> Result<()> {
    let package = btf2wit::Config::new().input_bytes(name, object).load()?;
    if package.programs().is_empty() && package.maps().is_empty() {
        bail!("{name}: has neither programs nor maps");
    }
    for program in package.programs() {
        println!("program {} in {}", program.name, program.section);
    }
    for map in package.maps() {
        let kind = map.map_type.and_then(|ty| ty.name).unwrap_or("unknown");
        println!("map {}, {kind}", map.name);
    }
    Ok(())
}
