//! An object without a kernel: ring buffers replay recorded bytes, and maps hold what the guest stores.
//! Needs no privileges.

use std::collections::BTreeMap;

use crate::object::{Declared, Object, Outcome};

pub struct Recorded {
    declared: Declared,
    elements: BTreeMap<String, BTreeMap<Vec<u8>, Vec<u8>>>,
    /// The records that are left.
    records: Option<Vec<u8>>,
}

impl Recorded {
    pub fn open(declared: Declared, records: Vec<u8>) -> Recorded {
        Recorded {
            declared,
            elements: BTreeMap::new(),
            records: Some(records),
        }
    }
}

impl Object for Recorded {
    fn set_global(&mut self, name: &str, value: &[u8]) -> Outcome<()> {
        self.declared.global(name, value)
    }

    fn load(&mut self) -> Outcome<()> {
        Ok(())
    }

    fn attach(&mut self, _: &str, _: &str) -> Outcome<()> {
        Ok(())
    }

    fn run(&mut self, _: &str, _: &[u64]) -> Outcome<()> {
        Ok(())
    }

    fn poll(&mut self, ring: &str, _: u32) -> Outcome<Option<Vec<u8>>> {
        self.declared.ring(ring)?;
        Ok(self.records.take())
    }

    fn lookup(&mut self, map: &str, key: &[u8]) -> Outcome<Option<Vec<u8>>> {
        self.declared.key(map, key)?;
        let elements = self.elements.get(map);
        Ok(elements.and_then(|elements| elements.get(key)).cloned())
    }

    fn update(&mut self, map: &str, key: &[u8], value: &[u8]) -> Outcome<()> {
        self.declared.key(map, key)?;
        self.declared.value(map, value)?;
        let elements = self.elements.entry(map.to_owned()).or_default();
        elements.insert(key.to_owned(), value.to_owned());
        Ok(())
    }

    fn delete(&mut self, map: &str, key: &[u8]) -> Outcome<bool> {
        self.declared.key(map, key)?;
        let elements = self.elements.get_mut(map);
        Ok(elements.is_some_and(|elements| elements.remove(key).is_some()))
    }
}
