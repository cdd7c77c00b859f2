//! The parts of BTF's encoding that btf-rs keeps to itself: header, byte order, kinds, INT data.
//!
//! Reads, besides, what has to be refused before btf-rs sees it: btf-rs 2.0.0 masks the kind to
//! 5 bits and the number of members to 16, so that a type of the wider 2026 encoding would be
//! misread. Follows `include/uapi/linux/btf.h`. Knows nothing of types beyond their headers.

use std::ops::Range;

use super::malformed::{Malformed, WRONG_BASE};

/// The order of the bytes in a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endian {
    /// Least significant byte first.
    Little,
    /// Most significant byte first.
    Big,
}

/// What a first pass over the bytes finds.
pub(super) struct Wire {
    pub endian: Endian,
    /// Types in the type section, `void` not counted.
    pub types: u32,
    pub strings: Range<usize>,
    /// The data word of each INT, in the order of ids.
    pub ints: Vec<u32>,
}

/// What the base of split BTF has; nothing where there is no base.
#[derive(Clone, Copy, Default)]
pub(super) struct Base {
    /// Types, `void` not counted.
    pub types: u32,
    /// Bytes of names.
    pub names: usize,
}

const MAGIC: u16 = 0xeb9f;
/// The header up to and including the string section's length.
const HEADER: usize = 24;
/// The last kind, ENUM64, that this version reads.
const LAST_KIND: u32 = 19;

/// A type's name, info and size words.
const TYPE_HEADER: usize = 12;

/// Does this begin like BTF, in either byte order?
pub(crate) fn has_magic(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC.to_le_bytes()) || bytes.starts_with(&MAGIC.to_be_bytes())
}

impl Wire {
    /// Where the string section is.
    pub fn strings(bytes: &[u8]) -> Result<Range<usize>, Malformed> {
        Ok(Reader::new(bytes).header()?.1)
    }

    /// Reads BTF, whose ids and names continue those of its base.
    pub fn read(bytes: &[u8], base: Base) -> Result<Wire, Malformed> {
        let reader = Reader::new(bytes);
        let endian = reader.endian;
        let (types, strings) = reader.header()?;
        let (types, ints) = reader.walk(types, base, strings.len())?;
        Ok(Wire {
            endian,
            types,
            strings,
            ints,
        })
    }
}

#[derive(Clone, Copy)]
struct Reader<'a> {
    bytes: &'a [u8],
    endian: Endian,
}

impl Reader<'_> {
    fn new(bytes: &[u8]) -> Reader<'_> {
        let endian = if bytes.starts_with(&MAGIC.to_le_bytes()) {
            Endian::Little
        } else {
            Endian::Big
        };
        Reader { bytes, endian }
    }

    fn word(self, at: usize) -> Option<u32> {
        let end = at.checked_add(4)?;
        let word: [u8; 4] = self.bytes.get(at..end)?.try_into().ok()?;
        Some(match self.endian {
            Endian::Little => u32::from_le_bytes(word),
            Endian::Big => u32::from_be_bytes(word),
        })
    }

    /// The type section and the string section, each within the bytes.
    fn header(self) -> Result<(Range<usize>, Range<usize>), Malformed> {
        if !has_magic(self.bytes) {
            return Err(Malformed::new("does not begin with BTF's magic number"));
        }
        let (Some(length), true) = (self.word(4), self.bytes.len() >= HEADER) else {
            return Err(Malformed::new("ends inside the BTF header"));
        };
        let [version, flags] = [self.bytes[2], self.bytes[3]];
        if version != 1 {
            return Err(Malformed::new(format!(
                "BTF version {version} needs a newer btf2wit"
            )));
        }
        if flags != 0 {
            return Err(Malformed::new(format!(
                "BTF header flags {flags:#x} need a newer btf2wit"
            )));
        }
        if (length as usize) < HEADER {
            return Err(Malformed::new(format!(
                "a BTF header of {length} bytes is shorter than {HEADER}"
            )));
        }
        let types = self.section("type", length, 8)?;
        let strings = self.section("string", length, 16)?;
        Ok((types, strings))
    }

    /// A section, whose offset and length stand at `at`; the offset counts from the header's end.
    fn section(self, name: &str, header: u32, at: usize) -> Result<Range<usize>, Malformed> {
        let outside = || Malformed::new(format!("the {name} section lies outside the BTF data"));
        let offset = self.word(at).ok_or_else(outside)?;
        let length = self.word(at + 4).ok_or_else(outside)?;
        let start = u64::from(header) + u64::from(offset);
        let end = start + u64::from(length);
        if end > self.bytes.len() as u64 {
            return Err(outside());
        }
        Ok(start as usize..end as usize)
    }

    /// Counts the types, which have `names` bytes of names of their own, and collects the INT data.
    fn walk(
        self,
        section: Range<usize>,
        base: Base,
        names: usize,
    ) -> Result<(u32, Vec<u32>), Malformed> {
        let mut ints = Vec::new();
        let mut types = 0u32;
        let mut at = section.start;
        while at < section.end {
            let id = base.types.saturating_add(types).saturating_add(1);
            let fault = |what: String| Malformed::new(what).in_type(id, "");
            types += 1;
            let cut = || fault("is cut off by the end of the type section".into());
            let info = self.word(at + 4).ok_or_else(cut)?;
            let (kind, members) = (info >> 24 & 0x7f, info & 0x00ff_ffff);
            let name = self.word(at).ok_or_else(cut)?;
            if name as usize >= base.names + names {
                let doubt = if base.names > 0 { WRONG_BASE } else { "" };
                return Err(fault(format!("name offset {name} is out of range{doubt}")));
            }
            if kind == 0 {
                return Err(fault("kind 0 is no kind of a type".to_owned()));
            }
            if kind > LAST_KIND {
                return Err(fault(format!(
                    "kind {kind} needs a newer btf2wit, this one reads kinds 1 to {LAST_KIND}"
                )));
            }
            if members > 0xffff {
                return Err(fault(format!(
                    "{members} members need a newer btf2wit, this one reads up to 65535"
                )));
            }
            if kind == 1 {
                ints.push(self.word(at + TYPE_HEADER).ok_or_else(cut)?);
            }
            at += TYPE_HEADER + tail(kind, members as usize);
            if at > section.end {
                return Err(cut());
            }
        }
        Ok((types, ints))
    }
}

/// Bytes of a type after its header.
fn tail(kind: u32, members: usize) -> usize {
    match kind {
        1 | 14 | 17 => 4,
        3 => 12,
        4 | 5 | 15 | 19 => members * 12,
        6 | 13 => members * 8,
        _ => 0,
    }
}
