//! Checks that the WIT of whole kernels is valid with every value of each option. Also checks that the WIT of some
//! types, with everything that they contain by value, is equal to its reviewed snapshot.

use crate::support;
use crate::support::judge;
use btf2wit::{Arrays, CharArrays, Config, Docs, Enums, Functions, PointerSize, Unions};

type Set = fn(&mut Config) -> &mut Config;

const OPTIONS: &[(&str, Set)] = &[
    ("defaults", |c| c),
    ("unions as records", |c| c.unions(Unions::Record)),
    ("unions as bytes", |c| c.unions(Unions::Bytes)),
    ("enums as enums", |c| c.enums(Enums::Enum)),
    ("enums as integers", |c| c.enums(Enums::Integer)),
    ("strings", |c| c.char_arrays(CharArrays::String)),
    ("kfuncs", |c| c.functions(Functions::Kfuncs)),
    ("all functions", |c| c.functions(Functions::All)),
    ("brief", |c| c.docs(Docs::Brief)),
    ("no docs", |c| c.docs(Docs::None)),
    ("constants", |c| c.constants(true)),
    ("32 bits", |c| c.pointer_size(PointerSize::Bits32)),
    ("64 bits", |c| c.pointer_size(PointerSize::Bits64)),
    ("names", |c| {
        c.package("a:b@1.2.3").interface("i").world("w")
    }),
];

fn judge_every_option(config: &Config) {
    for (name, set) in OPTIONS {
        let wit = support::wit(set(&mut config.clone()));
        if let Err(e) = judge::valid(&wit) {
            panic!("{name}: {e:#}");
        }
    }
    let wit = support::wit(config.clone().arrays(Arrays::Fixed));
    if let Err(e) = judge::valid_with_fixed_lists(&wit) {
        panic!("fixed lists: {e:#}");
    }
}

#[test]
fn the_committed_kernel_is_valid_with_every_option() {
    judge_every_option(&support::kernel_config());
}

#[test]
fn the_running_kernel_is_valid_with_every_option() {
    if let Some(path) = support::running_kernel() {
        judge_every_option(Config::new().input(path));
    }
}

#[test]
fn the_running_kernel_is_the_same_by_path_and_by_bytes() {
    let Some(path) = support::running_kernel() else {
        return;
    };
    let bytes = std::fs::read(&path).expect("the file is readable");
    let by = |set: Set, input: &dyn Fn(&mut Config)| {
        let mut config = Config::new();
        input(set(config.package("linux:vmlinux").world("vmlinux")));
        support::wit(&config)
    };
    let functions: Set = |c| c.functions(Functions::All);
    let by_path = by(functions, &|config| {
        config.input(&path);
    });
    let by_bytes = by(functions, &|config| {
        config.input_bytes("vmlinux", bytes.as_slice());
    });
    assert!(by_path == by_bytes);

    let module = split_from(&bytes);
    let with_base: Set = |c| c.with_base(true);
    let by_path = by(with_base, &|config| {
        config.input_bytes("module", module.as_slice()).base(&path);
    });
    let by_bytes = by(with_base, &|config| {
        config
            .input_bytes("module", module.as_slice())
            .base_bytes("vmlinux", bytes.as_slice());
    });
    assert!(by_path.contains("\n    type of-the-module = "));
    assert!(by_path == by_bytes);
}

/// Returns split BTF in the byte order of this machine. Its only type is a typedef of the base's first type.
fn split_from(base: &[u8]) -> Vec<u8> {
    const TYPEDEF: u32 = 8 << 24;
    let name = b"of_the_module\0";
    let base_names = u32::from_ne_bytes(base[20..24].try_into().expect("these are four bytes"));
    let words = [24, 0, 12, 12, name.len() as u32, base_names, TYPEDEF, 1];
    let mut split = [0xeb9f_u16.to_ne_bytes(), [1, 0]].concat();
    split.extend(words.into_iter().flat_map(u32::to_ne_bytes));
    split.extend_from_slice(name);
    split
}

#[test]
fn closures_are_as_reviewed() {
    for name in [
        "task_struct",
        "sk_buff",
        "tcp_sock",
        "trace_event_raw_sched_switch",
        "bpf_map",
    ] {
        let wit = support::wit(support::kernel_config().types([name]));
        if let Err(e) = judge::valid(&wit) {
            panic!("{name}: {e:#}");
        }
        let name = format!("kernel-{name}");
        support::snapshots().bind(|| insta::assert_snapshot!(name, wit));
    }
}

/// The expected number is what `bpftool btf dump file … | grep -c "DECL_TAG 'bpf_kfunc'"` prints.
#[test]
fn kfuncs_are_the_functions_with_the_declaration_tag() {
    let package = support::kernel_config().functions(Functions::Kfuncs).load();
    let mut wit = Vec::new();
    let summary = package
        .expect("the input is sound")
        .write_to(&mut wit)
        .expect("a vector takes any text");
    assert_eq!(summary.functions, 132);
    let wit = String::from_utf8(wit).expect("WIT is UTF-8");
    assert!(wit.contains("\n    bpf-task-acquire: func(p: pointer) -> pointer;\n"));
    assert!(!wit.contains("\n    vfs-open: func("));
}
