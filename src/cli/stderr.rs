//! Prints messages on standard error. Control characters are escaped, since messages contain names from the input.

use std::borrow::Cow;
use std::io::Write;

use btf2wit::Package;
use clap::ColorChoice;
use clap::builder::Styles;
use clap::builder::styling::{AnsiColor, Style};

use super::args::{GlobalArgs, SelectionArgs};

/// The styles that clap uses for its messages. Other messages use them, too.
pub const STYLES: Styles = Styles::styled();

/// The style of the word `warning:`, for which clap has no style.
const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// The style of headings in lists and comparisons.
pub const HEADING: Style = Style::new().bold();

/// Turns colours on or off, for standard output and standard error.
pub fn set_colour(choice: ColorChoice) {
    let choice = match choice {
        ColorChoice::Auto => anstream::ColorChoice::Auto,
        ColorChoice::Always => anstream::ColorChoice::Always,
        ColorChoice::Never => anstream::ColorChoice::Never,
    };
    choice.write_global();
}

/// Prints warnings about an input, unless `--quiet` is set. With `--verbose`, also prints what was read and detected.
pub fn loaded(package: &Package, global: &GlobalArgs) {
    if global.verbose {
        print_source(package);
    }
    if !global.quiet {
        print_warnings(package);
    }
}

fn print_source(package: &Package) {
    let source = package.source();
    let print = |what: String| line(&format!("{}: {what}", source.input));
    let unpacked = source.packed.map(|how| format!("unpacked with {how}, "));
    print(format!(
        "{}{}: {} types",
        unpacked.unwrap_or_default(),
        source.place.words(),
        source.types
    ));
    if let Some(base) = &source.base {
        let unpacked = base.packed.map(|how| format!(", unpacked with {how}"));
        let unpacked = unpacked.unwrap_or_default();
        print(format!(
            "over {}{unpacked}: {} types",
            base.origin, base.types
        ));
        if let Some(types) = base.relocated {
            let from = "from its own section '.BTF.base'";
            print(format!("relocated to that {from}: {types} types"));
        }
    }
    print(format!(
        "{}, pointers of {} bytes ({})",
        source.endian.words(),
        source.pointer_size,
        source.pointer_origin.words()
    ));
}

fn print_warnings(package: &Package) {
    for warning in package.warnings() {
        let message = format!("{}: {warning}", package.input_name());
        labelled(&WARNING, "warning:", &message);
    }
}

/// If the package has none of the functions that the user wants, prints the reason. With `--quiet`, prints nothing.
pub fn no_functions(package: &Package, selected: &SelectionArgs, global: &GlobalArgs) {
    if global.quiet {
        return;
    }
    if let Some(why) = selected.why_no_functions(package) {
        line(&format!("{}: {why}", package.input_name()));
    }
}

/// Prints an error message.
pub fn error(message: &str) {
    labelled(STYLES.get_error(), "error:", message);
}

/// Prints one line. Errors are ignored, since a message that cannot be printed is no reason to fail.
pub fn line(line: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{}", escape_controls(line));
}

/// Prints text of several lines. It must contain no control characters besides line breaks.
pub fn lines(lines: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{lines}");
}

fn labelled(style: &Style, label: &str, message: &str) {
    let message = escape_controls(message);
    let _ = writeln!(
        anstream::stderr().lock(),
        "{style}{label}{style:#} {message}"
    );
}

/// Returns the text with its control characters escaped.
pub fn escape_controls(line: &str) -> Cow<'_, str> {
    // Fast path: almost all lines are printable ASCII. `fold` looks at all bytes without an early exit, so the compiler
    // vectorizes the loop.
    let plain = |byte: u8| matches!(byte, b' '..=b'~');
    if line.bytes().fold(true, |all, byte| all & plain(byte)) || !line.contains(char::is_control) {
        return Cow::Borrowed(line);
    }
    let mut escaped = String::new();
    for c in line.chars() {
        if c.is_control() {
            escaped.extend(c.escape_default());
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}

/// Prints the report of types and members that were left out, widened or renamed.
pub fn report(package: &Package, json: bool) -> Result<(), String> {
    let report = package.report().map_err(|e| e.to_string())?;
    if json {
        let document = serde_json::to_string_pretty(&report).map_err(|e| e.to_string())?;
        lines(&document);
        return Ok(());
    }
    for entry in &report.entries {
        line(&entry.to_string());
    }
    Ok(())
}
