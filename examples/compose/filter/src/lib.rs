//! Selects the events of a BPF program. The component in C logs the selected ones.

wit_bindgen::generate!({
    path: [concat!(env!("OUT_DIR"), "/wit"), "../wit/filter"],
    world: "example:filter/filter-rust",
    generate_all,
});

use exports::example::filter::judge::{Event, Guest};

struct Filter;

export!(Filter);

impl Guest for Filter {
    /// Selects processes that failed, and processes that ran for at least a second.
    fn wanted(event: Event) -> bool {
        event.exit_event && (event.exit_code != 0 || event.duration_ns >= 1_000_000_000)
    }
}
