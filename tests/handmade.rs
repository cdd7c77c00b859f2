//! Checks BTF that is encoded by hand, most of which no compiler that is available here writes. In most tests, the WIT
//! must be valid and equal to its reviewed snapshot.
//!
//! Each snapshot has the WIT, followed by the report of what is left out, widened or renamed. If a text is long, its
//! middle is cut out.

use crate::support;
use crate::support::encode::{
    BOOL, CHAR, ENUM, Encoder, Endian, GLOBAL, Member, SIGNED, STRUCT, UNION, UNSIGNED, WHOLE,
    bitfield, info, member,
};
use crate::support::shuffle::shuffle;
use crate::support::{judge, snapshots};
use btf2wit::{Config, Functions, PointerSize};

/// The maximum number of lines in a snapshot, without the line that replaces its middle.
const MAX_LINES: usize = 120;

fn config(btf: &[u8]) -> Config {
    let mut config = Config::new();
    config
        .input_bytes("handmade", btf)
        .package("test:handmade")
        .world("handmade")
        .functions(Functions::All)
        .constants(true);
    config
}

fn check(topic: &str, btf: &[u8]) {
    let package = config(btf).load().expect("the BTF is sound");
    let mut text = support::text(&package);
    if let Err(e) = judge::valid(&text) {
        panic!("{topic}: {e:#}\n{}", cut(&text));
    }
    let report = package.report().expect("the package has a report");
    for entry in &report.entries {
        let wit = entry.wit.as_deref().map(|wit| format!(" as {wit}"));
        text.push_str(&format!(
            "\n// {}: {}{}, {}",
            entry.fate,
            entry.c.escape_debug(),
            wit.unwrap_or_default(),
            entry.reason
        ));
    }
    snapshots().bind(|| insta::assert_snapshot!(format!("handmade-{topic}"), cut(&text)));
}

/// Cuts the middle out of a long text, and writes the number of lines that are cut in its place.
fn cut(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let Some(more) = lines.len().checked_sub(MAX_LINES + 1) else {
        return text.to_owned();
    };
    let (first, last) = (MAX_LINES / 2, lines.len() - MAX_LINES / 2);
    let cut = format!("[{} lines]", more + 1);
    [&lines[..first], &[&cut], &lines[last..]]
        .concat()
        .join("\n")
}

fn int(btf: &mut Encoder) -> u32 {
    btf.int("int", 4, SIGNED, 0, 32)
}

fn byte(btf: &mut Encoder) -> u32 {
    btf.int("unsigned char", 1, UNSIGNED, 0, 8)
}

#[test]
fn enum64() {
    let mut btf = Encoder::new(Endian::Little);
    btf.enum64(
        "wide",
        8,
        false,
        &[("ZERO", 0), ("OVER_32", 1 << 32), ("MOST", -1)],
    );
    btf.enum64(
        "signed_wide",
        8,
        true,
        &[
            ("LEAST", i64::MIN),
            ("MINUS", -5_000_000_000),
            ("MOST", i64::MAX),
        ],
    );
    btf.enum64(
        "wide_bits",
        8,
        false,
        &[
            ("LOW", 1),
            ("MIDDLE", 1 << 40),
            ("HIGH", i64::MIN),
            ("ENDS", i64::MIN | 1),
        ],
    );
    btf.enum64("narrow", 4, false, &[("A", 0xffff_ffff), ("B", 7)]);
    check("enum64", &btf.finish());
}

#[test]
fn signed_enums() {
    for (endian, topic) in [
        (Endian::Little, "signed-enums"),
        (Endian::Big, "signed-enums-be"),
    ] {
        let mut btf = Encoder::new(endian);
        let values = [("BELOW", -100), ("NONE", -1), ("SOME", 3), ("MOST", 127)];
        btf.enum_("in_4", 4, true, &values);
        btf.enum_("in_2", 2, true, &values);
        btf.enum_("in_1", 1, true, &values);
        btf.enum_("unmarked", 1, false, &values);
        check(topic, &btf.finish());
    }
}

