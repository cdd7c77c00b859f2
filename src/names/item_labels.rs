//! The labels inside one item: fields, cases, flags or parameters.

use std::collections::HashSet;

use super::{
    collision::{self, Alternatives},
    labels::{Labels, Plain},
    reserved::Role,
    scope::{Key, Scope},
    spelling::Speller,
    words,
};
use crate::btf::Name;
use crate::c::members::MemberName;

/// The labels of one item; kept and filled again for the next.
#[derive(Default)]
pub(crate) struct ItemLabels {
    labels: Labels,
    /// Those that are not as their names would have them alone.
    text: String,
    /// Bytes of all.
    length: usize,
    entries: Vec<Entry>,
    scope: Scope,
}

/// How much text the labels of one item may have: ten thousand of a hundred bytes, and more.
const MAX_TEXT: usize = 4 * 1024 * 1024;

struct Entry {
    c_name: Name,
    key: Key,
    start: u32,
    end: u32,
    /// Does it stand in the text of this item's own?
    own: bool,
    parameter: bool,
    /// Does WIT take the label for a word of its own?
    keyword: bool,
    /// Something else has the label that this one would have had.
    collides: bool,
}

impl ItemLabels {
    pub fn clear(&mut self) {
        self.text.clear();
        self.length = 0;
        self.entries.clear();
        self.scope.clear();
    }

    /// Adds the member, enumerator or parameter that comes next: with its role as a suffix where its
    /// label is reserved, or one of those `avoid`ed.
    pub fn push(
        &mut self,
        speller: Speller<'_>,
        name: MemberName,
        role: Role,
        avoid: Option<&HashSet<Key>>,
    ) {
        let own = self.text.len();
        let known = match name {
            MemberName::Own(name) if !speller.renames() => self.labels.plain(speller.btf, name),
            _ => None,
        };
        let plain = known.unwrap_or_else(|| {
            push_plain(&mut self.text, speller, name, role);
            Plain::at_end(&self.text, own)
        });
        let clash = avoid.is_some_and(|avoid| avoid.contains(&plain.key));
        let mut entry = Entry {
            c_name: name.own(),
            key: plain.key,
            start: plain.start,
            end: plain.end,
            own: self.text.len() > own,
            parameter: role == Role::Parameter,
            keyword: plain.keyword,
            collides: clash,
        };
        if clash || plain.is_reserved(role) {
            self.add_role(&mut entry, role);
        }
        self.length += (entry.end - entry.start) as usize;
        self.entries.push(entry);
    }

    fn add_role(&mut self, entry: &mut Entry, role: Role) {
        if !entry.own {
            let start = self.text.len() as u32;
            self.text.push_str(self.labels.text(entry.start, entry.end));
            (entry.start, entry.own) = (start, true);
        }
        self.text.push('-');
        self.text.push_str(role.word());
        entry.end = self.text.len() as u32;
        entry.key = Key::of(&self.text[entry.start as usize..]);
        // No word of WIT ends with a role.
        entry.keyword = false;
    }

    /// Makes all labels unique; to be called once all are there.
    pub fn settle(&mut self, speller: Speller<'_>) {
        let entries = self.entries.iter();
        let clashes = entries.filter(|e| !self.scope.claim(e.key)).count();
        if clashes > 0 {
            self.settle_rivals(speller);
        }
    }

    fn settle_rivals(&mut self, speller: Speller<'_>) {
        let mut order: Vec<usize> = (0..self.entries.len()).collect();
        order.sort_by_cached_key(|&i| {
            let entry = &self.entries[i];
            let name = speller.spell(entry.c_name);
            (
                entry.key,
                collision::spelling_distance(&name, self.label(i)),
                name,
                i,
            )
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
            let ending = if entry.parameter { "-param" } else { "" };
            let label = Alternatives::new(&plain, None, &mut number)
                .ending(ending)
                .settle(|label| scope.claim(Key::of(label)));
            entry.start = self.text.len() as u32;
            self.text.push_str(&label);
            entry.end = self.text.len() as u32;
            entry.own = true;
            entry.keyword = false;
            entry.collides = true;
            self.length += label.len();
        }
    }

    /// Have the labels become more text than any item needs?
    pub fn is_excessive(&self) -> bool {
        self.length > MAX_TEXT
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn label(&self, i: usize) -> &str {
        let entry = &self.entries[i];
        match entry.own {
            true => &self.text[entry.start as usize..entry.end as usize],
            false => self.labels.text(entry.start, entry.end),
        }
    }

    /// Does WIT take the label for a word of its own?
    pub fn is_keyword(&self, i: usize) -> bool {
        self.entries[i].keyword
    }

    pub fn collides(&self, i: usize) -> bool {
        self.entries[i].collides
    }
}

/// Appends the label that a member would have alone.
pub(super) fn push_plain(out: &mut String, speller: Speller<'_>, name: MemberName, role: Role) {
    match name {
        MemberName::Own(name) => words::push_label(out, &speller.spell(name)),
        MemberName::Unnamed(n) if role == Role::Parameter => out.push_str(&format!("arg{n}")),
        MemberName::Unnamed(n) => out.push_str(&format!("unnamed{n}")),
    }
}
