//! The running kernel's BTF where the kernel keeps it: mapped, not read. Knows nothing of what it says.
//!
//! With `unsafe`, since to read it costs a twentieth of the time of converting it.

use std::fs::File;
use std::ops::Deref;
use std::path::Path;

use memmap2::{Mmap, MmapOptions};

/// Where it is mapped from. There is another file for each module, which cannot be mapped.
const PATH: &str = "/sys/kernel/btf/vmlinux";
/// What `statfs(2)` calls sysfs (`SYSFS_MAGIC`).
const SYSFS: u64 = 0x6265_6572;

/// The bytes, and the file of which they are.
pub(crate) struct Kernel {
    map: Mmap,
    file: Option<File>,
}

impl Kernel {
    /// Maps the kernel's own file, if that is what is named and the kernel is of Linux 6.16 or later.
    #[allow(unsafe_code, reason = "most files may change while they are mapped")]
    pub fn open(path: &Path) -> Option<Kernel> {
        if path != Path::new(PATH) {
            return None;
        }
        let file = File::open(path).ok()?;
        if rustix::fs::fstatfs(&file).ok()?.f_type as u64 != SYSFS {
            return None;
        }
        // SAFETY: of sysfs this is a part of the kernel's own image, read-only and there for as long as it
        // runs (`btf_sysfs_vmlinux_mmap` in `kernel/bpf/sysfs_btf.c`). None but root could put another
        // file of sysfs in its place.
        let map = unsafe { MmapOptions::new().map_copy_read_only(&file) }.ok()?;
        let file = Some(file);
        Some(Kernel { map, file })
    }

    pub fn file(&self) -> Option<&File> {
        self.file.as_ref()
    }

    /// The bytes alone, which stay where the file does not.
    pub fn closed(self) -> Kernel {
        Kernel { file: None, ..self }
    }
}

impl Deref for Kernel {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.map
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_mapped_is_what_is_read() {
        match Kernel::open(Path::new(PATH)) {
            Some(kernel) => assert!(*kernel == std::fs::read(PATH).expect("it is there")),
            None => eprintln!("skipped: there is no {PATH}, or none of Linux 6.16 or later"),
        }
    }

    #[test]
    fn nothing_else_is_mapped() {
        let cargo_toml = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        for path in [cargo_toml, "/sys/kernel/btf", "/sys/kernel/notes"] {
            assert!(Kernel::open(Path::new(path)).is_none());
        }
    }
}
