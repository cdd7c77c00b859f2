//! The compilers and targets that make types and bytes, and the jobs for each.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use btf2wit::{CharArrays, Config, Package, Unions};

use crate::Job;
use crate::c::{self, BytesFrom, Compiler};
use crate::expect::Dimensions;
use crate::fixtures;
use crate::judge::{Judge, Verdict};
use crate::random;
use crate::sample::{Bytes, Sample};
use crate::tagged;

const fn compiler(
    name: &'static str,
    command: &'static [&'static str],
    bytes_from: BytesFrom,
    pahole: bool,
) -> Compiler {
    Compiler {
        name,
        command,
        bytes_from,
        pahole,
    }
}

/// The compilers whose bytes must match the BTF in testdata/obj, each with the producer of that BTF.
const FIXTURES: &[(&str, Compiler)] = &[
    ("gcc", compiler("gcc", &["gcc"], BytesFrom::Program, false)),
    (
        "x86-64",
        compiler("gcc", &["gcc"], BytesFrom::Program, false),
    ),
    (
        "x86-64",
        compiler("clang", &["clang"], BytesFrom::Program, false),
    ),
    (
        "i686",
        compiler("gcc -m32", &["gcc", "-m32"], BytesFrom::Program, false),
    ),
    (
        "i686",
        compiler("clang -m32", &["clang", "-m32"], BytesFrom::Program, false),
    ),
    (
        "i686",
        compiler(
            "clang for i686",
            &["clang", "--target=i686-linux-gnu"],
            BytesFrom::Variables,
            false,
        ),
    ),
    (
        "bpfel",
        compiler(
            "clang for bpfel",
            &["clang", "--target=bpfel", "-O2"],
            BytesFrom::Variables,
            false,
        ),
    ),
    (
        "bpfeb",
        compiler(
            "clang for bpfeb",
            &["clang", "--target=bpfeb", "-O2"],
            BytesFrom::Variables,
            false,
        ),
    ),
    (
        "s390x",
        compiler(
            "clang for s390x",
            &["clang", "--target=s390x-linux-gnu"],
            BytesFrom::Variables,
            false,
        ),
    ),
];

/// The compilers that make both the bytes and the BTF of random structs.
const RANDOM: &[(Compiler, random::Target)] = &[
    (
        compiler(
            "clang for bpfel",
            &["clang", "--target=bpfel", "-g"],
            BytesFrom::Variables,
            false,
        ),
        random::Target {
            wide: true,
            dimensions: Dimensions::AsInC,
            floats: true,
        },
    ),
    (
        compiler(
            "clang for bpfeb",
            &["clang", "--target=bpfeb", "-g"],
            BytesFrom::Variables,
            false,
        ),
        random::Target {
            wide: true,
            dimensions: Dimensions::AsInC,
            floats: true,
        },
    ),
    (
        compiler("gcc -gbtf", &["gcc", "-gbtf"], BytesFrom::Program, false),
        random::Target {
            wide: true,
            dimensions: Dimensions::Reordered,
            floats: true,
        },
    ),
    (
        compiler("clang, pahole", &["clang", "-g"], BytesFrom::Program, true),
        random::Target {
            wide: true,
            dimensions: Dimensions::Merged,
            floats: false,
        },
    ),
    (
        compiler(
            "clang for s390x, pahole",
            &["clang", "--target=s390x-linux-gnu", "-g"],
            BytesFrom::Variables,
            true,
        ),
        random::Target {
            wide: true,
            dimensions: Dimensions::Merged,
            floats: false,
        },
    ),
    (
        compiler(
            "gcc -m32, pahole",
            &["gcc", "-m32", "-g"],
            BytesFrom::Program,
            true,
        ),
        random::Target {
            wide: false,
            dimensions: Dimensions::Merged,
            floats: false,
        },
    ),
    (
        compiler(
            "clang for powerpc, pahole",
            &["clang", "--target=powerpc-linux-gnu", "-g"],
            BytesFrom::Variables,
            true,
        ),
        random::Target {
            wide: false,
            dimensions: Dimensions::Merged,
            floats: false,
        },
    ),
];

fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata")
}

/// Returns a job for each fixture and compiler.
pub fn fixtures() -> Result<Vec<Job>> {
    let mut names = Vec::new();
    for file in std::fs::read_dir(testdata())? {
        let path = file?.path();
        if path.extension().is_some_and(|ending| ending == "c") {
            let name = path.file_stem().and_then(|name| name.to_str());
            names.push(name.context("a fixture's name is text")?.to_owned());
        }
    }
    names.sort();
    let mut jobs: Vec<Job> = Vec::new();
    for name in names {
        for (producer, compiler) in FIXTURES {
            let name = name.clone();
            // An initialiser in C cannot name the elements of a vector, so the values of this fixture cannot be in
            // variables.
            if name == "vectors" && compiler.bytes_from == BytesFrom::Variables {
                continue;
            }
            jobs.push(Box::new(move || fixture(&name, producer, compiler)));
        }
    }
    Ok(jobs)
}

