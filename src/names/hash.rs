//! Implements the hash function FNV-1a, which gives the same result on every machine and in every version of Rust.
//! Types whose names collide are ordered by hashes, so a hash function without this property would change labels.

const PRIME: u64 = 0x0000_0100_0000_01b3;

/// The current value of the hash.
#[derive(Clone, Copy)]
pub(crate) struct Fnv(u64);

impl Fnv {
    pub const fn new() -> Fnv {
        Fnv(0xcbf2_9ce4_8422_2325)
    }

    pub fn byte(self, byte: u8) -> Fnv {
        Fnv((self.0 ^ u64::from(byte)).wrapping_mul(PRIME))
    }

    /// Adds a byte to the hash, unless `skip` is true. The function has no branch, since processors cannot predict at
    /// which positions a name has underscores.
    pub fn byte_unless(self, skip: bool, byte: u8) -> Fnv {
        let added = self.byte(byte);
        if skip { self } else { added }
    }

    pub fn bytes(self, bytes: impl IntoIterator<Item = u8>) -> Fnv {
        bytes.into_iter().fold(self, Fnv::byte)
    }

    pub fn number(self, number: u64) -> Fnv {
        self.bytes(number.to_le_bytes())
    }

    pub fn finish(self) -> u64 {
        self.0
    }
}
