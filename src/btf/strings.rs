//! The string section, with an index for each name.
//!
//! In split BTF, name offsets continue those of the base. Therefore one text holds the string section of the base,
//! followed by that of the split BTF.

use std::ops::Range;

use super::{malformed::Malformed, span::Span, text::not_utf8, types::Name};

/// Finds the index of a name, given its offset. The names are numbered without gaps, so a table with one entry for each
/// name can use this index.
#[derive(Default)]
pub(super) struct NameIndex {
    /// The offset of each name; the index of the name is the index here. The last entry is the length of the text.
    starts: Vec<u32>,
    /// A description of each block of [`BLOCK`] bytes in the text.
    blocks: Vec<TextBlock>,
    /// The length of the longest name in bytes.
    longest: usize,
    /// The requested offsets at which no name begins, in the order of the requests. An offset that is requested twice
    /// is listed twice. These offsets are inside a name or out of range. As names, they have the indices after those of
    /// all names in `starts`.
    suffixes: Vec<u32>,
    /// The length of the base's string section in bytes, or 0 without a base.
    base: usize,
}

/// The length of a block in bytes, one for each bit of [`TextBlock::begins`].
const BLOCK: usize = u32::BITS as usize;

/// Describes which names begin in a block. From this description, the index of a name is computed without a search.
#[derive(Clone, Copy)]
struct TextBlock {
    /// The number of names that begin before the block.
    before: u32,
    /// A bit for each byte of the block. The bit is 1 if a name begins at this byte. The lowest bit is for the first
    /// byte.
    begins: u32,
}

/// All names as one text, in which a NUL follows each name.
pub(super) struct Strings {
    text: String,
    longest: usize,
    base: usize,
    starts: Vec<u32>,
    /// The range of each name that is the end of a longer one. The range is empty for an offset that is out of range.
    suffixes: Vec<Span<u32>>,
}

/// The maximum length of a name in bytes. This is more than the kernel allows (512) and less than WIT allows in a label
/// (100,000).
const MAX_NAME: usize = 4096;

/// The maximum total length of all suffixes in bytes, counted for each use. A text of one long name has thousands of
/// long suffixes, so a small input could need very much memory without a limit.
const MAX_SUFFIXES: usize = 64 * 1024 * 1024;

impl NameIndex {
    pub fn read(section: &[u8]) -> Result<NameIndex, Malformed> {
        if section.is_empty() {
            return Err(Malformed::new("the string section is empty"));
        }
        if section[0] != 0 {
            let what = "the string section does not begin with the empty name";
            return Err(Malformed::new(what));
        }
        let mut index = NameIndex::default();
        index.starts.push(0);
        index.append(section)?;
        Ok(index)
    }

    /// Adds the names of split BTF to those of its base.
    pub fn extend(&mut self, section: &[u8]) -> Result<(), Malformed> {
        self.base = self.end();
        self.append(section)
    }

    /// Returns the length of the text in bytes.
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

    /// Records that a name begins at offset `start`.
    fn mark(&mut self, start: usize) {
        let before = self.starts.len() as u32 - 1;
        let blocks = start / BLOCK + 1;
        if self.blocks.len() < blocks {
            self.blocks.resize(blocks, TextBlock { before, begins: 0 });
        }
        self.blocks[start / BLOCK].begins |= 1 << (start % BLOCK);
    }

    /// Returns the index of the name at an offset. The offset may be out of range. Call this only after all names were
    /// added.
    #[inline]
    pub fn index(&mut self, offset: u32) -> Name {
        let (block, bit) = (offset as usize / BLOCK, offset % u32::BITS);
        match self.blocks.get(block) {
            Some(TextBlock { before, begins }) if begins >> bit & 1 != 0 => {
                let earlier = begins & ((1 << bit) - 1);
                Name(before + earlier.count_ones())
            }
            _ => self.suffix(offset),
        }
    }

    #[cold]
    fn suffix(&mut self, offset: u32) -> Name {
        let index = self.starts.len() - 1 + self.suffixes.len();
        self.suffixes.push(offset);
        Name(index as u32)
    }

