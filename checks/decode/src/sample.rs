//! Values for the members of one C type, and the expected results.

use crate::expect::Expect;

/// A C type, and rounds of values for it.
pub struct Sample {
    /// The C name of the type.
    pub c: String,
    /// The name by which the decoder is requested.
    pub label: String,
    pub rounds: Vec<Round>,
    /// The choices for its unions.
    pub choices: &'static [&'static str],
}

/// One value of a type.
#[derive(Default)]
pub struct Round {
    pub puts: Vec<Put>,
    /// The flexible array that was filled, and how many bytes it adds to the value.
    pub flexible: Option<String>,
    /// The active arms, in the order in which unions are read, and whether the decoder needs to be told
    /// each.
    pub arms: Vec<(usize, bool)>,
    pub expected: Option<Expect>,
    /// Whether text follows a NUL. The encoder would not write it.
    pub garbage: bool,
    /// Whether members that are not set are zero, whatever bytes were there before.
    pub cleared: bool,
}

/// The value of a scalar.
pub struct Put {
    /// The C expression of the member, after the variable: `.list[2].low`.
    pub path: String,
    /// The byte within the member, if C has no name for its parts.
    pub byte: Option<u32>,
    pub value: String,
}

/// The bytes of a round. Its values are written over zeros and, if a program runs, also over ones, which reveals the
/// padding.
pub struct Bytes {
    pub zeros: Vec<u8>,
    pub ones: Option<Vec<u8>>,
}
