//! Labels for C names whose plain label is taken.

/// Returns the number of characters by which a C name and its label differ: capitals, underscores without a hyphen,
/// other characters. The name with the smallest distance keeps the label.
pub(super) fn spelling_distance(c_name: &str, label: &str) -> u32 {
    // A character of several bytes counts once: its continuation bytes count as shown.
    let shown = |byte: u8| matches!(byte, b'_' | b'a'..=b'z' | b'0'..=b'9' | 0x80..=0xbf);
    let lost: u32 = c_name.bytes().map(|byte| u32::from(!shown(byte))).sum();
    count(c_name, b'_').abs_diff(count(label, b'-')) + lost
}

fn count(text: &str, counted: u8) -> u32 {
    text.bytes().map(|byte| u32::from(byte == counted)).sum()
}

/// The other labels for a name, in order of preference: first with its kind as a suffix, then with numbers.
pub(super) struct Alternatives<'a> {
    label: &'a str,
    /// The kind, if no colliding name has the same kind.
    kind: Option<&'a str>,
    /// The last number that was used. Colliding names share this counter.
    number: &'a mut u32,
    /// The text after a number.
    ending: &'a str,
}

impl<'a> Alternatives<'a> {
    pub fn new(label: &'a str, kind: Option<&'a str>, number: &'a mut u32) -> Alternatives<'a> {
        Alternatives {
            label,
            kind,
            number,
            ending: "",
        }
    }

    /// Adds a word after the number, for labels that must not end with a digit.
    pub fn ending(mut self, ending: &'a str) -> Alternatives<'a> {
        self.ending = ending;
        self
    }

    /// Returns the first alternative for which `accept` returns true.
    pub fn settle(mut self, mut accept: impl FnMut(&str) -> bool) -> String {
        if let Some(kind) = self.kind.take() {
            let label = format!("{}-{kind}", self.label);
            if accept(&label) {
                return label;
            }
        }
        loop {
            *self.number += 1;
            let label = format!("{}-alt{}{}", self.label, self.number, self.ending);
            if accept(&label) {
                return label;
            }
        }
    }
}

/// The number of the name that keeps the plain label. The next label ends with `-alt2`.
pub(super) const FIRST: u32 = 1;
