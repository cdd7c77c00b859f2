//! The objects that a guest may open, live or recorded.

use std::fs;

use wasmtime::Result;
use wasmtime::error::Context;

use crate::live::Live;
use crate::object::{Declared, Opened, Outcome, Problem, Refusal};
use crate::recorded::Recorded;
use crate::stop::Stop;

/// The choices of the command line.
#[derive(Clone)]
pub struct Source {
    /// The objects that may be opened.
    pub allowed: Vec<Vec<u8>>,
    /// The recorded contents of ring buffers, used instead of the kernel.
    pub recorded: Option<Vec<u8>>,
    pub stop: Stop,
    /// The command to run once a guest polls. The host ends after it.
    pub command: Option<String>,
}

impl Source {
    /// A guest that could load any object could read all kernel memory. So it may load only those that were named.
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
