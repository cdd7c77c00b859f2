//! Parses dumps whose lines begin with an offset, as `xxd`, `hexdump -C`, `od -tx1`, `objdump -s`, `readelf -x` and
//! gdb's `x/xb` print them.
//!
//! Each offset must be the offset before it plus the number of bytes between them. By this rule, offsets are
//! distinguished from bytes. Offsets may be hexadecimal, octal or decimal. Most dumps are consistent with only one of
//! these radices. If a `*` replaces repeated lines, the offsets also show the number of these lines.

use std::iter::Peekable;

use super::row::{DumpRow, Style};
use super::{ADVICE, MAX_INPUT, PartKind, Parts, at_line};

/// Returns whether a text is a dump whose lines begin with an offset. Only its first line is looked at.
pub fn begin(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.next().is_some_and(|first| {
        is_heading(first) || DumpRow::split(first).is_some_and(|row| row.probably_has_offset())
    })
}

pub fn parse(text: &str) -> Result<Parts, String> {
    let mut fits: Vec<DumpReader> = Vec::new();
    let mut latest_error: Option<(usize, String)> = None;
    for radix in [16, 8, 10] {
        let mut reader = DumpReader::new(radix, None);
        match reader.lines(text) {
            Ok(()) => fits.push(reader),
            Err(wrong) if latest_error.as_ref().is_none_or(|(at, _)| *at < wrong.0) => {
                latest_error = Some(wrong);
            }
            Err(_) => {}
        }
    }
    let reader = match (choose(text, fits)?, latest_error) {
        (Some(reader), _) => reader,
        (None, Some((number, why))) => return Err(at_line(number)(why)),
        (None, None) => return Ok(Parts::default()),
    };
    if reader.total > 0 {
        reader.style.check()?;
    }
    let mut parts = Parts::default();
    let reserved = parts.bytes.try_reserve_exact(reader.total as usize);
    reserved.map_err(|e| e.to_string())?;
    let mut again = DumpReader::new(reader.radix, Some(parts));
    again
        .lines(text)
        .map_err(|(number, why)| at_line(number)(why))?;
    Ok(again.parts.unwrap_or_default())
}

/// Chooses one of the readers in `fits`. All offsets are consistent with the radix of each reader. If the readers would
/// read different bytes, this function first removes each reader for which no tool prints offsets of its radix in the
/// form of the first offset. Returns an error if the remaining readers would still read different bytes. Returns `None`
/// if there is no reader.
fn choose(text: &str, mut fits: Vec<DumpReader>) -> Result<Option<DumpReader>, String> {
    let same = |readers: &[DumpReader]| {
        readers
            .windows(2)
            .all(|two| two[0].repeats == two[1].repeats)
    };
    if !same(&fits) {
        let mut rows = text.lines().filter_map(DumpRow::split);
        if let Some(row) = rows.next() {
            fits.retain(|reader| row.may_have_radix(reader.radix, &reader.style));
        }
    }
    match same(&fits) {
        true => Ok(fits.into_iter().next()),
        false => Err(
            "the offsets may be decimal, octal or hexadecimal, so '*' is ambiguous: print all lines, \
             with 'od -v'"
                .to_owned(),
        ),
    }
}

/// A line of a dump.
enum DumpLine<'t> {
    Row(DumpRow<'t>),
    /// A line with only `*`, which replaces repetitions of the line before it.
    Star,
    /// The heading of a dump. A text may have several dumps.
    Heading,
    Other,
}

/// Returns whether a line is a heading that `objdump -s` or `readelf -x` prints before a dump.
fn is_heading(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("Contents of section ")
        || line.starts_with("Hex dump of section ")
        || line.starts_with("NOTE: This section has relocations")
        || line.contains(":     file format ")
}

fn lines(text: &str) -> impl Iterator<Item = (usize, DumpLine<'_>)> {
    let lines = text.lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(number, line)| {
        let line = match line.trim() {
            "*" => DumpLine::Star,
            _ if is_heading(line) => DumpLine::Heading,
            _ => DumpRow::split(line).map_or(DumpLine::Other, DumpLine::Row),
        };
        (number, line)
    })
}

/// Reads all lines once, under the assumption that offsets have a certain radix.
struct DumpReader {
    radix: u32,
    style: Style,
    /// The bytes of the dumps. `None` if this reader only checks the offsets.
    parts: Option<Parts>,
    /// The total number of bytes in all dumps.
    total: u64,
    /// For each `*`, the number of lines that it replaces.
    repeats: Vec<u64>,
    /// The offset at which the next row must begin. `None` if the next row begins a dump.
    next: Option<u64>,
    /// The bytes of the last row. Empty at the start and after the end of a dump.
    last: Vec<u8>,
    /// Whether the line before the current one is a `*`.
    starred: bool,
    /// Whether the first words of the rows of the current dump are certainly offsets, and not bytes.
    has_offsets: bool,
}

