//! A range in a table or in a text that takes less memory than `Range<usize>`.

use std::ops::Range;

/// A range of entries in a table, or of bytes in a text.
///
/// The default for `Length` is 16 bits, since no [`Type`](super::Type) has more entries than 16 bits can count. A span
/// with this default has only 6 bytes, which keeps a type at 20 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(Rust, packed(2))]
pub(crate) struct Span<Length = u16> {
    pub start: u32,
    pub len: Length,
}

impl<Length: Copy + Default + Into<u32> + TryFrom<usize>> Span<Length> {
    /// Returns the span of a range. The span is empty if the length does not fit in `Length`.
    pub fn new(range: Range<usize>) -> Span<Length> {
        Span {
            start: range.start as u32,
            len: Length::try_from(range.len()).unwrap_or_default(),
        }
    }

    pub fn range(self) -> Range<usize> {
        let (start, len) = (self.start as usize, self.len);
        let len: u32 = len.into();
        start..start + len as usize
    }
}
