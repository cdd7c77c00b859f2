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
    file: File,
}

impl Kernel {
    /// Maps the file, if it is the kernel's own and the kernel is of Linux 6.16 or later. Hands back
    /// what has to be read.
    #[allow(unsafe_code, reason = "any other file may change while it is mapped")]
    pub fn map(path: &Path, file: File) -> Result<Kernel, File> {
        let on_sysfs = || rustix::fs::fstatfs(&file).is_ok_and(|on| on.f_type as u64 == SYSFS);
        if path != Path::new(PATH) || !on_sysfs() {
            return Err(file);
        }
        // SAFETY: the kernel writes sysfs, nobody else, and behind this name it shows a part of its own
        // image that is read-only and stays for as long as it runs (`kernel/bpf/sysfs_btf.c`).
        match unsafe { MmapOptions::new().map_copy_read_only(&file) } {
            Ok(map) => Ok(Kernel { map, file }),
            Err(_) => Err(file),
        }
    }

    pub fn file(&self) -> &File {
        &self.file
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
        let Ok(file) = File::open(PATH) else {
            eprintln!("skipped: there is no {PATH}");
            return;
        };
        match Kernel::map(Path::new(PATH), file) {
            Ok(kernel) => assert!(*kernel == std::fs::read(PATH).expect("it is there")),
            Err(_) => eprintln!("skipped: before Linux 6.16 {PATH} cannot be mapped"),
        }
    }

    #[test]
    fn nothing_else_is_mapped() {
        let cargo_toml = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        for path in [cargo_toml, PATH] {
            let file = File::open(cargo_toml).expect("it is there");
            assert!(Kernel::map(Path::new(path), file).is_err());
        }
    }
}
