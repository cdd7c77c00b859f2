//! Compares codecs and adapters with the decoder and the encoder: the values, bytes and errors for random inputs.
//!
//!     codec-check fixtures                every type of testdata/obj, with several mappings
//!     codec-check objects FOLDER          the same for other objects
//!     codec-check adapters FOLDER         the adapters of objects, with a host that simulates the objects
//!     codec-check relocated KERNEL        types of the kernel in testdata for bytes of KERNEL, and the reverse
//!     codec-check kernel COUNT [SEED]     codecs for the types of the kernel in testdata; runs about COUNT types

mod adapter;
mod codec;
#[path = "../../../tests/support/encode.rs"]
mod encode;
mod judge;
mod kernel;
mod mapping;
mod memory;
mod missing;
mod random;
mod value;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use wasmtime::{Config, Engine};

use judge::{Verdict, judge};

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("codec-check: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<bool> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let start = Instant::now();
    let engine = engine()?;
    let verdict = match args.as_slice() {
        ["fixtures"] => {
            let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/obj");
            memory::check(&engine, &own)?;
            let mut verdict = missing::check(&engine)?;
            verdict.add(objects(&engine, &own, Kind::Codec)?);
            verdict
        }
        ["objects", folder] => objects(&engine, folder.as_ref(), Kind::Codec)?,
        ["adapters", folder] => objects(&engine, folder.as_ref(), Kind::Adapter)?,
        ["relocated", other] => kernel::relocated(&engine, other.as_ref())?,
        ["kernel", count, seed @ ..] => {
            let count = count.parse().context("COUNT is not a number")?;
            let seed = match seed {
                [seed] => seed.parse().context("SEED is not a number")?,
                _ => fastrand::u64(..) >> 32,
            };
            println!("seed {seed}");
            kernel::run(&engine, count, seed)?
        }
        _ => bail!(
            "use fixtures, objects FOLDER, adapters FOLDER, relocated KERNEL, or kernel COUNT [SEED]"
        ),
    };
    // Print one difference for each type rather than many of one type.
    let mut types = std::collections::BTreeSet::new();
    let is_new = |wrong: &&String| types.insert(wrong.split(": ").nth(1).map(str::to_owned));
    for wrong in verdict.wrong.iter().filter(is_new).take(20) {
        println!("{}", wrong.chars().take(900).collect::<String>());
    }
    println!(
        "{} codecs, {} types, {} read, {} refused, {} written, {} refused, {} wrong, {:.0} s",
        verdict.codecs,
        verdict.types,
        verdict.read,
        verdict.read_refused,
        verdict.written,
        verdict.write_refused,
        verdict.wrong.len(),
        start.elapsed().as_secs_f64(),
    );
    Ok(verdict.wrong.is_empty() && verdict.read > 0)
}

fn engine() -> Result<Engine> {
    let mut config = Config::new();
    // Most of the time is spent on compiling, so optimization would make the check slower.
    config.cranelift_opt_level(wasmtime::OptLevel::None);
    config.wasm_component_model_fixed_length_lists(true);
    Engine::new(&config).map_err(codec::failed)
}

/// The component to make from an object.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Codec,
    Adapter,
}

/// Makes a component of one kind from each object of a folder, with each mapping, and checks it.
fn objects(engine: &Engine, folder: &Path, kind: Kind) -> Result<Verdict> {
    let mut objects = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let is_object = path.extension().is_some_and(|extension| extension == "o");
        // Loaders accept only BPF objects, so only these have skeletons.
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if is_object && (kind == Kind::Codec || name.contains(".bpf")) {
            objects.push(path);
        }
    }
    objects.sort();
    let work: Vec<(PathBuf, &str)> = objects
        .into_iter()
        .flat_map(|path| mapping::names(&path).map(move |name| (path.clone(), name)))
        .collect();
    Ok(at_once(&work, |(path, name)| {
        let mut config = btf2wit::Config::new();
        config.input(path).package("test:codec");
        if kind == Kind::Adapter {
            config.skeleton(true);
        }
        mapping::set(&mut config, path, name);
        let what = format!("{} {name}", path.file_name().unwrap_or_default().display());
        let package = config.load().with_context(|| what.clone())?;
        let seed = fastrand::u64(..) >> 32;
        match kind {
            Kind::Codec => judge(engine, &package, &what, seed, 12),
            Kind::Adapter => adapter::judge(engine, &package, &what, seed, 12),
        }
    }))
}

/// Runs all pieces of work, in one thread for each processor.
fn at_once<T: Sync>(work: &[T], run: impl Fn(&T) -> Result<Verdict> + Sync) -> Verdict {
    let (next, all) = (AtomicUsize::new(0), Mutex::new(Verdict::default()));
    let workers = std::thread::available_parallelism().map_or(2, |n| n.get());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(piece) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let verdict = run(piece).unwrap_or_else(Verdict::failed);
                    if let Ok(mut all) = all.lock() {
                        all.add(verdict);
                    }
                }
            });
        }
    });
    all.into_inner().unwrap_or_default()
}
