//! Tests the maps and global variables of BPF objects.

use crate::support;
use crate::support::encode::{Encoder, Endian, GLOBAL, SIGNED, member};
use crate::support::judge;
use anyhow::{Context as _, Result};
use btf2wit::layout::MapForm;
use btf2wit::{Config, NameKind};

#[test]
fn maps_and_globals_are_found() {
    for producer in ["bpfel", "bpfeb", "gcc"] {
        let object = support::object("maps", producer);
        let mut config = Config::new();
        let package = config
            .input(&object)
            .maps(true)
            .load()
            .expect("the input loads");
        let mut found = String::new();
        for map in package.maps() {
            found.push_str(&format!("{}: {:?} to {:?}\n", map.name, map.key, map.value));
        }
        for global in package.globals() {
            found.push_str(&format!(
                "{} {}: {:?}\n",
                global.section, global.name, global.content
            ));
        }
        let items = package
            .items()
            .map(|item| item.expect("the item is sound").wit);
        found.push_str(&format!("{:?}\n", items.collect::<Vec<_>>()));
        judge::valid(&support::text(&package)).expect("the WIT is valid");
        let name = format!("maps-found@{producer}");
        support::snapshots().bind(|| insta::assert_snapshot!(name, found));
    }
}

/// In aya's `RingBuf<Event, N>`, the definition of the map is in a struct inside an `UnsafeCell`. The input also has a
/// map of maps, a map without a definition, entries of sections that are out of range or are not variables, and
/// sections that do not hold global variables.
#[test]
fn maps_of_rust_and_maps_of_maps_are_found() {
    let mut btf = Encoder::new(Endian::Little);
    let int = btf.int("i32", 4, SIGNED, 0, 32);
    let event = btf.struct_("Event", 4, &[member("pid", int, 0)]);
    let array = btf.array(int, int, 27);
    let (kind, value) = (btf.ptr(array), btf.ptr(event));
    let members = [member("type", kind, 0), member("value", value, 64)];
    let definition = btf.struct_("RingBufDef", 16, &members);
    let cell = btf.struct_(
        "UnsafeCell<RingBufDef>",
        16,
        &[member("value", definition, 0)],
    );
    let ring = btf.struct_("RingBuf<Event, 27>", 16, &[member("__0", cell, 0)]);
    let key = btf.ptr(int);
    let inner = [
        member("type", kind, 0),
        member("key", key, 64),
        member("value", value, 128),
    ];
    let inner = btf.struct_("inner", 24, &inner);
    let inner = btf.ptr(inner);
    let values = btf.array(inner, int, 0);
    let outer = [
        member("type", kind, 0),
        member("key", key, 64),
        member("values", values, 128),
    ];
    let outer = btf.struct_("outer", 16, &outer);
    let events = btf.var("EVENTS", ring, GLOBAL);
    let nested = btf.var("NESTED", outer, GLOBAL);
    let odd = btf.var("ODD", int, GLOBAL);
    btf.datasec(
        ".maps",
        0,
        &[
            (events, 0, 16),
            (nested, 16, 16),
            (odd, 32, 4),
            (9999, 0, 4),
        ],
    );
    let license = btf.var("LICENSE", event, GLOBAL);
    btf.datasec("license", 0, &[(license, 0, 4)]);
    btf.datasec(".data..percpu", 0, &[(license, 0, 4)]);
    btf.datasec(".database", 0, &[(license, 0, 4)]);
    let state = btf.var("STATE", event, GLOBAL);
    btf.datasec(
        ".data.shared",
        0,
        &[(state, 0, 4), (events, 0, 0), (int, 0, 4)],
    );
    let mut config = Config::new();
    config.input_bytes("rust.o", btf.finish()).maps(true);
    let package = config.load().expect("the input loads");
    let maps = package.maps().into_iter().map(|map| {
        let c_type = |content: Option<btf2wit::layout::Content>| content.map(|c| c.c_type);
        let (key, value) = (c_type(map.key), c_type(map.value));
        let form = map.form;
        format!("{} {} {form:?} {key:?} {value:?}", map.name, map.inner)
    });
    assert_eq!(
        maps.collect::<Vec<_>>(),
        [
            "EVENTS false Btf None Some(\"struct Event\")",
            "NESTED false Btf Some(\"i32\") None",
            "NESTED true Btf Some(\"i32\") Some(\"struct Event\")",
            "ODD false Unknown None None",
        ]
    );
    let globals = package.globals().into_iter().map(|global| global.name);
    assert_eq!(globals.collect::<Vec<_>>(), ["STATE", "EVENTS"]);
    judge::valid(&support::text(&package)).expect("the WIT is valid");
}

