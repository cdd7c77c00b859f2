//! Names that someone may have meant.

/// How many names are suggested, and how like they must be (of 1).
const SUGGESTIONS: usize = 3;
const LIKENESS: f64 = 0.7;

/// The names closest to `name`, the closest first.
pub(crate) fn find<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    // What is typed in the style of WIT is meant in that of C.
    let name = name.replace('-', "_");
    // Each letter that one has more than the other is a change.
    let may_be_like = |candidate: &str| {
        let (one, other) = (name.chars().count(), candidate.chars().count());
        one.min(other) as f64 >= LIKENESS * one.max(other) as f64
    };
    let mut close: Vec<(f64, &str)> = candidates
        .filter(|candidate| !candidate.is_empty() && may_be_like(candidate))
        .map(|candidate| {
            (
                strsim::normalized_damerau_levenshtein(&name, candidate),
                candidate,
            )
        })
        .filter(|(likeness, _)| *likeness >= LIKENESS)
        .collect();
    close.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    close.dedup();
    close
        .into_iter()
        .map(|(_, name)| name)
        .take(SUGGESTIONS)
        .collect()
}

/// `; did you mean 'comm' or 'count'?`, or nothing.
pub(crate) fn hint<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| format!("'{name}'")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((last, [])) => format!("; did you mean {last}?"),
        Some((last, others)) => format!("; did you mean {} or {last}?", others.join(", ")),
    }
}
