//! Maps in memory, for guests that get their records from a file. A map imitates the kernel's map of the same type:
//! its sizes, its maximum number of entries, and the flags `BPF_NOEXIST` and `BPF_EXIST`. Entries are listed in the
//! order of their keys.

use std::collections::{BTreeMap, HashMap, VecDeque};

use libbpf_rs::MapType;

use crate::bpf::Declared;
use crate::error::{E2BIG, EEXIST, EINVAL, ENOENT, Outcome, Refusal};
use crate::map::{Entries, check_size, stride};

/// The flags of an update (`BPF_NOEXIST` and `BPF_EXIST` in `linux/bpf.h`).
const NO_EXIST: u64 = 1;
const EXIST: u64 = 2;
/// A key of an LPM trie begins with the length of its prefix (`struct bpf_lpm_trie_key_hdr`). This length has 4 bytes.
const PREFIX: usize = 4;

/// The limit for a path in bytes (`PATH_MAX` in `linux/limits.h`).
const MAX_PATH: usize = 4096;

/// A map with its elements.
#[derive(Clone, Debug)]
pub(crate) struct MemoryMap {
    name: String,
    declared: Declared,
    /// The size of a value in bytes. For a per-CPU map, this is the size of the values of all CPUs together.
    value_size: usize,
    elements: Elements,
}

#[derive(Clone, Debug)]
enum Elements {
    /// An array. Elements that were never set are zeros.
    Array(HashMap<u32, Vec<u8>>),
    /// A queue, a stack or a Bloom filter, with the oldest value first.
    Pushed(VecDeque<Vec<u8>>),
    /// Any other map. Each value has the number of the update that set it. The last field is the number of updates.
    Keyed(BTreeMap<Vec<u8>, (u64, Vec<u8>)>, u64),
}

impl MemoryMap {
    pub(crate) fn new(name: &str, declared: Declared) -> Outcome<MemoryMap> {
        let size = declared.value_size as usize;
        let value_size = match declared.kind.is_percpu() {
            false => size,
            true => {
                let cpus = libbpf_rs::num_possible_cpus();
                stride(declared.value_size) * cpus.map_err(|e| Refusal::of_libbpf(&e))?
            }
        };
        let elements = match declared.kind {
            MapType::Array | MapType::PercpuArray => Elements::Array(HashMap::new()),
            MapType::Queue | MapType::Stack | MapType::BloomFilter => {
                Elements::Pushed(VecDeque::new())
            }
            _ => Elements::Keyed(BTreeMap::new(), 0),
        };
        Ok(MemoryMap {
            name: name.to_owned(),
            declared,
            value_size,
            elements,
        })
    }

    /// Returns the value of a key, or `None`. For a queue or stack, `key` is not used and the next value is returned.
    /// For a Bloom filter, `key` is a value, and the result is an empty list if the filter has it.
    pub(crate) fn lookup(&self, key: &[u8]) -> Outcome<Option<Vec<u8>>> {
        match &self.elements {
            Elements::Array(values) => Ok(self.index(key)?.map(|index| {
                let value = values.get(&index).cloned();
                value.unwrap_or_else(|| vec![0; self.value_size])
            })),
            Elements::Pushed(values) => match self.declared.kind {
                MapType::BloomFilter => {
                    self.check_value(key)?;
                    Ok(values.iter().any(|value| value == key).then(Vec::new))
                }
                MapType::Stack => Ok(values.back().cloned()),
                _ => Ok(values.front().cloned()),
            },
            Elements::Keyed(values, _) => {
                self.check_key(key)?;
                let value = match self.declared.kind {
                    MapType::LpmTrie => longest_prefix(values, key),
                    _ => values.get(key),
                };
                Ok(value.map(|(_, value)| value.clone()))
            }
        }
    }

    /// Returns the value of a key and deletes the key. For a queue or stack, takes the next value.
    pub(crate) fn lookup_and_delete(&mut self, key: &[u8]) -> Outcome<Option<Vec<u8>>> {
        let is_stack = self.declared.kind == MapType::Stack;
        match &mut self.elements {
            Elements::Pushed(values) if is_stack => Ok(values.pop_back()),
            Elements::Pushed(values) => Ok(values.pop_front()),
            _ => {
                let value = self.lookup(key)?;
                self.delete(key)?;
                Ok(value)
            }
        }
    }

    /// Sets the value of a key, or pushes a value.
    pub(crate) fn update(&mut self, key: &[u8], value: &[u8], flags: u64) -> Outcome<()> {
        self.check_value(value)?;
        let full = self.refusal(E2BIG, "is full");
        match self.elements {
            Elements::Array(_) => self.set_element(key, value, flags),
            Elements::Pushed(ref mut values) => {
                if values.len() >= self.declared.max_entries as usize {
                    // With `BPF_EXIST`, a queue or stack of the kernel replaces its oldest value.
                    if flags & EXIST == 0 {
                        return Err(full);
                    }
                    values.pop_front();
                }
                values.push_back(value.to_vec());
                Ok(())
            }
            Elements::Keyed(..) => self.set_key(key, value, flags),
        }
    }

    /// Deletes a key. Returns whether the map had it. Fails for an array, a queue, a stack and a Bloom filter.
    pub(crate) fn delete(&mut self, key: &[u8]) -> Outcome<bool> {
        self.check_key(key)?;
        match &mut self.elements {
            Elements::Keyed(values, _) => Ok(values.remove(key).is_some()),
            _ => Err(self.refusal(EINVAL, "keeps its elements")),
        }
    }

