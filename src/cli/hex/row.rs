//! Reads one line of a dump: an offset, bytes, and in many formats a text column that repeats the bytes as characters.
//! A text column shows where the bytes end.

use super::{ADVICE, digits};

/// The maximum number of bytes in a row. Tools print 16 by default, and some hundreds with options.
const MAX_ROW: usize = 1 << 16;

/// A line whose first word may be an offset.
pub struct DumpRow<'t> {
    offset: &'t str,
    /// The text of the line after the offset.
    rest: &'t str,
    /// Whether there is a colon after the offset.
    colon: bool,
    /// Whether the offset begins with `0x`.
    prefixed: bool,
}

impl<'t> DumpRow<'t> {
    /// Splits a line into its offset and the text after it. Returns `None` if the first word is not 1 to 16 hexadecimal
    /// digits, which may have `0x` before them and a colon after them.
    pub fn split(line: &'t str) -> Option<DumpRow<'t>> {
        let line = line.trim();
        if let Some((front, rest)) = line.split_once(':') {
            // gdb prints a symbol between the offset and the colon: `0x4010 <counts+8>:`.
            let offset = match front.split_once(" <") {
                Some((offset, symbol)) if symbol.ends_with('>') => offset,
                _ => front,
            };
            let ends = rest.is_empty() || rest.starts_with(char::is_whitespace);
            if let Some(row) = DumpRow::new(offset, rest, true).filter(|_| ends) {
                return Some(row);
            }
        }
        let end = line.find(char::is_whitespace).unwrap_or(line.len());
        let (offset, rest) = line.split_at(end);
        DumpRow::new(offset, rest, false)
    }

    fn new(offset: &'t str, rest: &'t str, colon: bool) -> Option<DumpRow<'t>> {
        let digits = offset.strip_prefix("0x").unwrap_or(offset);
        let all = digits.bytes().all(|c| c.is_ascii_hexdigit());
        (all && (1..=16).contains(&digits.len())).then_some(DumpRow {
            offset: digits,
            rest,
            colon,
            prefixed: digits.len() < offset.len(),
        })
    }

    /// Returns whether the first word is probably an offset and not a byte: there is a colon after it, or it has more
    /// than two digits and its length or its `0x` differs from that of the next word. If there is no next word, the
    /// first word must have an odd number of digits.
    pub fn probably_has_offset(&self) -> bool {
        if self.colon {
            return true;
        }
        match self.rest.split_whitespace().next() {
            Some(word) => {
                let other_length = self.offset.len() != word.len();
                let other_prefix = self.prefixed && !word.starts_with("0x");
                self.offset.len() > 2 && (other_length || other_prefix)
            }
            None => self.offset.len() % 2 == 1,
        }
    }

    /// Returns the value of the offset, or `None` if it is no number of this radix.
    pub fn start(&self, radix: u32) -> Option<u64> {
        u64::from_str_radix(self.offset, radix).ok()
    }

    /// Returns whether the first word is certainly an offset and not a byte: there is a colon after it, it begins with
    /// `0x`, or its number of digits is odd.
    pub fn certainly_has_offset(&self) -> bool {
        self.colon || self.prefixed || self.offset.len() % 2 == 1
    }

    /// Returns whether the line has an offset but no bytes. Such a line ends a dump.
    pub fn is_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Returns whether some tool prints offsets of this radix in the form that the offset of this row has. `od -Ax`
    /// prints 6 digits, `od` prints 7, and `hexdump -C` prints 8. `xxd` prints a colon.
    pub fn may_have_radix(&self, radix: u32, style: &Style) -> bool {
        match (self.colon, self.offset.len()) {
            (true, _) => radix != 8,
            (false, 6) => radix == 16,
            // `hexdump -x` prints 7 hexadecimal digits, too, but it always prints several spaces between words.
            (false, 7) => radix != 16 || !style.narrow,
            (false, 8) if style.text == Some(true) => radix == 16,
            _ => true,
        }
    }

