//! The text of functions that have the same prototype: made for the first, and written again with
//! other names for the rest.

use crate::names::{PerPrototype, PrototypeId};

/// How much text is remembered: a kernel's functions need less than one megabyte.
const MAX: usize = 4 << 20;

/// What stands around the names of functions, by their kin.
#[derive(Default)]
pub(super) struct Texts {
    text: String,
    pieces: PerPrototype<Pieces>,
}

/// Where the three parts of a text begin, one behind the other, and where the last ends.
#[derive(Clone, Copy)]
struct Pieces {
    start: u32,
    c_name: u32,
    label: u32,
    end: u32,
}

/// The text of a function without its names.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    pub before_c_name: &'a str,
    pub before_label: &'a str,
    pub after: &'a str,
}

impl Texts {
    /// Remembers the text of one function for all of its kin. `names` says where its C name begins and
    /// ends, and its label. Without documentation there is no C name.
    pub fn remember(&mut self, kin: PrototypeId, text: &str, names: [usize; 4]) {
        if self.pieces.get(kin).is_some() {
            return;
        }
        let [c_name, c_end, label, label_end] = names;
        if self.text.len() + text.len() > MAX {
            return;
        }
        let mut push = |part: &str| {
            let start = self.text.len() as u32;
            self.text.push_str(part);
            start
        };
        let pieces = Pieces {
            start: push(&text[..c_name]),
            c_name: push(&text[c_end..label]),
            label: push(&text[label_end..]),
            end: push(""),
        };
        self.pieces.set(kin, pieces);
    }

    /// The text of the kin, if one of it was written.
    pub fn get(&self, kin: PrototypeId) -> Option<Text<'_>> {
        let pieces = self.pieces.get(kin)?;
        let part = |start: u32, end: u32| &self.text[start as usize..end as usize];
        Some(Text {
            before_c_name: part(pieces.start, pieces.c_name),
            before_label: part(pieces.c_name, pieces.label),
            after: part(pieces.label, pieces.end),
        })
    }
}
