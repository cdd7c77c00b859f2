//! Implements `btf2wit:bpf/object` for guests.

use std::time::Duration;

use wasmtime::Result;
use wasmtime::component::{HasSelf, Linker};

use crate::error::{Outcome, Refusal};
use crate::guest::{Guest, Stopped};

/// The types and the trait that wasmtime generates for the interface.
mod bindings {
    wasmtime::component::bindgen!({
        inline: "package btf2wit:host; world host { import btf2wit:bpf/object@0.1.0; }",
        path: "../wit",
        world: "btf2wit:host/host",
        imports: { default: trappable },
    });
}

use bindings::btf2wit::bpf::object::{self, Error, MapEntries, Records, RunInput, RunOutput};

/// Makes the interface available to guests.
pub fn link(linker: &mut Linker<Guest>) -> Result<()> {
    object::add_to_linker::<_, HasSelf<_>>(linker, |guest: &mut Guest| guest)
}

/// The result of a guest's call. The guest gets the inner error. The outer error ends the guest.
type Answer<T> = Result<std::result::Result<T, Error>>;

impl Guest {
    /// Calls a function of the object. A refusal becomes an error that the guest gets, unless it ends the guest. After
    /// the call, the guest's processor time is counted from zero again.
    fn call<T>(&mut self, function: impl FnOnce(&mut crate::bpf::Bpf) -> Outcome<T>) -> Answer<T> {
        self.check_stop()?;
        let outcome = function(&mut self.bpf);
        self.begin();
        if outcome.as_ref().is_err_and(Refusal::is_stopped) {
            return Err(wasmtime::Error::from(Stopped));
        }
        Ok(outcome.map_err(|Refusal { code, message }| Error { code, message }))
    }
}

impl object::Host for Guest {
    fn load(&mut self) -> Answer<()> {
        self.call(|bpf| bpf.load())
    }

    fn lookup(&mut self, map: String, key: Vec<u8>) -> Answer<Option<Vec<u8>>> {
        self.call(|bpf| bpf.lookup(&map, &key))
    }

    fn lookup_and_delete(&mut self, map: String, key: Vec<u8>) -> Answer<Option<Vec<u8>>> {
        self.call(|bpf| bpf.lookup_and_delete(&map, &key))
    }

    fn update(&mut self, map: String, key: Vec<u8>, value: Vec<u8>, flags: u64) -> Answer<()> {
        self.call(|bpf| bpf.update(&map, &key, &value, flags))
    }

    fn delete_key(&mut self, map: String, key: Vec<u8>) -> Answer<bool> {
        self.call(|bpf| bpf.delete_key(&map, &key))
    }

    fn entries(&mut self, map: String, after: Option<Vec<u8>>, limit: u32) -> Answer<MapEntries> {
        self.call(|bpf| {
            let entries = bpf.entries(&map, after.as_deref(), limit)?;
            Ok(MapEntries {
                keys: entries.keys,
                values: entries.values,
            })
        })
    }

    fn poll(&mut self, map: String, timeout_ms: Option<u32>) -> Answer<Records> {
        let time = timeout_ms.map(|time| Duration::from_millis(time.into()));
        self.call(|bpf| {
            let records = bpf.poll(&map, time)?;
            Ok(Records {
                bytes: records.bytes,
                sizes: records.sizes,
                lost: records.lost,
            })
        })
    }

    fn submit(&mut self, map: String, bytes: Vec<u8>) -> Answer<()> {
        self.call(|bpf| bpf.submit(&map, &bytes))
    }

    fn read_data(&mut self, section: String, offset: u32, size: u32) -> Answer<Vec<u8>> {
        self.call(|bpf| bpf.read_data(&section, offset, size))
    }

    fn write_data(&mut self, section: String, offset: u32, bytes: Vec<u8>) -> Answer<()> {
        self.call(|bpf| bpf.write_data(&section, offset, &bytes))
    }

    fn attach(&mut self, program: String, target: Option<String>) -> Answer<u32> {
        self.call(|bpf| bpf.attach(&program, target.as_deref()))
    }

    fn detach(&mut self, link: u32) -> Answer<()> {
        self.call(|bpf| bpf.detach(link))
    }

    fn run(&mut self, program: String, input: RunInput) -> Answer<RunOutput> {
        self.call(|bpf| {
            let output = bpf.run(&program, &input.data, input.context, input.repeat)?;
            Ok(RunOutput {
                return_value: output.return_value,
                data: output.data,
                context: output.context,
                duration: output.duration,
            })
        })
    }
}