/// Columns are as wide as their content, up to a limit. If a name is longer than the limit, only its own row is
/// shifted.
#[cfg(feature = "cli")]
#[test]
fn sections_and_variables_of_long_names_are_listed() {
    let mut btf = Encoder::new(Endian::Little);
    let int = btf.int("int", 4, SIGNED, 0, 32);
    let long_name = "variable_with_a_name_that_needs_a_row_of_its_own";
    let variables = ["counter", long_name].map(|name| btf.var(name, int, GLOBAL));
    for section in [".data", ".data.of_a_section_of_our_own"] {
        btf.datasec(section, 8, &[(variables[0], 0, 4), (variables[1], 4, 4)]);
    }
    let file = tempfile::NamedTempFile::new().expect("the file is written");
    std::fs::write(file.path(), btf.finish()).expect("the file is written");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_btf2wit"));
    let output = command.args(["-q", "list"]).arg(file.path()).output();
    let list = String::from_utf8(output.expect("the binary is built").stdout);
    let list = list.expect("the list is UTF-8");
    support::snapshots().bind(|| insta::assert_snapshot!("maps-long-names", list));
}

/// A definition may have 65,535 members, and a section may list it 65,535 times, which would take too long to read.
/// libbpf knows fewer than 20 members, so a definition with more than 100 is not read.
#[test]
fn a_definition_of_many_members_is_ignored() {
    let mut btf = Encoder::new(Endian::Little);
    let int = btf.int("int", 4, SIGNED, 0, 32);
    let kind = btf.ptr(int);
    let mut found = Vec::new();
    for count in [100, 101] {
        let names: Vec<_> = (1..count).map(|i| format!("m{i}")).collect();
        let mut members = vec![member("type", kind, 0)];
        members.extend(
            (1..)
                .zip(&names)
                .map(|(i, name)| member(name, kind, i * 64)),
        );
        let definition = btf.struct_("definition", count * 8, &members);
        found.push(btf.var(&format!("map{count}"), definition, GLOBAL));
    }
    btf.datasec(".maps", 0, &[(found[0], 0, 800), (found[1], 800, 808)]);
    let mut config = Config::new();
    config.input_bytes("large.o", btf.finish()).maps(true);
    let package = config.load().expect("the input loads");
    let maps = package.maps().into_iter();
    let maps = maps.map(|map| (map.name, map.form == MapForm::Btf));
    let expected = [("map100".to_owned(), true), ("map101".to_owned(), false)];
    assert_eq!(maps.collect::<Vec<_>>(), expected);
}

#[test]
fn an_input_without_maps_is_an_error() {
    let mut config = Config::new();
    config.input_bytes("vmlinux", support::kernel()).maps(true);
    let error = config.load().err().expect("the input is refused");
    insta::assert_snapshot!(error, @"vmlinux: has neither maps nor global variables: --maps is for BPF objects");
}

/// Returns the labels of all items. If `maps` is true, these are the items of maps and variables only.
fn labels(fixture: &str, producer: &str, maps: bool) -> Vec<String> {
    let mut config = Config::new();
    config.input(support::object(fixture, producer)).maps(maps);
    let package = config.load().expect("the input loads");
    judge::valid(&support::text(&package)).expect("the WIT is valid");
    let items = package.items();
    items
        .map(|item| item.expect("the item is sound").wit)
        .collect()
}

