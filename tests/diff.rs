//! Tests comparisons of two inputs.

use crate::support;
use crate::support::encode::{Encoder, Endian, SIGNED, UNSIGNED, bitfield, member};
use btf2wit::diff::{Change, Diff, TypeFate};
use btf2wit::{Config, Enums, Unions};

fn diff(old: Encoder, new: Encoder) -> Diff {
    let load = |btf: Encoder| {
        let mut config = Config::new();
        config
            .input_bytes("btf", btf.finish())
            .load()
            .expect("the BTF loads")
    };
    Diff::of(&load(old), &load(new)).expect("the inputs are compared")
}

/// Returns one line for each change. The line of a breaking change has an exclamation mark.
fn lines(diff: &Diff) -> String {
    let mut lines = String::new();
    let mark = |breaking| if breaking { "!" } else { " " };
    for change in &diff.changes {
        lines.push_str(&format!(
            "{} {} {} {:?}\n",
            mark(change.breaking),
            change.kind.word(),
            change.name,
            change.fate
        ));
        for detail in &change.details {
            let mark = mark(detail.breaking);
            lines.push_str(&format!(
                "{mark}     {}: {:?}\n",
                detail.path, detail.change
            ));
        }
    }
    lines
}

/// Returns the types for the old side of a comparison, or for the new side if `new` is true. Together, the two sides
/// show every kind of change.
fn before_and_after(new: bool) -> Encoder {
    let mut btf = Encoder::new(Endian::Little);
    let int = btf.int("int", 4, SIGNED, 0, 32);
    let unsigned = btf.int("unsigned int", 4, UNSIGNED, 0, 32);
    let u32 = btf.typedef("u32", unsigned);
    let long = btf.int("long", 8, SIGNED, 0, 64);
    let pick = |a, b| if new { b } else { a };
    btf.struct_("same", 8, &[member("a", int, 0), member("b", u32, 32)]);
    btf.struct_(
        "grown",
        pick(4, 8),
        &if new {
            vec![member("a", int, 0), member("b", int, 32)]
        } else {
            vec![member("a", int, 0)]
        },
    );
    let grown = btf.struct_("element", pick(4, 8), &[member("a", int, 0)]);
    let elements = btf.array(grown, int, 2);
    btf.struct_("array_of_grown", pick(8, 16), &[member("all", elements, 0)]);
    btf.struct_("shrunk", pick(8, 4), &[member("a", int, 0)]);
    btf.struct_(
        "moved",
        12,
        &[
            member("a", int, pick(0, 32)),
            member("b", int, pick(32, 0)),
            bitfield("bits", int, 64, pick(3, 5) as u8),
        ],
    );
    btf.struct_(
        "respelled",
        8,
        &[
            member("a", pick(u32, unsigned), 0),
            member("b", pick(int, u32), 32),
        ],
    );
    btf.struct_("retyped", 8, &[member("a", pick(long, int), 0)]);
    btf.struct_(
        "renamed",
        4,
        &[member(if new { "now" } else { "before" }, int, 0)],
    );
    let value = if new { 7 } else { 2 };
    let mut enumerators = vec![("KEPT", 0), ("REVALUED", value)];
    enumerators.push(if new { ("NEW", 9) } else { ("GONE", 5) });
    btf.enum_("values", 4, false, &enumerators);
    let word = btf.union_(
        "",
        4,
        &[
            member("v4", int, 0),
            member(if new { "raw" } else { "word" }, u32, 0),
        ],
    );
    btf.struct_(
        "holds_anonymous",
        8,
        &[member("kind", int, 0), member("addr", word, 32)],
    );
    btf.typedef("handle_t", pick(int, long));
    if new {
        btf.union_("kind_changed", 4, &[member("a", int, 0)]);
        btf.struct_("added", 4, &[member("a", int, 0)]);
    } else {
        btf.struct_("kind_changed", 4, &[member("a", int, 0)]);
        btf.struct_("removed", 4, &[member("a", int, 0)]);
    }
    btf
}

#[test]
fn every_sort_of_change_is_reported() {
    let lines = lines(&diff(before_and_after(false), before_and_after(true)));
    support::snapshots().bind(|| insta::assert_snapshot!("diff-changes", lines));
}

