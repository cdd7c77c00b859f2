//! The text of all names, where it was found if it can stay there: to copy it takes longer, and more memory.
//!
//! Knows nothing of names. With `unsafe`, since the kernel's own would otherwise be copied, or looked through for
//! each name: 3% of the time of writing all its functions, and two megabytes.

use std::ops::{Deref, Range};

use super::malformed::Malformed;
use crate::input::Bytes;

/// The text of a string section, or that of a base and of the split BTF behind it.
pub(super) struct Text(Place);

enum Place {
    Read(String),
    /// Bytes that are mapped, and a part of them that is UTF-8.
    Mapped(Bytes, Range<usize>),
}

impl Text {
    /// That of a section of these bytes, which lies in them.
    pub fn of(bytes: Bytes, section: Range<usize>) -> Result<Text, Malformed> {
        match bytes.into_read() {
            Ok(bytes) => Text::read(cut(bytes, section)),
            Err(mapped) => match std::str::from_utf8(&mapped[section.clone()]) {
                Ok(_) => Ok(Text(Place::Mapped(mapped, section))),
                Err(e) => Err(not_utf8(e)),
            },
        }
    }

    /// That of a base's section, and more behind it.
    pub fn of_both(base: Bytes, section: Range<usize>, more: &[u8]) -> Result<Text, Malformed> {
        let mut text = match base.into_read() {
            Ok(bytes) => cut(bytes, section),
            Err(mapped) => mapped[section].to_vec(),
        };
        text.extend_from_slice(more);
        Text::read(text)
    }

    pub fn read(mut text: Vec<u8>) -> Result<Text, Malformed> {
        text.shrink_to_fit();
        let text = String::from_utf8(text).map_err(|e| not_utf8(e.utf8_error()))?;
        Ok(Text(Place::Read(text)))
    }
}

/// A section alone, in the memory of the whole.
fn cut(mut bytes: Vec<u8>, section: Range<usize>) -> Vec<u8> {
    bytes.truncate(section.end);
    bytes.drain(..section.start);
    bytes
}

pub(super) fn not_utf8(e: std::str::Utf8Error) -> Malformed {
    let at = e.valid_up_to();
    Malformed::new(format!("the string section is not UTF-8 at offset {at}"))
}

impl Deref for Text {
    type Target = str;

    #[inline]
    #[allow(unsafe_code, reason = "bytes might be no UTF-8")]
    fn deref(&self) -> &str {
        match &self.0 {
            Place::Read(text) => text,
            // SAFETY: `of`, which alone makes this, has found these bytes to be UTF-8. They are mapped, and nobody
            // changes them: see `Kernel::open`.
            Place::Mapped(mapped, section) => unsafe {
                std::str::from_utf8_unchecked(&mapped[section.clone()])
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Input;

    #[test]
    fn a_section_is_cut_out_of_the_whole() {
        let bytes = || Bytes::Read(b"before\0names\0after".to_vec());
        let text = |section| Text::of(bytes(), section).map(|text| text.to_owned());
        assert_eq!(text(6..13).as_deref(), Ok("\0names\0"));
        assert_eq!(text(18..18).as_deref(), Ok(""));
        let both = Text::of_both(bytes(), 6..13, b"more\0").map(|text| text.to_owned());
        assert_eq!(both.as_deref(), Ok("\0names\0more\0"));
        assert!(Text::read(vec![0, 0xff, 0]).is_err());
    }

    /// Wherever it is cut, a text that stays mapped is that which is read.
    #[test]
    fn what_stays_mapped_is_what_is_read() {
        let path = std::path::Path::new("/sys/kernel/btf/vmlinux");
        let open = || {
            Input::Path(path.to_owned())
                .read()
                .map(|section| section.bytes)
        };
        let Some(whole) = open().ok().filter(|bytes| bytes.file().is_some()) else {
            eprintln!("skipped: there is no kernel that can be mapped");
            return;
        };
        // The last of it is names.
        let end = whole.len() - 1;
        for section in [end - 1000..end, end - 1..end, end..end] {
            let mapped = Text::of(open().expect("it was there"), section.clone());
            let read = Text::of(Bytes::Read(whole.to_vec()), section);
            let text = |text: Result<Text, Malformed>| text.map(|text| text.to_owned());
            assert_eq!(text(mapped), text(read));
        }
    }
}
