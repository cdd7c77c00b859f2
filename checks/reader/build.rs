//! Generates WIT, readers and tests for every fixture of every producer, with several mappings.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use btf2wit::layout::Body;
use btf2wit::{Config, Package};
use heck::{ToSnakeCase, ToUpperCamelCase};

include!("src/mapping.rs");

type AnyResult<T> = Result<T, Box<dyn std::error::Error>>;

const PRODUCERS: &[&str] = &["bpfel", "bpfeb", "gcc", "x86-64", "i686", "s390x"];

fn main() -> AnyResult<()> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let testdata = Path::new("../../testdata");
    println!("cargo:rerun-if-changed={}", testdata.display());
    let mut names: Vec<String> = Vec::new();
    for entry in fs::read_dir(testdata)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "c") {
            let stem = path.file_stem().unwrap_or_default();
            names.push(stem.to_string_lossy().into_owned());
        }
    }
    names.sort();
    let mut all = String::new();
    for name in &names {
        for producer in PRODUCERS {
            let object = testdata.join(format!("obj/{name}.{producer}.o"));
            let module = format!("{name}_{producer}").replace('-', "_");
            // Each of the three mappings is used for two producers only, so that there is less to compile.
            let mapping = match *producer {
                "bpfel" | "x86-64" => "",
                "bpfeb" | "gcc" => "records-and-strings",
                _ => "integers",
            };
            case(&out, &object, &module, mapping, &mut all)?;
            // Some readers are for a target with another pointer size or byte order.
            let target = match *producer {
                "bpfel" => Some("to:i686"),
                "i686" => Some("to:bpfeb"),
                _ => None,
            };
            if let Some(target) = target {
                case(&out, &object, &format!("moved_{module}"), target, &mut all)?;
            }
            if name == "tagged_unions" {
                case(&out, &object, &format!("tags_{module}"), "tags", &mut all)?;
            }
        }
    }
    // Random structs are checked as well, if checks/stages/reader provides their compiled objects.
    println!("cargo:rerun-if-env-changed=READER_KEPT");
    if let Some(kept) = env::var_os("READER_KEPT") {
        for entry in fs::read_dir(&kept)? {
            let path = entry?.path();
            let stem = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if path.extension().is_some_and(|extension| extension == "o") {
                case(&out, &path, &stem, "", &mut all)?;
            }
        }
    }
    fs::write(out.join("all.rs"), all)?;
    Ok(())
}

fn config(object: &Path, mapping: &str) -> Config {
    let mut config = Config::new();
    config.input(object).package("test:fixture").world("w");
    set(&mut config, mapping);
    set_target(&mut config, object, mapping);
    config
}

fn case(out: &Path, object: &Path, module: &str, mapping: &str, all: &mut String) -> AnyResult<()> {
    let package = config(object, mapping).load()?;
    if package.items().next().is_none() {
        return Ok(());
    }
    // wasmtime's macro takes long for each call, so only some modules have a host.
    let host = matches!(module.rsplit('_').next(), Some("bpfel" | "bpfeb"));
    writeln!(all, "mod {module} {{")?;
    for (side, generate) in [(true, "guest"), (host, "host")] {
        if !side {
            continue;
        }
        let folder = out.join(module).join(generate);
        config(object, mapping)
            .rust_reader(format!("crate::{module}::{generate}::test::fixture::types"))
            .out_dir(&folder)
            .generate()?;
        let path = folder.display();
        let generated = match generate {
            "guest" => format!(
                "wit_bindgen::generate!({{ path: {:?}, world: \"w\", generate_unused_types: true }});",
                path.to_string()
            ),
            _ => format!(
                "wasmtime::component::bindgen!({{ path: {:?}, world: \"w\" }});",
                path.to_string()
            ),
        };
        let reader = folder.join("types.rs");
        write!(
            all,
            // Bindings have functions that no test calls. A reader also has some, but its own code has the attribute
            // that allows them. Therefore all other warnings in a reader are errors here.
            "    #[allow(dead_code)]\n    pub mod {generate} {{\n        {generated}\n        \
                 #[deny(warnings, dead_code)]\n        pub mod reader {{ include!({:?}); }}\n        {}    }}\n",
            reader.display().to_string(),
            arms(&package)?,
        )?;
    }
    let object = fs::canonicalize(object)?;
    tests(&package, &object.display().to_string(), mapping, host, all)?;
    all.push_str("}\n");
    Ok(())
}

