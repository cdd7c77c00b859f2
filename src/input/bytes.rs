//! Raw BTF as it was found. Knows nothing of what it says.

use std::fs::File;
use std::ops::Deref;

#[cfg(target_os = "linux")]
use super::kernel::Kernel;

/// The bytes of a file or a section.
pub(crate) enum Bytes {
    Read(Vec<u8>),
    #[cfg(target_os = "linux")]
    Mapped(Kernel),
}

impl Bytes {
    /// A file that holds the same and nothing else, and that nobody changes. Only Linux has one.
    pub fn file(&self) -> Option<&File> {
        match self {
            Bytes::Read(_) => None,
            #[cfg(target_os = "linux")]
            Bytes::Mapped(kernel) => kernel.file(),
        }
    }

    /// What was read; or else what is mapped, and stays so without a file.
    pub fn into_read(self) -> Result<Vec<u8>, Bytes> {
        match self {
            Bytes::Read(bytes) => Ok(bytes),
            #[cfg(target_os = "linux")]
            Bytes::Mapped(kernel) => Err(Bytes::Mapped(kernel.closed())),
        }
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Bytes::Read(bytes) => bytes,
            #[cfg(target_os = "linux")]
            Bytes::Mapped(kernel) => kernel,
        }
    }
}
