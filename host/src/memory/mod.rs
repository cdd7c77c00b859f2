//! Maps in memory, for guests that get their records from a file. A map behaves like the kernel's map of the same type.
//! There is one difference: a full LRU map loses the element that was set first, and not the least recently used one.

mod trie;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::ops::Bound;

use libbpf_rs::MapType;

use crate::bpf::Declared;
use crate::error::{E2BIG, EEXIST, EINVAL, ENOENT, ENOMEM, ENOSPC, ENOTSUPP, Outcome, Refusal};
use crate::map::{Entries, check_size, stride};

/// The flags of an update (`BPF_NOEXIST` and `BPF_EXIST` in `linux/bpf.h`).
const NO_EXIST: u64 = 1;
const EXIST: u64 = 2;
/// The limit for a path in bytes (`PATH_MAX` in `linux/limits.h`).
const MAX_PATH: usize = 4096;
/// The limit for the elements of one map, and for a list of entries, in bytes.
const MAX_BYTES: usize = 256 << 20;
/// The memory in bytes that an element needs in addition to its value and ten times its key. An LPM trie keeps a byte
/// for each bit of a key.
const OVERHEAD: usize = 192;
/// The size of a key of an array in bytes.
const INDEX: usize = 4;

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
    /// A queue or a stack, with the oldest value first.
    Pushed(VecDeque<Vec<u8>>),
    /// The elements of any other map, in the order of what [`MemoryMap::place`] returns for their keys, and the number
    /// of updates so far. The keys of a Bloom filter are its values.
    Keyed(BTreeMap<Vec<u8>, Element>, u64),
}

