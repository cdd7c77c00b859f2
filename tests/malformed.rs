//! Checks that BTF which breaks a rule of the format is refused, with one line that names the rule, and the type if it
//! is a type that breaks the rule.
//!
//! The cases follow the kernel's checks. `warnings.rs` has BTF that only the kernel refuses, and `unsound.rs` has BTF
//! with single unsound types. btf2wit converts both.

use crate::support;
use crate::support::encode::{
    ARRAY, DATASEC, DECL_TAG, ENUM, Encoder, Endian, FUNC_PROTO, INT, STRUCT, UNSIGNED, VAR, info,
    member,
};
use btf2wit::Config;

fn load(bytes: &[u8]) -> Result<String, String> {
    let mut config = Config::new();
    let package = config
        .input_bytes("bad", bytes)
        .load()
        .map_err(|e| e.to_string())?;
    Ok(support::text(&package))
}

/// Returns BTF with an `int` and the types that `add` adds.
fn with<R>(add: impl FnOnce(&mut Encoder, u32) -> R) -> Vec<u8> {
    let mut btf = Encoder::new(Endian::Little);
    let int = btf.int("int", 4, UNSIGNED, 0, 32);
    add(&mut btf, int);
    btf.finish()
}

/// Returns BTF that was sound before the word at an offset was replaced.
fn patched(at: usize, word: u32) -> Vec<u8> {
    let mut bytes = with(|_, _| ());
    bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
    bytes
}

