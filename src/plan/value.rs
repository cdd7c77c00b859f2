//! Parses the values of a number that selects an arm. A value is written as a decimal number, as a hexadecimal number
//! after `0x`, as an enumerator or its label, or as `true` or `false`.

use super::arms::TagKind;
use super::path::PathTarget;
use super::{BaseType, CaseTable, NamedValue, NodeKind, Plan, bits};
use crate::nearest;

/// The type of a number that selects an arm.
pub(super) struct TagType<'p> {
    /// The width in bits, at most 128.
    pub width: u8,
    pub kind: TagKind,
    cases: Option<&'p CaseTable>,
    /// The enumerators of the type if it is an enum that is an integer in WIT. Otherwise empty.
    enumerators: &'p [NamedValue],
}

impl<'p> TagType<'p> {
    /// Returns the type of the number at a place. Returns `None` if it is not the place of a number.
    pub fn of(plan: &'p Plan, target: PathTarget<'p>) -> Option<TagType<'p>> {
        let signed = |signed| {
            if signed {
                TagKind::Signed
            } else {
                TagKind::Unsigned
            }
        };
        let (bytes, kind, cases) = match target.base {
            BaseType::Bool { bytes } => (bytes, TagKind::Bool, None),
            BaseType::Int { bytes, signed: own } => (bytes, signed(own), None),
            BaseType::Wide { signed: own } => (16, signed(own), None),
            BaseType::Node(node) => match &plan.node(node)?.kind {
                NodeKind::Enum(cases) | NodeKind::Flags(cases) => {
                    (cases.size, signed(cases.signed), Some(cases))
                }
                NodeKind::Number(number) => {
                    let base = number.stored;
                    return TagType::of(plan, PathTarget { base, ..target });
                }
                NodeKind::Record(_) | NodeKind::Variant(_) => return None,
            },
            BaseType::Float { .. } | BaseType::Text { .. } => return None,
        };
        let width = match target.bits {
            0 => 8 * bytes,
            width => width,
        };
        target.dims.is_empty().then_some(TagType {
            width,
            kind,
            cases,
            enumerators: target.enumerators.unwrap_or_default(),
        })
    }

    /// Parses a value, and returns its bits.
    pub fn bits(&self, text: &str) -> Result<u128, String> {
        if let Some(own) = self.enumerators.iter().find(|own| *own.name == *text) {
            return Ok(u128::from(own.value & bits::low_mask(self.width)));
        }
        let named = match (self.kind, self.cases, text) {
            (TagKind::Bool, _, "true") => Some(1),
            (TagKind::Bool, _, "false") => Some(0),
            (_, Some(cases), _) => match cases.named(text) {
                Some(case) if case.absent => {
                    return Err(format!("the target has no enumerator '{text}'"));
                }
                case => case.map(|case| cases.number(case.value)),
            },
            _ => None,
        };
        let (number, hex) = match (named, literal(text)) {
            (Some(number), _) => (number, false),
            (None, Some(literal)) => literal,
            (None, None) => return Err(self.unknown(text)),
        };
        self.fitting(number, hex).ok_or_else(|| {
            let kind = match self.kind {
                TagKind::Bool => return format!("'{text}' is neither true nor false"),
                TagKind::Signed => "signed",
                TagKind::Unsigned => "unsigned",
            };
            format!("{text} does not fit into {} bits, {kind}", self.width)
        })
    }

    /// Returns the bits of a number, or `None` if the number does not fit into the type. `hex` says whether the number
    /// was written in hexadecimal.
    fn fitting(&self, number: i128, hex: bool) -> Option<u128> {
        let width = match self.kind {
            TagKind::Bool => 1,
            _ => self.width.clamp(1, 128),
        };
        let mask = u128::MAX >> (128 - u32::from(width));
        let held = number as u128 & mask;
        let as_unsigned = number >= 0 && held == number as u128;
        let as_signed = bits::signed(held, width) == number;
        let fits = match self.kind {
            // Hexadecimal digits may also be the bits of a negative number.
            TagKind::Signed => as_signed || hex && as_unsigned,
            // clang before 15 does not record that an enum is signed. Therefore negative values are accepted for all
            // enums.
            TagKind::Unsigned if self.cases.is_some() || !self.enumerators.is_empty() => {
                as_unsigned || as_signed || self.is_case(number, held)
            }
            TagKind::Unsigned | TagKind::Bool => as_unsigned,
        };
        fits.then_some(held)
    }

    /// Returns whether a number is the value of a case that a bitfield of this width stores as the bits `held`.
    fn is_case(&self, number: i128, held: u128) -> bool {
        let case = |cases: &CaseTable| {
            let value = number as u64 & cases.mask();
            cases.find(value).is_some()
                && u128::from(cases.in_bits(held as u64, self.width)) == value.into()
        };
        self.cases.is_some_and(case)
    }

    fn unknown(&self, text: &str) -> String {
        match self.cases {
            Some(cases) => {
                let names = cases.cases.iter().flat_map(|case| &case.names);
                let hint = nearest::hint(nearest::find(text, names.map(AsRef::as_ref)));
                format!("'{text}' is not an enumerator of it{hint}")
            }
            None if !self.enumerators.is_empty() => {
                let names = self.enumerators.iter().map(|own| &*own.name);
                let hint = nearest::hint(nearest::find(text, names));
                format!("'{text}' is not an enumerator of it{hint}")
            }
            None => format!("'{text}' is not a number"),
        }
    }
}

/// Parses a decimal number, or a hexadecimal number after `0x`. Also returns whether the number is hexadecimal. Returns
/// `None` if the text is not a number or the number does not fit into an `i128`.
fn literal(text: &str) -> Option<(i128, bool)> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let hex = digits.strip_prefix("0x").or(digits.strip_prefix("0X"));
    let radix = if hex.is_some() { 16 } else { 10 };
    let digits = hex.unwrap_or(digits);
    // Without this check, `from_str_radix` would accept a second sign.
    if !digits.starts_with(|c: char| c.is_ascii_hexdigit()) {
        return None;
    }
    let number = i128::from_str_radix(digits, radix).ok()?;
    Some((if negative { -number } else { number }, hex.is_some()))
}
