//! The description of the input for the caller.

use std::fmt;
use std::path::PathBuf;

use crate::btf::{Endian, PointerOrigin};

/// The input of a package, and what is inferred from it.
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
    /// The name of the input in messages.
    pub input: String,
    /// The compression of the file, or of the kernel in a boot image: `xz`, `zstd`, `gzip`, `bzip2`, `lz4` or `lzma`.
    pub packed: Option<&'static str>,
    /// Where the BTF is in the file.
    pub place: Place,
    /// The number of types, without `void` and those of the base.
    pub types: usize,
    /// The base of split BTF.
    pub base: Option<Base>,
    /// The byte order of the BTF and of the values that it describes.
    pub endian: Endian,
    /// The size of a pointer in bytes.
    pub pointer_size: u8,
    /// Where that size comes from, since BTF does not store it.
    pub pointer_origin: PointerOrigin,
    /// The BTF of the bytes, if it is another one: see [`Config::target_btf`](crate::Config::target_btf).
    #[cfg_attr(feature = "json", serde(skip_serializing_if = "Option::is_none"))]
    pub target: Option<Target>,
}

/// The BTF of the bytes, if it is not that of the types.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Target {
    /// The name of the input in messages.
    pub input: String,
    /// The byte order of the bytes.
    pub endian: Endian,
    /// The size of a pointer in bytes.
    pub pointer_size: u8,
}

/// Where BTF is in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Place {
    /// The file is BTF.
    Raw,
    /// A kernel without sections, as in boot images of arm64.
    Image,
    /// The `.BTF` section of an ELF file, such as a `vmlinux` or a kernel module.
    Elf,
    /// The `.BTF` section of an ELF file for the BPF machine.
    BpfObject,
}

impl Place {
    /// Returns words such as `raw BTF` or `the BTF of an ELF file`.
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
    /// Where the base comes from.
    pub origin: BaseOrigin,
    /// How the file of the base is packed, if it is.
    #[cfg_attr(feature = "json", serde(skip_serializing_if = "Option::is_none"))]
    pub packed: Option<&'static str>,
    /// The number of types of the base, without `void`.
    pub types: usize,
    /// The number of types of the module's own section `.BTF.base` that were found in this base by name, kind and size, to
    /// move the module's type ids to it. `None` where the type ids already were those of this base.
    pub relocated: Option<usize>,
}

/// Where the base of split BTF comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum BaseOrigin {
    /// The caller named it. The value is its name in messages.
    Named(String),
    /// The module's own section `.BTF.base`.
    BroughtAlong,
    /// The `vmlinux` beside the input.
    Beside(PathBuf),
}

impl fmt::Display for BaseOrigin {
    /// Writes words such as `vmlinux, as told`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BaseOrigin::Named(name) => write!(f, "{name}, as told"),
            BaseOrigin::BroughtAlong => f.write_str("its own section '.BTF.base'"),
            BaseOrigin::Beside(path) => write!(f, "{}, beside it", path.display()),
        }
    }
}
