//! Checks that a module of `src` imports only modules that precede it in [`MODULES`], a copy of the order in
//! ARCHITECTURE.md, and that every test file runs.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The top-level modules of `src`, in the order of ARCHITECTURE.md. Each is a file or a folder. A module may import
/// only modules that come before it.
const MODULES: &[&str] = &[
    "escape", "nearest", "btf", "source", "c", "maps", "names", "options", "error", "file",
    "input", "naming", "patterns", "choices", "lower", "select", "wit", "plan", "decode", "reader",
    "skeleton", "codec", "layout", "report", "package", "diff", "generate", "config", "stages",
    "cli",
];

/// The files that declare the modules and connect them. They may import all modules, so they are not in the list.
const ROOTS: &[&str] = &["lib", "main"];

#[test]
fn modules_import_only_preceding_modules() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut faults = BTreeSet::new();
    for file in rust_files(&src) {
        let path = file.strip_prefix(&src).expect("it is in src");
        let first = path.iter().next().and_then(|part| part.to_str());
        let module = first.unwrap_or_default().trim_end_matches(".rs");
        if ROOTS.contains(&module) {
            continue;
        }
        let Some(own) = position(module) else {
            faults.insert(format!("src/{module} is not in the list of modules"));
            continue;
        };
        let text = fs::read_to_string(&file).expect("it is readable");
        for other in imports(&text) {
            let comes_later = position(&other).is_some_and(|other| other > own);
            if comes_later {
                let path = path.display();
                faults.insert(format!(
                    "{module} imports {other}, which comes after it ({path})"
                ));
            }
        }
    }
    let faults: Vec<String> = faults.into_iter().collect();
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// Of the files in `tests`, Cargo builds only this one and `tests/main.rs`, as Cargo.toml says. A test file that
/// `tests/main.rs` does not name would never run.
#[test]
fn main_names_every_test_file() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let main = fs::read_to_string(tests.join("main.rs")).expect("it is readable");
    for entry in fs::read_dir(&tests).expect("it is a folder") {
        let path = entry.expect("it is readable").path();
        let name = path.file_stem().and_then(|stem| stem.to_str());
        let name = name.expect("it is UTF-8");
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        if is_rust && !["main", "architecture"].contains(&name) {
            let is_named = main.lines().any(|line| line == format!("mod {name};"));
            assert!(is_named, "tests/main.rs lacks `mod {name};`");
        }
    }
}

fn position(module: &str) -> Option<usize> {
    MODULES.iter().position(|other| *other == module)
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("it is a folder") {
        let path = entry.expect("it is readable").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// Returns the modules that a file imports: the names after `crate::`, also those in braces. Comments are ignored.
fn imports(text: &str) -> Vec<String> {
    let code = text.lines().map(|line| match line.find("//") {
        Some(comment) => &line[..comment],
        None => line,
    });
    let code = code.collect::<Vec<_>>().join(" ");
    let mut found = Vec::new();
    for (at, prefix) in code.match_indices("crate::") {
        let rest = &code[at + prefix.len()..];
        match rest.strip_prefix('{') {
            Some(group) => found.extend(first_words(group)),
            None => found.push(word(rest)),
        }
    }
    found
}

/// Returns the first word of each part of a group in braces. The text begins inside the braces, as in `lower,
/// wit::{self, Writer}}`, and the group ends with their closing brace.
fn first_words(group: &str) -> Vec<String> {
    let (mut words, mut depth, mut is_start) = (Vec::new(), 0_usize, true);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => is_start = true,
            c if is_start && !c.is_whitespace() => {
                words.push(word(&group[at..]));
                is_start = false;
            }
            _ => {}
        }
    }
    words
}

fn word(text: &str) -> String {
    let is_part = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
    text.chars().take_while(is_part).collect()
}

#[test]
fn imports_are_found() {
    let text = "use crate::btf::{Btf, Type};\nuse crate::{lower, wit::{self, Writer}, names};\n\
                // use crate::cli;\nfn f(x: crate::plan::Plan) {} /// [`crate::decode`]";
    assert_eq!(imports(text), ["btf", "lower", "wit", "names", "plan"]);
}
