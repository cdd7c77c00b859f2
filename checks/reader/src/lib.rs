//! Compares generated readers, which are compiled with real bindings, with the decoder and the encoder. build.rs
//! generates a module for each fixture of each producer.

#![cfg(test)]

use std::collections::BTreeSet;

use btf2wit::decode::Value;
use btf2wit::{Config, Package};
use heck::{ToShoutySnakeCase, ToUpperCamelCase};

mod valid;

include!(concat!(env!("OUT_DIR"), "/all.rs"));

include!("mapping.rs");

fn package(object: &str, mapping: &str) -> Package {
    let mut config = Config::new();
    config.input(object);
    set(&mut config, mapping);
    set_target(&mut config, object.as_ref(), mapping);
    config.load().expect("build.rs has loaded it")
}

/// If an enum has no case for a number, the reader returns an error that begins with the type and, in a record, the
/// field. If the enum is an integer in WIT, every number is accepted.
#[test]
fn a_number_that_no_case_has() {
    let bytes = 77_u32.to_le_bytes();
    let error = enums_bpfel::guest::reader::sparse::read(&bytes).expect_err("it has no case");
    assert_eq!(error.to_string(), "sparse: 77 is not a value of the enum");
    let bytes = vec![0xff; enums_bpfel::guest::reader::enums::SIZE];
    let error = enums_bpfel::guest::reader::enums::read(&bytes).expect_err("it has no case");
    assert!(error.to_string().starts_with("enums."), "{error}");
    let bytes = 77_u32.to_le_bytes();
    assert_eq!(enums_i686::guest::reader::sparse::read(&bytes), Ok(77));
}

/// If a type ends in a flexible array, its records have the size that the caller sets.
#[test]
fn records_of_a_flexible_type() {
    use trace_records_bpfel::guest::reader::{RecordSize, trace_exec};
    let bytes = [1; 3 * trace_exec::SIZE];
    let read = |size| -> Vec<Result<usize, String>> {
        let records = trace_exec::records(&bytes, size);
        records
            .map(|record| {
                record
                    .map(|record| record.data.len())
                    .map_err(|e| e.to_string())
            })
            .collect()
    };
    assert_eq!(read(RecordSize::Bytes(24)), [Ok(0), Ok(0), Ok(0)]);
    assert_eq!(read(RecordSize::Rest), [Ok(48)]);
    let cut = "trace-exec: 40 bytes expected, there are 32".to_owned();
    assert_eq!(read(RecordSize::Bytes(40)), [Ok(16), Err(cut)]);
    assert!(read(RecordSize::Bytes(0)).iter().all(Result::is_err));
}

/// A number selects the arm that is read. If a value with another arm is written, the reader returns an error.
#[test]
fn a_number_selects_the_arm() {
    use tags_tagged_unions_bpfel::guest::reader::several;
    use tags_tagged_unions_bpfel::guest::test::fixture::types::{Body, Inside};
    let mut bytes = [0; several::SIZE];
    bytes[0] = 2;
    bytes[8] = 9;
    let mut value = several::read(&bytes).expect("2 selects an arm");
    assert!(matches!(value.items[0].body, Body::Big(9)));
    value.items[1].body = Body::Num(1);
    let error = several::write(&value, &mut bytes).expect_err("2 selects another arm");
    assert_eq!(
        error.to_string(),
        "body: 'kind' is 2, which does not select this arm"
    );
    value.kind = 7;
    assert!(several::write(&value, &mut bytes).is_err());
    value.items = vec![Inside { body: Body::Num(1) }];
    value.kind = 0;
    assert_eq!(several::write(&value, &mut bytes), Ok(()));
    bytes[0] = 7;
    let error = several::read(&bytes).expect_err("7 selects none");
    assert_eq!(error.to_string(), "body: 'kind' is 7, which selects no arm");
}

/// A reader as a function of bytes and the position of an arm. It returns the `{:?}` of the value, which is empty for a
/// host, and the bytes that it writes for the value.
type Read<'a> = &'a dyn Fn(&[u8], usize) -> Result<(String, Result<Vec<u8>, String>), String>;

/// Compares the decoder with the readers, on many patterns of bytes.
fn agree(
    package: &Package,
    (module, label): (&str, &str),
    flags: &BTreeSet<&str>,
    guest: Read,
    host: Option<Read>,
) {
    let mut read = 0;
    for arm in 0..6 {
        let mut decoder = package.decoder(label).expect("it is an item");
        decoder.strict(true);
        decoder.arms(move |union| Some(arm % union.arms().count()));
        let longer = if decoder.is_flexible() { 16 } else { 0 };
        let size = decoder.size() + longer;
        for pattern in patterns(size)
            .into_iter()
            .chain(valid::patterns(package, label, size))
            .chain(kept(module, label))
        {
            let value = decoder.decode(&pattern);
            let own = guest(&pattern, arm);
            match (&value, &own) {
                (Ok(value), Ok((text, written))) => {
                    read += 1;
                    let text = plain(text, flags);
                    assert_eq!(debug(value), text, "{label}, arm {arm}, {pattern:?}");
                    // If the encoder fails, there is nothing to compare. It may fail if all arms of a union were read,
                    // and one of them is a `bool` with the byte 2: a `bool` is written as 1, which contradicts the
                    // other arms. It also fails if a text is longer than its array, since U+FFFD replaces invalid
                    // bytes.
                    if let Ok(encoded) = decoder.encode(value) {
                        assert_eq!(
                            Ok(&encoded),
                            written.as_ref(),
                            "{label}, arm {arm}, {pattern:?}"
                        );
                    }
                }
                (Err(_), Err(_)) => {}
                _ => panic!("{label}, arm {arm}, {pattern:?}: {value:?}, but {own:?}"),
            }
            if let Some(host) = host {
                let host = host(&pattern, arm).map(|(_, written)| written);
                assert_eq!(own.map(|(_, written)| written), host, "{label}, arm {arm}");
            }
        }
        if longer == 0 && size > 0 {
            assert!(guest(&[], arm).is_err(), "{label}");
        }
    }
    assert!(read > 0, "{label}: nothing was read");
}