/// Returns the text of a type whose methods select the arm at a given position, for every union whose arm the reader
/// asks for. Returns no text if there is no such union.
fn arms(package: &Package) -> AnyResult<String> {
    let mut methods = String::new();
    let reader = package.to_rust_reader("crate::x")?;
    for item in package.items() {
        let item = item?;
        let Body::Variant { arms } = &item.body else {
            continue;
        };
        let name = ident(&item.wit);
        if !reader.contains(&format!("fn {name}(&mut self, place")) {
            continue;
        }
        write!(
            methods,
            "fn {name}(&mut self, _: &reader::Place<'_>) -> Option<reader::{name}::Arm> {{ \
             match self.0 % {} {{",
            arms.len()
        )?;
        for (position, arm) in arms.iter().enumerate() {
            let case = arm.wit.to_upper_camel_case();
            write!(methods, "{position} => Some(reader::{name}::Arm::{case}),")?;
        }
        methods.push_str("_ => None } }\n");
    }
    Ok(match methods.is_empty() {
        true => String::new(),
        false => {
            format!("pub struct Arm(pub usize);\nimpl reader::Unions for Arm {{\n{methods}}}\n")
        }
    })
}

/// Writes a test that compares the readers with the decoder, for every item of at most 64 KiB.
fn tests(
    package: &Package,
    object: &str,
    mapping: &str,
    host: bool,
    all: &mut String,
) -> AnyResult<()> {
    let reader = package.to_rust_reader("crate::x")?;
    writeln!(all, "    #[test]\n    fn agrees() {{")?;
    writeln!(
        all,
        "        #[allow(unused_mut)]\n        let mut flags = std::collections::BTreeSet::new();"
    )?;
    for item in package.items() {
        let item = item?;
        if let Body::Flags { .. } = item.body {
            let name = item.wit.to_upper_camel_case();
            writeln!(all, "        flags.insert({name:?});")?;
        }
    }
    let call = format!("crate::package({object:?}, {mapping:?})");
    writeln!(all, "        let package = {call};")?;
    for item in package.items() {
        let item = item?;
        let name = ident(&item.wit);
        if item.size > 1 << 16 {
            continue;
        }
        let module = reader
            .split(&format!("\npub mod {name} {{"))
            .nth(1)
            .unwrap_or("");
        let module = module.split("\n}\n").next().unwrap_or("");
        if !module.contains("pub fn read") || item.wit.contains('@') {
            // Either the target lacks the type, or this is a second layout of the same type.
            continue;
        }
        let asks = module.contains("pub fn read<U");
        let flexible = module.contains("pub fn size(");
        let read = |side: &str| match asks {
            true => {
                format!("self::{side}::reader::{name}::read(bytes, &mut self::{side}::Arm(arm))")
            }
            false => format!("self::{side}::reader::{name}::read(bytes)"),
        };
        let size = |side: &str| match flexible {
            true => format!("self::{side}::reader::{name}::size(&value)"),
            false => format!("self::{side}::reader::{name}::SIZE"),
        };
        let side = |side: &str, debug: bool| {
            let said = if debug {
                "format!(\"{value:?}\")"
            } else {
                "String::new()"
            };
            format!(
                "&|bytes: &[u8], arm: usize| {{ let _ = arm; match {} {{ \
                   Ok(value) => {{ let mut out = vec![0xff; {}]; \
                     let written = self::{side}::reader::{name}::write(&value, &mut out); \
                     Ok(({said}, written.map(|()| out).map_err(|e| e.to_string()))) }} \
                   Err(error) => Err(error.to_string()) }} }}",
                read(side),
                size(side)
            )
        };
        let guest = side("guest", true);
        let host = match host {
            true => format!("Some({})", side("host", false)),
            false => "None".to_owned(),
        };
        let label = format!("%{}", item.wit);
        writeln!(
            all,
            "        crate::agree(&package, (module_path!(), {label:?}), &flags, {guest}, {host});"
        )?;
    }
    writeln!(all, "    }}")?;
    Ok(())
}

fn ident(label: &str) -> String {
    let keyword = matches!(
        label,
        "abstract"
            | "as"
            | "async"
            | "await"
            | "become"
            | "box"
            | "break"
            | "const"
            | "continue"
            | "crate"
            | "do"
            | "dyn"
            | "else"
            | "enum"
            | "extern"
            | "false"
            | "final"
            | "fn"
            | "for"
            | "if"
            | "impl"
            | "in"
            | "let"
            | "loop"
            | "macro"
            | "match"
            | "mod"
            | "move"
            | "mut"
            | "override"
            | "priv"
            | "pub"
            | "ref"
            | "return"
            | "self"
            | "static"
            | "struct"
            | "super"
            | "trait"
            | "true"
            | "try"
            | "type"
            | "typeof"
            | "unsafe"
            | "unsized"
            | "use"
            | "virtual"
            | "where"
            | "while"
            | "yield"
    );
    match keyword {
        true => format!("{label}_"),
        false => label.to_snake_case(),
    }
}
