//! Bytes as text: what `bpftool`, `xxd`, `hexdump`, `od`, `objdump -s` and C write of them. Knows nothing of what
//! the bytes are.
//!
//! The sort of text is known by its first line. Text that could mean two things is an error that says what to pass.

mod json;
mod list;
mod map;
mod plain;
mod row;
mod rows;

use super::args::MAX_INPUT;

/// What messages propose where text is ambiguous or has no bytes.
const ADVICE: &str = "print bytes with 'xxd -p', 'hexdump -C' or 'od -v -An -tx1'";

/// What a map's dump says of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// There is no label: the bytes stand alone.
    Bare,
    Key,
    Value,
}

/// Bytes in parts, such as the keys and values of a map.
#[derive(Debug, Default)]
pub struct Parts {
    bytes: Vec<u8>,
    /// What each part is, and where it starts.
    starts: Vec<(Part, usize)>,
}

impl Parts {
    fn begin(&mut self, part: Part) {
        self.starts.push((part, self.bytes.len()));
    }

    /// Begins a part without label where there is none.
    fn begin_bare(&mut self) {
        if self.starts.is_empty() {
            self.begin(Part::Bare);
        }
    }

    /// Forgets the last part.
    fn forget(&mut self) {
        if let Some((_, start)) = self.starts.pop() {
            self.bytes.truncate(start);
        }
    }

    /// Returns the bytes to decode: the keys or the values of a map, or else all.
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

/// Reads the bytes of a text of any sort.
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

/// Puts the number of a line, counted from 0, before a message.
fn at_line(number: usize) -> impl Fn(String) -> String {
    move |what| format!("line {}: {what}", number + 1)
}

/// Reads pairs of digits that follow each other without space; `0x` may stand before a single one.
fn digits(word: &str, bytes: &mut Vec<u8>) -> Result<(), String> {
    let wrong = || format!("'{}' is no pair of hexadecimal digits", shown(word));
    let (pairs, odd) = match word.strip_prefix("0x") {
        Some(digits) if digits.len() > 2 => {
            return Err(format!(
                "'{}' is a number of several bytes, whose order is unknown: {ADVICE}",
                shown(word)
            ));
        }
        Some(digits) => (digits, false),
        None => (word, word.len() % 2 == 1),
    };
    if pairs.is_empty() || odd {
        return Err(wrong());
    }
    for pair in pairs.as_bytes().chunks(2) {
        bytes.push(byte(pair).ok_or_else(wrong)?);
    }
    Ok(())
}

/// Returns the byte that one or two hexadecimal digits mean.
fn byte(digits: &[u8]) -> Option<u8> {
    let digit = |digit: &u8| char::from(*digit).to_digit(16);
    match digits {
        [low] => Some(digit(low)? as u8),
        [high, low] => Some((16 * digit(high)? + digit(low)?) as u8),
        _ => None,
    }
}

/// Shortens a word for a message: bytes that are no text at all may be one word.
fn shown(word: &str) -> String {
    const MAX_SHOWN: usize = 20;
    let start: String = word.chars().take(MAX_SHOWN).collect();
    let more = if start.len() < word.len() { "…" } else { "" };
    format!("{}{more}", start.escape_debug())
}

#[cfg(test)]
mod tests;
