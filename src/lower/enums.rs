//! Turns a C enum into a WIT enum, flags, or an alias of an integer.

use std::collections::HashMap;

use super::{
    Labelled, Lower,
    item::{Body, Case, Fallback, Item},
    scalar,
};
use crate::btf::{Enum, Enumerator, TypeId};
use crate::c::members::MemberName;
use crate::names::{EntityId, NameKind, Role};
use crate::options::Enums;

/// The maximum number of cases of a WIT enum, which is a limit of wasmparser.
const MAX_CASES: usize = 10_000;
/// The maximum total length of the C names of all cases, in bytes. Real enums stay far below this.
const MAX_NAMES: usize = 4 * 1024 * 1024;
/// The maximum number of flags, which is a limit of the component model.
const MAX_FLAGS: usize = 32;
/// The minimum number of single bits for which an enum becomes flags. An enum with only two single bits usually has the
/// values 0, 1 and 2, which are no flags.
const MIN_FLAGS: usize = 3;

impl Lower<'_> {
    pub(super) fn enumeration(&mut self, item: &mut Item, id: EntityId, body: TypeId, e: &Enum) {
        let choice = self.choices.enumeration(id);
        let enumerators = self.btf.enumerators(e);
        let Some(integer) = scalar::enumeration(e) else {
            item.fallback = Some(Fallback::OddNumber);
            item.body = Body::Alias(self.bytes(item, body));
            return;
        };
        let integer = Body::Alias(item.plain(integer));
        if enumerators.is_empty() {
            item.fallback = Some(Fallback::NoCases);
            item.body = integer;
            return;
        }
        if choice == Enums::Integer {
            item.others.extend_from_slice(enumerators);
            item.body = integer;
            return;
        }
        self.push_cases(item, enumerators, e.cut);
        let bits = match choice {
            Enums::Auto => flag_bits(&item.cases, e.size),
            _ => None,
        };
        if let Some(fallback) = self.limit_fallback(item, bits) {
            item.cases.clear();
            item.synonyms.clear();
            item.others.clear();
            item.others.extend_from_slice(enumerators);
            item.fallback = Some(fallback);
            item.body = integer;
        } else if bits.is_some() {
            keep_bits(item, e.size);
            item.body = Body::Flags;
            self.case_labels(item, id, Role::Flag);
        } else {
            item.body = Body::Enum;
            self.case_labels(item, id, Role::Case);
        }
    }

    /// Returns the fallback if there are more cases or flags than WIT allows, or if the C names of cases are too long
    /// in total. Returns `None` if all limits are kept. If the enum becomes flags, `bits` is the number of flags,
    /// otherwise `None`.
    fn limit_fallback(&self, item: &Item, bits: Option<usize>) -> Option<Fallback> {
        if let Some(bits) = bits {
            return (bits > MAX_FLAGS).then_some(Fallback::TooManyBits);
        }
        let names = item.cases.iter().map(|case| self.btf.name(case.name));
        let bytes: usize = names.map(str::len).sum();
        let is_excess = item.cases.len() > MAX_CASES || bytes > MAX_NAMES;
        is_excess.then_some(Fallback::TooManyValues)
    }

    /// Adds one case for each value, in the order of the C enum. If a value has several names, the second and later
    /// names become synonyms.
    ///
    /// If the compiler `cut` the values to 32 bits, the second and later names do not become synonyms, since their
    /// original values may have been larger and different. Instead, these names are listed in [`Item::others`], and the
    /// item gets the fallback [`Fallback::CutValues`].
    fn push_cases(&mut self, item: &mut Item, enumerators: &[Enumerator], cut: bool) {
        self.case_of_value.clear();
        let mut repeated: Vec<(u32, &Enumerator)> = Vec::new();
        for enumerator in enumerators {
            let next = item.cases.len() as u32;
            let case = *self.case_of_value.entry(enumerator.value).or_insert(next);
            if case < next {
                repeated.push((case, enumerator));
                continue;
            }
            item.cases.push(Case::of(enumerator));
        }
        if cut {
            item.others
                .extend(repeated.iter().map(|(_, other)| **other));
            item.fallback = (!repeated.is_empty()).then_some(Fallback::CutValues);
            return;
        }
        repeated.sort_by_key(|(case, _)| *case);
        for (case, enumerator) in repeated {
            let case = &mut item.cases[case as usize];
            if case.synonyms.len == 0 {
                case.synonyms.start = item.synonyms.len() as u32;
            }
            case.synonyms.len += 1;
            item.synonyms.push(enumerator.name);
        }
    }

    fn case_labels(&mut self, item: &mut Item, id: EntityId, role: Role) {
        if self.labelled != Labelled::All {
            return;
        }
        let avoid = self.names.colliding_cases(id);
        let speller = self.names.speller(self.btf, id, NameKind::Enumerator);
        for case in &item.cases {
            let name = MemberName::Named(case.name);
            item.labels.push(speller, name, role, avoid);
        }
        item.labels.make_unique(speller);
    }
}

/// For each value of one enum, the position of its case in [`Item::cases`].
pub(super) type CaseOfValue = HashMap<u64, u32>;

/// Returns the number of single bits if the values look like flags, or `None` if they do not.
///
/// The values look like flags if at least three of them are single bits, all other values are zero or combinations of
/// these bits, and there are fewer other values than single bits. The values must also have gaps: 0 to 4 are three
/// bits, zero and a combination, but are clearly an enum.
fn flag_bits(cases: &[Case], size: u32) -> Option<usize> {
    let mask = mask(size);
    let values = || cases.iter().map(|case| case.value & mask);
    let is_bit = |value: &u64| value.is_power_of_two();
    let bits = values().filter(is_bit).count();
    let all = values().filter(is_bit).fold(0, |all, bit| all | bit);
    let are_combined = values().all(|value| value & !all == 0);
    let (low, high) = (values().min(), values().max());
    let has_no_gap = match (low, high) {
        (Some(low), Some(high)) => high - low == cases.len() as u64 - 1,
        _ => true,
    };
    let are_flags = bits >= MIN_FLAGS && are_combined && cases.len() - bits < bits && !has_no_gap;
    are_flags.then_some(bits)
}

/// Keeps the single bits as cases, ordered by value, and moves the names of all other values to [`Item::others`].
fn keep_bits(item: &mut Item, size: u32) {
    let bit = |case: &Case| case.value & mask(size);
    let (mut bits, others): (Vec<Case>, Vec<Case>) = item
        .cases
        .drain(..)
        .partition(|case| bit(case).is_power_of_two());
    bits.sort_by_key(bit);
    item.cases = bits;
    for other in others {
        let synonyms = item.synonyms(&other).to_vec();
        let names = std::iter::once(other.name).chain(synonyms);
        item.others.extend(names.map(|name| Enumerator {
            name,
            value: other.value,
        }));
    }
}

/// Returns a mask of the bits that an enum of `size` bytes has in memory. The mask is needed since the module `btf`
/// extends the sign of a value to 64 bits.
fn mask(size: u32) -> u64 {
    match size {
        1 | 2 | 4 => (1 << (8 * size)) - 1,
        _ => u64::MAX,
    }
}
