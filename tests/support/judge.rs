//! Validates WIT with wit-parser, wit-component and wasmparser, and checks labels by rules of btf2wit.

use std::collections::HashSet;

use anyhow::{Context, Result, bail, ensure};
use heck::ToUpperCamelCase;
use wasmparser::{Validator, WasmFeatures};
use wit_component::{DecodedWasm, WitPrinter};
use wit_parser::{PackageId, Resolve, TypeDefKind};

/// Parses, encodes and validates WIT with default features. Decodes the binary and compares the result with the WIT.
/// Checks the labels.
pub fn valid(wit: &str) -> Result<()> {
    check(wit, WasmFeatures::default())
}

/// Does the same as [`valid`], but also allows fixed-length lists, which are not among the default features.
pub fn valid_with_fixed_lists(wit: &str) -> Result<()> {
    check(
        wit,
        WasmFeatures::default() | WasmFeatures::CM_FIXED_LENGTH_LISTS,
    )
}

/// Only parses and encodes WIT. This is faster than [`valid`].
pub fn encodes(wit: &str) -> Result<()> {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("test.wit", wit)?;
    wit_component::encode(&resolve, package, false).context("encode")?;
    Ok(())
}

fn check(wit: &str, features: WasmFeatures) -> Result<()> {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("test.wit", wit)?;
    let binary = wit_component::encode(&resolve, package, false).context("encode")?;
    Validator::new_with_features(features)
        .validate_all(&binary)
        .context("validate")?;
    let DecodedWasm::WitPackage(decoded, again) = wit_component::decode(&binary)? else {
        bail!("the binary is no WIT package");
    };
    let (first, second) = (print(&resolve, package)?, print(&decoded, again)?);
    ensure!(first == second, "the types are others after a round trip");
    names(&resolve)
}

fn print(resolve: &Resolve, package: PackageId) -> Result<String> {
    let mut printer = WitPrinter::default();
    printer.print(resolve, package, &[])?;
    Ok(printer.output.to_string())
}

/// Checks that every label is in lower kebab case and strongly unique in its scope. Also checks that converting a label
/// to camel case twice, as wasmtime's `bindgen!` does, gives the same as converting it once.
pub fn names(resolve: &Resolve) -> Result<()> {
    for (_, interface) in &resolve.interfaces {
        let types = interface.types.keys().map(String::as_str);
        let functions = interface.functions.keys().map(String::as_str);
        scope("interface", types.chain(functions))?;
        for function in interface.functions.values() {
            scope(
                &function.name,
                function.params.iter().map(|p| p.name.as_str()),
            )?;
        }
    }
    for (_, ty) in &resolve.types {
        let name = ty.name.as_deref().unwrap_or_default();
        match &ty.kind {
            TypeDefKind::Record(r) => scope(name, r.fields.iter().map(|f| f.name.as_str()))?,
            TypeDefKind::Variant(v) => scope(name, v.cases.iter().map(|c| c.name.as_str()))?,
            TypeDefKind::Enum(e) => scope(name, e.cases.iter().map(|c| c.name.as_str()))?,
            TypeDefKind::Flags(f) => scope(name, f.flags.iter().map(|f| f.name.as_str()))?,
            _ => {}
        }
    }
    Ok(())
}

fn scope<'a>(holder: &str, labels: impl Iterator<Item = &'a str>) -> Result<()> {
    let mut taken = HashSet::new();
    for label in labels {
        ensure!(
            is_lower_kebab(label),
            "{holder}: '{label}' is not in lower kebab case"
        );
        let camel = label.to_upper_camel_case();
        ensure!(
            camel.to_upper_camel_case() == camel,
            "{holder}: '{label}' is {camel} when camel-cased, and another when twice"
        );
        let strong = label.replace('-', "");
        ensure!(taken.insert(strong), "{holder}: '{label}' clashes");
    }
    Ok(())
}

/// Returns whether a label consists of lower-case words that begin with a letter. Older tools accept no other labels.
pub fn is_lower_kebab(label: &str) -> bool {
    label.split('-').all(|word| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    })
}
