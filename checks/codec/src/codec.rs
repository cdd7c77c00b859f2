//! Runs a codec in wasmtime.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};
use wasmtime::component::{Component, ComponentExportIndex, Func, Instance, Linker, Type, Val};
use wasmtime::{Engine, Store, StoreLimits, StoreLimitsBuilder};

/// An instance of a codec.
pub struct Codec {
    store: Store<StoreLimits>,
    instance: Instance,
    interface: ComponentExportIndex,
}

/// The place and the reason of an error that a codec returns.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    pub path: String,
    pub offset: u64,
    pub message: String,
}

/// The value that a codec returns, or the error.
pub type Answer = std::result::Result<Val, Refusal>;

impl Codec {
    pub fn new(engine: &Engine, component: &[u8], interface: &str) -> Result<Codec> {
        Codec::limited(engine, component, interface, StoreLimits::default())
    }

    /// Returns an instance whose memory is limited to `bytes` bytes.
    pub fn within(
        engine: &Engine,
        component: &[u8],
        interface: &str,
        bytes: usize,
    ) -> Result<Codec> {
        let limits = StoreLimitsBuilder::new().memory_size(bytes).build();
        Codec::limited(engine, component, interface, limits)
    }

    fn limited(
        engine: &Engine,
        component: &[u8],
        interface: &str,
        limits: StoreLimits,
    ) -> Result<Codec> {
        let component = Component::new(engine, component).map_err(failed)?;
        let mut store = Store::new(engine, limits);
        store.limiter(|limits| limits);
        let instance = Linker::new(engine)
            .instantiate(&mut store, &component)
            .map_err(failed)?;
        let interface = instance
            .get_export_index(&mut store, None, interface)
            .context("there is no interface")?;
        Ok(Codec {
            store,
            instance,
            interface,
        })
    }

    pub fn function(&mut self, name: &str) -> Option<Func> {
        let index = self
            .instance
            .get_export_index(&mut self.store, Some(&self.interface), name)?;
        self.instance.get_func(&mut self.store, index)
    }

    /// Returns the fingerprint of each type, by the label of the type.
    pub fn fingerprints(&mut self) -> Result<HashMap<String, u64>> {
        let names = ["fingerprints", "codec-fingerprints"];
        let function = names.iter().find_map(|name| self.function(name));
        let function = function.context("there is no function for fingerprints")?;
        let mut results = [Val::Bool(false)];
        let called = function.call(&mut self.store, &[], &mut results);
        called.map_err(failed)?;
        let [Val::List(list)] = results else {
            bail!("it returns {results:?}");
        };
        list.iter().map(fingerprint).collect()
    }

    /// Returns the type of the only parameter of a function.
    pub fn parameter(&self, function: Func) -> Result<Type> {
        let ty = function.ty(&self.store);
        let (_, first) = ty.params().next().context("it takes nothing")?;
        Ok(first)
    }

    pub fn call(&mut self, function: Func, argument: Val) -> Result<Answer> {
        let mut results = [Val::Bool(false)];
        function
            .call(&mut self.store, &[argument], &mut results)
            .map_err(failed)?;
        let [result] = results;
        match result {
            Val::Result(Ok(Some(value))) => Ok(Ok(*value)),
            Val::Result(Err(Some(error))) => Ok(Err(refusal(&error)?)),
            other => bail!("it returns {other:?}"),
        }
    }

    pub fn read(&mut self, function: Func, bytes: &[u8]) -> Result<Answer> {
        let bytes = bytes.iter().map(|byte| Val::U8(*byte)).collect();
        self.call(function, Val::List(bytes))
    }
}

/// Converts an error of wasmtime, which has an error type of its own.
pub fn failed(error: wasmtime::Error) -> anyhow::Error {
    anyhow::anyhow!("{error:#}")
}

fn fingerprint(entry: &Val) -> Result<(String, u64)> {
    match entry {
        Val::Tuple(entry) => match entry.as_slice() {
            [Val::String(label), Val::U64(fingerprint)] => Ok((label.clone(), *fingerprint)),
            _ => bail!("an entry is {entry:?}"),
        },
        _ => bail!("an entry is {entry:?}"),
    }
}

fn refusal(error: &Val) -> Result<Refusal> {
    let Val::Record(fields) = error else {
        bail!("the error is {error:?}");
    };
    match fields.as_slice() {
        [
            (_, Val::String(path)),
            (_, Val::U64(offset)),
            (_, Val::String(message)),
        ] => Ok(Refusal {
            path: path.clone(),
            offset: *offset,
            message: message.clone(),
        }),
        _ => bail!("the error is {error:?}"),
    }
}
