//! Generates code for numbers that a relocated plan stores in another type than that of their value. A number must fit
//! into both types.

use super::code::{Address, Code};
use super::number::{Bits, load_wide, store, store_low};
use super::{Generator, Place, message};
use crate::plan::{BaseType, StoredNumber};

/// Expressions for the two halves of a number of 128 bits, and whether it is signed.
pub(super) struct Halves {
    pub low: String,
    pub high: String,
    pub signed: bool,
}

impl Halves {
    /// Returns the halves of a number of 64 bits that is extended to 128 bits. `low` is an expression for the number.
    pub fn of(low: String, signed: bool) -> Halves {
        let high = match signed {
            true => format!("(i64.shr_s {low} (i64.const 63))"),
            false => "(i64.const 0)".to_owned(),
        };
        Halves { low, high, signed }
    }
}

impl Generator<'_> {
    /// Adds code that reads a stored number. The code fails if the number does not fit into the type of its value.
    pub(super) fn read_stored(
        &mut self,
        code: &mut Code,
        number: StoredNumber,
        from: &Place,
        to: &Address,
    ) {
        self.note_width(number);
        let stored = self.bits_of(number.stored, from);
        self.need_bits(code, from, &stored);
        if let (BaseType::Float { bytes: value }, BaseType::Float { bytes }) =
            (number.value, number.stored)
        {
            let load = self.numbers.load(&stored.at, bytes);
            match (value, bytes) {
                (8, 4) => {
                    let float = format!("(f64.promote_f32 (f32.reinterpret_i32 {load}))");
                    code.line(&format!("({} {float})", to.access("f64.store")));
                }
                (4, 8) => {
                    let float = code.local("float", "f64");
                    code.set(&float, &format!("(f64.reinterpret_i64 {load})"));
                    self.check_exact(code, &float, &stored.at);
                    let float = format!("(f32.demote_f64 (local.get {float}))");
                    code.line(&format!("({} {float})", to.access("f32.store")));
                }
                _ => code.line(&store(to, value, &load)),
            }
            return;
        }
        let halves = self.halves(number.stored, &stored);
        let (low, high) = (code.local("low", "i64"), code.local("high", "i64"));
        code.set(&low, &halves.low);
        code.set(&high, &halves.high);
        let halves = Halves {
            low: format!("(local.get {low})"),
            high: format!("(local.get {high})"),
            signed: halves.signed,
        };
        let (bytes, signed) = size_and_sign(number.value);
        let fits = self.fits(&halves, 8 * bytes, signed, &stored.at);
        code.fail_if(&fits);
        match number.value {
            BaseType::Wide { .. } => {
                code.line(&store(to, 8, &halves.low));
                code.line(&store(&to.plus(8), 8, &halves.high));
            }
            _ => code.line(&store_low(to, bytes, &halves.low)),
        }
    }

    /// Adds code that writes a value as a stored number. The code fails if the value does not fit.
    pub(super) fn write_stored(
        &mut self,
        code: &mut Code,
        number: StoredNumber,
        from: &Address,
        to: &Place,
    ) {
        self.note_width(number);
        let bits = self.bits_of(number.stored, to);
        if let (BaseType::Float { bytes: value }, BaseType::Float { bytes }) =
            (number.value, number.stored)
        {
            let bytes = match (value, bytes) {
                (4, 8) => format!(
                    "(i64.reinterpret_f64 (f64.promote_f32 ({})))",
                    from.access("f32.load")
                ),
                (8, 4) => {
                    let float = code.local("float", "f64");
                    code.set(&float, &format!("({})", from.access("f64.load")));
                    self.check_exact(code, &float, &bits.at);
                    format!(
                        "(i64.extend_i32_u (i32.reinterpret_f32 (f32.demote_f64 (local.get {float}))))"
                    )
                }
                _ => load_wide(from, value, false),
            };
            self.put(code, &bits, &bytes);
            return;
        }
        let (bytes, signed) = size_and_sign(number.value);
        let halves = match number.value {
            BaseType::Wide { .. } => Halves {
                low: load_wide(from, 8, false),
                high: load_wide(&from.plus(8), 8, false),
                signed,
            },
            _ => Halves::of(load_wide(from, bytes, signed), signed),
        };
        let (_, into_signed) = size_and_sign(number.stored);
        let fits = self.fits(&halves, bits.width, into_signed, &bits.at);
        code.fail_if(&fits);
        self.put_wide(code, &bits, &halves.low, &halves.high);
    }

    /// Adds a check that a double has exactly the same value as a float of 4 bytes. Every NaN is accepted.
    fn check_exact(&mut self, code: &mut Code, float: &str, at: &Address) {
        let text = self.module.message(&message::inexact());
        let value = format!("(local.get {float})");
        let narrow = format!("(f64.promote_f32 (f32.demote_f64 {value}))");
        code.fail_if(&format!(
            "(if (result i32) (i32.and (f64.ne {narrow} {value}) (f64.eq {value} {value})) \
             (then (call $raise (i32.const {text}) {})) (else (i32.const 0)))",
            at.expr()
        ));
    }

    /// Notes that messages may contain numbers of more than 64 bits, if this number may have more.
    fn note_width(&mut self, number: StoredNumber) {
        let is_wide = |ty| matches!(ty, BaseType::Wide { .. });
        self.module.wide |= is_wide(number.value) || is_wide(number.stored);
    }

    /// Returns the position and width of a stored number.
    fn bits_of(&self, stored: BaseType, place: &Place) -> Bits {
        let bytes = match stored {
            BaseType::Float { bytes } => bytes,
            stored => size_and_sign(stored).0,
        };
        place.bits(8 * bytes)
    }

    /// Returns expressions for the two halves of a stored number.
    fn halves(&self, stored: BaseType, bits: &Bits) -> Halves {
        let (_, signed) = size_and_sign(stored);
        let numbers = self.numbers;
        if bits.width <= 64 {
            return match signed {
                true => Halves::of(numbers.signed(bits), true),
                false => Halves::of(numbers.unsigned(bits), false),
            };
        }
        let (low, high) = bits.halves(self.plan.endian);
        Halves {
            low: numbers.unsigned(&low),
            high: match signed {
                true => numbers.signed(&high),
                false => numbers.unsigned(&high),
            },
            signed,
        }
    }

    /// Returns an expression that checks that a number fits into `width` bits, as a signed number if `signed` is true.
    /// If the number does not fit, the expression records the problem and is 1, otherwise it is 0.
    pub(super) fn fits(
        &mut self,
        number: &Halves,
        width: u8,
        signed: bool,
        at: &Address,
    ) -> String {
        let text = self.module.message(&message::out_of_range(width, signed));
        let (low, high, at) = (&number.low, &number.high, at.expr());
        let call = |function: &str| {
            format!("(call {function} {low} {high} (i32.const {width}) (i32.const {text}) {at})")
        };
        match (number.signed, signed) {
            (true, true) => call("$fits-signed"),
            (false, false) => call("$fits-unsigned"),
            (true, false) => format!(
                "(if (result i32) (i64.lt_s {high} (i64.const 0)) \
                 (then (call $raise-number (i32.const {text}) {at} {low} {high})) (else {}))",
                call("$fits-unsigned")
            ),
            // A nonnegative number fits into a signed number of `width` bits if it fits into an unsigned number of one
            // bit less.
            (false, true) => format!(
                "(call $fits-unsigned {low} {high} (i32.const {}) (i32.const {text}) {at})",
                width.saturating_sub(1)
            ),
        }
    }
}

/// Returns the size of an integer type in bytes, and whether it is signed.
fn size_and_sign(integer: BaseType) -> (u8, bool) {
    match integer {
        BaseType::Int { bytes, signed } => (bytes, signed),
        BaseType::Wide { signed } => (16, signed),
        _ => (8, false),
    }
}