    /// Returns the names. `text` must consist of the sections that were given to [`read`](NameIndex::read) and
    /// [`extend`](NameIndex::extend).
    pub fn with_text(self, text: String) -> Result<Strings, Malformed> {
        let suffixes = self.suffixes.iter().map(|start| {
            let start = *start as usize;
            let rest = text.as_bytes().get(start..).unwrap_or_default();
            Span::new(start..start + memchr::memchr(0, rest).unwrap_or(0))
        });
        let suffixes: Vec<Span<u32>> = suffixes.collect();
        let bytes: usize = suffixes.iter().map(|span| span.range().len()).sum();
        if bytes > MAX_SUFFIXES {
            let what =
                format!("names that begin inside others have more than {MAX_SUFFIXES} bytes");
            return Err(Malformed::new(what));
        }
        Ok(Strings {
            suffixes,
            longest: self.longest,
            base: self.base,
            starts: self.starts,
            text,
        })
    }
}

impl Strings {
    /// Returns the number of names that are not suffixes of others.
    pub fn whole(&self) -> usize {
        self.starts.len() - 1
    }

    /// Returns the number of names, including suffixes. A suffix counts once for each use.
    pub fn len(&self) -> usize {
        self.whole() + self.suffixes.len()
    }

    /// Returns the range of a name in the text.
    fn range(&self, name: Name) -> Range<usize> {
        match self.starts.get(name.index()..name.index() + 2) {
            Some([start, next]) => *start as usize..*next as usize - 1,
            _ => self.suffixes[name.index() - self.whole()].range(),
        }
    }

    /// Returns the length of the longest name in bytes.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// Returns the length of a name in bytes, or 0 if its offset is out of range.
    pub fn length(&self, name: Name) -> u64 {
        self.range(name).len() as u64
    }

    pub fn offset(&self, name: Name) -> u32 {
        self.range(name).start as u32
    }

    /// Returns whether a name is in range and not a suffix of another name.
    pub fn is_whole(&self, name: Name) -> bool {
        name.index() < self.whole()
    }

    /// Returns whether a name is in range and begins at the start of a character.
    pub fn contains(&self, name: Name) -> bool {
        let start = self.offset(name) as usize;
        start < self.text.len() && self.text.is_char_boundary(start)
    }

    /// Returns whether a name is only the end of a name in the base. If a type of the split BTF has such a name, the
    /// split BTF was made for another base.
    pub fn is_base_suffix(&self, name: Name) -> bool {
        let before = (self.offset(name) as usize)
            .checked_sub(1)
            .filter(|before| before + 1 < self.base);
        before.is_some_and(|before| self.text.as_bytes()[before] != 0)
    }

    /// Returns all names, each followed by a NUL.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns whether all names are printable ASCII. Only the smallest and the largest byte are compared, since the
    /// compiler vectorizes the search for them.
    pub fn is_plain(&self) -> bool {
        let ends = |(least, most): (u8, u8), byte: u8| {
            // NUL is allowed. The subtraction turns it into 255, so it never becomes the smallest byte.
            (least.min(byte.wrapping_sub(1)), most.max(byte))
        };
        let (least, most) = self.text.bytes().fold((u8::MAX, 0), ends);
        least >= b' ' - 1 && most <= b'~'
    }

    /// Returns the text of a name, or an empty string if its offset is out of range or inside a character.
    pub fn get(&self, name: Name) -> &str {
        self.text.get(self.range(name)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns names of 0 to 79 bytes. Together they begin at every offset within a block.
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

    /// Looks up every offset. The indices of offsets at which no name begins must follow those of all names.
    fn find_all(index: &mut NameIndex, names: &[String]) {
        let (mut start, mut suffixes) = (0, 0);
        for (position, name) in names.iter().enumerate() {
            assert_eq!(index.index(start), Name(position as u32));
            for inside in start + 1..start + 1 + name.len() as u32 {
                assert_eq!(index.index(inside), Name(names.len() as u32 + suffixes));
                suffixes += 1;
            }
            start += name.len() as u32 + 1;
        }
        for outside in [start, start + 1, start + 100, u32::MAX] {
            assert_eq!(index.index(outside), Name(names.len() as u32 + suffixes));
            suffixes += 1;
        }
    }

    #[test]
    fn names_are_found_where_they_begin() {
        for some in 1..=160 {
            let names = &names('a')[..some];
            find_all(
                &mut NameIndex::read(&text(names)).expect("sound names"),
                names,
            );
        }
    }

    #[test]
    fn names_of_split_btf_follow_those_of_its_base() {
        for some in 1..=70 {
            let mut all = names('a')[..some].to_vec();
            let mut index = NameIndex::read(&text(&all)).expect("sound names");
            let more = names('b');
            index.extend(&text(&more)).expect("sound names");
            all.extend(more);
            find_all(&mut index, &all);
        }
    }
}
