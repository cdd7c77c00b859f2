//! Defines the caller's choice of a union's arm: always the same arm, or the arm that a number in the bytes selects.
//!
//! The types in this file are plain data for all code that reads or writes bytes by a plan. The module `choose` parses
//! choices from text.

use super::bits;

/// The caller's choice for one union.
#[derive(Clone, Debug)]
pub(crate) enum ArmChoice {
    /// Always the arm at this position.
    Always(usize),
    /// The arm that a number in the bytes selects.
    By(Tag),
}

/// A number that selects the arm of a union. The number is identified by its offset, so it may come before, after or
/// inside the union.
#[derive(Clone, Debug)]
pub(crate) struct Tag {
    /// The path of the number as the caller wrote it.
    pub name: String,
    /// The number of steps outwards from the union to the node from which `bit_offset` counts: 0 for the union itself,
    /// 1 for the node that contains the union, and so on.
    pub level: usize,
    /// The offset in bits from the start of the node that `level` gives.
    pub bit_offset: u64,
    /// The width in bits, at most 128.
    pub width: u8,
    pub kind: TagKind,
    /// The values of the number for which an arm was chosen, as bits, each with the position of its arm.
    pub values: Vec<(u128, usize)>,
    /// The position of the arm that all other values select. `None` if other values select no arm.
    pub others: Option<usize>,
}

/// The way in which the bits of a tag are read as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TagKind {
    /// The number is 1 if any bit is set, otherwise 0.
    Bool,
    Signed,
    Unsigned,
}

impl Tag {
    /// Returns the position of the arm that the bits of a tag select, or `None` if they select none.
    pub fn arm(&self, bits: u128) -> Option<usize> {
        let bits = match self.kind {
            TagKind::Bool => u128::from(bits != 0),
            TagKind::Signed | TagKind::Unsigned => bits,
        };
        let own = self.values.iter().find(|(own, _)| *own == bits);
        own.map(|(_, arm)| *arm).or(self.others)
    }

    /// Returns the positions of all arms that the tag can select. A position may occur more than once.
    pub fn arms(&self) -> impl Iterator<Item = usize> {
        let values = self.values.iter().map(|(_, arm)| *arm);
        values.chain(self.others)
    }

    /// Returns the number that messages show for the bits of a tag.
    pub fn number(&self, bits: u128) -> i128 {
        match self.kind {
            TagKind::Bool => i128::from(bits != 0),
            TagKind::Signed => bits::signed(bits, self.width),
            TagKind::Unsigned => i128::try_from(bits).unwrap_or(i128::MAX),
        }
    }
}
