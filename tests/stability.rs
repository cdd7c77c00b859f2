//! Checks that the label and the body of a type depend neither on type ids nor on the selection, and that its label
//! does not depend on options.
//!
//! The tests cover every fixture of every producer (a compiler, see `testdata/README.md`) and the kernel whose BTF is
//! in testdata. They shuffle the types, select them one at a time, write them with each option, and compare the text of
//! items or their labels. Of the kernel's types, only a sample is selected.

use std::collections::{BTreeMap, BTreeSet};

use crate::support;
use crate::support::shuffle::shuffle;
use btf2wit::{Arrays, CharArrays, Config, Docs, Enums, Functions, PointerSize, Unions};

fn config(name: &str, btf: &[u8]) -> Config {
    let mut config = Config::new();
    config
        .input_bytes(name, btf)
        .package("test:stability")
        .world("all");
    config
}

/// Returns the WIT of everything that can be written.
fn everything(name: &str, btf: &[u8]) -> String {
    support::wit(config(name, btf).functions(Functions::All).constants(true))
}

/// The items of a WIT text by label, each with its doc comment. The key of a function is its label followed by `:
/// func`.
type Items = BTreeMap<String, String>;

fn items(wit: &str) -> Items {
    let (_, rest) = wit
        .split_once("interface types {\n")
        .expect("the text has an interface");
    let (body, _) = rest.split_once("\n}\n").unwrap_or_default();
    let texts = body.split("\n\n").filter(|text| !text.is_empty());
    let items: Items = texts.map(|text| (label(text), text.to_owned())).collect();
    assert_eq!(
        items.len(),
        body.split("\n\n").filter(|text| !text.is_empty()).count()
    );
    items
}

fn label(item: &str) -> String {
    let mut lines = item.lines().map(str::trim_start);
    let definition = lines
        .find(|line| !line.starts_with("///"))
        .expect("the item has a definition");
    let mut words = definition.split([' ', ':', ';']);
    match (words.next(), words.next()) {
        (Some("record" | "variant" | "enum" | "flags" | "type"), Some(label)) => label.to_owned(),
        (Some(label), Some("")) => format!("{label}: func"),
        _ => panic!("neither a type nor a function: {definition}"),
    }
}

/// Returns only those items that are types.
fn types(mut items: Items) -> Items {
    items.retain(|label, _| !label.ends_with(": func"));
    items
}

/// Asserts that `whole` has every item of `part`, with the same text.
fn assert_contained(what: &str, part: &Items, whole: &Items) {
    for (label, item) in part {
        match whole.get(label) {
            Some(same) => assert_eq!(item, same, "{what}: '{label}' differs"),
            None => panic!("{what}: there is no '{label}' otherwise"),
        }
    }
}

fn assert_same(what: &str, one: &str, other: &str) {
    if one != other {
        assert_contained(what, &items(one), &items(other));
        assert_contained(what, &items(other), &items(one));
        panic!("{what}: the items are the same, the text is not");
    }
}

#[test]
fn fixtures_do_not_depend_on_type_ids() {
    for (name, btf) in support::raw_fixtures() {
        let original = everything(&name, &btf);
        for seed in 1..=4 {
            let shuffled = everything(&name, &shuffle(&btf, seed));
            assert_same(&format!("{name}, seed {seed}"), &original, &shuffled);
        }
    }
}

#[test]
fn a_kernel_does_not_depend_on_type_ids() {
    let original = everything("kernel", support::kernel());
    for seed in 1..=3 {
        let btf = shuffle(support::kernel(), seed);
        assert_ne!(btf, support::kernel());
        assert_same(
            &format!("seed {seed}"),
            &original,
            &everything("kernel", &btf),
        );
    }
}

/// Returns a `--type` pattern, such as `struct foo`, for each item whose C declaration begins with a keyword and ends
/// in a name. The declarations are in the doc comments.
fn patterns(items: &Items) -> Vec<String> {
    let declarations = items.values().filter_map(|item| {
        let (declaration, rest) = item.trim_start().strip_prefix("/// `")?.split_once('`')?;
        // The comment of an anonymous type is different: it names the type that contains it.
        rest.starts_with(", ").then_some(declaration)
    });
    let mut patterns: Vec<String> = declarations
        .filter(|declaration| !declaration.contains(['{', '(', '[', '\\']))
        .filter_map(|declaration| {
            let (kind, name) = (
                declaration.split_once(' ')?.0,
                declaration.rsplit_once(' ')?.1,
            );
            let known = ["struct", "union", "enum", "typedef"].contains(&kind);
            known.then(|| format!("{kind} {}", name.trim_start_matches('*')))
        })
        .collect();
    patterns.dedup();
    patterns
}

