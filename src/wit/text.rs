//! Appends small parts of WIT text: identifiers, numbers, sizes.

use crate::names::is_keyword;

/// Appends a label as an identifier, after a `%` if it is a keyword of WIT.
pub(crate) fn push_id(out: &mut String, label: &str) {
    if is_keyword(label) {
        out.push('%');
    }
    out.push_str(label);
}

/// Appends a number in decimal.
pub(super) fn push_number(out: &mut String, number: u64) {
    out.push_str(itoa::Buffer::new().format(number));
}

/// Appends a size in bytes, with its unit.
pub(super) fn push_bytes(out: &mut String, bytes: u64) {
    push_number(out, bytes);
    out.push_str(if bytes == 1 { " byte" } else { " bytes" });
}
