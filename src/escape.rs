//! Escapes characters that may not be in a line of text.
//!
//! The same rule applies to comments in WIT and to error messages. Escaping is needed since names in BTF may contain
//! any character. ASCII names of C contain none of the escaped characters, so they stay as they are.

/// Escapes the forbidden characters in `out` from byte `start` on, as `\u{…}`.
pub(crate) fn escape_from(out: &mut String, start: usize) {
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

/// Returns a copy of `text` in which the forbidden characters are escaped.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = text.to_owned();
    escape_from(&mut out, 0);
    out
}

/// Returns whether a character is forbidden in a line of text. wit-parser's lexer rejects three sorts of characters:
/// control characters, characters that change the direction of text, and characters that Unicode deprecates or
/// discourages. Of the control characters, the lexer accepts line breaks and tabs, but they are forbidden here, too.
fn is_forbidden(c: char) -> bool {
    let is_direction = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_deprecated = matches!(
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
    c.is_control() || is_direction || is_deprecated
}
