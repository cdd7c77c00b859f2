//! Describes the events of a BPF program.

#![allow(
    clippy::too_many_arguments,
    reason = "wit-bindgen writes a function with a parameter for each field of the event"
)]

wit_bindgen::generate!({
    // The generated package comes first, since the world uses it.
    path: [concat!(env!("OUT_DIR"), "/wit"), "wit"],
    // The world has its full name, since there are two packages.
    world: "example:guest/app",
    // The macro generates modules for both packages.
    generate_all,
});

struct App;

export!(App);

impl Guest for App {
    fn describe(event: Event) -> String {
        let Event { pid, comm, .. } = &event;
        if !event.exit_event {
            return format!("{comm} ({pid}) runs {}", event.filename);
        }
        let milliseconds = event.duration_ns / 1_000_000;
        let code = event.exit_code;
        format!("{comm} ({pid}) ended with {code} after {milliseconds} ms")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_described() {
        let event = Event {
            pid: 42,
            ppid: 1,
            exit_code: 2,
            duration_ns: 7_000_000,
            comm: "true".to_owned(),
            filename: "/bin/true".to_owned(),
            exit_event: true,
        };
        assert_eq!(App::describe(event), "true (42) ended with 2 after 7 ms");
    }
}
