//! Describes the input of a package to the caller: where the BTF was found, its base, its byte order and the size of
//! pointers.

use std::fmt;
use std::path::PathBuf;

use crate::btf::{Endian, PointerOrigin};

/// The input of a package, and the properties that were inferred from it.
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
    /// The name of the input, as messages write it.
    pub input: String,
    /// The compression format of the file, or of the kernel in a boot image: `xz`, `zstd`, `gzip`, `bzip2`, `lz4` or
    /// `lzma`. `None` if neither is compressed.
    pub packed: Option<&'static str>,
    /// The kind of file in which the BTF was found.
    pub place: Place,
    /// The number of types, excluding `void` and the types of the base.
    pub types: usize,
    /// The base of the BTF. `None` if the BTF is not split, and so has no base.
    pub base: Option<Base>,
    /// The byte order of the BTF and of the values that it describes.
    pub endian: Endian,
    /// The size of a pointer in bytes.
    pub pointer_size: u8,
    /// The source of the pointer size, which BTF itself does not contain.
    pub pointer_origin: PointerOrigin,
    /// The BTF that describes the bytes, if the caller set one with [`Config::target_btf`](crate::Config::target_btf).
    /// `None` if the BTF of the types describes the bytes, too.
    #[cfg_attr(feature = "json", serde(skip_serializing_if = "Option::is_none"))]
    pub target: Option<Target>,
}

/// The BTF that describes the bytes, if that is another BTF than the one of the types.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Target {
    /// The name of the target's input, as messages write it.
    pub input: String,
    /// The byte order of the bytes.
    pub endian: Endian,
    /// The size of a pointer in bytes.
    pub pointer_size: u8,
}

/// The kind of file in which BTF was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Place {
    /// A file that is raw BTF.
    Raw,
    /// A kernel without an ELF section table, such as the content of an arm64 boot image.
    Image,
    /// An ELF file with a `.BTF` section that is not for the BPF machine, such as a `vmlinux` or a kernel module.
    Elf,
    /// An ELF file for the BPF machine with a `.BTF` section.
    BpfObject,
}

impl Place {
    /// Returns a phrase for messages, such as `raw BTF` or `the BTF of an ELF file`.
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
    /// The source of the base.
    pub origin: BaseOrigin,
    /// The compression format of the base's file. `None` if the file is not compressed.
    #[cfg_attr(feature = "json", serde(skip_serializing_if = "Option::is_none"))]
    pub packed: Option<&'static str>,
    /// The number of types in the base, excluding `void`.
    pub types: usize,
    /// The number of types in the section `.BTF.base` of a kernel module, excluding `void`, if the caller named
    /// another base than this section. Each of these types was then found in the named base by name, kind and size,
    /// and the module's ids were rewritten. `None` if the module's ids already referred to this base.
    pub relocated: Option<usize>,
}

/// The source of the base of split BTF.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum BaseOrigin {
    /// The caller named the base. The value is this name, as messages write it.
    Named(String),
    /// The base is the module's own section `.BTF.base`.
    BroughtAlong,
    /// The base is the file `vmlinux` in the folder of the input.
    Beside(PathBuf),
}

impl fmt::Display for BaseOrigin {
    /// Writes a phrase that says where the base comes from, such as `vmlinux, as told`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BaseOrigin::Named(name) => write!(f, "{name}, as told"),
            BaseOrigin::BroughtAlong => f.write_str("its own section '.BTF.base'"),
            BaseOrigin::Beside(path) => write!(f, "{}, beside it", path.display()),
        }
    }
}
