//! Prints the files that processes open. Argument: the id of the only process to watch. Without it, watches all.

wit_bindgen::generate!({ path: concat!(env!("OUT_DIR"), "/opensnoop.wit"), generate_all });

use tools::opensnoop::programs::{self, Program};
use tools::opensnoop::{events, globals, object};

fn main() -> Result<(), object::Error> {
    if let Some(pid) = std::env::args().nth(1).and_then(|pid| pid.parse().ok()) {
        globals::set_only_pid(pid)?;
    }
    object::load()?;
    for program in [Program::Leave, Program::Enter] {
        programs::attach(program)?;
    }
    println!("{:<8} {:<16} {:>4} {:>4} PATH", "PID", "COMM", "FD", "ERR");
    loop {
        for event in events::poll(None)? {
            let (file, error) = match event.result {
                0.. => (event.result, 0),
                error => (-1, -error),
            };
            let (pid, comm, path) = (event.pid, event.comm, event.filename);
            println!("{pid:<8} {comm:<16} {file:>4} {error:>4} {path}");
        }
    }
}
