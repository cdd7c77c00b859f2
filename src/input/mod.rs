//! Finds the BTF in the caller's input, which may be raw BTF, an ELF file or a boot image, and may be packed. This
//! module does not parse BTF.

mod elf;
mod image;
mod packed;
mod programs;
mod symbols;

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};

use image::{Image, Payload};
pub(crate) use programs::Program;
pub(crate) use symbols::Symbols;

use crate::btf;
use crate::error::Error;
use crate::source::Place;

/// The maximum size in bytes of a file that is read as a whole, and of an unpacked file or section. Most `vmlinux`
/// files with DWARF are smaller.
const MAX: u64 = 1 << 30;
/// The number of bytes at the start of a file that are read to recognize its format.
const HEAD: u64 = 1024;

/// The folder in which Linux has the BTF of the running kernel and its modules.
const KERNEL: &str = "/sys/kernel/btf";
const NO_KERNEL: &str = "is not there: this system is not Linux, or its kernel was built without \
                       CONFIG_DEBUG_INFO_BTF; name a vmlinux file, raw BTF or a BPF object";

/// The input of a conversion. The caller gives it as a path or as bytes.
#[derive(Clone, Debug)]
pub(crate) enum Input {
    Path(PathBuf),
    /// The name of the input in messages, and its content.
    Bytes(String, Vec<u8>),
}

/// The BTF that was found, and facts from the file that contains it.
pub(crate) struct Section {
    pub bytes: Vec<u8>,
    /// The content of the section `.BTF.base`. `None` if the file has no such section.
    pub base: Option<Vec<u8>>,
    /// The content of the section `.BTF.ext` of a BPF object. `None` for other files, and for objects without this
    /// section.
    pub ext: Option<Vec<u8>>,
    pub origin: Origin,
    /// The name of the compression format of the file or, if the file itself is not packed, of the kernel in a boot
    /// image. `None` if neither is packed.
    pub packed: Option<&'static str>,
    /// The offsets of a BPF object's variables, from its symbol table. Empty for other files.
    pub symbols: Symbols,
    /// The programs of a BPF object. Empty for other files.
    pub programs: Vec<Program>,
}

impl Section {
    /// Returns the result for a file that is raw BTF as a whole.
    fn raw(bytes: Vec<u8>) -> Section {
        Section {
            bytes,
            base: None,
            ext: None,
            origin: Origin::Raw,
            packed: None,
            symbols: Symbols::default(),
            programs: Vec::new(),
        }
    }

    fn packed_with(self, packed: &'static str) -> Section {
        Section {
            packed: Some(packed),
            ..self
        }
    }
}

/// The kind of file that contains the BTF.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Raw,
    /// A kernel without a section table, which some boot images contain. Others contain an ELF file.
    Image,
    Elf {
        /// The size of a pointer in bytes, by the class of the file.
        pointer_size: u8,
        /// Whether the file is for the machine BPF. If so, it is a BPF object.
        bpf: bool,
    },
}

impl Origin {
    pub fn is_bpf_object(self) -> bool {
        self.place() == Place::BpfObject
    }

    /// Returns this kind of file as the public type that [`Source`](crate::Source) uses.
    pub fn place(self) -> Place {
        match self {
            Origin::Raw => Place::Raw,
            Origin::Image => Place::Image,
            Origin::Elf { bpf: true, .. } => Place::BpfObject,
            Origin::Elf { bpf: false, .. } => Place::Elf,
        }
    }
}

impl Input {
    /// Returns the name of the input for messages.
    pub fn name(&self) -> String {
        match self {
            Input::Path(path) => path.display().to_string(),
            Input::Bytes(name, _) => name.clone(),
        }
    }

