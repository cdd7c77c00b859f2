//! Drives BPF: loads the object, sets filters, and prints a table of processes that begin and end.
//!
//! Arguments: `--once` runs the program that writes known events, `--min-duration MILLISECONDS`,
//! `--failures`, and `--ignore NAME` choose.

wit_bindgen::generate!({
    path: [concat!(env!("OUT_DIR"), "/wit"), "../wit/bpf", "../wit/driver"],
    world: "example:bootstrap/driver",
    // Nothing but this crate uses the types.
    generate_unused_types: true,
    generate_all,
});

mod reader {
    include!(concat!(env!("OUT_DIR"), "/wit/types.rs"));
}
mod table;

use bpf::bootstrap::types::{Name, Settings};
use example::bpf::console;
use example::bpf::objects::{Error, Object};
use reader::{event, name, settings};

/// The BPF program, as build.rs compiled it.
const OBJECT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/bootstrap.bpf.o"));

struct Driver;

export!(Driver);

impl Guest for Driver {
    fn run(arguments: Vec<String>) -> Result<(), String> {
        drive(&Wish::parse(arguments)?).map_err(|error| error.message)
    }
}

/// The parsed arguments.
struct Wish {
    once: bool,
    settings: Settings,
    ignored: Vec<Name>,
}

impl Wish {
    fn parse(arguments: Vec<String>) -> Result<Wish, String> {
        let mut wish = Wish {
            once: false,
            settings: Settings {
                min_duration_ns: 0,
                failures_only: false,
            },
            ignored: Vec::new(),
        };
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
            match argument.as_str() {
                "--once" => wish.once = true,
                "--failures" => wish.settings.failures_only = true,
                "--ignore" => wish.ignored.push(Name { comm: value()? }),
                "--min-duration" => {
                    let milliseconds = value()?.parse::<u32>().map_err(|e| e.to_string())?;
                    wish.settings.min_duration_ns = u64::from(milliseconds) * 1_000_000;
                }
                _ => return Err(format!("{argument} is none of my arguments")),
            }
        }
        Ok(wish)
    }
}

fn drive(wish: &Wish) -> Result<(), Error> {
    let object = Object::open(OBJECT)?;
    let mut bytes = [0; settings::SIZE];
    settings::write(&wish.settings, &mut bytes).map_err(own)?;
    object.set_global("settings", &bytes)?;
    object.load()?;
    for ignored in &wish.ignored {
        object.update("ignored", &key(ignored)?, &[1])?;
    }
    if wish.once {
        object.run("once", &[])?;
    } else {
        object.attach("handle_exec", "sched_process_exec")?;
        object.attach("handle_exit", "sched_process_exit")?;
    }

    console::print(table::HEADER.as_bytes());
    let milliseconds = if wish.once { 0 } else { 1000 };
    while let Some(bytes) = object.poll("events", milliseconds)? {
        if bytes.is_empty() && wish.once {
            break;
        }
        for event in event::records(&bytes) {
            let line = table::line(console::time_of_day(), &event.map_err(own)?);
            console::print(line.as_bytes());
        }
    }

    for ignored in &wish.ignored {
        object.delete("ignored", &key(ignored)?)?;
    }
    let lost = object.lookup("lost", &0_u32.to_le_bytes())?;
    let lost = lost
        .and_then(|bytes| bytes.try_into().ok())
        .map_or(0, u64::from_le_bytes);
    if lost > 0 {
        console::print(format!("{lost} events were lost").as_bytes());
    }
    Ok(())
}

fn key(ignored: &Name) -> Result<[u8; name::SIZE], Error> {
    let mut bytes = [0; name::SIZE];
    name::write(ignored, &mut bytes).map_err(own)?;
    Ok(bytes)
}

/// An error of this guest's own reading or writing.
fn own(error: impl std::fmt::Display) -> Error {
    Error {
        problem: example::bpf::objects::Problem::Size,
        message: error.to_string(),
    }
}
