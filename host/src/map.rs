//! Looks up, sets, deletes and lists the elements of maps.

use std::fs::File;
use std::os::fd::{AsRawFd, OwnedFd};

use libbpf_rs::{MapCore, MapFlags, MapHandle, MapType};
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use crate::bpf::Bpf;
use crate::error::{ENOENT, ESRCH, Outcome, Refusal};
use crate::target;

/// The number of entries after which a listing checks whether the guest shall end.
const CHECK_EVERY: u32 = 1 << 16;

/// Entries of a map: all keys without gaps between them, and all values in the same order.
#[derive(Debug, Default)]
pub struct Entries {
    pub keys: Vec<u8>,
    pub values: Vec<u8>,
}

impl Bpf {
    /// Returns the value of a key, or `None` if the map does not have the key. For a Bloom filter, which has no keys,
    /// `key` is the value to search for. The result is then an empty list if the filter may contain this value, and
    /// otherwise `None`. For a queue or stack, `key` is not used and the next value is returned.
    pub fn lookup(&mut self, name: &str, key: &[u8]) -> Outcome<Option<Vec<u8>>> {
        if let Some(map) = self.in_memory(name)? {
            return map.lookup(key);
        }
        let map = self.map(name)?;
        let failed = |e: libbpf_rs::Error| failed(name, &e);
        if map.map_type() == MapType::BloomFilter {
            check_size(name, "value", map.value_size() as usize, key)?;
            let found = map.lookup_bloom_filter(key).map_err(failed)?;
            return Ok(found.then(Vec::new));
        }
        let key = Key::of(name, map, key)?;
        lookup(map, key.bytes()).map_err(failed)
    }

    /// Returns the value of a key and deletes the key. Returns `None` if the map does not have the key. For a queue or
    /// stack, `key` is not used and the next value is taken.
    pub fn lookup_and_delete(&mut self, name: &str, key: &[u8]) -> Outcome<Option<Vec<u8>>> {
        if let Some(map) = self.in_memory(name)? {
            return map.lookup_and_delete(key);
        }
        let map = self.map(name)?;
        let key = Key::of(name, map, key)?;
        let failed = |e: libbpf_rs::Error| failed(name, &e);
        if map.map_type().is_percpu() {
            let found = lookup(map, key.bytes()).map_err(failed)?;
            if found.is_some() {
                map.delete(key.bytes()).map_err(failed)?;
            }
            return Ok(found);
        }
        map.lookup_and_delete(key.bytes()).map_err(failed)
    }

    /// Sets the value of a key. For a queue, stack or Bloom filter, `key` is not used and the value is pushed. The
    /// kernel gets `flags`, such as `BPF_NOEXIST`.
    pub fn update(&mut self, name: &str, key: &[u8], value: &[u8], flags: u64) -> Outcome<()> {
        if let Some(map) = self.in_memory(name)? {
            return map.update(key, value, flags);
        }
        let map = self.map(name)?;
        let key = Key::of(name, map, key)?;
        let flags = MapFlags::from_bits_retain(flags);
        let failed = |e: libbpf_rs::Error| failed(name, &e);
        if map.map_type().is_percpu() {
            let values = of_cpus(name, map, value)?;
            return map
                .update_percpu(key.bytes(), &values, flags)
                .map_err(failed);
        }
        check_size(name, "value", map.value_size() as usize, value)?;
        map.update(key.bytes(), value, flags).map_err(failed)
    }

    /// Deletes a key. Returns whether the map had the key.
    pub fn delete_key(&mut self, name: &str, key: &[u8]) -> Outcome<bool> {
        if let Some(map) = self.in_memory(name)? {
            return map.delete(key);
        }
        let map = self.map(name)?;
        let key = Key::of(name, map, key)?;
        match map.delete(key.bytes()).map_err(|e| failed(name, &e)) {
            Ok(()) => Ok(true),
            Err(refusal) if refusal.code == ENOENT => Ok(false),
            Err(refusal) => Err(refusal),
        }
    }

    /// Returns at most `limit` entries: those that follow the key `after`, or the first ones if `after` is `None`.
    pub fn entries(&mut self, name: &str, after: Option<&[u8]>, limit: u32) -> Outcome<Entries> {
        if let Some(map) = self.in_memory(name)? {
            return map.entries(after, limit);
        }
        let stop = self.stop.clone();
        let map = self.map(name)?;
        let mut entries = Entries::default();
        let mut keys = map.keys();
        if let Some(after) = after {
            check_size(name, "key", map.key_size() as usize, after)?;
            // If the map no longer has the key, `find` takes all keys, and the list stays empty.
            keys.find(|key| key == after);
        }
        let (mut left, mut count) = (limit, 0_u32);
        while let Some(key) = keys.next().filter(|_| left > 0) {
            // Listing millions of entries takes long, so it is given up if the guest shall end.
            count = count.wrapping_add(1);
            if count % CHECK_EVERY == 0 && stop.is_asked() {
                return Err(Refusal::stopped());
            }
            // A BPF program may have deleted the key meanwhile. Such a key is left out.
            if let Some(value) = lookup(map, &key).map_err(|e| failed(name, &e))? {
                entries.keys.extend_from_slice(&key);
                entries.values.extend_from_slice(&value);
                left -= 1;
            }
        }
        Ok(entries)
    }
}

