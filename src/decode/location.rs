//! Defines the location of a value within a record.

use crate::plan::{NodeField, Tag};

/// The location of a value in the record that is read or written.
#[derive(Clone, Copy)]
pub(super) struct Location {
    /// The offset in bits from the start of the record.
    pub at: u64,
    /// The width in bits of a bitfield or a tag. For other values, 0: their type has the width.
    pub width: u8,
    /// Whether nothing in the record begins after the value. If so, a flexible array at the end of the value takes all
    /// remaining bytes.
    pub last: bool,
    /// Whether a target BTF lacks the value. If so, the value is read as zero and not written, and `at` is the start of
    /// the struct or union that lacks the value. The same holds for all values inside this value.
    pub missing: bool,
}

impl Location {
    /// The location of the whole record.
    pub const RECORD: Location = Location {
        at: 0,
        width: 0,
        last: true,
        missing: false,
    };

    /// Returns the offset of the first byte from the start of the record.
    pub fn byte(self) -> u64 {
        self.at / 8
    }

    /// Returns the number of bits in the first byte that are before the value.
    pub fn first_bit(self) -> u8 {
        (self.at % 8) as u8
    }

    /// Returns the width in bits of a number at this location: `width`, or `8 * bytes` if `width` is 0.
    pub fn width_of(self, bytes: u8) -> u8 {
        match self.width {
            0 => 8 * bytes,
            width => width,
        }
    }

    /// Returns the location of an element of the array at this location. `stride` is the distance between two elements
    /// in bytes.
    pub fn element(self, index: u64, stride: u64) -> Location {
        let at = self.at + 8 * index * stride;
        Location {
            at: if self.missing { self.at } else { at },
            width: 0,
            last: false,
            ..self
        }
    }

    /// Returns the location of a field of the value at this location.
    pub fn field(self, field: &NodeField) -> Location {
        let missing = self.missing || field.missing;
        let at = self.at + u64::from(field.bit_offset);
        Location {
            at: if missing { self.at } else { at },
            width: field.bits,
            last: self.last && field.last,
            missing,
        }
    }

    /// Returns the location of the number that selects the arm of the union at this location. `enclosing` has the
    /// locations of the nodes that enclose the union, innermost first.
    pub fn tag(self, tag: &Tag, mut enclosing: impl Iterator<Item = Location>) -> Location {
        let start = match tag.level.checked_sub(1) {
            None => Some(self),
            Some(skipped) => enclosing.nth(skipped),
        };
        let start = start.unwrap_or(self);
        let at = start.at + tag.bit_offset;
        Location {
            at: if start.missing { start.at } else { at },
            width: tag.width,
            last: false,
            missing: start.missing,
        }
    }
}
