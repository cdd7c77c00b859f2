//! Enums of 8 bytes whose enumerators BTF stores in 32 bits (`BTF_KIND_ENUM`).
//!
//! clang before 15, gcc before 13 and, where the enum's type is a typedef (`enum op : s64`), clang 19 write
//! them. Larger values are cut to their low 32 bits, and nothing says whether values are signed.

/// The bytes of an enum whose values do not fit the 32 bits of a word.
pub(super) const WIDE: u32 = 8;

const SIGN: u32 = 1 << 31;

/// Returns whether the words of such an enum are read as signed. `int` is what `struct btf_enum` says, so that
/// the word of -1 means -1. A set of bits is the exception: there the highest bit is the bit 31.
pub(super) fn is_signed(words: impl Iterator<Item = u32> + Clone) -> bool {
    let negative = words.clone().any(|word| word & SIGN != 0);
    negative && !is_set_of_bits(words)
}

/// Returns whether the highest bit and at least two others are enumerators of their own, and all other words are
/// made of such bits.
fn is_set_of_bits(words: impl Iterator<Item = u32> + Clone) -> bool {
    let single = words.clone().filter(|word| word.is_power_of_two());
    let bits = single.fold(0, |bits, bit| bits | bit);
    bits & SIGN != 0 && bits.count_ones() >= 3 && words.clone().all(|word| word & !bits == 0)
}

#[cfg(test)]
mod tests {
    use super::is_signed;

    #[test]
    fn the_highest_bit_is_a_sign_but_in_a_set_of_bits() {
        let minus = |number: i32| number as u32;
        for (words, signed) in [
            (&[0, 1, 2][..], false),
            (&[minus(-1), 0, 1], true),
            (&[minus(-100), 1, 0], true),
            (&[1, 2, 4, 1 << 31], false),
            (&[1, 2, 4, 1 << 31, 1 << 31 | 1, 0], false),
            (&[1, 2, 4, 1 << 31, minus(-1)], true),
            (&[minus(i32::MIN), 0, 1], true),
        ] {
            assert_eq!(is_signed(words.iter().copied()), signed, "{words:?}");
        }
    }
}
