//! Random C structs and values for them. The expected results follow from the values, not from a layout.

mod maker;
mod values;

use fastrand::Rng;

use crate::expect::Dimensions;
use crate::sample::Sample;
use maker::Maker;

/// What a compiler supports and its BTF describes.
#[derive(Clone, Copy)]
pub struct Target {
    /// Whether it has integers of 16 bytes.
    pub wide: bool,
    pub dimensions: Dimensions,
    /// Whether its BTF has floats. pahole writes integers.
    pub floats: bool,
}

/// How many values each struct gets.
const ROUNDS: usize = 3;

/// Makes random structs and values for them.
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
    /// The width in bits, the same on all targets.
    width: u32,
    signed: bool,
}

#[derive(Clone)]
struct Enum {
    tag: String,
    cases: Vec<(String, i128)>,
    /// The size of a value in bits.
    bits: u32,
    flags: bool,
}

#[derive(Clone)]
struct Aggregate {
    union: bool,
    /// The name with the tag, such as `struct s1`, or `None` if it has none.
    tag: Option<String>,
    members: Vec<Member>,
    attributes: &'static str,
}

#[derive(Clone)]
struct Member {
    /// The name, or `None` for unnamed structs, unions and bitfields.
    name: Option<String>,
    ty: Ty,
    dimensions: Vec<u32>,
    bits: Option<u32>,
    attributes: &'static str,
}
