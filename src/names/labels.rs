//! The labels that the C names of members, enumerators and parameters would have alone: each is made
//! once, however many places of a BTF have the name. Knows nothing of where a name stands.

use super::{
    reserved::{self, Role, Roles},
    scope::Key,
    words,
};
use crate::btf::{Btf, Name};

/// Labels by C name; filled as they are asked for.
#[derive(Default)]
pub(crate) struct Labels {
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

/// A label that a name would have alone.
#[derive(Clone, Copy)]
pub(super) struct Plain<'a> {
    pub text: &'a str,
    pub key: Key,
    reserved: Roles,
    /// Does WIT take it for a word of its own?
    pub keyword: bool,
}

impl<'a> Plain<'a> {
    /// A label that is not remembered.
    pub fn of(text: &'a str) -> Plain<'a> {
        Plain::with_key(text, Key::of(text))
    }

    fn with_key(text: &'a str, key: Key) -> Plain<'a> {
        Plain {
            text,
            key,
            reserved: reserved::roles(text),
            keyword: reserved::is_keyword(text),
        }
    }

    /// Must it be told apart by its role?
    pub fn is_reserved(self, role: Role) -> bool {
        self.reserved.has(role)
    }
}

impl Labels {
    /// The label of a name as C spells it.
    pub(super) fn plain(&mut self, btf: &Btf, name: Name) -> Plain<'_> {
        if self.places.len() < btf.names() {
            self.places.resize(btf.names(), 0);
        }
        let place = match self.places[name.index()].checked_sub(1) {
            Some(place) => place as usize,
            None => self.make(btf, name),
        };
        let made = &self.made[place];
        Plain {
            text: &self.text[made.start as usize..][..usize::from(made.length)],
            key: made.key,
            reserved: made.reserved,
            keyword: made.keyword,
        }
    }

    fn make(&mut self, btf: &Btf, name: Name) -> usize {
        let start = self.text.len();
        let made = words::push(&mut self.text, btf.name(name));
        let plain = Plain::with_key(&self.text[start..], made.key);
        self.made.push(Made {
            key: plain.key,
            start: start as u32,
            // Names have at most 4,096 bytes, for each of which a label has at most two.
            length: plain.text.len() as u16,
            reserved: plain.reserved,
            keyword: plain.keyword,
        });
        self.places[name.index()] = self.made.len() as u32;
        self.made.len() - 1
    }
}
