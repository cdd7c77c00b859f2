//! Generates code for enums and flags: functions that convert them from and to their numbers, and expressions for these
//! numbers.

use super::offset::OffsetExpr;
use super::rust::{camel, shouty};
use super::{Generator, integer};
use crate::plan::bits::low_mask;
use crate::plan::{BaseType, CaseEntry, CaseTable, NodeKind};

impl<'a> Generator<'a> {
    pub(super) fn cases(&self, base: BaseType) -> Option<&'a CaseTable> {
        match &self.plan.node(base.node()?)?.kind {
            NodeKind::Enum(cases) | NodeKind::Flags(cases) => Some(cases),
            _ => None,
        }
    }

    pub(super) fn get_enum(&mut self, cases: &CaseTable, ty: &str, suffix: &str) {
        self.get_number_head(ty, suffix);
        self.line(2, "match number {");
        // In a target, two cases may have the same number. A value with that number is then read as the first of these
        // cases. No value is read as a case that the target lacks.
        let is_found =
            |case: &&CaseEntry| cases.find(case.value).map(|own| &own.label) == Some(&case.label);
        for case in cases.cases.iter().filter(is_found) {
            let line = format!(
                "{} => ::core::result::Result::Ok({ty}::{}),",
                case.value,
                camel(&case.label)
            );
            self.line(3, &line);
        }
        let number = match cases.signed {
            true => format!("number as {} as i128", integer(cases.size, true)),
            false => "number as i128".to_owned(),
        };
        let line = format!(
            "number => ::core::result::Result::Err(super::__support::no_case({number}, place)),"
        );
        self.line(3, &line);
        self.line(2, "}");
        self.line(1, "}");
    }

    pub(super) fn get_flags(&mut self, cases: &CaseTable, ty: &str, suffix: &str) {
        self.get_number_head(ty, suffix);
        let all = cases.cases.iter().fold(0, |all, case| all | case.value);
        self.line(2, &format!("let rest = number & !{all:#x};"));
        self.line(2, "if rest != 0 {");
        let line = "return ::core::result::Result::Err(super::__support::no_label(rest, place));";
        self.line(3, line);
        self.line(2, "}");
        self.line(2, &format!("let mut flags = {ty}::empty();"));
        for case in cases.cases.iter().filter(|case| !case.absent) {
            self.line(2, &format!("if number & {:#x} != 0 {{", case.value));
            self.line(3, &format!("flags |= {ty}::{};", shouty(&case.label)));
            self.line(2, "}");
        }
        self.line(2, "::core::result::Result::Ok(flags)");
        self.line(1, "}");
    }

    /// Writes the head of the function that converts a number to an enum or flags.
    fn get_number_head(&mut self, ty: &str, suffix: &str) {
        self.line(0, "");
        let head = format!(
            "pub(super) fn from{suffix}(number: u64, place: &'static str) -> \
             ::core::result::Result<{ty}, super::ReadError> {{"
        );
        self.line(1, &head);
    }

    /// Returns the expression that reads the number of an enum or flags. It gives a `u64` with the bits of the enum's
    /// size.
    pub(super) fn number(&self, cases: &CaseTable, at: &OffsetExpr) -> String {
        let big = self.is_big();
        match at.bits {
            None => {
                let (order, int) = (self.order(), integer(cases.size, false));
                format!(
                    "{int}::from_{order}_bytes(super::__support::take({}, {})) as u64",
                    at.source, at.byte
                )
            }
            Some((first, width)) => {
                let read = if cases.signed { "signed" } else { "bits" };
                if let Some(bits) = self.negative(cases, width, at, first) {
                    return bits;
                }
                format!(
                    "super::__support::{read}::<{big}>({}, {}, {first}, {width}) as u64 & {:#x}",
                    at.source,
                    at.byte,
                    cases.mask()
                )
            }
        }
    }

    /// Returns the expression for the number in a bitfield, if BTF says that the enum is unsigned although it has
    /// negative cases. The bits stand for a negative case if they are the low bits of that case and no case has
    /// exactly these bits as its number. Returns `None` if no bits stand for a negative case.
    fn negative(&self, cases: &CaseTable, width: u8, at: &OffsetExpr, first: u8) -> Option<String> {
        let low = low_mask(width);
        let negative = cases
            .negative(width)
            .filter(|value| cases.find(value & low).is_none());
        let arms: Vec<String> = negative
            .map(|value| format!("{} => {value}", value & low))
            .collect();
        let (big, source, byte) = (self.is_big(), at.source, &at.byte);
        (!arms.is_empty()).then(|| {
            format!(
                "match super::__support::bits::<{big}>({source}, {byte}, {first}, {width}) as u64 {{ {}, bits => bits }}",
                arms.join(", ")
            )
        })
    }

    pub(super) fn put_enum(&mut self, cases: &CaseTable, ty: &str, suffix: &str) {
        self.number_head(ty, suffix);
        self.line(2, "match value {");
        for case in &cases.cases {
            let number = number_of(cases, case);
            self.line(3, &format!("{ty}::{} => {number},", camel(&case.label)));
        }
        self.line(2, "}");
        self.line(1, "}");
    }

    pub(super) fn put_flags(&mut self, cases: &CaseTable, ty: &str, suffix: &str) {
        self.number_head(ty, suffix);
        self.line(2, "let mut number = 0;");
        for case in &cases.cases {
            self.line(
                2,
                &format!("if value.contains({ty}::{}) {{", shouty(&case.label)),
            );
            self.line(3, &format!("number |= {};", number_of(cases, case)));
            self.line(2, "}");
        }
        self.line(2, "number");
        self.line(1, "}");
    }

    fn number_head(&mut self, ty: &str, suffix: &str) {
        self.line(0, "");
        let head = format!("pub(super) fn number{suffix}(value: &{ty}) -> i128 {{");
        self.line(1, &head);
    }

    /// Returns the statement that writes the number of an enum or of flags.
    pub(super) fn put_number(
        &self,
        cases: &CaseTable,
        at: &OffsetExpr,
        number: String,
        place: &str,
    ) -> String {
        // `put_bits` checks the width of a number, so it rejects the number that stands for an absent case.
        let whole = cases.cases.iter().any(|case| case.absent);
        let whole = whole.then_some((0, 8 * cases.size));
        let Some(bits) = at.bits.or(whole) else {
            let (order, int) = (self.order(), integer(cases.size, false));
            let bytes = format!("&({number} as {int}).to_{order}_bytes()");
            return format!("super::__support::put(out, {}, {bytes});", at.byte);
        };
        // If BTF says that an enum is unsigned although it has negative cases, the number of such a case has more bits
        // than the bitfield. This number is cut to the width of the bitfield.
        let negative: Vec<String> = cases
            .negative(bits.1)
            .map(|value| format!("{value} => {}", value & low_mask(bits.1)))
            .collect();
        let number = match negative.is_empty() {
            true => number,
            false => format!(
                "(match {number} {{ {}, number => number }})",
                negative.join(", ")
            ),
        };
        self.put_bits(at, bits, cases.signed, &number, place)
    }
}

/// Returns the expression for the number of a case. For an absent case, this is a number that no enum can have, so
/// writing it fails.
fn number_of(cases: &CaseTable, case: &CaseEntry) -> String {
    match case.absent {
        true => "i128::MIN".to_owned(),
        false => cases.number(case.value).to_string(),
    }
}
