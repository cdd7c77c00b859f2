//! Suggests names similar to one that is unknown.

/// How many names are suggested.
const SUGGESTIONS: usize = 3;
/// The smallest similarity of a suggestion, where equal names have 1.
const MIN_SIMILARITY: f64 = 0.7;

/// Returns the candidates most similar to `name`, the closest first.
pub(crate) fn find<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    // Users may type the label of WIT for the name of C.
    let name = name.replace('-', "_");
    // Fast path: names of very different lengths cannot be similar.
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

/// Returns `; did you mean 'comm' or 'count'?`, or an empty string.
pub(crate) fn hint<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| format!("'{name}'")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((last, [])) => format!("; did you mean {last}?"),
        Some((last, others)) => format!("; did you mean {} or {last}?", others.join(", ")),
    }
}
