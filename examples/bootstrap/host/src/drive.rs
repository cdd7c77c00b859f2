//! Guests that drive BPF: implements the interface `objects`.

use std::time::Instant;

use wasmtime::component::{HasSelf, Linker, Resource, ResourceTable};
use wasmtime::error::Context;
use wasmtime::{Engine, Result, bail};

use crate::console::Console;
use crate::guest::{self, Guest};
use crate::object::{self, Opened, Outcome, Refusal};
use crate::source::Source;

wasmtime::component::bindgen!({
    path: "../wit/bpf",
    world: "example:bpf/driver",
    imports: { default: trappable },
    with: { "example:bpf/objects.object": crate::object::Opened },
});

use example::bpf::console::Host as ConsoleImports;
use example::bpf::objects::{Error, Host as ObjectsImports, HostObject, Problem};

/// The most objects that a guest may hold at once.
const OBJECTS: usize = 8;

/// A guest with its objects.
struct Objects {
    source: Source,
    table: ResourceTable,
}

type Driving = Guest<Objects>;

/// The guest's handle to an object.
type Own = Resource<Opened>;

/// Runs a guest until it returns.
pub fn run(
    engine: &Engine,
    path: &str,
    source: Source,
    console: Console,
    arguments: &[String],
) -> Result<()> {
    let component = guest::component(engine, path)?;
    let mut linker = Linker::new(engine);
    Driver::add_to_linker::<_, HasSelf<_>>(&mut linker, |guest: &mut Driving| guest)?;
    let mut table = ResourceTable::new();
    table.set_max_capacity(OBJECTS);
    let mut store = Guest::store(engine, console, Objects { source, table });
    let guest = Driver::instantiate(&mut store, &component, &linker)
        .with_context(|| format!("{path} is no guest that drives BPF"))?;
    match guest.call_run(&mut store, arguments)? {
        Ok(()) => Ok(()),
        Err(message) => bail!("{message}"),
    }
}

impl<T: 'static> ConsoleImports for Guest<T> {
    fn print(&mut self, line: Vec<u8>) -> Result<()> {
        Ok(self.console.print(&line)?)
    }

    fn time_of_day(&mut self) -> Result<u32> {
        Ok(self.console.time_of_day())
    }
}

impl ObjectsImports for Driving {}

impl Driving {
    /// Has an object do something. A refusal is for the guest to see, and does not end it; what takes the
    /// host time is not the guest's.
    fn ask<T>(
        &mut self,
        own: &Own,
        what: impl FnOnce(&mut Opened) -> Outcome<T>,
    ) -> Result<Result<T, Error>> {
        let began = Instant::now();
        let outcome = what(self.more.table.get_mut(own)?);
        self.give(began.elapsed());
        Ok(outcome.map_err(Error::from))
    }
}

impl HostObject for Driving {
    fn open(&mut self, elf: Vec<u8>) -> Result<Result<Own, Error>> {
        match self.more.source.open(elf) {
            Ok(object) => Ok(Ok(self.more.table.push(object)?)),
            Err(refusal) => Ok(Err(refusal.into())),
        }
    }

    fn set_global(&mut self, own: Own, name: String, value: Vec<u8>) -> Result<Result<(), Error>> {
        self.ask(&own, |object| object.set_global(&name, &value))
    }

    fn load(&mut self, own: Own) -> Result<Result<(), Error>> {
        self.ask(&own, |object| object.load())
    }

    fn attach(&mut self, own: Own, name: String, to: String) -> Result<Result<(), Error>> {
        self.ask(&own, |object| object.attach(&name, &to))
    }

    fn run(&mut self, own: Own, name: String, arguments: Vec<u64>) -> Result<Result<(), Error>> {
        self.ask(&own, |object| object.run(&name, &arguments))
    }

    fn poll(
        &mut self,
        own: Own,
        name: String,
        milliseconds: u32,
    ) -> Result<Result<Option<Vec<u8>>, Error>> {
        let records = self.ask(&own, |object| object.poll(&name, milliseconds));
        self.begin();
        records
    }

    fn lookup(
        &mut self,
        own: Own,
        name: String,
        key: Vec<u8>,
    ) -> Result<Result<Option<Vec<u8>>, Error>> {
        self.ask(&own, |object| object.lookup(&name, &key))
    }

    fn update(
        &mut self,
        own: Own,
        name: String,
        key: Vec<u8>,
        value: Vec<u8>,
    ) -> Result<Result<(), Error>> {
        self.ask(&own, |object| object.update(&name, &key, &value))
    }

    fn delete(&mut self, own: Own, name: String, key: Vec<u8>) -> Result<Result<bool, Error>> {
        self.ask(&own, |object| object.delete(&name, &key))
    }

    fn drop(&mut self, own: Own) -> Result<()> {
        self.more.table.delete(own)?;
        Ok(())
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Error {
        Error {
            problem: match refusal.problem {
                object::Problem::Denied => Problem::Denied,
                object::Problem::Unknown => Problem::Unknown,
                object::Problem::Size => Problem::Size,
                object::Problem::Order => Problem::Order,
                object::Problem::Kernel => Problem::Kernel,
            },
            message: refusal.message,
        }
    }
}
