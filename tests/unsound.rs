//! Checks types of an unsound size or layout, such as structs whose members do not fit into them. They give a warning
//! and most of them are written as bytes. No other type changes.

use crate::support;
use crate::support::encode::{BOOL, Encoder, Endian, GLOBAL, UNSIGNED, bitfield, member};
use crate::support::judge;
use btf2wit::{Config, Fate, Functions, Package, Reason, Rule};

fn config(btf: &Encoder) -> Config {
    let mut config = Config::new();
    config
        .input_bytes("unsound", btf.finish())
        .functions(Functions::All);
    config
}

fn load(config: &Config) -> Package {
    config.load().unwrap_or_else(|e| panic!("{e}"))
}

/// Returns BTF with an `int` and the types that `add` adds.
fn with<R>(add: impl FnOnce(&mut Encoder, u32) -> R) -> Encoder {
    let mut btf = Encoder::new(Endian::Little);
    let int = btf.int("int", 4, UNSIGNED, 0, 32);
    add(&mut btf, int);
    btf
}

type Case = (&'static str, Encoder);

fn layouts() -> Vec<Case> {
    let of_int = |members: fn(u32) -> support::encode::Member<'static>, size| {
        with(move |btf, int| btf.struct_("s", size, &[members(int)]))
    };
    vec![
        (
            "a member behind the end",
            of_int(|int| member("m", int, 32), 4),
        ),
        (
            "a member over the end",
            of_int(|int| member("m", int, 0), 2),
        ),
        (
            "a member inside a byte",
            of_int(|int| member("m", int, 3), 8),
        ),
        (
            "a bitfield over the end",
            of_int(|int| bitfield("m", int, 30, 3), 4),
        ),
        (
            "a bitfield wider than its type",
            of_int(|int| bitfield("m", int, 0, 33), 8),
        ),
        (
            "a bitfield of a pointer",
            with(|btf, int| {
                let pointer = btf.ptr(int);
                btf.struct_("s", 8, &[bitfield("m", pointer, 0, 3)]);
            }),
        ),
        (
            "an enum of 3 bytes",
            with(|btf, _| btf.enum_("e", 3, false, &[("A", 0)])),
        ),
        (
            "an enum of 16 bytes",
            with(|btf, _| btf.enum_("e", 16, false, &[("A", 0)])),
        ),
        (
            "an enum of 0 bytes",
            with(|btf, _| btf.enum_("e", 0, false, &[("A", 0)])),
        ),
        (
            "an integer of 17 bytes",
            with(|btf, _| btf.int("i", 17, UNSIGNED, 0, 128)),
        ),
        (
            "an integer of too many bits",
            with(|btf, _| btf.int("i", 1, BOOL, 0, 9)),
        ),
        ("a float of 24 bytes", with(|btf, _| btf.float("f", 24))),
        (
            "an array over 4 GiB",
            with(|btf, int| {
                let array = btf.array(int, int, 0x4000_0000);
                btf.typedef("large_t", array);
                let rows = btf.array(array, int, 2);
                btf.struct_("s", 4, &[member("m", rows, 0)]);
            }),
        ),
        (
            "a bitfield of an enum of 3 bytes",
            with(|btf, _| {
                let faulty = btf.enum_("e", 3, false, &[("A", 0)]);
                btf.struct_("s", 3, &[bitfield("m", faulty, 0, 3)]);
            }),
        ),
        (
            "a bitfield of an integer of too many bits",
            with(|btf, _| {
                let faulty = btf.int("i", 4, UNSIGNED, 8, 32);
                btf.struct_("s", 4, &[bitfield("m", faulty, 0, 3)]);
                let faulty = btf.int("char", 1, UNSIGNED, 0, 9);
                let text = btf.array(faulty, faulty, 3);
                btf.struct_("t", 4, &[member("a", faulty, 0), member("b", text, 8)]);
            }),
        ),
        (
            "a typedef without a name",
            with(|btf, int| {
                let anonymous = btf.struct_("", 4, &[member("value", int, 0)]);
                let typedef = btf.typedef("", anonymous);
                let pointer = btf.ptr(typedef);
                btf.struct_(
                    "s",
                    12,
                    &[member("m", typedef, 0), member("p", pointer, 32)],
                );
            }),
        ),
        (
            "a union whose arms are larger",
            with(|btf, int| btf.union_("u", 2, &[member("a", int, 0)])),
        ),
    ]
}

