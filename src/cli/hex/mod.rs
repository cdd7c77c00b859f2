//! Parses bytes written as text: the output of `bpftool`, `xxd`, `hexdump`, `od` and `objdump -s`, and C literals.
//!
//! The first line determines the format. Ambiguous text is an error, whose message proposes an unambiguous format.

mod json;
mod list;
mod map;
mod plain;
mod row;
mod rows;

use super::args::MAX_INPUT;

/// What error messages propose.
const ADVICE: &str = "print bytes with 'xxd -p', 'hexdump -C' or 'od -v -An -tx1'";

/// The label of bytes in a map's dump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Bytes without a label.
    Bare,
    Key,
    Value,
}

/// Bytes split into parts, such as the keys and values of a map.
#[derive(Debug, Default)]
pub struct Parts {
    bytes: Vec<u8>,
    /// The label of each part, and the index of its first byte.
    starts: Vec<(Part, usize)>,
}

impl Parts {
    fn begin(&mut self, part: Part) {
        self.starts.push((part, self.bytes.len()));
    }

    /// Begins a part without a label if there is no part yet.
    fn begin_bare(&mut self) {
        if self.starts.is_empty() {
            self.begin(Part::Bare);
        }
    }

    /// Removes the last part.
    fn remove_last(&mut self) {
        if let Some((_, start)) = self.starts.pop() {
            self.bytes.truncate(start);
        }
    }

    /// Returns the parts to decode: the keys or the values of a map, and parts without a label.
    pub fn wanted(&self, keys: bool) -> impl Iterator<Item = &[u8]> {
        let wanted = if keys { Part::Key } else { Part::Value };
        let ends = self.starts.iter().skip(1).map(|(_, start)| *start);
        let ends = ends.chain([self.bytes.len()]);
        let parts = self.starts.iter().zip(ends);
        parts
            .filter(move |((part, _), _)| *part == wanted || *part == Part::Bare)
            .map(|((_, start), end)| &self.bytes[*start..end])
    }
}

/// Parses text in any of the formats.
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

/// Prefixes a message with a line number. `number` counts from 0.
fn at_line(number: usize) -> impl Fn(String) -> String {
    move |what| format!("line {}: {what}", number + 1)
}

/// Appends the bytes of a word: adjacent pairs of hexadecimal digits, or `0x` and one or two digits.
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

/// Returns the value of one or two hexadecimal digits.
fn byte(digits: &[u8]) -> Option<u8> {
    let digit = |digit: &u8| char::from(*digit).to_digit(16);
    match digits {
        [low] => Some(digit(low)? as u8),
        [high, low] => Some((16 * digit(high)? + digit(low)?) as u8),
        _ => None,
    }
}

/// Shortens and escapes a word for a message. In binary input, a word can be very long.
fn excerpt(word: &str) -> String {
    const MAX_CHARS: usize = 20;
    let start: String = word.chars().take(MAX_CHARS).collect();
    let more = if start.len() < word.len() { "…" } else { "" };
    format!("{}{more}", start.escape_debug())
}

#[cfg(test)]
mod tests;
