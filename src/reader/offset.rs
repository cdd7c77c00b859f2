//! Computes offsets in the bytes of a type, as expressions of generated Rust code.

use crate::plan::NodeField;

/// The place of a value in the bytes that a function takes, or in the zeros that stand for a missing member.
#[derive(Clone, Debug)]
pub(super) struct OffsetExpr {
    /// The name of the variable from which the value is read. It is `bytes`, or `zeros` for a member that the target
    /// lacks. Values are written to the variable `out` instead.
    pub source: &'static str,
    /// The offset in bytes, as an expression.
    pub byte: String,
    /// For a bitfield, the number of bits in the byte at `byte` that precede the field, and the width of the field in
    /// bits. `None` if the value is not a bitfield.
    pub bits: Option<(u8, u8)>,
    /// An expression that is true if a flexible array at this offset takes all remaining bytes.
    pub last: &'static str,
}

impl OffsetExpr {
    /// Returns the offset of a field.
    pub fn of(field: &NodeField, flexible: bool) -> OffsetExpr {
        let first = (field.bit_offset % 8) as u8;
        OffsetExpr {
            source: if field.missing { "zeros" } else { "bytes" },
            byte: (field.bit_offset / 8).to_string(),
            bits: (field.bits > 0).then_some((first, field.bits)),
            last: if flexible && field.last {
                "last"
            } else {
                "false"
            },
        }
    }

    pub fn start(flexible: bool) -> OffsetExpr {
        OffsetExpr {
            source: "bytes",
            byte: "0".to_owned(),
            bits: None,
            last: if flexible { "last" } else { "false" },
        }
    }

    /// Returns expressions for the offsets in bytes of the low and the high half of a number of 16 bytes.
    pub fn halves(&self, big: bool) -> (String, String) {
        let second = match self.byte.parse::<u64>() {
            Ok(byte) => (byte + 8).to_string(),
            Err(_) => format!("{} + 8", self.byte),
        };
        match big {
            true => (second, self.byte.clone()),
            false => (self.byte.clone(), second),
        }
    }

    /// Returns the offset of an element of an array. `stride` is the size of an element in bytes.
    pub fn element(&self, index: &str, stride: u64) -> OffsetExpr {
        OffsetExpr {
            byte: match self.byte.as_str() {
                "0" => format!("{index} * {stride}"),
                at => format!("{at} + {index} * {stride}"),
            },
            bits: None,
            last: "false",
            ..*self
        }
    }
}
