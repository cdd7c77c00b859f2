//! Which type of one input is compared with which of the other.

use std::cmp::Ordering;
use std::collections::HashSet;

use super::fields::{Side, compare_types};
use super::{Detail, TypeChange, TypeFate};
use crate::error::Error;
use crate::names::{EntityId, Kind};
use crate::package::Package;

/// A type with a C name.
type Named<'a> = (Kind, &'a str, EntityId);

/// The changes of all types, by C kind and name.
pub(super) fn compare(old: &Package, new: &Package) -> Result<Vec<TypeChange>, Error> {
    let wanted: HashSet<_> = [old, new].into_iter().flat_map(selected).collect();
    let (old_names, new_names) = (sorted(old, &wanted), sorted(new, &wanted));
    let (mut old_side, mut new_side) = (Side::new(old), Side::new(new));
    let mut changes = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < old_names.len() || j < new_names.len() {
        let order = match (old_names.get(i), new_names.get(j)) {
            (Some(a), Some(b)) => (a.0, a.1).cmp(&(b.0, b.1)),
            (Some(_), None) => Ordering::Less,
            _ => Ordering::Greater,
        };
        let (olds, news) = match order {
            Ordering::Less => (group(&old_names[i..]), &[][..]),
            Ordering::Greater => (&[][..], group(&new_names[j..])),
            Ordering::Equal => (group(&old_names[i..]), group(&new_names[j..])),
        };
        (i, j) = (i + olds.len(), j + news.len());
        Group {
            old: &mut old_side,
            new: &mut new_side,
            changes: &mut changes,
        }
        .compare(olds, news)?;
    }
    Ok(changes)
}

/// The kinds and names of what is selected.
fn selected(package: &Package) -> impl Iterator<Item = (Kind, &str)> {
    package.named().map(|(kind, name, _)| (kind, name))
}

/// All types of these kinds and names: what one input selects is also looked for in the other,
/// where it may stand outside of what was selected.
fn sorted<'a>(package: &'a Package, wanted: &HashSet<(Kind, &str)>) -> Vec<Named<'a>> {
    let all = package.named_at_all();
    let mut named: Vec<Named<'_>> = all
        .filter(|(kind, name, _)| wanted.contains(&(*kind, *name)))
        .collect();
    named.sort_unstable();
    named
}

/// The types at the front that share kind and name.
fn group<'s, 'a>(named: &'s [Named<'a>]) -> &'s [Named<'a>] {
    let same = |other: &&Named<'_>| (other.0, other.1) == (named[0].0, named[0].1);
    &named[..named.iter().take_while(same).count()]
}

/// Compares the types of one kind and name.
struct Group<'s, 'a> {
    old: &'s mut Side<'a>,
    new: &'s mut Side<'a>,
    changes: &'s mut Vec<TypeChange>,
}

/// Beyond so many types of one name, each is compared with one other alone.
const MOST_COMPARED: usize = 64;

impl Group<'_, '_> {
    fn compare(&mut self, olds: &[Named<'_>], news: &[Named<'_>]) -> Result<(), Error> {
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
            let size = self.old.size(old.2);
            let distance = |new: &Named<'_>| self.new.size(new.2).abs_diff(size);
            let nearest = (0..unpaired.len()).min_by_key(|&at| distance(&unpaired[at]));
            match nearest {
                Some(at) => {
                    let new = unpaired.remove(at);
                    let details = compare_types(self.old, old.2, self.new, new.2)?;
                    self.changed(old, new, details);
                }
                None => self.alone(old, TypeFate::Removed, Some(size), None),
            }
        }
        for new in unpaired {
            let size = self.new.size(new.2);
            self.alone(new, TypeFate::Added, None, Some(size));
        }
        Ok(())
    }

    /// The position of a type that is as the old one.
    fn equal(&mut self, old: Named<'_>, news: &[Named<'_>]) -> Result<Option<usize>, Error> {
        for (at, new) in news.iter().take(MOST_COMPARED).enumerate() {
            if compare_types(self.old, old.2, self.new, new.2)?.is_empty() {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    fn changed(&mut self, old: Named<'_>, new: Named<'_>, details: Vec<Detail>) {
        if details.is_empty() {
            return;
        }
        self.changes.push(TypeChange {
            kind: old.0,
            name: old.1.to_owned(),
            fate: TypeFate::Changed,
            breaking: details.iter().any(|detail| detail.breaking),
            old_size: Some(self.old.size(old.2)),
            new_size: Some(self.new.size(new.2)),
            details,
        });
    }

    fn alone(
        &mut self,
        (kind, name, _): Named<'_>,
        fate: TypeFate,
        old_size: Option<u64>,
        new_size: Option<u64>,
    ) {
        self.changes.push(TypeChange {
            kind,
            name: name.to_owned(),
            fate,
            breaking: fate == TypeFate::Removed,
            old_size,
            new_size,
            details: Vec::new(),
        });
    }
}
