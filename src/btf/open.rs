//! Gives btf-rs what it reads. Knows nothing of types.

use super::malformed::Malformed;

/// Below this many bytes a file for btf-rs to map costs more than its eager backend.
#[cfg(target_os = "linux")]
pub(super) const WORTH_A_FILE: usize = 64 * 1024;

/// Lets btf-rs read BTF that stands alone.
pub(super) fn alone(bytes: &[u8]) -> Result<btf_rs::Btf, Malformed> {
    btf_rs::Btf::from_bytes(bytes).map_err(|e| Malformed::new(e.to_string()))
}

/// Lets btf-rs read a base, which is asked for names.
pub(super) fn base(bytes: &[u8]) -> Result<btf_rs::Btf, Malformed> {
    #[cfg(target_os = "linux")]
    if bytes.len() >= WORTH_A_FILE {
        if let Ok(btf) = mapped::MemFile::new().and_then(|file| file.map(&[bytes])) {
            return Ok(btf);
        }
    }
    alone(bytes)
}

/// Lets btf-rs read split BTF.
pub(super) fn split(bytes: &[u8], base: &btf_rs::Btf) -> Result<btf_rs::Btf, Malformed> {
    btf_rs::Btf::from_split_bytes(bytes, base).map_err(|e| {
        Malformed::new(format!(
            "{e}, so the base is not the one that this was made for"
        ))
    })
}

/// btf-rs's `Mmap` backend does not copy every name as the one for bytes does, but takes only paths. So it gets
/// the path of an anonymous file, which nobody else can change. Any failure here (no `/proc`, no memfd) leaves
/// the eager backend.
#[cfg(target_os = "linux")]
pub(super) mod mapped {
    use std::{fs::File, os::fd::AsRawFd, os::unix::fs::FileExt};

    pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

    pub struct MemFile(File);

    impl MemFile {
        pub fn new() -> Result<MemFile> {
            let flags = rustix::fs::MemfdFlags::CLOEXEC;
            Ok(MemFile(rustix::fs::memfd_create("btf", flags)?.into()))
        }

        /// Lets btf-rs map these bytes, one part after the other. Nothing is written after that.
        pub fn map(self, parts: &[&[u8]]) -> Result<btf_rs::Btf> {
            self.write(parts)
        }

        /// Lets btf-rs map these bytes for a while. What comes after them takes their place; where it is
        /// shorter, the end of these stays behind it, of which no header speaks.
        pub fn read<T>(
            &mut self,
            parts: &[&[u8]],
            look: impl FnOnce(&btf_rs::Btf) -> T,
        ) -> Result<T> {
            Ok(look(&self.write(parts)?))
        }

        fn write(&self, parts: &[&[u8]]) -> Result<btf_rs::Btf> {
            let mut end = 0;
            for part in parts {
                self.0.write_all_at(part, end)?;
                end += part.len() as u64;
            }
            let path = format!("/proc/self/fd/{}", self.0.as_raw_fd());
            let btf = btf_rs::Btf::from_file_with_backend(path, btf_rs::Backend::Mmap)?;
            Ok(btf)
        }
    }
}
