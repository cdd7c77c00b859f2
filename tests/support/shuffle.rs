//! Shuffles the type ids of raw BTF.
//!
//! A type has three words, and then a tail whose length depends on its kind. Every word that is a type id is rewritten.
//! The strings stay the same.

use super::encode::{
    ARRAY, CONST, DATASEC, DECL_TAG, ENUM, ENUM64, FUNC, FUNC_PROTO, INT, PTR, RESTRICT, STRUCT,
    TYPE_TAG, TYPEDEF, UNION, VAR, VOLATILE,
};

/// Returns the BTF with its types in another order. The order depends only on the seed.
pub fn shuffle(btf: &[u8], seed: u64) -> Vec<u8> {
    let order = Order::of(btf);
    let word = |at: usize| order.read(btf, at);
    let start = (word(4) + word(8)) as usize;
    let end = start + word(12) as usize;

    let mut types = Vec::new();
    let mut at = start;
    while at < end {
        let words = 3 + tail_len(word(at + 4));
        types.push((0..words).map(|i| word(at + 4 * i)).collect::<Vec<u32>>());
        at += 4 * words;
    }
    let new_order = permutation(types.len(), seed);
    let mut new_id = vec![0; types.len() + 1];
    for (position, &old) in new_order.iter().enumerate() {
        new_id[old + 1] = position as u32 + 1;
    }

    let mut out = btf[..start].to_vec();
    for &old in &new_order {
        for at in references(&types[old]) {
            types[old][at] = new_id[types[old][at] as usize];
        }
        out.extend(types[old].iter().flat_map(|word| order.write(*word)));
    }
    out.extend_from_slice(&btf[end..]);
    out
}

/// The byte order of raw BTF. The first two bytes show it.
enum Order {
    Little,
    Big,
}

impl Order {
    fn of(btf: &[u8]) -> Order {
        match btf {
            [0x9f, 0xeb, ..] => Order::Little,
            [0xeb, 0x9f, ..] => Order::Big,
            _ => panic!("this is no BTF"),
        }
    }

    fn read(&self, btf: &[u8], at: usize) -> u32 {
        let word: [u8; 4] = btf[at..at + 4].try_into().expect("four bytes");
        match self {
            Order::Little => u32::from_le_bytes(word),
            Order::Big => u32::from_be_bytes(word),
        }
    }

    fn write(&self, word: u32) -> [u8; 4] {
        match self {
            Order::Little => word.to_le_bytes(),
            Order::Big => word.to_be_bytes(),
        }
    }
}

fn kind_and_vlen(info: u32) -> (u32, usize) {
    (info >> 24 & 0x1f, (info & 0xffff) as usize)
}

/// Returns the number of words in the tail of a type, which follows its first three words.
fn tail_len(info: u32) -> usize {
    match kind_and_vlen(info) {
        (INT | VAR | DECL_TAG, _) => 1,
        (ARRAY, _) => 3,
        (STRUCT | UNION | DATASEC | ENUM64, vlen) => 3 * vlen,
        (ENUM | FUNC_PROTO, vlen) => 2 * vlen,
        _ => 0,
    }
}

/// Returns the positions of the words in a type that are type ids.
fn references(ty: &[u32]) -> Vec<usize> {
    let (kind, vlen) = kind_and_vlen(ty[1]);
    match kind {
        PTR | TYPEDEF | VOLATILE | CONST | RESTRICT | FUNC | VAR | DECL_TAG | TYPE_TAG => vec![2],
        ARRAY => vec![3, 4],
        STRUCT | UNION => (0..vlen).map(|i| 3 + 3 * i + 1).collect(),
        FUNC_PROTO => std::iter::once(2)
            .chain((0..vlen).map(|i| 3 + 2 * i + 1))
            .collect(),
        DATASEC => (0..vlen).map(|i| 3 + 3 * i).collect(),
        _ => Vec::new(),
    }
}

/// Returns the numbers below `len` in a random order, by the algorithm of Fisher and Yates with xorshift64*.
fn permutation(len: usize, seed: u64) -> Vec<usize> {
    // The state must not be 0, since xorshift would stay there.
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut order: Vec<usize> = (0..len).collect();
    for last in (1..len).rev() {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        let random = state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32;
        order.swap(last, random as usize % (last + 1));
    }
    order
}