    /// Returns the path if the input is a file, or `None` if it is bytes.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Input::Path(path) => Some(path),
            Input::Bytes(..) => None,
        }
    }

    /// Returns the last part of the input's path or, for bytes, of the input's name. Returns an empty text if this part
    /// is not a file name, as in `..`.
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
            Input::Bytes(_, bytes) => self.read_bytes(bytes),
        }
    }

    fn read_bytes(&self, bytes: &[u8]) -> Result<Section, Error> {
        match packed::Format::of(bytes) {
            Some(format) => self.read_packed(format, bytes),
            None => self.read_unpacked(bytes.into()),
        }
    }

    fn read_packed(&self, format: packed::Format, packed: impl BufRead) -> Result<Section, Error> {
        let bytes = format.unpack(packed).map_err(|e| self.no_btf(e))?;
        let section = self.read_unpacked(bytes.into())?;
        Ok(section.packed_with(format.name()))
    }

    fn read_unpacked(&self, bytes: Cow<'_, [u8]>) -> Result<Section, Error> {
        if bytes.starts_with(elf::MAGIC) {
            return elf::section(&*bytes).map_err(|e| self.no_btf(e));
        }
        if btf::has_magic(&bytes) {
            return Ok(Section::raw(bytes.into_owned()));
        }
        match Image::of(&bytes) {
            Some(Image::Packed(payload)) => self.read_image(payload, &bytes[..]),
            Some(Image::Plain) => self.read_kernel(bytes),
            _ => Err(self.no_btf(describe(&bytes))),
        }
    }

    /// Reads the BTF of the kernel that is packed in a boot image.
    fn read_image(&self, payload: Payload, image: impl Read) -> Result<Section, Error> {
        let (kernel, packed) = payload.unpack(image).map_err(|e| self.no_btf(e))?;
        let section = match kernel.starts_with(elf::MAGIC) {
            true => elf::section(&*kernel).map_err(|e| self.no_btf(e)),
            false => self.read_kernel(kernel.into()),
        };
        Ok(section?.packed_with(packed))
    }

    /// Reads the BTF of a kernel that has no section table.
    fn read_kernel(&self, kernel: Cow<'_, [u8]>) -> Result<Section, Error> {
        let Some(btf) = image::btf(&kernel) else {
            let what = format!(
                "is a boot image in which no BTF is found: its kernel was built without \
                 CONFIG_DEBUG_INFO_BTF, or else {}",
                image::ADVICE
            );
            return Err(self.no_btf(what));
        };
        Ok(Section {
            origin: Origin::Image,
            ..Section::raw(btf.to_vec())
        })
    }

    /// Returns whether the input's DWARF contains a name. Returns false if the input is packed, is not an ELF file, or
    /// cannot be read.
    pub fn has_in_dwarf(&self, name: &str) -> bool {
        match self {
            Input::Path(path) => File::open(path)
                .is_ok_and(|file| elf::has_in_dwarf(&object::ReadCache::new(file), name)),
            Input::Bytes(_, bytes) => elf::has_in_dwarf(&**bytes, name),
        }
    }

    /// Returns the file `vmlinux` in the folder of the input. For a module in `/sys/kernel/btf`, this file is the base.
    /// Returns `None` if there is no such file, or if the input is this file or bytes.
    pub fn vmlinux_beside(&self) -> Option<Input> {
        let Input::Path(path) = self else {
            return None;
        };
        let base = path.with_file_name("vmlinux");
        (base != *path && base.is_file()).then_some(Input::Path(base))
    }

    fn read_file(&self, path: &Path) -> Result<Section, Error> {
        let failed = |source| Error::Read {
            input: self.name(),
            source,
        };
        let mut file = File::open(path).map_err(|e| match e.kind() {
            ErrorKind::NotFound if path.starts_with(KERNEL) => self.no_btf(NO_KERNEL.into()),
            _ => failed(e),
        })?;
        let metadata = file.metadata().map_err(failed)?;
        if metadata.is_dir() {
            return Err(failed(ErrorKind::IsADirectory.into()));
        }
        let mut head = Vec::new();
        let mut start = file.by_ref().take(HEAD);
        start.read_to_end(&mut head).map_err(failed)?;
        if let Some(format) = packed::Format::of(&head) {
            return self.read_packed(format, BufReader::new(head.chain(file)));
        }
        let is_elf = head.starts_with(elf::MAGIC);
        if !is_elf && !btf::has_magic(&head) {
            match Image::of(&head) {
                Some(Image::Packed(payload)) => return self.read_image(payload, head.chain(file)),
                Some(Image::Plain) => {}
                _ => return Err(self.no_btf(describe(&head))),
            }
        }
        // The ELF reader reads parts of the file in any order, which a pipe does not allow. Therefore an ELF file from
        // a pipe is read as a whole, as are all files that are not ELF files.
        if is_elf && metadata.is_file() {
            let cache = object::ReadCache::new(file);
            return elf::section(&cache).map_err(|e| self.no_btf(e));
        }
        let mut bytes = head;
        // Memory for the whole file is allocated at once. One more byte is needed to detect the end of the file without
        // growing the buffer.
        let size = metadata.len().min(MAX) as usize;
        let _ = bytes.try_reserve_exact(size.saturating_sub(bytes.len()) + 1);
        let mut rest = file.take(MAX);
        rest.read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() as u64 > MAX {
            return Err(self.no_btf(format!("exceeds {MAX} bytes")));
        }
        self.read_unpacked(bytes.into())
    }

    fn no_btf(&self, what: String) -> Error {
        Error::NoBtf {
            input: self.name(),
            what,
        }
    }
}

/// Returns the error message for a file without BTF. The first bytes of the file decide which advice the message gives.
fn describe(bytes: &[u8]) -> String {
    const LZ4: &[u8] = &[0x04, 0x22, 0x4d, 0x18];
    let what = if bytes.is_empty() {
        "is empty"
    } else if bytes.starts_with(b"\0asm") {
        "is a WebAssembly file, which holds no BTF: name the BPF object or the kernel instead"
    } else if bytes.starts_with(LZ4) {
        "is packed with lz4 in a way that is not read: unpack it first, with 'lz4 -d'"
    } else if let Some(Image::Other) = Image::of(bytes) {
        return format!(
            "is a boot image of a sort that is not read: {}",
            image::ADVICE
        );
    } else {
        "is neither BTF nor an ELF file: name /sys/kernel/btf/vmlinux, a BPF object, or a vmlinux \
         with a '.BTF' section"
    };
    what.to_owned()
}
