//! Items as data: the JSON document of a package says what its text says.

#![cfg(feature = "json")]

mod support;

use anyhow::Result;
use btf2wit::{CharArrays, Config, Functions};

type Set = fn(&mut Config) -> &mut Config;

/// The documents that are kept.
const KEPT: &[(&str, &str, Set)] = &[
    ("event", "bpfel", |c| {
        c.types(["event"]).set("event.comm=string")
    }),
    ("unions", "bpfel", |c| {
        c.types(["uses_named", "ipv4_address"])
    }),
    ("bitfields", "bpfeb", |c| c.types(["kinds"])),
    ("flags", "bpfel", |c| {
        c.types(["zero_and_ors", "equal_bits"])
    }),
    ("flexible", "i686", |c| {
        c.types(["flexible_last"]).char_arrays(CharArrays::String)
    }),
    ("kfuncs", "bpfel", |c| c.functions(Functions::Kfuncs)),
];

/// The document of a fixture; the version of btf2wit is left out.
fn document(fixture: &str, producer: &str, set: Set) -> Result<String> {
    let object = std::fs::read(support::object(fixture, producer))?;
    let mut config = Config::new();
    config.input_bytes(format!("{fixture}.bpf.o"), object);
    let mut json = Vec::new();
    set(&mut config).load()?.write_layout(&mut json)?;
    let json = String::from_utf8(json)?;
    Ok(json.replace(env!("CARGO_PKG_VERSION"), "VERSION"))
}

#[test]
fn documents_are_as_reviewed() -> Result<()> {
    for (fixture, producer, set) in KEPT {
        let json = document(fixture, producer, *set)?;
        let name = format!("layout-{fixture}@{producer}");
        support::snapshots().bind(|| insta::assert_snapshot!(name, json));
    }
    Ok(())
}
