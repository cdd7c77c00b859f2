//! Lines of a list or a comparison, of which there may be tens of thousands: put together without
//! formatting, each in the memory of the one before. Nothing in them controls a terminal.

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

    /// The same with the spaces before it.
    pub fn push_right(&mut self, word: &str, width: usize) {
        self.push_spaces(word, width);
        self.0.push_str(word);
    }

    /// Appends as many spaces as a word has fewer characters than a width, which is at most 40.
    fn push_spaces(&mut self, word: &str, width: usize) {
        const SPACES: &str = "                                        ";
        let missing = width.saturating_sub(word.chars().count());
        self.0.push_str(&SPACES[..missing]);
    }

    /// Prints the line without spaces at its end, and begins the next one.
    pub fn print(&mut self, out: &mut Stdout) -> io::Result<()> {
        self.print_in(Style::new(), out)
    }

    /// The same in a style, where there are colours.
    pub fn print_in(&mut self, style: Style, out: &mut Stdout) -> io::Result<()> {
        let text = stderr::harmless(self.0.trim_end());
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
