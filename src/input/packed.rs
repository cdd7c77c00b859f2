//! Files that are packed, known by their content and not by their names.
//!
//! The decoders are in Rust, behind the feature `packed`; without it a packed file is refused with
//! the command that unpacks it.

#[cfg(feature = "packed")]
use std::io::Read;

#[cfg(feature = "packed")]
use super::MOST;

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Gzip,
    Xz,
    Zstd,
}

impl Format {
    pub fn of(bytes: &[u8]) -> Option<Format> {
        match bytes {
            [0x1f, 0x8b, ..] => Some(Format::Gzip),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Format::Xz),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Format::Zstd),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Format::Gzip => "gzip",
            Format::Xz => "xz",
            Format::Zstd => "zstd",
        }
    }

    /// The content of a packed file, or why there is none.
    #[cfg(feature = "packed")]
    pub fn unpack(self, packed: &[u8]) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        let read = match self {
            Format::Gzip => read(flate2::read::MultiGzDecoder::new(packed), &mut bytes),
            Format::Xz => read(lzma_rust2::XzReader::new(packed, true), &mut bytes),
            Format::Zstd => match ruzstd::decoding::StreamingDecoder::new(packed) {
                Ok(decoder) => read(decoder, &mut bytes),
                Err(e) => Err(e.to_string()),
            },
        };
        match read {
            Ok(()) => Ok(bytes),
            Err(e) => Err(format!("cannot be unpacked with {}: {e}", self.name())),
        }
    }

    /// Why a packed file is not read.
    #[cfg(not(feature = "packed"))]
    pub fn unpack(self, _: &[u8]) -> Result<Vec<u8>, String> {
        let name = self.name();
        Err(format!(
            "is packed with {name}: unpack it first, with '{name} -dk'"
        ))
    }
}

#[cfg(feature = "packed")]
fn read(decoder: impl Read, bytes: &mut Vec<u8>) -> Result<(), String> {
    decoder
        .take(MOST + 1)
        .read_to_end(bytes)
        .map_err(|e| e.to_string())?;
    if bytes.len() as u64 > MOST {
        return Err(format!("its content exceeds {MOST} bytes"));
    }
    Ok(())
}
