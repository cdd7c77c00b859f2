//! Makes a first pass over raw BTF. The first pass reads the header, the byte order, and the words of types that btf-rs
//! does not expose in full.
//!
//! The first pass also refuses input that btf-rs would misread. btf-rs 2.0.0 reads 5 bits of the kind and 16 bits of
//! the number of members, but BTF's encoding of 2026 has 7 and 24 bits. The format is that of
//! `include/uapi/linux/btf.h`. Of each type, this file reads only the three first words and the word that btf-rs hides.

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
    /// Returns the bytes of a word in this byte order.
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

/// The results of the first pass over one BTF.
pub(super) struct Sections {
    pub endian: Endian,
    /// The length of the BTF in bytes.
    pub length: usize,
    /// Whether the header has fields that this version does not know and that are not 0.
    pub has_unknown_header: bool,
    /// The number of types, excluding `void`.
    pub types: u32,
    /// The total number of entries (members, enumerators and so on) in all types of a kind. The number of the kind is
    /// the index. The numbers of kinds without entries have no meaning.
    entries: [usize; LAST_KIND as usize + 1],
    /// The length of the header in bytes.
    pub header: usize,
    pub type_section: Range<usize>,
    /// The type section in pieces. Each type is in one piece as a whole.
    pub pieces: Vec<Piece>,
    pub strings: Range<usize>,
    /// The section with the sizes of kinds, which the encoding of 2026 adds. `None` if the header is too short to have
    /// this section, or if the section is out of range.
    pub layout: Option<Range<usize>>,
    /// The words that btf-rs does not expose in full, ordered by type id: the data of INT, the index type of ARRAY, the
    /// linkage of VAR and the component of DECL_TAG.
    pub hidden: Vec<u32>,
    pub violations: Violations,
}

/// Consecutive types in the type section.
pub(super) struct Piece {
    pub bytes: Range<usize>,
    pub types: u32,
}

/// The minimum length of a piece in bytes, except for the last one. A piece of this length fits in a processor's cache,
/// and is so large that the system calls for each piece take little of the time.
const MIN_PIECE: usize = 256 * 1024;

/// For each rule that the first pass checks, the number of types that break the rule.
#[derive(Clone, Copy, Default)]
pub(super) struct Violations {
    /// Types with a name although types of their kind have none.
    pub names: Tally,
    /// Types with a count, flag or size that is not 0 although their kind does not use it.
    pub words: Tally,
    /// Types with a linkage other than static, global and external.
    pub linkages: Tally,
}

/// A number of types, and the id of the first of them. The id is 0 if the number is 0.
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

/// The size of the base of split BTF. Without a base, both numbers are 0.
#[derive(Clone, Copy, Default)]
pub(super) struct BaseExtent {
    /// The number of types, excluding `void`.
    pub types: u32,
    /// The length of the string section in bytes.
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
/// The length in bytes of the header before 2026. The last field of this header is the length of the string section.
pub(super) const HEADER: usize = 24;
/// The offset in bytes of two words in the header: the offset and the length of the string section.
const STRING_SECTION: usize = 16;
/// The length in bytes of the header of 2026. The last field of this header is the length of the layout section.
const LONG_HEADER: usize = 32;
/// The highest valid number for the linkage of a function or variable.
const EXTERN: u32 = 2;

/// Returns whether the bytes begin with BTF's magic number, in either byte order.
pub(crate) fn has_magic(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC.to_le_bytes()) || bytes.starts_with(&MAGIC.to_be_bytes())
}

impl Sections {
    /// Returns the range of the string section in bytes.
    pub fn strings(bytes: &[u8]) -> Result<Range<usize>, Malformed> {
        Ok(WordReader::new(bytes).header()?.strings)
    }

    /// Makes the first pass over BTF. If the BTF is split, its type ids and name offsets continue those of `base`.
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

    /// Returns the three first words of each type, with the offset of the type in bytes.
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

    /// Returns the word at an offset in bytes, or 0 if the word is not entirely within `bytes`.
    pub fn word(&self, bytes: &[u8], at: usize) -> u32 {
        WordReader::new(bytes).word(at).unwrap_or(0)
    }

    /// Returns the total number of entries of all types of these kinds.
    pub fn entries_of(&self, kinds: &[u32]) -> usize {
        let entries = kinds.iter().map(|kind| self.entries[*kind as usize]);
        entries.sum()
    }
}

/// The contents of the header. The type section and the string section are inside the BTF.
struct Header {
    /// The length of the header in bytes.
    length: usize,
    types: Range<usize>,
    strings: Range<usize>,
}

impl Header {
    /// Returns whether the sections overlap. bpftool and the kernel refuse overlapping sections, too.
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

    /// Returns the range of the layout section. Returns `None` if the header is too short to have one, or if the
    /// section is out of range. The contents of the section are not read.
    fn layout(self, header: usize) -> Option<Range<usize>> {
        let length = u32::try_from(header).ok()?;
        let layout = self.section("layout", length, HEADER).ok()?;
        (header >= LONG_HEADER).then_some(layout)
    }

    /// Returns whether the header has any byte other than 0 after the fields that this version knows. If `has_layout`
    /// is false, the fields for the layout section do not count as known.
    fn has_unknown_header(self, header: usize, has_layout: bool) -> bool {
        let known = match has_layout {
            true => LONG_HEADER,
            false => HEADER,
        };
        let rest = self.bytes.get(known..header).unwrap_or_default();
        rest.iter().any(|byte| *byte != 0)
    }

    /// Returns the range of a section in bytes. The header has the section's offset and length in two words at byte
    /// `at`. The offset counts from the end of the header.
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

    /// Reads all types, and stores the results in `sections`.
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

    /// Reads the type at an offset in bytes. Returns the offset of the type's end.
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
