//! Runs what the command line asks for: exit code 0, 1 where it failed, 2 for wrong usage.

mod args;
mod output;

use std::borrow::Cow;
use std::io::Write;
use std::process::ExitCode;

use args::Args;
use clap::Parser;

pub fn run() -> ExitCode {
    let args = Args::parse();
    match convert(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            say(&format!("error: {message}"));
            ExitCode::FAILURE
        }
    }
}

fn convert(args: &Args) -> Result<(), String> {
    output::spare_input(&args.input, args.output.as_deref())?;
    let config = args.config().map_err(|e| format!("stdin: {e}"))?;
    let package = config.load().map_err(|e| e.to_string())?;
    if !args.quiet {
        for warning in package.warnings() {
            say(&format!("warning: {}: {warning}", package.input_name()));
        }
    }
    let summary = output::write(&package, args.output.as_deref())?;
    if args.report {
        let report = package.report().map_err(|e| e.to_string())?;
        for entry in &report.entries {
            let wit = entry.wit.as_ref().map(|wit| format!(" as {wit}"));
            say(&format!(
                "{} `{}`{}: {}",
                entry.fate.words(),
                entry.c,
                wit.unwrap_or_default(),
                entry.reason
            ));
        }
    }
    if !args.quiet {
        say(&format!("{}: {summary}", package.input_name()));
    }
    Ok(())
}

/// One line on standard error; that it cannot be written is no reason to fail.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{}", harmless(line));
}

/// A line without the characters that would control a terminal: names come from the input.
fn harmless(line: &str) -> Cow<'_, str> {
    if !line.contains(char::is_control) {
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
