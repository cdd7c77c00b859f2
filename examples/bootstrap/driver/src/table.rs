//! The table that users of BPF know from bcc's and libbpf's tools.

use crate::bpf::bootstrap::types::Event;

pub const HEADER: &str = "TIME     EVENT COMM             PID     PPID    FILENAME/EXIT CODE";

pub fn line(time_of_day: u32, event: &Event) -> String {
    let (hours, minutes, seconds) = (time_of_day / 3600, time_of_day / 60 % 60, time_of_day % 60);
    let time = format!("{hours:02}:{minutes:02}:{seconds:02}");
    let Event {
        comm, pid, ppid, ..
    } = event;
    let (kind, rest) = if event.exit_event {
        let milliseconds = event.duration_ns / 1_000_000;
        let code = format!("[{}]", event.exit_code);
        (
            "EXIT",
            if milliseconds > 0 {
                format!("{code} ({milliseconds}ms)")
            } else {
                code
            },
        )
    } else {
        ("EXEC", event.filename.clone())
    };
    format!("{time:<8} {kind:<5} {comm:<16} {pid:<7} {ppid:<7} {rest}")
}
