//! Puts what has a label or a key in order, tens of thousands at a time.

use std::cmp::Ordering;

use super::scope::Key;

/// Sorts by label, as text is ordered; `label` says where in `text` it stands. Equal ones stay in their order.
pub(super) fn by_label<T: Copy>(text: &str, items: &mut Vec<T>, label: impl Fn(&T) -> (u32, u32)) {
    let label = |item: &T| {
        let (start, end) = label(item);
        &text.as_bytes()[start as usize..end as usize]
    };
    let begins = items.iter().map(|item| first_bytes(label(item)));
    // Numbers are sorted sooner than text. A kernel's functions come by C name, so nearly by label, of which
    // only a stable sort makes use.
    let first_bits = |begin, bits| (begin >> (u64::BITS - bits)) as usize;
    let mut order = sorted(begins, first_bits, <[_]>::sort);
    for same in ties(&mut order) {
        // Many begin with the same word, and are told apart by the next.
        for (next, at) in &mut *same {
            *next = first_bytes(behind(label(&items[*at as usize]), 8));
        }
        same.sort();
        for both in ties(same) {
            let rest = |at: u32| behind(label(&items[at as usize]), 16);
            both.sort_by(|a, b| rest(a.1).cmp(rest(b.1)));
        }
    }
    *items = order.iter().map(|(_, at)| items[*at as usize]).collect();
}

/// Those that have the same number, where they are several.
fn ties<N: PartialEq>(order: &mut [(N, u32)]) -> impl Iterator<Item = &mut [(N, u32)]> {
    order
        .chunk_by_mut(|a, b| a.0 == b.0)
        .filter(|same| same.len() > 1)
}

/// What stands behind the first bytes, if anything does.
fn behind(bytes: &[u8], first: usize) -> &[u8] {
    bytes.get(first..).unwrap_or_default()
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
    // They are hashes, so that their first bits spread them over as many buckets as there are keys.
    let order = sorted(
        items.iter().map(&key),
        Key::first_bits,
        <[_]>::sort_unstable,
    );
    *items = order.iter().map(|(_, at)| items[*at as usize]).collect();
    for rivals in items.chunk_by_mut(|a, b| key(a) == key(b)) {
        if rivals.len() > 1 {
            rivals.sort_by(&mut compare);
        }
    }
}

/// Numbers in order, each with its position, and those that are alike by that: put into as many buckets by their first bits,
/// as `first_bits` takes so many of one, then sorted in these. They are asked for twice.
fn sorted<N: Copy + Default + Ord>(
    numbers: impl ExactSizeIterator<Item = N> + Clone,
    first_bits: impl Fn(N, u32) -> usize,
    sort: impl Fn(&mut [(N, u32)]),
) -> Vec<(N, u32)> {
    let count = numbers.len();
    let bits = count.max(2).ilog2();
    let bucket = |number: N| first_bits(number, bits);
    let mut ends = vec![0; (1 << bits) + 1];
    for number in numbers.clone() {
        ends[bucket(number) + 1] += 1;
    }
    for at in 1..ends.len() {
        ends[at] += ends[at - 1];
    }
    let mut sorted = vec![(N::default(), 0); count];
    for (number, at) in numbers.zip(0..) {
        let end: &mut usize = &mut ends[bucket(number)];
        sorted[*end] = (number, at);
        *end += 1;
    }
    for same in sorted.chunk_by_mut(|a, b| bucket(a.0) == bucket(b.0)) {
        sort(same);
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_ordered_as_text() {
        let words = [
            "a",
            "b",
            "ab",
            "%a",
            "a1",
            "a0",
            "state-of",
            "state-of-a",
            "state-off",
            "state-of-affairs",
            "state-of-affair0",
            "state-of-affairs0",
            "state-of-affairs1",
            "zone",
            "Z",
        ];
        let labels: Vec<String> = words
            .iter()
            .flat_map(|a| words.map(|b| format!("{a}-{b}")))
            .chain(words.map(str::to_owned))
            .collect();
        for some in 0..=labels.len() {
            let mut text = String::new();
            let mut items: Vec<(u32, u32)> = Vec::new();
            // From the last to the first, so that few are in order by chance.
            for label in labels[..some].iter().rev() {
                let start = text.len();
                text.push_str(label);
                items.push((start as u32, text.len() as u32));
            }
            by_label(&text, &mut items, |item| *item);
            let sorted = items
                .iter()
                .map(|(start, end)| &text[*start as usize..*end as usize]);
            let mut expected: Vec<&str> = labels[..some].iter().map(String::as_str).collect();
            expected.sort_unstable();
            assert!(sorted.eq(expected), "{some} labels");
        }
    }
}
