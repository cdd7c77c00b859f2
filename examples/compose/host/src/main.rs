//! Runs a composed component: `compose-host gcd COMPONENT` or `compose-host events COMPONENT`.

use std::env;

use wasmtime::component::{Component, HasSelf, Linker};
use wasmtime::error::Context;
use wasmtime::{Engine, Result, Store, bail};

include!(concat!(env!("OUT_DIR"), "/bindings.rs"));

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [what, file] = &arguments[..] else {
        bail!("say: compose-host gcd COMPONENT, or compose-host events COMPONENT");
    };
    let engine = Engine::default();
    let component = Component::from_file(&engine, file)?;
    match what.as_str() {
        "gcd" => gcd(&engine, &component),
        "events" => events(&engine, &component),
        _ => bail!("{what} is neither gcd nor events"),
    }
}

/// Calls `gcd4`. It takes and returns only numbers, so it needs no generated bindings.
fn gcd(engine: &Engine, component: &Component) -> Result<()> {
    let mut store = Store::new(engine, ());
    let instance = Linker::new(engine).instantiate(&mut store, component)?;
    let gcd4 = instance.get_typed_func::<(u32, u32, u32, u32), (u32,)>(&mut store, "gcd4")?;
    let (divisor,) = gcd4.call(&mut store, (12, 18, 30, 42))?;
    println!("gcd4(12, 18, 30, 42) is {divisor}");
    Ok(())
}

/// Implements the imports of the components.
struct Host;

/// Components import the interface of the types, but it has no functions to implement.
impl bpf::event::types::Host for Host {}

impl AppImports for Host {
    fn log(&mut self, line: String) {
        println!("{line}");
    }
}

fn events(engine: &Engine, component: &Component) -> Result<()> {
    let mut linker = Linker::new(engine);
    App::add_to_linker::<_, HasSelf<_>>(&mut linker, |host: &mut Host| host)?;
    let mut store = Store::new(engine, Host);
    let app = App::instantiate(&mut store, component, &linker)
        .context("the component asks for more than `log`")?;
    let event = |pid, comm: &str, exit_event, exit_code, milliseconds: u64| Event {
        pid,
        ppid: 1,
        exit_code,
        duration_ns: milliseconds * 1_000_000,
        comm: comm.to_owned(),
        filename: String::new(),
        exit_event,
    };
    for event in [
        event(10, "true", false, 0, 0),
        event(10, "true", true, 0, 2),
        event(11, "false", true, 1, 3),
        event(12, "sleep", true, 0, 1500),
    ] {
        app.call_handle(&mut store, &event)?;
    }
    app.call_run(&mut store)?;
    Ok(())
}
