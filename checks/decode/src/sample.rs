//! Values that are put into one C type, and what decoding has to say of each.

use crate::expect::Expect;

/// A C type, and rounds of values for it.
pub struct Sample {
    /// What C calls the type.
    pub c: String,
    /// What the decoder is asked for, for each mapping.
    pub label: String,
    pub rounds: Vec<Round>,
    /// What is chosen for its unions, so that nobody is asked.
    pub choices: &'static [&'static str],
}

/// One value of a type.
#[derive(Default)]
pub struct Round {
    pub puts: Vec<Put>,
    /// The flexible array that was filled: the value has so many more bytes.
    pub flexible: Option<String>,
    /// The arms that hold, in the order in which unions are read, and whether the decoder asks for them.
    pub arms: Vec<(usize, bool)>,
    pub expected: Option<Expect>,
    /// Is there text after a NUL, which is not written back?
    pub garbage: bool,
    /// Are members that nothing is put into zero, whatever the program fills the bytes with?
    pub cleared: bool,
}

/// A value for a scalar.
pub struct Put {
    /// The member as C names it from the type on: `.list[2].low`.
    pub path: String,
    /// The byte of it, where C has no name for what lies inside.
    pub byte: Option<u32>,
    pub value: String,
}

/// The bytes of a round: on zeros, and, where a program runs, the same values on ones, by which padding
/// is told.
pub struct Bytes {
    pub zeros: Vec<u8>,
    pub ones: Option<Vec<u8>>,
}
