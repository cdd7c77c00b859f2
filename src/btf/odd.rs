//! Which names the kernel takes: `__btf_name_valid`, without a look at each for each of its uses.

use super::{strings::Strings, types::Name, warning::Rule};

/// The longest name in bytes: the kernel's `KSYM_NAME_LEN`, of Linux 6.1 and later.
const MOST_NAME: usize = 512;

/// Names stand in hundreds of thousands of places, and in a kernel a few dozen are odd, such as
/// `unsigned int`. So the text is looked through once, block by block, and names one by one only in a
/// block that an odd one reaches into.
pub(super) struct OddNames {
    /// By the number of the name.
    odd: Vec<bool>,
}

/// Bytes.
const BLOCK: usize = 256;

impl OddNames {
    pub fn of(strings: &Strings) -> OddNames {
        let text = strings.text().as_bytes();
        let first = |start: &u32| text.get(*start as usize).copied().unwrap_or(0);
        let starts = strings.starts().iter();
        let mut odd: Vec<bool> = starts.map(|start| first(start).is_ascii_digit()).collect();
        odd.resize(strings.len(), false);
        let mut note = |name: usize| {
            let text = strings.get(Name(name as u32)).as_bytes();
            odd[name] = fault(text).is_some();
        };
        let mut done = 0;
        for start in (0..text.len()).step_by(BLOCK) {
            let end = text.len().min(start + BLOCK);
            if end <= done || is_plain(&text[start..end]) {
                continue;
            }
            let first = memchr::memrchr(0, &text[..start]).map_or(0, |nul| nul + 1);
            done = memchr::memchr(0, &text[end - 1..]).map_or(text.len(), |nul| end - 1 + nul);
            strings.between(first..done).for_each(&mut note);
        }
        // Those that begin inside another.
        (strings.whole()..strings.len()).for_each(note);
        OddNames { odd }
    }

    pub fn is_odd(&self, name: Name) -> bool {
        self.odd.get(name.index()) == Some(&true)
    }

    /// Is one of these odd?
    pub fn any(&self, mut names: impl Iterator<Item = Name>) -> bool {
        names.any(|name| self.is_odd(name))
    }
}

/// Has a part of the text nothing but letters, digits and `_`, and does a name end in it, so that none
/// is too long? There may be a `.` in a name, too, but hardly ever is.
///
/// Finds the least and the most of each byte in three shapes, which compilers do for many bytes at once.
fn is_plain(block: &[u8]) -> bool {
    let (mut least, mut most) = ([u8::MAX; 3], [0; 2]);
    for &byte in block {
        // A NUL is the largest.
        let before = byte.wrapping_sub(1);
        // From 0: letters in either case, what stands between `Z` and `_`, `_`; then NUL and digits.
        let letter = (byte | 0x20).wrapping_sub(b'a');
        // What stands between `Z` and `_` is the least.
        let sign = letter.wrapping_sub(26);
        least[0] = least[0].min(byte);
        least[1] = least[1].min(before);
        least[2] = least[2].min(sign);
        most[0] = most[0].max(byte);
        most[1] = most[1].max(letter);
    }
    let has_end = least[0] == 0;
    has_end
        && least[1] >= b'0' - 1
        && least[2] >= b'_' - b'['
        && most[0] <= b'z'
        && most[1] <= b'9'.wrapping_sub(b'a')
}

fn is_inside(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() | (byte == b'_') | (byte == b'.')
}

/// What the kernel has against a name.
pub(super) fn fault(name: &[u8]) -> Option<Rule> {
    if name.first().is_some_and(u8::is_ascii_digit) || !name.iter().all(|byte| is_inside(*byte)) {
        Some(Rule::Identifier)
    } else if name.len() > MOST_NAME {
        Some(Rule::LongName)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_block_has_no_odd_name() {
        for byte in u8::MIN..=u8::MAX {
            let plain = byte == 0 || byte != b'.' && is_inside(byte);
            assert_eq!(is_plain(&[b'a', byte, 0]), plain, "{byte}");
        }
        assert!(!is_plain(&[b'a'; BLOCK]));
    }
}
