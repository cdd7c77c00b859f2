//! Records which labels are in use.
//!
//! Labels are compared by the component model's rule of strong uniqueness: two labels collide if they are equal after
//! conversion to lower case and without hyphens (`Explainer.md`, "strongly-unique").

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

use super::hash::Fnv;

/// A hash of a label. Labels that collide have the same hash.
///
/// If labels that do not collide ever have the same hash, one of them gets a needless suffix. The output is then still
/// valid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key(u64);

impl Key {
    pub fn of(label: &str) -> Key {
        // Labels are already in lower case, so only hyphens are removed.
        let letters = label.bytes().filter(|byte| *byte != b'-');
        Key(Fnv::new().bytes(letters).finish())
    }

    /// Returns the key of a label, given the hash of its letters and digits without hyphens.
    pub(super) fn of_hash(hash: Fnv) -> Key {
        Key(hash.finish())
    }
}

/// The labels in use in one record, variant, enum, flags, parameter list or interface.
#[derive(Default)]
pub(crate) struct Scope(HashSet<Key, KeyBuilder>);

/// The hasher for hash tables whose keys are hashes already, such as a [`Key`].
pub(super) type KeyBuilder = BuildHasherDefault<KeyHasher>;

impl Scope {
    pub fn reserve(&mut self, labels: usize) {
        self.0.reserve(labels);
    }

    /// Claims a label. Returns false if it is already taken.
    pub fn claim(&mut self, key: Key) -> bool {
        self.0.insert(key)
    }

    pub fn has(&self, key: Key) -> bool {
        self.0.contains(&key)
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }
}

/// Hashes a key with one rotation, which is enough since the key is a hash already.
#[derive(Default)]
pub(crate) struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, key: u64) {
        // The hash table compares keys by the highest 7 bits first, which FNV mixes badly. The rotation mixes the low
        // bits into the high ones.
        self.0 = key ^ key.rotate_left(32);
    }
}
