//! The four ways in which a guest gets events.

use std::path::Path;

use anyhow::{Context, Result, bail};
use btf2wit::decode::{Decoder, Value};
use wasmtime::component::{Component, Func, Instance, Linker, TypedFunc, Val};
use wasmtime::{Engine, Store};

include!(concat!(env!("OUT_DIR"), "/bindings.rs"));

/// The generated reader of the host.
mod reader {
    include!(concat!(env!("OUT_DIR"), "/wit/types.rs"));
}

/// The number of events in a batch.
pub const EVENTS: usize = 64;

type SumBytes = TypedFunc<(&'static [u8],), (u64,)>;

pub struct Ways {
    store: Store<()>,
    /// The function `sum-bytes` of the guest that is composed with the codec.
    by_codec: SumBytes,
    by_reader: ByReader,
    /// The function `sum-events` of the guest by-reader. It is called with untyped values.
    dynamic: Func,
    decoder: Decoder,
    bytes: &'static [u8],
    /// The sum that each way must return.
    pub expected: u64,
}

impl Ways {
    pub fn new(composed: &Path, reader: &Path, bytes: &'static [u8]) -> Result<Ways> {
        let engine = Engine::default();
        let mut store = Store::new(&engine, ());
        let mut instantiate = |path: &Path| -> Result<Instance> {
            let component = Component::from_file(&engine, path).map_err(failed)?;
            let instance = Linker::new(&engine).instantiate(&mut store, &component);
            instance.map_err(failed)
        };
        let (composed, reader) = (instantiate(composed)?, instantiate(reader)?);
        let by_codec = composed.get_typed_func(&mut store, "sum-bytes");
        let dynamic = reader.get_func(&mut store, "sum-events");
        let package = btf2wit::Config::new()
            .input(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../../../testdata/obj/event.bpfel.o"
            ))
            .char_arrays(btf2wit::CharArrays::String)
            .load()?;
        let events: Result<Vec<_>, _> = reader::event::records(bytes).collect();
        Ok(Ways {
            by_codec: by_codec.map_err(failed)?,
            by_reader: ByReader::new(&mut store, &reader).map_err(failed)?,
            dynamic: dynamic.context("there is no sum-events")?,
            decoder: package.decoder("event")?,
            expected: events?.iter().map(|event| event.duration_ns).sum(),
            store,
            bytes,
        })
    }

    pub fn sum(&mut self, way: &str) -> Result<u64> {
        match way {
            "codec" => self.codec(),
            "typed" => self.typed(),
            "dynamic" => self.dynamic(),
            _ => self.reader(),
        }
    }

    fn codec(&mut self) -> Result<u64> {
        let sum = self.by_codec.call(&mut self.store, (self.bytes,));
        Ok(sum.map_err(failed)?.0)
    }

    fn typed(&mut self) -> Result<u64> {
        let events: Result<Vec<_>, _> = reader::event::records(self.bytes).collect();
        let sum = self.by_reader.call_sum_events(&mut self.store, &events?);
        sum.map_err(failed)
    }

    fn dynamic(&mut self) -> Result<u64> {
        let events = self.decoder.records(self.bytes);
        let events: Result<Vec<Val>> = events.map(|event| dynamic(event?)).collect();
        let mut results = [Val::Bool(false)];
        let called = self
            .dynamic
            .call(&mut self.store, &[Val::List(events?)], &mut results);
        called.map_err(failed)?;
        match results {
            [Val::U64(sum)] => Ok(sum),
            other => bail!("it returns {other:?}"),
        }
    }

    fn reader(&mut self) -> Result<u64> {
        let sum = self.by_reader.call_sum_bytes(&mut self.store, self.bytes);
        sum.map_err(failed)
    }
}

/// Converts a decoded value to a value of wasmtime. Supports only the types that the event has.
fn dynamic(value: Value<'_>) -> Result<Val> {
    Ok(match value {
        Value::Bool(value) => Val::Bool(value),
        Value::U32(value) => Val::U32(value),
        Value::U64(value) => Val::U64(value),
        Value::S32(value) => Val::S32(value),
        Value::Text(text) => Val::String(text.into_owned()),
        Value::Record(fields) => {
            let fields = fields.into_iter();
            let fields = fields.map(|(label, value)| Ok((label.to_owned(), dynamic(value)?)));
            Val::Record(fields.collect::<Result<_>>()?)
        }
        other => bail!("the event has no {other:?}"),
    })
}

/// Converts an error of wasmtime, which has an error type of its own.
fn failed(error: wasmtime::Error) -> anyhow::Error {
    anyhow::anyhow!("{error:#}")
}
