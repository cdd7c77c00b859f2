//! Computes the greatest common divisor of two numbers. The component in C calls it for four numbers.

wit_bindgen::generate!({ path: "../wit/gcd", world: "gcd-rust" });

struct Gcd;

export!(Gcd);

impl exports::example::gcd::two::Guest for Gcd {
    fn gcd2(mut a: u32, mut b: u32) -> u32 {
        while b != 0 {
            (a, b) = (b, a % b);
        }
        a
    }
}
