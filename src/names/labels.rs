//! The labels that the C names of members, enumerators and parameters would have alone: each is made
//! once, however many places of a BTF have the name. Names that begin inside others have none here, since thousands of
//! them may share their letters. Knows nothing of where a name stands.

use super::{
    reserved::{self, Role, Roles},
    scope::Key,
    words,
};
use crate::btf::{Btf, Name};

/// Labels by C name; filled as they are asked for.
#[derive(Default)]
pub(super) struct Labels {
    text: String,
    made: Vec<Made>,
    /// By the number of the name: where it stands in `made`, plus one; 0 where it does not.
    places: Vec<u32>,
}

struct Made {
    key: Key,
    start: u32,
    length: u16,
    reserved: Roles,
    keyword: bool,
}

/// A label that a name would have alone, and where in its text it stands.
#[derive(Clone, Copy)]
pub(super) struct Plain {
    pub start: u32,
    pub end: u32,
    pub key: Key,
    reserved: Roles,
    /// Does WIT take it for a word of its own?
    pub keyword: bool,
}

impl Plain {
    /// The label that begins at `start` and ends with the text.
    pub fn at_end(text: &str, start: usize) -> Plain {
        Plain::with_key(text, start, Key::of(&text[start..]))
    }

    fn with_key(text: &str, start: usize, key: Key) -> Plain {
        let label = &text[start..];
        Plain {
            start: start as u32,
            end: text.len() as u32,
            key,
            reserved: reserved::roles(label),
            keyword: reserved::is_keyword(label),
        }
    }

    /// Must it be told apart by its role?
    pub fn is_reserved(self, role: Role) -> bool {
        self.reserved.has(role)
    }
}

impl Labels {
    /// The label of a name as C spells it, if that is a name of its own.
    pub fn plain(&mut self, btf: &Btf, name: Name) -> Option<Plain> {
        if self.places.len() < btf.names() {
            self.places.resize(btf.names(), 0);
        }
        let Some(place) = self.places[name.index()].checked_sub(1) else {
            return btf.is_whole_name(name).then(|| self.make(btf, name));
        };
        let made = &self.made[place as usize];
        Some(Plain {
            start: made.start,
            end: made.start + u32::from(made.length),
            key: made.key,
            reserved: made.reserved,
            keyword: made.keyword,
        })
    }

    #[inline(never)]
    fn make(&mut self, btf: &Btf, name: Name) -> Plain {
        let start = self.text.len();
        let made = words::push(&mut self.text, btf.name(name));
        let plain = Plain::with_key(&self.text, start, made.key);
        self.made.push(Made {
            key: plain.key,
            start: plain.start,
            // Names have at most 4,096 bytes, for each of which a label has at most two.
            length: (plain.end - plain.start) as u16,
            reserved: plain.reserved,
            keyword: plain.keyword,
        });
        self.places[name.index()] = self.made.len() as u32;
        plain
    }

    /// The text of a label.
    pub fn text(&self, start: u32, end: u32) -> &str {
        &self.text[start as usize..end as usize]
    }
}
