//! Unpacks compressed files, which are recognized by their content and not by their names.
//!
//! The feature `packed` includes the decoders, which are all written in Rust. Without this feature, the error for a
//! compressed file names the command that unpacks it. The size of the content and the size of the decoder's window are
//! limited. Memory for both grows only with the data that is read, so a header that claims a large size allocates
//! nothing.

#[cfg(feature = "packed")]
mod lz4;

use std::io::BufRead;
#[cfg(feature = "packed")]
use std::io::{self, ErrorKind, Read};

#[cfg(feature = "packed")]
use super::MAX;

/// A compression format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Gzip,
    Xz,
    Zstd,
    Bzip2,
    Lz4,
    Lzma,
}

impl Format {
    pub fn of(bytes: &[u8]) -> Option<Format> {
        match bytes {
            [0x1f, 0x8b, ..] => Some(Format::Gzip),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Format::Xz),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Format::Zstd),
            [
                b'B',
                b'Z',
                b'h',
                b'1'..=b'9',
                b'1',
                b'A',
                b'Y',
                b'&',
                b'S',
                b'Y',
                ..,
            ] => Some(Format::Bzip2),
            // This is the magic number of legacy frames, which the kernel's build writes.
            [0x02, 0x21, 0x4c, 0x18, ..] => Some(Format::Lz4),
            [0x5d, header @ ..] if is_lzma(header) => Some(Format::Lzma),
            _ => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Format::Gzip => "gzip",
            Format::Xz => "xz",
            Format::Zstd => "zstd",
            Format::Bzip2 => "bzip2",
            Format::Lz4 => "lz4",
            Format::Lzma => "lzma",
        }
    }

    /// Returns the content of a packed file. An error is the rest of a sentence that begins with the file's name.
    #[cfg(feature = "packed")]
    pub fn unpack(self, packed: impl BufRead) -> Result<Vec<u8>, String> {
        self.unpack_within(MAX, packed)
    }

    /// Returns an error, since a packed file cannot be read without the feature `packed`.
    #[cfg(not(feature = "packed"))]
    pub fn unpack(self, _: impl BufRead) -> Result<Vec<u8>, String> {
        let name = self.name();
        Err(format!(
            "is packed with {name}: unpack it first, with '{name} -dk'"
        ))
    }
}

/// Returns whether the bytes after the first one are a header of lzma. This format has no magic number, so the header
/// counts only if the sizes of the window and of the content are plausible.
fn is_lzma(header: &[u8]) -> bool {
    const UNKNOWN: u64 = u64::MAX;
    const MAX_SIZE: u64 = 1 << 38;
    let window = header.first_chunk().map(|size| u32::from_le_bytes(*size));
    let size = header.get(4..).and_then(|size| size.first_chunk());
    let (Some(window), Some(size)) = (window, size.map(|size| u64::from_le_bytes(*size))) else {
        return false;
    };
    // Encoders use windows of 2^n or 2^n + 2^(n-1) bytes, and of at least 4 KiB.
    let is_usual = window >= 1 << 12 && (window / (1 << window.trailing_zeros())) <= 3;
    is_usual && (size == UNKNOWN || size < MAX_SIZE)
}

/// The maximum window of xz and lzma in MiB. Kernels since Linux 6.12 have windows of this size. Kernel modules have
/// windows of 1 or 2 MiB, and `xz` uses 8 MiB by default.
#[cfg(feature = "packed")]
const MAX_XZ: u32 = 128;
/// The maximum window of zstd in MiB. `zstd --ultra -22` uses this window, and `zstd -d` has this limit by default.
/// Kernel modules have windows of 2 MiB.
#[cfg(feature = "packed")]
const MAX_ZSTD: u64 = 128;

#[cfg(feature = "packed")]
impl Format {
    /// Returns the unpacked content. Returns an error if the content has more than `max` bytes, if the window is too
    /// large, or if the file is damaged.
    fn unpack_within(self, max: u64, packed: impl BufRead) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        let unpacked = match self {
            Format::Gzip => drain(
                flate2::bufread::MultiGzDecoder::new(packed),
                &mut bytes,
                max,
            ),
            Format::Xz => drain(xz(packed), &mut bytes, max),
            Format::Zstd => zstd(packed, &mut bytes, max),
            Format::Bzip2 => drain(bzip2::bufread::MultiBzDecoder::new(packed), &mut bytes, max),
            Format::Lz4 => drain(lz4::FrameReader::new(packed), &mut bytes, max),
            Format::Lzma => lzma(packed).and_then(|content| drain(content, &mut bytes, max)),
        };
        match unpacked {
            Ok(()) => Ok(bytes),
            Err(e) => Err(format!("cannot be unpacked with {}: {e}", self.name())),
        }
    }
}

