//! Appends the small parts of WIT text: identifiers, numbers, documentation.

use crate::names::is_keyword;

/// Appends a label as an identifier, escaped where WIT has the word for itself.
pub(super) fn push_id(out: &mut String, label: &str) {
    if is_keyword(label) {
        out.push('%');
    }
    out.push_str(label);
}

/// Appends a number in decimal.
pub(super) fn push_number(out: &mut String, number: u64) {
    out.push_str(itoa::Buffer::new().format(number));
}

/// Appends a size with its unit.
pub(super) fn push_bytes(out: &mut String, bytes: u64) {
    push_number(out, bytes);
    out.push_str(if bytes == 1 { " byte" } else { " bytes" });
}

/// Escapes, from `start` on, the characters that WIT allows nowhere in a file: controls, those
/// that change the direction of text, and those that Unicode deprecates.
pub(super) fn escape_from(out: &mut String, start: usize) {
    let tail = &out.as_bytes()[start..];
    if tail.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        return;
    }
    let tail = out.split_off(start);
    for c in tail.chars() {
        if is_forbidden(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
}

fn is_forbidden(c: char) -> bool {
    let direction = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let deprecated = matches!(
        c,
        '\u{149}'
            | '\u{673}'
            | '\u{f77}'
            | '\u{f79}'
            | '\u{17a3}'
            | '\u{17a4}'
            | '\u{17b4}'
            | '\u{17b5}'
    );
    c.is_control() || direction || deprecated
}