    /// Reads the bytes of the row. `expected` is the number of bytes up to the next offset, or `None` if this number is
    /// unknown.
    pub fn read(
        &self,
        expected: Option<u64>,
        style: &mut Style,
        bytes: &mut Vec<u8>,
    ) -> Result<(), String> {
        let (words, invalid) = words(self.rest, bytes)?;
        let text = PrintableText::of(bytes);
        let mut found: Option<(usize, TextColumn)> = None;
        for (i, word) in words.iter().enumerate().rev() {
            let beside = &self.rest[word.end..];
            let Some(text) = text.find(beside, word.bytes) else {
                continue;
            };
            if expected.is_some_and(|n| n != word.bytes as u64) || !style.allows(text) {
                continue;
            }
            // A text column can look like further bytes. Only several spaces before it show where it begins.
            if found.is_some() && !(text.is_present() && beside.starts_with("  ")) {
                return Err(format!("may end in a text column or in bytes: {ADVICE}"));
            }
            found = Some((i, text));
        }
        match found {
            Some((last, text)) => {
                let words = &words[..=last];
                bytes.truncate(words[last].bytes);
                style.learn(self, words, bytes, text)
            }
            None => Err(self.error(&words, bytes, expected, invalid)),
        }
    }

    fn error(
        &self,
        words: &[Word],
        bytes: &[u8],
        expected: Option<u64>,
        invalid: Option<String>,
    ) -> String {
        let swapped = PrintableText::of(&swapped(words, bytes));
        let is_text = |word: &Word| {
            let text = swapped.find(&self.rest[word.end..], word.bytes);
            text.is_some_and(TextColumn::is_present)
        };
        if words.iter().any(is_text) {
            return format!("has numbers instead of bytes in order: {ADVICE}");
        }
        match (invalid, expected) {
            (Some(why), _) => format!("{why}: {ADVICE}"),
            (None, Some(n)) => {
                let length = bytes.len();
                format!("has {length} bytes, but {n} according to the next offset: {ADVICE}")
            }
            (None, None) => "differs from other lines in whether it has a text column".to_owned(),
        }
    }
}

/// A word of a row, which has one or more bytes.
#[derive(Clone, Copy)]
struct Word {
    /// The index in `DumpRow::rest` at which the word begins.
    start: usize,
    /// The index in `DumpRow::rest` at which the word ends.
    end: usize,
    /// The number of bytes in the row up to and including this word.
    bytes: usize,
}

/// Reads the words of a row up to the first word that is not bytes. Returns the words before it, and the error about
/// this word. If all words are bytes, the error is `None`.
fn words(row: &str, bytes: &mut Vec<u8>) -> Result<(Vec<Word>, Option<String>), String> {
    bytes.clear();
    let mut words = Vec::new();
    let mut end = 0;
    while let Some(gap) = row[end..].find(|c: char| !c.is_whitespace()) {
        let start = end + gap;
        let length = row[start..].find(char::is_whitespace);
        let word = &row[start..][..length.unwrap_or(row.len() - start)];
        if let Err(why) = digits(word, bytes) {
            // `digits` may already have appended some bytes of the word that it refused.
            bytes.truncate(words.last().map_or(0, |word: &Word| word.bytes));
            return Ok((words, Some(why)));
        }
        if bytes.len() > MAX_ROW {
            return Err(format!("has more than {MAX_ROW} bytes: {ADVICE}"));
        }
        end = start + word.len();
        let bytes = bytes.len();
        words.push(Word { start, end, bytes });
    }
    Ok((words, None))
}

/// Returns the bytes of a row, with the bytes of each word in reverse order.
fn swapped(words: &[Word], bytes: &[u8]) -> Vec<u8> {
    let mut swapped = bytes.to_vec();
    let mut start = 0;
    for word in words {
        swapped[start..word.bytes].reverse();
        start = word.bytes;
    }
    swapped
}

/// The text column of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TextColumn {
    /// The row has no text column, although its bytes would have a visible text.
    Nothing,
    /// The text of the bytes consists of spaces, so it is unknown whether the row has a text column.
    Blank,
    /// The text column has no delimiters.
    Bare,
    /// The text column has delimiters, as in `|text|` or `>text<`.
    Delimited,
}

impl TextColumn {
    fn is_present(self) -> bool {
        matches!(self, TextColumn::Bare | TextColumn::Delimited)
    }
}

/// The text of some bytes. A dot stands for each byte that is not printable.
struct PrintableText {
    text: String,
    /// The number of spaces at the start.
    start: usize,
    /// At index `n`, the length of the text of the first `n` bytes, without the spaces at its end.
    ends: Vec<usize>,
}

