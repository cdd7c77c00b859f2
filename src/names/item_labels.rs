//! Makes the labels inside one item: those of its fields, cases, flags or parameters.

use std::collections::HashSet;

use super::{
    collision::{self, Alternatives},
    labels::{LabelCache, PlainLabel},
    reserved::Role,
    scope::{Key, Scope},
    spelling::Speller,
    text_span::TextSpan,
    words,
};
use crate::btf::Name;
use crate::c::members::{MemberName, unnamed};

/// The labels inside one item. One `ItemLabels` serves for many items in turn, which saves allocations.
#[derive(Default)]
pub(crate) struct ItemLabels {
    labels: LabelCache,
    /// The text of the labels that are not in the cache `labels`.
    text: String,
    /// The total length in bytes of all labels, including those that [`ItemLabels::make_unique`] has replaced.
    length: usize,
    entries: Vec<ItemLabel>,
    scope: Scope,
}

/// The maximum total length of the labels in one item, in bytes. This limit is enough for more than ten thousand labels
/// of a hundred bytes each.
const MAX_TEXT: usize = 4 * 1024 * 1024;

struct ItemLabel {
    c_name: Name,
    key: Key,
    span: TextSpan,
    /// Whether `span` is a range of [`ItemLabels::text`]. Otherwise it is a range of the cache's text.
    is_own: bool,
    is_parameter: bool,
    is_keyword: bool,
    /// Whether the label differs from the plain one because of a collision.
    collides: bool,
}

impl ItemLabels {
    pub fn clear(&mut self) {
        self.text.clear();
        self.length = 0;
        self.entries.clear();
        self.scope.clear();
    }

    /// Adds the label of the next member, enumerator or parameter. The label gets the word of its role as a suffix if
    /// it is reserved, or if its key is in `avoid`.
    pub fn push(
        &mut self,
        speller: Speller<'_>,
        name: MemberName,
        role: Role,
        avoid: Option<&HashSet<Key>>,
    ) {
        let start = self.text.len();
        let cached = match name {
            MemberName::Named(name) if !speller.renames() => self.labels.plain(speller.btf, name),
            _ => None,
        };
        let plain = cached.unwrap_or_else(|| {
            push_plain(&mut self.text, speller, name, role);
            PlainLabel::at_end(&self.text, start)
        });
        let collides = avoid.is_some_and(|avoid| avoid.contains(&plain.key));
        let mut entry = ItemLabel {
            c_name: name.c_name(),
            key: plain.key,
            span: plain.span,
            is_own: cached.is_none(),
            is_parameter: role == Role::Parameter,
            is_keyword: plain.is_keyword,
            collides,
        };
        if collides || plain.is_reserved(role) {
            self.add_role(&mut entry, role);
        }
        self.length += entry.span.len();
        self.entries.push(entry);
    }

    fn add_role(&mut self, entry: &mut ItemLabel, role: Role) {
        let start = self.text.len();
        let label = format!("{}-{}", self.text_of(entry), role.word());
        entry.span = TextSpan::append(&mut self.text, &label);
        entry.is_own = true;
        entry.key = Key::of(&self.text[start..]);
        // No keyword of WIT ends with a hyphen and the word of a role.
        entry.is_keyword = false;
    }

    /// Makes all labels unique. The caller must call this once, after the last call of [`ItemLabels::push`].
    pub fn make_unique(&mut self, speller: Speller<'_>) {
        let entries = self.entries.iter();
        let collisions = entries.filter(|e| !self.scope.claim(e.key)).count();
        if collisions > 0 {
            self.resolve_collisions(speller);
        }
    }

    fn resolve_collisions(&mut self, speller: Speller<'_>) {
        let mut order: Vec<usize> = (0..self.entries.len()).collect();
        order.sort_by_cached_key(|&i| {
            let entry = &self.entries[i];
            let name = speller.spell(entry.c_name);
            let distance = collision::spelling_distance(&name, self.label(i));
            (entry.key, distance, name, i)
        });
        let (mut key, mut number) = (None, collision::FIRST);
        for i in order {
            if key != Some(self.entries[i].key) {
                (key, number) = (Some(self.entries[i].key), collision::FIRST);
                continue;
            }
            let plain = self.label(i).to_owned();
            let scope = &mut self.scope;
            let entry = &mut self.entries[i];
            let suffix = if entry.is_parameter { "-param" } else { "" };
            let label = Alternatives::new(&plain, None, &mut number)
                .suffix(suffix)
                .first_accepted(|label| scope.claim(Key::of(label)));
            entry.span = TextSpan::append(&mut self.text, &label);
            entry.is_own = true;
            entry.is_keyword = false;
            entry.collides = true;
            self.length += label.len();
        }
    }

    /// Returns whether the total length of the labels exceeds the limit. The labels of real items are far shorter.
    pub fn is_excessive(&self) -> bool {
        self.length > MAX_TEXT
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn label(&self, i: usize) -> &str {
        self.text_of(&self.entries[i])
    }

    fn text_of(&self, entry: &ItemLabel) -> &str {
        match entry.is_own {
            true => entry.span.of(&self.text),
            false => self.labels.text(entry.span),
        }
    }

    /// Returns whether the label is a keyword of WIT.
    pub fn is_keyword(&self, i: usize) -> bool {
        self.entries[i].is_keyword
    }

    /// Returns whether the label differs from the plain one because of a collision.
    pub fn collides(&self, i: usize) -> bool {
        self.entries[i].collides
    }
}

/// Appends the plain label of a member, enumerator or parameter. Without a C name, the label of a parameter contains
/// its position, and the label of a member contains its position among the members without a name.
pub(super) fn push_plain(out: &mut String, speller: Speller<'_>, name: MemberName, role: Role) {
    match name {
        MemberName::Named(name) => words::push_label(out, &speller.spell(name)),
        MemberName::Unnamed(n) if role == Role::Parameter => out.push_str(&format!("arg{n}")),
        MemberName::Unnamed(n) => out.push_str(&unnamed(n)),
    }
}
