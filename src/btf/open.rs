//! Passes bytes to btf-rs. Besides this file, only `load` and `convert` use btf-rs: they ask btf-rs for types and
//! translate these types.
//!
//! btf-rs is the project's choice of reader, and well maintained. Using btf-rs has costs. btf-rs does not expose some
//! words, and it would misread the wider fields of BTF's encoding of 2026. Therefore `sections` makes a first pass over
//! the bytes. btf-rs also copies each type into vectors, and it reads large inputs fastest from a file. A reader of our
//! own would save about 10 % of the instructions of a conversion, and 200 lines.

use super::malformed::{Malformed, WRONG_BASE};

/// The size in bytes from which a mapped file is cheaper than the eager backend of btf-rs.
#[cfg(target_os = "linux")]
pub(super) const MIN_MAPPED_SIZE: usize = 64 * 1024;

/// Reads BTF that is not split.
pub(super) fn unsplit(bytes: &[u8]) -> Result<btf_rs::Btf, Malformed> {
    btf_rs::Btf::from_bytes(bytes).map_err(|e| Malformed::new(e.to_string()))
}

/// Reads a base. A large base is mapped as a whole and not in pieces, since btf-rs reads split BTF only with a whole
/// base.
pub(super) fn base(bytes: &[u8]) -> Result<btf_rs::Btf, Malformed> {
    #[cfg(target_os = "linux")]
    if bytes.len() >= MIN_MAPPED_SIZE {
        if let Ok(btf) = mapped::MemFile::new().and_then(|file| file.map(&[bytes])) {
            return Ok(btf);
        }
    }
    unsplit(bytes)
}

/// Reads split BTF. The function [`base()`] must have read its base.
pub(super) fn split(bytes: &[u8], base: &btf_rs::Btf) -> Result<btf_rs::Btf, Malformed> {
    btf_rs::Btf::from_split_bytes(bytes, base)
        .map_err(|e| Malformed::new(format!("{e}{WRONG_BASE}")))
}

/// Uses the `Mmap` backend of btf-rs. Unlike the eager backend, the `Mmap` backend does not copy each name, but it
/// accepts only a path. The path given to it is that of an anonymous file, which no other process opens by accident. On
/// systems without `/proc` or anonymous files, the functions of this module fail, and their callers use the eager
/// backend.
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

        /// Writes the parts one after the other, and lets btf-rs map the file. The result keeps the mapping.
        pub fn map(self, parts: &[&[u8]]) -> Result<btf_rs::Btf> {
            self.write(parts)
        }

        /// Lets btf-rs map `parts` while `read` runs. The next call of this function overwrites them in the file. If
        /// the next call writes fewer bytes, the last bytes of the earlier call stay in the file. btf-rs ignores these
        /// bytes, since the header gives the lengths.
        pub fn read<T>(
            &mut self,
            parts: &[&[u8]],
            read: impl FnOnce(&btf_rs::Btf) -> T,
        ) -> Result<T> {
            Ok(read(&self.write(parts)?))
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
