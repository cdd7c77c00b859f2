//! Measures how fast the generated reader and the decoder read the event of README.md, which has 168 bytes, compared
//! with hand-written code.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use event_bench::{by_hand, bytes, reader, value_by_hand};

fn event(criterion: &mut Criterion) {
    let bytes = bytes();
    let object = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../testdata/obj/event.bpfel.o"
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
