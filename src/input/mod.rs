//! Finds BTF in whatever the caller names. Reads; never maps, since `/sys/kernel/btf/vmlinux` cannot
//! be mapped before Linux 6.16. Knows nothing of what BTF says.

mod elf;

use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::btf;
use crate::error::Error;

/// Where Linux shows the BTF of the kernel and its modules.
const KERNEL: &str = "/sys/kernel/btf";
const WITHOUT: &str = "is not there: this system is not Linux, or its kernel was built without \
                       CONFIG_DEBUG_INFO_BTF; name a vmlinux file, raw BTF or a BPF object";

/// What a conversion starts from.
#[derive(Clone, Debug)]
pub(crate) enum Input {
    Path(PathBuf),
    /// A name for messages, and the file's content.
    Bytes(String, Vec<u8>),
}

/// BTF as it stands in its section, and what its surroundings say.
pub(crate) struct Section {
    pub bytes: Vec<u8>,
    pub origin: Origin,
}

/// Where BTF was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Raw,
    Elf {
        /// Bytes in an address.
        pointer_size: u8,
        /// Is it made for the BPF machine?
        bpf: bool,
    },
}

impl Origin {
    pub fn is_bpf_object(self) -> bool {
        matches!(self, Origin::Elf { bpf: true, .. })
    }
}

impl Input {
    /// What messages call the input.
    pub fn name(&self) -> String {
        match self {
            Input::Path(path) => path.display().to_string(),
            Input::Bytes(name, _) => name.clone(),
        }
    }

    /// The file's name without folders.
    pub fn file_name(&self) -> String {
        let name = match self {
            Input::Path(path) => path.as_path(),
            Input::Bytes(name, _) => Path::new(name),
        };
        let name = name.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    /// Reads the BTF of the input.
    pub fn read(&self) -> Result<Section, Error> {
        match self {
            Input::Path(path) => self.read_file(path),
            Input::Bytes(_, bytes) if bytes.starts_with(elf::MAGIC) => {
                elf::section(bytes.as_slice()).map_err(|e| self.none(e))
            }
            Input::Bytes(_, bytes) => {
                self.check(bytes)?;
                Ok(raw(bytes.clone()))
            }
        }
    }

    fn read_file(&self, path: &Path) -> Result<Section, Error> {
        let failed = |source| Error::Read {
            input: self.name(),
            source,
        };
        let mut file = File::open(path).map_err(|e| match e.kind() {
            ErrorKind::NotFound if path.starts_with(KERNEL) => self.none(WITHOUT.into()),
            _ => failed(e),
        })?;
        let metadata = file.metadata().map_err(failed)?;
        if metadata.is_dir() {
            return Err(failed(ErrorKind::IsADirectory.into()));
        }
        if !metadata.is_file() {
            // A pipe cannot be read twice.
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).map_err(failed)?;
            return Input::Bytes(self.name(), bytes).read();
        }
        let magic = first_bytes(&mut file).map_err(failed)?;
        if magic.starts_with(elf::MAGIC) {
            let cache = object::ReadCache::new(file);
            return elf::section(&cache).map_err(|e| self.none(e));
        }
        self.check(&magic)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed)?;
        Ok(raw(bytes))
    }

    fn check(&self, bytes: &[u8]) -> Result<(), Error> {
        if btf::has_magic(bytes) {
            return Ok(());
        }
        Err(self.none(what_it_is(bytes)))
    }

    fn none(&self, what: String) -> Error {
        Error::NoBtf {
            input: self.name(),
            what,
        }
    }
}

/// What a file is that is neither BTF nor ELF, by its first bytes, and what to do.
fn what_it_is(bytes: &[u8]) -> String {
    let packed = [
        (&b"\xfd7zXZ"[..], "xz", "xz -dk"),
        (b"\x1f\x8b", "gzip", "gzip -dk"),
        (b"\x28\xb5\x2f\xfd", "zstd", "zstd -dk"),
    ];
    if bytes.is_empty() {
        return "is empty".to_owned();
    }
    match packed.iter().find(|(magic, ..)| bytes.starts_with(magic)) {
        Some((_, format, command)) => {
            format!("is packed with {format}: unpack it first, with '{command}'")
        }
        None => "is neither BTF nor an ELF file: name /sys/kernel/btf/vmlinux, a BPF object, or a \
                 kernel image with its '.BTF' section (vmlinux, not vmlinuz)"
            .to_owned(),
    }
}

fn raw(bytes: Vec<u8>) -> Section {
    Section {
        bytes,
        origin: Origin::Raw,
    }
}

/// The first bytes of a file, which is then at its start again.
fn first_bytes(file: &mut File) -> std::io::Result<Vec<u8>> {
    let mut magic = Vec::new();
    file.by_ref().take(8).read_to_end(&mut magic)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(magic)
}
