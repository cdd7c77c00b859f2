//! Sorts items by label.

use super::text_span::TextSpan;

/// Sorts `items` by label, in byte order. `label` returns the range of an item's label in `text`. Items with the same
/// label keep their order.
pub(super) fn by_label<T: Copy>(text: &str, items: &mut Vec<T>, label: impl Fn(&T) -> TextSpan) {
    let label = |item: &T| label(item).of(text).as_bytes();
    // Fast path: most labels differ in their first 8 bytes, which are stored beside the item and compared as one
    // number.
    let mut order: Vec<(u64, T)> = items
        .iter()
        .map(|item| (first_bytes(label(item)), *item))
        .collect();
    order.sort_by(|(a_first, a), (b_first, b)| {
        let by_first = a_first.cmp(b_first);
        by_first.then_with(|| label(a).cmp(label(b)))
    });
    *items = order.into_iter().map(|(_, item)| item).collect();
}

/// Returns the first 8 bytes of a label as a number. Different numbers have the same order as their labels. This is
/// true for labels of fewer than 8 bytes, too, since labels contain no NUL.
fn first_bytes(bytes: &[u8]) -> u64 {
    let first = bytes.first_chunk().copied().unwrap_or_else(|| {
        let mut first = [0; 8];
        first[..bytes.len()].copy_from_slice(bytes);
        first
    });
    u64::from_be_bytes(first)
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
            let mut items: Vec<TextSpan> = Vec::new();
            // The labels are added in reverse order, so that hardly any are in the right order before sorting.
            for label in labels[..some].iter().rev() {
                items.push(TextSpan::append(&mut text, label));
            }
            by_label(&text, &mut items, |item| *item);
            let sorted = items.iter().map(|item| item.of(&text));
            let mut expected: Vec<&str> = labels[..some].iter().map(String::as_str).collect();
            expected.sort_unstable();
            assert!(sorted.eq(expected), "{some} labels");
        }
    }
}
