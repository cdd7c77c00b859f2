//! Compares two types of the same kind and name: their sizes, members and enumerators, and those of anonymous types in
//! them.

use std::collections::{HashMap, HashSet};

use super::compared::{CMember, ComparedPackage};
use super::equal::Equality;
use super::reading::Reading;
use super::{Change, Detail, Place, once};
use crate::btf::{Btf, Type, TypeId};
use crate::error::Error;
use crate::names::EntityId;
use crate::package::Package;

/// Compares types of two inputs, one pair after another.
pub(super) struct Comparison<'a> {
    pub old: ComparedPackage<'a>,
    pub new: ComparedPackage<'a>,
    equality: Equality<'a>,
    /// The path from the outermost types to the types that are being compared, such as `addr.v4`.
    path: String,
    details: Vec<Detail>,
}

/// The offsets in bits at which the types that are being compared begin in the outermost types.
#[derive(Clone, Copy, Default)]
struct Start {
    old: u64,
    new: u64,
}

impl<'a> Comparison<'a> {
    /// Prepares the comparison of two packages. `times` is the number of times that each type may be compared.
    pub fn new(old: &'a Package, new: &'a Package, times: usize) -> Comparison<'a> {
        let (old, new) = (
            ComparedPackage::new(old, times),
            ComparedPackage::new(new, times),
        );
        Comparison {
            equality: Equality::new(old.btf, new.btf),
            old,
            new,
            path: String::new(),
            details: Vec::new(),
        }
    }

    /// Returns the differences between two types of the same kind and name.
    pub fn types(&mut self, old: EntityId, new: EntityId) -> Result<Vec<Detail>, Error> {
        if self
            .equality
            .have_same_contents(self.old.ty(old), self.new.ty(new))
        {
            // `differences` fails if the members of all types that were compared so far exceed its limit. This failure
            // is not a difference.
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
        let (old, new) = (self.old.ty(old), self.new.ty(new));
        match (self.old.btf.ty(old), self.new.btf.ty(new)) {
            (&Type::Typedef { target: a, .. }, &Type::Typedef { target: b, .. }) => {
                self.targets(a, b)?;
            }
            _ => {
                self.sizes(old, new, None, false);
                self.bodies(old, new, Start::default())?;
            }
        }
        once::remove_repeated(&mut self.details);
        Ok(std::mem::take(&mut self.details))
    }

    /// Compares the members or enumerators of two types. The recursion is bounded, since types are nested at most 90
    /// deep by value.
    fn bodies(&mut self, old: TypeId, new: TypeId, start: Start) -> Result<(), Error> {
        match (self.old.btf.ty(old), self.new.btf.ty(new)) {
            (Type::Struct(_), Type::Struct(_)) | (Type::Union(_), Type::Union(_)) => {
                let olds = self.old.members(old, start.old)?;
                let news = self.new.members(new, start.new)?;
                return self.members(&olds, &news, start);
            }
            (Type::Enum(_), Type::Enum(_)) => {
                self.enumerators(&self.old.enumerators(old), &self.new.enumerators(new));
            }
            _ => {}
        }
        Ok(())
    }

    fn note(&mut self, path: String, change: Change, breaking: bool) {
        self.details.push(Detail {
            path,
            change,
            breaking,
        });
    }

    /// Returns the path of a member of the types that are being compared.
    fn join(&self, name: &str) -> String {
        match &*self.path {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        }
    }

    /// Compares the sizes of two types if both have one, and reports a difference. `at` is the new place of the member
    /// that has the type, or `None` for the outermost types. `is_element` says whether both types are the element types
    /// of arrays.
    fn sizes(&mut self, old: TypeId, new: TypeId, at: Option<Place>, is_element: bool) {
        let resolved = self.new.btf.resolved(new);
        let is_composite = self.new.btf.ty(resolved).composite().is_some();
        match (self.old.btf.size(old), self.new.btf.size(new)) {
            (Some(old), Some(new)) if old != new => {
                let breaking = is_element || !is_composite || new < old;
                let change = Change::Resized { old, new, at };
                self.note(self.path.clone(), change, breaking);
            }
            _ => {}
        }
    }

    /// Reports the changes of members in the order of the old layout. Each new member is reported after the member that
    /// precedes it.
    fn members(
        &mut self,
        olds: &[CMember<'_>],
        news: &[CMember<'_>],
        start: Start,
    ) -> Result<(), Error> {
        let partners = Partners::of(names(olds), names(news));
        let mut reported = vec![false; news.len()];
        // The position in `news` after the last reported member that both types have.
        let mut next = 0;
        for (at, old) in olds.iter().enumerate() {
            match partners.of_old(at, &old.name) {
                Some(partner) => {
                    self.added(news, next, &partners, &mut reported);
                    self.member(old, &news[partner], start)?;
                    next = partner + 1;
                }
                None => {
                    let (ty, at) = (self.old.c_type(old.ty), old.place());
                    self.note(self.join(&old.name), Change::Removed { old: ty, at }, true);
                }
            }
        }
        self.added(news, next, &partners, &mut reported);
        // If several members in `news` have the same name, the loop may miss new members after one that is no member's
        // partner. The new members that the loop missed are reported here.
        for at in 0..news.len() {
            self.added(news, at, &partners, &mut reported);
        }
        Ok(())
    }

    /// Reports the new members from position `from` on. Stops at the first member that the old type has, too, or that
    /// was already reported.
    fn added(
        &mut self,
        news: &[CMember<'_>],
        from: usize,
        partners: &Partners<'_>,
        reported: &mut [bool],
    ) {
        for (at, new) in news.iter().enumerate().skip(from) {
            if !partners.is_new(at, &new.name) || std::mem::replace(&mut reported[at], true) {
                return;
            }
            let (ty, at) = (self.new.c_type(new.ty), new.place());
            self.note(self.join(&new.name), Change::Added { new: ty, at }, false);
        }
    }

    fn member(&mut self, old: &CMember<'_>, new: &CMember<'_>, start: Start) -> Result<(), Error> {
        let name = &*old.name;
        // If the type around a member moved, and the member moved by the same distance, only the move of that type is
        // reported.
        let is_moved = old.at != new.at && old.at - start.old != new.at - start.new;
        if is_moved || old.bits != new.bits {
            // If a bitfield became an ordinary member with as many bits, or the reverse, its bytes are read as before,
            // so this is not breaking.
            let is_resized = old.width(self.old.btf) != new.width(self.new.btf);
            let (old, new) = (old.place(), new.place());
            self.note(
                self.join(name),
                Change::Moved { old, new },
                is_moved || is_resized,
            );
        }
        if self.is_respelled(old.ty, new.ty) {
            self.retyped(
                self.join(name),
                (old.ty, old.bits),
                (new.ty, new.bits),
                Some(new.place()),
            );
            return Ok(());
        }
        self.element(old, new)
    }

    /// Compares the types of two members. For arrays, compares the types of their elements. Both types must be written
    /// in the same way in C.
    fn element(&mut self, old: &CMember<'_>, new: &CMember<'_>) -> Result<(), Error> {
        let is_array = |btf: &Btf, ty| matches!(btf.ty(btf.resolved(ty)), Type::Array { .. });
        let is_array = is_array(self.old.btf, old.ty) && is_array(self.new.btf, new.ty);
        let (a, b) = (self.old.btf.element(old.ty), self.new.btf.element(new.ty));
        let are_anonymous = self.old.btf.is_anonymous(a) && self.new.btf.is_anonymous(b);
        let is_reported = self.old.is_item(a) && self.new.is_item(b);
        let outer = self.path.len();
        self.path = self.join(&old.name);
        if is_array {
            self.path.push_str("[]");
        }
        // If the elements of an array become larger, the later elements move, so the size is compared here. Otherwise,
        // the size is not compared here if the type is also compared separately. The size of a bitfield's type does not
        // matter.
        if old.bits == 0 && new.bits == 0 && (is_array || !is_reported) {
            self.sizes(a, b, Some(new.place()), is_array);
        }
        if !is_reported {
            self.kinds(a, b, Some(new.place()));
        }
        let start = Start {
            old: old.at,
            new: new.at,
        };
        let compared = match are_anonymous {
            true => self.bodies(a, b, start),
            false => Ok(()),
        };
        self.path.truncate(outer);
        compared
    }

    /// Compares the targets of two typedefs. Targets that are compared separately (see `is_item`) are compared here
    /// only if they are written differently in C.
    fn targets(&mut self, old: TypeId, new: TypeId) -> Result<(), Error> {
        let (a, b) = (self.old.btf.unqualified(old), self.new.btf.unqualified(new));
        let is_respelled = self.is_respelled(old, new);
        let are_bodies = self.old.btf.is_anonymous(a)
            && self.new.btf.is_anonymous(b)
            && self.old.btf.ty(a).kind() == self.new.btf.ty(b).kind();
        let (inner_old, inner_new) = (self.old.btf.element(old), self.new.btf.element(new));
        let is_reported = self.old.is_item(inner_old) && self.new.is_item(inner_new);
        if is_respelled || !is_reported {
            self.sizes(old, new, None, false);
        }
        if !is_respelled && !is_reported {
            self.kinds(inner_old, inner_new, None);
        }
        match (is_respelled, are_bodies) {
            (true, true) => {
                // Both targets are anonymous types of the same kind, so only their qualifiers differ.
                let (old, new) = (self.old.c_type(old), self.new.c_type(new));
                let change = Change::Retyped { old, new, at: None };
                self.note(String::new(), change, false);
            }
            (true, false) => self.retyped(String::new(), (old, 0), (new, 0), None),
            (false, _) => {}
        }
        match are_bodies {
            true => self.bodies(a, b, Start::default()),
            false => Ok(()),
        }
    }

    /// Returns whether two types are written differently in C.
    fn is_respelled(&mut self, old: TypeId, new: TypeId) -> bool {
        !self.equality.have_same_spelling(old, new) && self.old.c_type(old) != self.new.c_type(new)
    }

    /// Reports that a member or a typedef has another C type. `old_bits` and `new_bits` are the widths of bitfields, or
    /// 0.
    fn retyped(
        &mut self,
        path: String,
        (old, old_bits): (TypeId, u8),
        (new, new_bits): (TypeId, u8),
        at: Option<Place>,
    ) {
        let a = Reading::of(self.old.btf, old, old_bits);
        let b = Reading::of(self.new.btf, new, new_bits);
        let is_same = a.is_same(&b) || a.may_be_renamed(&b) && self.have_same_contents(&a, &b);
        let (old, new) = (self.old.c_type(old), self.new.c_type(new));
        self.note(path, Change::Retyped { old, new, at }, !is_same);
    }

    /// Reports a change if two types that are written in the same way in C are of different kinds. For example, pahole
    /// describes floats as integers called `float`, unless an option prevents this. Two typedefs are not compared here
    /// if both are items, since items are compared separately. A folded typedef such as `u32` is no item.
    fn kinds(&mut self, old: TypeId, new: TypeId, at: Option<Place>) {
        let is_compared = |side: &ComparedPackage<'_>, ty| {
            matches!(side.btf.ty(ty), Type::Typedef { .. }) && side.is_item(ty)
        };
        if is_compared(&self.old, old) && is_compared(&self.new, new) {
            return;
        }
        let a = Reading::of(self.old.btf, old, 0);
        let b = Reading::of(self.new.btf, new, 0);
        if a.is_same_kind(&b) {
            return;
        }
        let old = format!("{} ({})", self.old.c_type(old), a.kind());
        let new = format!("{} ({})", self.new.c_type(new), b.kind());
        let change = Change::Retyped { old, new, at };
        self.note(self.path.clone(), change, true);
    }

    /// Returns whether the elements of two readings have the same contents. Their names may differ.
    fn have_same_contents(&mut self, old: &Reading<'_>, new: &Reading<'_>) -> bool {
        self.equality
            .have_same_contents(old.element_type, new.element_type)
    }

    fn enumerators(&mut self, olds: &[(&str, i128)], news: &[(&str, i128)]) {
        let old_names = olds.iter().map(|(name, _)| *name);
        let partners = Partners::of(old_names, news.iter().map(|(name, _)| *name));
        let partner = |at, name: &str| partners.of_old(at, name).map(|partner| news[partner].1);
        let is_kept =
            |(at, (name, value)): &(usize, &(&str, i128))| partner(*at, name) == Some(*value);
        let kept = olds.iter().enumerate().filter(is_kept);
        let kept: HashSet<i128> = kept.map(|(_, (_, value))| *value).collect();
        for (at, &(name, old)) in olds.iter().enumerate() {
            let (change, breaking) = match partner(at, name) {
                Some(new) if new == old => continue,
                Some(new) => (Change::Revalued { old, new }, true),
                // The removal is not breaking if another name of the value remains.
                None => (Change::EnumeratorRemoved { old }, !kept.contains(&old)),
            };
            // The path is only the name, since the scope of an enumerator in C is the whole file.
            self.note(name.to_owned(), change, breaking);
        }
        for (at, &(name, new)) in news.iter().enumerate() {
            if partners.is_new(at, name) {
                let change = Change::EnumeratorAdded { new };
                self.note(name.to_owned(), change, false);
            }
        }
    }
}

fn names<'m>(members: &'m [CMember<'_>]) -> impl Iterator<Item = &'m str> + Clone {
    members.iter().map(|member| &*member.name)
}

/// Pairs two lists by name. Fast path: most lists begin with the same names, for which no table is needed.
struct Partners<'n> {
    /// The number of names at the start that are equal in both lists.
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

    /// Returns the position of the new entry with the same name as the old entry at `at`, or `None` if there is none.
    /// If several entries after the first `common` ones have this name, returns the last one.
    fn of_old(&self, at: usize, name: &str) -> Option<usize> {
        match at < self.common {
            true => Some(at),
            false => self.news.get(name).copied(),
        }
    }

    /// Returns whether the new entry at `at` has a name that no old entry after the first `common` ones has.
    fn is_new(&self, at: usize, name: &str) -> bool {
        at >= self.common && !self.olds.contains(name)
    }
}
