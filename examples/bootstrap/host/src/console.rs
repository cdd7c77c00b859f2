//! The output and the clock of a guest.

use std::io::{self, Write};
use std::time::{SystemTime, UNIX_EPOCH};

/// Prints the lines of a guest.
#[derive(Clone, Default)]
pub struct Console {
    /// A fixed time in seconds since midnight; `None` for the real time.
    pub clock: Option<u32>,
}

impl Console {
    pub fn print(&self, line: &[u8]) -> io::Result<()> {
        let mut text = String::with_capacity(line.len() + 1);
        for character in String::from_utf8_lossy(line).chars() {
            // The name of a process may contain control sequences for a terminal.
            if character.is_control() {
                text.extend(character.escape_default());
            } else {
                text.push(character);
            }
        }
        text.push('\n');
        io::stdout().write_all(text.as_bytes())
    }

    pub fn time_of_day(&self) -> u32 {
        self.clock.unwrap_or_else(|| {
            let since = SystemTime::now().duration_since(UNIX_EPOCH);
            since.map_or(0, |since| (since.as_secs() % 86_400) as u32)
        })
    }
}
