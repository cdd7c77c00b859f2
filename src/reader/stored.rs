//! Generates code that only relocated plans need: for numbers that the target stores in another type than that of the
//! value, and for members that the target lacks.

use super::offset::OffsetExpr;
use super::{Generator, integer};
use crate::plan::{BaseType, NodeField, StoredNumber};

impl Generator<'_> {
    /// Returns the expression for the value of a member. If the target lacks the member, puts `value` into a block that
    /// defines the variable `zeros`, from which `value` reads. Otherwise returns `value` unchanged.
    pub(super) fn with_zeros(&self, field: &NodeField, value: String) -> String {
        let Some(ty) = field.ty.as_ref().filter(|_| field.missing) else {
            return value;
        };
        let bits = u64::from(field.bits).div_ceil(8);
        let size = self.plan.size_of(ty).max(bits);
        format!("{{ let zeros: &[u8; {size}] = &[0; {size}]; {value} }}")
    }

    /// Returns the expression that reads a stored number.
    pub(super) fn stored(&self, number: StoredNumber, at: &OffsetExpr, place: &str) -> String {
        let stored = self.scalar(number.stored, at);
        let fit = |number: &str| format!("super::__support::fit({number}, {place})?");
        match (number.value, number.stored) {
            (BaseType::Float { bytes: 8 }, _) => format!("f64::from({stored})"),
            (BaseType::Float { .. }, _) => format!("super::__support::narrow({stored}, {place})?"),
            (value, BaseType::Wide { signed }) => {
                let number = "super::__support::wide(low, high as u64)";
                let number = match signed {
                    true => format!("{number} as i128"),
                    false => number.to_owned(),
                };
                let fitted = halved(value, &fit(&number));
                format!("{{ let (low, high) = {stored}; {fitted} }}")
            }
            (value, _) => halved(value, &fit(&stored)),
        }
    }

    /// Returns the statement that writes a stored number.
    pub(super) fn put_stored(
        &self,
        number: StoredNumber,
        at: &OffsetExpr,
        value: &str,
        place: &str,
    ) -> String {
        let (order, byte) = (self.order(), &at.byte);
        let put = |float: &str| {
            format!("super::__support::put(out, {byte}, &{float}.to_{order}_bytes());")
        };
        let (bytes, signed) = match number.stored {
            BaseType::Int { bytes, signed } => (bytes, signed),
            BaseType::Wide { signed } => (16, signed),
            BaseType::Float { bytes: 8 } => return put(&format!("f64::from({value})")),
            _ => return put(&format!("super::__support::narrowed({value}, {place})?")),
        };
        let (first, width) = at.bits.unwrap_or((0, 8 * bytes));
        let number = match number.value {
            BaseType::Wide { signed: false } => {
                format!("super::__support::wide({value}.0, {value}.1)")
            }
            BaseType::Wide { .. } => {
                format!("super::__support::wide({value}.0, {value}.1 as u64) as i128")
            }
            _ => value.to_owned(),
        };
        format!(
            "super::__support::put_number::<{}, {signed}>(out, {byte}, ({first}, {width}), {number}, {place})?;",
            self.is_big()
        )
    }
}

/// Returns the expression for an integer in the form that the bindings have. An integer of 16 bytes is a tuple in
/// bindings.
fn halved(value: BaseType, fitted: &str) -> String {
    match value {
        BaseType::Wide { signed: false } => {
            format!("{{ let wide: u128 = {fitted}; super::__support::halves(wide) }}")
        }
        BaseType::Wide { .. } => format!(
            "{{ let wide: i128 = {fitted}; let (low, high) = super::__support::halves(wide as u128); (low, high as i64) }}"
        ),
        BaseType::Int { bytes, signed } => {
            format!(
                "{{ let number: {} = {fitted}; number }}",
                integer(bytes, signed)
            )
        }
        _ => fitted.to_owned(),
    }
}
