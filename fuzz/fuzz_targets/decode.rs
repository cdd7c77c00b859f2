//! The input is raw BTF, two bytes that select the mapping and the arms, and any bytes to decode. For each type, the
//! bytes are decoded or refused. The values must be valid JSON, and valid WAVE for the type in the WIT.

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
