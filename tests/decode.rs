//! Tests the decoder: how each kind of member is read, and the errors for bytes that are not a value. This file tests
//! each rule by itself. `checks/decode` compares the decoder with compilers.

#![cfg(all(feature = "json", feature = "wave"))]

use crate::support;
use anyhow::{Context, Result, ensure};
use btf2wit::decode::{Decoder, Misfit, Value};
use btf2wit::{CharArrays, Config, Enums, Unions};

fn config(fixture: &str, producer: &str) -> Config {
    let mut config = Config::new();
    config.input(support::object(fixture, producer));
    config
}

fn decoder(fixture: &str, producer: &str, name: &str) -> Result<Decoder> {
    Ok(config(fixture, producer).load()?.decoder(name)?)
}

fn json(value: &Value<'_>) -> String {
    serde_json::to_string(value).expect("every value can be serialized")
}

/// Returns the error message for bytes that cannot be decoded.
fn error(decoder: &Decoder, bytes: &[u8]) -> String {
    match decoder.decode(bytes) {
        Ok(value) => panic!("decoded to {}", value.to_wave()),
        Err(error) => error.to_string(),
    }
}

/// Returns the bytes of a `struct event` of README, little endian.
fn event() -> Vec<u8> {
    let mut bytes = vec![0; 168];
    bytes[..4].copy_from_slice(&4711_i32.to_le_bytes());
    bytes[4..8].copy_from_slice(&1_i32.to_le_bytes());
    bytes[8..12].copy_from_slice(&256_u32.to_le_bytes());
    bytes[16..24].copy_from_slice(&u64::MAX.to_le_bytes());
    bytes[24..28].copy_from_slice(b"curl");
    bytes[40..53].copy_from_slice(b"/usr/bin/curl");
    bytes[167] = 2;
    bytes
}

#[test]
fn an_event_has_the_values_of_its_fields() -> Result<()> {
    let mut config = config("event", "bpfel");
    let decoder = config
        .char_arrays(CharArrays::String)
        .load()?
        .decoder("event")?;
    let bytes = event();
    let value = decoder.decode(&bytes)?;
    assert_eq!(
        value.to_wave(),
        "{pid: 4711, ppid: 1, exit-code: 256, duration-ns: 18446744073709551615, comm: \"curl\", \
         filename: \"/usr/bin/curl\", exit-event: true}"
    );
    assert_eq!(
        json(&value),
        r#"{"pid":4711,"ppid":1,"exit-code":256,"duration-ns":"18446744073709551615","comm":"curl","filename":"/usr/bin/curl","exit-event":true}"#
    );
    Ok(())
}

#[test]
fn big_endian_bytes_are_decoded() -> Result<()> {
    let decoder = decoder("event", "bpfeb", "event")?;
    let mut bytes = [0; 168];
    bytes[..4].copy_from_slice(&4711_i32.to_be_bytes());
    let value = decoder.decode(&bytes)?;
    assert_eq!(value.get("pid"), Some(&Value::S32(4711)));
    Ok(())
}

#[test]
fn consecutive_records_are_decoded() -> Result<()> {
    let decoder = decoder("event", "bpfel", "event")?;
    let bytes = [event(), event(), event()].concat();
    assert_eq!(decoder.records(&bytes).filter(Result::is_ok).count(), 3);
    // The last record is cut off. It is an error, and no result follows it.
    let cut: Vec<_> = decoder.records(&bytes[..400]).collect();
    assert_eq!(cut.len(), 3);
    let last = cut
        .into_iter()
        .next_back()
        .context("there are three records")?;
    let error = last.expect_err("the record is cut off").to_string();
    insta::assert_snapshot!(error, @"event: at byte 336: 168 bytes expected, there are 64");
    Ok(())
}

#[test]
fn too_few_and_too_many_bytes_are_errors() -> Result<()> {
    let decoder = decoder("event", "bpfel", "event")?;
    insta::assert_snapshot!(error(&decoder, &[]), @"event: at byte 0: 168 bytes expected, there are none");
    insta::assert_snapshot!(error(&decoder, &[0; 167]), @"event: at byte 0: 168 bytes expected, there are 167");
    insta::assert_snapshot!(error(&decoder, &[0; 170]), @"event: at byte 168: the type has 168 bytes, there are 170");
    Ok(())
}

