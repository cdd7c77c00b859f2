//! Which arm of a union holds, as the caller chose it: always the same, or the one that a number in the
//! bytes selects. Plain data for everyone who reads or writes by a plan; `choose` makes it from text.

use super::bits;

/// What was chosen for a union.
#[derive(Clone, Debug)]
pub(crate) enum ArmChoice {
    /// The position of an arm.
    Always(usize),
    /// A number selects the arm.
    By(Tag),
}

/// A number that selects the arm of a union. It is known by its place in the bytes, so that it may be
/// read before or after the union, or inside it.
#[derive(Clone, Debug)]
pub(crate) struct Tag {
    /// What the caller called it.
    pub name: String,
    /// Which node the place counts from: the union itself at 0, the node that holds it at 1, and so on
    /// outwards.
    pub level: usize,
    /// Bits from the start of that node.
    pub bit_offset: u64,
    /// Width in bits, at most 128.
    pub width: u8,
    pub kind: TagKind,
    /// The bits of a value, and the position of the arm that it selects.
    pub values: Vec<(u128, usize)>,
    /// The arm of all other values.
    pub others: Option<usize>,
}

/// How the bits of a tag are a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TagKind {
    /// 1 where any bit is set.
    Bool,
    Signed,
    Unsigned,
}

impl Tag {
    /// The position of the arm that the bits of the tag select.
    pub fn arm(&self, bits: u128) -> Option<usize> {
        let bits = match self.kind {
            TagKind::Bool => u128::from(bits != 0),
            TagKind::Signed | TagKind::Unsigned => bits,
        };
        let own = self.values.iter().find(|(own, _)| *own == bits);
        own.map(|(_, arm)| *arm).or(self.others)
    }

    /// The positions of the arms that it may select.
    pub fn arms(&self) -> impl Iterator<Item = usize> {
        let values = self.values.iter().map(|(_, arm)| *arm);
        values.chain(self.others)
    }

    /// The number that the bits are, for messages.
    pub fn number(&self, bits: u128) -> i128 {
        match self.kind {
            TagKind::Bool => i128::from(bits != 0),
            TagKind::Signed => bits::signed(bits, self.width),
            TagKind::Unsigned => i128::try_from(bits).unwrap_or(i128::MAX),
        }
    }
}
