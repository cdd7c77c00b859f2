//! Picks values, and writes them as C constants.

use fastrand::Rng;

/// Picks the bits of an integer. In some rounds, all bits or only the sign bit are often set.
pub fn bits(rng: &mut Rng, width: u32, round: usize) -> u128 {
    let all = u128::MAX >> (128 - width.clamp(1, 128));
    let sign = 1 << (width.clamp(1, 128) - 1);
    match (round % 3, rng.u8(0..8)) {
        (1, 0..4) | (_, 0) => all,
        (2, 0..4) | (_, 1) => sign,
        (_, 2) => 0,
        (_, 3) => all >> 1,
        _ => rng.u128(..) & all,
    }
}

/// Returns the number that the bits stand for. 128 unsigned bits whose highest one is set
/// become the negative number with the same bits.
pub fn number(bits: u128, width: u32, signed: bool) -> i128 {
    match signed {
        true => ((bits << (128 - width)) as i128) >> (128 - width),
        false => bits as i128,
    }
}

/// Returns an integer as a C expression.
pub fn literal(number: i128) -> String {
    match number {
        0.. if number <= i128::from(i32::MAX) => number.to_string(),
        0.. if number <= i128::from(u64::MAX) => format!("{number}ULL"),
        _ if number > i128::from(i64::MIN) && number < 0 => format!("({number}LL)"),
        _ if number == i128::from(i64::MIN) => format!("({}LL - 1)", number + 1),
        _ => wide(number as u128),
    }
}

/// Returns an integer of 16 bytes as a C expression.
pub fn wide(bits: u128) -> String {
    let (high, low) = ((bits >> 64) as u64, bits as u64);
    format!("(__int128)(((unsigned __int128){high}ULL << 64) | {low}ULL)")
}

/// Picks a float that has few digits and that 32 bits represent exactly.
pub fn float(rng: &mut Rng) -> f64 {
    f64::from(rng.i32(-4096..4096)) / 16.0
}
