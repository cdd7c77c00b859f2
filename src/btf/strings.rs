//! The string section: names by offset.
//!
//! In split BTF offsets count on from the end of the base's section, so that one text holds both.

use std::ops::Range;

use super::{malformed::Malformed, text::not_utf8, types::Name};

/// Numbers the names of a text by where they begin, so that what is known of each can stand in a table.
#[derive(Default)]
pub(super) struct Numbering {
    /// Where each name begins, by number, and at last where the text ends.
    starts: Vec<u32>,
    /// The text in blocks.
    blocks: Vec<Block>,
    /// Bytes of the longest name.
    longest: usize,
    /// What was asked for and begins inside a name or outside the text: the numbers that follow.
    inside: Vec<u32>,
    /// Where the names of split BTF begin; 0 for BTF that stands alone.
    base: usize,
}

/// So many bytes of text; on average two names begin in them.
const BLOCK: usize = u32::BITS as usize;

/// The names that begin in a block, so that each is known by its place without a search.
#[derive(Clone, Copy)]
struct Block {
    /// How many begin before it.
    before: u32,
    /// A bit for each byte of the block, the first the lowest: does one begin there?
    begins: u32,
}

/// Text that ends with a NUL and holds one name after another, each ended by a NUL.
pub(super) struct Strings {
    text: String,
    longest: usize,
    base: usize,
    starts: Vec<u32>,
    /// Names that begin inside another or outside the text.
    inside: Vec<Range<u32>>,
}

/// The longest name in bytes. The kernel's own have at most 511; a label of WIT may have 100,000.
const MAX_NAME: usize = 4096;

/// The most bytes of all names that begin inside others, each as often as it is used: a short text holds thousands of long
/// ones.
const MAX_INSIDE: usize = 64 * 1024 * 1024;

impl Numbering {
    pub fn read(section: &[u8]) -> Result<Numbering, Malformed> {
        if section.is_empty() {
            return Err(Malformed::new("the string section is empty"));
        }
        if section[0] != 0 {
            let what = "the string section does not begin with the empty name";
            return Err(Malformed::new(what));
        }
        let mut numbering = Numbering::default();
        numbering.starts.push(0);
        numbering.append(section)?;
        Ok(numbering)
    }

    /// Adds the names of the split BTF whose base has these.
    pub fn extend(&mut self, section: &[u8]) -> Result<(), Malformed> {
        self.base = self.end();
        self.append(section)
    }

    /// Where the text ends.
    fn end(&self) -> usize {
        self.starts.last().map_or(0, |end| *end as usize)
    }

    fn append(&mut self, section: &[u8]) -> Result<(), Malformed> {
        if section.last().is_some_and(|last| *last != 0) {
            let what = "the string section does not end with a NUL byte";
            return Err(Malformed::new(what));
        }
        let base = self.end();
        self.blocks.reserve(section.len() / BLOCK + 1);
        let mut start = 0;
        for end in memchr::memchr_iter(0, section) {
            if end - start > MAX_NAME {
                let what = format!("the name at offset {start} has more than {MAX_NAME} bytes");
                return Err(Malformed::new(what));
            }
            self.longest = self.longest.max(end - start);
            self.mark(base + start);
            start = end + 1;
            self.starts.push((base + start) as u32);
        }
        if !section.is_ascii() {
            std::str::from_utf8(section).map_err(not_utf8)?;
        }
        Ok(())
    }

    /// Notes that the next name begins here.
    fn mark(&mut self, start: usize) {
        let before = self.starts.len() as u32 - 1;
        let blocks = start / BLOCK + 1;
        if self.blocks.len() < blocks {
            self.blocks.resize(blocks, Block { before, begins: 0 });
        }
        self.blocks[start / BLOCK].begins |= 1 << (start % BLOCK);
    }

    /// The number of the name that begins at an offset, wherever that is. Only once all names are
    /// there.
    #[inline]
    pub fn number(&mut self, offset: u32) -> Name {
        let (block, bit) = (offset as usize / BLOCK, offset % u32::BITS);
        match self.blocks.get(block) {
            Some(Block { before, begins }) if begins >> bit & 1 != 0 => {
                let earlier = begins & ((1 << bit) - 1);
                Name(before + earlier.count_ones())
            }
            _ => self.inside(offset),
        }
    }

    #[cold]
    fn inside(&mut self, offset: u32) -> Name {
        let number = self.starts.len() - 1 + self.inside.len();
        self.inside.push(offset);
        Name(number as u32)
    }

