//! Makes labels for C names whose plain label is taken by another name.

/// Returns a number that says how much a C name and its label differ: the number of capitals and of characters other
/// than ASCII letters, ASCII digits and underscores, plus the difference between the numbers of underscores in the name
/// and of hyphens in the label. If several names have the same plain label, the name with the smallest distance keeps
/// it.
pub(super) fn spelling_distance(c_name: &str, label: &str) -> u32 {
    // Continuation bytes of UTF-8 (0x80 to 0xbf) are not counted, so a character of several bytes counts once.
    let shown = |byte: u8| matches!(byte, b'_' | b'a'..=b'z' | b'0'..=b'9' | 0x80..=0xbf);
    let lost: u32 = c_name.bytes().map(|byte| u32::from(!shown(byte))).sum();
    count(c_name, b'_').abs_diff(count(label, b'-')) + lost
}

fn count(text: &str, counted: u8) -> u32 {
    text.bytes().map(|byte| u32::from(byte == counted)).sum()
}

/// The labels for a name whose plain label is taken, in order of preference. If `kind` is set, the first label is the
/// plain label with the kind as a suffix. The other labels have numbers.
pub(super) struct Alternatives<'a> {
    label: &'a str,
    /// The word for the kind of what is named, such as `struct` or `func`. `None` if the word would not distinguish the
    /// name from all others with the same plain label.
    kind: Option<&'a str>,
    /// The last number that was used. All names with the same plain label share this counter.
    number: &'a mut u32,
    /// The text after the number, such as `-param`. Usually empty.
    suffix: &'a str,
}

impl<'a> Alternatives<'a> {
    pub fn new(label: &'a str, kind: Option<&'a str>, number: &'a mut u32) -> Alternatives<'a> {
        Alternatives {
            label,
            kind,
            number,
            suffix: "",
        }
    }

    /// Sets the text after the number. This text is for labels that must not end with a digit.
    pub fn suffix(mut self, suffix: &'a str) -> Alternatives<'a> {
        self.suffix = suffix;
        self
    }

    /// Returns the first alternative for which `accept` returns true.
    pub fn first_accepted(mut self, mut accept: impl FnMut(&str) -> bool) -> String {
        if let Some(kind) = self.kind.take() {
            let label = format!("{}-{kind}", self.label);
            if accept(&label) {
                return label;
            }
        }
        loop {
            *self.number += 1;
            let label = format!("{}-alt{}{}", self.label, self.number, self.suffix);
            if accept(&label) {
                return label;
            }
        }
    }
}

/// The number of the name that keeps the plain label. Therefore the numbers of other names begin at 2, as in
/// `foo-alt2`.
pub(super) const FIRST: u32 = 1;
