//! Tests patterns, exclusion, filters, and hooks by which the caller renames types, members and functions.

use crate::support;
use crate::support::judge;
use btf2wit::{CName, Config, Kind, NameKind, Unions};

fn fixture(name: &str) -> Config {
    let mut config = Config::new();
    config
        .input(support::object(name, "bpfel"))
        .package("test:patterns")
        .world("fixture");
    config
}

fn valid(config: &Config) -> String {
    let wit = support::wit(config);
    judge::valid(&wit).unwrap_or_else(|e| panic!("{e:#}\n{wit}"));
    wit
}

/// Returns the labels of the items, in the order of the text.
fn labels(config: &Config) -> Vec<String> {
    let package = config.load().expect("the input loads");
    let items = package
        .items()
        .map(|item| item.expect("the item is sound").wit);
    items.collect()
}

#[test]
fn globs_match_names_of_a_kind() {
    assert_eq!(
        labels(fixture("flags").types(["enum *_bits", "from_zero"])),
        [
            "equal-bits",
            "from-zero",
            "sparse-bits",
            "thirty-three-bits",
            "thirty-two-bits",
            "tiny-bits",
            "two-bits",
        ]
    );
    assert_eq!(
        labels(fixture("flags").types(["t[hw]*_?i*s"])),
        ["thirty-three-bits", "thirty-two-bits", "two-bits"]
    );
    assert_eq!(
        labels(fixture("flags").types(["enum {two,t*_three}_bits"])),
        ["thirty-three-bits", "two-bits"]
    );
}

#[test]
fn patterns_that_match_nothing_are_errors() {
    let mut said = String::new();
    let fault = |config: &mut Config| {
        config
            .load()
            .err()
            .expect("the input is refused")
            .to_string()
    };
    let too_many = "{a,b}".repeat(10);
    for pattern in [
        "struct *_bits",
        "thirty_*_bitts",
        "sparse_[",
        "a**b",
        "u32",
        "thirty_.*",
        "enum ^two_bits$",
        "struct thirty_.*",
        "two_bits|tiny_bits",
        "^(two|tiny)_bits$",
        "{one,no}_bits",
        &too_many,
        "",
        " ",
        "enum",
    ] {
        for config in [
            fixture("flags").types([pattern]),
            fixture("flags").exclude([pattern]),
        ] {
            said.push_str(&fault(config));
            said.push('\n');
        }
    }
    support::snapshots().bind(|| insta::assert_snapshot!("patterns-refused", said));
}

#[test]
fn excluded_types_become_bytes_or_numbers() {
    let mut said = valid(fixture("unions").exclude(["union value", "ipv4*"]));
    let kinds = valid(fixture("bitfields").types(["kinds"]).exclude(["enum *"]));
    said.push_str(&kinds);
    support::snapshots().bind(|| insta::assert_snapshot!("patterns-excluded", said));
}