#[test]
fn equal_inputs_have_no_changes() {
    let same = diff(before_and_after(true), before_and_after(true));
    assert_eq!(same.changes, []);
    assert!(!same.is_breaking());
}

/// A comparison skips types that `diff/equal.rs` finds equal. With debug assertions, as in tests, it compares these
/// types nevertheless, and panics if they have changes. The inputs come from several producers, and the two sides use
/// equal and different mappings.
#[test]
fn types_that_are_found_equal_have_no_changes() {
    let mut inputs = support::raw_fixtures();
    let kernel = ("kernel".to_owned(), support::kernel().to_vec());
    inputs.extend([kernel.clone(), kernel]);
    for pair in inputs.windows(2) {
        let load = |(name, bytes): &(String, Vec<u8>), unions, enums| {
            let mut config = Config::new();
            config.input_bytes(name, bytes.clone());
            config
                .unions(unions)
                .enums(enums)
                .load()
                .expect("the BTF loads")
        };
        let old = load(&pair[0], Unions::Variant, Enums::Auto);
        for (unions, enums) in [
            (Unions::Variant, Enums::Auto),
            (Unions::Record, Enums::Integer),
            (Unions::Bytes, Enums::Enum),
        ] {
            let new = load(&pair[1], unions, enums);
            assert!(Diff::of(&old, &new).is_ok(), "{} {}", pair[0].0, pair[1].0);
        }
    }
}

/// If several types share a name, equal ones are paired, in whatever order they are. The others are paired by size.
#[test]
fn definitions_of_one_name_are_paired() {
    let twice = |first: u32, second: u32| {
        let mut btf = Encoder::new(Endian::Little);
        let int = btf.int("int", 4, SIGNED, 0, 32);
        btf.struct_("slot", first, &[member("a", int, 0)]);
        btf.struct_("slot", second, &[member("a", int, 0)]);
        btf
    };
    assert_eq!(diff(twice(4, 8), twice(8, 4)).changes, []);
    let grown = diff(twice(4, 8), twice(8, 12));
    assert_eq!(grown.changes.len(), 1);
    assert_eq!(
        grown.changes[0].details[0].change,
        Change::Resized {
            old: 4,
            new: 12,
            at: None
        }
    );
}

/// If more than 16 types share a name, not every pair is compared, since that would take too long. Here, many types of
/// one size have many members, and at most one type has no equal on the other side.
#[test]
fn many_definitions_of_one_name_are_paired() {
    let names: Vec<_> = (0..2_000).map(|i| format!("m{i}")).collect();
    let many = |count: u32, reversed: bool, shift_of_7: u32| {
        let mut btf = Encoder::new(Endian::Little);
        let int = btf.int("int", 4, SIGNED, 0, 32);
        for i in 0..count {
            let i = if reversed { count - 1 - i } else { i };
            let (first, shift) = (&*format!("a{i}"), if i == 7 { shift_of_7 } else { 0 });
            let mut members = vec![member(first, int, 0)];
            members.extend(
                (1..)
                    .zip(&names)
                    .map(|(i, name)| member(name, int, 32 * (i + shift))),
            );
            btf.struct_("slot", 4 * 2_010, &members);
        }
        btf
    };
    for count in [16, 17, 60] {
        assert_eq!(
            diff(many(count, false, 0), many(count, true, 0)).changes,
            []
        );
        let changes = diff(many(count, false, 0), many(count, true, 3)).changes;
        assert_eq!(changes.len(), 1);
        assert_eq!(changes[0].details.len(), 2_000);
        let fewer = diff(many(count, false, 0), many(count - 1, true, 0)).changes;
        let fates: Vec<_> = fewer.iter().map(|change| change.fate).collect();
        assert_eq!(fates, [TypeFate::Removed]);
        let more = diff(many(count, false, 0), many(count + 1, true, 0)).changes;
        let fates: Vec<_> = more.iter().map(|change| change.fate).collect();
        assert_eq!(fates, [TypeFate::Added]);
    }
    // No type on one side is equal to a type on the other side.
    let moved = |shift| {
        let mut btf = Encoder::new(Endian::Little);
        let int = btf.int("int", 4, SIGNED, 0, 32);
        for _ in 0..60_000 {
            btf.struct_("slot", 8, &[member("a", int, shift)]);
        }
        btf
    };
    assert_eq!(diff(moved(0), moved(32)).changes.len(), 60_000);
}

