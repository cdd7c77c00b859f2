//! Prints the output of a guest. On a terminal, control characters are escaped, since the output may contain names that
//! other users chose, such as names of processes.

use std::io::{self, Write};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};

/// Standard output or standard error of a guest.
#[derive(Clone, Copy)]
pub enum Console {
    Output,
    Error,
}

impl IsTerminal for Console {
    fn is_terminal(&self) -> bool {
        match self {
            Console::Output => io::stdout().is_terminal(),
            Console::Error => io::stderr().is_terminal(),
        }
    }
}

impl StdoutStream for Console {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(*self)
    }
}

impl Console {
    fn print(self, bytes: &[u8]) -> io::Result<()> {
        let escaped;
        let bytes = match self.is_terminal() {
            true => {
                escaped = escape_bytes(bytes);
                escaped.as_bytes()
            }
            false => bytes,
        };
        match self {
            Console::Output => {
                let mut out = io::stdout().lock();
                out.write_all(bytes)?;
                out.flush()
            }
            Console::Error => io::stderr().lock().write_all(bytes),
        }
    }
}

/// Escapes control characters for a terminal, except for newlines and tabs.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' => out.push(character),
            '\0'..='\x7f' if character.is_control() => {
                out.extend((character as u8).escape_ascii().map(char::from));
            }
            _ if character.is_control() => out.extend(character.escape_default()),
            _ => out.push(character),
        }
    }
    out
}

/// Escapes what [`escape`] escapes, and bytes that are not UTF-8, since a terminal may take such bytes for control
/// characters.
fn escape_bytes(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(&escape(chunk.valid()));
        out.extend(chunk.invalid().escape_ascii().map(char::from));
    }
    out
}

impl AsyncWrite for Console {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(self.print(bytes).map(|()| bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::escape_bytes;

    #[test]
    fn no_control_character_reaches_a_terminal() {
        assert_eq!(escape_bytes("a\tcafé\r\n".as_bytes()), "a\tcafé\\r\n");
        assert_eq!(escape_bytes(b"\x1b[2J"), "\\x1b[2J");
        assert_eq!(escape_bytes(b"\xc2\x9b2J \x9b"), "\\u{9b}2J \\x9b");
    }
}
