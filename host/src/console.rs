//! What a guest prints. On a terminal, control characters are escaped: the name of a process may contain some.

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
                escaped = escape(bytes);
                &escaped
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

/// Escapes control characters, except for those that lay text out.
fn escape(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for &byte in bytes {
        match byte {
            b'\n' | b'\t' => out.push(byte),
            0..0x20 | 0x7f => out.extend(byte.escape_ascii()),
            _ => out.push(byte),
        }
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
    #[test]
    fn a_terminal_gets_no_control_characters() {
        let text = super::escape("a\x1b[2Jb\tcafé\r\n".as_bytes());
        assert_eq!(String::from_utf8_lossy(&text), "a\\x1b[2Jb\tcafé\\r\n");
    }
}
