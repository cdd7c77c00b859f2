//! Tests generated Rust readers: their text, which has snapshots, and the file to which it is written. `checks/reader`
//! compiles readers with real bindings and compares them with the decoder.

use crate::support;
use anyhow::{Context, Result};
use btf2wit::{CharArrays, Config};

/// Returns the reader for some types of a fixture, without the support module and the version of btf2wit.
fn reader(fixture: &str, producer: &str, types: &[&str], arms: &[&str]) -> Result<String> {
    let mut config = Config::new();
    config
        .input(support::object(fixture, producer))
        .package("test:fixture")
        .char_arrays(CharArrays::String)
        .types(types.iter().copied());
    for arm in arms {
        config.arm(*arm);
    }
    let text = config.load()?.to_rust_reader("crate::bindings::types")?;
    let (own, support) = text
        .split_once("\n#[allow(dead_code, clippy::all)]\nmod __support {\n")
        .context("the text has a support module")?;
    assert!(support.ends_with("}\n}\n"));
    Ok(own.replace(env!("CARGO_PKG_VERSION"), "VERSION"))
}

#[test]
fn readers_match_their_snapshots() -> Result<()> {
    let kept: &[(&str, &str, &[&str])] = &[
        ("event", "bpfel", &["event"]),
        ("unions", "bpfel", &["uses_named"]),
        ("bitfields", "bpfeb", &["kinds"]),
        ("flags", "bpfel", &["zero_and_ors"]),
        ("enums", "bpfel", &["negative"]),
        ("flexible", "i686", &["flexible_last"]),
        ("trace_records", "bpfel", &["trace_exec"]),
    ];
    for (fixture, producer, types) in kept {
        let text = reader(fixture, producer, types, &[])?;
        let name = format!("reader-{fixture}@{producer}");
        support::snapshots().bind(|| insta::assert_snapshot!(name, text));
    }
    Ok(())
}

/// If a choice selects the arm of a union, the caller of the reader does not have to select it. A choice may apply to
/// one place or to a type.
#[test]
fn readers_with_choices_match_their_snapshot() -> Result<()> {
    let arms = [
        "connection.local=any.family:2=in4,10=in6",
        "several.items.body=kind:1=mac,*=num",
        "by_enum.body=narrow:WHICH_NUM=num,WHICH_MAC=mac",
        "by_bool.body=big",
    ];
    let types = ["connection", "several", "by_enum", "by_bool"];
    let text = reader("tagged_unions", "bpfeb", &types, &arms)?;
    let name = "reader-tagged_unions@bpfeb";
    support::snapshots().bind(|| insta::assert_snapshot!(name, text));
    Ok(())
}

/// Readers need only `alloc`, and have no unsafe code and no panics.
#[test]
fn readers_are_plain_rust() -> Result<()> {
    let mut config = Config::new();
    config
        .input("testdata/vmlinux-6.12-amd64.btf.xz")
        .types(["task_struct"]);
    let text = config.load()?.to_rust_reader("crate::types")?;
    for word in ["unsafe", "std::", "unwrap()", "panic!", "expect("] {
        assert!(!text.contains(word), "{word}");
    }
    assert!(text.contains("pub mod task_struct {"));
    Ok(())
}

#[test]
fn the_reader_stands_beside_the_wit() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut config = Config::new();
    config
        .input(support::object("event", "bpfel"))
        .types(["event"])
        .out_dir(folder.path())
        .rust_reader("crate::bindings::types");
    config.generate()?;
    let reader = std::fs::read_to_string(folder.path().join("types.rs"))?;
    assert!(reader.contains("use crate::bindings::types as __types;"));
    // The folder must still be a WIT package, although it also has the reader.
    wit_parser::Resolve::default().push_dir(folder.path())?;
    Ok(())
}

#[test]
fn bindings_must_be_a_path() -> Result<()> {
    let mut config = Config::new();
    let package = config.input(support::object("event", "bpfel")).load()?;
    for path in ["crate::a", "::a::b", "super::r#type", "bindings"] {
        package.to_rust_reader(path)?;
    }
    let mut messages = Vec::new();
    for path in ["", "crate::", "a b", "a;b", "crate::*", "1a"] {
        let error = package
            .to_rust_reader(path)
            .err()
            .context("the path is refused")?;
        messages.push(error.to_string());
    }
    insta::assert_snapshot!(messages.join("\n"), @"
    '' is not a name for a module: use a Rust path, such as crate::bindings::bpf::event::types
    'crate::' is not a name for a module: use a Rust path, such as crate::bindings::bpf::event::types
    'a b' is not a name for a module: use a Rust path, such as crate::bindings::bpf::event::types
    'a;b' is not a name for a module: use a Rust path, such as crate::bindings::bpf::event::types
    'crate::*' is not a name for a module: use a Rust path, such as crate::bindings::bpf::event::types
    '1a' is not a name for a module: use a Rust path, such as crate::bindings::bpf::event::types
    ");
    Ok(())
}