/// Returns the bytes of the type that C compilers made and that checks/decode stored in the folder READER_KEPT. Returns
/// no bytes if READER_KEPT is not set. checks/stages/reader sets it.
fn kept(module: &str, label: &str) -> Vec<Vec<u8>> {
    let Some(folder) = option_env!("READER_KEPT") else {
        return Vec::new();
    };
    let module = module.rsplit("::").next().unwrap_or(module);
    let module = module.trim_start_matches("tags_");
    let path = std::path::Path::new(folder).join(format!("{module}.bytes"));
    let lines = std::fs::read_to_string(path).unwrap_or_default();
    let own = lines.lines().filter_map(|line| line.split_once(' '));
    let own = own.filter(|(of, _)| of.trim_start_matches('%') == label.trim_start_matches('%'));
    own.map(|(_, hex)| {
        let digit =
            |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("it is hexadecimal");
        (0..hex.len()).step_by(2).map(digit).collect()
    })
    .collect()
}

/// Returns patterns of bytes: zeros, small numbers, single bits and random bytes.
fn patterns(size: usize) -> Vec<Vec<u8>> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    let mut patterns = vec![vec![0; size]];
    for sort in 0..96 {
        patterns.push(
            (0..size)
                .map(|at| match sort % 3 {
                    0 if at % 4 == 0 || at % 4 == 3 => random() % 4,
                    0 => 0,
                    1 if random() % 4 == 0 => 1 << (random() % 8),
                    1 => 0,
                    _ => random(),
                })
                .collect(),
        );
    }
    // For enums, there is also a pattern for each number that fits into a byte.
    for number in 0..=255 {
        let mut pattern = vec![0; size];
        if let Some(first) = pattern.first_mut() {
            *first = number;
        }
        if let Some(last) = pattern.last_mut() {
            *last = number;
        }
        patterns.push(pattern);
    }
    patterns
}

/// Returns a value as [`plain`] returns the text that `{:?}` prints for it in the bindings of wit-bindgen.
fn debug(value: &Value<'_>) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::F32(value) => format!("{value:?}"),
        Value::F64(value) => format!("{value:?}"),
        Value::U128(value) => format!("({}, {})", *value as u64, (*value >> 64) as u64),
        Value::S128(value) => format!("({}, {})", *value as u64, (*value >> 64) as i64),
        Value::Text(text) => format!("{text:?}"),
        Value::Bytes(bytes) => format!("{bytes:?}"),
        Value::List(values) => {
            let values: Vec<String> = values.iter().map(debug).collect();
            format!("[{}]", values.join(", "))
        }
        Value::Record(fields) => {
            let field = |(label, value): &(&str, Value<'_>)| format!("{}: {}", label, debug(value));
            let fields: Vec<String> = fields.iter().map(field).collect();
            format!("{{ {} }}", fields.join(", "))
        }
        Value::Variant(label, None) => label.to_upper_camel_case(),
        Value::Variant(label, Some(value)) => {
            format!("{}({})", label.to_upper_camel_case(), debug(value))
        }
        Value::Enum { label, .. } => label.unwrap_or("?").to_upper_camel_case(),
        Value::Flags { labels, .. } => {
            let labels: Vec<String> = labels.iter().map(|l| l.to_shouty_snake_case()).collect();
            format!("<{}>", labels.join(" | "))
        }
        other => other
            .as_integer()
            .map_or_else(|| "?".to_owned(), |n| n.to_string()),
    }
}

/// Removes the names of types from a text that `{:?}` printed: `Event { pid: 1 }` becomes `{ pid: 1 }`, and
/// `State::Idle` becomes `Idle`. If `Mode` is in `flags`, `Mode(A | B)` becomes `<A | B>`.
fn plain(text: &str, flags: &BTreeSet<&str>) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        if next == '"' {
            // Strings are copied unchanged.
            let mut end = 1;
            let bytes = rest.as_bytes();
            while end < bytes.len() && bytes[end] != b'"' {
                end += if bytes[end] == b'\\' { 2 } else { 1 };
            }
            plain.push_str(&rest[..=end]);
            rest = &rest[end + 1..];
            continue;
        }
        let end = rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        if word.is_empty() {
            plain.push(next);
            rest = &rest[next.len_utf8()..];
        } else if let Some(case) = after.strip_prefix("::") {
            rest = case;
        } else if let Some(list) = after.strip_prefix('(').filter(|_| flags.contains(word)) {
            let end = list.find(')').unwrap_or(list.len());
            let list = if &list[..end] == "0x0" {
                ""
            } else {
                &list[..end]
            };
            plain.push_str(&format!("<{list}>"));
            let skip = end + 1;
            rest = after[1..].get(skip..).unwrap_or("");
        } else if after.starts_with(" {") && word.starts_with(|c: char| c.is_uppercase()) {
            rest = &after[1..];
        } else {
            plain.push_str(word);
            rest = after;
        }
    }
    plain
}
