//! Makes sure that each change is reported once, even if several paths lead to it.

use std::collections::HashSet;

use super::{Change, Detail};

/// Removes repeated changes. If a change is reported both with a path and with the end of this path, only the shorter
/// path is kept. The kernel's `struct_group` gives members two such paths: `headers.mark` and `mark` in `sk_buff`.
pub(super) fn remove_repeated(details: &mut Vec<Detail>) {
    let paths: HashSet<(&str, &Change)> = details.iter().map(key).collect();
    let mut seen = HashSet::new();
    let is_first: Vec<bool> = details
        .iter()
        .map(|detail| {
            let shorter =
                suffixes(&detail.path).any(|suffix| paths.contains(&(suffix, &detail.change)));
            !shorter && seen.insert(key(detail))
        })
        .collect();
    let mut is_first = is_first.into_iter();
    details.retain(|_| is_first.next().unwrap_or(true));
}

fn key(detail: &Detail) -> (&str, &Change) {
    (&detail.path, &detail.change)
}

/// Returns the parts of a path that follow each of its dots.
fn suffixes(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('.').map(|(at, _)| &path[at + 1..])
}
