//! Picks values, and spells them in C.

use fastrand::Rng;

/// Picks the bits of an integer. Every third round has all ones or only the sign bit.
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

/// Returns the number that the bits stand for. Of 128 unsigned bits, the highest must not be set.
pub fn number(bits: u128, width: u32, signed: bool) -> i128 {
    match signed {
        true => ((bits << (128 - width)) as i128) >> (128 - width),
        false => bits as i128,
    }
}

/// Spells an integer in C.
pub fn literal(number: i128) -> String {
    match number {
        0.. if number <= i128::from(i32::MAX) => number.to_string(),
        0.. if number <= i128::from(u64::MAX) => format!("{number}ULL"),
        _ if number > i128::from(i64::MIN) && number < 0 => format!("({number}LL)"),
        _ if number == i128::from(i64::MIN) => format!("({}LL - 1)", number + 1),
        _ => wide(number as u128),
    }
}

/// Spells an integer of 16 bytes in C.
pub fn wide(bits: u128) -> String {
    let (high, low) = ((bits >> 64) as u64, bits as u64);
    format!("(__int128)(((unsigned __int128){high}ULL << 64) | {low}ULL)")
}

/// Picks a float with few digits that 32 bits hold exactly.
pub fn float(rng: &mut Rng) -> f64 {
    f64::from(rng.i32(-4096..4096)) / 16.0
}
