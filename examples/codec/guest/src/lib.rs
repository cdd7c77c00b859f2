//! Describes events that the codec has read.

wit_bindgen::generate!({
    path: [concat!(env!("OUT_DIR"), "/wit"), "../wit"],
    world: "example:reader/reader",
    generate_all,
});

use bpf::event::codec::read_events;

struct Reader;

impl Guest for Reader {
    fn describe(bytes: Vec<u8>) -> String {
        let events = match read_events(&bytes) {
            Ok(events) => events,
            Err(error) => return format!("Rust: {}\n", error.message),
        };
        let line = |event: bpf::event::types::Event| {
            let what = match event.filename.as_str() {
                "" => event.exit_code.to_string(),
                name => name.to_owned(),
            };
            format!("Rust: {} ({}) {what}\n", event.comm, event.pid)
        };
        events.into_iter().map(line).collect()
    }
}

export!(Reader);
