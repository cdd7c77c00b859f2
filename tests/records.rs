//! Tests where records begin and end, and the text of flexible arrays.

#![cfg(feature = "wave")]

use crate::support;
use anyhow::{Context, Result};
use btf2wit::decode::{Decoder, RecordSize, Value};
use btf2wit::{CharArrays, Config};

fn decoder(fixture: &str, name: &str) -> Result<Decoder> {
    let mut config = Config::new();
    config
        .input(support::object(fixture, "bpfel"))
        .char_arrays(CharArrays::String);
    Ok(config.load()?.decoder(name)?)
}

/// Returns a line for each record: its value, or the error. An error can only be the last line.
fn read(decoder: &Decoder, bytes: &[u8]) -> Vec<String> {
    let line = |value: Result<Value<'_>, _>| match value {
        Ok(value) => value.to_wave(),
        Err(error) => format!("{error}"),
    };
    decoder.records(bytes).map(line).collect()
}

#[test]
fn more_bytes_than_the_type_has_need_a_record_size() -> Result<()> {
    let mut decoder = decoder("flexible", "flexible_last")?;
    let bytes: Vec<u8> = (0..24).collect();
    let lines = |decoder: &Decoder, length: usize| read(decoder, &bytes[..length]).join("\n");
    // Without a record size, the bytes are one record if there are as many as the type has.
    insta::assert_snapshot!(lines(&decoder, 4), @"{count: 50462976, items: []}");
    insta::assert_snapshot!(lines(&decoder, 3), @"flexible_last: at byte 0: 4 bytes expected, there are 3");
    insta::assert_snapshot!(lines(&decoder, 24), @"flexible_last: at byte 4: the type has 4 bytes and ends in a flexible array, so that what follows may be elements or further records: choose --record-size BYTES for records of so many bytes each, or --record-size rest for one record");

    decoder.record_size(RecordSize::Bytes(12))?;
    insta::assert_snapshot!(lines(&decoder, 24), @"
    {count: 50462976, items: [{key: 117835012, value: 185207048}]}
    {count: 252579084, items: [{key: 319951120, value: 387323156}]}
    ");
    insta::assert_snapshot!(lines(&decoder, 20), @"
    {count: 50462976, items: [{key: 117835012, value: 185207048}]}
    flexible_last: at byte 12: 12 bytes expected, there are 8
    ");
    decoder.record_size(RecordSize::Bytes(4))?;
    assert_eq!(read(&decoder, &bytes).len(), 6);
    decoder.record_size(RecordSize::Rest)?;
    insta::assert_snapshot!(lines(&decoder, 20), @"{count: 50462976, items: [{key: 117835012, value: 185207048}, {key: 252579084, value: 319951120}]}");
    // `decode` reads all bytes as one record, even if a record size is set.
    decoder.decode(&bytes)?;
    Ok(())
}

#[test]
fn padding_between_records_is_skipped() -> Result<()> {
    let mut decoder = decoder("maps", "struct key")?;
    decoder.record_size(RecordSize::Bytes(12))?;
    let bytes: Vec<u8> = (0..24).collect();
    insta::assert_snapshot!(read(&decoder, &bytes).join("\n"), @"
    {address: 50462976, port: 1284}
    {address: 252579084, port: 4368}
    ");
    insta::assert_snapshot!(read(&decoder, &bytes[..20]).join("\n"), @"
    {address: 50462976, port: 1284}
    key: at byte 12: 12 bytes expected, there are 8
    ");
    Ok(())
}

#[test]
fn a_record_size_below_the_type_is_refused() -> Result<()> {
    let mut messages = Vec::new();
    let mut refused = |name: &str, fixture: &str, size| -> Result<()> {
        let mut decoder = decoder(fixture, name)?;
        let error = decoder
            .record_size(size)
            .err()
            .context("the size is refused")?;
        messages.push(error.to_string());
        Ok(())
    };
    refused("flexible_last", "flexible", RecordSize::Bytes(3))?;
    refused("event", "event", RecordSize::Bytes(167))?;
    refused("event", "event", RecordSize::Rest)?;
    refused("zero_length_arm", "flexible", RecordSize::Bytes(0))?;
    insta::assert_snapshot!(messages.join("\n"), @"
    'flexible_last' cannot have records of that size: each has at least 4 bytes, not 3
    'event' cannot have records of that size: each has at least 168 bytes, not 167
    'event' cannot have records of that size: it does not end in a flexible array, so that each has 168 bytes
    'zero_length_arm' cannot have records of that size: each has at least 1 byte, not 0
    ");
    Ok(())
}

/// A trace event has several strings in its flexible array. In an array of fixed length, the text ends at the first
/// NUL.
#[test]
fn a_flexible_array_keeps_all_of_its_strings() -> Result<()> {
    let decoder = decoder("trace_records", "trace_exec")?;
    let mut bytes = vec![0; 24];
    bytes[8..16].copy_from_slice(b"sh\0trash");
    bytes.extend_from_slice(b"/bin/sh\0ld.so\0\0\0");
    let value = decoder.decode(&bytes)?;
    assert_eq!(value.get("comm").and_then(Value::as_text), Some("sh"));
    let texts = value.get("data").and_then(Value::as_text);
    assert_eq!(texts, Some("/bin/sh\0ld.so"));
    let written = decoder.encode(&value)?;
    assert_eq!(written[24..], *b"/bin/sh\0ld.so");
    assert_eq!(decoder.decode(&written)?, value);
    // An array without bytes is read as an empty text.
    let value = decoder.decode(&bytes[..24])?;
    assert_eq!(value.get("data").and_then(Value::as_text), Some(""));
    Ok(())
}

/// The kernel's own trace events end in `char __data[0]`. The bytes of the next event become part of this array only
/// with [`RecordSize::Rest`].
#[test]
fn one_event_of_the_kernel_does_not_swallow_the_next() -> Result<()> {
    let mut config = Config::new();
    config
        .input("testdata/vmlinux-6.12-amd64.btf.xz")
        .char_arrays(CharArrays::String);
    let package = config.load()?;
    let mut decoder = package.decoder("trace_event_raw_sched_switch")?;
    let bytes = vec![1; 3 * decoder.size()];
    assert!(decoder.records(&bytes).next().is_some_and(|r| r.is_err()));
    decoder.record_size(RecordSize::Bytes(decoder.size()))?;
    assert_eq!(decoder.records(&bytes).filter(Result::is_ok).count(), 3);
    decoder.record_size(RecordSize::Rest)?;
    let value = decoder
        .records(&bytes)
        .next()
        .context("there is a record")??;
    let data = value.get("data").and_then(Value::as_text);
    assert_eq!(data.map(str::len), Some(2 * decoder.size()));
    Ok(())
}
