//! Prints the programs that processes start.

wit_bindgen::generate!({ path: concat!(env!("OUT_DIR"), "/execve.wit"), generate_all });

use tools::execve::programs::{self, Program};
use tools::execve::{events, object};

fn main() -> Result<(), object::Error> {
    object::load()?;
    let _link = programs::attach(Program::Enter)?;
    println!("{:<8} {:<16} PROGRAM", "PID", "BY");
    loop {
        for event in events::poll(None)? {
            println!("{:<8} {:<16} {}", event.pid, event.comm, event.filename);
        }
    }
}
