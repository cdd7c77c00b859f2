//! Extracts the text of all names from the bytes of the BTF, and checks that it is UTF-8.

use std::ops::Range;

use super::malformed::Malformed;

/// Returns the text of a string section. The result reuses the memory of `bytes`.
pub(super) fn of(bytes: Vec<u8>, section: Range<usize>) -> Result<String, Malformed> {
    checked(cut(bytes, section))
}

/// Returns the text of the base's string section, followed by that of the split BTF.
pub(super) fn of_both(
    base: Vec<u8>,
    section: Range<usize>,
    split: &[u8],
) -> Result<String, Malformed> {
    let mut text = cut(base, section);
    text.extend_from_slice(split);
    checked(text)
}

fn cut(mut bytes: Vec<u8>, section: Range<usize>) -> Vec<u8> {
    bytes.truncate(section.end);
    bytes.drain(..section.start);
    bytes
}

fn checked(mut text: Vec<u8>) -> Result<String, Malformed> {
    text.shrink_to_fit();
    String::from_utf8(text).map_err(|e| not_utf8(e.utf8_error()))
}

pub(super) fn not_utf8(e: std::str::Utf8Error) -> Malformed {
    let at = e.valid_up_to();
    Malformed::new(format!("the string section is not UTF-8 at offset {at}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_cut_out() {
        let bytes = || b"before\0names\0after".to_vec();
        assert_eq!(of(bytes(), 6..13).as_deref(), Ok("\0names\0"));
        assert_eq!(of(bytes(), 18..18).as_deref(), Ok(""));
        let both = of_both(bytes(), 6..13, b"more\0");
        assert_eq!(both.as_deref(), Ok("\0names\0more\0"));
        assert!(of(vec![0, 0xff, 0], 0..3).is_err());
    }
}