#[test]
fn anonymous_types_are_called_after_maps_and_variables() {
    for producer in ["bpfel", "bpfeb", "gcc"] {
        let shared = labels("anonymous_maps", producer, true);
        let all = labels("anonymous_maps", producer, false);
        let expected = [
            "stats-key",
            "stats-value",
            "totals-key",
            "totals-value",
            "by-name-value",
            "by-name-value-state-enum",
            "by-name-value-content-union",
            "by-name-value-points-struct",
            "elapsed-t",
            "outer-inner-key",
            "outer-inner-value",
            // The key and the value of the map `taken` get a suffix, since `struct taken_key` and `union taken_value`
            // have the labels without it. For the value, the label with `-struct` is taken as well, so it ends in
            // `-alt2`.
            "taken-key-struct",
            "taken-value-alt2",
            "cfg",
            "self-type",
            // The type of the variable `stats_key` gets a suffix, since the key of the map `stats` has the label
            // `stats-key`.
            "stats-key-struct",
            "mode",
            "colours",
            "either",
            "pairs",
            "pairs-right-struct",
            "internal",
        ];
        for label in expected {
            let label = label.to_owned();
            assert!(shared.contains(&label), "{producer}: {label} in {shared:?}");
            assert!(all.contains(&label), "{producer}: {label} in {all:?}");
        }
        // The labels are the same if everything is converted.
        assert!(shared.iter().all(|label| all.contains(label)));
        for absent in ["pointer", "nothing", "arena"] {
            assert!(!shared.contains(&absent.to_owned()), "{absent}");
        }
    }
}

#[test]
fn maps_have_the_types_of_keys_and_values() {
    for (fixture, producer) in [
        ("anonymous_maps", "bpfel"),
        ("old_maps", "bpfel"),
        ("old_maps", "gcc"),
        ("rings", "bpfel"),
        ("rings", "gcc"),
    ] {
        let object = support::object(fixture, producer);
        let package = Config::new().input(object).load().expect("the input loads");
        let mut found = String::new();
        for map in package.maps() {
            found.push_str(&format!("{map:#?}\n"));
        }
        for global in package.globals() {
            let (section, name, offset) = (global.section, global.name, global.offset);
            let content = global.content;
            found.push_str(&format!(
                "{section} {offset:?} {name}: {} {} {:?}\n",
                content.c_type, content.size, content.item
            ));
        }
        let name = format!("maps-{fixture}@{producer}");
        support::snapshots().bind(|| insta::assert_snapshot!(name, found));
    }
}

/// BTF does not have the offsets of the variables in this object, but the symbols of the ELF file do. The expected
/// offsets are those that a linker assigns. `CONFIG_HZ` is external, so it has none.
#[test]
fn variables_have_offsets() {
    for producer in ["bpfel", "bpfeb"] {
        let object = support::object("old_maps", producer);
        let package = Config::new().input(object).load().expect("the input loads");
        let mut offsets = std::collections::HashMap::new();
        for global in package.globals() {
            offsets.insert(global.name, global.offset);
        }
        let expected = [
            ("first", Some(0)),
            ("second", Some(8)),
            ("program.local", Some(12)),
            ("internal", Some(16)),
            ("custom", Some(0)),
            ("zero", Some(8)),
            ("zeroed", Some(0)),
            ("scheduler", Some(0)),
            ("CONFIG_HZ", None),
        ];
        for (name, offset) in expected {
            assert_eq!(offsets.get(name), Some(&offset), "{producer}: {name}");
        }
    }
}

#[test]
fn contents_of_maps_and_variables_are_decoded() {
    let object = support::object("anonymous_maps", "bpfel");
    let mut config = Config::new();
    config
        .input(object)
        .char_arrays(btf2wit::CharArrays::String)
        .set("cfg.comm=bytes");
    let package = config.load().expect("the input loads");
    let decoded = |name: &str, bytes: &[u8]| {
        let mut decoder = package.decoder(name).expect(name);
        if name.contains("by_name") && !name.contains("key") {
            decoder
                .arm("by_name.content=number")
                .expect("the arm exists");
        }
        let value = decoder.decode(bytes).map(|value| format!("{value:?}"));
        value.expect(name)
    };
    let words: Vec<u8> = (1..=16u32).flat_map(u32::to_le_bytes).collect();
    let mut name = *b"curl\0xxxxxxxxxxx";
    name[15] = 0;
    let found = [
        ("cfg", &words[..12]),
        ("var cfg", &words[..12]),
        ("stats-value", &words[..16]),
        ("%stats-key", &words[..16]),
        ("map stats", &words[..16]),
        ("map stats key", &words[..16]),
        ("map by_name key", &name),
        ("map by_name", &words[..32]),
        ("map timer key", &words[..4]),
        ("map outer[] key", &words[..4]),
        ("mode", &words[..4]),
        ("var pairs", &words[..48]),
        ("pairs", &words[..8]),
    ];
    let found = found.map(|(name, bytes)| format!("{name}: {}\n", decoded(name, bytes)));
    support::snapshots().bind(|| insta::assert_snapshot!("maps-decoded", found.concat()));
}

