//! Checks that the WIT of every fixture of every producer is valid and equal to its reviewed snapshot.

use crate::support;
use crate::support::judge;
use btf2wit::{Arrays, CharArrays, Config, Docs, Enums, Functions, Unions};
use similar::TextDiff;

/// The producer whose snapshots are complete. The snapshots of the other producers have only the differences from
/// these.
const FIRST: &str = "bpfel";
const OTHERS: &[&str] = &["bpfeb", "gcc", "x86-64", "i686", "s390x"];

#[test]
fn every_fixture_is_as_reviewed() {
    for name in support::fixtures() {
        let first = convert(&name, FIRST);
        snapshot(&name, &first);
        for producer in OTHERS {
            let other = convert(&name, producer);
            let difference = TextDiff::from_lines(&first, &other)
                .unified_diff()
                .context_radius(2)
                .header(FIRST, producer)
                .to_string();
            snapshot(&format!("{name}@{producer}"), &difference);
        }
    }
}

fn convert(name: &str, producer: &str) -> String {
    let wit = support::wit(&config(name, producer));
    if let Err(e) = judge::valid(&wit) {
        panic!("{name}.{producer}: {e:#}");
    }
    wit
}

fn config(name: &str, producer: &str) -> Config {
    let mut config = Config::new();
    config
        .input(support::object(name, producer))
        .package(format!("test:{}", name.replace('_', "-")))
        .world("fixture")
        .functions(Functions::All);
    config
}

fn snapshot(name: &str, text: &str) {
    support::snapshots().bind(|| insta::assert_snapshot!(name, text));
}

/// An option, and a fixture whose text depends on it. The fields are the name of the fixture, a name for the option,
/// and a function that sets the option.
type Case = (&'static str, &'static str, fn(&mut Config) -> &mut Config);

const OPTIONS: &[Case] = &[
    ("unions", "record", |c| c.unions(Unions::Record)),
    ("unions", "bytes", |c| c.unions(Unions::Bytes)),
    ("one_way_unions", "record", |c| c.unions(Unions::Record)),
    ("flexible", "record", |c| c.unions(Unions::Record)),
    ("flags", "enum", |c| c.enums(Enums::Enum)),
    ("enums", "integer", |c| c.enums(Enums::Integer)),
    ("bitfields", "integer", |c| c.enums(Enums::Integer)),
    ("arrays", "string", |c| c.char_arrays(CharArrays::String)),
    ("flexible", "string", |c| c.char_arrays(CharArrays::String)),
    ("functions", "none", |c| c.functions(Functions::None)),
    ("kfuncs", "kfuncs", |c| c.functions(Functions::Kfuncs)),
    ("functions", "selected", |c| {
        c.types(["struct foo", "foo*", "judge"])
    }),
    ("anonymous", "constants", |c| c.constants(true)),
    ("event", "brief", |c| c.docs(Docs::Brief)),
    ("event", "none", |c| c.docs(Docs::None)),
    ("event", "set", |c| {
        c.set("event.comm=string").set("event.filename=string")
    }),
];

#[test]
fn every_option_is_as_reviewed() {
    for (name, option, set) in OPTIONS {
        let mut config = config(name, if *name == "anonymous" { "gcc" } else { FIRST });
        set(&mut config);
        let wit = support::wit(&config);
        if let Err(e) = judge::valid(&wit) {
            panic!("{name} with {option}: {e:#}");
        }
        snapshot(&format!("{name}+{option}"), &wit);
    }
}

/// Fixed-length lists are an optional feature of the validators, which this test enables.
#[test]
fn fixed_lists_are_as_reviewed() {
    for name in ["arrays", "flexible", "opaque", "floats"] {
        let mut config = config(name, FIRST);
        let wit = support::wit(config.arrays(Arrays::Fixed));
        if let Err(e) = judge::valid_with_fixed_lists(&wit) {
            panic!("{name}: {e:#}");
        }
        snapshot(&format!("{name}+fixed"), &wit);
    }
}
