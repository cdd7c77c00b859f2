//! Defines the position of a label in a text with many labels.

/// A range of a text, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct TextSpan {
    start: u32,
    end: u32,
}

impl TextSpan {
    /// Returns the range from `start` to the end of `text`.
    pub fn from(start: usize, text: &str) -> TextSpan {
        TextSpan {
            start: start as u32,
            end: text.len() as u32,
        }
    }

    /// Appends a label to `text` and returns its position.
    pub fn append(text: &mut String, label: &str) -> TextSpan {
        let start = text.len();
        text.push_str(label);
        TextSpan::from(start, text)
    }

    /// Returns the part of `text` in this range.
    pub fn of(self, text: &str) -> &str {
        &text[self.start as usize..self.end as usize]
    }

    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }
}
