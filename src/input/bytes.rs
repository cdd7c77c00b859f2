//! Raw BTF as it was found. Knows nothing of what it says.

use std::borrow::Cow;
use std::ops::Deref;

#[cfg(target_os = "linux")]
use super::kernel::Kernel;
use crate::btf::Encoded;

/// The bytes of a file or a section.
pub(crate) enum Bytes {
    Read(Vec<u8>),
    #[cfg(target_os = "linux")]
    Mapped(Kernel),
}

impl Bytes {
    /// The same for who makes types of it. What was read is handed over, and not there any more.
    pub fn encoded(&mut self) -> Encoded<'_> {
        match self {
            Bytes::Read(bytes) => Encoded {
                bytes: Cow::Owned(std::mem::take(bytes)),
                file: None,
            },
            #[cfg(target_os = "linux")]
            Bytes::Mapped(kernel) => Encoded {
                bytes: Cow::Borrowed(kernel),
                file: Some(kernel.file()),
            },
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
