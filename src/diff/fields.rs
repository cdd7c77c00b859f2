//! What changed inside one type: its size, members and enumerators, those of anonymous types in
//! it included.

use std::collections::{HashMap, HashSet};

use super::alike::Alike;
use super::side::{Members, Side};
use super::{Change, Detail, Place};
use crate::btf::TypeId;
use crate::error::Error;
use crate::layout::bits;
use crate::lower::{Base, Body, Item, Member, Ty};
use crate::names::EntityId;
use crate::package::Package;

/// Compares types of two inputs, one pair after another.
pub(super) struct Comparison<'a> {
    pub old: Side<'a>,
    pub new: Side<'a>,
    alike: Alike<'a>,
    /// The members around the types at hand: `addr.v4`.
    path: String,
    details: Vec<Detail>,
}

impl<'a> Comparison<'a> {
    /// For types that are compared with up to so many others each.
    pub fn new(old: &'a Package, new: &'a Package, times: usize) -> Comparison<'a> {
        let (old, new) = (Side::new(old, times), Side::new(new, times));
        Comparison {
            alike: Alike::new(old.btf, new.btf),
            old,
            new,
            path: String::new(),
            details: Vec::new(),
        }
    }

    /// The differences between two types of one kind and name.
    pub fn types(&mut self, old: EntityId, new: EntityId) -> Result<Vec<Detail>, Error> {
        if self.alike.is_same(self.old.ty(old), self.new.ty(new)) {
            // Lowering may fail where it is not needed: its bound counts over all types.
            debug_assert!(
                self.differences(old, new)
                    .map_or(true, |found| found.is_empty())
            );
            return Ok(Vec::new());
        }
        self.differences(old, new)
    }

    fn differences(&mut self, old: EntityId, new: EntityId) -> Result<Vec<Detail>, Error> {
        self.path.clear();
        self.details.clear();
        self.items(old, new)?;
        Ok(std::mem::take(&mut self.details))
    }

    /// Anonymous types nest as deep as types may by value, which bounds the recursion.
    fn items(&mut self, old_id: EntityId, new_id: EntityId) -> Result<(), Error> {
        let (old, new) = (self.old.take(old_id)?, self.new.take(new_id)?);
        self.sizes(&old, self.old.size(old_id), self.new.size(new_id));
        if let (Some(a), Some(b)) = (self.old.members(&old), self.new.members(&new)) {
            self.members((&old, a), (&new, b))?;
        }
        let enumerators = (
            self.old.enumerators(old_id, &old),
            self.new.enumerators(new_id, &new),
        );
        if let (Some(old), Some(new)) = enumerators {
            self.enumerators(&old, &new);
        }
        if let (Body::Alias(a), Body::Alias(b)) = (old.body, new.body) {
            self.aliases((old_id, &old, a), (new_id, &new, b));
        }
        self.old.hand_back(old);
        self.new.hand_back(new);
        Ok(())
    }

    fn note(&mut self, path: String, change: Change, breaking: bool) {
        self.details.push(Detail {
            path,
            change,
            breaking,
        });
    }

    /// The path of a member or enumerator of the types at hand.
    fn join(&self, name: &str) -> String {
        match &*self.path {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        }
    }

    fn sizes(&mut self, item: &Item, old: u64, new: u64) {
        if old != new {
            let members = matches!(item.body, Body::Record | Body::Variant);
            let change = Change::Resized { old, new };
            self.note(self.path.clone(), change, !members || new < old);
        }
    }

    fn members(
        &mut self,
        (old_item, olds): (&Item, Members<'_>),
        (new_item, news): (&Item, Members<'_>),
    ) -> Result<(), Error> {
        let partners = Partners::of(olds.names(), news.names());
        for (at, name) in olds.names().enumerate() {
            let old = olds.get(at);
            match partners.of_old(at, name) {
                Some(partner) => {
                    self.member(name, (old_item, old), (new_item, news.get(partner)))?
                }
                None => {
                    let (old, at) = (self.old.c_type(old.c_type), place(old));
                    self.note(self.join(name), Change::Removed { old, at }, true);
                }
            }
        }
        for (at, name) in news.names().enumerate() {
            if partners.is_new(at, name) {
                let new = news.get(at);
                let (new, at) = (self.new.c_type(new.c_type), place(new));
                self.note(self.join(name), Change::Added { new, at }, false);
            }
        }
        Ok(())
    }

    fn member(
        &mut self,
        name: &str,
        (old_item, old): (&Item, &Member),
        (new_item, new): (&Item, &Member),
    ) -> Result<(), Error> {
        let (before, now) = (place(old), place(new));
        if before != now {
            let (old, new) = (before, now);
            self.note(self.join(name), Change::Moved { old, new }, true);
        }
        let (Some(a), Some(b)) = (old.ty, new.ty) else {
            return Ok(());
        };
        if let Some(spelled) = self.respelled(old.c_type, new.c_type) {
            self.retyped(self.join(name), spelled, (old_item, a), (new_item, b));
            return Ok(());
        }
        let (Some(old), Some(new)) = (self.old.base(a.base), self.new.base(b.base)) else {
            return Ok(());
        };
        if old.anonymous && new.anonymous {
            return self.within(name, old.id, new.id);
        }
        // What an array holds has its own change; here it moves all elements but the first.
        if old.size != new.size && !old_item.dims(a).is_empty() {
            let (old, new) = (old.size, new.size);
            self.note(self.join(name), Change::Resized { old, new }, true);
        }
        Ok(())
    }

    /// Compares the anonymous types that a member has.
    fn within(&mut self, name: &str, old: EntityId, new: EntityId) -> Result<(), Error> {
        let outer = self.path.len();
        self.path = self.join(name);
        self.items(old, new)?;
        self.path.truncate(outer);
        Ok(())
    }

    /// How two types are spelled in C, where not alike.
    fn respelled(&mut self, old: TypeId, new: TypeId) -> Option<(String, String)> {
        if self.alike.is_spelled_alike(old, new) {
            return None;
        }
        let (old, new) = (self.old.c_type(old), self.new.c_type(new));
        (old != new).then_some((old, new))
    }

    fn aliases(&mut self, old: (EntityId, &Item, Ty), new: (EntityId, &Item, Ty)) {
        let (a, b) = (self.old.typedef(old.0), self.new.typedef(new.0));
        if a.zip(b)
            .is_some_and(|(a, b)| self.alike.is_spelled_alike(a, b))
        {
            return;
        }
        let spelled = (self.old.declaration(old.0), self.new.declaration(new.0));
        if spelled.0 != spelled.1 {
            self.retyped(self.path.clone(), spelled, (old.1, old.2), (new.1, new.2));
        }
    }

    fn retyped(
        &mut self,
        path: String,
        (old, new): (String, String),
        (old_item, a): (&Item, Ty),
        (new_item, b): (&Item, Ty),
    ) {
        // The bytes of numbers and addresses are read alike whatever C calls them.
        let base = match (a.base, b.base) {
            (Base::Item(_), _) => false,
            (Base::Pointer, Base::Pointer) => {
                self.old.btf.pointer_size == self.new.btf.pointer_size
            }
            (a, b) => a == b,
        };
        let lengths = old_item.dims(a).iter().map(|dim| dim.length);
        let alike = base && lengths.eq(new_item.dims(b).iter().map(|dim| dim.length));
        self.note(path, Change::Retyped { old, new }, !alike);
    }

    fn enumerators(&mut self, olds: &[(&str, i128)], news: &[(&str, i128)]) {
        let old_names = olds.iter().map(|(name, _)| *name);
        let partners = Partners::of(old_names, news.iter().map(|(name, _)| *name));
        for (at, &(name, old)) in olds.iter().enumerate() {
            let change = match partners.of_old(at, name).map(|partner| news[partner].1) {
                Some(new) if new == old => continue,
                Some(new) => Change::Revalued { old, new },
                None => Change::EnumeratorRemoved { old },
            };
            self.note(self.join(name), change, true);
        }
        for (at, &(name, new)) in news.iter().enumerate() {
            if partners.is_new(at, name) {
                let change = Change::EnumeratorAdded { new };
                self.note(self.join(name), change, false);
            }
        }
    }
}

/// Which of two lists of names have one name: most lists begin alike, and need no table.
struct Partners<'n> {
    /// How many names are the same before the first that is not.
    common: usize,
    olds: HashSet<&'n str>,
    news: HashMap<&'n str, usize>,
}

impl<'n> Partners<'n> {
    fn of(
        olds: impl Iterator<Item = &'n str> + Clone,
        news: impl Iterator<Item = &'n str> + Clone,
    ) -> Partners<'n> {
        let both = olds.clone().zip(news.clone());
        let common = both.take_while(|(old, new)| old == new).count();
        let news = news.enumerate().skip(common);
        Partners {
            common,
            olds: olds.skip(common).collect(),
            news: news.map(|(at, name)| (name, at)).collect(),
        }
    }

    /// The position of the new one that has the name of an old one.
    fn of_old(&self, at: usize, name: &str) -> Option<usize> {
        match at < self.common {
            true => Some(at),
            false => self.news.get(name).copied(),
        }
    }

    /// Has no old one the name of this new one?
    fn is_new(&self, at: usize, name: &str) -> bool {
        at >= self.common && !self.olds.contains(name)
    }
}

fn place(member: &Member) -> Place {
    Place {
        offset: u64::from(member.bit_offset / 8),
        bits: bits(member.bit_offset, member.bits),
    }
}
