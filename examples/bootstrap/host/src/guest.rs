//! The limits of every guest: memory, and time between two polls or two deliveries of events.

use std::thread;
use std::time::{Duration, Instant};

use wasmtime::component::Component;
use wasmtime::error::Context;
use wasmtime::{
    Config, Engine, Result, Store, StoreLimits, StoreLimitsBuilder, UpdateDeadline, bail,
};

use crate::console::Console;

const MEMORY: usize = 64 << 20;
const TIME: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(50);

/// Returns an engine that interrupts guests. A thread advances its epoch as long as the process lives.
pub fn engine() -> Result<Engine> {
    let mut config = Config::new();
    config.epoch_interruption(true);
    let engine = Engine::new(&config)?;
    let ticking = engine.weak();
    thread::spawn(move || {
        while let Some(engine) = ticking.upgrade() {
            engine.increment_epoch();
            drop(engine);
            thread::sleep(TICK);
        }
    });
    Ok(engine)
}

pub fn component(engine: &Engine, path: &str) -> Result<Component> {
    Component::from_file(engine, path).with_context(|| format!("{path} is no component"))
}

/// The limits of one guest, and the data of its kind.
pub struct Guest<T> {
    pub console: Console,
    pub more: T,
    limits: StoreLimits,
    /// The start of the current time slice.
    since: Instant,
}

impl<T: 'static> Guest<T> {
    pub fn store(engine: &Engine, console: Console, more: T) -> Store<Guest<T>> {
        let limits = StoreLimitsBuilder::new().memory_size(MEMORY).memories(4);
        let limits = limits
            .tables(16)
            .table_elements(1 << 16)
            .instances(16)
            .build();
        let guest = Guest {
            console,
            more,
            limits,
            since: Instant::now(),
        };
        let mut store = Store::new(engine, guest);
        store.limiter(|guest| &mut guest.limits);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|store| {
            if store.data().since.elapsed() > TIME {
                bail!("the guest took more than {TIME:?} without asking for events");
            }
            Ok(UpdateDeadline::Continue(1))
        });
        store
    }

    /// Does not count this time, which the host spent.
    pub fn give(&mut self, time: Duration) {
        self.since += time;
    }

    /// Starts a new time slice.
    pub fn begin(&mut self) {
        self.since = Instant::now();
    }
}
