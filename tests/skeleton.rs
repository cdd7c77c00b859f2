//! Tests that skeletons, which are the interfaces of BPF objects, are valid and as reviewed, and that adapters
//! implement them. `checks/codec` runs adapters.

use crate::support;
use crate::support::judge;
use anyhow::{Context, Result};
use btf2wit::{Config, Fate, Package};
use std::path::{Path, PathBuf};

fn skeleton(object: &Path, events: &[&str]) -> Result<Package> {
    let mut config = Config::new();
    config.input(object).package("demo:object").skeleton(true);
    for event in events {
        config.event(*event);
    }
    config.load().with_context(|| object.display().to_string())
}

/// Returns the paths of the fixtures that are BPF objects.
fn objects() -> Result<Vec<PathBuf>> {
    let mut objects = Vec::new();
    for entry in std::fs::read_dir(support::testdata().join("obj"))? {
        let path = entry?.path();
        if path.to_string_lossy().contains(".bpfe") {
            objects.push(path);
        }
    }
    Ok(objects)
}

#[test]
fn every_object_has_a_valid_skeleton() -> Result<()> {
    for object in objects()? {
        let text = support::text(&skeleton(&object, &[])?);
        judge::valid(&text).with_context(|| format!("{}\n{text}", object.display()))?;
    }
    Ok(())
}

#[test]
fn skeletons_match_their_snapshots() -> Result<()> {
    let all: &[(&str, &[&str])] = &[
        ("skeleton", &["perf=kind:1=opened,2=closed"]),
        ("anonymous_maps", &[]),
        ("event", &[]),
        ("maps", &[]),
        ("perf_event_arrays", &[]),
        ("rings", &["opens=struct opened"]),
    ];
    for (fixture, events) in all {
        let object = support::object(fixture, "bpfel");
        let text = support::text(&skeleton(&object, events)?);
        let name = format!("skeleton-{fixture}@bpfel");
        support::snapshots().bind(|| insta::assert_snapshot!(name, text));
    }
    Ok(())
}

/// Makes an adapter for each object. wit-component validates the adapter and checks that it implements the interfaces.
#[cfg(feature = "codec")]
#[test]
fn every_object_has_an_adapter() -> Result<()> {
    for object in objects()? {
        for unions in [btf2wit::Unions::Variant, btf2wit::Unions::Record] {
            let mut config = Config::new();
            config.input(&object).skeleton(true).unions(unions);
            let package = config.load()?;
            package
                .to_adapter()
                .with_context(|| object.display().to_string())?;
        }
    }
    Ok(())
}

#[cfg(feature = "codec")]
#[test]
fn adapters_are_as_reviewed() -> Result<()> {
    let object = support::object("event", "bpfel");
    let text = skeleton(&object, &[])?.to_adapter_text()?;
    let text = text.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    support::snapshots().bind(|| insta::assert_snapshot!("adapter-event@bpfel", text));
    Ok(())
}

/// If one map changes, the interfaces of the other maps stay the same.
#[test]
fn an_interface_depends_on_its_map_alone() -> Result<()> {
    let object = support::object("skeleton", "bpfel");
    let text = support::text(&skeleton(&object, &[])?);
    let more = support::text(&skeleton(&object, &["perf=opened"])?);
    let interface = |text: &str, name: &str| {
        let start = text.find(&format!("interface {name} {{"))?;
        let end = text[start..].find("\n}\n")?;
        Some(text[start..start + end].to_owned())
    };
    for name in ["hashed", "events", "globals", "programs"] {
        let own = interface(&text, name).context("there is no such interface")?;
        assert_eq!(Some(own), interface(&more, name));
    }
    assert_ne!(interface(&text, "perf"), interface(&more, "perf"));
    Ok(())
}

