//! Prints how a component describes recorded events: `host COMPONENT EVENTS`.

use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Engine, Result, Store, error::Context};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

include!(concat!(env!("OUT_DIR"), "/bindings.rs"));

/// The generated reader: it reads the bytes of a BPF program as the types of the bindings.
mod reader {
    include!(concat!(env!("OUT_DIR"), "/wit/types.rs"));
}

/// The state that the guest's imports use. Rust's standard library imports WASI.
struct Host {
    wasi: WasiCtx,
    table: ResourceTable,
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let (component, events) = arguments
        .next()
        .zip(arguments.next())
        .context("say: host COMPONENT EVENTS")?;
    let engine = Engine::default();
    let component = Component::from_file(&engine, component)?;
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
    let host = Host {
        // The guest may print. It gets no files, network, arguments or environment.
        wasi: WasiCtx::builder().inherit_stdout().inherit_stderr().build(),
        table: ResourceTable::new(),
    };
    let mut store = Store::new(&engine, host);
    let app = App::instantiate(&mut store, &component, &linker)?;
    for event in reader::event::records(&std::fs::read(events)?) {
        println!("{}", app.call_describe(&mut store, &event?)?);
    }
    Ok(())
}
