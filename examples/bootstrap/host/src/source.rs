//! Where objects come from: which ones a guest may open, and whether they are live or recorded.

use std::fs;

use wasmtime::Result;
use wasmtime::error::Context;

use crate::live::Live;
use crate::object::{Declared, Opened, Outcome, Problem, Refusal};
use crate::recorded::Recorded;
use crate::stop::Stop;

/// What was said on the command line.
#[derive(Clone)]
pub struct Source {
    /// The objects that may be opened.
    pub allowed: Vec<Vec<u8>>,
    /// What ring buffers say, where no kernel is asked.
    pub recorded: Option<Vec<u8>>,
    pub stop: Stop,
    /// What to run once a guest listens, and to end after.
    pub command: Option<String>,
}

impl Source {
    /// A guest that may load any object may read all of the kernel: it may load those that were named.
    pub fn open(&self, elf: Vec<u8>) -> Outcome<Opened> {
        if !self.allowed.contains(&elf) {
            let message = "the host was told of no such object";
            return Err(Refusal::new(Problem::Denied, message));
        }
        let declared = Declared::read(&elf)
            .map_err(|error| Refusal::new(Problem::Unknown, error.to_string()))?;
        Ok(match &self.recorded {
            Some(records) => Box::new(Recorded::open(declared, records.clone())),
            None => {
                let (stop, command) = (self.stop.clone(), self.command.clone());
                Box::new(Live::open(elf, declared, stop, command))
            }
        })
    }
}

pub fn read(path: &str) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {path}"))
}