    /// The names in their text: what was [`read`](Numbering::read), then [`extended`](Numbering::extend).
    pub fn of(self, text: String) -> Result<Strings, Malformed> {
        let inside = self.inside.iter().map(|start| {
            let rest = text.as_bytes().get(*start as usize..);
            let length = memchr::memchr(0, rest.unwrap_or_default()).unwrap_or(0);
            *start..start.saturating_add(length as u32)
        });
        let inside: Vec<Range<u32>> = inside.collect();
        if inside.iter().map(Range::len).sum::<usize>() > MAX_INSIDE {
            let what = format!("names that begin inside others have more than {MAX_INSIDE} bytes");
            return Err(Malformed::new(what));
        }
        Ok(Strings {
            inside,
            longest: self.longest,
            base: self.base,
            starts: self.starts,
            text,
        })
    }
}

impl Strings {
    /// How many names the text is made of; the others begin inside them.
    pub fn whole(&self) -> usize {
        self.starts.len() - 1
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.whole() + self.inside.len()
    }

    /// Where a name begins and ends.
    fn span(&self, name: Name) -> Range<u32> {
        match self.starts.get(name.index()..name.index() + 2) {
            Some([start, next]) => *start..next - 1,
            _ => self.inside[name.index() - self.whole()].clone(),
        }
    }

    /// Bytes of the longest name.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// Bytes of a name.
    pub fn length(&self, name: Name) -> u64 {
        self.span(name).len() as u64
    }

    /// Where a name begins.
    pub fn offset(&self, name: Name) -> u32 {
        self.span(name).start
    }

    /// Was no name asked for that begins inside another or outside the text?
    pub fn are_whole(&self) -> bool {
        self.inside.is_empty()
    }

    /// Is it one of the names of the section, and no part of one?
    pub fn is_whole(&self, name: Name) -> bool {
        name.index() < self.whole()
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

    /// Are all characters printable ASCII? Finds the least and the most, which compilers do for many
    /// bytes at once.
    pub fn is_plain(&self) -> bool {
        let ends = |(least, most): (u8, u8), byte: u8| {
            // A NUL is the largest of them.
            (least.min(byte.wrapping_sub(1)), most.max(byte))
        };
        let (least, most) = self.text.bytes().fold((u8::MAX, 0), ends);
        least >= b' ' - 1 && most <= b'~'
    }

    /// The name, or nothing where it was never checked.
    pub fn get(&self, name: Name) -> &str {
        let span = self.span(name);
        let text = self.text.get(span.start as usize..span.end as usize);
        text.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names of 0 to 80 bytes, so that they begin at all places of a block.
    fn names(letter: char) -> Vec<String> {
        let lengths = (0..80).chain((0..80).rev());
        lengths.map(|n| letter.to_string().repeat(n)).collect()
    }

    fn text(names: &[String]) -> Vec<u8> {
        names
            .iter()
            .flat_map(|name| [name.as_str(), "\0"])
            .collect::<String>()
            .into_bytes()
    }

    /// Where a name begins, its number says so; everywhere else it is one of those behind all names.
    fn find_all(numbering: &mut Numbering, names: &[String]) {
        let (mut start, mut odd) = (0, 0);
        for (number, name) in names.iter().enumerate() {
            assert_eq!(numbering.number(start), Name(number as u32));
            for inside in start + 1..start + 1 + name.len() as u32 {
                assert_eq!(numbering.number(inside), Name(names.len() as u32 + odd));
                odd += 1;
            }
            start += name.len() as u32 + 1;
        }
        for outside in [start, start + 1, start + 100, u32::MAX] {
            assert_eq!(numbering.number(outside), Name(names.len() as u32 + odd));
            odd += 1;
        }
    }

    #[test]
    fn names_are_found_where_they_begin() {
        for some in 1..=160 {
            let names = &names('a')[..some];
            find_all(
                &mut Numbering::read(&text(names)).expect("it is sound"),
                names,
            );
        }
    }

    #[test]
    fn names_of_split_btf_follow_those_of_its_base() {
        for some in 1..=70 {
            let mut all = names('a')[..some].to_vec();
            let mut numbering = Numbering::read(&text(&all)).expect("it is sound");
            let more = names('b');
            numbering.extend(&text(&more)).expect("it is sound");
            all.extend(more);
            find_all(&mut numbering, &all);
        }
    }
}
