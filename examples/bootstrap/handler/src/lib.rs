//! Prints the events that it receives as a table of processes that begin and end.

wit_bindgen::generate!({
    path: [concat!(env!("OUT_DIR"), "/wit"), "../wit/bpf", "../wit/handler"],
    world: "example:handler/handler",
    generate_all,
});

#[path = "../../driver/src/table.rs"]
mod table;

use std::sync::Once;

use example::bpf::console;

struct Handler;

export!(Handler);

impl Guest for Handler {
    fn handle_events(events: Vec<Event>) {
        static HEADER: Once = Once::new();
        HEADER.call_once(|| console::print(table::HEADER.as_bytes()));
        for event in &events {
            console::print(table::line(console::time_of_day(), event).as_bytes());
        }
    }
}
