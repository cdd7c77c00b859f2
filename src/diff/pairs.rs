//! Pairs the types of one input with those of the other.

use std::cmp::Ordering;

use super::compared::ComparedPackage;
use super::fields::Comparison;
use super::{Detail, TypeChange, TypeFate};
use crate::error::Error;
use crate::names::{Entity, EntityId, Kind, Owner, TypeFingerprints};
use crate::package::Package;

/// A type with a name. The name is a C name, or a name such as `map stats value` for an anonymous type of a map or a
/// variable. The order is by kind, then by name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct NamedType<'a> {
    kind: Kind,
    name: &'a str,
    id: EntityId,
}

impl NamedType<'_> {
    fn cmp_name(&self, other: &Self) -> Ordering {
        (self.kind, self.name).cmp(&(other.kind, other.name))
    }
}

/// Returns the changes of all types that either package selects, in order of C kind and name.
pub(super) fn compare(old: &Package, new: &Package) -> Result<Vec<TypeChange>, Error> {
    let (old_addresses, new_addresses) = (addressed(old), addressed(new));
    let (olds, news) = (sorted(old, &old_addresses), sorted(new, &new_addresses));
    let (mut olds, mut news) = (&olds[..], &news[..]);
    // A type is compared with at most `MAX_COMPARED` others to find its partner, and then once more with the partner.
    let mut comparison = Comparison::new(old, new, MAX_COMPARED + 1);
    let mut changes = Vec::new();
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
        // A type that only one of the inputs selects is compared with the types of the same kind and name in the other
        // input, even though the other input does not select them.
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

/// Returns the anonymous types of maps and variables, with names such as `map stats value` or `var cfg`.
pub(super) fn addressed(package: &Package) -> Vec<(Kind, String, EntityId)> {
    let describer = package.describer();
    let (btf, names) = (describer.btf, describer.names);
    let address = |entity: &Entity| match entity.owner {
        Owner::Slot(slot) => Some(names.object_data.address(btf, slot)),
        _ => None,
    };
    let all = names.entities();
    all.filter_map(|(id, entity)| Some((entity.kind, address(entity)?, id)))
        .collect()
}

/// Returns all types with a name, in order of kind and name. `addressed` has the anonymous types of maps and variables.
fn sorted<'a>(
    package: &'a Package,
    addressed: &'a [(Kind, String, EntityId)],
) -> Vec<NamedType<'a>> {
    let addressed = addressed
        .iter()
        .map(|(kind, name, id)| (*kind, &**name, *id));
    let all = package.all_named().chain(addressed);
    let mut all: Vec<NamedType<'_>> = all
        .map(|(kind, name, id)| NamedType { kind, name, id })
        .collect();
    all.sort_unstable();
    all
}

/// Splits off the types at the front of the list that have the same kind and name.
fn group<'s, 'a>(named: &'s [NamedType<'a>]) -> (&'s [NamedType<'a>], &'s [NamedType<'a>]) {
    let same = |other: &&NamedType<'_>| other.cmp_name(&named[0]).is_eq();
    named.split_at(named.iter().take_while(same).count())
}

/// Compares the types that have the same kind and name.
struct Group<'s, 'a> {
    comparison: &'s mut Comparison<'a>,
    changes: &'s mut Vec<TypeChange>,
}

/// The maximum number of types with the same name for which each old type is compared with all new types. If more types
/// share a name, each type is compared with only one type of the other input. In a kernel, at most four types share a
/// name.
const MAX_COMPARED: usize = 16;

