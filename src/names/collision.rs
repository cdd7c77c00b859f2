//! Who keeps a label that several C names claim, and what the others are called.

/// How much of a C name its label does not show: capitals, underscores, other characters.
pub(super) fn spelling_distance(c_name: &str, label: &str) -> u32 {
    // A character counts once, however many bytes it has.
    let shown = |byte: u8| matches!(byte, b'_' | b'a'..=b'z' | b'0'..=b'9' | 0x80..=0xbf);
    let lost: u32 = c_name.bytes().map(|byte| u32::from(!shown(byte))).sum();
    count(c_name, b'_').abs_diff(count(label, b'-')) + lost
}

fn count(text: &str, counted: u8) -> u32 {
    text.bytes().map(|byte| u32::from(byte == counted)).sum()
}

/// The other labels that a loser may have, in the order of preference: its kind as a suffix where
/// no rival has the same kind, then numbers.
pub(super) struct Alternatives<'a> {
    label: &'a str,
    kind: Option<&'a str>,
    /// The last number given to a rival, so that many rivals do not try each other's in turn.
    number: &'a mut u32,
    /// What comes after a number.
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

    /// Ends numbered labels with a word, where they must not end with a digit.
    pub fn ending(mut self, ending: &'a str) -> Alternatives<'a> {
        self.ending = ending;
        self
    }

    /// The first alternative that is accepted.
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

/// The number before the first that rivals get: `-alt2` is the second of a name.
pub(super) const FIRST: u32 = 1;