/// Names that no compiler writes, and programs with the same name, affect only the names in the text.
#[test]
fn hostile_names_are_only_names() -> Result<()> {
    let mut bytes = std::fs::read(support::object("skeleton", "bpfel"))?;
    for (name, other) in [
        ("by_size\0", "b\"\n;)(;\0"),
        ("devmap\0", "\u{e9};;()\0"),
        ("total\0", "to\n\"l\0"),
        (".data.apart\0", ".data.a\"\n;)\0"),
        ("on_unlink\0", "on_switch\0"),
        ("drop\0", "\");\n\0"),
    ] {
        // A name may occur several times in the file. The last occurrence belongs to the symbols.
        let at = last_of(&bytes, name).with_context(|| name.to_owned())?;
        bytes[at..at + name.len()].copy_from_slice(other.as_bytes());
    }
    let folder = tempfile::tempdir()?;
    let object = folder.path().join("hostile.o");
    std::fs::write(&object, bytes)?;
    let package = skeleton(&object, &[])?;
    let text = support::text(&package);
    judge::valid(&text).with_context(|| text.clone())?;
    assert!(text.contains("on-switch-alt2,"), "{text}");
    #[cfg(feature = "codec")]
    package.to_adapter()?;
    Ok(())
}

/// Returns the offset at which a text occurs last.
fn last_of(bytes: &[u8], text: &str) -> Option<usize> {
    let mut windows = bytes.windows(text.len());
    windows.rposition(|window| window == text.as_bytes())
}

#[test]
fn what_has_no_functions_is_reported() -> Result<()> {
    let object = support::object("skeleton", "bpfel");
    let report = skeleton(&object, &[])?.report()?;
    let left_out = report.of(Fate::LeftOut).map(ToString::to_string);
    let mut left_out: Vec<String> = left_out.collect();
    left_out.push(report.summary.to_string());
    support::snapshots().bind(|| insta::assert_snapshot!("skeleton-report", left_out.join("\n")));
    Ok(())
}

#[test]
fn wrong_events_are_refused() -> Result<()> {
    let object = support::object("skeleton", "bpfel");
    let refusal = |choice: &str| match skeleton(&object, &[choice]) {
        Ok(_) => format!("{choice}: accepted"),
        Err(error) => format!("{choice}: {}", error.root_cause()),
    };
    let all = [
        "perf",
        "perf=",
        "prf=opened",
        "perf=opend",
        "array=opened",
        "perf=opened,closed",
        "perf=kid:1=opened,2=closed",
        "perf=kind:1=opened,2=placed",
        "perf=kind:1=opened,1=closed",
        "perf=kind:RUNNING=opened,2=closed",
        "commands=kind:1=opened,2=closed",
    ];
    let all: Vec<String> = all.into_iter().map(refusal).collect();
    support::snapshots().bind(|| insta::assert_snapshot!("skeleton-events", all.join("\n")));
    Ok(())
}

#[test]
fn only_bpf_objects_have_a_skeleton() {
    let object = support::object("maps", "gcc");
    let error = skeleton(&object, &[])
        .err()
        .map(|e| e.root_cause().to_string());
    let error = error.unwrap_or_default();
    assert!(
        error.ends_with("it is not a BPF object: name what clang -target bpf wrote"),
        "{error}"
    );
}

/// The table in docs/skeleton.md has a line for each map type of the kernel.
#[test]
fn the_table_of_map_types_is_complete() {
    let table = include_str!("../docs/skeleton.md");
    let types = include_str!("../src/maps/kinds.rs");
    let names = types
        .split("[&str; 34] = [")
        .nth(1)
        .and_then(|all| all.split(']').next());
    let names: Vec<&str> = names
        .unwrap_or_default()
        .split('"')
        .skip(1)
        .step_by(2)
        .collect();
    assert_eq!(names.len(), 34);
    for name in names {
        assert!(table.contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn programs_are_listed() -> Result<()> {
    let object = support::object("skeleton", "bpfel");
    let programs = skeleton(&object, &[])?.programs();
    let programs: Vec<_> = programs
        .iter()
        .map(|program| (&*program.name, &*program.section, program.target.as_deref()))
        .collect();
    assert_eq!(
        programs,
        [
            (
                "on_switch",
                "tp/sched/sched_switch",
                Some("sched/sched_switch")
            ),
            ("on_unlink", "kprobe/do_unlinkat", Some("do_unlinkat")),
            ("self", "xdp", None),
            ("drop", "xdp", None),
        ]
    );
    Ok(())
}
