//! Whole kernels, in every value of each option: the WIT is valid. Closures of types that people
//! know: the WIT is as reviewed.

mod support;

use btf2wit::{Arrays, CharArrays, Config, Docs, Enums, Functions, PointerSize, Unions};
use support::judge;

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

/// The number is bpftool's: `bpftool btf dump file … | grep -c "DECL_TAG 'bpf_kfunc'"`.
#[test]
fn kfuncs_are_those_that_the_kernel_marks() {
    let package = support::kernel_config().functions(Functions::Kfuncs).load();
    let mut wit = Vec::new();
    let summary = package
        .expect("it is sound")
        .write_to(&mut wit)
        .expect("a vector takes all");
    assert_eq!(summary.functions, 132);
    let wit = String::from_utf8(wit).expect("WIT is UTF-8");
    assert!(wit.contains("\n    bpf-task-acquire: func(p: pointer) -> pointer;\n"));
    assert!(!wit.contains("\n    vfs-open: func("));
}
