//! The generated reader, and the hand-written code with which the reader and the decoder are compared. The hand-written
//! code copies the bytes into a `#[repr(C)]` struct, and makes the value that the reader or the decoder returns.

use std::borrow::Cow;

use btf2wit::decode::Value;

pub mod bindings {
    wit_bindgen::generate!({
        path: concat!(env!("OUT_DIR"), "/wit"),
        world: "event",
        generate_unused_types: true,
    });
}

pub mod reader {
    include!(concat!(env!("OUT_DIR"), "/wit/types.rs"));
}

use bindings::bpf::event::types::Event;

#[repr(C)]
struct Raw {
    pid: i32,
    ppid: i32,
    exit_code: u32,
    duration_ns: u64,
    comm: [u8; 16],
    filename: [u8; 127],
    exit_event: u8,
}

fn raw(bytes: &[u8]) -> Option<Raw> {
    // SAFETY: every bit pattern is a valid `Raw`, and the slice has the size of `Raw`.
    (bytes.len() == size_of::<Raw>())
        .then(|| unsafe { bytes.as_ptr().cast::<Raw>().read_unaligned() })
}

/// Reads an event of 168 bytes with hand-written code.
pub fn by_hand(bytes: &[u8]) -> Option<Event> {
    let raw = raw(bytes)?;
    Some(Event {
        pid: raw.pid,
        ppid: raw.ppid,
        exit_code: raw.exit_code,
        duration_ns: raw.duration_ns,
        comm: raw.comm.to_vec(),
        filename: raw.filename.to_vec(),
        exit_event: raw.exit_event != 0,
    })
}

/// Reads an event with hand-written code. Returns the value that the decoder returns.
pub fn value_by_hand(bytes: &[u8]) -> Option<Value<'_>> {
    let raw = raw(bytes)?;
    Some(Value::Record(vec![
        ("pid", Value::S32(raw.pid)),
        ("ppid", Value::S32(raw.ppid)),
        ("exit-code", Value::U32(raw.exit_code)),
        ("duration-ns", Value::U64(raw.duration_ns)),
        ("comm", Value::Bytes(Cow::Borrowed(bytes.get(24..40)?))),
        ("filename", Value::Bytes(Cow::Borrowed(bytes.get(40..167)?))),
        ("exit-event", Value::Bool(raw.exit_event != 0)),
    ]))
}

/// Returns the bytes of an event.
pub fn bytes() -> Vec<u8> {
    let mut bytes = vec![0; 168];
    bytes[24..28].copy_from_slice(b"curl");
    bytes[40..53].copy_from_slice(b"/usr/bin/curl");
    bytes
}