#[test]
fn contents_of_maps_and_variables_are_selected_and_read() {
    let object = support::object("anonymous_maps", "bpfel");
    let selected = |patterns: &[&str]| {
        let mut config = Config::new();
        config.input(&object).types(patterns.iter().copied());
        let package = config.load().expect("the input loads");
        let reader = package
            .to_rust_reader("crate::types")
            .expect("the reader is small");
        let items = package
            .items()
            .map(|item| item.expect("the item is sound").wit);
        let items: Vec<String> = items.collect();
        for item in &items {
            let module = item.replace('-', "_");
            assert!(reader.contains(&format!("pub mod {module} {{")), "{item}");
        }
        items
    };
    assert_eq!(selected(&["cfg"]), ["cfg"]);
    assert_eq!(selected(&["var cfg"]), ["cfg"]);
    assert_eq!(selected(&["stats-value"]), ["stats-value"]);
    assert_eq!(selected(&["%stats-key"]), ["stats-key"]);
    assert_eq!(selected(&["map stats"]), ["stats-key", "stats-value"]);
    assert_eq!(selected(&["map stats key"]), ["stats-key"]);
    assert_eq!(selected(&["map timer"]), ["elapsed-t"]);
    assert_eq!(selected(&["c*"]), ["cfg", "colours"]);
    assert_eq!(
        selected(&["map *s"]),
        ["stats-key", "stats-value", "totals-key", "totals-value"]
    );
    assert_eq!(selected(&["var m*"]), ["mode"]);
}

#[test]
fn maps_and_variables_named_like_types_get_hints() {
    let anonymous = support::object("anonymous_maps", "bpfel");
    let old = support::object("old_maps", "bpfel");
    let maps = support::object("maps", "bpfel");
    let cases = [
        (&maps, "initialized"),
        (&maps, "internal"),
        (&maps, "connections"),
        (&maps, "map conections"),
        (&maps, "var connections"),
        (&anonymous, "stats"),
        (&anonymous, "by_name"),
        (&anonymous, "timer"),
        (&anonymous, "outer"),
        (&anonymous, "outer[]"),
        (&anonymous, "map outer"),
        (&anonymous, "map outer value"),
        (&anonymous, "arena"),
        (&anonymous, "struct cfg"),
        (&anonymous, "map x*"),
        (&old, "counts"),
        (&old, "plain"),
        (&old, "map sized value"),
        (&old, "second"),
    ];
    let said = cases.map(|(object, name)| {
        let mut config = Config::new();
        let error = config.input(object).types([name]).load().err();
        let error = error.map_or("it is there".to_owned(), |error| error.to_string());
        format!("{name}: {error}\n")
    });
    support::snapshots().bind(|| insta::assert_snapshot!("maps-hints", said.concat()));
    let package = Config::new().input(old).load().expect("the input loads");
    for name in ["map sized", "map counts", "map nowhere", "var nowhere"] {
        let error = package.decoder(name).expect_err("it is refused");
        assert!(matches!(error, btf2wit::Error::UnknownType(_)), "{error}");
    }
}