impl PrintableText {
    fn of(bytes: &[u8]) -> PrintableText {
        let text = bytes.iter().map(|byte| match byte {
            b' '..=b'~' => char::from(*byte),
            _ => '.',
        });
        let text: String = text.collect();
        let mut ends = vec![0];
        for (i, byte) in text.bytes().enumerate() {
            let before = ends.last().copied().unwrap_or_default();
            ends.push(if byte == b' ' { before } else { i + 1 });
        }
        let start = text.len() - text.trim_start().len();
        PrintableText { text, start, ends }
    }

    /// Returns the kind of text column if `beside`, which is the rest of the row, is empty or the text of the first
    /// `bytes` bytes. Returns `None` if `beside` is any other text. Spaces at both ends are ignored, since editors may
    /// have removed them.
    fn find(&self, beside: &str, bytes: usize) -> Option<TextColumn> {
        let beside = beside.trim_start();
        let end = self.ends.get(bytes).copied().unwrap_or_default();
        let text = &self.text[self.start.min(end)..end];
        let inner = |from, to| beside.strip_prefix(from)?.strip_suffix(to);
        let delimited = inner('|', '|').or_else(|| inner('>', '<'));
        match beside {
            "" if text.is_empty() => Some(TextColumn::Blank),
            "" => Some(TextColumn::Nothing),
            _ if beside == text => Some(TextColumn::Bare),
            _ if delimited.is_some_and(|inner| inner.trim() == text) => Some(TextColumn::Delimited),
            _ => None,
        }
    }
}

/// The properties of the dump's format that are known from the rows that were read so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// Whether rows have a text column. `None` if that is not known yet.
    text: Option<bool>,
    /// Whether there is only one space before some words.
    narrow: bool,
    /// Whether the bytes are certainly hexadecimal, and not decimal.
    hexadecimal: bool,
    /// The size in bytes of the largest word whose bytes may be in reverse order.
    group: usize,
    /// Whether a text column has shown that the bytes of words are not reversed.
    in_order: bool,
}

impl Style {
    fn allows(&self, text: TextColumn) -> bool {
        match (text, self.text) {
            (TextColumn::Blank, _) | (_, None) => true,
            (_, Some(known)) => text.is_present() == known,
        }
    }

    /// Updates the style from a row. Returns an error if the words of the row are numbers, whose byte order is unknown.
    fn learn(
        &mut self,
        row: &DumpRow,
        words: &[Word],
        bytes: &[u8],
        text: TextColumn,
    ) -> Result<(), String> {
        let starts = [0].into_iter().chain(words.iter().map(|word| word.bytes));
        let group = starts.zip(words).map(|(start, word)| word.bytes - start);
        let group = group.max().unwrap_or_default();
        if group > 1 && matches!(text, TextColumn::Nothing | TextColumn::Delimited) {
            return Err(format!(
                "has numbers of {group} bytes, whose order is unknown: {ADVICE}"
            ));
        }
        if group > 1 && row.colon {
            let swapped = swapped(words, bytes);
            if swapped != bytes {
                self.group = self.group.max(group);
            }
            let beside = &row.rest[words.last().map_or(0, |word| word.end)..];
            self.in_order |= PrintableText::of(&swapped)
                .find(beside, swapped.len())
                .is_none();
        }
        if text != TextColumn::Blank {
            self.text = Some(text.is_present());
        }
        let ends = [0].into_iter().chain(words.iter().map(|word| word.end));
        self.narrow |= ends.zip(words).any(|(end, word)| word.start - end == 1);
        let is_decimal = |word: &Word| {
            let word = &row.rest[word.start..word.end];
            !word.starts_with('0') && word.bytes().all(|c| c.is_ascii_digit())
        };
        let is_hex_format = row.colon || text.is_present() || self.narrow;
        self.hexadecimal |= is_hex_format || !words.iter().all(is_decimal);
        Ok(())
    }

    /// Returns an error if the format is still ambiguous after all rows were read.
    pub fn check(&self) -> Result<(), String> {
        // By default, `xxd` prints words of 2 bytes in order, and no number has more than 8 bytes. So only words of 3
        // to 8 bytes are taken for possible numbers.
        if (3..=8).contains(&self.group) && !self.in_order {
            let group = self.group;
            return Err(format!(
                "words of {group} bytes may be numbers, whose byte order is unknown: {ADVICE}"
            ));
        }
        match self.hexadecimal {
            true => Ok(()),
            false => Err(format!("the bytes may be decimal: {ADVICE}")),
        }
    }

    /// Returns whether rows have a text column. If they do, the first word of each row is an offset.
    pub fn has_text(&self) -> bool {
        self.text == Some(true)
    }
}
