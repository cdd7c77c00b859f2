//! Makes the kernel write events, and reads them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use aya::maps::{Array, RingBuf};
use aya::programs::{RawTracePoint, RawTracePointRunOptions, TestRun};
use aya::{Ebpf, EbpfLoader};
use bootstrap_host::live::take;
use wasmtime::Result;
use wasmtime::error::Context;

use crate::ways::Way;

const TIME: Duration = Duration::from_secs(2);

/// Bytes of the ring buffer: enough for a reader that the scheduler takes from its CPU for some time.
const RING: u32 = 64 << 20;

/// How many events the program writes when it is called once.
const CALL: u64 = 100;

/// The fate of the events. Rates divide by the time until the last event was read.
pub struct Flow {
    written: u64,
    handled: u64,
    time: Duration,
    /// Counted by the program, where the ring buffer had no room.
    pub lost: u64,
}

impl Flow {
    pub fn written_per_second(&self) -> u64 {
        (self.written as f64 / self.time.as_secs_f64()) as u64
    }

    pub fn handled_per_second(&self) -> u64 {
        (self.handled as f64 / self.time.as_secs_f64()) as u64
    }
}

/// Writes events at a rate, or as fast as possible, and passes them to a guest.
pub fn flood(rate: Option<u64>, way: &mut Way) -> Result<Flow> {
    let mut loader = EbpfLoader::new();
    let mut object = loader.map_max_entries("events", RING).load(crate::OBJECT)?;
    let ring = object
        .take_map("events")
        .context("there is no ring buffer")?;
    let mut ring = RingBuf::try_from(ring)?;
    let done = AtomicBool::new(false);
    let began = Instant::now();
    let (handled, written) = thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let written = write(&mut object, rate);
            done.store(true, Ordering::Release);
            written
        });
        let handled = handle(&mut ring, way, &done);
        let written = writer
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        (handled, written)
    });
    let time = began.elapsed();
    let lost = object
        .map("lost")
        .context("there is no count of lost events")?;
    let lost: u64 = Array::try_from(lost)?.get(&0, 0)?;
    let (handled, written) = (handled?, written?);
    assert_eq!(
        handled + lost,
        written,
        "events are neither handled nor lost"
    );
    Ok(Flow {
        written,
        handled,
        time,
        lost,
    })
}

/// Calls the program for the time of the measurement.
fn write(object: &mut Ebpf, rate: Option<u64>) -> Result<u64> {
    let flood = object.program_mut("flood").context("there is no program")?;
    let flood: &mut RawTracePoint = flood.try_into()?;
    flood.load()?;
    let began = Instant::now();
    let mut written = 0;
    while began.elapsed() < TIME {
        let due = rate.map(|rate| (began.elapsed().as_secs_f64() * rate as f64) as u64);
        if due.is_some_and(|due| due < written) {
            std::hint::spin_loop();
            continue;
        }
        let mut options = RawTracePointRunOptions::new();
        options.args[0] = CALL;
        flood.test_run(options)?;
        written += CALL;
    }
    Ok(written)
}

/// Reads batches until the writer is done and the ring buffer is empty.
fn handle(ring: &mut RingBuf<aya::maps::MapData>, way: &mut Way, done: &AtomicBool) -> Result<u64> {
    let mut handled = 0;
    loop {
        let last = done.load(Ordering::Acquire);
        let records = take(ring);
        if !records.is_empty() {
            handled += way.handle(&records)?;
        } else if last {
            return Ok(handled);
        }
    }
}
