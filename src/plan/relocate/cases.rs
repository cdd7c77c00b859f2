//! Looks up the enumerators of the local BTF in the enums of the target, by name.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::TypeId;
use super::compat::essential;
use super::walk::Walk;
use crate::btf::{Enum, Type};
use crate::plan::{CaseTable, NamedValue, NodeField};

impl Walk<'_> {
    /// Returns the cases of a local enum, or the labels of local flags, with the values that they have in the target.
    pub fn cases(&self, local: &CaseTable, e: &Enum, flags: bool) -> CaseTable {
        let target = self.relocation.target;
        let enumerators = target.enumerators(e).iter();
        let named = enumerators.map(|own| (essential(target.name(own.name)), own.value));
        let mut named: Vec<(&str, u64)> = named.collect();
        if e.cut {
            // `cut` means that the values lost their upper half. Values that are equal now may have been different
            // before. Only the first enumerator with a value is kept, since a wrong name is worse than none.
            let mut seen = HashSet::new();
            named.retain(|(_, value)| seen.insert(*value));
        }
        let named: HashMap<&str, u64> = named.into_iter().collect();
        let mut table = CaseTable {
            size: e.size as u8,
            signed: e.signed,
            cases: local.cases.clone(),
            sorted: Vec::new(),
        };
        let mask = table.mask();
        for case in &mut table.cases {
            let found = case
                .names
                .iter()
                .find_map(|name| named.get(essential(name)));
            let value = found.map(|value| value & mask);
            // A flag must be a single bit in the target, too.
            let value = value.filter(|value| !flags || value.is_power_of_two());
            (case.value, case.absent) = (value.unwrap_or(0), value.is_none());
        }
        let present = (0..).zip(&table.cases).filter(|(_, case)| !case.absent);
        let mut sorted: Vec<(u64, u32)> = present.map(|(at, case)| (case.value, at)).collect();
        sorted.sort_unstable();
        sorted.dedup_by_key(|(value, _)| *value);
        table.sorted = sorted.into_iter().map(|(_, at)| at).collect();
        table
    }

    /// Returns the enumerators of a field whose type is an enum in C and an integer in WIT, with the values that they
    /// have in the target. Enumerators that the target lacks are left out. Returns `None` for other fields.
    pub fn enumerators(&self, field: &NodeField, to: TypeId) -> Option<Arc<[NamedValue]>> {
        let target = self.relocation.target;
        let local = field.enumerators.as_ref()?;
        let Type::Enum(e) = target.ty(target.resolved(to)) else {
            return None;
        };
        let there = |name: &str| {
            let mut all = target.enumerators(e).iter();
            all.find(|own| essential(target.name(own.name)) == essential(name))
        };
        let found = local.iter().filter_map(|own| {
            Some(NamedValue {
                name: own.name.clone(),
                value: there(&own.name)?.value,
            })
        });
        Some(found.collect())
    }
}
