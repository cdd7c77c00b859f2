//! Each change once, however many ways lead to it.

use std::collections::HashSet;

use super::{Change, Detail};

/// Drops the details that another one tells by a shorter way. The kernel's `struct_group` gives members two:
/// `sk_buff.mark` is `sk_buff.headers.mark` too.
pub(super) fn keep(details: &mut Vec<Detail>) {
    let told: HashSet<(&str, &Change)> = details.iter().map(key).collect();
    let mut seen = HashSet::new();
    let is_first: Vec<bool> = details
        .iter()
        .map(|detail| {
            let shorter = suffixes(&detail.path).any(|way| told.contains(&(way, &detail.change)));
            !shorter && seen.insert(key(detail))
        })
        .collect();
    let mut is_first = is_first.into_iter();
    details.retain(|_| is_first.next().unwrap_or(true));
}

fn key(detail: &Detail) -> (&str, &Change) {
    (&detail.path, &detail.change)
}

/// What is behind each dot of a path.
fn suffixes(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('.').map(|(at, _)| &path[at + 1..])
}
