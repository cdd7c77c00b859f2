//! Reads and writes files of records. Each line has the name of a map, a space, and the bytes of one record in
//! hexadecimal. [`Recording`] writes such a file. With [`Recorded`], a guest gets the records of a file in place of the
//! kernel's.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Write as _};

use crate::bpf::Declared;
use crate::error::Outcome;
use crate::memory::MemoryMap;
use crate::records::Records;

/// The file to which the records that a guest gets are written.
pub(crate) struct Recording(pub(crate) File);

impl Recording {
    /// Adds the records of a map.
    pub(crate) fn add(&mut self, map: &str, records: &Records) -> io::Result<()> {
        let mut lines = String::new();
        for record in records.iter() {
            lines.push_str(map);
            lines.push(' ');
            for byte in record {
                let _ = write!(lines, "{byte:02x}");
            }
            lines.push('\n');
        }
        self.0.write_all(lines.as_bytes())
    }
}

/// Takes the place of a loaded object. Ring buffers and perf event arrays have the records of a file, and other maps
/// have the elements that the guest stores.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// The records that the guest has not taken yet, by map.
    records: HashMap<String, VecDeque<Vec<u8>>>,
    /// The other maps that the guest has used, by name.
    maps: HashMap<String, MemoryMap>,
    /// Whether the guest has called `load`.
    pub(crate) is_loaded: bool,
    /// The number of polls in a row that returned no records.
    empty_polls: usize,
}

impl Recorded {
    /// Parses the text of a file of records. An error says the number of the line.
    pub fn parse(text: &str) -> Result<Recorded, String> {
        let mut recorded = Recorded::default();
        for (at, line) in text.lines().enumerate() {
            let wrong = || format!("line {}: not a map and bytes in hexadecimal", at + 1);
            let (map, bytes) = line.split_once(' ').ok_or_else(wrong)?;
            let bytes = hex(bytes).ok_or_else(wrong)?;
            let records = recorded.records.entry(map.to_owned()).or_default();
            records.push_back(bytes);
        }
        Ok(recorded)
    }

    /// Returns whether the guest has taken all records, or seems to poll only maps that have none left. The latter is
    /// assumed after a series of polls without records that is longer than the number of maps in the file.
    pub(crate) fn is_over(&self) -> bool {
        self.records.values().all(VecDeque::is_empty) || self.empty_polls > self.records.len()
    }

    /// Takes the next records of a map, up to the limits of one call.
    pub(crate) fn take(&mut self, map: &str) -> Records {
        let mut taken = Records::default();
        let left = self.records.get_mut(map);
        let mut left = left.into_iter().flat_map(|left| left.drain(..));
        // Records beyond these limits are kept for the next call.
        let mut kept = VecDeque::new();
        for record in left.by_ref() {
            match taken.is_full() {
                true => kept.push_back(record),
                false => taken.push(&record),
            }
        }
        drop(left);
        if !kept.is_empty() {
            self.records.insert(map.to_owned(), kept);
        }
        self.empty_polls = match taken.sizes.is_empty() {
            true => self.empty_polls + 1,
            false => 0,
        };
        taken
    }

    /// Returns the names of the maps that have records in the file.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.records.keys().map(String::as_str)
    }

    /// Returns the map in memory with this name. The first call for a name makes the map.
    pub(crate) fn map(&mut self, name: &str, declared: Declared) -> Outcome<&mut MemoryMap> {
        match self.maps.entry(name.to_owned()) {
            Entry::Occupied(map) => Ok(map.into_mut()),
            Entry::Vacant(place) => Ok(place.insert(MemoryMap::new(name, declared)?)),
        }
    }
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let digit = |digit: u8| char::from(digit).to_digit(16);
    let byte = |pair: &[u8; 2]| Some((digit(pair[0])? * 16 + digit(pair[1])?) as u8);
    rest.is_empty()
        .then(|| pairs.iter().map(byte).collect())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::Recorded;

    #[test]
    fn records_are_taken_in_order() {
        let parsed = Recorded::parse("events 0a0B\nother ff\nevents 01\n");
        let mut recorded = parsed.unwrap_or_default();
        let taken = recorded.take("events");
        assert_eq!((taken.bytes, taken.sizes), (vec![10, 11, 1], vec![2, 1]));
        assert!(!recorded.is_over());
        assert_eq!(recorded.take("other").sizes, [1]);
        assert!(recorded.is_over() && recorded.take("none").sizes.is_empty());
    }

    #[test]
    fn a_guest_that_polls_another_map_ends() {
        let mut recorded = Recorded::parse("events 0a\n").unwrap_or_default();
        assert!(recorded.take("other").sizes.is_empty() && !recorded.is_over());
        assert!(recorded.take("other").sizes.is_empty() && recorded.is_over());
        assert_eq!(recorded.take("events").sizes, [1]);
    }

    #[test]
    fn a_broken_line_is_named() {
        for text in [
            "events 0a\nevents 0\n",
            "events 0a\nevents",
            "events 0a\ne 0g",
        ] {
            let refused = Recorded::parse(text).err();
            assert!(
                refused.is_some_and(|why| why.starts_with("line 2:")),
                "{text}"
            );
        }
    }
}
