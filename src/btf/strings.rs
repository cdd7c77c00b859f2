//! The string section: names by offset.
//!
//! In split BTF offsets count on from the end of the base's section, so that one text holds both.

use super::{malformed::Malformed, types::Name};

/// Text that ends with a NUL and holds one name after another, each ended by a NUL.
pub(super) struct Strings {
    text: String,
    /// Where the names of split BTF begin; 0 for BTF that stands alone.
    base: usize,
}

/// Can names of this section stand alone? That of split BTF has no empty name at its start, since
/// its base has that.
pub(super) fn stand_alone(section: &[u8]) -> bool {
    section.first() == Some(&0)
}

/// The longest name in bytes. The kernel's own have at most 511; a label of WIT may have 100,000.
const MOST_NAME: usize = 4096;

/// Where the names of a section begin and end.
fn names(section: &[u8]) -> impl Iterator<Item = (usize, usize)> {
    let mut start = 0;
    memchr::memchr_iter(0, section).map(move |end| (std::mem::replace(&mut start, end + 1), end))
}

impl Strings {
    pub fn read(section: &[u8]) -> Result<Strings, Malformed> {
        if section.is_empty() {
            return Err(Malformed::new("the string section is empty"));
        }
        if !stand_alone(section) {
            let what = "the string section does not begin with the empty name";
            return Err(Malformed::new(what));
        }
        Ok(Strings {
            text: text(section)?.to_owned(),
            base: 0,
        })
    }

    /// Adds the names of the split BTF whose base has these.
    pub fn extend(&mut self, section: &[u8]) -> Result<(), Malformed> {
        self.base = self.text.len();
        self.text.push_str(text(section)?);
        Ok(())
    }

    /// Does `name` point into the section, at the start of a character?
    pub fn contains(&self, name: Name) -> bool {
        (name.0 as usize) < self.text.len() && self.text.is_char_boundary(name.0 as usize)
    }

    /// Does `name` point into the base, but not where a name begins? Then it was written for
    /// another base.
    pub fn is_torn(&self, name: Name) -> bool {
        let before = (name.0 as usize)
            .checked_sub(1)
            .filter(|before| before + 1 < self.base);
        before.is_some_and(|before| self.text.as_bytes()[before] != 0)
    }

    /// All names, each ended by a NUL.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The name, or nothing where it was never checked.
    pub fn get(&self, name: Name) -> &str {
        let rest = self.text.get(name.0 as usize..).unwrap_or_default();
        let end = memchr::memchr(0, rest.as_bytes()).unwrap_or(rest.len());
        &rest[..end]
    }
}

fn text(section: &[u8]) -> Result<&str, Malformed> {
    if section.last().is_some_and(|last| *last != 0) {
        let what = "the string section does not end with a NUL byte";
        return Err(Malformed::new(what));
    }
    for (start, end) in names(section) {
        if end - start > MOST_NAME {
            let what = format!("the name at offset {start} has more than {MOST_NAME} bytes");
            return Err(Malformed::new(what));
        }
    }
    std::str::from_utf8(section).map_err(|e| {
        let at = e.valid_up_to();
        Malformed::new(format!("the string section is not UTF-8 at offset {at}"))
    })
}
