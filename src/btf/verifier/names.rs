//! Which names the kernel takes: `__btf_name_valid`, without a look at each for each of its uses.

use super::super::{
    strings::Strings,
    types::{Name, TypeId},
    warning::Rule,
};
use super::{Place, Verifier};

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
const BLOCK: usize = 128;

impl OddNames {
    pub fn of(strings: &Strings) -> OddNames {
        let mut odd = vec![false; strings.len()];
        let mut note = |name: usize| {
            let text = strings.get(Name(name as u32)).as_bytes();
            odd[name] = fault(text).is_some();
        };
        let text = strings.text().as_bytes();
        let (mut before, mut done) = (0, 0);
        for start in (0..text.len()).step_by(BLOCK) {
            let end = text.len().min(start + BLOCK);
            let plain = is_plain(before, &text[start..end]);
            before = text[end - 1];
            if plain || end <= done {
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

/// Is there no odd name in a part of the text, nor one that may be too long? Without branches, so
/// that compilers look at many bytes at once.
fn is_plain(mut before: u8, block: &[u8]) -> bool {
    let (mut plain, mut ends) = (true, false);
    for &byte in block {
        let starts = before == 0;
        plain &= (byte == 0) | is_inside(byte) & !(starts & byte.is_ascii_digit());
        ends |= byte == 0;
        before = byte;
    }
    plain & ends
}

fn is_inside(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() | (byte == b'_') | (byte == b'.')
}

fn fault(name: &[u8]) -> Option<Rule> {
    if name.first().is_some_and(u8::is_ascii_digit) || !name.iter().all(|byte| is_inside(*byte)) {
        Some(Rule::Identifier)
    } else if name.len() > MOST_NAME {
        Some(Rule::LongName)
    } else {
        None
    }
}

impl Verifier<'_> {
    /// A name that may be absent.
    #[inline]
    pub(super) fn name(&mut self, name: Name, place: impl FnOnce() -> Place) {
        if self.odd.is_odd(name) {
            self.odd_name(name, place());
        }
    }

    #[cold]
    fn odd_name(&mut self, name: Name, place: Place) {
        if let Some(rule) = fault(self.btf.strings.get(name).as_bytes()) {
            self.note(rule, place);
        }
    }

    /// Words that may be any, but not none.
    pub(super) fn needed_words(&mut self, name: Name, id: TypeId) {
        if self.btf.strings.get(name).is_empty() {
            self.note(Rule::Nameless, Place::Type(id));
        }
    }

    /// A name that may not be absent.
    #[inline]
    pub(super) fn needed_name(&mut self, name: Name, place: impl FnOnce() -> Place) {
        if name.is_none() {
            self.note(Rule::Nameless, place());
        } else {
            self.name(name, place);
        }
    }
}
