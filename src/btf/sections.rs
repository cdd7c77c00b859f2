//! A first pass over raw BTF: the header, the byte order, and the words of types that btf-rs does not show.
//!
//! Also refuses what btf-rs would misread. btf-rs 2.0.0 masks the kind to 5 bits and the number of members to 16, but the
//! encoding of 2026 has more. Follows `include/uapi/linux/btf.h`. Reads no more of a type than its first words.

use std::ops::Range;

use super::encoding::{FIRST_WORDS, FUNC, KindLayout, LAST_KIND, RawType, VAR};
use super::malformed::{Malformed, WRONG_BASE};

/// The byte order of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]
pub enum Endian {
    /// Least significant byte first.
    Little,
    /// Most significant byte first.
    Big,
}

impl Endian {
    /// Returns the bytes of a word.
    pub(super) fn bytes(self, word: u32) -> [u8; 4] {
        match self {
            Endian::Little => word.to_le_bytes(),
            Endian::Big => word.to_be_bytes(),
        }
    }

    /// Returns `little endian` or `big endian`.
    pub fn words(self) -> &'static str {
        match self {
            Endian::Little => "little endian",
            Endian::Big => "big endian",
        }
    }
}

/// What the first pass finds.
pub(super) struct Sections {
    pub endian: Endian,
    /// Bytes of the BTF.
    pub length: usize,
    /// Whether the header has unknown fields that are not 0.
    pub has_unknown_header: bool,
    /// The number of types, without `void`.
    pub types: u32,
    /// By kind, the number of entries of all types.
    entries: [usize; LAST_KIND as usize + 1],
    /// Bytes of the header.
    pub header: usize,
    pub type_section: Range<usize>,
    /// The type section, cut between types.
    pub pieces: Vec<Piece>,
    pub strings: Range<usize>,
    /// The section of 2026 that has the sizes of kinds.
    pub layout: Option<Range<usize>>,
    /// A word of each INT (the data), ARRAY (the index), VAR (the linkage) and DECL_TAG (the component), ordered by id.
    pub hidden: Vec<u32>,
    pub violations: Violations,
}

/// Consecutive types of a type section.
pub(super) struct Piece {
    pub bytes: Range<usize>,
    pub types: u32,
}

/// The least bytes of a piece, except of the last one. Small enough for a processor's cache, large enough for the system
/// calls of each piece not to matter.
const MIN_PIECE: usize = 256 * 1024;

/// Types that set what their kind does not use.
#[derive(Clone, Copy, Default)]
pub(super) struct Violations {
    /// Names.
    pub names: Tally,
    /// Counts, flags and sizes.
    pub words: Tally,
    /// Linkages other than static, global and external.
    pub linkages: Tally,
}

/// A count of types, and the first of them.
#[derive(Clone, Copy, Default)]
pub(super) struct Tally {
    pub first: u32,
    pub count: usize,
}

impl Violations {
    #[inline]
    fn add(&mut self, id: u32, ty: RawType, kind: &KindLayout, hidden: u32) {
        let name = ty.name & kind.unused.name;
        let words = ty.info & kind.unused.info | ty.size & kind.unused.size;
        let linkage = match ty.kind() {
            FUNC => ty.count(),
            VAR => hidden,
            _ => 0,
        };
        if name | words != 0 || linkage > EXTERN {
            self.note(id, [name != 0, words != 0, linkage > EXTERN]);
        }
    }

    #[cold]
    fn note(&mut self, id: u32, [name, words, linkage]: [bool; 3]) {
        let tallies = [
            (name, &mut self.names),
            (words, &mut self.words),
            (linkage, &mut self.linkages),
        ];
        for (_, tally) in tallies.into_iter().filter(|(is_broken, _)| *is_broken) {
            tally.add(id);
        }
    }
}

impl Tally {
    fn add(&mut self, id: u32) {
        if self.count == 0 {
            self.first = id;
        }
        self.count += 1;
    }
}

