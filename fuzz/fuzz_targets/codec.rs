//! The input is raw BTF, a byte that selects the mapping, and bytes that are decoded to find unions whose arms can be
//! chosen. If the BTF can be converted, it must be possible to make a valid codec for it.

#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|data: &[u8]| {
    if let Some((btf, data)) = btf2wit_fuzz::pair(data) {
        btf2wit_fuzz::codec(btf, data);
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    btf2wit_fuzz::mutate_first(data, size, max_size, seed)
});
