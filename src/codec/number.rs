//! Generates expressions that read and write numbers of whole bytes and bitfields, in the byte order of the plan.

use super::code::{Address, Code};
use super::{Generator, Place};
use crate::btf::Endian;
use crate::plan::BaseType;

/// The position and width of a number in memory.
#[derive(Clone, Debug)]
pub(super) struct Bits {
    pub at: Address,
    /// The number of bits in the first byte that come before the number.
    pub first: u8,
    /// The width in bits, at most 128.
    pub width: u8,
}

impl Bits {
    /// Returns the size in bytes if the bits are whole bytes that one instruction can load. Otherwise returns `None`.
    pub fn whole(&self) -> Option<u8> {
        match (self.first, self.width) {
            (0, width @ (8 | 16 | 32 | 64)) => Some(width / 8),
            _ => None,
        }
    }

    /// Returns the number of bytes that the bits touch.
    pub fn span(&self) -> u64 {
        (u64::from(self.first) + u64::from(self.width)).div_ceil(8)
    }

    /// Returns the position and width of the low and the high half of a number. The low half has 64 bits, and the high
    /// half the rest. The number must have more than 64 bits.
    pub fn halves(&self, endian: Endian) -> (Bits, Bits) {
        let high = self.width - 64;
        let part = |skipped: u8, width| {
            let bit = u64::from(self.first) + u64::from(skipped);
            Bits {
                at: self.at.plus(bit / 8),
                first: (bit % 8) as u8,
                width,
            }
        };
        match endian {
            Endian::Little => (part(0, 64), part(64, high)),
            Endian::Big => (part(high, 64), part(0, high)),
        }
    }
}

/// Generates code that reads and writes numbers of one byte order.
#[derive(Clone, Copy)]
pub(super) struct Numbers {
    pub endian: Endian,
}

impl Numbers {
    /// Returns an expression that loads a number. The result is a zero-extended `i32` for 1, 2 or 4 bytes, and an `i64`
    /// for 8 bytes.
    pub fn load(self, at: &Address, bytes: u8) -> String {
        let load = |instruction| format!("({})", at.access(instruction));
        let swapped = |number: String| match self.endian {
            Endian::Little => number,
            Endian::Big => format!("(call $swap{bytes} {number})"),
        };
        match bytes {
            1 => load("i32.load8_u"),
            2 => swapped(load("i32.load16_u")),
            4 => swapped(load("i32.load")),
            _ => swapped(load("i64.load")),
        }
    }

    /// Returns the statement that stores a number of the type that `load` returns.
    pub fn store(self, at: &Address, bytes: u8, number: &str) -> String {
        match (self.endian, bytes) {
            (Endian::Little, _) | (_, 1) => store(at, bytes, number),
            (Endian::Big, _) => store(at, bytes, &format!("(call $swap{bytes} {number})")),
        }
    }

    /// Returns an expression that loads at most 64 bits as a zero-extended `i64`.
    pub fn unsigned(self, bits: &Bits) -> String {
        match bits.whole() {
            Some(8) => self.load(&bits.at, 8),
            Some(bytes) => format!("(i64.extend_i32_u {})", self.load(&bits.at, bytes)),
            None => format!(
                "(call $bits {} (i32.const {}) (i32.const {}))",
                bits.at.expr(),
                bits.first,
                bits.width
            ),
        }
    }

    /// Returns an expression that loads at most 64 bits as a sign-extended `i64`.
    pub fn signed(self, bits: &Bits) -> String {
        extended(&self.unsigned(bits), bits.width)
    }

    /// Adds code that stores a number of at most 64 bits.
    pub fn put(self, code: &mut Code, bits: &Bits, number: &str) {
        let line = match bits.whole() {
            Some(8) => self.store(&bits.at, 8, number),
            Some(bytes) => self.store(&bits.at, bytes, &format!("(i32.wrap_i64 {number})")),
            None => format!(
                "(call $put-bits {} (i32.const {}) (i32.const {}) {number})",
                bits.at.expr(),
                bits.first,
                bits.width
            ),
        };
        code.line(&line);
    }
}

