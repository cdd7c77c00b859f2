//! Runs a guest: its limits, what it may use of WASI, and how it ends.

use std::fs::File;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use cpu_time::ThreadTime;
use wasmtime::component::{Component, Linker, ResourceTable, TypedFunc};
use wasmtime::{Config, Engine, Store, UpdateDeadline};
use wasmtime_wasi::p2::bindings::Command;
use wasmtime_wasi::{I32Exit, WasiCtx, WasiCtxView, WasiView};

use crate::bpf::Bpf;
use crate::budget::Budget;
use crate::console::{Console, escape};
use crate::error::Refusal;
use crate::pump::PUMP;
use crate::raw;
use crate::recorded::{Recorded, Recording};
use crate::stop::Stop;

/// How often the engine interrupts a guest to check its limits.
const TICK: Duration = Duration::from_millis(50);
/// How many times a guest may call after it was asked to end. The calls that wait return at once.
const CALLS_AFTER_STOP: u32 = 100;
/// How long a guest may run after it was asked to end.
const TIME_AFTER_STOP: Duration = Duration::from_secs(1);

/// What a guest may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of all memories and tables.
    pub memory: usize,
    /// Processor time between two calls of the object.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            memory: 256 << 20,
            time: Duration::from_secs(10),
        }
    }
}

/// Runs guests of one object.
pub struct Host {
    object: Vec<u8>,
    limits: Limits,
    stop: Stop,
    pins: Vec<(String, PathBuf)>,
    recorded: Option<Recorded>,
    recording: Option<File>,
    targets: Vec<(String, String)>,
}

/// A guest as the linked functions see it.
pub(crate) struct Guest {
    pub(crate) bpf: Bpf,
    wasi: WasiCtx,
    table: ResourceTable,
    budget: Budget,
    time: Duration,
    /// The processor time at which the current slice began.
    since: Duration,
    calls_after_stop: u32,
}

/// Ends a guest that goes on calling after it was asked to end.
#[derive(Debug)]
struct Stopped;

impl std::fmt::Display for Stopped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the guest was asked to end")
    }
}

impl std::error::Error for Stopped {}

impl Guest {
    /// Begins a new slice of time.
    pub(crate) fn begin(&mut self) {
        self.since = used_time();
    }

    /// Ends the guest if it goes on long after it was asked to end.
    pub(crate) fn check_stop(&mut self) -> wasmtime::Result<()> {
        if self.bpf.is_ending() {
            self.calls_after_stop += 1;
            if self.calls_after_stop > CALLS_AFTER_STOP {
                return Err(wasmtime::Error::from(Stopped));
            }
        }
        Ok(())
    }
}

impl WasiView for Guest {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl Host {
    /// Makes a host of an object. Its guests get this one object.
    pub fn new(object: Vec<u8>) -> Host {
        Host {
            object,
            limits: Limits::default(),
            stop: Stop::default(),
            pins: Vec::new(),
            recorded: None,
            recording: None,
            targets: Vec::new(),
        }
    }

    /// Sets the limits of guests.
    pub fn limits(&mut self, limits: Limits) -> &mut Host {
        self.limits = limits;
        self
    }

    /// Sets the [`Stop`] that asks guests to end.
    pub fn stop(&mut self, stop: Stop) -> &mut Host {
        self.stop = stop;
        self
    }

    /// Uses the map that is pinned at a path in place of a map of the object.
    pub fn map_pin(&mut self, map: &str, path: impl Into<PathBuf>) -> &mut Host {
        self.pins.push((map.to_owned(), path.into()));
        self
    }

    /// Attaches a program to a target, for a guest that only exports functions for records.
    pub fn attach(&mut self, program: &str, target: &str) -> &mut Host {
        self.targets.push((program.to_owned(), target.to_owned()));
        self
    }

    /// Gives guests these records in place of the kernel's. The object is not loaded.
    pub fn recorded(&mut self, records: Recorded) -> &mut Host {
        self.recorded = Some(records);
        self
    }

    /// Adds the records that guests get to a file, which [`Recorded::parse`] reads.
    pub fn record(&mut self, file: File) -> &mut Host {
        self.recording = Some(file);
        self
    }

