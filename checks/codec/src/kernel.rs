//! Checks codecs for the types of the kernel whose BTF is in testdata.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result};
use fastrand::Rng;
use wasmtime::Engine;

use crate::judge::{Verdict, judge};

/// The limit for the size of a type in bytes. No codecs are made for larger types.
const MAX_SIZE: u64 = 16 << 10;
/// The number of types for which one codec is made.
const BATCH: usize = 200;

/// The types whose codecs are also made for the bytes of another kernel.
const RELOCATED: [&str; 8] = [
    "task_struct",
    "cred",
    "sk_buff",
    "file",
    "inode",
    "net_device",
    "sched_entity",
    "bpf_map",
];

/// Runs codecs that have types of the kernel in testdata and read the bytes of another kernel, and codecs for the
/// reverse.
pub fn relocated(engine: &Engine, other: &Path) -> Result<Verdict> {
    let committed = committed()?;
    let other = std::fs::read(other).with_context(|| other.display().to_string())?;
    let directions = [
        ("committed on other", &committed, &other),
        ("other on committed", &other, &committed),
    ];
    let mut verdict = Verdict::default();
    for (what, local, target) in directions {
        for name in RELOCATED {
            let mut config = btf2wit::Config::new();
            config.input_bytes("local", local.clone()).types([name]);
            config.target_btf_bytes("target", target.clone());
            config.missing("zero").package("test:codec");
            // These types contain unions, and nothing selects their arms. Therefore all arms are read.
            config.unions(btf2wit::Unions::Record);
            let what = format!("{name} {what}");
            let package = config.load().with_context(|| what.clone())?;
            verdict.add(judge(engine, &package, &what, 1, 4)?);
        }
    }
    Ok(verdict)
}

/// Returns the BTF of the kernel in testdata.
fn committed() -> Result<Vec<u8>> {
    let kernel =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/vmlinux-6.12-amd64.btf.xz");
    let mut bytes = Vec::new();
    lzma_rust2::XzReader::new(std::fs::File::open(&kernel)?, true).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Makes codecs for all types of 1 to `MAX_SIZE` bytes. Makes and runs further codecs for about `count` random types.
pub fn run(engine: &Engine, count: usize, seed: u64) -> Result<Verdict> {
    let bytes = committed()?;
    let config = || {
        let mut config = btf2wit::Config::new();
        config
            .input_bytes("vmlinux", bytes.clone())
            .package("test:codec");
        config
    };
    let all = config().load()?;
    let mut names = Vec::new();
    for item in all.outlines() {
        let item = item?;
        if (1..=MAX_SIZE).contains(&item.size) {
            names.push(format!("{} {}", item.kind.word(), item.name));
        }
    }
    names.sort();
    names.dedup();
    println!("{} types of at most {MAX_SIZE} bytes", names.len());
    let mut rng = Rng::with_seed(seed);
    rng.shuffle(&mut names);
    let work: Vec<(usize, &[String])> = names.chunks(BATCH).enumerate().collect();
    Ok(crate::at_once(&work, |(number, names)| {
        let load = |names: &[String]| {
            let mut config = config();
            config.types(names);
            config.load()
        };
        // `to_codec` validates the component that it returns.
        let package = load(names).with_context(|| format!("batch {number}"))?;
        if let Err(error) = package.to_codec() {
            // The types are tried one by one, so that the error names the type.
            for name in names.iter() {
                load(std::slice::from_ref(name))?
                    .to_codec()
                    .with_context(|| name.clone())?;
            }
            return Err(error)
                .with_context(|| format!("batch {number}, but none of its types alone"));
        }
        let mut verdict = Verdict::default();
        let sample = count.div_ceil(work.len()).min(names.len());
        let package = load(&names[..sample])?;
        let what = format!("batch {number}");
        verdict.add(judge(engine, &package, &what, seed ^ *number as u64, 4)?);
        Ok(verdict)
    }))
}
