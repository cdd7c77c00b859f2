//! Says which events of a BPF program are worth a line, for the component in C that handles them.

wit_bindgen::generate!({
    path: [concat!(env!("OUT_DIR"), "/wit"), "../wit/filter"],
    world: "example:filter/filter-rust",
    generate_all,
});

use exports::example::filter::judge::{Event, Guest};

struct Filter;

export!(Filter);

impl Guest for Filter {
    /// Failures, and whatever ran for a second.
    fn wanted(event: Event) -> bool {
        event.exit_event && (event.exit_code != 0 || event.duration_ns >= 1_000_000_000)
    }
}
