//! The input is a base, and BTF that is split from it. If both can be loaded, the WIT must be valid, without and with
//! the types of the base.

#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|data: &[u8]| {
    let Some((base, module)) = btf2wit_fuzz::pair(data) else {
        return;
    };
    let mut config = btf2wit_fuzz::config(module);
    config.base_bytes("base", base);
    btf2wit_fuzz::convert(&config);
    btf2wit_fuzz::convert(config.with_base(true));
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    btf2wit_fuzz::mutate_pair(data, size, max_size, seed)
});