impl DumpReader {
    fn new(radix: u32, parts: Option<Parts>) -> DumpReader {
        DumpReader {
            radix,
            style: Style::default(),
            parts,
            total: 0,
            repeats: Vec::new(),
            next: None,
            last: Vec::new(),
            starred: false,
            has_offsets: true,
        }
    }

    /// Reads all lines. An error is returned with the number of its line, which counts from 0.
    fn lines(&mut self, text: &str) -> Result<(), (usize, String)> {
        let mut lines = lines(text).peekable();
        let mut last = 0;
        while let Some((number, line)) = lines.next() {
            last = number;
            self.line(line, &mut lines).map_err(|why| (number, why))?;
        }
        self.end().map_err(|why| (last, why))
    }

    fn line<'t>(
        &mut self,
        line: DumpLine<'t>,
        next: &mut Peekable<impl Iterator<Item = (usize, DumpLine<'t>)>>,
    ) -> Result<(), String> {
        match line {
            DumpLine::Heading => self.end(),
            DumpLine::Star if self.last.is_empty() || self.starred => {
                Err("'*' does not follow a line of bytes".to_owned())
            }
            DumpLine::Star => {
                self.starred = true;
                Ok(())
            }
            DumpLine::Other => Err("does not begin with an offset".to_owned()),
            DumpLine::Row(row) => {
                let start = row.start(self.radix);
                let start = start.ok_or_else(|| "does not begin with such an offset".to_owned())?;
                self.begin(start)?;
                if row.is_end() {
                    self.has_offsets = true;
                    return self.end();
                }
                let following = match next.peek() {
                    Some((_, DumpLine::Row(row))) => row.start(self.radix),
                    _ => None,
                };
                let expected = following.and_then(|next| next.checked_sub(start));
                self.row(&row, start, expected.filter(|length| *length > 0))
            }
        }
    }

    /// Prepares for a row that starts at offset `start`. Either `start` is the end of the bytes before the row,
    /// including those for which a `*` stands, or the row begins another dump. Anything else is an error.
    fn begin(&mut self, start: u64) -> Result<(), String> {
        match self.next {
            Some(next) if self.starred => self.repeat(start.checked_sub(next)),
            Some(next) if next == start => {
                self.has_offsets = true;
                Ok(())
            }
            // If no line ended the dump before, another dump is recognized only if it starts at 0.
            Some(_) if start != 0 => {
                Err("has an offset that does not match the bytes before it".to_owned())
            }
            _ => {
                self.end()?;
                if let Some(parts) = &mut self.parts {
                    parts.begin(PartKind::Unlabelled);
                }
                self.has_offsets = false;
                self.next = Some(start);
                Ok(())
            }
        }
    }

    fn row(&mut self, row: &DumpRow, start: u64, expected: Option<u64>) -> Result<(), String> {
        row.read(expected, &mut self.style, &mut self.last)?;
        self.has_offsets |= row.certainly_has_offset() || self.style.has_text();
        let length = self.last.len() as u64;
        self.next = start.checked_add(length);
        self.add(length)?;
        if let Some(parts) = &mut self.parts {
            parts.bytes.extend_from_slice(&self.last);
        }
        Ok(())
    }

    /// Repeats the last row, as a `*` demands. `bytes` is the total number of bytes of the repetitions, or `None` if
    /// the offset after the `*` is too small. This number must be a multiple of the row's length, and not 0.
    fn repeat(&mut self, bytes: Option<u64>) -> Result<(), String> {
        self.starred = false;
        let length = self.last.len() as u64;
        let Some(bytes) = bytes.filter(|bytes| *bytes > 0 && bytes % length == 0) else {
            return Err(
                "has an offset that does not fit repetitions of the line before '*'".to_owned(),
            );
        };
        self.add(bytes)?;
        self.next = self.next.and_then(|next| next.checked_add(bytes));
        self.has_offsets = true;
        self.repeats.push(bytes / length);
        if let Some(parts) = &mut self.parts {
            for _ in 0..bytes / length {
                parts.bytes.extend_from_slice(&self.last);
            }
        }
        Ok(())
    }

    fn add(&mut self, bytes: u64) -> Result<(), String> {
        self.total = self.total.saturating_add(bytes);
        match self.total > MAX_INPUT {
            true => Err(format!("exceeds {MAX_INPUT} bytes")),
            false => Ok(()),
        }
    }

    /// Ends a dump. Returns an error if a `*` is its last line, or if the first words of its rows may be bytes.
    fn end(&mut self) -> Result<(), String> {
        if self.starred {
            return Err(
                "no offset after '*' tells how many lines it replaces: print all lines, \
                        with 'od -v'"
                    .to_owned(),
            );
        }
        if !self.has_offsets {
            return Err(format!("may begin with an offset or with bytes: {ADVICE}"));
        }
        self.next = None;
        self.last.clear();
        Ok(())
    }
}
