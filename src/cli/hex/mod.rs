//! Parses bytes that are written as text: the output of `bpftool`, `xxd`, `hexdump`, `od`, `objdump -s`, `readelf -x`
//! and gdb, and literals of C and other languages.
//!
//! The format is detected from the text, mostly from its first line. Ambiguous text is an error, and the message
//! proposes a format that is not ambiguous.

mod json;
mod list;
mod map;
mod plain;
mod row;
mod rows;

use super::args::MAX_INPUT;

/// The advice at the end of error messages.
const ADVICE: &str = "print bytes with 'xxd -p', 'hexdump -C' or 'od -v -An -tx1'";

/// The kind of a part of a dump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// Bytes of which the dump does not say whether they are a key or a value.
    Unlabelled,
    Key,
    Value,
}

/// Bytes that are split into parts, such as the keys and values of a map.
#[derive(Debug, Default)]
pub struct Parts {
    bytes: Vec<u8>,
    /// The kind of each part, and the index of its first byte in `bytes`.
    starts: Vec<(PartKind, usize)>,
}

impl Parts {
    fn begin(&mut self, kind: PartKind) {
        self.starts.push((kind, self.bytes.len()));
    }

    /// If there is no part yet, begins one of kind [`PartKind::Unlabelled`].
    fn begin_unlabelled(&mut self) {
        if self.starts.is_empty() {
            self.begin(PartKind::Unlabelled);
        }
    }

    /// Removes the last part with its bytes.
    fn remove_last(&mut self) {
        if let Some((_, start)) = self.starts.pop() {
            self.bytes.truncate(start);
        }
    }

    /// Returns the parts to decode. These are the keys of a map or its values, depending on `keys`, and always the
    /// parts of kind [`PartKind::Unlabelled`].
    pub fn selected(&self, keys: bool) -> impl Iterator<Item = &[u8]> {
        let selected = if keys { PartKind::Key } else { PartKind::Value };
        let ends = self.starts.iter().skip(1).map(|(_, start)| *start);
        let ends = ends.chain([self.bytes.len()]);
        let parts = self.starts.iter().zip(ends);
        parts
            .filter(move |((kind, _), _)| *kind == selected || *kind == PartKind::Unlabelled)
            .map(|((_, start), end)| &self.bytes[*start..end])
    }
}

/// Parses text in any of the formats that this module knows.
pub fn parse(text: &str) -> Result<Parts, String> {
    let Some(first) = text.lines().find(|line| !line.trim().is_empty()) else {
        return Ok(Parts::default());
    };
    if map::begins(first) {
        map::parse(text)
    } else if rows::begin(text) {
        rows::parse(text)
    } else if json::begins(text) {
        json::parse(text)
    } else if list::begins(text) {
        list::parse(text)
    } else {
        plain::parse(text)
    }
}

/// Returns a function that puts a line number before a message. `number` counts lines from 0, but the message counts
/// from 1.
fn at_line(number: usize) -> impl Fn(String) -> String {
    move |what| format!("line {}: {what}", number + 1)
}

/// Appends the bytes of a word. A word consists of pairs of hexadecimal digits without spaces, or of `0x` and one or
/// two digits.
fn digits(word: &str, bytes: &mut Vec<u8>) -> Result<(), String> {
    let wrong = || format!("'{}' is not a pair of hexadecimal digits", excerpt(word));
    let (pairs, is_odd) = match word.strip_prefix("0x") {
        Some(digits) if digits.len() > 2 => {
            return Err(format!(
                "'{}' is a number of several bytes, whose order is unknown: {ADVICE}",
                excerpt(word)
            ));
        }
        Some(digits) => (digits, false),
        None => (word, word.len() % 2 == 1),
    };
    if pairs.is_empty() || is_odd {
        return Err(wrong());
    }
    for pair in pairs.as_bytes().chunks(2) {
        bytes.push(byte(pair).ok_or_else(wrong)?);
    }
    Ok(())
}

/// Returns the value of one or two hexadecimal digits, or `None` for anything else.
fn byte(digits: &[u8]) -> Option<u8> {
    let digit = |digit: &u8| char::from(*digit).to_digit(16);
    match digits {
        [low] => Some(digit(low)? as u8),
        [high, low] => Some((16 * digit(high)? + digit(low)?) as u8),
        _ => None,
    }
}

/// Returns a word in a form for messages: escaped, and shortened since a word in binary input can be very long.
fn excerpt(word: &str) -> String {
    const MAX_CHARS: usize = 20;
    let start: String = word.chars().take(MAX_CHARS).collect();
    let more = if start.len() < word.len() { "…" } else { "" };
    format!("{}{more}", start.escape_debug())
}

#[cfg(test)]
mod tests;
