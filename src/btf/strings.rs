//! The string section: names by offset.
//!
//! In split BTF offsets count on from the end of the base's section, so that one text holds both.

use std::ops::Range;

use super::{malformed::Malformed, types::Name};

/// Text that ends with a NUL and holds one name after another, each ended by a NUL.
///
/// Names are numbered, so that what is known of each can stand in a table.
pub(super) struct Strings {
    text: String,
    /// Where the names of split BTF begin; 0 for BTF that stands alone.
    base: usize,
    /// Where each name begins and ends, by number: those of the text in order, then what was asked
    /// for and begins inside another name, or outside the text.
    spans: Vec<(u32, u32)>,
    /// How many of them the text is made of.
    whole: usize,
    /// For each block of the text, the number of the first name that begins in it or behind it.
    blocks: Vec<u32>,
}

/// Bytes; two names begin in so many.
const BLOCK: usize = 32;

/// Can names of this section stand alone? That of split BTF has no empty name at its start, since
/// its base has that.
pub(super) fn stand_alone(section: &[u8]) -> bool {
    section.first() == Some(&0)
}

/// The longest name in bytes. The kernel's own have at most 511; a label of WIT may have 100,000.
const MOST_NAME: usize = 4096;

/// Bytes of the usual name, so that there is room for all.
const USUAL_NAME: usize = 16;

impl Strings {
    pub fn read(section: &[u8]) -> Result<Strings, Malformed> {
        if section.is_empty() {
            return Err(Malformed::new("the string section is empty"));
        }
        if !stand_alone(section) {
            let what = "the string section does not begin with the empty name";
            return Err(Malformed::new(what));
        }
        let mut strings = Strings {
            text: String::new(),
            base: 0,
            spans: Vec::new(),
            whole: 0,
            blocks: Vec::new(),
        };
        strings.append(section)?;
        Ok(strings)
    }

    /// Adds the names of the split BTF whose base has these.
    pub fn extend(&mut self, section: &[u8]) -> Result<(), Malformed> {
        self.base = self.text.len();
        self.append(section)
    }

    fn append(&mut self, section: &[u8]) -> Result<(), Malformed> {
        if section.last().is_some_and(|last| *last != 0) {
            let what = "the string section does not end with a NUL byte";
            return Err(Malformed::new(what));
        }
        let base = self.text.len();
        let mut start = 0;
        self.spans.reserve(section.len() / USUAL_NAME);
        for end in memchr::memchr_iter(0, section) {
            if end - start > MOST_NAME {
                let what = format!("the name at offset {start} has more than {MOST_NAME} bytes");
                return Err(Malformed::new(what));
            }
            let number = self.spans.len() as u32;
            self.blocks.resize((base + start) / BLOCK + 1, number);
            self.spans
                .push(((base + start) as u32, (base + end) as u32));
            start = end + 1;
        }
        let text = std::str::from_utf8(section).map_err(|e| {
            let at = e.valid_up_to();
            Malformed::new(format!("the string section is not UTF-8 at offset {at}"))
        })?;
        self.text.push_str(text);
        self.whole = self.spans.len();
        Ok(())
    }

    /// The number of the name that begins at an offset, wherever that is. Only once all names are
    /// there.
    pub fn number(&mut self, offset: u32) -> Name {
        let whole = self.blocks.get(offset as usize / BLOCK).and_then(|first| {
            let names = self.spans.get(*first as usize..)?.iter();
            let at = names.take_while(|(start, _)| *start < offset).count() as u32 + first;
            (self.spans.get(at as usize)?.0 == offset).then_some(Name(at))
        });
        whole.unwrap_or_else(|| self.inside(offset))
    }

    #[cold]
    fn inside(&mut self, offset: u32) -> Name {
        let rest = self.text.as_bytes().get(offset as usize..);
        let length = memchr::memchr(0, rest.unwrap_or_default()).unwrap_or(0);
        self.spans
            .push((offset, offset.saturating_add(length as u32)));
        Name(self.spans.len() as u32 - 1)
    }

    /// Where a name begins.
    pub fn offset(&self, name: Name) -> u32 {
        self.spans[name.index()].0
    }

    /// Was no name asked for that begins inside another or outside the text?
    pub fn are_whole(&self) -> bool {
        self.spans.len() == self.whole
    }

    /// Is it one of the names of the section, and no part of one?
    pub fn is_whole(&self, name: Name) -> bool {
        name.index() < self.whole
    }

    /// Does `name` begin in the section, and at the start of a character?
    pub fn contains(&self, name: Name) -> bool {
        let start = self.offset(name) as usize;
        start < self.text.len() && self.text.is_char_boundary(start)
    }

    /// Does `name` begin in the base, but not where one of its names does? Then it was written for
    /// another base.
    pub fn is_torn(&self, name: Name) -> bool {
        let before = (self.offset(name) as usize)
            .checked_sub(1)
            .filter(|before| before + 1 < self.base);
        before.is_some_and(|before| self.text.as_bytes()[before] != 0)
    }

    /// All names, each ended by a NUL.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Are all characters printable ASCII? Without branches, so that compilers look at many bytes at
    /// once.
    pub fn is_plain(&self) -> bool {
        let plain = |byte: u8| (byte == 0) | matches!(byte, b' '..=b'~');
        self.text.bytes().fold(true, |all, byte| all & plain(byte))
    }

    /// The numbers of the names of the section that begin in a part of the text.
    pub fn between(&self, part: Range<usize>) -> Range<usize> {
        let names = &self.spans[..self.whole];
        let first = names.partition_point(|(start, _)| (*start as usize) < part.start);
        first..names.partition_point(|(start, _)| (*start as usize) < part.end)
    }

    /// How many names the section is made of; the others begin inside them.
    pub fn whole(&self) -> usize {
        self.whole
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// The name, or nothing where it was never checked.
    pub fn get(&self, name: Name) -> &str {
        let (start, end) = self.spans[name.index()];
        let text = self.text.get(start as usize..end as usize);
        text.unwrap_or_default()
    }
}