#[test]
fn floats() {
    let mut btf = Encoder::new(Endian::Little);
    let int = int(&mut btf);
    let mut members = Vec::new();
    let names = ["half", "long_i686", "long", "halves", "alias"];
    let half = btf.float("_Float16", 2);
    let i686 = btf.float("long double", 12);
    let long = btf.float("_Float128", 16);
    let halves = btf.array(half, int, 3);
    let alias = btf.typedef("quad_t", long);
    btf.typedef("half_row_t", halves);
    let rows = btf.array(halves, int, 2);
    let mut at = 0;
    for (name, (ty, size)) in
        names
            .into_iter()
            .zip([(half, 2), (i686, 12), (long, 16), (halves, 6), (alias, 16)])
    {
        members.push(member(name, ty, at));
        at += size * 8;
    }
    members.push(member("rows", rows, at));
    btf.struct_("floats", at / 8 + 12, &members);
    check("floats", &btf.finish());
}

#[test]
fn integers_of_unusual_sizes() {
    let mut btf = Encoder::new(Endian::Little);
    let int = int(&mut btf);
    let u24 = btf.int("u24", 3, UNSIGNED, 0, 24);
    let row = btf.array(u24, int, 4);
    let alias = btf.typedef("rgb_t", u24);
    let proto = btf.func_proto(u24, &[("colour", alias)]);
    btf.func("mix", proto, GLOBAL);
    btf.struct_(
        "odd",
        18,
        &[
            member("one", u24, 0),
            member("row", row, 24),
            member("alias", alias, 120),
        ],
    );
    check("odd-integers", &btf.finish());
}

/// Before Linux 5.0, a bitfield had a type INT of its own, which had the width of the bitfield.
#[test]
fn old_bitfields() {
    for (endian, topic) in [
        (Endian::Little, "old-bitfields"),
        (Endian::Big, "old-bitfields-be"),
    ] {
        let mut btf = Encoder::new(endian);
        let int = int(&mut btf);
        let of_3 = btf.int("unsigned int", 1, UNSIGNED, 0, 3);
        let of_5 = btf.int("int", 1, SIGNED, 0, 5);
        let of_12 = btf.int("unsigned int", 2, UNSIGNED, 0, 12);
        let of_1 = btf.int("_Bool", 1, BOOL, 0, 1);
        let shifted = btf.int("unsigned int", 4, UNSIGNED, 4, 9);
        let alias = btf.typedef("u3", of_3);
        btf.struct_(
            "old",
            12,
            &[
                member("a", of_3, 0),
                member("b", of_5, 3),
                member("c", of_12, 8),
                member("d", of_1, 20),
                member("e", alias, 21),
                member("", of_3, 24),
                member("f", shifted, 32),
                member("whole", int, 64),
            ],
        );
        check(topic, &btf.finish());
    }
}

/// Before Linux 5.0, a bitfield had an INT of its own. The bytes of this INT may extend beyond the end of the struct,
/// although the bits do not.
#[test]
fn old_bitfields_at_the_end() {
    let mut btf = Encoder::new(Endian::Little);
    let of_30 = btf.int("unsigned int", 4, UNSIGNED, 0, 30);
    let of_2 = btf.int("unsigned int", 4, UNSIGNED, 0, 2);
    btf.struct_(
        "old",
        4,
        &[member("low", of_30, 0), member("high", of_2, 30)],
    );
    check("old-bitfields-at-the-end", &btf.finish());
}

#[test]
fn rust_names() {
    let mut btf = Encoder::new(Endian::Little);
    let u16 = btf.int("u16", 2, UNSIGNED, 0, 16);
    let names = [
        "Generic<u16, 4>",
        "Generic<u16, 5>",
        "{closure_env#0}",
        "{closure_env#1}",
        "dyn core::ops::Fn<(i32), Output=i32>",
        "&[core::option::Option<alloc::string::String>]",
        "*mut u8",
        "HTTPServer2",
        "r#type",
    ];
    for name in names {
        btf.struct_(name, 2, &[member("__0", u16, 0)]);
    }
    let proto = btf.func_proto(u16, &[("self", u16), ("_ref__x", u16), ("0", u16)]);
    btf.func(
        "_ZN4core3fmt9Formatter3pad17h0123456789abcdefE",
        proto,
        GLOBAL,
    );
    btf.func("{impl#0}::drop<T>", proto, GLOBAL);
    check("rust-names", &btf.finish());
}

