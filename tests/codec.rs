//! Tests that codecs are valid, have the types of the WIT text and are as reviewed, and that one of them is small.
//! `checks/codec` runs codecs and compares them with the decoder.

#![cfg(feature = "codec")]

use crate::support;
use crate::support::encode::{Encoder, Endian, member};
use anyhow::{Context, Result};
use btf2wit::{CharArrays, Config, Docs, Error, Functions, Package, Unions};
use wit_parser::{Resolve, WorldItem};

fn event(char_arrays: CharArrays) -> Result<Package> {
    let mut config = Config::new();
    config
        .input(support::object("event", "bpfel"))
        .package("demo:probe")
        .char_arrays(char_arrays)
        .types(["event"]);
    Ok(config.load()?)
}

/// Makes a codec of every fixture of every producer, with unions as variants and as records. `to_codec` validates the
/// component.
#[test]
fn every_fixture_has_a_codec() -> Result<()> {
    for object in std::fs::read_dir(support::testdata().join("obj"))? {
        let path = object?.path();
        for unions in [Unions::Variant, Unions::Record] {
            let mut config = Config::new();
            config
                .input(&path)
                .package("test:fixture")
                .unions(unions)
                .functions(Functions::All);
            let package = config.load()?;
            package
                .to_codec()
                .with_context(|| path.display().to_string())?;
        }
    }
    Ok(())
}

#[test]
fn codecs_match_their_snapshots() -> Result<()> {
    let text = |package: Package| -> Result<String> {
        Ok(package
            .to_codec_text()?
            .replace(env!("CARGO_PKG_VERSION"), "VERSION"))
    };
    let whole = text(event(CharArrays::String)?)?;
    support::snapshots().bind(|| insta::assert_snapshot!("codec-event@bpfel", whole));
    let kept: &[(&str, &str, &str, Option<&str>)] = &[
        ("bitfields", "bpfeb", "kinds", None),
        ("enums", "bpfel", "negative", None),
        ("flags", "bpfel", "zero_and_ors", None),
        ("flexible", "i686", "flexible_last", None),
        (
            "tagged_unions",
            "bpfel",
            "several",
            Some("several.items.body=kind:1=mac,*=num"),
        ),
    ];
    for (fixture, producer, ty, arm) in kept {
        let mut config = Config::new();
        config
            .input(support::object(fixture, producer))
            .package("test:fixture")
            .types([*ty]);
        if let Some(arm) = arm {
            config.arm(*arm);
        }
        let all = text(config.load()?)?;
        // Only the snapshot of the event has the helper functions. All other snapshots end before them.
        let (own, _) = all
            .split_once("\n  ;; Writes the message of the last")
            .context("it renders")?;
        let name = format!("codec-{fixture}@{producer}");
        support::snapshots().bind(|| insta::assert_snapshot!(name, own));
    }
    Ok(())
}

#[test]
fn the_codec_of_the_event_is_small() -> Result<()> {
    let sizes = [event(CharArrays::Bytes)?, event(CharArrays::String)?]
        .map(|package| package.to_codec().map(|codec| codec.len()));
    for size in sizes {
        assert!(size? < 4096);
    }
    Ok(())
}

/// The component has the types and functions of the WIT text. Therefore it can be composed with a guest that was built
/// with the text.
#[test]
fn the_component_has_the_types_and_functions_of_the_text() -> Result<()> {
    for fixture in ["event", "unions", "flags", "typedefs", "keywords"] {
        let mut config = Config::new();
        config
            .input(support::object(fixture, "bpfel"))
            .package("test:fixture")
            .docs(Docs::None);
        let package = config.load()?;
        let mut text = Resolve::default();
        text.push_str("codec.wit", &package.to_codec_wit()?)?;
        let decoded = wit_component::decode(&package.to_codec()?)?;
        let component = decoded.resolve();
        assert_eq!(shown(&text)?, shown(component)?, "{fixture}");
        let world = component
            .worlds
            .iter()
            .find(|(_, world)| world.name == "root");
        let (_, world) = world.context("a component has a world")?;
        assert!(world.imports.is_empty(), "{fixture}");
        let exports = world.exports.values();
        assert!(
            exports
                .into_iter()
                .all(|item| matches!(item, WorldItem::Interface { .. }))
        );
    }
    Ok(())
}

