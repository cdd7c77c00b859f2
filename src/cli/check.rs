//! Implements the option `--check`, which compares a file with the text that would be written to it. This option never
//! writes.
//!
//! The header of a file has a version, the numbers of types and the name of the input. Differences in these three are
//! ignored, since they may change while the types stay the same. Type ids are ignored for the same reason. In the
//! headers of WIT and layouts, the byte order and the pointer size are compared; in layouts also the format's version.
//!
//! Differences are printed as a unified diff, which `patch` accepts. The diff uses the patience algorithm, which first
//! matches lines that occur only once, such as the names of items. This algorithm is fast for a text of sorted items:
//! if two kernels differ in most of 200,000 lines, the diff takes less than a second.

use std::borrow::Cow;
use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;
use std::time::Duration;

use clap::builder::styling::{AnsiColor, Style};
use similar::{Algorithm, Change, ChangeTag, TextDiff};

use super::{Outcome, output, stderr};

/// The maximum time for the search for a short diff. After this time, the diff may be longer than needed, but is still
/// correct.
const DIFF_TIMEOUT: Duration = Duration::from_secs(10);

/// The maximum size in bytes of a file that is compared. The WIT of every kernel is smaller.
const MAX_CHECKED: u64 = 1 << 28;

/// The first bytes of a component. A component is binary, so it has no lines to compare.
const COMPONENT: &[u8] = b"\0asm";

/// The kind of content of a file that is checked.
#[derive(Clone, Copy, Debug)]
pub enum CheckedFormat {
    Wit,
    /// The layout as JSON.
    Layout,
    /// Rust code that reads and writes the types.
    Reader,
    /// A component, or the text of its core module.
    Codec,
}

impl CheckedFormat {
    /// Splits a text into its header and its body. Returns `None` if no line begins a body.
    fn split(self, text: &str) -> Option<(&str, &str)> {
        let body = match self {
            CheckedFormat::Wit => "package ",
            CheckedFormat::Layout => "  \"package\": ",
            CheckedFormat::Reader => "// Reads and writes ",
            CheckedFormat::Codec => ";; A component of this module ",
        };
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            if line.starts_with(body) {
                return Some(text.split_at(at));
            }
            at += line.len();
        }
        None
    }

    /// Returns the parts of a header that say how bytes are read, such as the byte order.
    fn facts(self, header: &str) -> impl Iterator<Item = &str> {
        let starts: &[&str] = match self {
            CheckedFormat::Wit => &["little endian", "big endian", "pointers of "],
            CheckedFormat::Layout => &[
                "\"schema\": ",
                "\"document\": ",
                "\"endian\": ",
                "\"pointer_size\": ",
            ],
            CheckedFormat::Reader | CheckedFormat::Codec => &[],
        };
        let parts = header.split([',', '(', '\n']).map(str::trim);
        parts.filter(|part| starts.iter().any(|start| part.starts_with(start)))
    }

    /// Returns the lines in the form in which they are compared, which is without type ids.
    fn keys<'t>(self, lines: &[&'t str]) -> Vec<&'t str> {
        const ID: &str = "\"id\": ";
        let key = |line: &&'t str| match self {
            CheckedFormat::Layout if line.trim_start().starts_with(ID) => ID,
            _ => *line,
        };
        lines.iter().map(key).collect()
    }

    /// Returns the new text with the header of the old text in place of its own. Returns `None` if the old header says
    /// something about how bytes are read that the new one does not, or if one of the texts has no body.
    fn under_old_header(self, old: &str, new: &str) -> Option<String> {
        let (old_header, _) = self.split(old)?;
        let (new_header, body) = self.split(new)?;
        let new_facts: Vec<&str> = self.facts(new_header).collect();
        let mut facts = self.facts(old_header);
        facts
            .all(|fact| new_facts.contains(&fact))
            .then(|| [old_header, body].concat())
    }
}

