//! Random C structs, and values for them. What a value has to be decoded as is known from what was written,
//! not from any layout.

mod maker;
mod values;

use fastrand::Rng;

use crate::expect::Dimensions;
use crate::sample::Sample;
use maker::Maker;

/// What a compiler has and what its BTF says.
#[derive(Clone, Copy)]
pub struct Target {
    /// Are there integers of 16 bytes?
    pub wide: bool,
    pub dimensions: Dimensions,
    /// Are floats floats? pahole writes integers.
    pub floats: bool,
}

/// Values for each struct.
const ROUNDS: usize = 3;

/// So many random structs, and values for them.
pub fn samples(count: usize, seed: u64, target: Target) -> (String, Vec<Sample>) {
    let mut maker = Maker::new(Rng::with_seed(seed), target);
    let mut samples = Vec::new();
    for _ in 0..count {
        let aggregate = maker.next();
        let tag = aggregate.tag.clone().unwrap_or_default();
        let rounds =
            (0..ROUNDS).map(|number| values::round(&mut maker.rng, target, number, &aggregate));
        samples.push(Sample {
            rounds: rounds.collect(),
            choices: &[],
            c: tag.clone(),
            label: format!("%{}", tag.trim_start_matches("struct ")),
        });
    }
    (maker.types, samples)
}

#[derive(Clone)]
enum Ty {
    Int(Int),
    Bool,
    Char,
    Float { double: bool },
    Pointer(&'static str),
    Enum(Enum),
    Aggregate(Aggregate),
}

#[derive(Clone, Copy)]
struct Int {
    c: &'static str,
    /// Bits on every target that has it.
    width: u32,
    signed: bool,
}

#[derive(Clone)]
struct Enum {
    tag: String,
    cases: Vec<(String, i128)>,
    /// Of a value.
    bits: u32,
    flags: bool,
}

#[derive(Clone)]
struct Aggregate {
    union: bool,
    /// `struct s1`; nothing where the type has no tag.
    tag: Option<String>,
    members: Vec<Member>,
    attributes: &'static str,
}

#[derive(Clone)]
struct Member {
    /// Nothing for unnamed structs, unions and bits.
    name: Option<String>,
    ty: Ty,
    dimensions: Vec<u32>,
    bits: Option<u32>,
    attributes: &'static str,
}
