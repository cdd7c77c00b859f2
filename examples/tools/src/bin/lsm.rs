//! Prints the processes that use bpf(2).

wit_bindgen::generate!({ path: concat!(env!("OUT_DIR"), "/lsm.wit"), generate_all });

use tools::lsm::programs::{self, Program};
use tools::lsm::{events, object};

fn main() -> Result<(), object::Error> {
    object::load()?;
    programs::attach(Program::Ask)?;
    println!("{:<8} {:<16} COMMAND", "PID", "COMM");
    loop {
        for event in events::poll(None)? {
            println!("{:<8} {:<16} {}", event.pid, event.comm, event.command);
        }
    }
}
