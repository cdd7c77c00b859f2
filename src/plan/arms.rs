//! The caller's choice of a union's arm: always the same one, or the one that a number in the bytes
//! selects.
//!
//! Plain data for all that read or write by a plan. `choose` makes it from text.

use super::bits;

/// The choice for one union.
#[derive(Clone, Debug)]
pub(crate) enum ArmChoice {
    /// The position of an arm.
    Always(usize),
    /// The arm that a number selects.
    By(Tag),
}

/// A number that selects the arm of a union. Its offset identifies it, so that it may stand before, behind
/// or inside the union.
#[derive(Clone, Debug)]
pub(crate) struct Tag {
    /// The path by which the caller named it.
    pub name: String,
    /// The node from which the offset counts: 0 for the union itself, 1 for the node that holds it, and
    /// so on outwards.
    pub level: usize,
    /// Bits from the start of that node.
    pub bit_offset: u64,
    /// Width in bits, at most 128.
    pub width: u8,
    pub kind: TagKind,
    /// Values of the tag as bits, each with the position of the arm that it selects.
    pub values: Vec<(u128, usize)>,
    /// The position of the arm that all other values select.
    pub others: Option<usize>,
}

/// How to interpret the bits of a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TagKind {
    /// 1 if any bit is set.
    Bool,
    Signed,
    Unsigned,
}

impl Tag {
    /// Returns the position of the arm that the bits of the tag select.
    pub fn arm(&self, bits: u128) -> Option<usize> {
        let bits = match self.kind {
            TagKind::Bool => u128::from(bits != 0),
            TagKind::Signed | TagKind::Unsigned => bits,
        };
        let own = self.values.iter().find(|(own, _)| *own == bits);
        own.map(|(_, arm)| *arm).or(self.others)
    }

    /// Returns the positions of the arms that the tag can select.
    pub fn arms(&self) -> impl Iterator<Item = usize> {
        let values = self.values.iter().map(|(_, arm)| *arm);
        values.chain(self.others)
    }

    /// Returns the bits as a number, for messages.
    pub fn number(&self, bits: u128) -> i128 {
        match self.kind {
            TagKind::Bool => i128::from(bits != 0),
            TagKind::Signed => bits::signed(bits, self.width),
            TagKind::Unsigned => i128::try_from(bits).unwrap_or(i128::MAX),
        }
    }
}
