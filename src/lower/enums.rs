//! Enums: an enum, flags, or an alias of an integer.

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

/// The most cases that a WIT enum may have (wasmparser's limit).
const MAX_CASES: usize = 10_000;
/// The most that the names of its cases may have together, in bytes: real ones stay far
/// below.
const MAX_NAMES: usize = 4 * 1024 * 1024;
/// The most labels of flags that the component model allows.
const MAX_FLAGS: usize = 32;
/// Two single bits are as likely a small enum that counts 0, 1, 2.
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
        self.distinct(item, enumerators, e.cut);
        let bytes: usize = item.cases.iter().map(|c| self.btf.name(c.name).len()).sum();
        let bits = match choice {
            Enums::Auto => bits_of_set(&item.cases, e.size),
            _ => None,
        };
        let too_many = match bits {
            Some(bits) => (bits > MAX_FLAGS).then_some(Fallback::TooManyBits),
            None => (item.cases.len() > MAX_CASES || bytes > MAX_NAMES)
                .then_some(Fallback::TooManyValues),
        };
        if too_many.is_some() {
            item.cases.clear();
            item.synonyms.clear();
            item.others.clear();
            item.others.extend_from_slice(enumerators);
            item.fallback = too_many;
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

    /// One case for each value, in the order of C; further names of a value beside its first. Where values are cut,
    /// further names have no case: their own values may have been larger ones.
    fn distinct(&mut self, item: &mut Item, enumerators: &[Enumerator], cut: bool) {
        self.seen.clear();
        let mut further: Vec<(u32, &Enumerator)> = Vec::new();
        for enumerator in enumerators {
            let next = item.cases.len() as u32;
            let case = *self.seen.entry(enumerator.value).or_insert(next);
            if case < next {
                further.push((case, enumerator));
                continue;
            }
            item.cases.push(Case::of(enumerator));
        }
        if cut {
            item.others.extend(further.iter().map(|(_, other)| **other));
            item.fallback = (!further.is_empty()).then_some(Fallback::CutValues);
            return;
        }
        further.sort_by_key(|(case, _)| *case);
        for (case, enumerator) in further {
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
        let avoid = self.names.clashing_cases(id);
        let speller = self.names.speller(self.btf, id, NameKind::Enumerator);
        for case in &item.cases {
            let name = MemberName::Own(case.name);
            item.labels.push(speller, name, role, avoid);
        }
        item.labels.settle(speller);
    }
}

/// The values seen in one enum, and the case of each.
pub(super) type Seen = HashMap<u64, u32>;

/// Returns how many single bits there are, if these values look like bits to be combined. At least three single bits;
/// all others zero or combinations of them, and fewer than the bits. Values that count on without a gap are no flags:
/// 0 to 4 is three bits, a zero and a combination, but an enum to every reader.
fn bits_of_set(cases: &[Case], size: u32) -> Option<usize> {
    let mask = mask(size);
    let values = || cases.iter().map(|case| case.value & mask);
    let is_bit = |value: &u64| value.is_power_of_two();
    let bits = values().filter(is_bit).count();
    let all = values().filter(is_bit).fold(0, |all, bit| all | bit);
    let combined = values().all(|value| value & !all == 0);
    let (low, high) = (values().min(), values().max());
    let counts_on = match (low, high) {
        (Some(low), Some(high)) => high - low == cases.len() as u64 - 1,
        _ => true,
    };
    let is_set = bits >= MIN_FLAGS && combined && cases.len() - bits < bits && !counts_on;
    is_set.then_some(bits)
}

/// Leaves the single bits as cases, in the order of their values; all other enumerators are told.
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

/// The bits of a value that an enum of `size` bytes stores: a negative value has more in BTF.
fn mask(size: u32) -> u64 {
    match size {
        1 | 2 | 4 => (1 << (8 * size)) - 1,
        _ => u64::MAX,
    }
}
