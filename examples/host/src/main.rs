//! Prints what a component says of an event: `host COMPONENT`.

use wasmtime::component::{Component, Linker};
use wasmtime::{Engine, Result, Store, error::Context};

include!(concat!(env!("OUT_DIR"), "/bindings.rs"));

fn main() -> Result<()> {
    let component = std::env::args_os().nth(1).context("say: host COMPONENT")?;
    let engine = Engine::default();
    let component = Component::from_file(&engine, component)?;
    let mut store = Store::new(&engine, ());
    let app = App::instantiate(&mut store, &component, &Linker::new(&engine))?;
    let event = Event {
        pid: 42,
        ppid: 1,
        exit_code: 0,
        duration_ns: 0,
        comm: "true".to_owned(),
        filename: "/bin/true".to_owned(),
        exit_event: false,
    };
    println!("{}", app.call_describe(&mut store, &event)?);
    Ok(())
}
