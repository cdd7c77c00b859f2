//! What every guest is held to: so much memory, and so much time before it asks for events or is handed
//! some.

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

/// An engine whose guests are looked after: their clock ticks as long as the process lives.
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

/// What a store knows of its guest, whatever the guest is for.
pub struct Guest<T> {
    pub console: Console,
    pub more: T,
    limits: StoreLimits,
    /// Since when it has been left to itself.
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

    /// So much of its time was the host's.
    pub fn give(&mut self, time: Duration) {
        self.since += time;
    }

    /// Its time begins anew.
    pub fn begin(&mut self) {
        self.since = Instant::now();
    }
}
