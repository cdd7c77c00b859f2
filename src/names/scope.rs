//! Which labels are taken: the component model's strong uniqueness.
//!
//! Two labels clash when they are equal after lower-casing and removing every hyphen (component
//! model, `Explainer.md`, "strongly-unique"). Knows nothing of what the labels stand for.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

use super::hash::Fnv;

/// A label as uniqueness sees it.
///
/// A 64-bit hash stands for it. Should two labels ever share one, the second gets a suffix that it
/// did not need, and everything stays valid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key(u64);

impl Key {
    pub fn of(label: &str) -> Key {
        // Labels are lower-case already.
        let letters = label.bytes().filter(|byte| *byte != b'-');
        Key(Fnv::new().bytes(letters).finish())
    }

    /// The key of a label whose letters and digits were hashed.
    pub(super) fn of_hash(hash: Fnv) -> Key {
        Key(hash.finish())
    }
}

/// The labels of one record, variant, enum, parameter list or interface.
#[derive(Default)]
pub(crate) struct Scope(HashSet<Key, KeyBuilder>);

/// For tables of keys.
pub(super) type KeyBuilder = BuildHasherDefault<KeyHasher>;

impl Scope {
    /// Makes room for so many labels more.
    pub fn reserve(&mut self, labels: usize) {
        self.0.reserve(labels);
    }

    /// Takes a label; false where it is taken already.
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

/// Hands a [`Key`], which is a hash, through.
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
        // The table takes its groups from the high bits, which FNV mixes less well.
        self.0 = key ^ key.rotate_left(32);
    }
}