    /// Runs a component that [`compose`](crate::compose()) returned. Returns its exit code. The first argument is the name
    /// of the guest.
    ///
    /// An ordinary program runs until it returns. A guest that exports functions for records gets them until it is asked to
    /// end: the object is loaded, and all programs are attached whose sections or [targets](Host::attach) say where.
    ///
    /// The guest has standard output, standard error, clocks, random numbers and its arguments, but neither files nor
    /// network.
    pub fn run(&self, component: &[u8], arguments: &[String]) -> Result<i32> {
        let engine = engine()?;
        let component = Component::new(&engine, component).map_err(failed)?;
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker).map_err(failed)?;
        raw::link(&mut linker).map_err(failed)?;
        let mut store = self.store(&engine, arguments)?;
        let stop = self.stop.clone();
        let guest = async {
            match component.get_export(None, PUMP) {
                Some(_) => pump(&mut store, &component, &linker, &self.targets).await,
                None if !self.targets.is_empty() => {
                    bail!("the guest attaches the programs itself: leave out the targets")
                }
                None => run(&mut store, &component, &linker).await,
            }
        };
        // The guest and the host's calls run on this thread, whose processor time is limited.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let ended = runtime.block_on(async {
            tokio::select! {
                ended = guest => ended,
                () = after_stop(&stop) => Ok(Ok(Ok(()))),
            }
        })?;
        match ended {
            Ok(Ok(())) => Ok(0),
            Ok(Err(())) => {
                eprintln!("the guest failed");
                Ok(1)
            }
            Err(error) => match error.downcast_ref::<I32Exit>() {
                Some(exit) => Ok(exit.0),
                None if error.is::<Stopped>() => Ok(0),
                None => bail!("the guest failed: {error:#}"),
            },
        }
    }

    fn store(&self, engine: &Engine, arguments: &[String]) -> Result<Store<Guest>> {
        let bpf = Bpf::open(&self.object, &self.pins, self.stop.clone());
        let mut bpf = bpf.map_err(|refusal| anyhow!("{}", refusal.message))?;
        if let Some(recorded) = &self.recorded {
            let replayed = bpf.replay(recorded.clone());
            replayed.map_err(|refusal| anyhow!("the records: {}", refusal.message))?;
        }
        let recording = self.recording.as_ref().map(File::try_clone).transpose()?;
        bpf.recording = recording.map(Recording);
        let wasi = WasiCtx::builder()
            .stdout(Console::Output)
            .stderr(Console::Error)
            .args(arguments)
            .build();
        let guest = Guest {
            bpf,
            wasi,
            table: ResourceTable::new(),
            budget: Budget::new(self.limits.memory),
            time: self.limits.time,
            since: used_time(),
            calls_after_stop: 0,
        };
        let mut store = Store::new(engine, guest);
        store.limiter(|guest| &mut guest.budget);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|store| {
            let guest = store.data();
            if used_time().saturating_sub(guest.since) > guest.time {
                let message = format!("it computed for {:?} between two calls", guest.time);
                return Err(wasmtime::Error::msg(message));
            }
            Ok(UpdateDeadline::Yield(1))
        });
        Ok(store)
    }
}

/// How a guest ends: with success, with failure, or with a trap or an exit code.
type Ended = wasmtime::Result<std::result::Result<(), ()>>;

/// Runs an ordinary program.
async fn run(
    store: &mut Store<Guest>,
    component: &Component,
    linker: &Linker<Guest>,
) -> Result<Ended> {
    let command = Command::instantiate_async(&mut *store, component, linker).await;
    let command = command
        .map_err(failed)
        .context("the guest cannot be started")?;
    Ok(command.wasi_cli_run().call_run(store).await)
}

/// Attaches the programs and gives a guest the records until it is asked to end.
async fn pump(
    store: &mut Store<Guest>,
    component: &Component,
    linker: &Linker<Guest>,
    targets: &[(String, String)],
) -> Result<Ended> {
    let instance = linker.instantiate_async(&mut *store, component).await;
    let instance = instance
        .map_err(failed)
        .context("the guest cannot be started")?;
    let pump: TypedFunc<(), (std::result::Result<(), String>,)> =
        instance.get_typed_func(&mut *store, PUMP).map_err(failed)?;
    attach_all(&mut store.data_mut().bpf, targets)?;
    while !store.data().bpf.is_ending() {
        match pump.call_async(&mut *store, ()).await {
            Ok((Ok(()),)) => {}
            Ok((Err(why),)) => bail!("{why}"),
            Err(trap) => return Ok(Err(trap)),
        }
    }
    Ok(Ok(Ok(())))
}

/// Loads the object and attaches its programs to the targets, or where their sections say. Warns of programs that have
/// neither. Fails if there are programs, and none is attached.
fn attach_all(bpf: &mut Bpf, targets: &[(String, String)]) -> Result<()> {
    let message = |refusal: Refusal| anyhow!("{}", refusal.message);
    bpf.load().map_err(message)?;
    for (program, target) in targets {
        bpf.attach(program, Some(target)).map_err(message)?;
    }
    let programs = bpf.programs();
    let mut attached = programs.is_empty() || !targets.is_empty();
    for program in programs {
        if targets.iter().any(|(targeted, _)| *targeted == program) {
            continue;
        }
        match bpf.attach(&program, None) {
            Ok(_) => attached = true,
            Err(refusal) => eprintln!("warning: {}", escape(&refusal.message)),
        }
    }
    match attached {
        true => Ok(()),
        false => bail!("the object has no program that could be attached"),
    }
}

/// Returns some time after guests are asked to end.
async fn after_stop(stop: &Stop) {
    while !stop.is_asked() {
        tokio::time::sleep(TICK).await;
    }
    tokio::time::sleep(TIME_AFTER_STOP).await;
}

/// Returns an engine that interrupts guests. A thread advances its epoch as long as it is used.
fn engine() -> Result<Engine> {
    let mut config = Config::new();
    config.epoch_interruption(true);
    // Of guests that were made with `--arrays fixed`.
    config.wasm_component_model_fixed_length_lists(true);
    let engine = Engine::new(&config).map_err(failed)?;
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

/// Returns the processor time of this thread, which runs the guest. Waiting takes none.
fn used_time() -> Duration {
    ThreadTime::now().as_duration()
}

/// wasmtime has an error type of its own.
fn failed(error: wasmtime::Error) -> anyhow::Error {
    anyhow!("{error:#}")
}
