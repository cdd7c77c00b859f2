//! The values for the members of one C type, and the expected results.

use crate::expect::Expect;

/// A C type, and values for it.
pub struct Sample {
    /// The C name of the type.
    pub c: String,
    /// The name by which the decoder is requested.
    pub label: String,
    pub rounds: Vec<Round>,
    /// The arm choices for the unions in the type.
    pub choices: &'static [&'static str],
}

/// One value of a type, and the result that is expected from the decoder.
#[derive(Default)]
pub struct Round {
    pub assignments: Vec<Assignment>,
    /// The C path of the flexible array that was filled. `None` if no such array was filled.
    pub flexible: Option<String>,
    /// For each union, in the order in which unions are read: the position of the active arm, and whether the decoder
    /// asks for it.
    pub arms: Vec<(usize, bool)>,
    pub expected: Option<Expect>,
    /// Whether bytes after the NUL of a text are not zero. The encoder would not write such bytes.
    pub garbage: bool,
    /// Whether the program first sets the whole value to zero. Otherwise members without an assignment keep the bytes
    /// that the memory had before.
    pub cleared: bool,
}

/// The assignment of a value to a scalar.
pub struct Assignment {
    /// The C expression for the member, without the name of the variable before it, such as `.list[2].low`.
    pub path: String,
    /// The index of the assigned byte in the member, if C has no name for this part. `None` for the whole member.
    pub byte: Option<u32>,
    pub value: String,
}

/// The bytes of a type after the values of a round were written over zeros. If a C program writes them, it also writes
/// them over bits that are all 1. Bits that differ in `zeros` and `ones` are padding.
pub struct Bytes {
    pub zeros: Vec<u8>,
    pub ones: Option<Vec<u8>>,
}
