//! The input is raw BTF. If it can be loaded, its WIT must be valid. After changes of sizes and offsets in its types,
//! it must still be possible to load it, and its WIT must still be valid.

#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|data: &[u8]| {
    btf2wit_fuzz::convert(&btf2wit_fuzz::config(data));
    btf2wit_fuzz::convert_other_layout(data);
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    btf2wit_fuzz::mutate(data, size, max_size, seed)
});
