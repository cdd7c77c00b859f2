//! What the fuzz targets share: the mutator and the judges.

mod decode;
#[path = "../../tests/support/encode.rs"]
mod encode;
#[path = "../../tests/support/mutate.rs"]
mod mutate;

pub use decode::decode;

use btf2wit::{Config, Functions};
use libfuzzer_sys::fuzzer_mutate;
use mutate::{Base, Random};
use wit_parser::Resolve;

/// Everything that can be asked for of these bytes.
pub fn config(btf: &[u8]) -> Config {
    let mut config = Config::new();
    config
        .input_bytes("fuzzed", btf)
        .package("test:fuzzed")
        .functions(Functions::All)
        .constants(true);
    config
}

/// What loads is written, reported, and valid.
///
/// # Panics
///
/// Where it is not.
pub fn convert(config: &Config) {
    let Ok(package) = config.load() else {
        return;
    };
    let mut wit = Vec::new();
    package.write_to(&mut wit).expect("what loads is written");
    package.report().expect("what loads is reported");
    for warning in package.warnings() {
        assert!(!warning.to_string().contains('\n'));
    }
    let wit = String::from_utf8(wit).expect("WIT is UTF-8");
    let mut resolve = Resolve::default();
    let package = resolve.push_str("fuzzed.wit", &wit).expect("it parses");
    wit_component::encode(&resolve, package, false).expect("it is encoded");
}

/// Where BTF loads, it does so whatever its types say of their own sizes and layouts.
///
/// # Panics
///
/// Where it does not.
pub fn convert_misplaced(btf: &[u8]) {
    let Some(misplaced) = mutate::misplace(btf, &mut random(btf.len() as u32)) else {
        return;
    };
    if config(btf).load().is_ok() {
        let config = config(&misplaced);
        if let Err(error) = config.load() {
            panic!("{error}");
        }
        convert(&config);
    }
}

/// Changes the first `size` bytes of `data`, most often as BTF.
pub fn mutate(data: &mut [u8], size: usize, most: usize, seed: u32) -> usize {
    if seed.is_multiple_of(8) {
        return fuzzer_mutate(data, size, most);
    }
    let mutated = mutate::mutate(&data[..size], Base::default(), &mut random(seed));
    replace(data, &mutated, most)
}

/// The same for a pair.
pub fn mutate_pair(data: &mut [u8], size: usize, most: usize, seed: u32) -> usize {
    let Some((base, module)) = pair(&data[..size]).filter(|_| !seed.is_multiple_of(16)) else {
        return fuzzer_mutate(data, size, most);
    };
    let mut random = random(seed);
    let (mut base, mut module) = (base.to_vec(), module.to_vec());
    if !seed.is_multiple_of(3) {
        module = mutate::mutate(&module, Base::of(&base), &mut random);
    }
    if seed % 3 != 1 {
        base = mutate::mutate(&base, Base::default(), &mut random);
    }
    let mut joined = (base.len() as u32).to_le_bytes().to_vec();
    joined.extend(base);
    joined.extend(module);
    replace(data, &joined, most)
}

/// The same for BTF with something behind it, which libFuzzer changes on its own.
pub fn mutate_first(data: &mut [u8], size: usize, most: usize, seed: u32) -> usize {
    let Some((btf, rest)) = pair(&data[..size]).filter(|_| !seed.is_multiple_of(16)) else {
        return fuzzer_mutate(data, size, most);
    };
    let start = size - rest.len();
    // libFuzzer aborts where there is no room for anything.
    if seed.is_multiple_of(2) && start < most {
        return start + fuzzer_mutate(&mut data[start..], size - start, most - start);
    }
    let btf = mutate::mutate(btf, Base::default(), &mut random(seed));
    let joined = [&(btf.len() as u32).to_le_bytes()[..], &btf, rest].concat();
    replace(data, &joined, most)
}

/// The base and the split BTF over it: the length of the base in four bytes, then both.
pub fn pair(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = data.split_first_chunk()?;
    rest.split_at_checked(u32::from_le_bytes(*len) as usize)
}

fn random(seed: u32) -> Random {
    Random::new(u64::from(seed))
}

fn replace(data: &mut [u8], by: &[u8], most: usize) -> usize {
    let size = by.len().min(most);
    data[..size].copy_from_slice(&by[..size]);
    size
}
