//! Decides whether the values of a cut enum are signed. A cut enum has 8 bytes, but BTF stores only 32 bits of each of
//! its values (`BTF_KIND_ENUM`).
//!
//! clang before 15 and gcc before 13 write cut enums. clang 19 writes them, too, if the underlying type is a typedef
//! (`enum op : s64`). BTF holds the low 32 bits of each value, and these compilers do not mark whether the values are
//! signed. The caller has found that the enum is not marked as signed.

/// The size in bytes of an enum whose values may need more than 32 bits.
pub(super) const WIDE: u32 = 8;

const SIGN: u32 = 1 << 31;

/// Returns whether the words of a cut enum are signed. `struct btf_enum` declares the words as signed, so they are
/// signed if one of them is negative. The exception is a set of bits, whose highest bit is bit 31 and not a sign.
pub(super) fn is_signed(words: impl Iterator<Item = u32> + Clone) -> bool {
    let negative = words.clone().any(|word| word & SIGN != 0);
    negative && !is_set_of_bits(words)
}

/// Returns whether the words are a set of bits: bit 31 and at least two other single bits are enumerators, and every
/// other word is a combination of these bits.
fn is_set_of_bits(words: impl Iterator<Item = u32> + Clone) -> bool {
    let single = words.clone().filter(|word| word.is_power_of_two());
    let bits = single.fold(0, |bits, bit| bits | bit);
    bits & SIGN != 0 && bits.count_ones() >= 3 && words.clone().all(|word| word & !bits == 0)
}

#[cfg(test)]
mod tests {
    use super::is_signed;

    #[test]
    fn bit_31_is_a_sign_except_in_a_set_of_bits() {
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