fn fixture(name: &str, producer: &str, compiler: &Compiler) -> Result<Verdict> {
    let what = format!("{name}, {producer} by {}", compiler.name);
    let folder = tempfile::tempdir()?;
    let object = |producer: &str| testdata().join(format!("obj/{name}.{producer}.o"));
    let c = fixtures::Dimensions::of(&Config::new().input(object("bpfel")).load()?)?;
    let (mut packages, mut samples) = (Vec::new(), Vec::new());
    for package in mappings(&object(producer))? {
        let mut own = fixtures::samples(&package, &c, compiler.bytes_from, 1)?;
        if name == "tagged_unions" && packages.is_empty() {
            own.extend(tagged::samples()?);
        }
        packages.push((package, own.len()));
        samples.extend(own);
    }
    if samples.is_empty() {
        return Ok(Verdict::default());
    }
    let source = testdata().join(format!("{name}.c")).canonicalize()?;
    let include = format!("#include \"{}\"", source.display());
    let text = c::text(&include, &samples, compiler.bytes_from);
    let object = c::compile(compiler, folder.path(), &text).with_context(|| what.clone())?;
    let bytes = c::bytes(compiler, &object, &samples).with_context(|| what.clone())?;
    keep(&format!("{name}_{producer}"), None, &samples, &bytes)?;
    let (mut samples, mut bytes) = (samples.as_slice(), bytes.as_slice());
    let mut verdict = Verdict::default();
    for (package, count) in &packages {
        let judge = Judge {
            package,
            name: what.clone(),
            dimensions: Dimensions::AsInC,
            folder: folder.path(),
        };
        verdict.add(judge.judge(&samples[..*count], &bytes[..*count])?);
        (samples, bytes) = (&samples[*count..], &bytes[*count..]);
    }
    Ok(verdict)
}

/// Appends the bytes that the compiler made to a file for `checks/reader`, in the folder that DECODE_CHECK_KEEP names.
/// Also copies the object to this folder, if it is not one of testdata, for `checks/reader` and `checks/codec`. Does
/// nothing without DECODE_CHECK_KEEP.
fn keep(name: &str, object: Option<&Path>, samples: &[Sample], bytes: &[Vec<Bytes>]) -> Result<()> {
    let Some(folder) = std::env::var_os("DECODE_CHECK_KEEP").map(PathBuf::from) else {
        return Ok(());
    };
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let name = words.join("_");
    let mut lines = String::new();
    for (sample, rounds) in samples.iter().zip(bytes) {
        for round in rounds {
            let hex: String = round
                .zeros
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            lines.push_str(&format!("{} {hex}\n", sample.label));
        }
    }
    let path = folder.join(format!("{name}.bytes"));
    let mut file = std::fs::File::options()
        .create(true)
        .append(true)
        .open(path)?;
    file.write_all(lines.as_bytes())?;
    if let Some(object) = object {
        std::fs::copy(object, folder.join(format!("{name}.o")))?;
    }
    Ok(())
}

/// Returns packages of an object, one for each mapping that changes its values.
fn mappings(object: &Path) -> Result<Vec<Package>> {
    let config = || {
        let mut config = Config::new();
        config.input(object);
        config
    };
    let mut packages = vec![config().load()?];
    let plain = layout(&packages[0])?;
    for package in [
        config().unions(Unions::Record).load()?,
        config().char_arrays(CharArrays::String).load()?,
    ] {
        if layout(&package)? != plain {
            packages.push(package);
        }
    }
    Ok(packages)
}

fn layout(package: &Package) -> Result<Vec<u8>> {
    let mut layout = Vec::new();
    package.write_layout(&mut layout)?;
    Ok(layout)
}

/// The number of structs in one C program.
const BATCH: usize = 50;

/// Returns a job for each compiler and each batch of structs.
pub fn random(count: usize, seed: u64) -> Vec<Job> {
    let mut jobs: Vec<Job> = Vec::new();
    for first in (0..count).step_by(BATCH) {
        for (compiler, target) in RANDOM {
            let batch = BATCH.min(count - first);
            let seed = seed.wrapping_add(first as u64);
            jobs.push(Box::new(move || {
                random_batch(batch, seed, compiler, *target)
            }));
        }
    }
    jobs
}

fn random_batch(
    count: usize,
    seed: u64,
    compiler: &Compiler,
    target: random::Target,
) -> Result<Verdict> {
    let what = format!("seed {seed}, {}", compiler.name);
    let folder = tempfile::tempdir()?;
    let (types, samples) = random::samples(count, seed, target);
    let text = c::text(&types, &samples, compiler.bytes_from);
    let object = c::compile(compiler, folder.path(), &text).with_context(|| what.clone())?;
    let bytes = c::bytes(compiler, &object, &samples).with_context(|| what.clone())?;
    let kept = format!("random {seed} {}", compiler.name);
    keep(&kept, Some(&object), &samples, &bytes)?;
    let package = Config::new().input(&object).load()?;
    let judge = Judge {
        package: &package,
        name: what,
        dimensions: target.dimensions,
        folder: folder.path(),
    };
    let mut verdict = judge.judge(&samples, &bytes)?;
    if let Some(wrong) = verdict.wrong.first_mut() {
        let kept = std::env::temp_dir().join(format!("decode-check-{seed}.c"));
        std::fs::write(&kept, &text)?;
        wrong.push_str(&format!(" ({})", kept.display()));
    }
    Ok(verdict)
}
