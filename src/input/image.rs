//! Finds the kernel in a boot image, and the BTF in a kernel that has no section table.

#[cfg(feature = "packed")]
use std::io::{self, BufRead, BufReader, Read};
use std::ops::Range;

use memchr::memmem;

#[cfg(feature = "packed")]
use super::packed::Format;

/// Advice for boot images that btf2wit cannot read, at the end of the error message.
pub(super) const ADVICE: &str =
    "'scripts/extract-vmlinux' of the kernel's source gets the vmlinux out of most images";

/// The kind of a boot image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Image {
    /// A kernel that is packed inside the image.
    Packed(Payload),
    /// An unpacked kernel, without a section table.
    Plain,
    /// A boot image in a format that btf2wit cannot read.
    Other,
}

/// The place of the packed kernel in an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Payload {
    /// The offset of the packed kernel in bytes.
    start: u64,
    /// The length of the packed kernel in bytes. In a bzImage, this includes the unpacked size that may be appended.
    length: u64,
    /// Whether the image is a bzImage. The build of a bzImage appends the unpacked size in four bytes, except for gzip,
    /// which stores this size itself.
    is_bzimage: bool,
}

impl Image {
    /// Recognizes a boot image by its first bytes. Returns `None` if they are not those of a boot image. Every other
    /// file that begins with `MZ`, such as any EFI program, counts as [`Image::Other`].
    pub fn of(head: &[u8]) -> Option<Image> {
        Image::of_x86(head)
            .or_else(|| Image::of_zboot(head))
            .or_else(|| Image::of_plain(head))
            .or_else(|| head.starts_with(b"MZ").then_some(Image::Other))
    }

    /// Recognizes a bzImage, the boot image of x86. Returns [`Image::Other`] if its header does not say where the
    /// packed kernel is. `Documentation/arch/x86/boot.rst` describes the header.
    fn of_x86(head: &[u8]) -> Option<Image> {
        const SECTOR: u64 = 512;
        const WITH_PAYLOAD: u16 = 0x208;
        if head.get(0x202..0x206)? != b"HdrS" {
            return None;
        }
        let version = u16::from_le_bytes(*head.get(0x206..)?.first_chunk()?);
        let (Some(offset), Some(length)) = (word(head, 0x248), word(head, 0x24c)) else {
            return Some(Image::Other);
        };
        if version < WITH_PAYLOAD || length == 0 {
            return Some(Image::Other);
        }
        // The boot protocol defines that 0 stands for 4 sectors.
        let sectors = match *head.get(0x1f1)? {
            0 => 4,
            sectors => u64::from(sectors),
        };
        Some(Image::Packed(Payload {
            start: (sectors + 1) * SECTOR + offset,
            length,
            is_bzimage: true,
        }))
    }

    /// Recognizes an EFI program that unpacks the kernel, as on arm64, RISC-V and LoongArch.
    /// `drivers/firmware/efi/libstub/zboot-header.S` defines its header.
    fn of_zboot(head: &[u8]) -> Option<Image> {
        if !head.starts_with(b"MZ") || head.get(4..8)? != b"zimg" {
            return None;
        }
        Some(Image::Packed(Payload {
            start: word(head, 8)?,
            length: word(head, 12)?,
            is_bzimage: false,
        }))
    }

    /// Recognizes an unpacked kernel of arm64 or RISC-V, or an unpacked kernel that EFI can start.
    /// `Documentation/arch/arm64/booting.rst` describes the header of arm64. The others have their magic numbers at the
    /// offset of arm64's magic number.
    fn of_plain(head: &[u8]) -> Option<Image> {
        const EFI_KERNEL: &[u8] = &[0xcd, 0x23, 0x82, 0x81];
        let magic = head.get(0x38..0x3c)?;
        let is_efi = head.starts_with(b"MZ") && magic == EFI_KERNEL;
        (is_efi || magic == b"ARM\x64" || magic == b"RSC\x05").then_some(Image::Plain)
    }
}

impl Payload {
    /// Returns the unpacked kernel and the name of its compression format. Reads `image` from its start.
    #[cfg(feature = "packed")]
    pub fn unpack(self, mut image: impl Read) -> Result<(Vec<u8>, &'static str), String> {
        let failed = |e: io::Error| format!("is a boot image that cannot be read: {e}");
        let mut before = image.by_ref().take(self.start);
        io::copy(&mut before, &mut io::sink()).map_err(failed)?;
        let mut payload = BufReader::new(image);
        let Some(format) = Format::of(payload.fill_buf().map_err(failed)?) else {
            return Err(format!(
                "is a boot image that is packed in a way that is not read: {ADVICE}"
            ));
        };
        let size = if self.is_bzimage && format != Format::Gzip {
            4
        } else {
            0
        };
        let bytes = format.unpack(payload.take(self.length.saturating_sub(size)))?;
        Ok((bytes, format.name()))
    }

    /// Returns an error, since a packed kernel cannot be read without the feature `packed`.
    #[cfg(not(feature = "packed"))]
    pub fn unpack<R>(self, _: R) -> Result<(Vec<u8>, &'static str), String> {
        Err(format!("is a boot image, whose kernel is packed: {ADVICE}"))
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u64> {
    let word = bytes.get(at..)?.first_chunk()?;
    Some(u64::from(u32::from_le_bytes(*word)))
}

/// Returns the BTF in a kernel that has no section table. The BTF is found by its first bytes: the magic number,
/// version 1 and no flags. Only little-endian BTF is found. A kernel may also contain BPF programs with BTF of their
/// own, which is smaller. Therefore the longest range that looks like BTF is returned. Returns `None` if there is no
/// such range.
pub(super) fn btf(kernel: &[u8]) -> Option<&[u8]> {
    const START: &[u8] = &[0x9f, 0xeb, 1, 0];
    let starts = memmem::find_iter(kernel, START);
    let longest = starts
        .filter_map(|start| extent(kernel, start))
        .max_by_key(|range| range.len())?;
    kernel.get(longest)
}

/// Returns the range of bytes of the BTF at `start`, or `None` if there is no BTF. Accepts only the layout that
/// compilers and pahole write: types come first, directly followed by strings, which begin and end with NUL.
fn extent(kernel: &[u8], start: usize) -> Option<Range<usize>> {
    const HEADER_LENGTHS: std::ops::RangeInclusive<u64> = 24..=64;
    let field = |at| word(kernel, start + at);
    let (header, types_at, types) = (field(4)?, field(8)?, field(12)?);
    let (names_at, names) = (field(16)?, field(20)?);
    let is_sound = HEADER_LENGTHS.contains(&header)
        && types_at == 0
        && types > 0
        && types % 4 == 0
        && names_at == types
        && names > 0;
    if !is_sound {
        return None;
    }
    let names_start = start + (header + types) as usize;
    let end = names_start + names as usize;
    let text = kernel.get(names_start..end)?;
    (text.first() == Some(&0) && text.last() == Some(&0)).then_some(start..end)
}
