//! Tests the JSON document of a package, and the short descriptions of items (`Package::outlines`).

#![cfg(feature = "json")]

use crate::support;
use anyhow::Result;
use btf2wit::layout::Body;
use btf2wit::{CharArrays, Config, Enums, Functions, Unions};

type Set = fn(&mut Config) -> &mut Config;

/// The documents that have snapshots. Each has the fixture, its producer (a compiler, see `testdata/README.md`), and a
/// function that sets options.
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

/// Returns the document of a fixture. The word `VERSION` replaces the version of btf2wit.
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

/// Outlines are computed without the fields and cases of items, but must agree with the items.
#[test]
fn outlines_agree_with_items() -> Result<()> {
    let sets: [Set; 3] = [
        |c| c,
        |c| c.unions(Unions::Record).enums(Enums::Integer),
        |c| {
            c.unions(Unions::Bytes)
                .filter(|_, name| !name.starts_with('s'))
        },
    ];
    let mut inputs = support::raw_fixtures();
    inputs.push(("kernel".to_owned(), support::kernel().to_vec()));
    for (name, bytes) in inputs {
        for set in sets {
            let mut config = Config::new();
            let package = set(config.input_bytes(&name, bytes.clone())).load()?;
            let items = package.items().collect::<Result<Vec<_>, _>>()?;
            let named = items.iter().filter_map(|item| {
                let name = item.name.as_deref()?;
                Some((
                    &*item.wit,
                    item.kind,
                    name,
                    item.id,
                    item.size,
                    word(&item.body),
                ))
            });
            let outlines = package.outlines().collect::<Result<Vec<_>, _>>()?;
            let outlines = outlines.iter().map(|outline| {
                let (kind, word) = (outline.kind, outline.form.word());
                (
                    outline.wit,
                    kind,
                    outline.name,
                    outline.id,
                    outline.size,
                    word,
                )
            });
            assert!(named.eq(outlines), "{name}");
        }
    }
    Ok(())
}

/// A type is requested if it matches a pattern. If there are no patterns, all types of the input are requested, and
/// those of its base only with `with_base`.
#[test]
fn outlines_tell_which_types_were_requested() -> Result<()> {
    let asked_for = |config: &mut Config| -> Result<(Vec<String>, Vec<String>)> {
        let package = config.load()?;
        let outlines = package.outlines().collect::<Result<Vec<_>, _>>()?;
        let (asked_for, contained): (Vec<_>, Vec<_>) = outlines.iter().partition(|o| o.asked_for);
        let names = |outlines: Vec<&btf2wit::layout::Outline<'_>>| {
            outlines.iter().map(|o| o.name.to_owned()).collect()
        };
        Ok((names(asked_for), names(contained)))
    };
    let kernel = support::kernel();
    let mut config = Config::new();
    config.input_bytes("vmlinux", kernel);
    assert!(asked_for(&mut config)?.1.is_empty());
    let (mutexes, contained) = asked_for(config.types(["mutex", "struct rw_semap*"]))?;
    assert_eq!(mutexes, ["mutex", "rw_semaphore"]);
    assert!(contained.contains(&"list_head".to_owned()));
    // An excluded type is not listed, even if it is requested.
    let (asked, contained) = asked_for(config.exclude(["mutex", "list_head"]))?;
    assert_eq!(asked, ["rw_semaphore"]);
    assert!(!contained.contains(&"list_head".to_owned()));
    let mut config = Config::new();
    let module = support::testdata().join("openvswitch-6.12-amd64.btf.xz");
    config.input(module).base_bytes("vmlinux", kernel);
    let (own, of_base) = asked_for(&mut config)?;
    assert!(own.iter().any(|name| name == "ovs_net"), "{own:?}");
    assert!(of_base.iter().any(|name| name == "list_head"));
    assert!(asked_for(config.with_base(true))?.1.is_empty());
    Ok(())
}

fn word(body: &Body) -> &'static str {
    match body {
        Body::Record { .. } => "record",
        Body::Variant { .. } => "variant",
        Body::Enum { .. } => "enum",
        Body::Flags { .. } => "flags",
        _ => "type",
    }
}