/// Selects each pattern by itself. Asserts that the items then have the same text as in `whole`.
fn assert_selectable(name: &str, btf: &[u8], whole: &Items, patterns: &[String]) {
    for pattern in patterns {
        let selected = items(&support::wit(config(name, btf).types([pattern])));
        assert!(!selected.is_empty(), "{name}: no items for '{pattern}'");
        assert_contained(&format!("{name}: '{pattern}' alone"), &selected, whole);
    }
}

#[test]
fn selection_changes_no_item_of_fixtures() {
    let mut selections = 0;
    for (name, btf) in support::raw_fixtures() {
        let whole = items(&support::wit(&config(&name, &btf)));
        let patterns = patterns(&whole);
        selections += patterns.len();
        assert_selectable(&name, &btf, &whole, &patterns);
    }
    assert!(selections > 1000, "only {selections} types were selected");
}

#[test]
fn selection_changes_no_item_of_a_kernel() {
    let btf = support::kernel();
    let whole = items(&support::wit(&config("kernel", btf)));
    let all = patterns(&whole);
    let mut sample: Vec<String> = all.iter().step_by(all.len() / 150).cloned().collect();
    sample.extend(["task_struct", "sk_buff", "tcp_sock"].map(str::to_owned));
    assert_selectable("kernel", btf, &whole, &sample);
}

/// Asserts that all other items stay the same if functions and constants are added.
fn assert_additions_only_add(name: &str, btf: &[u8]) {
    let plain = items(&support::wit(&config(name, btf)));
    let functions = items(&support::wit(config(name, btf).functions(Functions::All)));
    assert_contained(
        &format!("{name}: without functions"),
        &plain,
        &types(functions.clone()),
    );
    let constants = items(&support::wit(config(name, btf).constants(true)));
    assert_contained(&format!("{name}: without constants"), &plain, &constants);
    let both = items(&everything(name, btf));
    assert_contained(&format!("{name}: without constants"), &functions, &both);
    assert_contained(&format!("{name}: without functions"), &constants, &both);
}

#[test]
fn functions_and_constants_change_no_other_item() {
    for (name, btf) in support::raw_fixtures() {
        assert_additions_only_add(&name, &btf);
    }
    assert_additions_only_add("kernel", support::kernel());
}

type Set = fn(&mut Config) -> &mut Config;

const OPTIONS: &[(&str, Set)] = &[
    ("unions=record", |c| c.unions(Unions::Record)),
    ("unions=bytes", |c| c.unions(Unions::Bytes)),
    ("pointers of 4 bytes", |c| {
        c.pointer_size(PointerSize::Bits32)
    }),
    ("enums=enum", |c| c.enums(Enums::Enum)),
    ("enums=integer", |c| c.enums(Enums::Integer)),
    ("arrays=fixed", |c| c.arrays(Arrays::Fixed)),
    ("char-arrays=string", |c| c.char_arrays(CharArrays::String)),
    ("docs=brief", |c| c.docs(Docs::Brief)),
    ("docs=none", |c| c.docs(Docs::None)),
];

fn assert_labels_stay(name: &str, btf: &[u8]) {
    let labels = |set: Set| {
        let wit = support::wit(set(config(name, btf).functions(Functions::All)));
        items(&wit).into_keys().collect::<BTreeSet<String>>()
    };
    let plain = labels(|config| config);
    for (option, set) in OPTIONS {
        let others = labels(*set);
        let missing = plain.difference(&others).next();
        // A union that is written as bytes has no anonymous types inside, so their labels are missing.
        if *option != "unions=bytes" {
            assert_eq!(missing, None, "{name} with {option} lacks it");
        }
        let added = others.difference(&plain).next();
        assert_eq!(added, None, "{name} with {option} adds it");
    }
}

#[test]
fn options_change_no_label() {
    for (name, btf) in support::raw_fixtures() {
        assert_labels_stay(&name, &btf);
    }
    assert_labels_stay("kernel", support::kernel());
}
