//! Caches the plain labels of members, enumerators and parameters by C name, since most names occur many times.
//!
//! Names that the string section stores only as the end of a longer name are not cached: thousands of them may share
//! the same bytes, so their labels could need far more memory than the input.

use super::{
    reserved::{self, Role, Roles},
    scope::Key,
    text_span::TextSpan,
    words,
};
use crate::btf::{Btf, Name};

/// The cache of plain labels. A label is added when it is first needed.
#[derive(Default)]
pub(super) struct LabelCache {
    text: String,
    labels: Vec<PlainLabel>,
    /// Indexed by [`Name::index`]: the index of the name's label in `labels` plus one, or 0 if the label is not in
    /// `labels`.
    of_name: Vec<u32>,
}

/// A plain label.
#[derive(Clone, Copy)]
pub(super) struct PlainLabel {
    /// The position of the label in the text to which it was appended.
    pub span: TextSpan,
    pub key: Key,
    reserved: Roles,
    /// Whether the label is a keyword of WIT.
    pub is_keyword: bool,
}

impl PlainLabel {
    /// Returns the properties of the label that extends from `start` to the end of `text`.
    pub fn at_end(text: &str, start: usize) -> PlainLabel {
        PlainLabel::with_key(text, start, Key::of(&text[start..]))
    }

    fn with_key(text: &str, start: usize, key: Key) -> PlainLabel {
        let label = &text[start..];
        PlainLabel {
            span: TextSpan::from(start, text),
            key,
            reserved: reserved::roles(label),
            is_keyword: reserved::is_keyword(label),
        }
    }

    /// Returns whether the label is reserved in this role. If so, it needs the word of the role as a suffix.
    pub fn is_reserved(self, role: Role) -> bool {
        self.reserved.has(role)
    }
}

impl LabelCache {
    /// Returns the plain label of a C name, or `None` if the name is stored as the end of a longer one and so is not
    /// cached.
    pub fn plain(&mut self, btf: &Btf, name: Name) -> Option<PlainLabel> {
        if self.of_name.len() < btf.names() {
            self.of_name.resize(btf.names(), 0);
        }
        match self.of_name[name.index()].checked_sub(1) {
            Some(at) => Some(self.labels[at as usize]),
            None => btf.is_whole_name(name).then(|| self.make(btf, name)),
        }
    }

    #[inline(never)]
    fn make(&mut self, btf: &Btf, name: Name) -> PlainLabel {
        let start = self.text.len();
        let made = words::push(&mut self.text, btf.name(name));
        let plain = PlainLabel::with_key(&self.text, start, made.key);
        self.labels.push(plain);
        self.of_name[name.index()] = self.labels.len() as u32;
        plain
    }

    pub fn text(&self, span: TextSpan) -> &str {
        span.of(&self.text)
    }
}