#[test]
fn foreign_names() {
    let mut btf = Encoder::new(Endian::Little);
    let int = int(&mut btf);
    let names = [
        "größe",
        "grösse",
        "размер",
        "大きさ",
        "naïve_Façade",
        "µ",
        "e\u{301}t",
        "ﬁle",
    ];
    for name in names {
        btf.struct_(name, 4, &[member(name, int, 0)]);
    }
    btf.enum_(
        "цвет",
        4,
        false,
        &[("КРАСНЫЙ", 0), ("СИНИЙ", 1), ("RÖT", 2)],
    );
    let proto = btf.func_proto(0, &[("длина", int), ("ширина", int)]);
    btf.func("площадь", proto, GLOBAL);
    check("foreign-names", &btf.finish());
}

#[test]
fn hostile_names() {
    let mut btf = Encoder::new(Endian::Little);
    let int = int(&mut btf);
    let names = [
        "tab\there",
        "bell\u{7}",
        "escape\u{1b}[31m",
        "bidi\u{202e}txet",
        "isolate\u{2066}x",
        "old\u{149}",
        "next\u{85}line",
        "separator\u{2028}x",
        "tick`s` // */ /* \\ {",
        "carriage\rreturn",
    ];
    for name in names {
        btf.struct_(name, 4, &[member(name, int, 0)]);
    }
    btf.enum_("e", 4, false, &[("bell\u{7}", 0), ("bidi\u{202e}x", 1)]);
    let proto = btf.func_proto(int, &[("bell\u{7}", int)]);
    btf.func("ring\u{7}", proto, GLOBAL);
    check("hostile-names", &btf.finish());
}

/// If a name contains a line feed, the text after it must stay in the comment.
#[test]
fn line_feeds() {
    let mut btf = Encoder::new(Endian::Little);
    let int = int(&mut btf);
    let break_out = "a\n    type b = u8;\n    /// c";
    btf.struct_(break_out, 4, &[member("x\ny: u8,", int, 0)]);
    btf.enum_("e\n}", 4, false, &[("one\ntwo", 0)]);
    let proto = btf.func_proto(int, &[("p\nq", int)]);
    btf.func("f\ng", proto, GLOBAL);
    check("line-feeds", &btf.finish());
}

#[test]
fn names_of_nothing() {
    let mut btf = Encoder::new(Endian::Little);
    let int = int(&mut btf);
    btf.struct_("___", 8, &[member("_", int, 0), member("__", int, 32)]);
    btf.struct_("!?", 4, &[member("$", int, 0)]);
    btf.union_(
        "-",
        4,
        &[
            member("+", int, 0),
            member("-", int, 0),
            member("=", int, 0),
        ],
    );
    btf.enum_("#", 4, false, &[("%", 0), ("&", 1)]);
    let proto = btf.func_proto(int, &[("", int), ("_", int), ("arg0", int)]);
    btf.func("", proto, GLOBAL);
    let other = btf.func_proto(0, &[("", 0)]);
    btf.func("", other, GLOBAL);
    btf.func("_", other, GLOBAL);
    check("names-of-nothing", &btf.finish());
}

#[test]
fn unnamed_scalars() {
    let mut btf = Encoder::new(Endian::Little);
    let int = int(&mut btf);
    let pointer = btf.ptr(int);
    let row = btf.array(int, int, 2);
    let named = btf.union_("number", 4, &[member("n", int, 0), member("", int, 0)]);
    btf.struct_(
        "mixed",
        32,
        &[
            member("", int, 0),
            member("unnamed0", int, 32),
            member("", pointer, 64),
            member("", row, 128),
            member("", named, 192),
            bitfield("", int, 224, 4),
            bitfield("kept", int, 228, 4),
        ],
    );
    check("unnamed-scalars", &btf.finish());
}

