//! Runs a guest: limits it, gives it a part of WASI, and ends it.

use std::fs::File;
use std::path::{Path, PathBuf};
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
use crate::cache;
use crate::console::{Console, escape};
use crate::error::Refusal;
use crate::pump::PUMP;
use crate::raw;
use crate::recorded::{Recorded, Recording};
use crate::stop::Stop;

/// The interval at which the host checks the processor time of a guest and whether the guest shall end.
const TICK: Duration = Duration::from_millis(50);
/// The limit for a guest's calls after it was asked to end. From then on, a call that waits for records returns after
/// 50 ms at most, or at once if records come from a file. So a guest that does not end would call in a loop.
const CALLS_AFTER_STOP: u32 = 100;
/// The time for which a guest may run on after its [`Stop`] asked it to end.
const TIME_AFTER_STOP: Duration = Duration::from_secs(1);

/// The limits for what a guest uses.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The bytes that all memories and tables may have together.
    pub memory: usize,
    /// The processor time that the guest may use between two calls of `btf2wit:bpf/object`.
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

/// Runs guests that use one BPF object.
pub struct Host {
    object: Vec<u8>,
    limits: Limits,
    stop: Stop,
    pins: Vec<(String, PathBuf)>,
    recorded: Option<Recorded>,
    recording: Option<File>,
    targets: Vec<(String, String)>,
    /// The folder with compiled components. `None` if each run compiles its component.
    cache: Option<PathBuf>,
}

/// The state of a running guest. The host's functions that the guest calls get this state.
pub(crate) struct Guest {
    pub(crate) bpf: Bpf,
    wasi: WasiCtx,
    table: ResourceTable,
    budget: Budget,
    time: Duration,
    /// The processor time of the thread when the guest began or its last call returned.
    since: Duration,
    calls_after_stop: u32,
}

/// The error with which a call ends a guest that was asked to end: a long listing, or a call after too many others.
#[derive(Debug)]
pub(crate) struct Stopped;

impl std::fmt::Display for Stopped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the guest was asked to end")
    }
}

impl std::error::Error for Stopped {}

impl Guest {
    /// Gives the guest the full processor time again. Called after each call of the guest.
    pub(crate) fn begin(&mut self) {
        self.since = used_time();
    }

    /// Counts a call if the guest was asked to end. Returns an error, which ends the guest, if there are too many such
    /// calls.
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
    /// Creates a host. Guests use `object`, which has the bytes of an ELF file.
    pub fn new(object: Vec<u8>) -> Host {
        Host {
            object,
            limits: Limits::default(),
            stop: Stop::default(),
            pins: Vec::new(),
            recorded: None,
            recording: None,
            targets: Vec::new(),
            cache: None,
        }
    }

    /// Sets the limits for memory and processor time.
    pub fn limits(&mut self, limits: Limits) -> &mut Host {
        self.limits = limits;
        self
    }

    /// Sets the [`Stop`] that asks guests to end.
    pub fn stop(&mut self, stop: Stop) -> &mut Host {
        self.stop = stop;
        self
    }

    /// Replaces a map of the object with the map that is pinned at `path`.
    pub fn map_pin(&mut self, map: &str, path: impl Into<PathBuf>) -> &mut Host {
        self.pins.push((map.to_owned(), path.into()));
        self
    }

    /// Attaches a program to a target, for a guest that only exports functions for records. Other guests attach
    /// programs themselves, so [`run`](Host::run) refuses to run them if there are targets.
    pub fn attach(&mut self, program: &str, target: &str) -> &mut Host {
        self.targets.push((program.to_owned(), target.to_owned()));
        self
    }

    /// Gives guests these records in place of the kernel's. The object is not loaded into the kernel.
    pub fn recorded(&mut self, records: Recorded) -> &mut Host {
        self.recorded = Some(records);
        self
    }

    /// Writes the records that guests get from the kernel to a file. [`Recorded::parse`] reads the text of this file.
    pub fn record(&mut self, file: File) -> &mut Host {
        self.recording = Some(file);
        self
    }

    /// Keeps compiled components in `btf2wit-cache` in a folder, so that the next run of the same component starts at
    /// once. The host runs what is there without a check, so [`run`](Host::run) fails if others may write there.
    pub fn cache(&mut self, folder: impl Into<PathBuf>) -> &mut Host {
        self.cache = Some(folder.into());
        self
    }

    /// Runs a component that [`compose`](crate::compose()) returned. Returns the guest's exit code. The first argument
    /// is the name of the guest.
    ///
    /// A guest with `main` runs until it returns. For a guest that exports functions for records, the host loads the
    /// object and attaches all programs whose sections or [targets](Host::attach) say where. The guest then gets
    /// records until it is asked to end.
    ///
    /// The guest has standard output, standard error, clocks, random numbers and its arguments, but neither files nor
    /// network.
    pub fn run(&self, component: &[u8], arguments: &[String]) -> Result<i32> {
        let engine = engine(self.cache.as_deref())?;
        let compiled = Component::new(&engine, component).map_err(failed);
        let component = match &self.cache {
            None => compiled?,
            Some(folder) => compiled.with_context(|| cache::advice(folder))?,
        };
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
        // The guest and the host's functions run on this thread, since `used_time` measures the time of one thread.
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

/// The result of a guest: success, failure, or, as the outer error, a trap, an exit code or [`Stopped`].
type Ended = wasmtime::Result<std::result::Result<(), ()>>;

/// Runs a guest that exports `wasi:cli/run`.
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

/// Attaches the programs and gives the guest records until it is asked to end. `component` contains the guest and its
/// pump.
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

/// Loads the object. Attaches programs to their targets, and the other programs to what their sections name. Fails if a
/// target fails. Only warns of another program that cannot be attached, but fails if the object has programs and none
/// is attached.
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

/// Waits until the guest is asked to end, and then for the time in which it may end by itself.
async fn after_stop(stop: &Stop) {
    while !stop.is_asked() {
        tokio::time::sleep(TICK).await;
    }
    tokio::time::sleep(TIME_AFTER_STOP).await;
}

/// Returns an engine that interrupts guests every `TICK`. A thread does this until the engine is dropped. `cache` is
/// the folder with compiled components.
fn engine(cache: Option<&Path>) -> Result<Engine> {
    let mut config = Config::new();
    if let Some(folder) = cache {
        config.cache(Some(cache::open(folder)?));
    }
    config.epoch_interruption(true);
    // Guests with the mapping `--arrays fixed` have lists of fixed length.
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

/// Returns the processor time of this thread, which runs the guest. This time does not grow while the thread waits.
fn used_time() -> Duration {
    ThreadTime::now().as_duration()
}

/// Converts an error: wasmtime has an error type of its own.
fn failed(error: wasmtime::Error) -> anyhow::Error {
    anyhow!("{error:#}")
}
