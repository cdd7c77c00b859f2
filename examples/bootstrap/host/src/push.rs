//! Guests that receive events. Runs any guest with any object: decodes events by the object's BTF, and passes
//! them as values of the type in the guest's component.

use std::fs::File;
use std::io::Write;

use btf2wit::decode::Decoder;
use wasmtime::component::{Func, HasSelf, Linker, Type, Val};
use wasmtime::error::Context;
use wasmtime::{Engine, Result, Store, bail};

use crate::console::Console;
use crate::drive::example::bpf::console;
use crate::guest::{self, Guest};
use crate::object::Opened;
use crate::shape::Shape;
use crate::source::Source;

/// The export of every such guest.
const EXPORT: &str = "handle-events";

/// The part that the host does, since these guests know no BPF.
#[derive(Default)]
pub struct Plan {
    /// The struct of the events.
    pub event: String,
    /// The ring buffer that they come from.
    pub ring: String,
    /// Programs and their tracepoints.
    pub attach: Vec<(String, String)>,
    /// A program to call once. The host ends after its events.
    pub once: Option<String>,
    /// The file to record to.
    pub record: Option<String>,
}

/// Passes events to guests until the host ends. Drops a guest that fails.
pub fn run(
    engine: &Engine,
    guests: &[String],
    source: Source,
    console: Console,
    plan: &Plan,
) -> Result<()> {
    let elf = source.allowed.first().context("say --object")?.clone();
    let mut config = btf2wit::Config::new();
    let package = config.input_bytes("the object", &elf[..]).load()?;
    let decoder = package.decoder(&plan.event)?;

    let mut handlers = Vec::new();
    for guest in guests {
        handlers.push(Handler::new(engine, guest, console.clone())?);
    }
    let mut object = source.open(elf)?;
    begin(&mut object, plan)?;
    let mut record = plan.record.as_ref().map(File::create).transpose()?;
    while let Some(records) = object.poll(&plan.ring, 1000)? {
        if let Some(file) = &mut record {
            file.write_all(&records)?;
        }
        handlers.retain_mut(|handler| match handler.handle(&decoder, &records) {
            Ok(()) => true,
            Err(error) => {
                eprintln!("{} is dropped: {error:#}", handler.name);
                false
            }
        });
        if handlers.is_empty() || plan.once.is_some() {
            break;
        }
    }
    match guests.len() - handlers.len() {
        0 => Ok(()),
        dropped => bail!("{dropped} of {} guests failed", guests.len()),
    }
}

fn begin(object: &mut Opened, plan: &Plan) -> Result<()> {
    object.load()?;
    for (program, tracepoint) in &plan.attach {
        object.attach(program, tracepoint)?;
    }
    if let Some(program) = &plan.once {
        object.run(program, &[])?;
    }
    Ok(())
}

/// A guest and the type of its events.
struct Handler {
    name: String,
    store: Store<Guest<()>>,
    handle: Func,
    shape: Shape,
}

impl Handler {
    fn new(engine: &Engine, path: &str, console: Console) -> Result<Handler> {
        let component = guest::component(engine, path)?;
        let mut linker = Linker::new(engine);
        console::add_to_linker::<_, HasSelf<_>>(&mut linker, |guest: &mut Guest<()>| guest)?;
        let mut store = Guest::store(engine, console, ());
        let instance = linker.instantiate(&mut store, &component)?;
        let handle = instance.get_func(&mut store, EXPORT);
        let handle = handle.with_context(|| format!("{path} exports no {EXPORT}"))?;
        let ty = handle.ty(&store);
        let mut parameters = ty.params().map(|(_, ty)| ty);
        let (Some(Type::List(list)), None) = (parameters.next(), parameters.next()) else {
            bail!("{path}: {EXPORT} takes something else than a list");
        };
        let shape = Shape::of(&list.ty()).with_context(|| format!("{path}: {EXPORT}"))?;
        Ok(Handler {
            name: path.to_owned(),
            store,
            handle,
            shape,
        })
    }

    fn handle(&mut self, decoder: &Decoder, records: &[u8]) -> Result<()> {
        let events = decoder.records(records).map(|event| self.shape.val(event?));
        let events = events.collect::<Result<Vec<Val>>>()?;
        if events.is_empty() {
            return Ok(());
        }
        self.store.data_mut().begin();
        self.handle
            .call(&mut self.store, &[Val::List(events)], &mut [])
    }
}