#[test]
fn text_that_is_not_utf_8_is_replaced_or_an_error() -> Result<()> {
    let mut config = config("event", "bpfel");
    let mut decoder = config.set("event.comm=string").load()?.decoder("event")?;
    let mut bytes = event();
    bytes[24..40].copy_from_slice(b"caf\xe9 ok\0garbage\0");
    let value = decoder.decode(&bytes)?;
    assert_eq!(
        value.get("comm").and_then(Value::as_text),
        Some("caf\u{fffd} ok")
    );
    decoder.strict_text(true);
    insta::assert_snapshot!(
        error(&decoder, &bytes),
        @"event.comm: at byte 24: the text is not UTF-8; choose bytes for it, or have it replaced"
    );
    // A text that fills its array has no NUL.
    bytes[24..40].copy_from_slice(b"sixteen letters!");
    let value = decoder.decode(&bytes)?;
    assert_eq!(
        value.get("comm").and_then(Value::as_text),
        Some("sixteen letters!")
    );
    Ok(())
}

#[test]
fn a_value_without_a_case_keeps_its_number() -> Result<()> {
    let mut decoder = decoder("enums", "bpfel", "sparse")?;
    let label =
        |value: u32| -> Result<String> { Ok(decoder.decode(&value.to_le_bytes())?.to_wave()) };
    insta::assert_snapshot!([label(0)?, label(3)?, label(77)?].join(" "), @"0 sparse-a 77");
    decoder.strict(true);
    insta::assert_snapshot!(error(&decoder, &77_u32.to_le_bytes()), @"sparse: at byte 0: 77 is not a value of the enum; with --set 'enum sparse=integer' any is taken");
    let mut config = config("enums", "bpfel");
    let integer = config.enums(Enums::Integer).load()?.decoder("sparse")?;
    assert_eq!(integer.decode(&77_u32.to_le_bytes())?, Value::U32(77));
    Ok(())
}

/// clang 14 does not record that an enum is signed. In a bitfield, -1 has fewer bits than in the enum, so the decoder
/// must find the case by its low bits.
#[test]
fn a_negative_case_is_found_in_a_bitfield() -> Result<()> {
    for (producer, first) in [("bpfel", [0, 0, 0, 0x60]), ("bpfeb", [0, 0, 0, 0x06])] {
        let decoder = decoder("bitfields", producer, "kinds")?;
        let mut bytes = vec![0; decoder.size()];
        bytes[..4].copy_from_slice(&first);
        let value = decoder.decode(&bytes)?;
        let sign = value.get("sign").context("`sign` is a field")?;
        assert!(
            matches!(
                sign,
                Value::Enum {
                    label: Some("minus"),
                    ..
                }
            ),
            "{}",
            value.to_wave()
        );
        assert_eq!(decoder.encode(&value)?, bytes);
    }
    Ok(())
}

