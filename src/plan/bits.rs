//! Reads and writes bits within bytes, in both byte orders. This file does not know types.
//!
//! Compilers count the bits of a bitfield from the least significant bit of a byte in little-endian memory, and from
//! the most significant bit in big-endian memory. BTF counts in the same way (`Documentation/bpf/btf.rst`).

use crate::btf::Endian;

/// Returns the number in the given bytes, which are at most 16.
pub(crate) fn number(bytes: &[u8], endian: Endian) -> u128 {
    let shift = |value: u128, byte: &u8| value << 8 | u128::from(*byte);
    match endian {
        Endian::Little => bytes.iter().rev().fold(0, shift),
        Endian::Big => bytes.iter().fold(0, shift),
    }
}

/// Returns the number in a bitfield of `width` bits (at most 128), after the first `first` bits (at most 7) of the
/// bytes. If bytes are missing, their bits count as 0.
pub(crate) fn field(bytes: &[u8], first: u8, width: u8, endian: Endian) -> u128 {
    let mut value = 0;
    for (bit, byte, count, low) in pieces(first, width, endian) {
        let part = bytes.get(byte).map_or(0, |byte| byte >> low & mask(count));
        match endian {
            Endian::Little => value |= u128::from(part) << bit,
            Endian::Big => value = value << count | u128::from(part),
        }
    }
    value
}

/// Writes a number into a bitfield of `width` bits (at most 128), after the first `first` bits (at most 7) of the
/// bytes. The bits around the bitfield keep their values.
pub(crate) fn put_field(bytes: &mut [u8], first: u8, width: u8, endian: Endian, value: u128) {
    for (bit, at, count, low) in pieces(first, width, endian) {
        let shift = match endian {
            Endian::Little => bit,
            Endian::Big => u32::from(width) - bit - u32::from(count),
        };
        let part = (value >> shift) as u8 & mask(count);
        if let Some(byte) = bytes.get_mut(at) {
            *byte = *byte & !(mask(count) << low) | part << low;
        }
    }
}

/// Splits a bitfield at byte boundaries. Returns four numbers for each byte: the number of bits of the field in earlier
/// bytes, the index of the byte, the number of bits of the field in this byte, and the number of lower bits of the byte
/// that do not belong to the field.
fn pieces(first: u8, width: u8, endian: Endian) -> impl Iterator<Item = (u32, usize, u8, u8)> {
    let (first, width) = (u32::from(first.min(7)), u32::from(width.min(128)));
    let end = first + width;
    (0..end.div_ceil(8)).map(move |byte| {
        let from = (8 * byte).max(first);
        let to = (8 * byte + 8).min(end);
        let low = match endian {
            Endian::Little => from - 8 * byte,
            Endian::Big => 8 * byte + 8 - to,
        };
        (from - first, byte as usize, (to - from) as u8, low as u8)
    })
}

/// Returns a mask of the lowest `count` bits, at most 8.
fn mask(count: u8) -> u8 {
    (0xff_u16 >> (8 - count.min(8))) as u8
}

/// Returns a mask of the lowest `width` bits, at least 1 and at most 64.
pub(crate) fn low_mask(width: u8) -> u64 {
    u64::MAX >> (64 - u32::from(width).clamp(1, 64))
}

/// Returns the lowest `width` bits, read as a number in two's complement.
pub(crate) fn signed(value: u128, width: u8) -> i128 {
    let unused = 128 - u32::from(width.clamp(1, 128));
    (value << unused) as i128 >> unused
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_byte_order_decides_where_bits_count_from() {
        // struct { unsigned a:3, b:13; } with a = 5 and b = 0x1234.
        let (little, big) = ([0xa5, 0x91], [0xb2, 0x34]);
        assert_eq!(field(&little, 0, 3, Endian::Little), 5);
        assert_eq!(field(&little, 3, 13, Endian::Little), 0x1234);
        assert_eq!(field(&big, 0, 3, Endian::Big), 5);
        assert_eq!(field(&big, 3, 13, Endian::Big), 0x1234);
    }

    #[test]
    fn the_highest_bit_is_the_sign() {
        assert_eq!(signed(0b111, 3), -1);
        assert_eq!(signed(0b011, 3), 3);
        assert_eq!(signed(u128::MAX, 128), -1);
    }

    proptest! {
        #[test]
        fn a_field_that_is_written_reads_back(
            before in any::<[u8; 17]>(), value in any::<u128>(), first in 0..8_u8, width in 1..=128_u8,
            big in any::<bool>(),
        ) {
            let endian = if big { Endian::Big } else { Endian::Little };
            let mut bytes = before;
            put_field(&mut bytes, first, width, endian, value);
            let expected = value & (u128::MAX >> (128 - u32::from(width)));
            prop_assert_eq!(field(&bytes, first, width, endian), expected);
            // Writing the old value must restore all bytes.
            let old = field(&before, first, width, endian);
            put_field(&mut bytes, first, width, endian, old);
            prop_assert_eq!(bytes, before);
        }
    }
}