#[test]
fn a_kernel_differs_from_another_but_not_from_itself() {
    let load = |config: &mut Config| config.load().expect("the BTF loads");
    let old = load(Config::new().input_bytes("6.12", support::kernel()));
    assert_eq!(
        Diff::of(&old, &old)
            .expect("the inputs are compared")
            .changes,
        []
    );
    let Some(running) = support::running_kernel() else {
        return;
    };
    let new = load(Config::new().input(running));
    let forth = Diff::of(&old, &new)
        .expect("the inputs are compared")
        .counts();
    let back = Diff::of(&new, &old).expect("the inputs are compared");
    assert_eq!(
        (forth.added, forth.removed),
        (back.counts().removed, back.counts().added)
    );
    assert_eq!(forth.changed, back.counts().changed);
    let removed = |change: &&btf2wit::diff::TypeChange| change.fate == TypeFate::Removed;
    assert!(
        back.changes
            .iter()
            .filter(removed)
            .all(|change| change.breaking)
    );
    println!("{forth:?}");
}

/// A change of a member called `size` is printed with the member's name. A change of a type's size is printed without a
/// name.
#[cfg(feature = "cli")]
#[test]
fn a_member_called_size_is_printed_by_its_name() {
    let sized = |word: &str| {
        let mut btf = Encoder::new(Endian::Little);
        let word = btf.int(word, 8, UNSIGNED, 0, 64);
        btf.struct_("sized", 8, &[member("size", word, 0)]);
        btf
    };
    assert_eq!(
        printed(sized("unsigned long"), sized("__u64")),
        "  struct sized: changed, 8 bytes\n    sized.size: unsigned long → __u64 at 0\n"
    );
}

