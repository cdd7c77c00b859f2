//! The operations on a BPF object, live or recorded, and their refusals. Knows nothing of guests.

use std::collections::BTreeMap;

/// The kind of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    Denied,
    Unknown,
    Size,
    Order,
    Kernel,
}

/// A refused operation, with the reason for people.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    pub problem: Problem,
    pub message: String,
}

impl Refusal {
    pub fn new(problem: Problem, message: impl Into<String>) -> Refusal {
        let message = message.into();
        Refusal { problem, message }
    }

    pub fn unknown(kind: &str, name: &str) -> Refusal {
        Refusal::new(
            Problem::Unknown,
            format!("the object has no {kind} {name:?}"),
        )
    }
}

pub type Outcome<T> = Result<T, Refusal>;

/// An object that was opened.
pub trait Object: Send {
    fn set_global(&mut self, name: &str, value: &[u8]) -> Outcome<()>;
    fn load(&mut self) -> Outcome<()>;
    fn attach(&mut self, program: &str, tracepoint: &str) -> Outcome<()>;
    fn run(&mut self, program: &str, arguments: &[u64]) -> Outcome<()>;
    /// Waits for records and returns them. Returns an empty list after the timeout, `None` when the host ends.
    fn poll(&mut self, ring: &str, milliseconds: u32) -> Outcome<Option<Vec<u8>>>;
    fn lookup(&mut self, map: &str, key: &[u8]) -> Outcome<Option<Vec<u8>>>;
    fn update(&mut self, map: &str, key: &[u8], value: &[u8]) -> Outcome<()>;
    fn delete(&mut self, map: &str, key: &[u8]) -> Outcome<bool>;
}

/// An object of either kind.
pub type Opened = Box<dyn Object>;

/// The maps and globals that an object's BTF declares, with their sizes in bytes.
pub struct Declared {
    maps: BTreeMap<String, (Option<u64>, Option<u64>)>,
    globals: BTreeMap<String, u64>,
}

impl Declared {
    pub fn read(elf: &[u8]) -> Result<Declared, btf2wit::Error> {
        let package = btf2wit::Config::new()
            .input_bytes("the object", elf)
            .load()?;
        let size = |content: Option<btf2wit::layout::Content>| content.map(|content| content.size);
        let maps = package.maps().into_iter();
        let globals = package.globals().into_iter();
        Ok(Declared {
            maps: maps
                .map(|map| (map.name, (size(map.key), size(map.value))))
                .collect(),
            globals: globals
                .map(|global| (global.name, global.content.size))
                .collect(),
        })
    }

    /// Checks that the object has this global variable, of this size.
    pub fn global(&self, name: &str, value: &[u8]) -> Outcome<()> {
        let size = self.globals.get(name);
        let size = *size.ok_or_else(|| Refusal::unknown("global", name))?;
        fits("global", name, size, value)
    }

    /// Checks that the object has this map, with keys of this size.
    pub fn key(&self, name: &str, key: &[u8]) -> Outcome<()> {
        match self.maps.get(name) {
            Some((Some(size), Some(_))) => fits("key of map", name, *size, key),
            _ => Err(Refusal::unknown("map with keys", name)),
        }
    }

    /// Checks that the object has this map, with values of this size.
    pub fn value(&self, name: &str, value: &[u8]) -> Outcome<()> {
        match self.maps.get(name) {
            Some((Some(_), Some(size))) => fits("value of map", name, *size, value),
            _ => Err(Refusal::unknown("map with keys", name)),
        }
    }

    /// Checks that the object has this ring buffer.
    pub fn ring(&self, name: &str) -> Outcome<()> {
        match self.maps.get(name) {
            Some((None, _)) => Ok(()),
            _ => Err(Refusal::unknown("ring buffer", name)),
        }
    }
}

fn fits(what: &str, name: &str, size: u64, bytes: &[u8]) -> Outcome<()> {
    if bytes.len() as u64 == size {
        return Ok(());
    }
    let given = bytes.len();
    let message = format!("the {what} {name:?} has {size} bytes, not {given}");
    Err(Refusal::new(Problem::Size, message))
}
