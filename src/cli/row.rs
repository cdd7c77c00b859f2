//! Rows of a list or a comparison. There may be tens of thousands: they share one buffer and use no formatting
//! machinery. Control characters are escaped.

use std::io::{self, Write};

use clap::builder::styling::Style;

use super::output::Stdout;
use super::stderr;

#[derive(Default)]
pub struct Row(String);

impl Row {
    pub fn push(&mut self, words: &[&str]) {
        self.0.extend(words.iter().copied());
    }

    /// Appends a word, and spaces up to a width in characters.
    pub fn push_left(&mut self, word: &str, width: usize) {
        self.0.push_str(word);
        self.push_spaces(word, width);
    }

    /// Appends a word, with spaces before it up to a width in characters.
    pub fn push_right(&mut self, word: &str, width: usize) {
        self.push_spaces(word, width);
        self.0.push_str(word);
    }

    /// Appends the spaces that pad a word to a width of at most 40 characters.
    fn push_spaces(&mut self, word: &str, width: usize) {
        const SPACES: &str = "                                        ";
        let missing = width.saturating_sub(word.chars().count());
        self.0.push_str(&SPACES[..missing]);
    }

    /// Prints the row without trailing spaces and clears it.
    pub fn print(&mut self, out: &mut Stdout) -> io::Result<()> {
        self.print_in(Style::new(), out)
    }

    /// Prints the row like [`print`](Row::print), in a style if there are colours.
    pub fn print_in(&mut self, style: Style, out: &mut Stdout) -> io::Result<()> {
        let text = stderr::escape_controls(self.0.trim_end());
        match out.colours && style != Style::new() {
            true => writeln!(out, "{style}{text}{style:#}")?,
            false => {
                out.write_all(text.as_bytes())?;
                out.write_all(b"\n")?;
            }
        }
        self.0.clear();
        Ok(())
    }
}
