//! The ways from bytes to a guest.

use bootstrap_host::guest::{self, Guest};
use bootstrap_host::shape::Shape;
use btf2wit::decode::Decoder;
use wasmtime::component::{Component, Func, Instance, Linker, Type, TypedFunc, Val};
use wasmtime::error::Context;
use wasmtime::{Engine, Result, Store, bail};

use crate::bpf::bootstrap::types::Event;
use crate::reader::event;

pub struct Way {
    pub name: &'static str,
    store: Store<Guest<()>>,
    kind: Kind,
}

enum Kind {
    /// The guest reads the bytes, with the generated reader.
    Reader(TypedFunc<(Vec<u8>,), (u64,)>),
    /// The host decodes by types that it reads at run time.
    Dynamic(Func, Shape, Box<Decoder>),
    /// The host reads, with the generated reader, into the type that its bindings have.
    Typed(TypedFunc<(Vec<Event>,), (u64,)>),
}

/// Returns all ways, each with its own guest.
pub fn all(counter: &str) -> Result<Vec<Way>> {
    let engine = guest::engine()?;
    let component = guest::component(&engine, counter)?;
    let new = |name, kind: fn(&Instance, &mut Store<Guest<()>>) -> Result<Kind>| -> Result<Way> {
        let (mut store, instance) = instantiate(&engine, &component)?;
        let kind = kind(&instance, &mut store)?;
        Ok(Way { name, store, kind })
    };
    Ok(vec![
        new("reader in the guest", |instance, store| {
            let count = instance.get_typed_func(store, "count-bytes")?;
            Ok(Kind::Reader(count))
        })?,
        new("dynamic decoder in the host", dynamic)?,
        new("typed host", |instance, store| {
            let count = instance.get_typed_func(store, "count-events")?;
            Ok(Kind::Typed(count))
        })?,
    ])
}

fn instantiate(engine: &Engine, component: &Component) -> Result<(Store<Guest<()>>, Instance)> {
    let mut store = Guest::store(engine, Default::default(), ());
    let instance = Linker::new(engine).instantiate(&mut store, component)?;
    Ok((store, instance))
}

fn dynamic(instance: &Instance, store: &mut Store<Guest<()>>) -> Result<Kind> {
    let mut config = btf2wit::Config::new();
    let package = config.input_bytes("the object", crate::OBJECT).load()?;
    let count = instance
        .get_func(&mut *store, "count-events")
        .context("nothing counts events")?;
    let ty = count.ty(&*store);
    let Some((_, Type::List(list))) = ty.params().next() else {
        bail!("events are no list");
    };
    Ok(Kind::Dynamic(
        count,
        Shape::of(&list.ty())?,
        Box::new(package.decoder("event")?),
    ))
}

impl Way {
    /// Passes events to the guest. Returns their number.
    pub fn handle(&mut self, records: &[u8]) -> Result<u64> {
        let store = &mut self.store;
        store.data_mut().begin();
        match &self.kind {
            Kind::Reader(count) => {
                count.call(&mut *store, (records.to_owned(),))?;
            }
            Kind::Dynamic(count, shape, decoder) => {
                let events = decoder.records(records).map(|event| shape.val(event?));
                let events = Val::List(events.collect::<Result<_>>()?);
                count.call(&mut *store, &[events], &mut [Val::U64(0)])?;
            }
            Kind::Typed(count) => {
                let events = event::records(records).collect::<Result<_, _>>();
                count.call(&mut *store, (events.map_err(wasmtime::Error::msg)?,))?;
            }
        }
        Ok((records.len() / event::SIZE) as u64)
    }
}
