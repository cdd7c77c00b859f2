//! Makes random C structs, and values for these structs. The expected results follow from the values, and not from a
//! layout.

mod maker;
mod values;

use fastrand::Rng;

use crate::expect::Dimensions;
use crate::sample::Sample;
use maker::Maker;

/// The features of C that a compiler supports and that its BTF describes.
#[derive(Clone, Copy)]
pub struct Target {
    /// Whether the compiler has integers of 16 bytes.
    pub wide: bool,
    pub dimensions: Dimensions,
    /// Whether the BTF has floats. pahole describes floats as integers.
    pub floats: bool,
}

/// The number of values that each struct gets.
const ROUNDS: usize = 3;

/// Returns the definitions of random structs in C, and values for these structs.
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
enum MemberType {
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
    /// The number of bits that values use on all targets. For `long`, this is the width on 32-bit targets.
    width: u32,
    signed: bool,
}

#[derive(Clone)]
struct Enum {
    tag: String,
    cases: Vec<(String, i128)>,
    /// The number of bits that the largest value needs.
    bits: u32,
    flags: bool,
}

#[derive(Clone)]
struct Aggregate {
    union: bool,
    /// The name with its keyword, such as `struct s1`. `None` if there is no tag.
    tag: Option<String>,
    members: Vec<Member>,
    attributes: &'static str,
}

#[derive(Clone)]
struct Member {
    /// The name. `None` for unnamed structs, unions and bitfields.
    name: Option<String>,
    ty: MemberType,
    dimensions: Vec<u32>,
    bits: Option<u32>,
    attributes: &'static str,
}
