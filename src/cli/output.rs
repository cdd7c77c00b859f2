//! Writes to a file or to standard output, and handles errors of standard output.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use anstream::AutoStream;
use btf2wit::{Error, Package, Summary};

use super::Outcome;

/// Writes the WIT of the package to `output`, or to standard output if `output` is `None`.
pub fn write(package: &Package, output: Option<&Path>) -> Result<Summary, String> {
    match output {
        Some(path) => package.write_file(path).map_err(|e| e.to_string()),
        None => package
            .write_to(io::stdout().lock())
            .or_else(closed_pipe)
            .map_err(|e| format!("standard output: {e}")),
    }
}

/// Standard output with a buffer.
pub struct Stdout {
    out: Box<dyn Write>,
    /// Whether to print colours.
    pub colours: bool,
}

impl Stdout {
    pub fn new() -> Stdout {
        const CAPACITY: usize = 1 << 16;
        let stdout = io::stdout();
        let colours = AutoStream::choice(&stdout) != anstream::ColorChoice::Never;
        Stdout {
            // On consoles that do not support escape sequences, anstream uses system calls for the colours.
            out: match colours {
                true => Box::new(BufWriter::with_capacity(
                    CAPACITY,
                    anstream::stdout().lock(),
                )),
                false => Box::new(BufWriter::with_capacity(CAPACITY, stdout.lock())),
            },
            colours,
        }
    }
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Prints text other than WIT on standard output.
pub fn print(text: &[u8]) -> Result<Outcome, String> {
    unless_closed(io::stdout().lock().write_all(text))?;
    Ok(Outcome::Done)
}

/// Turns the error that standard output was closed into success, since a reader such as `head` may stop early.
pub fn unless_closed(printed: io::Result<()>) -> Result<(), String> {
    match printed {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => Err(format!("standard output: {e}")),
        _ => Ok(()),
    }
}

/// Returns an error if the output would overwrite the input.
pub fn spare_input(input: &Path, output: Option<&Path>) -> Result<(), String> {
    let same = output.is_some_and(|output| {
        let (input, output) = (fs::canonicalize(input), fs::canonicalize(output));
        matches!((input, output), (Ok(input), Ok(output)) if input == output)
    });
    if same {
        return Err(format!(
            "{}: the output would replace the input",
            input.display()
        ));
    }
    Ok(())
}

/// Ends the process successfully if standard output was closed. Messages that would follow on standard error are not
/// printed. Returns any other error.
fn closed_pipe(error: Error) -> Result<Summary, Error> {
    match error {
        Error::Write(e) if e.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
        error => Err(error),
    }
}
