//! Where a value is in a record.

use crate::plan::{NodeField, Tag};

/// The location of a value in a record that is read or written.
#[derive(Clone, Copy)]
pub(super) struct Location {
    /// Bits from the start of the record.
    pub at: u64,
    /// Width in bits; 0 if the value is not a bitfield.
    pub width: u8,
    /// Whether the value ends the record, so that a flexible array has all remaining bytes.
    pub last: bool,
    /// Whether no bytes stand for the value, since the target lacks it: it reads as zero. `at` is then the start of the
    /// struct or union that lacks it, also of what the value holds.
    pub zero: bool,
}

impl Location {
    /// The location of the whole record.
    pub const RECORD: Location = Location {
        at: 0,
        width: 0,
        last: true,
        zero: false,
    };

    /// Returns the offset in bytes.
    pub fn byte(self) -> u64 {
        self.at / 8
    }

    /// Returns the offset in bits within the first byte.
    pub fn first_bit(self) -> u8 {
        (self.at % 8) as u8
    }

    /// Returns the width in bits of a number here: that of the bitfield, or else that of `bytes` bytes.
    pub fn width_of(self, bytes: u8) -> u8 {
        match self.width {
            0 => 8 * bytes,
            width => width,
        }
    }

    /// Returns the location of an element of the array that lies here. `stride` is the size of an
    /// element in bytes.
    pub fn element(self, index: u64, stride: u64) -> Location {
        let at = self.at + 8 * index * stride;
        Location {
            at: if self.zero { self.at } else { at },
            width: 0,
            last: false,
            ..self
        }
    }

    /// Returns the location of a field of the value that lies here.
    pub fn field(self, field: &NodeField) -> Location {
        let zero = self.zero || field.missing;
        let at = self.at + u64::from(field.bit_offset);
        Location {
            at: if zero { self.at } else { at },
            width: field.bits,
            last: self.last && field.last,
            zero,
        }
    }

    /// Returns the location of the number that selects the arm of the union that lies here. `outwards`
    /// yields the locations of the nodes around the union, the innermost first.
    pub fn tag(self, tag: &Tag, mut outwards: impl Iterator<Item = Location>) -> Location {
        let start = match tag.level.checked_sub(1) {
            None => Some(self),
            Some(skipped) => outwards.nth(skipped),
        };
        let start = start.unwrap_or(self);
        let at = start.at + tag.bit_offset;
        Location {
            at: if start.zero { start.at } else { at },
            width: tag.width,
            last: false,
            zero: start.zero,
        }
    }
}