impl Group<'_, '_> {
    fn compare(&mut self, olds: &[NamedType<'_>], news: &[NamedType<'_>]) -> Result<(), Error> {
        // Fast path: most names have one type in each input.
        if let ([old], [new]) = (olds, news) {
            return self.pair(*old, *new);
        }
        if olds.len().max(news.len()) > MAX_COMPARED {
            return self.compare_many(olds, news);
        }
        let mut unpaired: Vec<NamedType<'_>> = news.to_vec();
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
            let distance = |new: &NamedType<'_>| self.new_size(*new).abs_diff(size);
            let nearest = (0..unpaired.len()).min_by_key(|&at| distance(&unpaired[at]));
            match nearest.map(|at| unpaired.remove(at)) {
                Some(new) => self.pair(old, new)?,
                None => self.removed(old),
            }
        }
        for new in unpaired {
            self.added(new);
        }
        Ok(())
    }

    /// Pairs types with the same size and the same fingerprint of their contents first, and then the others in order of
    /// size.
    fn compare_many(
        &mut self,
        olds: &[NamedType<'_>],
        news: &[NamedType<'_>],
    ) -> Result<(), Error> {
        let (old, new) = (&self.comparison.old, &self.comparison.new);
        let (olds, news) = (by_contents(old, olds), by_contents(new, news));
        let (mut left_olds, mut left_news) = (Vec::new(), Vec::new());
        let (mut olds, mut news) = (olds.into_iter().peekable(), news.into_iter().peekable());
        loop {
            let order = match (olds.peek(), news.peek()) {
                (Some((old, _)), Some((new, _))) => old.cmp(new),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => break,
            };
            let old = olds.next_if(|_| order.is_le()).map(|(_, old)| old);
            let new = news.next_if(|_| order.is_ge()).map(|(_, new)| new);
            match (old, new) {
                (Some(old), Some(new)) => self.pair(old, new)?,
                (old, new) => {
                    left_olds.extend(old);
                    left_news.extend(new);
                }
            }
        }
        let (mut olds, mut news) = (left_olds.into_iter(), left_news.into_iter());
        loop {
            match (olds.next(), news.next()) {
                (Some(old), Some(new)) => self.pair(old, new)?,
                (Some(old), None) => self.removed(old),
                (None, Some(new)) => self.added(new),
                (None, None) => return Ok(()),
            }
        }
    }

    fn pair(&mut self, old: NamedType<'_>, new: NamedType<'_>) -> Result<(), Error> {
        let details = self.comparison.types(old.id, new.id)?;
        self.changed(old, new, details);
        Ok(())
    }

    /// Returns the position of a new type that equals the old one, or `None` if there is none.
    fn equal(
        &mut self,
        old: NamedType<'_>,
        news: &[NamedType<'_>],
    ) -> Result<Option<usize>, Error> {
        for (at, new) in news.iter().enumerate() {
            let same_size = self.old_size(old) == self.new_size(*new);
            if same_size && self.comparison.types(old.id, new.id)?.is_empty() {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    fn old_size(&self, named: NamedType<'_>) -> u64 {
        self.comparison.old.size(named.id)
    }

    fn new_size(&self, named: NamedType<'_>) -> u64 {
        self.comparison.new.size(named.id)
    }

    fn changed(&mut self, old: NamedType<'_>, new: NamedType<'_>, details: Vec<Detail>) {
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

    fn removed(&mut self, old: NamedType<'_>) {
        let size = self.old_size(old);
        self.unpaired(old, TypeFate::Removed, Some(size), None);
    }

    fn added(&mut self, new: NamedType<'_>) {
        let size = self.new_size(new);
        self.unpaired(new, TypeFate::Added, None, Some(size));
    }

    fn unpaired(
        &mut self,
        named: NamedType<'_>,
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

/// Returns the types in order of size and of the fingerprint of their contents, each with these two numbers. So equal
/// types are in the same order in both inputs.
fn by_contents<'n>(
    package: &ComparedPackage<'_>,
    types: &[NamedType<'n>],
) -> Vec<((u64, u64), NamedType<'n>)> {
    let mut contents = TypeFingerprints::default();
    let types = types.iter().map(|named| {
        let fingerprint = contents.fingerprint(package.btf, package.ty(named.id));
        ((package.size(named.id), fingerprint), *named)
    });
    let mut types: Vec<_> = types.collect();
    types.sort_unstable();
    types
}
