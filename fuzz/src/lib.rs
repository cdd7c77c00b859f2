//! The mutators and checks that the fuzz targets share.

mod codec;
mod decode;
#[path = "../../tests/support/encode.rs"]
mod encode;
#[path = "../../tests/support/mutate.rs"]
mod mutate;

pub use codec::codec;
pub use decode::decode;

use btf2wit::{Config, Functions};
use libfuzzer_sys::fuzzer_mutate;
use mutate::{BaseExtent, Random};
use wit_parser::Resolve;

/// Returns a configuration that selects all functions and constants.
pub fn config(btf: &[u8]) -> Config {
    let mut config = Config::new();
    config
        .input_bytes("fuzzed", btf)
        .package("test:fuzzed")
        .functions(Functions::All)
        .constants(true);
    config
}

/// Converts an input if it can be loaded.
///
/// # Panics
///
/// Panics if writing or reporting fails, if a warning has more than one line, or if the WIT is not valid.
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

/// Changes sizes, offsets, widths and lengths in the types of BTF, and converts the result. Does nothing if the BTF
/// cannot be loaded.
///
/// # Panics
///
/// Panics if the BTF loads but the changed BTF does not, or if [`convert`] panics.
pub fn convert_other_layout(btf: &[u8]) {
    let Some(changed) = mutate::mutate_layout(btf, &mut random(btf.len() as u32)) else {
        return;
    };
    if config(btf).load().is_ok() {
        let config = config(&changed);
        if let Err(error) = config.load() {
            panic!("{error}");
        }
        convert(&config);
    }
}

/// Mutates the first `size` bytes of `data`, usually as BTF. Returns the new size, which is at most `max`.
pub fn mutate(data: &mut [u8], size: usize, max: usize, seed: u32) -> usize {
    if seed.is_multiple_of(8) {
        return fuzzer_mutate(data, size, max);
    }
    let mutated = mutate::mutate(&data[..size], BaseExtent::default(), &mut random(seed));
    replace(data, &mutated, max)
}

/// Mutates a [`pair`] of a base and split BTF: one of them or both. With one of 16 seeds, libFuzzer mutates the whole
/// input.
pub fn mutate_pair(data: &mut [u8], size: usize, max: usize, seed: u32) -> usize {
    let Some((base, module)) = pair(&data[..size]).filter(|_| !seed.is_multiple_of(16)) else {
        return fuzzer_mutate(data, size, max);
    };
    let mut random = random(seed);
    let (mut base, mut module) = (base.to_vec(), module.to_vec());
    if !seed.is_multiple_of(3) {
        module = mutate::mutate(&module, BaseExtent::of(&base), &mut random);
    }
    if seed % 3 != 1 {
        base = mutate::mutate(&base, BaseExtent::default(), &mut random);
    }
    let mut bytes = (base.len() as u32).to_le_bytes().to_vec();
    bytes.extend(base);
    bytes.extend(module);
    replace(data, &bytes, max)
}

/// Mutates a [`pair`] of BTF and other bytes: either the BTF, or the other bytes with the mutations of libFuzzer
/// itself. With one of 16 seeds, libFuzzer mutates the whole input.
pub fn mutate_first(data: &mut [u8], size: usize, max: usize, seed: u32) -> usize {
    let Some((btf, rest)) = pair(&data[..size]).filter(|_| !seed.is_multiple_of(16)) else {
        return fuzzer_mutate(data, size, max);
    };
    let start = size - rest.len();
    // libFuzzer aborts if the maximum size is 0.
    if seed.is_multiple_of(2) && start < max {
        return start + fuzzer_mutate(&mut data[start..], size - start, max - start);
    }
    let btf = mutate::mutate(btf, BaseExtent::default(), &mut random(seed));
    let bytes = [&(btf.len() as u32).to_le_bytes()[..], &btf, rest].concat();
    replace(data, &bytes, max)
}

/// Splits an input into its two parts. The input has the length of the first part in four bytes, and then both parts.
/// Returns `None` if the input is too short.
pub fn pair(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = data.split_first_chunk()?;
    rest.split_at_checked(u32::from_le_bytes(*len) as usize)
}

fn random(seed: u32) -> Random {
    Random::new(u64::from(seed))
}

fn replace(data: &mut [u8], by: &[u8], max: usize) -> usize {
    let size = by.len().min(max);
    data[..size].copy_from_slice(&by[..size]);
    size
}