#[test]
fn a_hook_renames_maps_and_variables() {
    let object = support::object("anonymous_maps", "bpfel");
    let mut config = Config::new();
    config.input(object).maps(true).rename(|name| {
        let spelling = match (name.kind, name.name, name.parent) {
            (NameKind::Map, "stats", None) => "per_process",
            (NameKind::Variable, "cfg", None) => "settings",
            (NameKind::Member, "comm", Some("cfg")) => "command",
            (NameKind::Member, "count", Some("stats")) => "times",
            _ => return None,
        };
        Some(spelling.to_owned())
    });
    let wit = support::wit(&config);
    for label in [
        "record per-process-key {",
        "record settings {",
        " command: ",
        " times: ",
    ] {
        assert!(wit.contains(label), "{label} in {wit}");
    }
}

/// The anonymous types of a module's variables get their labels after those of its base. Therefore the types of the
/// base's variables have the same labels with and without the module.
#[test]
fn variables_of_a_base_keep_their_names() {
    let mut btf = Encoder::new(Endian::Little);
    let int = btf.int("int", 4, SIGNED, 0, 32);
    let anonymous = btf.struct_("", 4, &[member("a", int, 0)]);
    let state = btf.var("state", anonymous, GLOBAL);
    btf.datasec(".data", 4, &[(state, 0, 4)]);
    let mut module = Encoder::split(&btf);
    let other = module.var("state", anonymous, GLOBAL);
    let own = module.var("own", anonymous, GLOBAL);
    module.datasec(".data", 8, &[(other, 0, 4), (own, 4, 4)]);
    let (base, module) = (btf.finish(), module.finish());
    let mut config = Config::new();
    config
        .input_bytes("module.ko", module)
        .base_bytes("vmlinux", base);
    let written = |config: &Config| {
        let package = config.load().expect("the input loads");
        judge::valid(&support::text(&package)).expect("the WIT is valid");
        let globals = package.globals().into_iter();
        let globals = globals.map(|global| (global.name, global.offset, global.content.item));
        let items = package
            .items()
            .map(|item| item.expect("the item is sound").wit);
        (globals.collect::<Vec<_>>(), items.collect::<Vec<_>>())
    };
    let (globals, items) = written(&config);
    let item = |label: &str| Some(label.to_owned());
    assert_eq!(
        globals,
        [
            ("state".to_owned(), Some(0), item("state-struct")),
            ("own".to_owned(), Some(4), item("own")),
        ]
    );
    assert_eq!(items, ["own", "state-struct"]);
    assert_eq!(written(config.maps(true)).1, ["own", "state-struct"]);
    assert_eq!(
        written(config.maps(false).with_base(true)).1,
        ["own", "state", "state-struct"]
    );
}

#[test]
fn an_object_without_maps_is_still_a_bpf_object() {
    let object = support::object("kfuncs", "bpfel");
    let text = std::fs::read(object).expect("the fixture is readable");
    let mut config = Config::new();
    config.input_bytes("prog.bpf.o", text).maps(true);
    let said = match config.load() {
        Ok(_) => "it has some".to_owned(),
        Err(error) => error.to_string(),
    };
    insta::assert_snapshot!(said, @"prog.bpf.o: has neither maps nor global variables");
}

/// The definition of the map has the type of a file descriptor, and a `GADGET_TRACER` has that of the records.
#[test]
fn a_tracer_does_not_change_the_sizes_of_a_map() -> Result<()> {
    let package = Config::new()
        .input(support::object("perf_event_arrays", "bpfel"))
        .load()?;
    let maps = package.maps();
    let traced = maps.iter().find(|map| map.name == "of_traced");
    let traced = traced.context("there is no such map")?;
    assert_eq!((traced.key_size, traced.value_size), (Some(4), Some(4)));
    assert_eq!(traced.tracer.as_deref(), Some("trace"));
    let value = traced.value.as_ref().map(|value| value.c_type.as_str());
    assert_eq!(value, Some("struct event"));
    Ok(())
}

/// Anonymous types of keys and values have no C name, so the empty name is not theirs.
#[test]
fn the_empty_name_selects_no_anonymous_type() -> Result<()> {
    let mut config = Config::new();
    config.input(support::object("anonymous_maps", "bpfel"));
    config.load().context("the fixture is valid")?;
    assert!(config.types([""]).load().is_err());
    Ok(())
}
