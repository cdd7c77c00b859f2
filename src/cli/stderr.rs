//! What is said on standard error. Knows who listens: colours on a terminal only, and nothing from
//! the input that would control one.

use std::borrow::Cow;
use std::io::Write;

use btf2wit::Package;
use clap::ColorChoice;
use clap::builder::Styles;
use clap::builder::styling::{AnsiColor, Style};

use super::args::{GlobalArgs, SelectionArgs};

/// The styles that clap's own messages have.
pub const STYLES: Styles = Styles::styled();

/// Of which clap has none.
const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// What stands above the lines of a list or a comparison.
pub const HEADING: Style = Style::new().bold();

/// Settles whether there are colours, for both standard streams.
pub fn in_colour(choice: ColorChoice) {
    let choice = match choice {
        ColorChoice::Auto => anstream::ColorChoice::Auto,
        ColorChoice::Always => anstream::ColorChoice::Always,
        ColorChoice::Never => anstream::ColorChoice::Never,
    };
    choice.write_global();
}

/// What is said of an input before anything is made of it.
pub fn loaded(package: &Package, global: &GlobalArgs) {
    if global.verbose {
        found(package);
    }
    if !global.quiet {
        warnings(package);
    }
}

/// What was read, and what was found out about it.
fn found(package: &Package) {
    let source = package.source();
    let say = |what: String| line(&format!("{}: {what}", source.input));
    let unpacked = source.packed.map(|how| format!("unpacked with {how}, "));
    say(format!(
        "{}{}: {} types",
        unpacked.unwrap_or_default(),
        source.place.words(),
        source.types
    ));
    if let Some(base) = &source.base {
        let unpacked = base.packed.map(|how| format!(", unpacked with {how}"));
        let unpacked = unpacked.unwrap_or_default();
        say(format!(
            "over {}{unpacked}: {} types",
            base.origin, base.types
        ));
        if let Some(types) = base.relocated {
            let from = "from its own section '.BTF.base'";
            say(format!("relocated to that {from}: {types} types"));
        }
    }
    say(format!(
        "{}, pointers of {} bytes ({})",
        source.endian.words(),
        source.pointer_size,
        source.pointer_origin.words()
    ));
}

/// What is odd about the input.
fn warnings(package: &Package) {
    for warning in package.warnings() {
        let message = format!("{}: {warning}", package.input_name());
        labelled(&WARNING, "warning:", &message);
    }
}

/// Why functions that were asked for are not there.
pub fn no_functions(package: &Package, selected: &SelectionArgs, global: &GlobalArgs) {
    if global.quiet {
        return;
    }
    if let Some(why) = selected.why_no_functions(package) {
        line(&format!("{}: {why}", package.input_name()));
    }
}

/// Why it failed.
pub fn error(message: &str) {
    labelled(STYLES.get_error(), "error:", message);
}

/// One line; that it cannot be written is no reason to fail.
pub fn line(line: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{}", harmless(line));
}

/// Lines that have no control characters but their ends.
pub fn line_as_it_is(lines: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{lines}");
}

fn labelled(style: &Style, label: &str, message: &str) {
    let message = harmless(message);
    let _ = writeln!(
        anstream::stderr().lock(),
        "{style}{label}{style:#} {message}"
    );
}

/// A line without the characters that would control a terminal: names come from the input.
pub fn harmless(line: &str) -> Cow<'_, str> {
    // Almost all are plain, which is seen many bytes at once where no byte ends the search.
    let plain = |byte: u8| matches!(byte, b' '..=b'~');
    if line.bytes().fold(true, |all, byte| all & plain(byte)) || !line.contains(char::is_control) {
        return Cow::Borrowed(line);
    }
    let mut harmless = String::new();
    for c in line.chars() {
        if c.is_control() {
            harmless.extend(c.escape_default());
        } else {
            harmless.push(c);
        }
    }
    Cow::Owned(harmless)
}
