//! Records what the target lacks, writes messages about it, and applies the caller's rules for it.

use std::fmt;

use crate::nearest;

/// The caller's rules for members that the target lacks. Such a member is either an error, which is the default, or
/// reads as zero.
#[derive(Clone, Debug, Default)]
pub(crate) struct MissingRules {
    /// Whether members without a rule in `members` read as zero.
    zero: bool,
    /// The rules for single members. Each has the path of the member, and whether the member reads as zero. If there
    /// are several rules for a member, the last one applies.
    members: Vec<(String, bool)>,
}

impl MissingRules {
    /// Adds a rule. It is `zero` or `error` for all members, or one of these words for a single member, as in
    /// `task_struct.pid=zero`.
    ///
    /// Returns the path of the member, or `None` if the rule is for all members.
    pub fn add<'c>(&mut self, choice: &'c str) -> Result<Option<&'c str>, String> {
        let (path, word) = match choice.rsplit_once('=') {
            Some((path, word)) => (Some(bare(path.trim())), word.trim()),
            None => (None, choice.trim()),
        };
        let zero = match word {
            "zero" => true,
            "error" => false,
            _ => return Err("use zero or error, or MEMBER=zero as in task_struct.pid=zero".into()),
        };
        match path {
            Some(path) => self.members.push((path.to_owned(), zero)),
            None => self.zero = zero,
        }
        Ok(path)
    }

    /// Returns whether the caller's rules allow that a member reads as zero if the target lacks it.
    pub fn is_zero(&self, path: &Path<'_>) -> bool {
        let mut own = self.members.iter().rev();
        own.find(|(name, _)| path.is(name))
            .map_or(self.zero, |(_, zero)| *zero)
    }
}

/// Removes `struct`, `union` or `enum` from the start of a path, since the paths in a plan do not begin with these
/// words.
fn bare(path: &str) -> &str {
    let words = ["struct ", "union ", "enum "];
    let found = words.iter().find_map(|word| path.strip_prefix(word));
    found.unwrap_or(path).trim_start()
}

/// The path of a member. It begins with the nearest type around the member that has a name.
#[derive(Clone, Copy)]
pub(crate) struct Path<'p> {
    pub outer: Option<&'p Path<'p>>,
    pub name: &'p str,
}

impl<'p> Path<'p> {
    pub fn start(c: &'p str) -> Path<'p> {
        Path {
            outer: None,
            name: bare(c),
        }
    }

    pub fn member(&'p self, name: &'p str) -> Path<'p> {
        Path {
            outer: Some(self),
            name,
        }
    }

    fn is(&self, text: &str) -> bool {
        match (self.outer, text.strip_suffix(self.name)) {
            (None, rest) => rest == Some(""),
            (Some(outer), Some(rest)) => rest.strip_suffix('.').is_some_and(|rest| outer.is(rest)),
            (Some(_), None) => false,
        }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(outer) = self.outer {
            write!(f, "{outer}.")?;
        }
        f.write_str(self.name)
    }
}

/// The reason why the target has nothing that corresponds to a part of the local BTF.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// The target has nothing with the name. The strings are similar names, as suggestions.
    NotThere(Vec<String>),
    /// The type in the target is of another kind.
    Kind {
        local: &'static str,
        target: &'static str,
    },
    /// The type in the target is an enum with another name. The value is that name.
    Name(String),
    /// The list has a fixed length in WIT, but the array in the target has another length.
    Length { local: u64, target: u64 },
    /// The number in the target has this size in bytes. WIT does not have the size, or WIT has the number as bytes and
    /// the size in the local BTF is another one.
    Size(u64),
    /// Several types of the target have the name, and their layouts differ.
    Ambiguous,
    /// The type has no name by which the target could be searched.
    Unnamed,
    /// The search visited more members than any real BTF requires.
    TooMany,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::NotThere(near) => {
                let hint = nearest::hint(near.iter().map(String::as_str));
                match hint.strip_prefix("; ") {
                    Some(hint) => write!(f, " ({hint})"),
                    None => Ok(()),
                }
            }
            Why::Kind { local, target } => write!(f, " (there of kind {target}, here {local})"),
            Why::Name(name) => write!(f, " (there {name})"),
            Why::Length { local, target } => {
                write!(
                    f,
                    " (there of length {target}, and the list is fixed to {local})"
                )
            }
            Why::Size(size) => write!(f, " (there a number of {size} bytes)"),
            Why::Ambiguous => f.write_str(" (there are several of that name, with other layouts)"),
            Why::Unnamed => f.write_str(" (its type has no name)"),
            Why::TooMany => f.write_str(" (it leads to too many types)"),
        }
    }
}

/// Everything that the target lacks, each part with the reason. If there is any part, relocating fails with this error.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lack {
    pub parts: Vec<(String, Why)>,
    /// Whether some of the parts are members. The caller could set a rule by which they read as zero instead.
    pub members: bool,
}

impl Lack {
    /// Returns the error for a type that the target lacks as a whole.
    pub fn of_type(name: &str, why: Why) -> Lack {
        let name = if name.is_empty() { "the type" } else { name };
        Lack {
            parts: vec![(name.to_owned(), why)],
            members: false,
        }
    }
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, (path, why)) in self.parts.iter().enumerate() {
            let between = if position > 0 { ", " } else { "" };
            write!(f, "{between}{path}{why}")?;
        }
        if self.members {
            let those = if self.parts.len() == 1 { "it" } else { "them" };
            write!(f, "; --missing zero reads {those} as zero")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_of_a_member_counts_more_than_that_of_all() {
        let mut rules = MissingRules::default();
        for choice in ["zero", "struct a.b.c = error", "a.b=error", "a.b=zero"] {
            rules.add(choice).expect("it is a rule");
        }
        let start = Path::start("struct a");
        let b = start.member("b");
        assert!(rules.is_zero(&b));
        assert!(!rules.is_zero(&b.member("c")));
        assert!(rules.is_zero(&start.member("c")));
        assert!(rules.add("nothing").is_err() && rules.add("a.b=1").is_err());
        assert_eq!(b.member("c").to_string(), "a.b.c");
    }
}
