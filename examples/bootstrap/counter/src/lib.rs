//! Adds up the fields of events, which it gets as bytes or as values.

wit_bindgen::generate!({
    path: [concat!(env!("OUT_DIR"), "/wit"), "../wit/counter"],
    world: "example:counter/counter",
    generate_unused_types: true,
    generate_all,
});

mod reader {
    include!(concat!(env!("OUT_DIR"), "/wit/types.rs"));
}

use reader::event;

struct Counter;

export!(Counter);

impl Guest for Counter {
    fn count_bytes(records: Vec<u8>) -> u64 {
        event::records(&records)
            .map(|event| weigh(&event.expect("a whole event")))
            .sum()
    }

    fn count_events(events: Vec<Event>) -> u64 {
        events.iter().map(weigh).sum()
    }
}

/// Adds up all fields, so that none is left unread.
fn weigh(event: &Event) -> u64 {
    let text = event.comm.len() + event.filename.len();
    let numbers = [
        event.pid as u32,
        event.ppid as u32,
        event.exit_code,
        event.exit_event.into(),
    ];
    text as u64 + event.duration_ns + numbers.into_iter().map(u64::from).sum::<u64>()
}
