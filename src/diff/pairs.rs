//! Which type of one input is compared with which of the other.

use std::cmp::Ordering;

use super::fields::Comparison;
use super::{Detail, TypeChange, TypeFate};
use crate::error::Error;
use crate::names::{EntityId, Kind, first_bytes};
use crate::package::Package;

/// A type with a C name. In order by kind and name, which begins with what is compared sooner than text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Named<'a> {
    kind: Kind,
    begin: u64,
    name: &'a str,
    id: EntityId,
}

impl Named<'_> {
    fn cmp_name(&self, other: &Self) -> Ordering {
        let key = |named: &Self| (named.kind, named.begin);
        let order = key(self).cmp(&key(other));
        order.then_with(|| self.name.cmp(other.name))
    }
}

/// The changes of all types, by C kind and name.
pub(super) fn compare(old: &Package, new: &Package) -> Result<Vec<TypeChange>, Error> {
    let (olds, news) = (sorted(old), sorted(new));
    let (mut olds, mut news) = (&olds[..], &news[..]);
    let mut comparison = Comparison::new(old, new);
    let mut changes = Vec::with_capacity(olds.len().max(news.len()));
    loop {
        let order = match (olds.first(), news.first()) {
            (Some(a), Some(b)) => a.cmp_name(b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return Ok(changes),
        };
        let (mut of_old, mut of_new) = (&[][..], &[][..]);
        if order.is_le() {
            (of_old, olds) = group(olds);
        }
        if order.is_ge() {
            (of_new, news) = group(news);
        }
        // What one input selects is also looked for in the other, where it may stand outside of what
        // was selected.
        let selected = of_old.iter().any(|named| old.selects(named.id))
            || of_new.iter().any(|named| new.selects(named.id));
        if selected {
            Group {
                comparison: &mut comparison,
                changes: &mut changes,
            }
            .compare(of_old, of_new)?;
        }
    }
}

/// All types with a C name in order.
fn sorted(package: &Package) -> Vec<Named<'_>> {
    let all = package.named_at_all().map(|(kind, name, id)| Named {
        kind,
        begin: first_bytes(name.as_bytes()),
        name,
        id,
    });
    let mut all: Vec<Named<'_>> = all.collect();
    all.sort_unstable();
    all
}

/// The types at the front that share kind and name, and all others.
fn group<'s, 'a>(named: &'s [Named<'a>]) -> (&'s [Named<'a>], &'s [Named<'a>]) {
    let same = |other: &&Named<'_>| other.cmp_name(&named[0]).is_eq();
    named.split_at(named.iter().take_while(same).count())
}

/// Compares the types of one kind and name.
struct Group<'s, 'a> {
    comparison: &'s mut Comparison<'a>,
    changes: &'s mut Vec<TypeChange>,
}

/// Beyond so many types of one name, each is compared with one other alone.
const MOST_COMPARED: usize = 64;

impl Group<'_, '_> {
    fn compare(&mut self, olds: &[Named<'_>], news: &[Named<'_>]) -> Result<(), Error> {
        // Most have one type on each side, which needs no comparison to be told from others.
        if let ([old], [new]) = (olds, news) {
            let details = self.comparison.types(old.id, new.id)?;
            self.changed(*old, *new, details);
            return Ok(());
        }
        let mut unpaired: Vec<Named<'_>> = news.to_vec();
        let mut left = Vec::new();
        for old in olds {
            match self.equal(*old, &unpaired)? {
                Some(at) => {
                    unpaired.remove(at);
                }
                None => left.push(*old),
            }
        }
        for old in left {
            let size = self.old_size(old);
            let distance = |new: &Named<'_>| self.new_size(*new).abs_diff(size);
            let nearest = (0..unpaired.len()).min_by_key(|&at| distance(&unpaired[at]));
            match nearest {
                Some(at) => {
                    let new = unpaired.remove(at);
                    let details = self.comparison.types(old.id, new.id)?;
                    self.changed(old, new, details);
                }
                None => self.alone(old, TypeFate::Removed, Some(size), None),
            }
        }
        for new in unpaired {
            let size = self.new_size(new);
            self.alone(new, TypeFate::Added, None, Some(size));
        }
        Ok(())
    }

    /// The position of a type that is as the old one.
    fn equal(&mut self, old: Named<'_>, news: &[Named<'_>]) -> Result<Option<usize>, Error> {
        for (at, new) in news.iter().take(MOST_COMPARED).enumerate() {
            if self.comparison.types(old.id, new.id)?.is_empty() {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    fn old_size(&self, named: Named<'_>) -> u64 {
        self.comparison.old.size(named.id)
    }

    fn new_size(&self, named: Named<'_>) -> u64 {
        self.comparison.new.size(named.id)
    }

    fn changed(&mut self, old: Named<'_>, new: Named<'_>, details: Vec<Detail>) {
        if details.is_empty() {
            return;
        }
        self.changes.push(TypeChange {
            kind: old.kind,
            name: old.name.to_owned(),
            fate: TypeFate::Changed,
            breaking: details.iter().any(|detail| detail.breaking),
            old_size: Some(self.old_size(old)),
            new_size: Some(self.new_size(new)),
            details,
        });
    }

    fn alone(
        &mut self,
        named: Named<'_>,
        fate: TypeFate,
        old_size: Option<u64>,
        new_size: Option<u64>,
    ) {
        self.changes.push(TypeChange {
            kind: named.kind,
            name: named.name.to_owned(),
            fate,
            breaking: fate == TypeFate::Removed,
            old_size,
            new_size,
            details: Vec::new(),
        });
    }
}
