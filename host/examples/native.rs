//! Measures the time that a native program needs for each event of a ring buffer, to compare it with the guest
//! checks/bench/host/flood.c. The program gets the events with libbpf-rs, and reads a member at a fixed offset.
//!
//!     cargo run --profile host -p btf2wit-host --example native -- bootstrap.bpf.o

use std::cell::Cell;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use libbpf_rs::{MapCore, ObjectBuilder, ProgramInput, RingBufferBuilder};

/// The number of times that the ring buffer is filled and emptied, as in flood.c.
const ROUNDS: u32 = 200;
/// The number of runs of the BPF program that fill the ring buffer, as in flood.c. Each run writes 1,000 events.
const RUNS: u32 = 5;

fn main() -> Result<()> {
    let path = std::env::args()
        .nth(1)
        .context("name the object of examples/run")?;
    let object = ObjectBuilder::default().open_file(path)?.load()?;
    let map = object
        .maps()
        .find(|map| map.name() == "events")
        .context("no map")?;
    let flood = object
        .progs_mut()
        .find(|program| program.name() == "flood")
        .context("no program")?;
    let (count, sum) = (Cell::new(0_u64), Cell::new(0_u64));
    let mut builder = RingBufferBuilder::new();
    builder.add(&map, |event| {
        let pid = event
            .get(..4)
            .and_then(|pid| pid.try_into().ok())
            .map_or(0, u32::from_ne_bytes);
        count.set(count.get() + 1);
        sum.set(sum.get() + u64::from(pid));
        0
    })?;
    let ring = builder.build()?;
    let mut time = Duration::ZERO;
    for _ in 0..ROUNDS {
        for _ in 0..RUNS {
            let mut context = 1000_u64.to_ne_bytes();
            flood.test_run(ProgramInput {
                context_in: Some(&mut context),
                ..ProgramInput::default()
            })?;
        }
        let start = Instant::now();
        ring.consume()?;
        time += start.elapsed();
    }
    let events = count.get();
    println!(
        "native          {events} events, sum {}, {} ns an event",
        sum.get(),
        time.as_nanos() as u64 / events.max(1)
    );
    Ok(())
}
