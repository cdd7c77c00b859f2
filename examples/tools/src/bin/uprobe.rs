//! Prints the calls of a function of user space. Argument: BINARY:FUNCTION.

wit_bindgen::generate!({ path: concat!(env!("OUT_DIR"), "/uprobe.wit"), generate_all });

use tools::uprobe::programs::{self, Program};
use tools::uprobe::{events, object};

fn main() -> Result<(), object::Error> {
    let target = std::env::args().nth(1).unwrap_or_default();
    let function = target.rsplit(':').next().unwrap_or_default();
    object::load()?;
    for program in [Program::Call, Program::GiveBack] {
        programs::attach_to(program, &target)?;
    }
    loop {
        for event in events::poll(None)? {
            let (first, second) = (event.values[0], event.values[1]);
            let what = match event.returned {
                false => format!("{function}({first:#x}, {second:#x})"),
                true => format!("{function} returns {first:#x}"),
            };
            println!("{:<8} {:<16} {what}", event.pid, event.comm);
        }
    }
}
