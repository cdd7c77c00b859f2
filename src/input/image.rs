//! Boot images: where in one the kernel is, and where in a kernel without sections its BTF is. Knows nothing of what
//! BTF says but how long it is.

#[cfg(feature = "packed")]
use std::io::{self, BufRead, BufReader, Read};
use std::ops::Range;

use memchr::memmem;

#[cfg(feature = "packed")]
use super::packed::Format;

/// What takes the kernel out of every boot image.
pub(super) const ADVICE: &str =
    "'scripts/extract-vmlinux' of the kernel's source gets the vmlinux out of most images";

/// What a boot image holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Image {
    Packed(Payload),
    /// The kernel as it runs: its sections stand one after another, without names.
    Plain,
    /// Something that is not read.
    Other,
}

/// Where in an image the packed kernel is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Payload {
    start: u64,
    length: u64,
    /// Whether the last four bytes may be the size of the content, as the kernel's build adds it where a format has
    /// none.
    sized: bool,
}

impl Image {
    /// Recognizes an image by its first bytes.
    pub fn of(head: &[u8]) -> Option<Image> {
        Image::of_x86(head)
            .or_else(|| Image::of_zboot(head))
            .or_else(|| Image::of_plain(head))
            .or_else(|| head.starts_with(b"MZ").then_some(Image::Other))
    }

    /// A bzImage: `Documentation/arch/x86/boot.rst` has its header.
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
        // 0 stands for 4.
        let sectors = match *head.get(0x1f1)? {
            0 => 4,
            sectors => u64::from(sectors),
        };
        Some(Image::Packed(Payload {
            start: (sectors + 1) * SECTOR + offset,
            length,
            sized: true,
        }))
    }

    /// An EFI program that unpacks the kernel, as arm64, RISC-V and LoongArch have it:
    /// `drivers/firmware/efi/libstub/zboot-header.S`.
    fn of_zboot(head: &[u8]) -> Option<Image> {
        if !head.starts_with(b"MZ") || head.get(4..8)? != b"zimg" {
            return None;
        }
        Some(Image::Packed(Payload {
            start: word(head, 8)?,
            length: word(head, 12)?,
            sized: false,
        }))
    }

    /// A kernel of arm64 or RISC-V, or one for EFI: `Documentation/arch/arm64/booting.rst`.
    fn of_plain(head: &[u8]) -> Option<Image> {
        const EFI_KERNEL: &[u8] = &[0xcd, 0x23, 0x82, 0x81];
        let magic = head.get(0x38..0x3c)?;
        let is_efi = head.starts_with(b"MZ") && magic == EFI_KERNEL;
        (is_efi || magic == b"ARM\x64" || magic == b"RSC\x05").then_some(Image::Plain)
    }
}

impl Payload {
    /// Unpacks the kernel, and says how it was packed.
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
        let size = if self.sized && format != Format::Gzip {
            4
        } else {
            0
        };
        let bytes = format.unpack(payload.take(self.length.saturating_sub(size)))?;
        Ok((bytes, format.name()))
    }

    /// Says why the kernel is not read.
    #[cfg(not(feature = "packed"))]
    pub fn unpack<R>(self, _: R) -> Result<(Vec<u8>, &'static str), String> {
        Err(format!("is a boot image, whose kernel is packed: {ADVICE}"))
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u64> {
    let word = bytes.get(at..)?.first_chunk()?;
    Some(u64::from(u32::from_le_bytes(*word)))
}

/// Finds the BTF in a kernel without sections: of all that looks like it, the longest. That of BPF programs, which a
/// kernel may hold too, is shorter by far.
pub(super) fn btf(kernel: &[u8]) -> Option<&[u8]> {
    const START: &[u8] = &[0x9f, 0xeb, 1, 0];
    let starts = memmem::find_iter(kernel, START);
    let longest = starts
        .filter_map(|start| extent(kernel, start))
        .max_by_key(|range| range.len())?;
    kernel.get(longest)
}

/// Returns where the BTF ends that starts here, if its header says what linkers make: types first, then as many bytes
/// of names, of which the first and the last are 0.
fn extent(kernel: &[u8], start: usize) -> Option<Range<usize>> {
    const LENGTHS: std::ops::RangeInclusive<u64> = 24..=64;
    let field = |at| word(kernel, start + at);
    let (header, types_at, types) = (field(4)?, field(8)?, field(12)?);
    let (names_at, names) = (field(16)?, field(20)?);
    let is_sound = LENGTHS.contains(&header)
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
