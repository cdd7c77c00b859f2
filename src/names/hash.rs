//! FNV-1a: a hash that is the same on every machine and in every version, since names are ordered by it.

const PRIME: u64 = 0x0000_0100_0000_01b3;

/// The state of the hash.
#[derive(Clone, Copy)]
pub(crate) struct Fnv(u64);

impl Fnv {
    pub const fn new() -> Fnv {
        Fnv(0xcbf2_9ce4_8422_2325)
    }

    pub fn byte(self, byte: u8) -> Fnv {
        Fnv((self.0 ^ u64::from(byte)).wrapping_mul(PRIME))
    }

    /// Hashes a byte unless it is `left` out. Without a branch: where names have underscores is unpredictable.
    pub fn byte_unless(self, left: bool, byte: u8) -> Fnv {
        let taken = self.byte(byte);
        if left { self } else { taken }
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
