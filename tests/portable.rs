//! Relocated decoders: the types of one BTF, the bytes of another.
//!
//! Every fixture stands for every other producer's: other byte orders, pointers of other sizes, other padding. A decoder
//! of the target's own BTF reads the same bytes, and the values are compared by the names of C. `checks/stages/portable`
//! does the same with two kernels, and lets libbpf judge offsets and sizes.

mod support;

use anyhow::{Context, Result, ensure};
use btf2wit::{Config, Error, Kind, Package, Unions};
use support::by_name::{Counts, Items, Pair, fit};

/// Larger types have the same members, only more of them.
const MOST: u64 = 1 << 16;
const PRODUCERS: &[&str] = &["bpfel", "bpfeb", "gcc", "x86-64", "i686", "s390x"];

/// Returns bytes that look random, the same in each run.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 24) as u8
    };
    std::iter::repeat_with(next).take(length).collect()
}

fn fixture(name: &str, producer: &str) -> Config {
    let mut config = Config::new();
    config
        .input(support::object(name, producer))
        .unions(Unions::Record);
    config
}

/// Returns the structs, unions and enums with a name, and their labels.
fn named(items: &Items) -> Vec<(String, &str)> {
    let sized = items.all().filter(|item| item.size > 0 && item.size < MOST);
    let named = sized.filter_map(|item| {
        let kind = match item.kind {
            Kind::Struct => "struct",
            Kind::Union => "union",
            Kind::Enum => "enum",
            _ => return None,
        };
        let name = item.name.as_ref()?;
        Some((format!("{kind} {name}"), &*item.wit))
    });
    let mut named: Vec<(String, &str)> = named.collect();
    named.sort();
    // One of several definitions is found by its label, which the target may use for another one.
    let several: Vec<String> = named
        .windows(2)
        .filter(|two| two[0].0 == two[1].0)
        .map(|two| two[0].0.clone())
        .collect();
    named.retain(|(name, _)| !several.contains(name));
    named
}

/// Two packages, and the first one relocated to the second.
struct Relocated {
    package: Package,
    target: Package,
    local_items: Items,
    target_items: Items,
}

impl Relocated {
    /// Compares the relocated decoder of a type with that of the target, on bytes that look random.
    fn compare(&self, name: &str, label: &str, counts: &mut Counts) -> Result<()> {
        let decoder = self.package.decoder(name)?;
        let direct = self.target.decoder(name)?;
        ensure!(decoder.size() == direct.size(), "another size");
        // The local type may lack the flexible array of the target.
        let lost = decoder.is_flexible() && !direct.is_flexible();
        ensure!(!lost, "it does not end in a flexible array");
        let more = if decoder.is_flexible() { 40 } else { 0 };
        let mut bytes = noise(name.len() as u64, direct.size() + more);
        fit(&decoder, &mut bytes)?;
        let (value, other) = (decoder.decode(&bytes)?, direct.decode(&bytes)?);
        let others = named(&self.target_items);
        let there = others.iter().find(|(own, _)| own == name);
        let (_, there) = there.context("the target has no such item")?;
        let pair = Pair {
            local: &self.local_items,
            target: &self.target_items,
        };
        pair.items((label, &value), (there, &other), name, counts)?;
        // What is written reads back.
        let written = decoder.encode(&value)?;
        let again = decoder.decode(&written)?;
        let as_before = format!("{again:?}") == format!("{value:?}");
        ensure!(
            as_before,
            "{value:?} is written and reads back as {again:?}"
        );
        Ok(())
    }
}

/// Relocates every type of a fixture from one producer to another. Returns what the target lacks.
fn relocate(name: &str, from: &str, to: &str, counts: &mut Counts) -> Result<Vec<String>> {
    let mut relocated = fixture(name, from);
    relocated.target_btf(support::object(name, to));
    let relocated = Relocated {
        package: relocated.load()?,
        target: fixture(name, to).load()?,
        local_items: Items::of(&fixture(name, from).load()?)?,
        target_items: Items::of(&fixture(name, to).load()?)?,
    };
    let mut lacks = Vec::new();
    for (name, label) in named(&relocated.local_items) {
        match relocated.compare(&name, label, counts) {
            Ok(()) => {}
            Err(error) => match error.downcast_ref() {
                Some(Error::Lacks { what, .. }) => lacks.push(format!("{name}: {what}")),
                _ => return Err(error.context(format!("{name}, {from} to {to}"))),
            },
        }
    }
    Ok(lacks)
}

#[test]
fn every_fixture_reads_the_bytes_of_every_other_producer() -> Result<()> {
    let mut lacks = Vec::new();
    let mut counts = Counts::default();
    for name in support::fixtures() {
        for from in PRODUCERS {
            for to in PRODUCERS {
                let lacking = relocate(&name, from, to, &mut counts).context(name.clone())?;
                lacks.extend(
                    lacking
                        .iter()
                        .map(|lack| format!("{name}: {from}: {to}: {lack}")),
                );
            }
        }
    }
    println!("{counts:?}, {} lacks:\n{}", lacks.len(), lacks.join("\n"));
    Ok(())
}