/// Compares the file `path` with `new`, the content that would be written to it. Prints the result unless `quiet` is
/// true.
pub fn run(new: &[u8], format: CheckedFormat, path: &Path, quiet: bool) -> Result<Outcome, String> {
    let old = read(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let report = |what: &str| {
        if !quiet {
            stderr::line(&format!("{}: {what}", path.display()));
        }
    };
    if old == new {
        report("is what would be written");
        return Ok(Outcome::Done);
    }
    if [&old[..], new]
        .iter()
        .any(|bytes| bytes.starts_with(COMPONENT))
    {
        report("is not what would be written");
        return Ok(Outcome::Different);
    }
    let (old, new) = (String::from_utf8_lossy(&old), String::from_utf8_lossy(new));
    let new = format.under_old_header(&old, &new).map_or(new, Cow::Owned);
    let lines = ComparedLines {
        old: old.split_inclusive('\n').collect(),
        new: new.split_inclusive('\n').collect(),
    };
    let (old_keys, new_keys) = (format.keys(&lines.old), format.keys(&lines.new));
    if old_keys == new_keys {
        report("is what would be written, except for its header and type ids");
        return Ok(Outcome::Done);
    }
    if !quiet {
        let diff = TextDiff::configure()
            .algorithm(Algorithm::Patience)
            .timeout(DIFF_TIMEOUT)
            .diff_slices(&old_keys, &new_keys);
        output::unless_closed(print(&path.display().to_string(), &lines, &diff))?;
    }
    report("is not what would be written");
    Ok(Outcome::Different)
}

/// The lines of the old and the new text, with their line breaks.
struct ComparedLines<'t> {
    old: Vec<&'t str>,
    new: Vec<&'t str>,
}

impl ComparedLines<'_> {
    /// Returns the text of the line to which a change refers.
    fn line(&self, change: &Change<&str>) -> &str {
        let old = change.old_index().and_then(|i| self.old.get(i));
        let new = change.new_index().and_then(|i| self.new.get(i));
        old.or(new).copied().unwrap_or_default()
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let found = fs::metadata(path)?;
    if !found.is_file() {
        return Err(io::Error::other(
            "is not a regular file, so it cannot be checked",
        ));
    }
    let mut bytes = Vec::new();
    File::open(path)?
        .take(MAX_CHECKED + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_CHECKED {
        return Err(io::Error::other(
            "is larger than any file that btf2wit writes",
        ));
    }
    Ok(bytes)
}

/// Prints a diff in the usual colours. Control characters are escaped only on a terminal or if there are colours, since
/// `patch` needs the lines unchanged.
fn print(name: &str, lines: &ComparedLines, diff: &TextDiff<'_, '_, str>) -> io::Result<()> {
    let mut out = output::Stdout::new();
    let colours = out.colours;
    let escapes = colours || io::stdout().is_terminal();
    let mut line = |style: Style, sign: &dyn Display, text: &str| {
        let style = if colours { style } else { Style::new() };
        let text = match escapes {
            true => stderr::escape_controls(text),
            false => text.into(),
        };
        writeln!(out, "{style}{sign}{text}{style:#}")
    };
    let bold = Style::new().bold();
    line(bold, &"--- ", name)?;
    line(bold, &"+++ ", name)?;
    for hunk in diff.unified_diff().iter_hunks() {
        line(AnsiColor::Cyan.on_default(), &hunk.header(), "")?;
        for change in hunk.iter_changes() {
            let style = match change.tag() {
                ChangeTag::Equal => Style::new(),
                ChangeTag::Delete => AnsiColor::Red.on_default(),
                ChangeTag::Insert => AnsiColor::Green.on_default(),
            };
            let text = lines.line(&change);
            let ended = text.strip_suffix('\n');
            line(style, &change.tag(), ended.unwrap_or(text))?;
            if ended.is_none() {
                line(Style::new(), &"\\ No newline at end of file", "")?;
            }
        }
    }
    out.flush()
}
