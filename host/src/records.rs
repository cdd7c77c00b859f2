//! Polls ring buffers and perf event arrays for records, and submits records to user ring buffers. The records of one
//! poll are returned as one buffer, with the size of each record.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use libbpf_rs::{
    MapCore, MapType, PerfBuffer, PerfBufferBuilder, RingBuffer, RingBufferBuilder, UserRingBuffer,
};

use crate::bpf::Bpf;
use crate::error::{Outcome, Refusal};

/// The size of all records together, in bytes, at which a poll returns. A poll of a perf event array of the kernel has
/// no such limit.
const MAX_BYTES: usize = 1 << 20;
/// The number of records at which a poll returns. A poll of a perf event array of the kernel has no such limit.
const MAX_RECORDS: usize = 4096;
/// The size of a perf event array's buffer for one CPU, in pages.
const PAGES: usize = 64;
/// The maximum time that one system call waits. After each system call, the host checks whether the guest shall end.
const MAX_WAIT: Duration = Duration::from_millis(50);
/// The value that the callback of a ring buffer returns to leave the following records for the next call of libbpf,
/// which stops at any negative value. This one is `-ENOBUFS`, which `epoll_wait` never returns.
const ENOUGH: i32 = -105;

/// Records without gaps between them.
#[derive(Debug, Default)]
pub struct Records {
    pub bytes: Vec<u8>,
    /// The size of each record in bytes.
    pub sizes: Vec<u32>,
    /// The number of records that were lost since the last poll. Only perf event arrays report it.
    pub lost: u64,
}

impl Records {
    pub(crate) fn push(&mut self, record: &[u8]) {
        self.bytes.extend_from_slice(record);
        self.sizes.push(record.len() as u32);
    }

    pub(crate) fn is_full(&self) -> bool {
        self.bytes.len() >= MAX_BYTES || self.sizes.len() >= MAX_RECORDS
    }

    /// Returns the records one by one.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = &self.bytes[..];
        self.sizes.iter().map_while(move |size| {
            let (record, after) = rest.split_at_checked(*size as usize)?;
            rest = after;
            Some(record)
        })
    }
}

type Shared = Arc<Mutex<Records>>;

/// Reads the records of a map.
pub(crate) struct Reader {
    records: Shared,
    source: Source,
}

enum Source {
    Ring(RingBuffer<'static>),
    Perf(PerfBuffer<'static>),
}

impl Reader {
    fn new(map: &impl MapCore) -> libbpf_rs::Result<Reader> {
        let records = Shared::default();
        let source = match map.map_type() {
            MapType::PerfEventArray => {
                let (sample, lost) = (records.clone(), records.clone());
                let buffer = PerfBufferBuilder::new(map)
                    .pages(PAGES)
                    .sample_cb(move |_, record: &[u8]| locked(&sample).push(record))
                    .lost_cb(move |_, count| locked(&lost).lost += count);
                Source::Perf(buffer.build()?)
            }
            _ => {
                let sample = records.clone();
                let mut builder = RingBufferBuilder::new();
                builder.add(map, move |record| {
                    let mut records = locked(&sample);
                    records.push(record);
                    // libbpf counts this record as read, whatever the callback returns.
                    if records.is_full() { ENOUGH } else { 0 }
                })?;
                Source::Ring(builder.build()?)
            }
        };
        Ok(Reader { records, source })
    }

    fn poll(&self, time: Duration) -> libbpf_rs::Result<()> {
        match &self.source {
            Source::Ring(ring) => match ring.poll_raw(time) {
                // The callback returned `ENOUGH`, or a signal came: -4 is `EINTR`.
                ENOUGH | -4 | 0.. => Ok(()),
                error => Err(libbpf_rs::Error::from_raw_os_error(-error)),
            },
            Source::Perf(perf) => match perf.poll(time) {
                Err(error) if error.kind() == libbpf_rs::ErrorKind::Interrupted => Ok(()),
                other => other,
            },
        }
    }
}

fn locked(records: &Shared) -> std::sync::MutexGuard<'_, Records> {
    records.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Bpf {
    /// Waits for records, without a limit if `time` is `None`. Returns no records if none arrive before the time is
    /// over or the guest is asked to end. If a file of records takes the place of the kernel, returns its next records
    /// without waiting.
    pub fn poll(&mut self, name: &str, time: Option<Duration>) -> Outcome<Records> {
        if let Some(recorded) = self.replayed()? {
            let records = recorded.take(name);
            self.is_over = records.sizes.is_empty() && recorded.is_over();
            return Ok(records);
        }
        let records = self.wait(name, time)?;
        if let Some(recording) = &mut self.recording {
            let added = recording.add(name, &records);
            added.map_err(|error| Refusal::of_system(&error).at("the file of records"))?;
        }
        Ok(records)
    }

    fn wait(&mut self, name: &str, time: Option<Duration>) -> Outcome<Records> {
        let failed = |e: libbpf_rs::Error| Refusal::of(format!("map '{name}'"), &e);
        if !self.readers.contains_key(name) {
            let reader = Reader::new(self.map(name)?).map_err(failed)?;
            self.readers.insert(name.to_owned(), reader);
        }
        let stop = self.stop.clone();
        let Some(reader) = self.readers.get(name) else {
            return Ok(Records::default());
        };
        let end = time.map(|time| Instant::now() + time);
        loop {
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            let wait = left.map_or(MAX_WAIT, |left| left.min(MAX_WAIT));
            reader.poll(wait).map_err(failed)?;
            let mut records = locked(&reader.records);
            let is_over = left.is_some_and(|left| left.is_zero());
            if !records.sizes.is_empty() || is_over || stop.is_asked() {
                return Ok(std::mem::take(&mut records));
            }
        }
    }

    /// Hands a record to the program that drains a user ring buffer.
    pub fn submit(&mut self, name: &str, bytes: &[u8]) -> Outcome<()> {
        if self.replayed()?.is_some() {
            // No program takes the record, since the object is not loaded. Only the name of the map is checked.
            return self.declared(name).map(|_| ());
        }
        let failed = |e: libbpf_rs::Error| Refusal::of(format!("map '{name}'"), &e);
        let ring = UserRingBuffer::new(self.map(name)?).map_err(failed)?;
        let mut sample = ring.reserve(bytes.len()).map_err(failed)?;
        sample.copy_from_slice(bytes);
        ring.submit(sample).map_err(failed)
    }
}
