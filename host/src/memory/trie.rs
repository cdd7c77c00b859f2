//! Finds the keys of an LPM trie. Such a key is the length of a prefix in bits, followed by bytes that begin with the
//! prefix.

use std::collections::BTreeMap;

use super::Element;

/// The size in bytes of the length at the start of a key (`struct bpf_lpm_trie_key_hdr`).
const LENGTH: usize = 4;
/// The sizes of keys in bytes that the kernel allows.
pub(super) const KEY_SIZES: std::ops::RangeInclusive<u32> = 5..=260;
/// The last byte of what [`place`] returns. It is greater than the bytes for bits, so that longer prefixes come before
/// those with which they begin.
const END: u8 = 2;

/// Returns the element with the longest prefix that `key` begins with.
pub(super) fn longest_prefix<'a>(
    elements: &'a BTreeMap<Vec<u8>, Element>,
    key: &[u8],
) -> Option<&'a Element> {
    let bits = place(key);
    (0..bits.len()).rev().find_map(|length| {
        let mut shorter = bits[..length].to_vec();
        shorter.push(END);
        elements.get(&shorter)
    })
}

/// Returns the bytes by which a key is found: a byte for each bit of the prefix, and `END`. The bits after the prefix
/// do not count.
pub(super) fn place(key: &[u8]) -> Vec<u8> {
    let bits = (0..prefix_length(key)).map_while(|at| bit(key, at));
    let mut place: Vec<u8> = bits.map(u8::from).chain([END]).collect();
    place.shrink_to_fit();
    place
}

/// Returns whether the prefix has more bits than the key.
pub(super) fn is_too_long(key: &[u8]) -> bool {
    prefix_length(key) > 8 * key.len().saturating_sub(LENGTH)
}

/// Returns the length of the prefix in bits.
fn prefix_length(key: &[u8]) -> usize {
    let length = key.first_chunk::<LENGTH>();
    length.map_or(0, |length| u32::from_ne_bytes(*length) as usize)
}

/// Returns a bit of a prefix. The highest bit of the first byte is bit 0.
fn bit(key: &[u8], at: usize) -> Option<bool> {
    let byte = key.get(LENGTH + at / 8)?;
    Some(byte << (at % 8) & 0x80 != 0)
}