/// rustc describes an enum as a struct with a union. The union has a member for the discriminant and a struct for each
/// variant.
#[test]
fn rust_enum() {
    let mut btf = Encoder::new(Endian::Little);
    let u8 = byte(&mut btf);
    let u32 = btf.int("u32", 4, UNSIGNED, 0, 32);
    let none = btf.struct_("None", 8, &[]);
    let some = btf.struct_("Some", 8, &[member("__0", u32, 32)]);
    let point = btf.struct_("Point", 8, &[member("x", u8, 8), member("y", u8, 16)]);
    let body = btf.union_(
        "",
        8,
        &[
            member("", u32, 0),
            member("None", none, 0),
            member("Some", some, 0),
            member("Point", point, 0),
        ],
    );
    btf.struct_("Option<u32>", 8, &[member("", body, 0)]);
    check("rust-enum", &btf.finish());
}

fn numbered(count: usize) -> Vec<String> {
    (0..count).map(|i| format!("number_{i}")).collect()
}

#[test]
fn many_enumerators() {
    for (count, topic) in [(10_000, "enumerators-10000"), (10_001, "enumerators-10001")] {
        let mut btf = Encoder::new(Endian::Little);
        let names = numbered(count);
        let values: Vec<(&str, i64)> = names.iter().map(String::as_str).zip(0..).collect();
        let many = btf.enum_("many", 4, false, &values);
        btf.struct_("holder", 4, &[member("many", many, 0)]);
        check(topic, &btf.finish());
    }
}

#[test]
fn many_members() {
    for (count, topic) in [(10_000, "members-10000"), (10_001, "members-10001")] {
        let mut btf = Encoder::new(Endian::Little);
        let byte = byte(&mut btf);
        let names = numbered(count);
        let members: Vec<Member<'_>> = names
            .iter()
            .zip(0..)
            .map(|(name, i)| member(name, byte, 8 * i))
            .collect();
        let many = btf.struct_("many", count as u32, &members);
        btf.struct_("holder", count as u32, &[member("many", many, 0)]);
        let arms: Vec<Member<'_>> = names.iter().map(|name| member(name, byte, 0)).collect();
        btf.union_("choice", 1, &arms);
        check(topic, &btf.finish());
    }
}

#[test]
fn members_of_one_name() {
    let mut btf = Encoder::new(Endian::Little);
    let byte = byte(&mut btf);
    let members: Vec<Member<'_>> = (0..3000).map(|i| member("same", byte, 8 * i)).collect();
    btf.struct_("clones", 3000, &members);
    check("members-of-one-name", &btf.finish());
}

#[test]
fn enums_without_enumerators() {
    let mut btf = Encoder::new(Endian::Little);
    let int = int(&mut btf);
    let empty = btf.enum_("empty", 4, false, &[]);
    let signed = btf.enum_("empty_signed", 2, true, &[]);
    let wide = btf.enum64("empty_wide", 8, false, &[]);
    let declared = btf.enum_("declared", 0, false, &[]);
    let anonymous = btf.enum_("", 4, false, &[]);
    let row = btf.array(empty, int, 2);
    btf.struct_(
        "holder",
        32,
        &[
            member("empty", empty, 0),
            member("signed_empty", signed, 32),
            member("wide", wide, 64),
            member("declared", declared, 128),
            member("anonymous", anonymous, 128),
            member("row", row, 160),
            bitfield("bits", empty, 224, 3),
        ],
    );
    check("enums-without-enumerators", &btf.finish());
}

#[test]
fn no_values() {
    let mut btf = Encoder::new(Endian::Little);
    let int = int(&mut btf);
    let forward = btf.fwd("hidden", STRUCT);
    let forward_union = btf.fwd("hidden_union", UNION);
    let proto = btf.func_proto(int, &[("a", int)]);
    let typedef = btf.typedef("callback_t", proto);
    let row = btf.array(forward, int, 4);
    let nothing = btf.typedef("nothing_t", 0);
    let members = [
        member("forward", forward, 0),
        member("forward_union", forward_union, 0),
        member("proto", proto, 0),
        member("callback", typedef, 0),
        member("row", row, 0),
        member("nothing", nothing, 0),
        member("plain_void", 0, 0),
        member("", 0, 0),
        member("kept", int, 0),
    ];
    btf.struct_("by_value", 4, &members);
    btf.union_("by_choice", 4, &members);
    btf.struct_("only_void", 8, &[member("v", 0, 0)]);
    let takes = btf.func_proto(forward, &[("row", row), ("v", nothing), ("kept", int)]);
    btf.func("takes", takes, GLOBAL);
    check("no-values", &btf.finish());
}

