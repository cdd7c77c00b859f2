//! `--check`: is a file what would be written? Reads it, and never writes.
//!
//! The difference is a text diff in the unified format, which `patch` takes. Lines that occur once,
//! as the names of items do, are matched first ("patience"): that suits a text of sorted items, and
//! keeps two kernels, which differ in most of 200,000 lines, under a second.

use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;
use std::time::Duration;

use clap::builder::styling::{AnsiColor, Style};
use similar::{Algorithm, ChangeTag, TextDiff};

use super::{Outcome, output, say};

/// How long a short difference is looked for; what is found by then is true, but longer.
const LONGEST: Duration = Duration::from_secs(10);

/// More than the WIT of any kernel.
const MOST: u64 = 1 << 28;

pub fn run(new: &[u8], path: &Path, quiet: bool) -> Result<Outcome, String> {
    let old = read(path).map_err(|e| format!("{}: {e}", path.display()))?;
    if old == new {
        if !quiet {
            say::line(&format!("{}: is what would be written", path.display()));
        }
        return Ok(Outcome::Done);
    }
    if !quiet {
        let (old, new) = (String::from_utf8_lossy(&old), String::from_utf8_lossy(new));
        let diff = TextDiff::configure()
            .algorithm(Algorithm::Patience)
            .timeout(LONGEST)
            .diff_lines(&*old, &*new);
        output::unless_closed(print(&path.display().to_string(), &diff))?;
        say::line(&format!("{}: is not what would be written", path.display()));
    }
    Ok(Outcome::Different)
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let found = fs::metadata(path)?;
    if !found.is_file() {
        return Err(io::Error::other("is no file, and cannot be checked"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST {
        return Err(io::Error::other("is larger than any WIT that is written"));
    }
    Ok(bytes)
}

/// Prints hunks in the colours that diffs have everywhere. A file has the lines as they are, so that
/// `patch` finds them; a terminal is spared what would control it.
fn print(name: &str, diff: &TextDiff<'_, '_, str>) -> io::Result<()> {
    let mut out = output::Stdout::new();
    let colours = out.colours;
    let harmless = colours || io::stdout().is_terminal();
    let mut line = |style: Style, sign: &dyn Display, text: &str| {
        let style = if colours { style } else { Style::new() };
        let text = match harmless {
            true => say::harmless(text),
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
            let text = change.value();
            line(
                style,
                &change.tag(),
                text.strip_suffix('\n').unwrap_or(text),
            )?;
            if change.missing_newline() {
                line(Style::new(), &"\\ No newline at end of file", "")?;
            }
        }
    }
    out.flush()
}
