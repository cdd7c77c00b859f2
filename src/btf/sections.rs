//! The parts of BTF's encoding that btf-rs keeps to itself: header, byte order, kinds, words that it
//! does not show.
//!
//! Reads, besides, what has to be refused before btf-rs sees it: btf-rs 2.0.0 masks the kind to
//! 5 bits and the number of members to 16, so that a type of the wider 2026 encoding would be
//! misread. Follows `include/uapi/linux/btf.h`. Knows nothing of types beyond their headers.

use std::ops::Range;

use super::encoding::{FIRST_WORDS, FUNC, Kind, LAST_KIND, RawType, VAR};
use super::malformed::{Malformed, WRONG_BASE};

/// The order of the bytes in a number.
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
    /// A number of 32 bits.
    pub(super) fn bytes(self, word: u32) -> [u8; 4] {
        match self {
            Endian::Little => word.to_le_bytes(),
            Endian::Big => word.to_be_bytes(),
        }
    }

    /// `little endian` or `big endian`.
    pub fn words(self) -> &'static str {
        match self {
            Endian::Little => "little endian",
            Endian::Big => "big endian",
        }
    }
}

/// What a first pass over the bytes finds.
pub(super) struct Sections {
    pub endian: Endian,
    /// Bytes in all.
    pub length: usize,
    /// Does the header say anything that its first 32 bytes do not?
    pub has_unknown_header: bool,
    /// Types in the type section, `void` not counted.
    pub types: u32,
    /// What follows the first words of all types of a kind, counted: members and the like.
    entries: [usize; LAST_KIND as usize + 1],
    /// Bytes of the header.
    pub header: usize,
    pub type_section: Range<usize>,
    /// The type section, cut between types.
    pub pieces: Vec<Piece>,
    pub strings: Range<usize>,
    /// The section of 2026, which says how long the types of each kind are.
    pub layout: Option<Range<usize>>,
    /// One word of each INT, ARRAY, VAR and DECL_TAG, in the order of ids: the data, the index, the
    /// linkage, the component.
    pub hidden: Vec<u32>,
    pub violations: Violations,
}

/// Consecutive types of a type section.
pub(super) struct Piece {
    pub bytes: Range<usize>,
    pub types: u32,
}

/// The least bytes of a piece but the last. As many as stay in a cache; calls of the system for each cost more where
/// there are more of them.
const PIECE: usize = 256 * 1024;

/// What a type has no use for and sets nonetheless.
#[derive(Clone, Copy, Default)]
pub(super) struct Violations {
    /// A name where a kind has none.
    pub names: Tally,
    /// Counts, flags and sizes likewise.
    pub words: Tally,
    /// Linkages other than static, global and external.
    pub linkages: Tally,
}

/// How many types do something, and the first that does.
#[derive(Clone, Copy, Default)]
pub(super) struct Tally {
    pub first: u32,
    pub count: usize,
}

impl Violations {
    #[inline]
    fn add(&mut self, id: u32, ty: RawType, kind: &Kind, hidden: u32) {
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

/// What the base of split BTF has; nothing where there is no base.
#[derive(Clone, Copy, Default)]
pub(super) struct Base {
    /// Types, `void` not counted.
    pub types: u32,
    /// Bytes of names.
    pub names: usize,
}

impl Base {
    /// What these bytes have for the split BTF over them.
    pub fn of(bytes: &[u8]) -> Result<Base, Malformed> {
        let sections = Sections::read(bytes, Base::default())?;
        Ok(Base {
            types: sections.types,
            names: sections.strings.len(),
        })
    }
}

const MAGIC: u16 = 0xeb9f;
const VERSION: u8 = 1;
/// The header up to and including the string section's length.
pub(super) const HEADER: usize = 24;
/// Where the header says where the strings are.
const STRING_SECTION: usize = 16;
/// The header of 2026, up to and including the layout section's length.
const LONG_HEADER: usize = 32;
/// The last linkage of functions and variables.
const EXTERN: u32 = 2;

/// Does this begin like BTF, in either byte order?
pub(crate) fn has_magic(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC.to_le_bytes()) || bytes.starts_with(&MAGIC.to_be_bytes())
}

impl Sections {
    /// Where the string section is.
    pub fn strings(bytes: &[u8]) -> Result<Range<usize>, Malformed> {
        Ok(Reader::new(bytes).header()?.strings)
    }

    /// Reads BTF, whose ids and names continue those of its base.
    pub fn read(bytes: &[u8], base: Base) -> Result<Sections, Malformed> {
        let reader = Reader::new(bytes);
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

    /// The first words of each type of these bytes, and where they stand.
    pub fn raw_types(&self, bytes: &[u8]) -> impl Iterator<Item = (usize, RawType)> {
        let reader = Reader::new(bytes);
        let mut at = self.type_section.start;
        std::iter::from_fn(move || {
            let [name, info, size] = reader.words(at).filter(|_| at < self.type_section.end)?;
            let (start, ty) = (at, RawType { name, info, size });
            at += FIRST_WORDS + ty.tail(ty.known_kind()?);
            Some((start, ty))
        })
    }

    /// A word of these bytes, or 0 where there is none.
    pub fn word(&self, bytes: &[u8], at: usize) -> u32 {
        Reader::new(bytes).word(at).unwrap_or(0)
    }

    /// How many members or the like all types of these kinds have.
    pub fn entries_of(&self, kinds: &[u32]) -> usize {
        let entries = kinds.iter().map(|kind| self.entries[*kind as usize]);
        entries.sum()
    }
}

/// What the header says, each section within the bytes.
struct Header {
    length: usize,
    types: Range<usize>,
    strings: Range<usize>,
}

impl Header {
    /// Returns whether a byte belongs to both sections. bpftool and the kernel refuse that too.
    fn overlaps(&self) -> bool {
        let (types, strings) = (&self.types, &self.strings);
        types.start.max(strings.start) < types.end.min(strings.end)
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

    /// The layout section, if there is one and it lies within the bytes: nothing here needs it.
    fn layout(self, header: usize) -> Option<Range<usize>> {
        let length = u32::try_from(header).ok()?;
        let layout = self.section("layout", length, HEADER).ok()?;
        (header >= LONG_HEADER).then_some(layout)
    }

    /// Is anything but zero behind the header that is known?
    fn has_unknown_header(self, header: usize, has_layout: bool) -> bool {
        let known = match has_layout {
            true => LONG_HEADER,
            false => HEADER,
        };
        let rest = self.bytes.get(known..header).unwrap_or_default();
        rest.iter().any(|byte| *byte != 0)
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

    /// Counts the types, and collects what btf-rs hides of them.
    fn walk(self, sections: &mut Sections, base: Base) -> Result<(), Malformed> {
        let mut at = sections.type_section.start;
        while at < sections.type_section.end {
            let (start, before) = (at, sections.types);
            let end = sections.type_section.end.min(start.saturating_add(PIECE));
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

    /// Looks at one type, and says where it ends.
    #[inline]
    fn ty(self, at: usize, sections: &mut Sections, base: Base) -> Result<usize, Malformed> {
        let id = base.types.saturating_add(sections.types).saturating_add(1);
        let fault = |what: String| Malformed::new(what).in_type(id, "");
        let cut = || fault("is cut off by the end of the type section".into());
        let [name, info, size] = self.words(at).ok_or_else(cut)?;
        let ty = RawType { name, info, size };
        if ty.name as usize >= base.names + sections.strings.len() {
            let doubt = if base.names > 0 { WRONG_BASE } else { "" };
            let what = format!("name offset {} is out of range{doubt}", ty.name);
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