    /// Returns at most `limit` entries: those that follow the key `after`, or the first ones if `after` is `None`.
    pub(crate) fn entries(&self, after: Option<&[u8]>, limit: u32) -> Outcome<Entries> {
        let mut entries = Entries::default();
        let mut push = |key: &[u8], value: &[u8]| {
            entries.keys.extend_from_slice(key);
            entries.values.extend_from_slice(value);
        };
        if let Some(after) = after {
            self.check_key(after)?;
        }
        match &self.elements {
            Elements::Array(values) => {
                let after = after.map(|key| self.index(key)).transpose()?.flatten();
                let first = after.map_or(0, |index| index.saturating_add(1));
                let zeros = vec![0; self.value_size];
                for index in (first..self.declared.max_entries).take(limit as usize) {
                    let value = values.get(&index).unwrap_or(&zeros);
                    push(&index.to_ne_bytes(), value);
                }
            }
            Elements::Pushed(_) => return Err(self.refusal(EINVAL, "has no keys")),
            Elements::Keyed(values, _) => {
                let is_next = |key: &[u8]| after.is_none_or(|after| key > after);
                let next = values.iter().filter(|(key, _)| is_next(key));
                next.take(limit as usize)
                    .for_each(|(key, (_, value))| push(key, value));
            }
        }
        Ok(entries)
    }

    fn set_element(&mut self, key: &[u8], value: &[u8], flags: u64) -> Outcome<()> {
        let index = self.index(key)?;
        let index = index.ok_or_else(|| self.refusal(E2BIG, "has no such element"))?;
        if flags & NO_EXIST != 0 {
            return Err(self.refusal(EEXIST, "has the element already"));
        }
        if let Elements::Array(values) = &mut self.elements {
            values.insert(index, value.to_vec());
        }
        Ok(())
    }

    fn set_key(&mut self, key: &[u8], value: &[u8], flags: u64) -> Outcome<()> {
        self.check_key(key)?;
        let missing = self.refusal(ENOENT, "does not have the key");
        let present = self.refusal(EEXIST, "has the key already");
        let full = self.refusal(E2BIG, "is full");
        let Elements::Keyed(values, updates) = &mut self.elements else {
            return Ok(());
        };
        match values.contains_key(key) {
            true if flags & NO_EXIST != 0 => return Err(present),
            false if flags & EXIST != 0 => return Err(missing),
            _ => {}
        }
        if values.len() >= self.declared.max_entries as usize && !values.contains_key(key) {
            match self.declared.kind {
                MapType::LruHash | MapType::LruPercpuHash => {
                    let oldest = values.iter().min_by_key(|(_, (update, _))| *update);
                    let oldest = oldest.map(|(key, _)| key.clone()).unwrap_or_default();
                    values.remove(&oldest);
                }
                _ => return Err(full),
            }
        }
        *updates += 1;
        values.insert(key.to_vec(), (*updates, value.to_vec()));
        Ok(())
    }

    /// Returns the index that is the key of an array, or `None` if the array has no such element.
    fn index(&self, key: &[u8]) -> Outcome<Option<u32>> {
        self.check_key(key)?;
        let index = <[u8; 4]>::try_from(key).map(u32::from_ne_bytes);
        Ok(index
            .ok()
            .filter(|index| *index < self.declared.max_entries))
    }

    fn check_key(&self, key: &[u8]) -> Outcome<()> {
        match self.declared.kind {
            // These keys are paths.
            MapType::InodeStorage | MapType::CGrpStorage if key.len() <= MAX_PATH => Ok(()),
            MapType::LpmTrie if prefix_bits(key) > 8 * key.len().saturating_sub(PREFIX) => {
                Err(self.refusal(EINVAL, "has shorter keys than this prefix"))
            }
            _ => check_size(&self.name, "key", self.declared.key_size as usize, key),
        }
    }

    fn check_value(&self, value: &[u8]) -> Outcome<()> {
        check_size(&self.name, "value", self.value_size, value)
    }

    fn refusal(&self, code: u32, what: &str) -> Refusal {
        Refusal {
            code,
            message: format!("map '{}' {what}", self.name),
        }
    }
}

/// Returns the value of the longest prefix in an LPM trie with which `key` begins.
fn longest_prefix<'a, T>(values: &'a BTreeMap<Vec<u8>, T>, key: &[u8]) -> Option<&'a T> {
    let matching = values.iter().filter(|(prefix, _)| {
        let bits = prefix_bits(prefix);
        bits <= prefix_bits(key) && (0..bits).all(|at| bit(prefix, at) == bit(key, at))
    });
    let longest = matching.max_by_key(|(prefix, _)| prefix_bits(prefix));
    longest.map(|(_, value)| value)
}

/// Returns the length of the prefix in a key of an LPM trie, in bits.
fn prefix_bits(key: &[u8]) -> usize {
    let number = key.first_chunk::<PREFIX>();
    number.map_or(0, |number| u32::from_ne_bytes(*number) as usize)
}

/// Returns a bit of a prefix. The highest bit of the first byte after the length is bit 0.
fn bit(key: &[u8], at: usize) -> Option<bool> {
    let byte = key.get(PREFIX + at / 8)?;
    Some(byte << (at % 8) & 0x80 != 0)
}