impl Generator<'_> {
    /// Adds code that reads a C number and stores it as the canonical ABI requires.
    pub(super) fn read_number(
        &mut self,
        code: &mut Code,
        base: BaseType,
        from: &Place,
        to: &Address,
    ) {
        let bytes = match base {
            BaseType::Bool { bytes } | BaseType::Int { bytes, .. } | BaseType::Float { bytes } => {
                bytes
            }
            _ => 16,
        };
        self.need_number(code, from, bytes);
        let bits = from.bits(8 * bytes);
        match (from.width, bits.whole()) {
            (0, Some(size)) => self.read_whole(code, base, &bits.at, size, to),
            _ => self.read_bits(code, base, bits, to),
        }
    }

    /// Adds code that reads a number that one instruction can load.
    fn read_whole(&self, code: &mut Code, base: BaseType, at: &Address, size: u8, to: &Address) {
        let number = self.numbers.load(at, size);
        let line = match (base, size) {
            (BaseType::Bool { .. }, 8) => store(to, 1, &format!("(i64.ne {number} (i64.const 0))")),
            (BaseType::Bool { .. }, _) => store(to, 1, &format!("(i32.ne {number} (i32.const 0))")),
            _ => store(to, size, &number),
        };
        code.line(&line);
    }

    fn read_bits(&self, code: &mut Code, base: BaseType, bits: Bits, to: &Address) {
        let numbers = self.numbers;
        let (low, high) = match bits.width {
            0..=64 => (bits, None),
            _ => {
                let (low, high) = bits.halves(self.plan.endian);
                (low, Some(high))
            }
        };
        match base {
            BaseType::Bool { .. } => {
                let mut any = numbers.unsigned(&low);
                if let Some(high) = &high {
                    any = format!("(i64.or {any} {})", numbers.unsigned(high));
                }
                code.line(&store(to, 1, &format!("(i64.ne {any} (i64.const 0))")));
            }
            BaseType::Wide { signed } => self.read_wide(code, &low, high.as_ref(), signed, to),
            BaseType::Int {
                bytes,
                signed: true,
            } => {
                code.line(&store_low(to, bytes, &numbers.signed(&low)));
            }
            BaseType::Int { bytes, .. } | BaseType::Float { bytes } => {
                code.line(&store_low(to, bytes, &numbers.unsigned(&low)));
            }
            BaseType::Text { .. } | BaseType::Node(_) => {}
        }
    }

    /// Adds code that reads a number of up to 128 bits and stores it as two halves of 64 bits.
    fn read_wide(
        &self,
        code: &mut Code,
        low: &Bits,
        high: Option<&Bits>,
        signed: bool,
        to: &Address,
    ) {
        let numbers = self.numbers;
        let low_half = match (high, signed) {
            (None, true) => numbers.signed(low),
            _ => numbers.unsigned(low),
        };
        code.line(&store(to, 8, &low_half));
        let high_half = match (high, signed) {
            (Some(high), true) => numbers.signed(high),
            (Some(high), false) => numbers.unsigned(high),
            (None, true) => format!("(i64.shr_s {low_half} (i64.const 63))"),
            (None, false) => "(i64.const 0)".to_owned(),
        };
        code.line(&store(&to.plus(8), 8, &high_half));
    }
}

/// Returns an expression that sign-extends the low `width` bits of an `i64`.
pub(super) fn extended(number: &str, width: u8) -> String {
    match 64_u8.saturating_sub(width) {
        0 => number.to_owned(),
        unused => {
            format!("(i64.shr_s (i64.shl {number} (i64.const {unused})) (i64.const {unused}))")
        }
    }
}

/// Returns the statement that stores a number in little-endian order, as the canonical ABI requires.
pub(super) fn store(at: &Address, bytes: u8, number: &str) -> String {
    let instruction = match bytes {
        1 => "i32.store8",
        2 => "i32.store16",
        4 => "i32.store",
        _ => "i64.store",
    };
    format!("({} {number})", at.access(instruction))
}

/// Returns the statement that stores the low `bytes` bytes of an `i64`.
pub(super) fn store_low(at: &Address, bytes: u8, number: &str) -> String {
    let instruction = match bytes {
        1 => "i64.store8",
        2 => "i64.store16",
        4 => "i64.store32",
        _ => "i64.store",
    };
    format!("({} {number})", at.access(instruction))
}

/// Returns an expression that loads a number as an `i64`. In memory, the number has its layout in the canonical ABI.
pub(super) fn load_wide(at: &Address, bytes: u8, signed: bool) -> String {
    let instruction = match (bytes, signed) {
        (1, false) => "i64.load8_u",
        (1, true) => "i64.load8_s",
        (2, false) => "i64.load16_u",
        (2, true) => "i64.load16_s",
        (4, false) => "i64.load32_u",
        (4, true) => "i64.load32_s",
        _ => "i64.load",
    };
    format!("({})", at.access(instruction))
}

/// Returns an expression that loads a number from its layout in the canonical ABI. The result is an `i32` for 1, 2 or
/// 4 bytes, and an `i64` for 8 bytes.
pub(super) fn load(at: &Address, bytes: u8) -> String {
    let instruction = match bytes {
        1 => "i32.load8_u",
        2 => "i32.load16_u",
        4 => "i32.load",
        _ => "i64.load",
    };
    format!("({})", at.access(instruction))
}