#[cfg(feature = "packed")]
fn xz(packed: impl Read) -> impl Read {
    ExplainedXz(lzma_rust2::XzReader::new_mem_limit(packed, true, MAX_KIB))
}

/// The memory limit of xz and lzma in KiB. This limit is enough for the window and for the decoder itself.
#[cfg(feature = "packed")]
const MAX_KIB: u32 = (MAX_XZ + 1) * 1024;

#[cfg(feature = "packed")]
fn lzma(packed: impl Read) -> io::Result<impl Read> {
    let reader = lzma_rust2::LzmaReader::new_mem_limit(packed, MAX_KIB, None);
    reader.map_err(|e| match e.kind() {
        ErrorKind::OutOfMemory => too_wide(u64::from(MAX_XZ), "lzma -dk"),
        _ => e,
    })
}

/// A reader that replaces the error for a window that is too large by one that says what to do.
#[cfg(feature = "packed")]
struct ExplainedXz<R>(R);

#[cfg(feature = "packed")]
impl<R: Read> Read for ExplainedXz<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.0.read(bytes).map_err(|e| match e.kind() {
            ErrorKind::OutOfMemory => too_wide(u64::from(MAX_XZ), "xz -dk"),
            _ => e,
        })
    }
}

/// Unpacks all frames of a file, except for skippable frames, which have no compressed content. `pzstd` writes files
/// with several frames, and `cat` can join files.
#[cfg(feature = "packed")]
fn zstd(mut packed: impl BufRead, bytes: &mut Vec<u8>, max: u64) -> io::Result<()> {
    use ruzstd::decoding::StreamingDecoder;
    use ruzstd::decoding::errors::{FrameDecoderError as E, ReadFrameHeaderError};

    while !packed.fill_buf()?.is_empty() {
        match StreamingDecoder::new_with_max_window_size(&mut packed, MAX_ZSTD << 20) {
            Ok(frame) => drain(frame, bytes, max)?,
            Err(E::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                io::copy(
                    &mut packed.by_ref().take(u64::from(length)),
                    &mut io::sink(),
                )?;
            }
            Err(E::WindowSizeTooBig { .. }) => {
                return Err(too_wide(MAX_ZSTD, "zstd -dk --long=31"));
            }
            Err(e) => return Err(io::Error::other(e.to_string())),
        }
    }
    Ok(())
}

#[cfg(feature = "packed")]
fn too_wide(max: u64, command: &str) -> io::Error {
    io::Error::other(format!(
        "it takes a window of more than {max} MiB: unpack it first, with '{command}'"
    ))
}

/// Appends the unpacked content to `bytes`. The buffer grows by an eighth of its length at a time, but by at least
/// 1 MiB, since doubling its size could need twice the memory. Returns an error if `bytes` gets longer than `max`.
#[cfg(feature = "packed")]
fn drain(mut decoder: impl Read, bytes: &mut Vec<u8>, max: u64) -> io::Result<()> {
    const MIN: usize = 1 << 20;
    loop {
        if bytes.len() == bytes.capacity() {
            bytes.try_reserve_exact(MIN.max(bytes.len() / 8))?;
        }
        let room = (bytes.capacity() - bytes.len()) as u64;
        let read = decoder.by_ref().take(room).read_to_end(bytes)?;
        if bytes.len() as u64 > max {
            return Err(io::Error::other(format!("its content exceeds {max} bytes")));
        }
        if (read as u64) < room {
            return Ok(());
        }
    }
}

#[cfg(all(test, feature = "packed"))]
#[path = "../../../tests/support/pack.rs"]
mod pack;

#[cfg(all(test, feature = "packed"))]
mod tests {
    use super::*;

    const FORMATS: [(Format, pack::Pack); 6] = [
        (Format::Gzip, pack::gzip),
        (Format::Xz, pack::xz),
        (Format::Zstd, pack::zstd),
        (Format::Bzip2, pack::bzip2),
        (Format::Lz4, pack::lz4),
        (Format::Lzma, pack::lzma),
    ];