#[test]
fn bits_without_a_label_are_kept_as_a_number() -> Result<()> {
    let mut decoder = decoder("flags", "bpfel", "zero_and_ors")?;
    let bytes = 0x43_u32.to_le_bytes();
    let value = decoder.decode(&bytes)?;
    insta::assert_snapshot!(value.to_wave(), @"{or-a, or-b, 0x40}");
    insta::assert_snapshot!(json(&value), @r#"["or-a","or-b",64]"#);
    decoder.strict(true);
    insta::assert_snapshot!(error(&decoder, &bytes), @"zero_and_ors: at byte 0: 0x40 has no label among the flags; with --set 'enum zero_and_ors=integer' any is taken");
    Ok(())
}

#[test]
fn an_arm_is_chosen_by_place_by_type_or_by_a_number() -> Result<()> {
    let decoder = || decoder("unions", "bpfel", "uses_named");
    let mut bytes = [0; 32];
    bytes[0] = 2;
    bytes[8..12].copy_from_slice(b"abcd");
    insta::assert_snapshot!(error(&decoder()?, &bytes), @"uses_named.value: at byte 8: BTF does not record which arm is active (u8, u32, u64, text, address): choose one with --arm uses_named.value=u8, or by a number in the record, as in --arm uses_named.value=kind:0=u8, or read all arms with --unions record, those of this union with --set 'union value=record'");

    let wave = |choices: &[&str]| -> Result<String> {
        let mut decoder = decoder()?;
        for choice in choices {
            decoder.arm(choice)?;
        }
        Ok(decoder.decode(&bytes)?.to_wave())
    };
    let all = ["union value=u8"];
    insta::assert_snapshot!(wave(&all)?, @"{kind: 2, value: u8(97), values: [u8(0), u8(0)]}");
    // If two choices apply to a union, the later one counts.
    insta::assert_snapshot!(wave(&["union value=u8", "uses_named.value=u32"])?, @"{kind: 2, value: u32(1684234849), values: [u8(0), u8(0)]}");
    insta::assert_snapshot!(
        wave(&["uses_named.values=u64", "uses_named.value=kind:1=u32,0x2=text"])?, @"{kind: 2, value: text([97, 98, 99, 100, 0, 0, 0, 0]), values: [u64(0), u64(0)]}"
    );
    insta::assert_snapshot!(
        wave(&["uses_named.values=u64", "struct uses_named.value=kind:1=u32,*=address"])?, @"{kind: 2, value: address(1684234849), values: [u64(0), u64(0)]}"
    );
    let failed = |choices: &[&str]| wave(choices).expect_err("the choice is wrong").to_string();
    insta::assert_snapshot!(failed(&["uses_named.values=u8", "uses_named.value=kind:1=u32"]), @"uses_named.value: at byte 8: 'kind' is 2, which selects no arm: add 2=ARM, or *=ARM for all others");
    let wrong = [
        "uses_named",
        "uses_name.value=u8",
        "uses_named.vale=u8",
        "uses_named.kind=u8",
        "uses_named=u8",
        "uses_named.value=u16",
        "uses_named.value=kin:1=u8",
        "uses_named.value=kind:one=u8",
        "uses_named.value=kind:--170141183460469231731687303715884105728=u8",
        "uses_named.value=kind:0x+1=u8",
        "uses_named.value=kind:1=u16",
        "uses_named.value=kind:1",
        "uses_named.value=values:1=u8",
        "union value=kind:1=u8",
        "uses_named.value.u8=u8",
    ];
    let messages: Vec<String> = wrong.iter().map(|choice| failed(&[choice])).collect();
    insta::assert_snapshot!(messages.join("\n"), @"
    cannot choose 'uses_named': use MEMBER=ARM, as in event.addr=v4
    cannot choose 'uses_name.value=u8': 'uses_named' holds no type 'uses_name'; did you mean 'uses_named'?
    cannot choose 'uses_named.vale=u8': there is no member 'vale'; did you mean 'value'?
    cannot choose 'uses_named.kind=u8': is not a union that is written as a variant
    cannot choose 'uses_named=u8': is not a union that is written as a variant
    cannot choose 'uses_named.value=u16': 'u16' is not an arm: there are u8, u32, u64, text, address
    cannot choose 'uses_named.value=kin:1=u8': no member 'kin' is in the union, beside it or around it; did you mean 'kind'?
    cannot choose 'uses_named.value=kind:one=u8': 'one' is not a number
    cannot choose 'uses_named.value=kind:--170141183460469231731687303715884105728=u8': '--170141183460469231731687303715884105728' is not a number
    cannot choose 'uses_named.value=kind:0x+1=u8': '0x+1' is not a number
    cannot choose 'uses_named.value=kind:1=u16': 'u16' is not an arm: there are u8, u32, u64, text, address
    cannot choose 'uses_named.value=kind:1': '1' is not VALUE=ARM, as in kind:4=v4,6=v6
    cannot choose 'uses_named.value=values:1=u8': 'values' is an array: name an element, as in values[0]
    cannot choose 'union value=kind:1=u8': no member 'kind' is in the union: begin with the type that holds it, as in event.addr
    cannot choose 'uses_named.value.u8=u8': is not a union that is written as a variant
    ");
    Ok(())
}

#[test]
fn a_function_that_selects_arms_sees_earlier_fields() -> Result<()> {
    let mut decoder = decoder("unions", "bpfel", "uses_named")?;
    decoder.arms(
        |union| match (union.name()?, union.get("kind")?.as_integer()?) {
            ("value", 2) => union.arm("text"),
            ("values", _) if union.bytes()[0] == 0 => union.arm("address"),
            _ => union.arm("u8"),
        },
    );
    let mut bytes = [0; 32];
    bytes[0] = 2;
    bytes[24] = 9;
    insta::assert_snapshot!(decoder.decode(&bytes)?.to_wave(), @"{kind: 2, value: text([0, 0, 0, 0, 0, 0, 0, 0]), values: [address(0), u8(9)]}");
    Ok(())
}

#[test]
fn all_arms_are_read_from_the_same_bytes() -> Result<()> {
    let mut config = config("unions", "bpfel");
    let decoder = config
        .unions(Unions::Record)
        .load()?
        .decoder("ipv4_address")?;
    insta::assert_snapshot!(decoder.decode(&[127, 0, 0, 1])?.to_wave(), @"{word: 16777343, bytes: [127, 0, 0, 1], high: {high: 127, low: 256}, parts: {a: 127, b: 0, c: 0, d: 1}}");
    Ok(())
}

#[test]
fn unions_with_equivalent_arms_need_no_choice() -> Result<()> {
    let package = config("one_way_unions", "bpfel").load()?;
    let mut read = Vec::new();
    for item in package.items() {
        let item = item?;
        let decoder = package.decoder(&format!("%{}", item.wit))?;
        let value = decoder.decode(&vec![1; decoder.size()])?.to_wave();
        read.push(format!("{}: {value}", item.wit));
    }
    insta::assert_snapshot!(read.join("\n"), @"
    one-arm: only(72340172838076673)
    pair: {first: 16843009, second: 16843009}
    same-arms: one({first: 16843009, second: 16843009})
    struct-group: {before: 16843009, a: a({a: 16843009, b: 16843009}), after: 16843009}
    struct-group-a-union: a({a: 16843009, b: 16843009})
    struct-group-aa-struct: {a: 16843009, b: 16843009}
    struct-group-a-group-struct: {a: 16843009, b: 16843009}
    uses-them: {one-arm: only(72340172838076673), same-arms: one({first: 16843009, second: 16843009}), in-place: inline-only(16843009), unnamed-only: unnamed-only(16843009)}
    uses-them-in-place-union: inline-only(16843009)
    uses-them-unnamed-only-union: unnamed-only(16843009)
    ");
    Ok(())
}

#[test]
fn a_flexible_array_has_all_remaining_bytes() -> Result<()> {
    let decoder = decoder("flexible", "bpfel", "flexible_last")?;
    assert!(decoder.is_flexible());
    let wave = |length: usize| -> Result<String> {
        let bytes: Vec<u8> = (0..length as u8).collect();
        Ok(decoder.decode(&bytes)?.to_wave())
    };
    insta::assert_snapshot!(wave(4)?, @"{count: 50462976, items: []}");
    insta::assert_snapshot!(wave(12)?, @"{count: 50462976, items: [{key: 117835012, value: 185207048}]}");
    insta::assert_snapshot!(error(&decoder, &[0; 3]), @"flexible_last: at byte 0: 4 bytes expected, there are 3");
    Ok(())
}

/// Decodes one pattern of bytes as every type of less than 64 KiB of every fixture of every producer. The result must
/// be a value or the error that asks for an arm. As JSON, a value must be well-formed, and as WAVE, it must be a line.
#[test]
fn every_type_of_every_fixture_is_decoded() -> Result<()> {
    for name in support::fixtures() {
        for producer in ["bpfel", "bpfeb", "gcc", "x86-64", "i686", "s390x"] {
            for unions in [Unions::Variant, Unions::Record] {
                let mut config = config(&name, producer);
                let package = config.unions(unions).load()?;
                for item in package.items() {
                    let item = item?;
                    if item.size >= 1 << 16 {
                        continue;
                    }
                    decode_any(&package.decoder(&format!("%{}", item.wit))?, unions)
                        .with_context(|| format!("{name}.{producer}"))?;
                }
            }
        }
    }
    Ok(())
}

#[test]
fn every_type_of_a_kernel_is_decoded() -> Result<()> {
    let mut config = Config::new();
    config
        .input("testdata/vmlinux-6.12-amd64.btf.xz")
        .unions(Unions::Record);
    let package = config.load()?;
    let mut decoded = 0;
    for item in package.items() {
        let item = item?;
        let decoder = package.decoder(&format!("%{}", item.wit))?;
        // Types of 16 KiB or more are skipped, since some have arrays of several megabytes. Empty types have no bytes,
        // and anonymous types are decoded inside others.
        if (1..1 << 14).contains(&decoder.size()) && item.inside.is_none() {
            decode_any(&decoder, Unions::Record).with_context(|| item.wit)?;
            decoded += 1;
        }
    }
    assert!(decoded > 10_000, "{decoded}");
    Ok(())
}

fn decode_any(decoder: &Decoder, unions: Unions) -> Result<()> {
    let size = decoder.size();
    let bytes: Vec<u8> = (0..size as u64).map(|i| ((i * 151) >> 3) as u8).collect();
    match decoder.decode(&bytes) {
        Ok(value) => {
            serde_json::from_str::<serde_json::Value>(&json(&value))?;
            assert!(!value.to_wave().contains('\n'));
        }
        Err(error) => {
            let needs_arm = error
                .to_string()
                .contains("BTF does not record which arm is active");
            assert!(unions == Unions::Variant && needs_arm, "{error}");
        }
    }
    if let Ok(value) = decoder.decode(&bytes) {
        // The encoded bytes may have other padding than the original ones, so the values are compared. A `bool` is true
        // for any nonzero byte and is written as 1, so it may contradict other members of its union. Only this error is
        // allowed.
        match decoder.encode(&value) {
            Ok(written) => assert_eq!(decoder.decode(&written)?.to_wave(), value.to_wave()),
            Err(error) => {
                let boolean = error.misfit == Misfit::Overlap && json(&value).contains("true");
                ensure!(boolean, "{error}");
            }
        }
    }
    if size > 0 && !decoder.is_flexible() {
        assert!(decoder.decode(&bytes[1..]).is_err());
    }
    Ok(())
}
