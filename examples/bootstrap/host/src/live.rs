//! An object in this kernel, by aya. Everything hangs on file descriptors and nothing is pinned, so nothing
//! stays behind, however the process ends.

use std::collections::BTreeMap;
use std::error::Error;
use std::io;
use std::os::fd::AsRawFd;
use std::time::{Duration, Instant};

use aya::maps::{Map, MapData, RingBuf};
use aya::programs::{Program, RawTracePointRunOptions, TestRun};
use aya::{Btf, Ebpf, EbpfLoader};

use crate::elements::Elements;
use crate::object::{Declared, Object, Outcome, Problem, Refusal};
use crate::stop::Stop;

/// Bytes that a guest gets at once. The last record may exceed them.
const BATCH: usize = 64 * 1024;

/// The lines of the verifier's log in a message.
const LOG_LINES: usize = 4;

/// The longest delay of a signal that does not interrupt the wait for events.
const SLICE: Duration = Duration::from_millis(100);

pub struct Live {
    elf: Vec<u8>,
    declared: Declared,
    globals: BTreeMap<String, Vec<u8>>,
    loaded: Option<Ebpf>,
    rings: BTreeMap<String, RingBuf<MapData>>,
    stop: Stop,
    /// The command to run once the guest polls.
    command: Option<String>,
}

impl Live {
    pub fn open(elf: Vec<u8>, declared: Declared, stop: Stop, command: Option<String>) -> Live {
        Live {
            elf,
            declared,
            globals: BTreeMap::new(),
            loaded: None,
            rings: BTreeMap::new(),
            stop,
            command,
        }
    }

    fn loaded(&mut self) -> Outcome<&mut Ebpf> {
        self.loaded
            .as_mut()
            .ok_or_else(|| Refusal::new(Problem::Order, "the object is not loaded yet"))
    }

    fn program(&mut self, name: &str) -> Outcome<&mut Program> {
        let program = self.loaded()?.program_mut(name);
        program.ok_or_else(|| Refusal::unknown("program", name))
    }

    fn elements(&mut self, name: &str) -> Outcome<Elements<'_>> {
        match self.loaded()?.map(name) {
            Some(Map::Array(data) | Map::HashMap(data) | Map::LruHashMap(data)) => {
                Elements::new(data).map_err(|error| kernel(name, &error))
            }
            _ => Err(Refusal::unknown("map with keys", name)),
        }
    }

    /// Takes the ring buffer out of the object when it is polled for the first time.
    fn ring(&mut self, name: &str) -> Outcome<&mut RingBuf<MapData>> {
        self.declared.ring(name)?;
        if !self.rings.contains_key(name) {
            let map = self.loaded()?.take_map(name);
            let map = map.ok_or_else(|| Refusal::unknown("ring buffer", name))?;
            let ring = RingBuf::try_from(map).map_err(|error| kernel(name, &error))?;
            self.rings.insert(name.to_owned(), ring);
        }
        let ring = self.rings.get_mut(name);
        ring.ok_or_else(|| Refusal::unknown("ring buffer", name))
    }
}

impl Object for Live {
    fn set_global(&mut self, name: &str, value: &[u8]) -> Outcome<()> {
        self.declared.global(name, value)?;
        if self.loaded.is_some() {
            return Err(Refusal::new(Problem::Order, "the object is loaded already"));
        }
        self.globals.insert(name.to_owned(), value.to_owned());
        Ok(())
    }

    fn load(&mut self) -> Outcome<()> {
        let mut loader = EbpfLoader::new();
        for (name, value) in &self.globals {
            loader.override_global(name, &value[..], true);
        }
        let loaded = loader.load(&self.elf);
        self.loaded = Some(loaded.map_err(|error| kernel("the object", &error))?);
        Ok(())
    }

