//! The 168 bytes of README's event, read by the generated reader and by the decoder, each beside code
//! that someone would write by hand: a copy through a `#[repr(C)]` struct into the same value.

#![allow(dead_code, reason = "bindings have more than is called")]

use std::borrow::Cow;
use std::hint::black_box;

use btf2wit::decode::Value;
use criterion::{Criterion, criterion_group, criterion_main};

mod bindings {
    wit_bindgen::generate!({
        path: concat!(env!("OUT_DIR"), "/wit"),
        world: "event",
        generate_unused_types: true,
    });
}

mod reader {
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
    // SAFETY: every bit pattern is a `Raw`, and there are as many bytes as it has.
    (bytes.len() == size_of::<Raw>())
        .then(|| unsafe { bytes.as_ptr().cast::<Raw>().read_unaligned() })
}

fn by_hand(bytes: &[u8]) -> Option<Event> {
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

fn value_by_hand(bytes: &[u8]) -> Option<Value<'_>> {
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

fn event(criterion: &mut Criterion) {
    let mut bytes = vec![0; 168];
    bytes[24..28].copy_from_slice(b"curl");
    bytes[40..53].copy_from_slice(b"/usr/bin/curl");
    let object = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../testdata/obj/event.bpfel.o"
    );
    let package = btf2wit::Config::new()
        .input(object)
        .load()
        .expect("it is there");
    let decoder = package.decoder("event").expect("it is there");
    assert_eq!(decoder.decode(&bytes).ok(), value_by_hand(&bytes));
    let own = reader::event::read(&bytes).map(|event| format!("{event:?}"));
    assert_eq!(own.ok(), by_hand(&bytes).map(|event| format!("{event:?}")));

    let mut group = criterion.benchmark_group("event");
    group.bench_function("typed, by hand", |b| b.iter(|| by_hand(black_box(&bytes))));
    group.bench_function("typed, reader", |b| {
        b.iter(|| reader::event::read(black_box(&bytes)))
    });
    group.bench_function("value, by hand", |b| {
        b.iter(|| value_by_hand(black_box(&bytes)))
    });
    group.bench_function("value, decoder", |b| {
        b.iter(|| decoder.decode(black_box(&bytes)).ok())
    });
    group.finish();
}

criterion_group!(benches, event);
criterion_main!(benches);
