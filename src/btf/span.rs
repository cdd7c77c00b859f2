//! A range of a table or of a text, in few bytes.

use std::ops::Range;

/// A range of entries in a table, or of bytes in a text.
///
/// The default for `Length` has 16 bits, since that is enough for the entries of a [`Type`](super::Type). With it, a
/// span is packed to 6 bytes, and a type has 20.
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