/// Two types of different kinds may have the same name in C. If a member changes from one to the other, the printed
/// line also says the kinds.
#[cfg(feature = "cli")]
#[test]
fn kinds_of_one_spelling_are_told_apart() {
    let with = |is_float: bool| {
        let mut btf = Encoder::new(Endian::Little);
        let ty = match is_float {
            true => btf.float("double", 8),
            false => btf.int("double", 8, UNSIGNED, 0, 64),
        };
        btf.struct_("reading", 8, &[member("exact", ty, 0)]);
        btf
    };
    insta::assert_snapshot!(printed(with(true), with(false)), @"
    ! struct reading: changed, 8 bytes
    !   reading.exact: double (float) → double (unsigned integer) at 0
    ");
}

/// Returns the name of each type that changed, and whether its change is breaking.
fn changed(diff: &Diff) -> Vec<(&str, bool)> {
    let changes = diff.changes.iter();
    changes.map(|c| (c.name.as_str(), c.breaking)).collect()
}

/// Since Linux 7.0, the kernel uses Microsoft's extensions of C: an unnamed member may have a named type, and the
/// members of this type belong to the parent. If two members swap places, a struct has changed, but a union has not.
#[test]
fn members_of_an_unnamed_member_belong_to_the_parent() {
    let around = |names: [&str; 2], is_union: bool, by_typedef: bool| {
        let mut btf = Encoder::new(Endian::Little);
        let int = btf.int("int", 4, SIGNED, 0, 32);
        let [a, b] = names;
        let tag = if by_typedef { "" } else { "tagged" };
        let inner = match is_union {
            false => btf.struct_(tag, 8, &[member(a, int, 0), member(b, int, 32)]),
            true => btf.union_(tag, 8, &[member(a, int, 0), member(b, int, 0)]),
        };
        let inner = if by_typedef {
            btf.typedef("tagged", inner)
        } else {
            inner
        };
        btf.struct_("outer", 12, &[member("", inner, 0), member("z", int, 64)]);
        btf
    };
    for (is_union, by_typedef) in [(false, false), (false, true), (true, false), (true, true)] {
        let swapped = diff(
            around(["a", "b"], is_union, by_typedef),
            around(["b", "a"], is_union, by_typedef),
        );
        let outer = changed(&swapped)
            .into_iter()
            .find(|(name, _)| *name == "outer");
        let expected = (!is_union).then_some(("outer", true));
        assert_eq!(outer, expected, "union: {is_union}, typedef: {by_typedef}");
        let renamed = diff(
            around(["a", "b"], is_union, by_typedef),
            around(["a", "c"], is_union, by_typedef),
        );
        // A named type has an entry of its own, which reports the changes of its members.
        let tagged = changed(&renamed)
            .into_iter()
            .find(|(name, _)| *name == "tagged");
        assert_eq!(tagged, Some(("tagged", true)));
    }
}

/// Returns the changes in the form in which the command prints them.
#[cfg(feature = "cli")]
fn printed(old: Encoder, new: Encoder) -> String {
    let folder = tempfile::tempdir().expect("there is room");
    let file = |name: &str, btf: Encoder| {
        let path = folder.path().join(name);
        std::fs::write(&path, btf.finish()).expect("there is room");
        path
    };
    let (old, new) = (file("old", old), file("new", new));
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_btf2wit"));
    let output = command.args(["-q", "diff"]).args([old, new]).output();
    let output = output.expect("the binary is built");
    assert!(output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).expect("it is UTF-8")
}

/// Returns a struct like the kernel's `sk_buff`, before its change, or after it if `new` is true. The struct has an
/// unnamed union. One member of the union is an unnamed struct, the other is called `headers` and has a struct with the
/// same members. `buff` also has a named member of an anonymous struct type, and an array of another such type.
#[cfg(feature = "cli")]
fn nested_members(new: bool) -> Encoder {
    let mut btf = Encoder::new(Endian::Little);
    let u8 = btf.int("u8", 1, UNSIGNED, 0, 8);
    let u32 = btf.int("u32", 4, UNSIGNED, 0, 32);
    let pick = |a, b| if new { b } else { a };
    let flag = pick(3, 1);
    let other = if new { "new_only" } else { "old_only" };
    let mut group = || {
        btf.struct_(
            "",
            8,
            &[
                bitfield("trace", u8, flag, 1),
                member("mark", u32, 32),
                member(other, u8, 8),
            ],
        )
    };
    let (unnamed, headers) = (group(), group());
    let union = btf.union_(
        "",
        8,
        &[member("", unnamed, 0), member("headers", headers, 0)],
    );
    let cell = btf.struct_("", 8, &[member("a", u32, 0), member("b", u32, pick(32, 0))]);
    let cells = btf.array(cell, u32, 2);
    let inner = btf.struct_(
        "",
        8,
        &[member("kept", u32, 0), member("n", u8, pick(32, 40))],
    );
    let shift = pick(0, 64);
    btf.struct_(
        "buff",
        36 + pick(0, 8),
        &[
            member("first", u32, 0),
            member("", union, 32 + shift),
            member("cells", cells, 96 + shift),
            member("inner", inner, 224 + shift),
        ],
    );
    btf
}

/// The paths of members are those of C, and offsets are from the start of the outermost struct. Each change is reported
/// only once.
#[cfg(feature = "cli")]
#[test]
fn members_are_reported_once_at_their_place_in_c() {
    let lines = printed(nested_members(false), nested_members(true));
    support::snapshots().bind(|| insta::assert_snapshot!("diff-places", lines));
}

/// A member has not moved if its offset in the outermost struct is the same, even if the struct around it has moved.
#[cfg(feature = "cli")]
#[test]
fn a_member_with_the_same_offset_did_not_move() {
    let around = |start: u32| {
        let mut btf = Encoder::new(Endian::Little);
        let int = btf.int("int", 4, SIGNED, 0, 32);
        let members = [member("gone", int, 0), member("kept", int, 64 - start)];
        let inner = match start {
            0 => btf.struct_("", 16, &members),
            _ => btf.struct_("", 16 - start / 8, &members[1..]),
        };
        btf.struct_("outer", 16, &[member("inner", inner, start)]);
        btf
    };
    assert_eq!(
        printed(around(0), around(32)),
        "! struct outer: changed, 16 bytes\n\
         !   outer.inner: moved, 0 → 4\n\
         !   outer.inner: 16 → 12 bytes at 4\n\
         !   outer.inner.gone: removed, int at 0\n"
    );
}

/// Four or more consecutive members that moved by the same distance are reported in one line.
#[cfg(feature = "cli")]
#[test]
fn consecutive_members_that_moved_share_a_line() {
    let row = |from: u32, count: u32| {
        let mut btf = Encoder::new(Endian::Little);
        let int = btf.int("int", 4, SIGNED, 0, 32);
        let names = ["a", "b", "c", "d"];
        let mut members = vec![member("head", int, 0)];
        let row = (0..count).map(|i| member(names[i as usize], int, 32 * (from + i)));
        members.extend(row);
        btf.struct_("row", 64, &members);
        btf
    };
    let four = printed(row(1, 4), row(3, 4));
    assert!(
        four.contains("!   row.a … d (4 members): moved by +8, 4 → 12\n"),
        "{four}"
    );
    let three = printed(row(1, 3), row(3, 3));
    assert!(three.contains("!   row.c: moved, 12 → 20\n"), "{three}");
}

/// A struct that grows is reported once. Its typedefs and the structs that contain it do not report the change again.
#[test]
fn typedefs_and_holders_do_not_repeat_a_change() {
    let grown = |size: u32| {
        let mut btf = Encoder::new(Endian::Little);
        let int = btf.int("int", 4, SIGNED, 0, 32);
        let long = btf.int("long", size, SIGNED, 0, size * 8);
        let inner = btf.struct_("inner", size, &[member("a", int, 0)]);
        let named = btf.typedef("inner_t", inner);
        btf.typedef("inner_again_t", named);
        btf.typedef("word_t", long);
        btf.struct_("holder", 16, &[member("inner", named, 0)]);
        btf.struct_("number", 8, &[member("n", long, 0)]);
        btf
    };
    let diff = diff(grown(4), grown(8));
    // `long` is a number type and has no entry of its own, so its change is reported at each place that uses it.
    assert_eq!(
        changed(&diff),
        [("inner", false), ("number", true), ("word_t", true)]
    );
    let sizes = |name: &str| {
        let change = diff.changes.iter().find(|change| change.name == name);
        change.expect("the change is reported").details.clone()
    };
    assert_eq!(sizes("number")[0].path, "n");
    assert!(matches!(
        sizes("word_t")[0].change,
        Change::Resized {
            old: 4,
            new: 8,
            at: None
        }
    ));
}

/// If the type of a member changes but its bytes are read in the same way, the change is compatible. For example, the
/// new type may be a typedef of the old one.
#[test]
fn another_type_with_the_same_bytes_is_compatible() {
    let held = |new: bool| {
        let mut btf = Encoder::new(Endian::Little);
        let int = btf.int("unsigned int", 4, UNSIGNED, 0, 32);
        let signed = btf.int("int", 4, SIGNED, 0, 32);
        let gfp = btf.typedef("gfp_t", int);
        let foo = btf.struct_("foo", 4, &[member("a", int, 0)]);
        let foo_t = btf.typedef("foo_alias", foo);
        let (array, gfps) = (btf.array(int, int, 3), btf.array(gfp, int, 3));
        let pick = |a, b| if new { b } else { a };
        for (name, member_ty, size) in [
            ("number", pick(int, gfp), 4),
            ("array", pick(array, gfps), 12),
            ("composite", pick(foo, foo_t), 4),
            ("sign", pick(int, signed), 4),
        ] {
            btf.struct_(name, size, &[member("m", member_ty, 0)]);
        }
        btf
    };
    assert_eq!(
        changed(&diff(held(false), held(true))),
        [
            ("array", false),
            ("composite", false),
            ("number", false),
            ("sign", true)
        ]
    );
}

/// If the elements of an array grow, all but the first move. Therefore the change is breaking, even if the element type
/// has no name.
#[test]
fn elements_that_grow_are_breaking() {
    let elements = |size: u32| {
        let mut btf = Encoder::new(Endian::Little);
        let int = btf.int("int", 4, SIGNED, 0, 32);
        let cell = btf.struct_("", size, &[member("a", int, 0)]);
        let cells = btf.array(cell, int, 2);
        btf.struct_("holder", 16, &[member("cells", cells, 0)]);
        btf
    };
    let diff = diff(elements(4), elements(8));
    assert_eq!(changed(&diff), [("holder", true)]);
    assert_eq!(diff.changes[0].details[0].path, "cells[]");
}

/// The target of a typedef is an anonymous type or an integer, and becomes a type of another kind.
#[test]
fn another_sort_of_target_of_a_typedef_is_reported() {
    let alias = |sort: u32| {
        let mut btf = Encoder::new(Endian::Little);
        let int = btf.int("int", 4, SIGNED, 0, 32);
        let members = [member("a", int, 0)];
        let target = match sort {
            0 => btf.struct_("", 4, &members),
            1 => btf.union_("", 4, &members),
            2 => btf.enum_("", 4, false, &[("A", 0)]),
            _ => int,
        };
        btf.typedef("alias", target);
        btf
    };
    for (old, new) in [(0, 1), (1, 2), (2, 3), (3, 0), (0, 3)] {
        assert_eq!(changed(&diff(alias(old), alias(new))), [("alias", true)]);
    }
}

#[test]
fn qualifiers_of_a_typedefs_opaque_target_are_reported() {
    let opaque = |qualified: bool| {
        let mut btf = Encoder::new(Endian::Little);
        let empty = btf.struct_("", 8, &[]);
        let target = if qualified { btf.const_(empty) } else { empty };
        btf.typedef("opaque", target);
        btf
    };
    assert_eq!(changed(&diff(opaque(false), opaque(false))), []);
    assert_eq!(changed(&diff(opaque(false), opaque(true))).len(), 1);
}

/// An array of length 0 has no elements, so the types inside its element type are not visited. Here, these types expand
/// to 2^88 members.
#[test]
fn types_behind_an_array_of_length_0_are_not_visited() {
    let endless = || {
        let mut btf = Encoder::new(Endian::Little);
        let int = btf.int("int", 4, SIGNED, 0, 32);
        let mut inner = int;
        for _ in 0..88 {
            inner = btf.union_("", 4, &[member("x", inner, 0), member("y", inner, 0)]);
        }
        let none = btf.array(inner, int, 0);
        btf.struct_("s", 4, &[member("a", none, 0), member("z", int, 0)]);
        btf
    };
    assert_eq!(changed(&diff(endless(), endless())), []);
}

/// The anonymous type of a map or variable is compared under a name such as `map stats value` or `var cfg`.
#[test]
fn anonymous_types_of_maps_and_variables_are_compared() {
    let object = |new: bool| {
        let mut btf = Encoder::new(Endian::Little);
        let int = btf.int("int", 4, SIGNED, 0, 32);
        let size = if new { 8 } else { 4 };
        let members = [member("a", int, 0), member("b", int, 32)];
        let mut anonymous = || btf.struct_("", size, &members[..size as usize / 4]);
        let (value, variable) = (anonymous(), anonymous());
        let value = btf.ptr(value);
        let array = btf.array(int, int, 2);
        let kind = btf.ptr(array);
        let map = btf.struct_(
            "",
            16,
            &[member("type", kind, 0), member("value", value, 64)],
        );
        let (map, variable) = (btf.var("stats", map, 1), btf.var("cfg", variable, 1));
        btf.datasec(".maps", 16, &[(map, 0, 16)]);
        btf.datasec(".bss", size, &[(variable, 0, size)]);
        btf
    };
    assert_eq!(changed(&diff(object(true), object(true))), []);
    let diff = diff(object(false), object(true));
    assert_eq!(
        changed(&diff),
        [("map stats value", false), ("var cfg", false)]
    );
    assert_eq!((diff.old_types, diff.new_types), (2, 2));
    assert_eq!(diff.changes[0].details[1].path, "b");
}