/// Returns the text of the interfaces in the package whose namespace is `test`.
fn shown(resolve: &Resolve) -> Result<String> {
    let package = resolve
        .packages
        .iter()
        .find(|(_, package)| package.name.namespace == "test");
    let (id, _) = package.context("it has the package")?;
    let mut printer = wit_component::WitPrinter::default();
    printer.print(resolve, id, &[])?;
    let text = printer.output.to_string();
    // The result has neither the comment before the package nor the world, which is for guests.
    let start = text.find("package ").unwrap_or(0);
    let end = text.find("\nworld ").unwrap_or(text.len());
    Ok(text[start..end].trim_end().to_owned())
}

/// A variant inside a variant is passed as core values. The types of these core values must fit the arms of both
/// variants.
#[test]
fn a_variant_in_a_variant_is_passed_by_value() -> Result<()> {
    let mut btf = Encoder::new(Endian::Little);
    let int = btf.int("int", 4, 1, 0, 32);
    let long = btf.int("long long", 8, 1, 0, 64);
    let inner = btf.union_("inner", 8, &[member("a", int, 0), member("b", long, 0)]);
    let holder = btf.struct_("holder", 8, &[member("in", inner, 0)]);
    btf.union_(
        "outer",
        8,
        &[member("whole", long, 0), member("part", holder, 0)],
    );
    let mut config = Config::new();
    config
        .input_bytes("unions", btf.finish())
        .package("test:unions");
    config.load()?.to_codec()?;
    Ok(())
}

/// The names of functions do not depend on the selection, even if a type has a label that a function would get, or the
/// functions of two types would get one name.
#[test]
fn functions_have_names_of_their_own() -> Result<()> {
    let mut btf = Encoder::new(Endian::Little);
    let int = btf.int("int", 4, 1, 0, 32);
    for name in ["arg", "args", "read_arg", "error", "fingerprints"] {
        btf.struct_(name, 4, &[member("a", int, 0)]);
    }
    let bytes = btf.finish();
    let wit = |types: &[&str]| -> Result<String> {
        let mut config = Config::new();
        config
            .input_bytes("names", bytes.clone())
            .package("test:names");
        config.types(types.iter().copied());
        let package = config.load()?;
        package.to_codec()?;
        Ok(package.to_codec_wit()?)
    };
    let line = "    read-all-arg: func(bytes: list<u8>) -> result<list<arg>, codec-error>;\n";
    for text in [wit(&["arg"])?, wit(&["arg", "args", "read_arg", "error"])?] {
        assert!(text.contains(line), "{text}");
        assert!(text.contains("    read-one-arg: func("), "{text}");
        assert!(text.contains("    codec-fingerprints: func()"), "{text}");
    }
    Ok(())
}

#[test]
fn a_codec_that_cannot_be_made_is_an_error() -> Result<()> {
    let mut config = Config::new();
    config
        .input(support::object("event", "bpfel"))
        .interface("codec");
    let error = config
        .load()?
        .to_codec()
        .err()
        .context("the name is taken")?;
    assert!(matches!(&error, Error::Codec { .. }), "{error}");
    assert!(
        error.to_string().ends_with("choose another --interface"),
        "{error}"
    );
    Ok(())
}

#[test]
fn a_build_script_gets_both() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let codec = folder.path().join("codec.wasm");
    let mut config = Config::new();
    config
        .input(support::object("event", "bpfel"))
        .types(["event"])
        .codec(&codec)
        .out_dir(folder.path().join("wit"))
        .generate()?;
    assert!(std::fs::read(codec)?.starts_with(b"\0asm"));
    let wit = std::fs::read_to_string(folder.path().join("wit/types.wit"))?;
    assert!(wit.contains("interface codec {"));
    Ok(())
}
