//! Puts what has a label or a key in order, tens of thousands at a time.

use std::cmp::Ordering;

use super::scope::Key;

/// Sorts by label, as text is ordered; `label` says where in `text` it stands. No two are alike.
pub(super) fn by_label<T: Copy>(text: &str, items: &mut Vec<T>, label: impl Fn(&T) -> (u32, u32)) {
    let label = |item: &T| {
        let (start, end) = label(item);
        &text.as_bytes()[start as usize..end as usize]
    };
    let begin = |item: &T| first_bytes(label(item));
    let mut order: Vec<(u64, u32)> = items.iter().map(begin).zip(0..).collect();
    // Numbers are sorted sooner than text. A kernel's functions come by C name, so nearly by label, of which
    // only a stable sort makes use.
    order.sort_by_key(|(begin, _)| *begin);
    for same in order.chunk_by_mut(|a, b| a.0 == b.0) {
        if same.len() > 1 {
            let rest = |at: u32| label(&items[at as usize]).get(8..);
            same.sort_by(|a, b| rest(a.1).cmp(&rest(b.1)));
        }
    }
    *items = order.iter().map(|(_, at)| items[*at as usize]).collect();
}

/// The first 8 bytes as a number that is ordered as they are. Names have no NUL.
pub(crate) fn first_bytes(bytes: &[u8]) -> u64 {
    let first = bytes.first_chunk().copied().unwrap_or_else(|| {
        let mut first = [0; 8];
        first[..bytes.len()].copy_from_slice(bytes);
        first
    });
    u64::from_be_bytes(first)
}

/// Sorts rivals together, those of a key by `compare`, and those that are alike in that as they are.
pub(super) fn by_key<T: Copy>(
    items: &mut Vec<T>,
    key: impl Fn(&T) -> Key,
    mut compare: impl FnMut(&T, &T) -> Ordering,
) {
    let order = sorted(items.iter().map(&key));
    *items = order.iter().map(|(_, at)| items[*at as usize]).collect();
    for rivals in items.chunk_by_mut(|a, b| key(a) == key(b)) {
        if rivals.len() > 1 {
            rivals.sort_by(&mut compare);
        }
    }
}

/// Keys in order, each with its position. They are hashes, so that their first bits spread them over
/// as many buckets as there are keys.
fn sorted(keys: impl Iterator<Item = Key> + Clone) -> Vec<(Key, u32)> {
    let count = keys.clone().count();
    let bits = count.max(2).ilog2();
    let bucket = |key: Key| key.first_bits(bits);
    let mut ends = vec![0; (1 << bits) + 1];
    for key in keys.clone() {
        ends[bucket(key) + 1] += 1;
    }
    for at in 1..ends.len() {
        ends[at] += ends[at - 1];
    }
    let mut sorted = vec![(Key::default(), 0); count];
    for (key, at) in keys.zip(0..) {
        let end: &mut usize = &mut ends[bucket(key)];
        sorted[*end] = (key, at);
        *end += 1;
    }
    for same in sorted.chunk_by_mut(|a, b| bucket(a.0) == bucket(b.0)) {
        same.sort_unstable();
    }
    sorted
}
