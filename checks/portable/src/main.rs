//! Checks relocation on whole kernels.
//!
//!     portable-check compare ONE OTHER    values by C names, both ways
//!     portable-check judge ONE OTHER      offsets, sizes, signs and existence, both ways, against libbpf
//!     portable-check time ONE OTHER       how long relocating task_struct takes
//!     portable-check core KERNEL SMALL    layouts of types that a BPF object's relocations use
//!
//! ONE and OTHER are raw BTF. SMALL is the smaller BTF that bpftool's `gen min_core_btf` makes of KERNEL for
//! `testdata/obj/core.bpfel.o`. `judge` needs clang, a C compiler, libbpf, bpftool and bpf(2).

#[path = "../../../tests/support/by_name.rs"]
mod by_name;
mod judge;
mod members;

use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use btf2wit::layout::Item;
use btf2wit::{Config, Package, Unions};
use by_name::{Counts, Items, Pair, fit};

/// Types that tools read often, and that differ from kernel to kernel.
const TYPES: [&str; 8] = [
    "task_struct",
    "cred",
    "sk_buff",
    "file",
    "inode",
    "net_device",
    "sched_entity",
    "bpf_map",
];
/// The maximum time in microseconds that relocation may add to the making of a decoder for `task_struct`.
const MOST: u128 = 5000;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, one, other] = arguments.as_slice() else {
        bail!("use compare, judge, time or core, and two files of BTF");
    };
    match what.as_str() {
        "compare" => {
            compare(one, other)?;
            compare(other, one)
        }
        "judge" => {
            judge::run(one, other)?;
            judge::run(other, one)
        }
        "time" => time(one, other),
        "core" => core(one, other),
        what => bail!("there is no {what}: use compare, judge, time or core"),
    }
}

fn config(input: &str) -> Config {
    let mut config = Config::new();
    config.input(input).types(TYPES).unions(Unions::Record);
    config
}

/// Returns the package of the types, relocated to a target.
fn relocated(local: &str, target: &str) -> Result<Package> {
    Ok(config(local).target_btf(target).missing("zero").load()?)
}

/// Compares the values that relocated decoders return with those of decoders for the target's own types.
fn compare(local: &str, target: &str) -> Result<()> {
    let (own, direct) = (config(local).load()?, config(target).load()?);
    let package = relocated(local, target)?;
    let (items, others) = (Items::of(&own)?, Items::of(&direct)?);
    let pair = Pair {
        local: &items,
        target: &others,
    };
    for name in TYPES {
        let (decoder, other) = (package.decoder(name)?, direct.decoder(name)?);
        let mut counts = Counts::default();
        for round in 0..20 {
            let more = if other.is_flexible() { 64 } else { 0 };
            let more = if decoder.is_flexible() { more } else { 0 };
            let mut bytes = noise(round, other.size() + more);
            fit(&decoder, &mut bytes).context(name)?;
            let (value, expected) = (decoder.decode(&bytes)?, other.decode(&bytes)?);
            let label = name.replace('_', "-");
            pair.items((&label, &value), (&label, &expected), name, &mut counts)?;
            // Overlapping members may make it impossible to encode the value. If it can be encoded, the bytes must
            // decode to the same value.
            if let Ok(written) = decoder.encode(&value) {
                let again = decoder.decode(&written)?;
                let same = format!("{again:?}") == format!("{value:?}");
                ensure!(same, "{name}: what is written reads back otherwise");
            }
        }
        ensure!(counts.same > 0, "{name}: nothing was compared");
        println!(
            "{name}: {} values agree, {} are zero",
            counts.same, counts.zero
        );
    }
    Ok(())
}

/// Checks that a type that an object's relocations use has the same layout in the BTF of a kernel and in the smaller
/// BTF that bpftool makes from the kernel's BTF for this object. `cred` is left out: its member `uid` is a number in
/// the object, but a struct in kernels, so the relocation does not match and the smaller BTF lacks `cred`.
fn core(kernel: &str, small: &str) -> Result<()> {
    let object = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../testdata/obj/core.bpfel.o"
    );
    let items = |target: &str| -> Result<Vec<Item>> {
        let mut config = Config::new();
        config
            .input(object)
            .core(true)
            .exclude(["cred"])
            .target_btf(target);
        let package = config.load()?;
        package.items().map(|item| Ok(item?)).collect()
    };
    let (all, few) = (items(kernel)?, items(small)?);
    let names: Vec<&str> = few.iter().map(|item| &*item.c).collect();
    ensure!(names == ["struct task_struct"], "{names:?}");
    ensure!(
        all == few,
        "{all:#?} by the kernel, {few:#?} by what is left of it"
    );
    println!("min_core_btf: {} is laid out alike", names.join(", "));
    Ok(())
}

fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 24) as u8
    };
    std::iter::repeat_with(next).take(length).collect()
}

fn time(local: &str, target: &str) -> Result<()> {
    let (own, package) = (config(local).load()?, relocated(local, target)?);
    let least = |package: &Package| -> Result<u128> {
        let mut least = u128::MAX;
        for _ in 0..50 {
            let begin = Instant::now();
            package.decoder("task_struct")?;
            least = least.min(begin.elapsed().as_micros());
        }
        Ok(least)
    };
    let (alone, relocated) = (least(&own)?, least(&package)?);
    let more = relocated.saturating_sub(alone);
    println!("a decoder of task_struct: {alone} us, relocated: {relocated} us");
    ensure!(more < MOST, "relocating takes {more} us");
    Ok(())
}