    #[test]
    fn content_is_bounded() {
        let content = vec![0; 5 << 20];
        let size = content.len() as u64;
        for (format, pack) in FORMATS {
            let packed = pack(&content);
            assert_eq!(Format::of(&packed), Some(format));
            assert!(packed.len() < content.len() / 100, "{format:?}");
            let unpacked = format.unpack_within(size, &packed[..]);
            assert_eq!(unpacked.as_ref(), Ok(&content));
            assert_eq!(
                format.unpack_within(size - 1, &packed[..]),
                Err(format!(
                    "cannot be unpacked with {}: its content exceeds {} bytes",
                    format.name(),
                    size - 1
                ))
            );
        }
    }

    /// In all formats except lzma, several packed parts can follow one another in one file: members of gzip, streams of
    /// xz and bzip2, frames of zstd and lz4. The limit applies to their total size.
    #[test]
    fn content_is_bounded_as_a_whole() {
        let repeating = |(format, _): &(Format, _)| *format != Format::Lzma;
        for (format, pack) in FORMATS.into_iter().filter(repeating) {
            let twice = [pack(b"one "), pack(b"two")].concat();
            let unpacked = format.unpack_within(7, &twice[..]);
            assert_eq!(unpacked, Ok(b"one two".to_vec()), "{format:?}");
            let error = format.unpack_within(6, &twice[..]).unwrap_err();
            assert!(error.ends_with("its content exceeds 6 bytes"), "{error}");
        }
    }

    #[test]
    fn windows_are_bounded() {
        let xz =
            |log, half_more| Format::Xz.unpack(&pack::xz_asking(b"content", log, half_more)[..]);
        let zstd = |log| Format::Zstd.unpack(&pack::zstd_asking(b"content", log)[..]);
        assert_eq!(xz(27, false), Ok(b"content".to_vec()));
        assert_eq!(zstd(27), Ok(b"content".to_vec()));
        for error in [xz(27, true), xz(31, true)] {
            let what = "cannot be unpacked with xz: it takes a window of more than 128 MiB: unpack it \
                        first, with 'xz -dk'";
            assert_eq!(error, Err(what.to_owned()));
        }
        for error in [zstd(28), zstd(41)] {
            let what = "cannot be unpacked with zstd: it takes a window of more than 128 MiB: unpack \
                        it first, with 'zstd -dk --long=31'";
            assert_eq!(error, Err(what.to_owned()));
        }
    }

    /// In a zstd file, frames with other content may be between the compressed frames.
    #[test]
    fn frames_of_other_content_are_skipped() {
        let other = [0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3];
        let packed = [&pack::zstd(b"con"), &other[..], &pack::zstd(b"tent")].concat();
        let unpacked = Format::Zstd.unpack(&packed[..]);
        assert_eq!(unpacked, Ok(b"content".to_vec()));
        let garbage = [&pack::zstd(b"content")[..], b"more"].concat();
        assert!(Format::Zstd.unpack(&garbage[..]).is_err());
    }

    #[test]
    fn lzma_is_recognized_by_its_header() {
        let mut packed = pack::lzma(b"content");
        assert_eq!(Format::of(&packed[..12]), None);
        packed[1..5].copy_from_slice(&[0, 0, 0, 0x0c]);
        assert_eq!(Format::of(&packed), Some(Format::Lzma));
        let error = Format::Lzma.unpack(&packed[..]).unwrap_err();
        assert!(error.ends_with("with 'lzma -dk'"), "{error}");
        for (at, byte) in [(1, 1), (2, 0x55), (11, 1)] {
            let mut other = packed.clone();
            other[at] = byte;
            assert_eq!(Format::of(&other), None);
        }
    }

    /// Legacy frames of lz4 have no end marker. Therefore a file that is cut off between two blocks is accepted.
    #[test]
    fn blocks_of_lz4_are_whole_and_bounded() {
        let packed = pack::lz4(b"content");
        for length in [0, 3, 5, packed.len() - 1] {
            assert!(Format::Lz4.unpack(&packed[..length]).is_err());
        }
        for wrong in [
            &b"\x02\x21\x4c\x18\xff\xff\xff\x7f"[..],
            b"\x02\x21\x4c\x18\x01\0\0\0\xff",
        ] {
            assert!(Format::Lz4.unpack(wrong).is_err());
        }
    }
}
