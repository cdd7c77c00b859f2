//! Prints rows of a list or a comparison, in which control characters are escaped. There may be tens of thousands of
//! rows, so all of them use one buffer, and no row is written with `format!`.

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

    /// Appends a word and then spaces, so that both have at least `width` characters together.
    pub fn push_left(&mut self, word: &str, width: usize) {
        self.0.push_str(word);
        self.push_spaces(word, width);
    }

    /// Appends spaces and then a word, so that both have at least `width` characters together.
    pub fn push_right(&mut self, word: &str, width: usize) {
        self.push_spaces(word, width);
        self.0.push_str(word);
    }

    /// Appends the spaces that a word needs to have at least `width` characters. `width` must be at most 40, the length
    /// of `SPACES`.
    fn push_spaces(&mut self, word: &str, width: usize) {
        const SPACES: &str = "                                        ";
        let missing = width.saturating_sub(word.chars().count());
        self.0.push_str(&SPACES[..missing]);
    }

    /// Prints the row without spaces at its end, and clears it.
    pub fn print(&mut self, out: &mut Stdout) -> io::Result<()> {
        self.print_in(Style::new(), out)
    }

    /// Does the same as [`print`](Row::print). If colours are on, prints the row in this style.
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