/// Returns the value of a key. For a map with one value for each CPU, returns all these values in a row, each padded to
/// a multiple of 8 bytes.
fn lookup(map: &MapHandle, key: &[u8]) -> libbpf_rs::Result<Option<Vec<u8>>> {
    if !map.map_type().is_percpu() {
        return map.lookup(key, MapFlags::ANY);
    }
    let stride = stride(map.value_size());
    let values = map.lookup_percpu(key, MapFlags::ANY)?;
    Ok(values.map(|values| {
        let mut all = Vec::new();
        for value in values {
            all.extend_from_slice(&value);
            all.resize(all.len().next_multiple_of(stride), 0);
        }
        all
    }))
}

/// Returns the distance in bytes between the values of two CPUs.
pub(crate) fn stride(value_size: u32) -> usize {
    // The kernel refuses maps with empty values, so the minimum only prevents a division by zero.
    (value_size as usize).next_multiple_of(8).max(8)
}

/// Splits the values of all CPUs, which are in the form that `lookup` returns. Fails unless each CPU has one value.
fn of_cpus(name: &str, map: &MapHandle, bytes: &[u8]) -> Outcome<Vec<Vec<u8>>> {
    let size = map.value_size() as usize;
    let stride = stride(map.value_size());
    let cpus = libbpf_rs::num_possible_cpus().map_err(|e| failed(name, &e))?;
    if bytes.len() != stride * cpus {
        let given = bytes.len() / stride;
        return Err(Refusal::new(format!(
            "a value of map '{name}' has an element for each of {cpus} CPUs, not {given}"
        )));
    }
    // libbpf-rs pads the values itself, so the padding is removed here.
    Ok(bytes
        .chunks(stride)
        .map(|value| value[..size].to_vec())
        .collect())
}

/// A key as the kernel takes it. For a map with data for files, cgroups or tasks, this is a file descriptor.
enum Key<'a> {
    Bytes(&'a [u8]),
    File { bytes: [u8; 4], _open: Open },
}

/// Keeps the file or process of a key open while the kernel uses its descriptor.
enum Open {
    File { _file: File },
    Process { _process: OwnedFd },
}

impl<'a> Key<'a> {
    fn of(name: &str, map: &MapHandle, key: &'a [u8]) -> Outcome<Key<'a>> {
        match map.map_type() {
            MapType::InodeStorage | MapType::CGrpStorage => {
                let path = std::str::from_utf8(key)
                    .map_err(|_| Refusal::new(format!("a key of map '{name}' is no path")))?;
                let file = target::open(path)?;
                Ok(Key::File {
                    bytes: file.as_raw_fd().to_ne_bytes(),
                    _open: Open::File { _file: file },
                })
            }
            MapType::TaskStorage => Key::of_process(name, key),
            MapType::Queue | MapType::Stack | MapType::BloomFilter => Ok(Key::Bytes(&[])),
            _ => {
                check_size(name, "key", map.key_size() as usize, key)?;
                Ok(Key::Bytes(key))
            }
        }
    }

    fn of_process(name: &str, key: &[u8]) -> Outcome<Key<'a>> {
        let bytes = <[u8; 4]>::try_from(key);
        let bytes =
            bytes.map_err(|_| Refusal::new(format!("a key of map '{name}' is no process id")))?;
        let id = u32::from_ne_bytes(bytes);
        let process = open_process(id)?;
        Ok(Key::File {
            bytes: process.as_raw_fd().to_ne_bytes(),
            _open: Open::Process { _process: process },
        })
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Key::Bytes(bytes) => bytes,
            Key::File { bytes, .. } => bytes,
        }
    }
}

/// Opens a process by its id. Returns a file descriptor.
fn open_process(id: u32) -> Outcome<OwnedFd> {
    let id = i32::try_from(id).ok().and_then(Pid::from_raw);
    let id = id.ok_or_else(|| Refusal {
        code: ESRCH,
        message: "there is no process 0".to_owned(),
    })?;
    let opened = pidfd_open(id, PidfdFlags::empty());
    opened.map_err(|error| {
        Refusal::of_system(&error.into()).at(format!("process {}", id.as_raw_nonzero()))
    })
}

/// Fails if a key or value (`what`) of a map has another size than the map demands, in bytes.
pub(crate) fn check_size(name: &str, what: &str, size: usize, given: &[u8]) -> Outcome<()> {
    match given.len() == size {
        true => Ok(()),
        false => Err(Refusal::new(format!(
            "a {what} of map '{name}' has {size} bytes, not {}",
            given.len()
        ))),
    }
}

fn failed(name: &str, error: &libbpf_rs::Error) -> Refusal {
    Refusal::of(format!("map '{name}'"), error)
}
