//! What was read, and what was found out about it, as data for the caller. Knows nothing of how.

use std::fmt;
use std::path::PathBuf;

use crate::btf::{Endian, PointerOrigin};

/// What a package was read from, and what was found out about it.
///
/// ```
/// # fn main() -> Result<(), btf2wit::Error> {
/// # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/event.bpfel.o");
/// use btf2wit::{Endian, Place, PointerOrigin};
///
/// let package = btf2wit::Config::new().input(object).load()?;
/// let source = package.source();
/// assert_eq!((source.place, source.endian), (Place::BpfObject, Endian::Little));
/// assert_eq!((source.pointer_size, source.pointer_origin), (8, PointerOrigin::ElfClass));
/// assert!(source.base.is_none());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Source {
    /// What messages call the input.
    pub input: String,
    /// How the file is packed, or in a boot image the kernel, if it is: `xz`, `zstd`, `gzip`, `bzip2`, `lz4` or `lzma`.
    pub packed: Option<&'static str>,
    /// Where in the file the BTF stands.
    pub place: Place,
    /// Types of the BTF, `void` and those of the base not counted.
    pub types: usize,
    /// What split BTF stands on.
    pub base: Option<Base>,
    /// The byte order, of the BTF and of the values that it describes.
    pub endian: Endian,
    /// The size of a pointer in bytes.
    pub pointer_size: u8,
    /// What that was taken from, since BTF does not say.
    pub pointer_origin: PointerOrigin,
}

/// Where BTF stands in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Place {
    /// The file is BTF.
    Raw,
    /// A kernel without sections, as boot images of arm64 hold it.
    Image,
    /// The `.BTF` section of an ELF file, such as a `vmlinux` or a kernel module.
    Elf,
    /// The `.BTF` section of an ELF file for the BPF machine.
    BpfObject,
}

impl Place {
    /// `raw BTF`, or whose BTF it is.
    pub fn words(self) -> &'static str {
        match self {
            Place::Raw => "raw BTF",
            Place::Image => "the BTF of a boot image",
            Place::Elf => "the BTF of an ELF file",
            Place::BpfObject => "the BTF of a BPF object",
        }
    }
}

/// The base of split BTF.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Base {
    /// Where it is from.
    pub origin: BaseOrigin,
    /// Types of the base, `void` not counted.
    pub types: usize,
    /// How many types of the module's own section `.BTF.base` were found in this base by name, kind and
    /// size, so that the module's type ids are those of this base; nothing where they were before.
    pub relocated: Option<usize>,
}

/// Where the base of split BTF is from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum BaseOrigin {
    /// The caller named it: its name in messages.
    Named(String),
    /// The module's own section `.BTF.base`.
    BroughtAlong,
    /// The `vmlinux` beside the input.
    Beside(PathBuf),
}

impl fmt::Display for BaseOrigin {
    /// `vmlinux, as told`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BaseOrigin::Named(name) => write!(f, "{name}, as told"),
            BaseOrigin::BroughtAlong => f.write_str("its own section '.BTF.base'"),
            BaseOrigin::Beside(path) => write!(f, "{}, beside it", path.display()),
        }
    }
}