/// An element of a map with keys.
#[derive(Clone, Debug)]
struct Element {
    /// The number of the update that set the element. A full LRU map loses the element with the smallest number.
    update: u64,
    key: Vec<u8>,
    value: Vec<u8>,
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
            MapType::Queue | MapType::Stack => Elements::Pushed(VecDeque::new()),
            _ => Elements::Keyed(BTreeMap::new(), 0),
        };
        let map = MemoryMap {
            name: name.to_owned(),
            declared,
            value_size,
            elements,
        };
        let is_trie = map.declared.kind == MapType::LpmTrie;
        if is_trie && !trie::KEY_SIZES.contains(&map.declared.key_size) {
            return Err(map.refusal(EINVAL, "has keys of a size that the kernel refuses"));
        }
        match value_size > MAX_BYTES {
            true => Err(map.refusal(E2BIG, "has values that are too large to keep in memory")),
            false => Ok(map),
        }
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
                MapType::Stack => Ok(values.back().cloned()),
                _ => Ok(values.front().cloned()),
            },
            Elements::Keyed(elements, _) => {
                self.check_key(key)?;
                let element = match self.declared.kind {
                    MapType::LpmTrie if trie::is_too_long(key) => None,
                    MapType::LpmTrie => trie::longest_prefix(elements, key),
                    _ => elements.get(key),
                };
                Ok(element.map(|element| element.value.clone()))
            }
        }
    }

    /// Returns the value of a key and deletes the key. For a queue or stack, takes the next value.
    pub(crate) fn lookup_and_delete(&mut self, key: &[u8]) -> Outcome<Option<Vec<u8>>> {
        let kind = self.declared.kind;
        match &mut self.elements {
            Elements::Pushed(values) if kind == MapType::Stack => Ok(values.pop_back()),
            Elements::Pushed(values) => Ok(values.pop_front()),
            _ => match kind {
                MapType::Hash
                | MapType::LruHash
                | MapType::PercpuHash
                | MapType::LruPercpuHash
                | MapType::PercpuArray
                | MapType::StackTrace => {
                    let value = self.lookup(key)?;
                    if value.is_some() {
                        self.delete(key)?;
                    }
                    Ok(value)
                }
                _ => Err(self.refusal(ENOTSUPP, "cannot look up and delete in one call")),
            },
        }
    }

    /// Sets the value of a key, or pushes a value.
    pub(crate) fn update(&mut self, key: &[u8], value: &[u8], flags: u64) -> Outcome<()> {
        self.check_value(value)?;
        let is_known = match self.declared.kind {
            MapType::Queue | MapType::Stack => flags == 0 || flags == EXIST,
            MapType::BloomFilter => flags == 0,
            // Only programs write to these maps.
            MapType::StackTrace | MapType::RingBuf | MapType::UserRingBuf => false,
            _ => flags <= EXIST,
        };
        if !is_known {
            return Err(self.refusal(EINVAL, "cannot be updated in this way"));
        }
        let (max, full) = (self.max_elements(), self.full());
        match self.elements {
            Elements::Array(_) => self.set_element(key, value, flags),
            Elements::Pushed(ref mut values) => {
                // With `EXIST`, the kernel replaces the oldest value of a full map.
                if values.len() >= max && flags == EXIST {
                    values.pop_front();
                }
                if values.len() >= max {
                    return Err(full);
                }
                values.push_back(value.to_vec());
                Ok(())
            }
            Elements::Keyed(..) => match self.declared.kind {
                MapType::BloomFilter => self.set_key(value, &[], flags),
                _ => self.set_key(key, value, flags),
            },
        }
    }

    /// Deletes a key. Returns whether the map had it.
    pub(crate) fn delete(&mut self, key: &[u8]) -> Outcome<bool> {
        let kind = self.declared.kind;
        let has_keys = !matches!(kind, MapType::Queue | MapType::Stack | MapType::BloomFilter);
        if has_keys {
            self.check_key(key)?;
            self.check_prefix(key)?;
        }
        let place = self.place(key);
        match &mut self.elements {
            Elements::Keyed(elements, _) if has_keys => Ok(elements.remove(&place).is_some()),
            _ => Err(self.refusal(EINVAL, "keeps its elements")),
        }
    }

    /// Returns at most `limit` entries: those that follow the key `after`, or the first ones if `after` is `None`.
    /// Returns no entries if the map does not have the key `after`, or if the kernel does not list the keys of such a
    /// map.
    pub(crate) fn entries(&self, after: Option<&[u8]>, limit: u32) -> Outcome<Entries> {
        let mut entries = Entries::default();
        let mut push = |key: &[u8], value: &[u8]| {
            entries.keys.extend_from_slice(key);
            entries.values.extend_from_slice(value);
        };
        match &self.elements {
            Elements::Array(values) => {
                let last = after.map(|key| self.index(key)).transpose()?;
                let first = match last {
                    None => 0,
                    Some(Some(last)) => last + 1,
                    Some(None) => self.declared.max_entries,
                };
                let count = limit.min(self.declared.max_entries - first) as usize;
                if count.saturating_mul(INDEX + self.value_size) > MAX_BYTES {
                    return Err(
                        self.refusal(ENOMEM, "is too large for one list: list fewer entries")
                    );
                }
                let zeros = vec![0; self.value_size];
                for index in (first..self.declared.max_entries).take(count) {
                    let value = values.get(&index).unwrap_or(&zeros);
                    push(&index.to_ne_bytes(), value);
                }
            }
            Elements::Keyed(elements, _) if self.has_list() => {
                let mut first = Bound::Unbounded;
                if let Some(after) = after {
                    self.check_key(after)?;
                    let place = self.place(after);
                    if elements
                        .get(&place)
                        .is_none_or(|element| element.key != after)
                    {
                        return Ok(entries);
                    }
                    first = Bound::Excluded(place);
                }
                let next = elements.range((first, Bound::Unbounded));
                next.take(limit as usize)
                    .for_each(|(_, element)| push(&element.key, &element.value));
            }
            _ => {}
        }
        Ok(entries)
    }

    fn set_element(&mut self, key: &[u8], value: &[u8], flags: u64) -> Outcome<()> {
        let index = self.index(key)?;
        let index = index.ok_or_else(|| self.refusal(E2BIG, "has no such element"))?;
        if flags == NO_EXIST {
            return Err(self.refusal(EEXIST, "has the element already"));
        }
        let (max, full) = (self.max_elements(), self.full());
        if let Elements::Array(values) = &mut self.elements {
            if values.len() >= max && !values.contains_key(&index) {
                return Err(full);
            }
            values.insert(index, value.to_vec());
        }
        Ok(())
    }

    fn set_key(&mut self, key: &[u8], value: &[u8], flags: u64) -> Outcome<()> {
        let kind = self.declared.kind;
        self.check_key(key)?;
        self.check_prefix(key)?;
        let missing = self.refusal(ENOENT, "does not have the key");
        let present = self.refusal(EEXIST, "has the key already");
        let (max, full, place) = (self.max_elements(), self.full(), self.place(key));
        let Elements::Keyed(elements, updates) = &mut self.elements else {
            return Ok(());
        };
        let is_present = elements.contains_key(&place);
        match is_present {
            true if flags == NO_EXIST => return Err(present),
            false if flags == EXIST => return Err(missing),
            _ => {}
        }
        if elements.len() >= max && !is_present {
            match kind {
                MapType::LruHash | MapType::LruPercpuHash => {
                    let oldest = elements.iter().min_by_key(|(_, element)| element.update);
                    let oldest = oldest.map(|(place, _)| place.clone()).unwrap_or_default();
                    elements.remove(&oldest);
                }
                _ => return Err(full),
            }
        }
        *updates += 1;
        let element = Element {
            update: *updates,
            key: key.to_vec(),
            value: value.to_vec(),
        };
        elements.insert(place, element);
        Ok(())
    }

    /// Returns the maximum number of elements: the number that the object declares, or less if they would need more than
    /// `MAX_BYTES`. For a Bloom filter, the kernel does not limit the number of values, so only `MAX_BYTES` counts.
    fn max_elements(&self) -> usize {
        let key_size = match self.has_paths() {
            true => MAX_PATH,
            false => self.declared.key_size as usize,
        };
        let allowed = MAX_BYTES / (self.value_size + 10 * key_size + OVERHEAD);
        match self.declared.kind {
            MapType::BloomFilter => allowed,
            _ => allowed.min(self.declared.max_entries as usize),
        }
    }

    /// Returns the refusal of an element beyond `max_elements`.
    fn full(&self) -> Refusal {
        let is_declared = self.max_elements() == self.declared.max_entries as usize;
        match self.declared.kind {
            MapType::LpmTrie if is_declared => self.refusal(ENOSPC, "is full"),
            kind if is_declared && kind != MapType::BloomFilter => self.refusal(E2BIG, "is full"),
            _ => {
                let what = format!("would have more than {} MiB", MAX_BYTES >> 20);
                self.refusal(ENOMEM, &format!("{what}: keep fewer elements"))
            }
        }
    }

    /// Returns the bytes by which a key is found and listed. Two keys of an LPM trie are the same if the bits of their
    /// prefixes are. The kernel lists a trie's prefixes by their bits, each after the longer ones that it contains.
    fn place(&self, key: &[u8]) -> Vec<u8> {
        match self.declared.kind {
            MapType::LpmTrie => trie::place(key),
            _ => key.to_vec(),
        }
    }

    /// Returns whether the keys of the map are paths.
    fn has_paths(&self) -> bool {
        let kind = self.declared.kind;
        matches!(kind, MapType::InodeStorage | MapType::CGrpStorage)
    }

    /// Returns whether the kernel lists the keys of the map.
    fn has_list(&self) -> bool {
        let kind = self.declared.kind;
        !self.has_paths() && !matches!(kind, MapType::TaskStorage | MapType::BloomFilter)
    }

    /// Returns the index that is the key of an array, or `None` if the array has no such element.
    fn index(&self, key: &[u8]) -> Outcome<Option<u32>> {
        self.check_key(key)?;
        let index = <[u8; INDEX]>::try_from(key).map(u32::from_ne_bytes);
        Ok(index
            .ok()
            .filter(|index| *index < self.declared.max_entries))
    }

    fn check_key(&self, key: &[u8]) -> Outcome<()> {
        match self.declared.kind {
            MapType::BloomFilter => self.check_value(key),
            _ if self.has_paths() && key.len() <= MAX_PATH => Ok(()),
            _ if self.has_paths() => {
                let what = format!("takes paths of at most {MAX_PATH} bytes");
                Err(self.refusal(EINVAL, &what))
            }
            _ => check_size(&self.name, "key", self.declared.key_size as usize, key),
        }
    }

    fn check_prefix(&self, key: &[u8]) -> Outcome<()> {
        match self.declared.kind == MapType::LpmTrie && trie::is_too_long(key) {
            true => Err(self.refusal(EINVAL, "has shorter keys than this prefix")),
            false => Ok(()),
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

#[cfg(test)]
mod tests;
