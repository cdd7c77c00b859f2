//! The string section: names by offset.

use super::{malformed::Malformed, types::Name};

/// Text that ends with a NUL and holds one name after another, each ended by a NUL.
pub(super) struct Strings(String);

/// The longest name in bytes. The kernel's own have at most 511; a label of WIT may have 100,000.
const MOST_NAME: usize = 4096;

/// Where the names of a section begin and end.
fn names(section: &[u8]) -> impl Iterator<Item = (usize, usize)> {
    let mut start = 0;
    memchr::memchr_iter(0, section).map(move |end| (std::mem::replace(&mut start, end + 1), end))
}

impl Strings {
    pub fn read(section: &[u8]) -> Result<Strings, Malformed> {
        match (section.first(), section.last()) {
            (Some(0), Some(0)) => {}
            (None, _) => return Err(Malformed::new("the string section is empty")),
            (Some(0), _) => {
                return Err(Malformed::new(
                    "the string section does not end with a NUL byte",
                ));
            }
            _ => {
                return Err(Malformed::new(
                    "its names continue those of a base: this is split BTF, as kernel modules have it, \
                     which this version does not read",
                ));
            }
        }
        for (start, end) in names(section) {
            if end - start > MOST_NAME {
                let what = format!("the name at offset {start} has more than {MOST_NAME} bytes");
                return Err(Malformed::new(what));
            }
        }
        match std::str::from_utf8(section) {
            Ok(text) => Ok(Strings(text.to_owned())),
            Err(e) => Err(Malformed::new(format!(
                "the string section is not UTF-8 at offset {}",
                e.valid_up_to()
            ))),
        }
    }

    /// Does `name` point into the section, at the start of a character?
    pub fn contains(&self, name: Name) -> bool {
        (name.0 as usize) < self.0.len() && self.0.is_char_boundary(name.0 as usize)
    }

    /// The name, or nothing where it was never checked.
    pub fn get(&self, name: Name) -> &str {
        let rest = self.0.get(name.0 as usize..).unwrap_or_default();
        let end = memchr::memchr(0, rest.as_bytes()).unwrap_or(rest.len());
        &rest[..end]
    }
}
