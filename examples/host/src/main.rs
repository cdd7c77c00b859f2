//! Prints what a component says of recorded events: `host COMPONENT EVENTS`.

use wasmtime::component::{Component, Linker};
use wasmtime::{Engine, Result, Store, error::Context};

include!(concat!(env!("OUT_DIR"), "/bindings.rs"));

/// Reads what the BPF program sent into the type that the macro made.
mod reader {
    include!(concat!(env!("OUT_DIR"), "/wit/types.rs"));
}

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let (component, events) = arguments
        .next()
        .zip(arguments.next())
        .context("say: host COMPONENT EVENTS")?;
    let engine = Engine::default();
    let component = Component::from_file(&engine, component)?;
    let mut store = Store::new(&engine, ());
    let app = App::instantiate(&mut store, &component, &Linker::new(&engine))?;
    for event in reader::event::records(&std::fs::read(events)?) {
        println!("{}", app.call_describe(&mut store, &event?)?);
    }
    Ok(())
}
