//! Measures the conversion of the kernel whose BTF is in testdata: each stage of `btf2wit::stages` by itself, and the
//! functions that users call.

use std::fs::File;
use std::hint::black_box;
use std::io::{self, BufReader, Read};

use btf2wit::diff::Diff;
use btf2wit::{Config, Functions, Unions, stages};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};

/// A small type that contains no other type. Selecting it takes almost no time, so loading takes only the time for
/// reading, checking and naming.
const SMALL: &str = "struct list_head";

fn bytes() -> Vec<u8> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../testdata/vmlinux-6.12-amd64.btf.xz"
    );
    let packed = BufReader::new(File::open(path).expect("it is committed"));
    let mut btf = Vec::new();
    let mut reader = lzma_rust2::XzReader::new(packed, false);
    reader.read_to_end(&mut btf).expect("it is packed with xz");
    btf
}

fn kernel() -> Config {
    let mut config = Config::new();
    config.input_bytes("vmlinux", bytes());
    config
}

fn stage(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("stage");
    group.sample_size(20);
    let bytes = bytes();
    let load = || stages::load(bytes.clone()).expect("it is sound");
    group.bench_function("load", |b| {
        b.iter_batched(|| bytes.clone(), stages::load, BatchSize::PerIteration)
    });
    group.bench_function("validate", |b| {
        b.iter_batched(load, |loaded| loaded.validate(), BatchSize::PerIteration)
    });
    let validated = load().validate().expect("it is sound");
    group.bench_function("names", |b| b.iter(|| validated.name().is_ok()));
    let package = kernel().load().expect("it is sound");
    group.bench_function("lower", |b| b.iter(|| stages::lower(&package).is_ok()));
    group.bench_function("lower and write", |b| {
        b.iter(|| package.write_to(io::sink()).is_ok())
    });
    group.finish();
}

fn load(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("load");
    group.sample_size(20);
    let mut config = kernel();
    group.bench_function("types: read, checked, named, selected", |b| {
        b.iter(|| config.load().is_ok())
    });
    config.types([SMALL]);
    group.bench_function("the same, one selected", |b| {
        b.iter(|| config.load().is_ok())
    });
    config.functions(Functions::All);
    group.bench_function("the same, functions named too", |b| {
        b.iter(|| config.load().is_ok())
    });
    group.finish();
}

fn write(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("loaded");
    group.sample_size(20);
    let package = kernel().load().expect("it is sound");
    group.bench_function("types: lowered, listed in a report", |b| {
        b.iter(|| package.report().is_ok())
    });
    group.bench_function("types: outlined", |b| {
        b.iter(|| package.outlines().filter(|item| item.is_ok()).count())
    });
    group.bench_function("types: lowered, described as data", |b| {
        b.iter(|| package.items().filter(|item| item.is_ok()).count())
    });
    group.bench_function("compared with itself", |b| {
        b.iter(|| Diff::of(&package, &package).is_ok())
    });
    let all = kernel()
        .functions(Functions::All)
        .load()
        .expect("it is sound");
    group.bench_function("types and functions: lowered, written", |b| {
        b.iter(|| all.write_to(io::sink()).is_ok())
    });
    group.finish();
}

fn decode(criterion: &mut Criterion) {
    // All arms of unions are read, since nothing here selects one of them.
    let package = kernel().unions(Unions::Record).load();
    let package = package.expect("it is sound");
    let decoder = package.decoder("task_struct").expect("it is there");
    let bytes = vec![0; decoder.size()];
    assert!(decoder.decode(&bytes).is_ok());
    let mut group = criterion.benchmark_group("decode");
    group.bench_function("task_struct", |b| {
        b.iter(|| decoder.decode(black_box(&bytes)).is_ok())
    });
    group.bench_function("task_struct, the decoder made", |b| {
        b.iter(|| package.decoder("task_struct").is_ok())
    });
    group.finish();
}

criterion_group!(benches, stage, load, write, decode);
criterion_main!(benches);
