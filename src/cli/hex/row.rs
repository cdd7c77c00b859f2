//! One line of a dump: an offset, bytes, and often the same bytes as text, which tells where the bytes end.

use super::{ADVICE, digits};

/// The most bytes of a row. Tools print 16 of them, on demand some hundreds.
const MAX_ROW: usize = 1 << 16;

/// A line that begins with an offset.
pub struct DumpRow<'t> {
    offset: &'t str,
    /// What follows the offset.
    rest: &'t str,
    /// Whether a colon stands between the two.
    colon: bool,
    /// Whether the offset begins with `0x`.
    prefixed: bool,
}

impl<'t> DumpRow<'t> {
    /// Splits a line into its offset and the rest.
    pub fn split(line: &'t str) -> Option<DumpRow<'t>> {
        let line = line.trim();
        if let Some((front, rest)) = line.split_once(':') {
            // gdb puts a symbol before the colon: `0x4010 <counts+8>:`.
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

    /// Returns whether the first word is plainly an offset and no byte: a colon follows it, or it looks unlike the words
    /// behind it.
    pub fn is_plain(&self) -> bool {
        if self.colon {
            return true;
        }
        match self.rest.split_whitespace().next() {
            Some(word) => {
                let unlike = self.offset.len() != word.len();
                let prefixed = self.prefixed && !word.starts_with("0x");
                self.offset.len() > 2 && (unlike || prefixed)
            }
            None => self.offset.len() % 2 == 1,
        }
    }

    pub fn start(&self, radix: u32) -> Option<u64> {
        u64::from_str_radix(self.offset, radix).ok()
    }

    /// Returns whether the offset is surely one.
    pub fn is_sure(&self) -> bool {
        self.colon || self.prefixed || self.offset.len() % 2 == 1
    }

    /// Returns whether no bytes follow: the offset is where a dump ends.
    pub fn is_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Returns whether tools print an offset of this radix so: `od -Ax` with 6 digits, `od` with 7, `hexdump -C` with 8,
    /// `xxd` with a colon.
    pub fn may_have(&self, radix: u32, style: &Style) -> bool {
        match (self.colon, self.offset.len()) {
            (true, _) => radix != 8,
            (false, 6) => radix == 16,
            // Some print 7 hexadecimal digits, with wide columns behind them.
            (false, 7) => radix != 16 || !style.narrow,
            (false, 8) if style.text == Some(true) => radix == 16,
            _ => true,
        }
    }

    /// Reads the bytes of the row. There are `expected` of them, where the next offset says so.
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
            if expected.is_some_and(|n| n != word.bytes as u64) || !style.takes(text) {
                continue;
            }
            // TextColumn can look like further bytes, but for the space before it.
            if found.is_some() && !(text.is_there() && beside.starts_with("  ")) {
                return Err(format!("may have text beside its bytes or not: {ADVICE}"));
            }
            found = Some((i, text));
        }
        match found {
            Some((last, text)) => {
                let words = &words[..=last];
                bytes.truncate(words[last].bytes);
                style.learn(self, words, bytes, text)
            }
            None => Err(self.why_not(&words, bytes, expected, invalid)),
        }
    }

    fn why_not(
        &self,
        words: &[Word],
        bytes: &[u8],
        expected: Option<u64>,
        invalid: Option<String>,
    ) -> String {
        let swapped = PrintableText::of(&swapped(words, bytes));
        let is_text = |word: &Word| {
            let text = swapped.find(&self.rest[word.end..], word.bytes);
            text.is_some_and(TextColumn::is_there)
        };
        if words.iter().any(is_text) {
            return format!("has numbers, and no bytes in order: {ADVICE}");
        }
        match (invalid, expected) {
            (Some(why), _) => format!("{why}: {ADVICE}"),
            (None, Some(n)) => {
                let length = bytes.len();
                format!("has {length} bytes, and {n} by the next offset: {ADVICE}")
            }
            (None, None) => "has text beside its bytes, or none, unlike other lines".to_owned(),
        }
    }
}

/// A word that is one or more bytes.
#[derive(Clone, Copy)]
struct Word {
    /// Where it starts and ends in its row.
    start: usize,
    end: usize,
    /// How many bytes there are up to its end.
    bytes: usize,
}

/// Reads words that are bytes; and says why the next one is none, if there is one.
fn words(row: &str, bytes: &mut Vec<u8>) -> Result<(Vec<Word>, Option<String>), String> {
    bytes.clear();
    let mut words = Vec::new();
    let mut end = 0;
    while let Some(gap) = row[end..].find(|c: char| !c.is_whitespace()) {
        let start = end + gap;
        let length = row[start..].find(char::is_whitespace);
        let word = &row[start..][..length.unwrap_or(row.len() - start)];
        if let Err(why) = digits(word, bytes) {
            // The part of it that could be read.
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

/// Returns the bytes with those of each word in the other order.
fn swapped(words: &[Word], bytes: &[u8]) -> Vec<u8> {
    let mut swapped = bytes.to_vec();
    let mut start = 0;
    for word in words {
        swapped[start..word.bytes].reverse();
        start = word.bytes;
    }
    swapped
}

/// What stands behind the bytes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TextColumn {
    /// Nothing.
    Nothing,
    /// Nothing, or the bytes as text, which are spaces alone.
    Blank,
    /// The bytes as text.
    Bare,
    /// The same between two characters: `|text|`, `>text<`.
    Delimited,
}

impl TextColumn {
    fn is_there(self) -> bool {
        matches!(self, TextColumn::Bare | TextColumn::Delimited)
    }
}

/// Bytes as text, with a dot for what cannot be printed.
struct PrintableText {
    text: String,
    /// How many spaces it begins with.
    start: usize,
    /// For each number of bytes where their text ends, without the spaces at its end.
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

    /// Looks for the first bytes as text. Returns `None` where something else stands. Spaces at the ends do not count:
    /// editors cut them off.
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

/// What the rows of a dump show of how it was made.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// Whether rows have their bytes as text, too, once that is known.
    text: Option<bool>,
    /// Whether one space stands between two words.
    narrow: bool,
    /// Whether something shows that bytes are hexadecimal.
    hexadecimal: bool,
    /// The most bytes of a word whose order is open.
    group: usize,
    /// Whether text shows that the bytes of words are in order.
    in_order: bool,
}

impl Style {
    fn takes(&self, text: TextColumn) -> bool {
        match (text, self.text) {
            (TextColumn::Blank, _) | (_, None) => true,
            (_, Some(known)) => text.is_there() == known,
        }
    }

    /// Adds what a row shows. Refuses numbers, whose bytes have an order of their own.
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
            self.text = Some(text.is_there());
        }
        let ends = [0].into_iter().chain(words.iter().map(|word| word.end));
        self.narrow |= ends.zip(words).any(|(end, word)| word.start - end == 1);
        let is_decimal = |word: &Word| {
            let word = &row.rest[word.start..word.end];
            !word.starts_with('0') && word.bytes().all(|c| c.is_ascii_digit())
        };
        let shown = row.colon || text.is_there() || self.narrow;
        self.hexadecimal |= shown || !words.iter().all(is_decimal);
        Ok(())
    }

    /// Refuses a dump whose rows leave open what they are.
    pub fn check(&self) -> Result<(), String> {
        // `xxd` itself prints words of 2 bytes; numbers have at most 8.
        if (3..=8).contains(&self.group) && !self.in_order {
            let group = self.group;
            return Err(format!(
                "words of {group} bytes may be numbers, whose bytes stand in another order: {ADVICE}"
            ));
        }
        match self.hexadecimal {
            true => Ok(()),
            false => Err(format!("the bytes may be decimal: {ADVICE}")),
        }
    }

    /// Returns whether rows have their bytes as text, which an offset before them cannot be taken for.
    pub fn has_text(&self) -> bool {
        self.text == Some(true)
    }
}