/// How large the base of split BTF is; all 0 without a base.
#[derive(Clone, Copy, Default)]
pub(super) struct BaseExtent {
    /// The number of types, without `void`.
    pub types: u32,
    /// Bytes of the string section.
    pub names: usize,
}

impl BaseExtent {
    pub fn of(bytes: &[u8]) -> Result<BaseExtent, Malformed> {
        let sections = Sections::read(bytes, BaseExtent::default())?;
        Ok(BaseExtent {
            types: sections.types,
            names: sections.strings.len(),
        })
    }
}

const MAGIC: u16 = 0xeb9f;
const VERSION: u8 = 1;
/// Bytes of the header up to and including the string section's length.
pub(super) const HEADER: usize = 24;
/// Where the header has the offset and the length of the string section.
const STRING_SECTION: usize = 16;
/// Bytes of the header of 2026, up to and including the layout section's length.
const LONG_HEADER: usize = 32;
/// The highest linkage of functions and variables.
const EXTERN: u32 = 2;

/// Returns whether bytes begin like BTF, in either byte order.
pub(crate) fn has_magic(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC.to_le_bytes()) || bytes.starts_with(&MAGIC.to_be_bytes())
}

impl Sections {
    /// Returns the range of the string section.
    pub fn strings(bytes: &[u8]) -> Result<Range<usize>, Malformed> {
        Ok(WordReader::new(bytes).header()?.strings)
    }

    /// Reads BTF whose ids and name offsets continue those of its base.
    pub fn read(bytes: &[u8], base: BaseExtent) -> Result<Sections, Malformed> {
        let reader = WordReader::new(bytes);
        let header = reader.header()?;
        let layout = reader.layout(header.length);
        let mut sections = Sections {
            endian: reader.endian,
            length: bytes.len(),
            has_unknown_header: reader.has_unknown_header(header.length, layout.is_some()),
            types: 0,
            entries: [0; LAST_KIND as usize + 1],
            header: header.length,
            layout,
            type_section: header.types,
            pieces: Vec::new(),
            strings: header.strings,
            hidden: Vec::new(),
            violations: Violations::default(),
        };
        reader.walk(&mut sections, base)?;
        Ok(sections)
    }

    /// Returns the first words of each type, and their offset in bytes.
    pub fn raw_types(&self, bytes: &[u8]) -> impl Iterator<Item = (usize, RawType)> {
        let reader = WordReader::new(bytes);
        let mut at = self.type_section.start;
        std::iter::from_fn(move || {
            let [name, info, size] = reader.words(at).filter(|_| at < self.type_section.end)?;
            let (start, ty) = (at, RawType { name, info, size });
            at += FIRST_WORDS + ty.tail(ty.known_kind()?);
            Some((start, ty))
        })
    }

    /// Returns the word at an offset in bytes, or 0 behind the end.
    pub fn word(&self, bytes: &[u8], at: usize) -> u32 {
        WordReader::new(bytes).word(at).unwrap_or(0)
    }

    /// Returns the number of entries of all types of these kinds.
    pub fn entries_of(&self, kinds: &[u32]) -> usize {
        let entries = kinds.iter().map(|kind| self.entries[*kind as usize]);
        entries.sum()
    }
}

/// What the header says. Both sections are in range.
struct Header {
    /// Bytes.
    length: usize,
    types: Range<usize>,
    strings: Range<usize>,
}

impl Header {
    /// Returns whether the sections overlap, which bpftool and the kernel refuse too.
    fn overlaps(&self) -> bool {
        let (types, strings) = (&self.types, &self.strings);
        types.start.max(strings.start) < types.end.min(strings.end)
    }
}

#[derive(Clone, Copy)]
struct WordReader<'a> {
    bytes: &'a [u8],
    endian: Endian,
}

