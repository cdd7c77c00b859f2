//! A range of a table or a text in few bytes.

use std::ops::Range;

/// Consecutive entries of a table, or bytes of a text.
///
/// A [`Type`](super::Type) counts its entries with 16 bits, the default. It is packed to 6 bytes then, so that a type
/// has 20.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(Rust, packed(2))]
pub(crate) struct Span<Length = u16> {
    pub start: u32,
    pub len: Length,
}

impl<Length: Copy + Default + Into<u32> + TryFrom<usize>> Span<Length> {
    /// Returns the span of a range, empty where its length does not fit.
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
