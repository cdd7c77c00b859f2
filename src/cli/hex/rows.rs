//! Dumps whose lines begin with an offset: `xxd`, `hexdump -C`, `od -tx1`, `objdump -s`, `readelf -x`, gdb's `x/xb`.
//!
//! An offset is never data: each has to be where the bytes before it end. Offsets are hexadecimal, octal or decimal, and
//! most dumps fit one of these alone. They are also what says how often a line is repeated that `*` stands for.

use std::iter::Peekable;

use super::row::{DumpRow, Style};
use super::{ADVICE, MAX_INPUT, Part, Parts, at_line};

/// Returns whether a text is such a dump, by its first line.
pub fn begin(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.next().is_some_and(|first| {
        is_heading(first) || DumpRow::split(first).is_some_and(|row| row.is_plain())
    })
}

pub fn parse(text: &str) -> Result<Parts, String> {
    let mut fits: Vec<Walk> = Vec::new();
    let mut furthest: Option<(usize, String)> = None;
    for radix in [16, 8, 10] {
        let mut walk = Walk::new(radix, None);
        match walk.lines(text) {
            Ok(()) => fits.push(walk),
            Err(wrong) if furthest.as_ref().is_none_or(|(at, _)| *at < wrong.0) => {
                furthest = Some(wrong);
            }
            Err(_) => {}
        }
    }
    let walk = match (choose(text, fits)?, furthest) {
        (Some(walk), _) => walk,
        (None, Some((number, why))) => return Err(at_line(number)(why)),
        (None, None) => return Ok(Parts::default()),
    };
    if walk.total > 0 {
        walk.style.check()?;
    }
    let mut parts = Parts::default();
    let room = parts.bytes.try_reserve_exact(walk.total as usize);
    room.map_err(|e| e.to_string())?;
    let mut again = Walk::new(walk.radix, Some(parts));
    again
        .lines(text)
        .map_err(|(number, why)| at_line(number)(why))?;
    Ok(again.parts.unwrap_or_default())
}

/// Chooses among the radices by which all offsets fit.
fn choose(text: &str, mut fits: Vec<Walk>) -> Result<Option<Walk>, String> {
    let same = |walks: &[Walk]| walks.windows(2).all(|two| two[0].repeats == two[1].repeats);
    if !same(&fits) {
        let mut rows = text.lines().filter_map(DumpRow::split);
        if let Some(row) = rows.next() {
            fits.retain(|walk| row.may_have(walk.radix, &walk.style));
        }
    }
    match same(&fits) {
        true => Ok(fits.into_iter().next()),
        false => Err(
            "the offsets may be decimal, octal or hexadecimal, so that '*' is ambiguous: print all \
             lines, with 'od -v'"
                .to_owned(),
        ),
    }
}

/// A line, by what it is for.
enum DumpLine<'t> {
    Row(DumpRow<'t>),
    /// The line before it, once or more.
    Star,
    /// Another dump begins.
    Heading,
    Other,
}

/// Returns whether a line stands before a dump: of `objdump -s` or `readelf -x`.
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

/// One pass over all lines, with offsets of one radix.
struct Walk {
    radix: u32,
    style: Style,
    /// Where the bytes go, if they are wanted.
    parts: Option<Parts>,
    /// How many bytes there are in all.
    total: u64,
    /// How often the line before each `*` is repeated.
    repeats: Vec<u64>,
    /// Where the next row begins; nothing before a dump.
    at: Option<u64>,
    /// The bytes of the last row; none once a dump has ended.
    last: Vec<u8>,
    starred: bool,
    /// Whether what is taken for the offsets of a dump is nothing else.
    sure: bool,
}

impl Walk {
    fn new(radix: u32, parts: Option<Parts>) -> Walk {
        Walk {
            radix,
            style: Style::default(),
            parts,
            total: 0,
            repeats: Vec::new(),
            at: None,
            last: Vec::new(),
            starred: false,
            sure: true,
        }
    }

    /// Reads all lines, or says which is wrong, and why.
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
                Err("'*' repeats no line".to_owned())
            }
            DumpLine::Star => {
                self.starred = true;
                Ok(())
            }
            DumpLine::Other => Err("begins with no offset".to_owned()),
            DumpLine::Row(row) => {
                let start = row.start(self.radix);
                let start = start.ok_or_else(|| "begins with no such offset".to_owned())?;
                self.begin(start)?;
                if row.is_end() {
                    self.sure = true;
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

    /// Checks that a row starts where the bytes before it end, or begins another dump.
    fn begin(&mut self, start: u64) -> Result<(), String> {
        match self.at {
            Some(at) if self.starred => self.repeat(start.checked_sub(at)),
            Some(at) if at == start => {
                self.sure = true;
                Ok(())
            }
            // Another dump begins at 0.
            Some(_) if start != 0 => {
                Err("has an offset that is not where the bytes before it end".to_owned())
            }
            _ => {
                self.end()?;
                if let Some(parts) = &mut self.parts {
                    parts.begin(Part::Bare);
                }
                self.sure = false;
                self.at = Some(start);
                Ok(())
            }
        }
    }

    fn row(&mut self, row: &DumpRow, start: u64, expected: Option<u64>) -> Result<(), String> {
        row.read(expected, &mut self.style, &mut self.last)?;
        self.sure |= row.is_sure() || self.style.has_text();
        let length = self.last.len() as u64;
        self.at = start.checked_add(length);
        self.add(length)?;
        if let Some(parts) = &mut self.parts {
            parts.bytes.extend_from_slice(&self.last);
        }
        Ok(())
    }

    /// Repeats the last row for so many bytes.
    fn repeat(&mut self, bytes: Option<u64>) -> Result<(), String> {
        self.starred = false;
        let length = self.last.len() as u64;
        let Some(bytes) = bytes.filter(|bytes| *bytes > 0 && bytes % length == 0) else {
            return Err(
                "has an offset that no repetition of the line before '*' leads to".to_owned(),
            );
        };
        self.add(bytes)?;
        self.at = self.at.and_then(|at| at.checked_add(bytes));
        self.sure = true;
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
            true => Err(format!("goes beyond {MAX_INPUT} bytes")),
            false => Ok(()),
        }
    }

    /// Ends a dump.
    fn end(&mut self) -> Result<(), String> {
        if self.starred {
            return Err(
                "'*' is followed by no offset, which says how often a line is repeated: \
                        print all lines, with 'od -v'"
                    .to_owned(),
            );
        }
        if !self.sure {
            return Err(format!("begins with an offset or with bytes: {ADVICE}"));
        }
        self.at = None;
        self.last.clear();
        Ok(())
    }
}
