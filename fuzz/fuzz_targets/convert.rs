//! Raw BTF: what loads is written as WIT that parses and is encoded, and so is the same BTF where its
//! types say otherwise how large they are and where their members lie.

#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|data: &[u8]| {
    btf2wit_fuzz::convert(&btf2wit_fuzz::config(data));
    btf2wit_fuzz::convert_misplaced(data);
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    btf2wit_fuzz::mutate(data, size, max_size, seed)
});
