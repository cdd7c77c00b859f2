//! The caller's choice of a union's arm: always the same arm, or the arm that a number in the bytes selects.
//!
//! This is plain data for all code that reads or writes by a plan. `choose` parses it from text.

use super::bits;

/// The choice for one union.
#[derive(Clone, Debug)]
pub(crate) enum ArmChoice {
    /// The arm at this position.
    Always(usize),
    /// The arm that a number in the bytes selects.
    By(Tag),
}

/// A number that selects the arm of a union. It is identified by its offset, so it may come before, after or inside the
/// union.
#[derive(Clone, Debug)]
pub(crate) struct Tag {
    /// The path of the number as the caller wrote it.
    pub name: String,
    /// The node from which the offset counts: 0 for the union itself, 1 for the node that contains the union, 2 for the
    /// one that contains that node, and so on.
    pub level: usize,
    /// The offset in bits from the start of that node.
    pub bit_offset: u64,
    /// The width in bits, at most 128.
    pub width: u8,
    pub kind: TagKind,
    /// Values of the number, as bits, each with the position of the arm that it selects.
    pub values: Vec<(u128, usize)>,
    /// The position of the arm that all other values select.
    pub others: Option<usize>,
}

/// The interpretation of a tag's bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TagKind {
    /// The value is 1 if any bit is set.
    Bool,
    Signed,
    Unsigned,
}

impl Tag {
    /// Returns the position of the arm that a value of the tag selects. `bits` are the tag's bits.
    pub fn arm(&self, bits: u128) -> Option<usize> {
        let bits = match self.kind {
            TagKind::Bool => u128::from(bits != 0),
            TagKind::Signed | TagKind::Unsigned => bits,
        };
        let own = self.values.iter().find(|(own, _)| *own == bits);
        own.map(|(_, arm)| *arm).or(self.others)
    }

    /// Returns the positions of all arms that the tag can select. Some may repeat.
    pub fn arms(&self) -> impl Iterator<Item = usize> {
        let values = self.values.iter().map(|(_, arm)| *arm);
        values.chain(self.others)
    }

    /// Returns the tag's bits as a number, for messages.
    pub fn number(&self, bits: u128) -> i128 {
        match self.kind {
            TagKind::Bool => i128::from(bits != 0),
            TagKind::Signed => bits::signed(bits, self.width),
            TagKind::Unsigned => i128::try_from(bits).unwrap_or(i128::MAX),
        }
    }
}
