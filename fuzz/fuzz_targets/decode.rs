//! Input: raw BTF and any bytes. The bytes are decoded as each type or refused, and the values are JSON, and WAVE of
//! the type in the WIT.

#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|data: &[u8]| {
    if let Some((btf, data)) = btf2wit_fuzz::pair(data) {
        btf2wit_fuzz::decode(btf, data);
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    btf2wit_fuzz::mutate_first(data, size, max_size, seed)
});
