//! A guest that reads events with the codec and sums one of their fields.

wit_bindgen::generate!({
    path: [concat!(env!("OUT_DIR"), "/wit"), "wit"],
    world: "example:sum/by-codec",
    generate_all,
});

use bpf::event::codec::read_events;

struct Sum;

impl Guest for Sum {
    fn sum_bytes(bytes: Vec<u8>) -> u64 {
        let Ok(events) = read_events(&bytes) else {
            return u64::MAX;
        };
        events.iter().map(|event| event.duration_ns).sum()
    }
}

export!(Sum);