impl WordReader<'_> {
    fn new(bytes: &[u8]) -> WordReader<'_> {
        let endian = if bytes.starts_with(&MAGIC.to_le_bytes()) {
            Endian::Little
        } else {
            Endian::Big
        };
        WordReader { bytes, endian }
    }

    #[inline]
    fn word(self, at: usize) -> Option<u32> {
        self.words(at).map(|[word]| word)
    }

    #[inline]
    fn words<const N: usize>(self, at: usize) -> Option<[u32; N]> {
        let bytes = self.bytes.get(at..)?.get(..4 * N)?;
        let word = |nth: usize| <[u8; 4]>::try_from(&bytes[4 * nth..][..4]).unwrap_or_default();
        Some(match self.endian {
            Endian::Little => std::array::from_fn(|nth| u32::from_le_bytes(word(nth))),
            Endian::Big => std::array::from_fn(|nth| u32::from_be_bytes(word(nth))),
        })
    }

    fn header(self) -> Result<Header, Malformed> {
        if !has_magic(self.bytes) {
            return Err(Malformed::new("does not begin with BTF's magic number"));
        }
        let (Some(length), true) = (self.word(4), self.bytes.len() >= HEADER) else {
            return Err(Malformed::new("ends inside the BTF header"));
        };
        let [version, flags] = [self.bytes[2], self.bytes[3]];
        if version != VERSION {
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
        let header = Header {
            length: length as usize,
            types: self.section("type", length, 8)?,
            strings: self.section("string", length, STRING_SECTION)?,
        };
        match header.overlaps() {
            true => Err(Malformed::new(
                "the header is corrupt: the type and string sections overlap",
            )),
            false => Ok(header),
        }
    }

    /// Returns the layout section if it is in range. It is not read.
    fn layout(self, header: usize) -> Option<Range<usize>> {
        let length = u32::try_from(header).ok()?;
        let layout = self.section("layout", length, HEADER).ok()?;
        (header >= LONG_HEADER).then_some(layout)
    }

    /// Returns whether the header has anything but 0 behind the known fields.
    fn has_unknown_header(self, header: usize, has_layout: bool) -> bool {
        let known = match has_layout {
            true => LONG_HEADER,
            false => HEADER,
        };
        let rest = self.bytes.get(known..header).unwrap_or_default();
        rest.iter().any(|byte| *byte != 0)
    }

    /// Returns the section whose offset from the header's end and length are at `at`.
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

    /// Passes over all types.
    fn walk(self, sections: &mut Sections, base: BaseExtent) -> Result<(), Malformed> {
        let mut at = sections.type_section.start;
        while at < sections.type_section.end {
            let (start, before) = (at, sections.types);
            let end = sections
                .type_section
                .end
                .min(start.saturating_add(MIN_PIECE));
            while at < end {
                at = self.ty(at, sections, base)?;
            }
            sections.pieces.push(Piece {
                bytes: start..at,
                types: sections.types - before,
            });
        }
        Ok(())
    }

    /// Reads the type at an offset, and returns where it ends.
    #[inline]
    fn ty(self, at: usize, sections: &mut Sections, base: BaseExtent) -> Result<usize, Malformed> {
        let id = base.types.saturating_add(sections.types).saturating_add(1);
        let fault = |what: String| Malformed::new(what).in_type(id, "");
        let cut = || fault("is cut off by the end of the type section".into());
        let [name, info, size] = self.words(at).ok_or_else(cut)?;
        let ty = RawType { name, info, size };
        if ty.name as usize >= base.names + sections.strings.len() {
            let hint = if base.names > 0 { WRONG_BASE } else { "" };
            let what = format!("name offset {} is out of range{hint}", ty.name);
            return Err(fault(what));
        }
        let kind = ty.known_kind().ok_or_else(|| fault(ty.unknown_kind()))?;
        let hidden = match kind.hidden {
            Some(offset) => {
                let hidden = self.word(at + FIRST_WORDS + offset).ok_or_else(cut)?;
                sections.hidden.push(hidden);
                hidden
            }
            None => 0,
        };
        sections.violations.add(id, ty, kind, hidden);
        sections.entries[ty.kind() as usize] += ty.count() as usize;
        sections.types += 1;
        let end = at + FIRST_WORDS + ty.tail(kind);
        if end > sections.type_section.end {
            return Err(cut());
        }
        Ok(end)
    }
}
