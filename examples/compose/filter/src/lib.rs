//! Selects the events of a BPF program that the component in C logs.

wit_bindgen::generate!({
    path: [concat!(env!("OUT_DIR"), "/wit"), "../wit/filter"],
    world: "example:filter/filter-rust",
    generate_all,
});

use exports::example::filter::judge::{Event, Guest};

struct Filter;

export!(Filter);

impl Guest for Filter {
    /// Selects failures, and processes that ran for at least a second.
    fn wanted(event: Event) -> bool {
        event.exit_event && (event.exit_code != 0 || event.duration_ns >= 1_000_000_000)
    }
}
