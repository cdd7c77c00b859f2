//! The input is any bytes, such as raw BTF, ELF files and packed files. They must be loaded or refused without a panic.

#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|data: &[u8]| {
    let _ = btf2wit_fuzz::config(data).load();
    let _ = btf2wit_fuzz::config(data).core(true).load();
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    btf2wit_fuzz::mutate(data, size, max_size, seed)
});
