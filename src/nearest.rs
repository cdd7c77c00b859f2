//! Suggests names that are similar to an unknown name.

/// The maximum number of suggestions.
const SUGGESTIONS: usize = 3;
/// The minimum similarity of a suggestion, from 0 to 1. Equal names have similarity 1.
const MIN_SIMILARITY: f64 = 0.7;

/// Returns at most three candidates that are similar to `name`. The most similar one comes first.
pub(crate) fn find<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    // Users may have typed the WIT label, which has hyphens, instead of the C name.
    let name = name.replace('-', "_");
    // Fast path: names of very different lengths cannot be similar, so their similarity is not computed.
    let may_be_similar = |candidate: &str| {
        let (one, other) = (name.chars().count(), candidate.chars().count());
        one.min(other) as f64 >= MIN_SIMILARITY * one.max(other) as f64
    };
    let mut close: Vec<(f64, &str)> = candidates
        .filter(|candidate| !candidate.is_empty() && may_be_similar(candidate))
        .map(|candidate| {
            (
                strsim::normalized_damerau_levenshtein(&name, candidate),
                candidate,
            )
        })
        .filter(|(similarity, _)| *similarity >= MIN_SIMILARITY)
        .collect();
    close.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    close.dedup();
    close
        .into_iter()
        .map(|(_, name)| name)
        .take(SUGGESTIONS)
        .collect()
}

/// Returns a hint such as `; did you mean 'comm' or 'count'?`, or an empty string if there are no names.
pub(crate) fn hint<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| format!("'{name}'")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((last, [])) => format!("; did you mean {last}?"),
        Some((last, others)) => format!("; did you mean {} or {last}?", others.join(", ")),
    }
}