/// Since 2025, a tag with the kind flag stands for any attribute, and not for `btf_type_tag` or `btf_decl_tag`.
#[test]
fn tags_with_kind_flag() {
    const TYPE_TAG: u32 = support::encode::TYPE_TAG;
    const DECL_TAG: u32 = support::encode::DECL_TAG;
    let mut btf = Encoder::new(Endian::Little);
    let int = int(&mut btf);
    let attribute = btf.string("address_space(1)");
    let tagged = btf.raw(attribute, info(TYPE_TAG, 0, true), int, &[]);
    let pointer = btf.ptr(tagged);
    let foo = btf.struct_(
        "foo",
        16,
        &[member("tagged", tagged, 0), member("p", pointer, 64)],
    );
    let packed = btf.string("preserve_access_index");
    btf.raw(packed, info(DECL_TAG, 0, true), foo, &[WHOLE]);
    btf.raw(packed, info(DECL_TAG, 0, true), foo, &[1]);
    btf.decl_tag("plain", foo, 0);
    check("tags-with-kind-flag", &btf.finish());
}

#[test]
fn wide_bitfields() {
    let mut btf = Encoder::new(Endian::Little);
    let signed = btf.int("__int128", 16, SIGNED, 0, 128);
    let unsigned = btf.int("unsigned __int128", 16, UNSIGNED, 0, 128);
    btf.struct_(
        "wide",
        48,
        &[
            bitfield("seventy_two", unsigned, 0, 72),
            bitfield("rest", signed, 72, 56),
            bitfield("one_more", unsigned, 128, 65),
            bitfield("long", signed, 193, 63),
            bitfield("all", signed, 256, 128),
        ],
    );
    check("wide-bitfields", &btf.finish());
}

/// Returns BTF with two structs `outer` that differ only in a type `depth` levels inside them, and two structs that
/// contain one of them each.
fn twins(depth: usize) -> Vec<u8> {
    let mut btf = Encoder::new(Endian::Little);
    let int = int(&mut btf);
    let unsigned = btf.int("unsigned int", 4, UNSIGNED, 0, 32);
    for (core, holder) in [(int, "holds_int"), (unsigned, "holds_unsigned")] {
        let mut inner = btf.struct_("", 4, &[member("value", core, 0)]);
        for _ in 1..depth {
            inner = btf.struct_("", 4, &[member("inner", inner, 0)]);
        }
        let outer = btf.struct_("outer", 4, &[member("inner", inner, 0)]);
        btf.struct_(holder, 4, &[member("outer", outer, 0)]);
    }
    btf.finish()
}

#[test]
fn twins_are_told_apart_by_deep_content() {
    check("twins", &twins(4));
    for depth in [1, 4, 11, 12, 40, 80] {
        let original = support::wit(&config(&twins(depth)));
        for seed in 1..=8 {
            let shuffled = support::wit(&config(&shuffle(&twins(depth), seed)));
            assert!(original == shuffled, "depth {depth}, seed {seed}");
        }
    }
}

#[test]
fn names_equal_to_generated_labels() {
    let mut btf = Encoder::new(Endian::Little);
    let int = int(&mut btf);
    let pointer = btf.ptr(int);
    btf.struct_("types", 8, &[member("types", pointer, 0)]);
    let own = btf.struct_("pointer", 8, &[member("pointer", pointer, 0)]);
    btf.union_("Pointer", 8, &[member("own", own, 0)]);
    let list = btf.array(pointer, int, 2);
    btf.struct_("list_pointer", 16, &[member("list", list, 0)]);
    btf.struct_("handmade", 8, &[member("own", own, 0)]);
    let proto = btf.func_proto(pointer, &[("pointer", pointer), ("types", pointer)]);
    btf.func("pointer", proto, GLOBAL);
    check("names-of-our-own", &btf.finish());
}

#[test]
fn pointers_have_the_size_of_long() {
    let mut btf = Encoder::new(Endian::Big);
    let long = btf.int("long", 4, SIGNED, 0, 32);
    let char = btf.int("char", 1, SIGNED | CHAR, 0, 8);
    let pointer = btf.ptr(char);
    btf.struct_(
        "node",
        12,
        &[
            member("next", pointer, 0),
            member("prev", pointer, 32),
            member("key", long, 64),
        ],
    );
    check("pointers-as-long-has", &btf.finish());
}