type Case = (&'static str, Vec<u8>);

const NOWHERE: u32 = 999_999;

fn headers() -> Vec<Case> {
    let sound = with(|_, _| ());
    let strings = sound.len() - "\0int\0".len();
    vec![
        ("nothing", Vec::new()),
        ("text", b"int main(void)".to_vec()),
        ("magic alone", sound[..2].to_vec()),
        ("cut in the header", sound[..20].to_vec()),
        ("cut in the types", sound[..30].to_vec()),
        ("version 2", patched(0, 0x0002_eb9f)),
        ("flags", patched(0, 0x0101_eb9f)),
        ("a short header", patched(4, 8)),
        ("a long header", patched(4, NOWHERE)),
        ("types outside", patched(8, NOWHERE)),
        ("too many types", patched(12, u32::MAX)),
        ("strings outside", patched(16, NOWHERE)),
        ("too many strings", patched(20, u32::MAX)),
        ("strings inside the types", patched(16, 0)),
        ("strings that begin inside the types", patched(16, 12)),
        ("types that reach into the strings", patched(12, 20)),
        ("no strings", patched(20, 0)),
        ("strings without an end", sound[..sound.len() - 1].to_vec()),
        ("a last name without an end", patched(20, 4)),
        ("strings that are no text", {
            let mut bytes = sound.clone();
            bytes[strings + 1] = 0xff;
            bytes
        }),
    ]
}

fn kinds() -> Vec<Case> {
    let raw = |info, size| with(|btf, _| btf.raw(0, info, size, &[]));
    vec![
        ("kind 0", raw(0, 0)),
        ("kind 20", raw(20 << 24, 0)),
        ("kind 127", raw(127 << 24, 0)),
        ("65,536 members", raw(STRUCT << 24 | 0x1_0000, 0)),
        (
            "a struct without its members",
            raw(info(STRUCT, 3, false), 12),
        ),
        (
            "an enum without its enumerators",
            raw(info(ENUM, 1, false), 4),
        ),
        (
            "a prototype without its parameters",
            raw(info(FUNC_PROTO, 2, false), 0),
        ),
        (
            "a section without its variables",
            raw(info(DATASEC, 1, false), 4),
        ),
        ("an integer without its data", raw(info(INT, 0, false), 4)),
        (
            "an array without its elements",
            raw(info(ARRAY, 0, false), 0),
        ),
        (
            "a variable without its linkage",
            raw(info(VAR, 0, false), 1),
        ),
        (
            "a tag without its component",
            raw(info(DECL_TAG, 0, false), 1),
        ),
    ]
}

fn names_and_ids() -> Vec<Case> {
    let raw = |name, info, size, rest: &[u32]| {
        let rest = rest.to_vec();
        with(move |btf, _| btf.raw(name, info, size, &rest))
    };
    vec![
        (
            "the name of a struct",
            raw(NOWHERE, info(STRUCT, 0, false), 0, &[]),
        ),
        (
            "the name of a member",
            raw(0, info(STRUCT, 1, false), 4, &[NOWHERE, 1, 0]),
        ),
        (
            "the name of an enumerator",
            raw(0, info(ENUM, 1, false), 4, &[NOWHERE, 1]),
        ),
        ("a pointer", with(|btf, _| btf.ptr(NOWHERE))),
        ("an array", with(|btf, int| btf.array(NOWHERE, int, 1))),
        (
            "a member",
            with(|btf, _| btf.struct_("s", 4, &[member("m", NOWHERE, 0)])),
        ),
        (
            "an unnamed member",
            with(|btf, _| btf.struct_("s", 4, &[member("", NOWHERE, 0)])),
        ),
        ("a typedef", with(|btf, _| btf.typedef("t", NOWHERE))),
        ("a const", with(|btf, _| btf.const_(NOWHERE))),
        ("a result", with(|btf, _| btf.func_proto(NOWHERE, &[]))),
        (
            "a parameter",
            with(|btf, _| btf.func_proto(0, &[("p", NOWHERE)])),
        ),
        ("a function", with(|btf, _| btf.func("f", NOWHERE, 1))),
        (
            "a function of no prototype",
            with(|btf, int| btf.func("f", int, 1)),
        ),
        ("a variable", with(|btf, _| btf.var("v", NOWHERE, 1))),
        ("a tag", with(|btf, _| btf.decl_tag("t", NOWHERE, u32::MAX))),
        (
            "a pointer to a variable",
            with(|btf, int| {
                let variable = btf.var("v", int, 1);
                btf.ptr(variable);
            }),
        ),
        (
            "a member that is a function",
            with(|btf, int| {
                let prototype = btf.func_proto(int, &[]);
                let function = btf.func("f", prototype, 1);
                btf.struct_("s", 4, &[member("m", function, 0)]);
            }),
        ),
        (
            "an array of tags",
            with(|btf, int| {
                let typedef = btf.typedef("t", int);
                let tag = btf.decl_tag("tag", typedef, u32::MAX);
                btf.array(tag, int, 2);
            }),
        ),
        (
            "a result that is a section",
            with(|btf, _| {
                let section = btf.datasec(".data", 0, &[]);
                btf.func_proto(section, &[]);
            }),
        ),
        (
            "a parameter that is a function",
            with(|btf, int| {
                let prototype = btf.func_proto(int, &[]);
                let function = btf.func("f", prototype, 1);
                btf.func_proto(int, &[("p", function)]);
            }),
        ),
    ]
}

fn loops() -> Vec<Case> {
    vec![
        (
            "a typedef of itself",
            with(|btf, _| {
                let id = btf.next_id();
                btf.typedef("t", id);
            }),
        ),
        (
            "two typedefs of each other",
            with(|btf, _| {
                let id = btf.next_id();
                btf.typedef("a", id + 1);
                btf.typedef("b", id);
            }),
        ),
        (
            "a const of itself",
            with(|btf, _| {
                let id = btf.next_id();
                btf.const_(id);
            }),
        ),
        (
            "an array of itself",
            with(|btf, int| {
                let id = btf.next_id();
                btf.array(id, int, 2);
            }),
        ),
        (
            "a struct in itself",
            with(|btf, _| {
                let id = btf.next_id();
                btf.struct_("s", 4, &[member("again", id, 0)]);
            }),
        ),
        (
            "a struct in its union's array",
            with(|btf, int| {
                let id = btf.next_id();
                btf.struct_("s", 4, &[member("u", id + 1, 0)]);
                btf.union_("u", 4, &[member("a", id + 2, 0)]);
                btf.array(id, int, 1);
            }),
        ),
    ]
}

#[test]
fn malformed_btf_is_refused() {
    let families = [headers(), kinds(), names_and_ids(), loops()];
    let mut messages = String::new();
    for (name, bytes) in families.into_iter().flatten() {
        let error = match load(&bytes) {
            Err(error) => error,
            Ok(wit) => panic!("{name} is accepted:\n{wit}"),
        };
        assert!(!error.contains('\n'), "{name}: {error}");
        messages.push_str(&format!("{name}\n    {error}\n"));
    }
    support::snapshots().bind(|| insta::assert_snapshot!("malformed", messages));
}
