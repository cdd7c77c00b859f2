//! A guest that sums one field of events. It reads the events with the generated reader, or gets them from the host as
//! values.

wit_bindgen::generate!({
    path: [concat!(env!("OUT_DIR"), "/wit"), "wit"],
    world: "example:sum/by-reader",
    generate_all,
});

mod reader {
    include!(concat!(env!("OUT_DIR"), "/wit/types.rs"));
}

struct Sum;

impl Guest for Sum {
    fn sum_bytes(bytes: Vec<u8>) -> u64 {
        let events: Result<Vec<Event>, _> = reader::event::records(&bytes).collect();
        match events {
            Ok(events) => Sum::sum_events(events),
            Err(_) => u64::MAX,
        }
    }

    fn sum_events(events: Vec<Event>) -> u64 {
        events.iter().map(|event| event.duration_ns).sum()
    }
}

export!(Sum);