#[test]
fn pointers_fit_into_their_structs() {
    let mut btf = Encoder::new(Endian::Big);
    let int = int(&mut btf);
    let pointer = btf.ptr(0);
    btf.struct_(
        "tail",
        8,
        &[member("n", int, 0), member("last", pointer, 32)],
    );
    btf.struct_(
        "pair",
        8,
        &[member("first", pointer, 0), member("second", int, 32)],
    );
    check("pointers-as-structs-have-room", &btf.finish());
    // A pointer of 8 bytes does not fit into `tail` after `n`, so `tail` is written as bytes.
    let wide = config(&btf.finish())
        .pointer_size(PointerSize::Bits64)
        .load()
        .expect("the input loads");
    let wit = wide.to_wit().expect("the package is written");
    assert!(wit.contains("type tail = list<u8>;"), "{wit}");
    assert!(!wide.warnings().is_empty());
}

/// A header may have more fields than those that btf2wit knows.
#[test]
fn longer_header() {
    let mut btf = Encoder::new(Endian::Little);
    let int = int(&mut btf);
    btf.struct_("foo", 4, &[member("bar", int, 0)]);
    let plain = btf.finish();
    let mut longer = plain.clone();
    longer[4] = 32;
    longer.splice(24..24, [0; 8]);
    assert_eq!(
        support::wit(&config(&plain)),
        support::wit(&config(&longer))
    );
    check("longer-header", &longer);
}

/// Converts constants of 64 bits, and an unnamed enum of 32 bits that has only one constant.
#[test]
fn constants() {
    let mut btf = Encoder::new(Endian::Little);
    btf.enum64("", 8, true, &[("PAGE_OFFSET", i64::MIN), ("NEGATIVE", -2)]);
    let name = btf.string("");
    let one = btf.string("ONLY");
    btf.raw(name, info(ENUM, 1, false), 4, &[one, 5]);
    check("constants", &btf.finish());
}

/// Declarations are cut after 400 bytes. The cut may be inside the type or directly before the name of the
/// member.
#[test]
fn long_declarations_are_cut() {
    let mut btf = Encoder::new(Endian::Little);
    let int = int(&mut btf);
    let mut expected = Vec::new();
    for length in [
        1, 255, 256, 300, 388, 389, 390, 391, 392, 393, 400, 500, 4_096,
    ] {
        let long = "n".repeat(length);
        let ty = btf.struct_(&long, 4, &[member("value", int, 0)]);
        let pointer = btf.ptr(ty);
        let tag = btf.type_tag(&long, int);
        let tagged = btf.ptr(tag);
        let members = [
            member("a", pointer, 0),
            member("b", pointer, 64),
            member("c", tagged, 128),
            member("d", tagged, 192),
        ];
        btf.struct_(&format!("holder{length}"), 32, &members);
        expected.extend(["a", "b"].map(|name| format!("struct {long} *{name}")));
        expected.extend(["c", "d"].map(|name| format!("{long} int *{name}")));
    }
    let text = support::wit(&config(&btf.finish()));
    for mut declaration in expected {
        if declaration.len() > 400 {
            declaration.truncate(400);
            declaration.push('…');
        }
        assert!(text.contains(&format!("`{declaration}`")), "{declaration}");
    }
}

/// A line lists at most 100 synonyms, and then the number of the others.
#[test]
fn synonyms_beyond_a_limit_are_counted() {
    for (count, expected) in [(101, ", `E100`\n"), (102, ", `E100`, and 1 more\n")] {
        let names: Vec<_> = (0..count).map(|i| format!("E{i}")).collect();
        let values: Vec<_> = names.iter().map(|name| (&**name, 7)).collect();
        let mut btf = Encoder::new(Endian::Little);
        btf.enum_("e", 4, false, &values);
        let wit = support::wit(&config(&btf.finish()));
        assert!(wit.contains("`E0` = 7, also `E1`, `E2`"), "{wit}");
        assert!(wit.contains(expected), "{wit}");
    }
}
