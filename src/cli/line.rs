//! Lines of a list or a comparison, of which there may be tens of thousands: put together without
//! formatting, each in the memory of the one before. Nothing in them controls a terminal.

use std::io::{self, Write};

use super::say;

#[derive(Default)]
pub struct Line(String);

impl Line {
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
    pub fn print(&mut self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(say::harmless(self.0.trim_end()).as_bytes())?;
        self.0.clear();
        out.write_all(b"\n")
    }
}
