//! Caches the text of one function for each prototype, without the names. Functions with the same prototype reuse this
//! text.

use crate::names::{PerPrototype, PrototypeId};

/// The maximum size of the cached text in bytes. A text that would exceed it is not cached. A kernel's functions need
/// less than one megabyte.
const MAX_TEXT: usize = 4 << 20;

/// The cached texts, one after another in one string.
#[derive(Default)]
pub(super) struct SignatureCache {
    text: String,
    parts: PerPrototype<SignatureParts>,
}

/// The offsets in `SignatureCache::text` of the three parts of a cached text, and of its end.
#[derive(Clone, Copy)]
struct SignatureParts {
    start: u32,
    after_c_name: u32,
    after_label: u32,
    end: u32,
}

/// The text of a function, as the three parts around its C name and its label.
#[derive(Clone, Copy)]
pub(super) struct Signature<'a> {
    pub before_c_name: &'a str,
    pub before_label: &'a str,
    pub after: &'a str,
}

impl SignatureCache {
    /// Adds the text of a function, unless its prototype already has one or the text does not fit. `names` has the
    /// start and the end of the C name in `text`, then those of the label. Without a doc comment, the C name is empty.
    pub fn add(&mut self, id: PrototypeId, text: &str, names: [usize; 4]) {
        if self.parts.get(id).is_some() || self.text.len() + text.len() > MAX_TEXT {
            return;
        }
        let [c_name, c_name_end, label, label_end] = names;
        let mut push = |part: &str| {
            let start = self.text.len() as u32;
            self.text.push_str(part);
            start
        };
        let parts = SignatureParts {
            start: push(&text[..c_name]),
            after_c_name: push(&text[c_name_end..label]),
            after_label: push(&text[label_end..]),
            end: push(""),
        };
        self.parts.set(id, parts);
    }

    pub fn get(&self, id: PrototypeId) -> Option<Signature<'_>> {
        let parts = self.parts.get(id)?;
        let text = |start: u32, end: u32| &self.text[start as usize..end as usize];
        Some(Signature {
            before_c_name: text(parts.start, parts.after_c_name),
            before_label: text(parts.after_c_name, parts.after_label),
            after: text(parts.after_label, parts.end),
        })
    }
}
