//! A hostile or broken guest. Its argument selects what it tries. The host must survive it.

wit_bindgen::generate!({
    path: "../wit/bpf",
    world: "example:bpf/driver",
});

use std::hint::black_box;

use example::bpf::console;
use example::bpf::objects::{Error, Object};

const OBJECT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/bootstrap.bpf.o"));

struct Hostile;

export!(Hostile);

impl Guest for Hostile {
    fn run(arguments: Vec<String>) -> Result<(), String> {
        let how = arguments.first().map_or("", String::as_str);
        misbehave(how).map_err(|error| format!("{:?}: {}", error.problem, error.message))
    }
}

fn misbehave(how: &str) -> Result<(), Error> {
    let object = Object::open(OBJECT)?;
    if how == "early" {
        object.attach("handle_exec", "sched_process_exec")?;
    }
    if how == "size" {
        object.set_global("settings", &[1])?;
    }
    object.load()?;
    match how {
        // Only after the object is open.
        "trap" => {
            object.attach("handle_exec", "sched_process_exec")?;
            panic!("as asked");
        }
        "loop" => {
            object.attach("handle_exec", "sched_process_exec")?;
            loop {
                black_box(());
            }
        }
        "memory" => {
            let mut hoard = Vec::new();
            loop {
                hoard.push(vec![1_u8; 1 << 20]);
                black_box(&hoard);
            }
        }
        "table" => {
            let mut hoard = Vec::new();
            loop {
                hoard.push(Object::open(OBJECT)?);
            }
        }
        "flood" => loop {
            console::print(b"again and again");
        },
        "map" => drop(object.lookup("secrets", &[0; 4])?),
        "kind" => drop(object.poll("start", 0)?),
        "key" => drop(object.lookup("start", &[0; 400])?),
        "program" => object.run("shutdown", &[])?,
        "tracepoint" => object.attach("handle_exec", "no_such_tracepoint")?,
        "object" => drop(Object::open(&OBJECT[1..])?),
        _ => console::print(format!("no way to misbehave is called {how:?}").as_bytes()),
    }
    Ok(())
}