#[test]
fn excluded_types_are_reported() {
    let mut config = fixture("unions");
    let package = config
        .exclude(["union value"])
        .load()
        .expect("the input loads");
    let report = package.report().expect("the package has a report");
    let lines = report.entries.iter().map(|entry| {
        let wit = entry.wit.as_deref().unwrap_or("nothing");
        format!("{} {} as {wit}: {}\n", entry.fate, entry.c, entry.reason)
    });
    insta::assert_snapshot!(lines.collect::<String>(), @r"
    left out union value as nothing: excluded
    widened struct uses_named as uses-named: excluded
    ");
}

#[test]
fn every_fixture_is_valid_without_half_of_its_types() {
    for name in support::fixtures() {
        for odd in [0, 1] {
            let mut config = fixture(&name);
            config
                .unions(Unions::Record)
                .functions(btf2wit::Functions::All)
                .filter(move |_, name| name.len() % 2 == odd);
            valid(&config);
        }
    }
}

#[test]
fn a_filter_sees_kinds_and_names() {
    let mut config = fixture("unions");
    config.filter(|kind, name| kind != Kind::Union && name != "uses_named");
    assert_eq!(
        labels(&config),
        ["array-of-anonymous", "array-of-anonymous-cells-union"]
    );
}

#[test]
fn a_hook_renames_types_members_and_functions() {
    fn hook(c: CName<'_>) -> Option<String> {
        match (c.kind, c.parent, c.name) {
            (NameKind::Type(Kind::Union), None, "value") => Some("reading".into()),
            (NameKind::Member, Some("uses_named"), "kind") => Some("Which ONE".into()),
            (NameKind::Member, Some("array_of_anonymous"), "cells" | "ratio") => {
                Some("self".into())
            }
            _ => None,
        }
    }
    let wit = valid(fixture("unions").rename(hook));
    support::snapshots().bind(|| insta::assert_snapshot!("patterns-renamed", wit));
}

#[test]
fn every_spelling_of_a_hook_makes_valid_wit() {
    let answers = ["gen", "", "1", "list_foo", "Ärger", "a b\nc", "from"];
    for name in support::fixtures() {
        for answer in answers {
            let mut config = fixture(&name);
            config
                .functions(btf2wit::Functions::All)
                .rename(move |_| Some(answer.to_owned()));
            valid(&config);
        }
    }
}

/// If other items are written as well, the header names up to four of the selected types, and the number of the others.
/// They can be anywhere in the text, since items are sorted by label.
#[test]
fn the_header_names_the_selected_types_among_other_items() {
    let header = |config: &mut Config| {
        let wit = valid(config.package("test:patterns").world("fixture"));
        let lines = wit.lines().take_while(|line| line.starts_with("//"));
        let asked_for = lines.filter(|line| line.starts_with("// Asked for: "));
        asked_for.map(str::to_owned).collect::<Vec<_>>()
    };
    let none: [&str; 0] = [];
    assert_eq!(
        header(fixture("unions").types(["uses_named"])),
        ["// Asked for: record uses-named."]
    );
    assert_eq!(header(fixture("unions").types(["union value"])), none);
    assert_eq!(header(&mut fixture("unions")), none);
    let mut kernel = Config::new();
    kernel.input_bytes("vmlinux", support::kernel());
    assert_eq!(
        header(kernel.clone().types(["task_struct", "enum pid_type"])),
        ["// Asked for: enum pid-type, record task-struct."]
    );
    assert_eq!(
        header(kernel.types(["struct tcp_*"])),
        [
            "// Asked for: record tcp-ao-hdr, record tcp-ao-key, record tcp-bbr-info, record \
             tcp-congestion-ops and 34 more."
        ]
    );
}

/// Returns the C declarations of the written types, and the names of the written functions, each followed by `()`.
fn written(config: &mut Config) -> Vec<String> {
    let config = config.functions(btf2wit::Functions::All);
    valid(config);
    let package = config.load().expect("the input loads");
    let types = package
        .items()
        .map(|item| item.expect("the item is sound").c);
    let functions = package.functions().map(|function| function.name);
    let all = types.chain(functions.map(|name| format!("{name}()")));
    all.collect()
}

#[test]
fn patterns_select_functions_if_these_are_asked_for() {
    let of = |patterns: &[&str]| written(fixture("functions").types(patterns.iter().copied()));
    // If a function is selected, the types that it takes by value are written as well. The function `judge` takes
    // `struct packet` only by a pointer, so that struct is not written.
    assert_eq!(of(&["judge"]), ["enum verdict", "judge()"]);
    assert_eq!(of(&["packet"]), ["struct packet", "packet()"]);
    assert_eq!(of(&["func packet"]), ["packet()"]);
    assert_eq!(of(&["struct packet"]), ["struct packet"]);
    assert_eq!(of(&["foo*"]), ["struct foo", "foo_free()", "foo_t()"]);
    assert_eq!(of(&["func foo*"]), ["foo_free()", "foo_t()"]);
    let all = written(&mut fixture("functions"));
    let all = all.iter().filter(|name| name.ends_with("()"));
    assert_eq!(
        of(&["func *"])
            .iter()
            .filter(|name| name.ends_with("()"))
            .count(),
        all.count()
    );
}

#[test]
fn functions_are_excluded_by_the_same_patterns() {
    let mut config = fixture("functions");
    let all = written(&mut config);
    let some = written(config.exclude(["func foo_*", "packet"]));
    let gone = all.into_iter().filter(|name| !some.contains(name));
    assert_eq!(
        gone.collect::<Vec<_>>(),
        ["struct packet", "foo_free()", "foo_t()", "packet()"]
    );
    let report = config
        .load()
        .and_then(|package| package.report())
        .expect("the package has a report");
    assert_eq!(
        (report.summary.excluded, report.summary.excluded_functions),
        (1, 3)
    );
    assert_eq!(
        written(fixture("functions").types(["func foo*"]).exclude(["*_t"])),
        ["foo_free()"]
    );
}

/// The kernel has 56,000 functions. Only those that the pattern matches are written, with the typedefs of their
/// parameters and results.
#[test]
fn a_pattern_selects_few_functions_of_a_kernel() {
    let mut config = support::kernel_config();
    let wit = valid(
        config
            .types(["vfs_read*"])
            .functions(btf2wit::Functions::All),
    );
    let functions: Vec<&str> = wit
        .lines()
        .filter(|line| line.contains(": func("))
        .collect();
    insta::assert_snapshot!(functions.join("\n"), @r"
    vfs-read: func(file: pointer, buf: pointer, count: size-t, pos: pointer) -> ssize-t;
    vfs-readlink: func(dentry: pointer, buffer: pointer, buflen: s32) -> s32;
    vfs-readv: func(file: pointer, vec: pointer, vlen: u64, pos: pointer, %flags: rwf-t) -> ssize-t;
    ");
    assert!(wit.contains("    type ssize-t = "), "{wit}");
}

#[test]
fn messages_tell_functions_not_asked_for_from_absent_names() {
    let mut said = String::new();
    let mut fault = |pattern: &str, functions| {
        let mut config = fixture("functions");
        let error = config.types([pattern]).functions(functions).load().err();
        said.push_str(&error.map_or("none".into(), |error| error.to_string()));
        said.push('\n');
    };
    for pattern in [
        "judge",
        "func judge",
        "func packet",
        "struct judge",
        "jud*",
        "func jud*",
        "jugde",
    ] {
        fault(pattern, btf2wit::Functions::None);
        fault(pattern, btf2wit::Functions::All);
    }
    fault("judge", btf2wit::Functions::Kfuncs);
    insta::assert_snapshot!(said, @r"
    'judge' is a function: add --functions all
    none
    'judge' is a function: add --functions all
    none
    'packet' is a function: add --functions all
    none
    'judge' is a function: add --functions all
    'judge' is a function: ask for it as one
    no type matches 'jud*', but functions do: add --functions all
    none
    no type matches 'func jud*', but functions do: add --functions all
    none
    there is no type 'jugde' (clang leaves out of a BPF object what nothing refers to; anchor it with 'const struct jugde *unused __attribute__((unused));')
    there is no type or function 'jugde'; did you mean 'judge'? (clang leaves out of a BPF object what nothing refers to; anchor it with 'const struct jugde *unused __attribute__((unused));')
    'judge' is a function: add --functions all
    ");
}