#[test]
fn unsound_types_become_their_bytes() {
    let mut lines = String::new();
    for (name, btf) in layouts() {
        let package = load(&config(&btf));
        let wit = support::text(&package);
        judge::valid(&wit).unwrap_or_else(|e| panic!("{name}: {e:#}\n{wit}"));
        lines.push_str(&format!("{name}\n"));
        for warning in package.warnings() {
            lines.push_str(&format!("    warning: {warning}\n"));
        }
        for entry in package.report().expect("sound BTF").entries {
            lines.push_str(&format!("    {entry}\n"));
        }
        let body = wit.split_once("interface types {\n").expect("it has one").1;
        let body = body.split_once("\n}\n").expect("it ends").0;
        lines.push_str(&format!("{body}\n"));
    }
    support::snapshots().bind(|| insta::assert_snapshot!("unsound", lines));
}

/// Returns BTF as `pahole -J` writes it for Rust's `Result<(), u8>`, and types that use it. The payloads of `Ok` and of
/// the second `Err` are wrongly integers of 4 bytes.
fn rust_result() -> Encoder {
    with(|btf, u32| {
        let fake = btf.int("__SANITIZED_FAKE_INT__", 4, UNSIGNED, 0, 32);
        let u8 = btf.int("u8", 1, UNSIGNED, 0, 8);
        let ok = btf.struct_("Ok", 2, &[member("__0", fake, 8)]);
        btf.struct_("Err", 2, &[member("__0", u8, 8)]);
        let result = btf.struct_("Result<(), u8>", 2, &[]);
        btf.struct_(
            "Event",
            8,
            &[member("pid", u32, 0), member("r", result, 32)],
        );
        btf.struct_("Err", 1, &[member("__0", fake, 8)]);
        btf.struct_("holder", 12, &[member("pid", u32, 0), member("ok", ok, 32)]);
        let prototype = btf.func_proto(ok, &[("ok", ok)]);
        btf.func("call", prototype, GLOBAL);
    })
}

#[test]
fn other_types_do_not_change() {
    let btf = rust_result();
    let package = load(&config(&btf));
    let warning = package.warnings().last().expect("there is one");
    assert_eq!((warning.rule, warning.count), (Rule::Members, 2));
    assert_eq!(
        warning.to_string(),
        "type 4 'Ok', member '__0': ends at bit 40, outside its struct of 2 bytes, so that the type is \
         written as its bytes (and 1 more: type 8 'Err')"
    );
    let report = package.report().expect("sound BTF");
    let unsound = report
        .of(Fate::Widened)
        .filter(|e| e.reason == Reason::Unsound);
    let unsound: Vec<_> = unsound.map(|entry| entry.c.as_str()).collect();
    assert_eq!(unsound, ["struct Err", "struct Ok"]);
    let wit = support::text(&package);
    judge::valid(&wit).expect("valid WIT");
    assert!(wit.contains("type ok-type = list<u8>;"), "{wit}");
    assert!(wit.contains("    record event {\n"), "{wit}");
    assert!(wit.contains("call: func(ok: ok-type) -> ok-type;"), "{wit}");
    let event = support::wit(config(&btf).types(["Event"]));
    assert!(!event.contains("type ok-type"), "{event}");
    let without = support::wit(config(&btf).exclude(["Ok"]));
    judge::valid(&without).expect("valid WIT");
    assert!(!without.contains("type ok-type"), "{without}");
}

/// An unsound type keeps its size, so `ok` is read and written as its two bytes.
#[cfg(feature = "wave")]
#[test]
fn bytes_of_unsound_types_are_decoded_and_encoded() {
    let mut config = config(&rust_result());
    let decoder = load(config.types(["holder"]))
        .decoder("holder")
        .expect("it is there");
    let bytes = [7, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0];
    let value = decoder.decode(&bytes).expect("it is a value");
    assert_eq!(value.to_wave(), "{pid: 7, ok: [1, 2]}");
    let again = decoder.encode(&value).expect("it fits");
    assert_eq!(again, bytes);
}

/// The members of an unnamed struct become members of its parent. An unsound struct has no members, so it becomes a
/// member itself, unless its size is 0.
#[test]
fn unnamed_unsound_members_are_written() {
    let btf = with(|btf, int| {
        let unsound = btf.struct_("", 4, &[member("lost", int, 1)]);
        let union = btf.union_("", 4, &[member("", unsound, 0), member("whole", int, 0)]);
        let empty = btf.struct_("", 0, &[member("lost", int, 0)]);
        btf.struct_(
            "holder",
            20,
            &[
                member("first", int, 0),
                member("", unsound, 32),
                member("", union, 64),
                member("named", unsound, 96),
                member("", empty, 128),
                member("last", int, 128),
            ],
        );
        btf.union_(
            "either",
            4,
            &[member("", unsound, 0), member("whole", int, 0)],
        );
        let typedef = btf.typedef("unsound_t", unsound);
        btf.struct_("aliased", 4, &[member("", typedef, 0)]);
    });
    let wit = support::wit(&config(&btf));
    judge::valid(&wit).expect("valid WIT");
    support::snapshots().bind(|| insta::assert_snapshot!("unsound-unnamed", wit));
}
