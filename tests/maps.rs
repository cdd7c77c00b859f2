//! What a BPF object shares with user space.

mod support;

use btf2wit::Config;
use support::encode::{Encoder, Endian, GLOBAL, SIGNED, member};
use support::judge;

#[test]
fn maps_and_globals_are_found() {
    for producer in ["bpfel", "bpfeb", "gcc"] {
        let object = support::object("maps", producer);
        let mut config = Config::new();
        let package = config.input(&object).maps(true).load().expect("it loads");
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
        let items = package.items().map(|item| item.expect("it is lowered").wit);
        found.push_str(&format!("{:?}\n", items.collect::<Vec<_>>()));
        judge::valid(&support::text(&package)).expect("it is valid");
        let name = format!("maps-found@{producer}");
        support::snapshots().bind(|| insta::assert_snapshot!(name, found));
    }
}

/// aya's `RingBuf<Event, N>`: its definition in a cell, in a struct of the map's type. And a map of
/// maps, a section that lists what is not there, and sections of other names.
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
    let package = config.load().expect("it loads");
    let maps = package.maps().into_iter().map(|map| {
        let c_type = |content: Option<btf2wit::layout::Content>| content.map(|c| c.c_type);
        let (key, value) = (c_type(map.key), c_type(map.value));
        format!("{} {} {key:?} {value:?}", map.name, map.inner)
    });
    assert_eq!(
        maps.collect::<Vec<_>>(),
        [
            "EVENTS false None Some(\"struct Event\")",
            "NESTED false Some(\"i32\") None",
            "NESTED true Some(\"i32\") Some(\"struct Event\")",
        ]
    );
    let globals = package.globals().into_iter().map(|global| global.name);
    assert_eq!(globals.collect::<Vec<_>>(), ["STATE", "EVENTS"]);
    judge::valid(&support::text(&package)).expect("it is valid");
}

/// Columns are as wide as what is in them. A name that is much longer moves its own row alone.
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
    let file = tempfile::NamedTempFile::new().expect("there is room");
    std::fs::write(file.path(), btf.finish()).expect("there is room");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_btf2wit"));
    let output = command.args(["-q", "list"]).arg(file.path()).output();
    let list = String::from_utf8(output.expect("the binary is built").stdout);
    let list = list.expect("it is UTF-8");
    support::snapshots().bind(|| insta::assert_snapshot!("maps-long-names", list));
}

/// libbpf knows some fifteen members of a definition; a section may name one of 65,535 as often.
#[test]
fn a_definition_has_few_members() {
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
    let package = config.load().expect("it loads");
    let maps = package.maps().into_iter().map(|map| map.name);
    assert_eq!(maps.collect::<Vec<_>>(), ["map100"]);
}

#[test]
fn without_maps_it_is_said() {
    let mut config = Config::new();
    config.input_bytes("vmlinux", support::kernel()).maps(true);
    let error = config.load().err().expect("it is refused");
    insta::assert_snapshot!(error, @"vmlinux: has neither maps nor global variables: --maps is for BPF objects");
}