    fn attach(&mut self, name: &str, tracepoint: &str) -> Outcome<()> {
        let refused = |error: &(dyn Error + 'static)| kernel(name, error);
        match self.program(name)? {
            Program::BtfTracePoint(program) => {
                let btf = Btf::from_sys_fs().map_err(|error| refused(&error))?;
                let loaded = program.load(tracepoint, &btf);
                loaded.map_err(|error| refused(&error))?;
                program.attach().map_err(|error| refused(&error))?;
            }
            Program::RawTracePoint(program) => {
                program.load().map_err(|error| refused(&error))?;
                program
                    .attach(tracepoint)
                    .map_err(|error| refused(&error))?;
            }
            _ => return Err(Refusal::unknown("program for tracepoints", name)),
        }
        Ok(())
    }

    fn run(&mut self, name: &str, arguments: &[u64]) -> Outcome<()> {
        let Program::RawTracePoint(program) = self.program(name)? else {
            return Err(Refusal::unknown("raw_tp program", name));
        };
        if program.fd().is_err() {
            program.load().map_err(|error| kernel(name, &error))?;
        }
        let mut options = RawTracePointRunOptions::new();
        let room = options.args.get_mut(..arguments.len());
        let room = room.ok_or_else(|| Refusal::new(Problem::Size, "more than 12 arguments"))?;
        room.copy_from_slice(arguments);
        program
            .test_run(options)
            .map_err(|error| kernel(name, &error))?;
        Ok(())
    }

    fn poll(&mut self, name: &str, milliseconds: u32) -> Outcome<Option<Vec<u8>>> {
        let (stop, command) = (self.stop.clone(), self.command.take());
        let ring = self.ring(name)?;
        if let Some(command) = command {
            let run = stop.after(&command);
            run.map_err(|error| kernel(&command, &error))?;
        }
        let end = Instant::now() + Duration::from_millis(milliseconds.into());
        loop {
            // Reads events before it checks for the end, so that none is lost.
            let ending = stop.now();
            let records = take(ring);
            let left = end.saturating_duration_since(Instant::now());
            if !records.is_empty() {
                return Ok(Some(records));
            } else if ending {
                return Ok(None);
            } else if left.is_zero() {
                return Ok(Some(records));
            }
            wait(ring, left.min(SLICE)).map_err(|error| kernel(name, &error))?;
        }
    }

    fn lookup(&mut self, map: &str, key: &[u8]) -> Outcome<Option<Vec<u8>>> {
        self.declared.key(map, key)?;
        let found = self.elements(map)?.lookup(key);
        found.map_err(|error| kernel(map, &error))
    }

    fn update(&mut self, map: &str, key: &[u8], value: &[u8]) -> Outcome<()> {
        self.declared.key(map, key)?;
        self.declared.value(map, value)?;
        let done = self.elements(map)?.update(key, value);
        done.map_err(|error| kernel(map, &error))
    }

    fn delete(&mut self, map: &str, key: &[u8]) -> Outcome<bool> {
        self.declared.key(map, key)?;
        let done = self.elements(map)?.delete(key);
        done.map_err(|error| kernel(map, &error))
    }
}

/// Takes the records of a ring buffer, up to about 64 KiB.
pub fn take(ring: &mut RingBuf<MapData>) -> Vec<u8> {
    let mut records = Vec::new();
    while records.len() < BATCH {
        let Some(record) = ring.next() else { break };
        records.extend_from_slice(&record);
    }
    records
}

/// Waits for an event, a signal or the timeout.
fn wait(ring: &RingBuf<MapData>, time: Duration) -> io::Result<()> {
    let mut descriptor = libc::pollfd {
        fd: ring.as_raw_fd(),
        events: libc::POLLIN,
        revents: 0,
    };
    let milliseconds = time.as_millis().max(1) as libc::c_int;
    // SAFETY: the kernel writes to the one `pollfd` that the pointer refers to.
    if unsafe { libc::poll(&raw mut descriptor, 1, milliseconds) } >= 0 {
        return Ok(());
    }
    match io::Error::last_os_error() {
        error if error.kind() == io::ErrorKind::Interrupted => Ok(()),
        error => Err(error),
    }
}

/// Formats an error of the kernel with its causes and the end of the verifier's log.
fn kernel(name: &str, error: &(dyn Error + 'static)) -> Refusal {
    let mut message = format!("{name}: {error}");
    let mut source = error.source();
    while let Some(error) = source {
        let reason = error.to_string();
        if !message.contains(&reason) {
            message = format!("{message}: {reason}");
        }
        source = error.source();
    }
    if let Some((before, log)) = message.split_once("Verifier output:") {
        let lines: Vec<&str> = log.lines().filter(|line| !line.is_empty()).collect();
        let end = lines[lines.len().saturating_sub(LOG_LINES)..].join("\n");
        message = format!("{before}Verifier output ends in:\n{end}");
    }
    Refusal::new(Problem::Kernel, message)
}

/// Returns why this process may not use bpf(2), or `None` if it may.
pub fn refused(elf: &[u8]) -> Result<Option<String>, Refusal> {
    match EbpfLoader::new().load(elf) {
        Ok(_) => Ok(None),
        Err(error) if denied(&error) => Ok(Some(kernel("bpf(2)", &error).message)),
        Err(error) => Err(kernel("the object", &error)),
    }
}

/// Returns whether the kernel denied permission.
fn denied(mut error: &(dyn Error + 'static)) -> bool {
    loop {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return matches!(error.raw_os_error(), Some(libc::EPERM | libc::EACCES));
        }
        match error.source() {
            Some(source) => error = source,
            None => return false,
        }
    }
}
