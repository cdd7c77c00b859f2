//! Matches C names with globs: `*`, `?`, `[a-z]` and `{one,other}`. Also translates regular expressions to globs, so
//! that a hint can show the glob that a user may have meant. This file does not know types.

/// The maximum number of patterns to which the braces of one glob may expand.
const MAX_ALTERNATIVES: usize = 1_000;

/// A pattern as a list of globs without alternatives in braces: one glob for each combination of the alternatives.
pub(super) struct Glob(Vec<glob::Pattern>);

impl Glob {
    /// Parses a pattern. Returns `None` if the pattern has no special characters, and so is a plain name.
    pub fn parse(pattern: &str) -> Result<Option<Glob>, String> {
        if !pattern.contains(['*', '?', '[']) && group(pattern).is_none() {
            return Ok(None);
        }
        let parsed = alternatives(pattern)?
            .iter()
            .map(|one| glob::Pattern::new(&with_single_asterisks(one)))
            .collect::<Result<_, _>>();
        parsed
            .map(|globs| Some(Glob(globs)))
            .map_err(|e| e.msg.to_owned())
    }

    pub fn matches(&self, name: &str) -> bool {
        self.0.iter().any(|glob| glob.matches(name))
    }
}

/// Replaces repeated asterisks by one, since the crate `glob` gives `**` a meaning of its own for folders.
fn with_single_asterisks(glob: &str) -> String {
    let mut glob = glob.to_owned();
    while glob.contains("**") {
        glob = glob.replace("**", "*");
    }
    glob
}

/// Returns one pattern for each combination of the alternatives in braces.
fn alternatives(pattern: &str) -> Result<Vec<String>, String> {
    let (mut done, mut waiting) = (Vec::new(), vec![pattern.to_owned()]);
    while let Some(pattern) = waiting.pop() {
        let Some((open, close)) = group(&pattern) else {
            done.push(pattern);
            continue;
        };
        let (before, after) = (&pattern[..open], &pattern[close + 1..]);
        for one in pattern[open + 1..close].split(',') {
            if done.len() + waiting.len() >= MAX_ALTERNATIVES {
                return Err(format!(
                    "its braces stand for more than {MAX_ALTERNATIVES} patterns"
                ));
            }
            waiting.push(format!("{before}{one}{after}"));
        }
    }
    Ok(done)
}

/// Returns the byte positions of the two braces of an innermost group of alternatives, such as `{one,other}`, or `None`
/// if there is no group.
///
/// Braces without a comma are part of a name, as in Rust's `{closure_env#0}`.
fn group(pattern: &str) -> Option<(usize, usize)> {
    let mut open: Vec<(usize, bool)> = Vec::new();
    let mut class_end = 0;
    for (at, c) in pattern.char_indices() {
        match c {
            _ if at < class_end => {}
            '[' => class_end = end_of_class(pattern, at),
            '{' => open.push((at, false)),
            ',' => {
                if let Some((_, comma)) = open.last_mut() {
                    *comma = true;
                }
            }
            '}' => {
                if let Some((start, true)) = open.pop() {
                    return Some((start, at));
                }
            }
            _ => {}
        }
    }
    None
}

/// Returns the end of the character class whose `[` is at byte `start`, or `start` if no `]` ends the class. A `]`
/// directly after the `[` belongs to the class.
fn end_of_class(pattern: &str, start: usize) -> usize {
    let first = pattern[start + 1..].chars().next();
    let inside = start + 1 + first.map_or(0, char::len_utf8);
    let end = pattern[inside..].find(']');
    end.map_or(start, |end| inside + end + 1)
}

/// Returns the glob that a user may have meant by a regular expression. It may match other names, since a glob always
/// matches whole names. Returns `None` if the pattern does not look like a regular expression, because it has no
/// anchors and none of the operators `.*`, `.+`, `|`, `\w` and `\d`.
pub(super) fn of_regex(pattern: &str) -> Option<String> {
    let body = pattern.strip_prefix('^').unwrap_or(pattern);
    let body = body.strip_suffix('$').unwrap_or(body);
    let operators = [".*", ".+", "|", "\\w", "\\d"];
    if body.len() == pattern.len() && !operators.iter().any(|operator| body.contains(operator)) {
        return None;
    }
    let has_alternatives = body.contains('|');
    let (mut glob, mut depth, mut at_top) = (String::new(), 0_u32, false);
    let mut chars = body.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('.', _) => glob.push('?'),
            ('\\', Some('w' | 'd')) => {
                chars.next();
                glob.push('?');
            }
            ('\\', _) => glob.extend(chars.next()),
            ('*', _) if glob.ends_with('?') => {
                glob.pop();
                glob.push('*');
            }
            ('+', _) if glob.ends_with('?') => glob.push('*'),
            ('(', _) => {
                depth += 1;
                glob.extend(has_alternatives.then_some('{'));
            }
            (')', _) => {
                depth = depth.saturating_sub(1);
                glob.extend(has_alternatives.then_some('}'));
            }
            ('|', _) => {
                at_top |= depth == 0;
                glob.push(',');
            }
            _ => glob.push(c),
        }
    }
    Some(if at_top { format!("{{{glob}}}") } else { glob })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matched(pattern: &str, names: &[&'static str]) -> Vec<&'static str> {
        let glob = Glob::parse(pattern).expect("the pattern is valid");
        let glob = glob.expect("the pattern is a glob");
        names.iter().copied().filter(|n| glob.matches(n)).collect()
    }

    #[test]
    fn braces_are_alternatives() {
        let names = ["sock", "sk_buff", "sk_{buff}", "sock_common", "inet_sock"];
        assert_eq!(matched("s{ock,k_buff}", &names), ["sock", "sk_buff"]);
        assert_eq!(
            matched("{s{ock,k_*},inet_*}", &names),
            ["sock", "sk_buff", "sk_{buff}", "inet_sock"]
        );
        assert_eq!(matched("sk_[{,]buff*", &names), ["sk_{buff}"]);
        assert_eq!(matched("sk_{buff}*", &names), ["sk_{buff}"]);
        assert_eq!(matched("sock{,_common}", &names), ["sock", "sock_common"]);
    }

    #[test]
    fn braces_without_a_comma_are_part_of_a_name() {
        for name in ["{closure_env#0}", "{a", "a}", "a,b", "}{", "{{a}}"] {
            assert!(matches!(Glob::parse(name), Ok(None)), "{name}");
        }
    }

    #[test]
    fn braces_that_multiply_are_refused() {
        let many = "{a,b}".repeat(10);
        assert!(Glob::parse(&many).is_err());
        assert!(Glob::parse(&"{a,b}".repeat(9)).is_ok());
        assert!(Glob::parse(&"{".repeat(100_000)).is_ok());
    }

    #[test]
    fn a_regular_expression_has_a_glob() {
        for (regex, glob) in [
            ("task_.*", "task_*"),
            ("^task_struct$", "task_struct"),
            ("^task", "task"),
            ("tcp_.+_sock", "tcp_?*_sock"),
            ("foo|bar", "{foo,bar}"),
            ("(foo|bar)_t", "{foo,bar}_t"),
            ("^(foo)_\\w+$", "foo_?*"),
            ("u\\d\\d|a\\.b", "{u??,a.b}"),
        ] {
            assert_eq!(of_regex(regex).as_deref(), Some(glob), "{regex}");
        }
        for no_regex in ["task_*", "Option<(u8, u8)>", "a.b", "", "&str"] {
            assert_eq!(of_regex(no_regex), None, "{no_regex}");
        }
    }
}
