//! Tests modules with a section `.BTF.base` that are converted over a kernel in which the types of this section have
//! other ids. The text must be the same as for a module that was built for the kernel.

use crate::support;
use crate::support::encode::{
    CHAR, Encoder, Endian, GLOBAL, SIGNED, STRUCT, UNION, UNSIGNED, WHOLE, member,
};
use crate::support::{elf, judge};
use btf2wit::{BaseOrigin, Config, Functions};

/// The ids of the types that a module needs from its base.
#[derive(Clone, Copy)]
struct Needed {
    int: u32,
    float: u32,
    list: u32,
    lock: u32,
    value: u32,
    state: u32,
    wide: u32,
    opaque: u32,
    page: u32,
}

/// Returns the BTF of a kernel, with the needed types and other types between them. Also returns the ids of the needed
/// types.
fn kernel(endian: Endian) -> (Encoder, Needed) {
    let mut btf = Encoder::new(endian);
    btf.int("char", 1, CHAR, 0, 8);
    let wide = btf.enum64("wide", 8, false, &[("W_A", 1), ("W_B", 1 << 40)]);
    let int = btf.int("int", 4, SIGNED, 0, 32);
    // These types have the names of needed types, but another kind, size or encoding.
    btf.int("int", 4, UNSIGNED, 0, 32);
    btf.int("int", 8, SIGNED, 0, 64);
    btf.union_("spinlock", 4, &[member("raw", int, 0)]);
    btf.enum_("list_head", 4, false, &[("L", 1)]);
    btf.typedef("state", int);
    let next = btf.next_id() + 1;
    let list = btf.struct_(
        "list_head",
        16,
        &[member("a", next, 0), member("b", next, 64)],
    );
    btf.ptr(list);
    btf.struct_("spinlock", 8, &[member("raw", int, 0)]);
    let lock = btf.struct_("spinlock", 4, &[member("raw", int, 0)]);
    let value = btf.union_("value", 4, &[member("i", int, 0)]);
    let state = btf.enum_("state", 4, false, &[("S_A", 0), ("S_B", 1)]);
    btf.fwd("opaque", UNION);
    let opaque = btf.struct_("opaque", 4, &[member("o", int, 0)]);
    // The module does not contain `page` by value, so the size of `page` may differ.
    let page = btf.struct_("page", 64, &[member("flags", int, 0)]);
    let float = btf.float("double", 8);
    let needed = Needed {
        int,
        float,
        list,
        lock,
        value,
        state,
        wide,
        opaque,
        page,
    };
    (btf, needed)
}

/// Returns the needed types as a `.BTF.base` has them: only with names, kinds and sizes.
fn distilled(endian: Endian) -> (Encoder, Needed) {
    let mut btf = Encoder::new(endian);
    let needed = Needed {
        int: btf.int("int", 4, SIGNED, 0, 32),
        float: btf.float("double", 8),
        list: btf.struct_("list_head", 16, &[]),
        lock: btf.struct_("spinlock", 4, &[]),
        value: btf.union_("value", 4, &[]),
        state: btf.enum_("state", 4, false, &[]),
        wide: btf.enum_("wide", 8, false, &[]),
        opaque: btf.fwd("opaque", STRUCT),
        page: btf.struct_("page", 56, &[]),
    };
    (btf, needed)
}

/// Returns a module with references of all kinds to the base. Some of its members, enumerators, parameters and tags
/// have names of types of the base.
fn module(base: &Encoder, needed: Needed) -> Encoder {
    let Needed {
        int, list, opaque, ..
    } = needed;
    let mut btf = Encoder::split(base);
    let opaque = btf.ptr(opaque);
    let page = btf.ptr(needed.page);
    let locks = btf.array(needed.lock, int, 2);
    let constant = btf.const_(list);
    let volatile = btf.volatile(constant);
    let restrict = btf.restrict(opaque);
    let tag = btf.type_tag("rcu", volatile);
    let state = btf.typedef("mod_state", needed.state);
    let held = btf.union_(
        "mod_union",
        16,
        &[member("list", tag, 0), member("value", needed.value, 0)],
    );
    let dev = btf.struct_(
        "mod_dev",
        80,
        &[
            member("list_head", held, 0),
            member("spinlock", locks, 128),
            member("st", state, 192),
            member("o", restrict, 256),
            member("page", page, 320),
            member("n", int, 384),
            member("d", needed.float, 448),
            member("w", needed.wide, 512),
        ],
    );
    btf.enum_("mod_enum", 4, false, &[("int", 1), ("MOD_B", 2)]);
    btf.enum64("mod_wide", 8, false, &[("double", 1), ("MOD_C", 1 << 40)]);
    let prototype = btf.func_proto(int, &[("list_head", dev), ("mine", page)]);
    let function = btf.func("mod_call", prototype, GLOBAL);
    btf.decl_tag("page", dev, 1);
    btf.decl_tag("bpf_kfunc", function, WHOLE);
    let variable = btf.var("mod_var", dev, GLOBAL);
    btf.datasec(".data", 80, &[(variable, 0, 80)]);
    btf
}

/// Returns an ELF file with the module and its `.BTF.base`.
fn file(endian: Endian) -> Vec<u8> {
    let (base, needed) = distilled(endian);
    file_of(endian, &base, &module(&base, needed))
}

fn file_of(endian: Endian, base: &Encoder, module: &Encoder) -> Vec<u8> {
    let sections = [
        (".BTF.base", &base.finish()[..]),
        (".BTF", &module.finish()[..]),
    ];
    elf::file(64, endian, 62, &sections)
}

fn over(file: Vec<u8>, kernel: &Encoder) -> Config {
    let mut config = Config::new();
    config
        .input_bytes("mod", file)
        .base_bytes("vmlinux", kernel.finish())
        .functions(Functions::All);
    config
}

#[test]
fn a_relocated_module_is_that_of_the_kernel() {
    for endian in [Endian::Little, Endian::Big] {
        let (kernel, needed) = kernel(endian);
        let direct = module(&kernel, needed).finish();
        let direct = elf::file(64, endian, 62, &[(".BTF", &direct)]);
        let direct = over(direct, &kernel);
        let relocated = over(file(endian), &kernel);
        let wit = support::wit(&relocated);
        assert_eq!(wit, support::wit(&direct));
        judge::valid(&wit).expect("valid WIT");
        assert!(wit.contains("page: pointer,"), "{wit}");
        assert!(wit.contains("record spinlock {"), "{wit}");
        let base = relocated.load().expect("sound BTF").source().base;
        let base = base.expect("it is split");
        assert_eq!(base.origin, BaseOrigin::Named("vmlinux".to_owned()));
        assert_eq!(base.relocated, Some(9));
        let base = direct.load().expect("sound BTF").source().base;
        assert_eq!(base.expect("it is split").relocated, None);
    }
}

/// Nothing is relocated if the named base is equal to the module's own `.BTF.base`.
#[test]
fn the_base_of_the_module_may_be_named() {
    let (brought, _) = distilled(Endian::Little);
    let named = over(file(Endian::Little), &brought);
    let base = named.load().expect("sound BTF").source().base;
    assert_eq!(base.expect("it is split").relocated, None);
    let mut alone = Config::new();
    alone
        .input_bytes("mod", file(Endian::Little))
        .functions(Functions::All);
    assert_eq!(support::wit(&named), support::wit(&alone));
}

/// Returns the error for a base or a kernel that `change` has changed. If `change` returns a type id, the module
/// contains that type by value.
fn refusal(change: impl FnOnce(&mut Encoder, &mut Encoder) -> Option<u32>) -> String {
    let endian = Endian::Little;
    let (mut base, _) = distilled(endian);
    let (mut kernel, _) = kernel(endian);
    let needed = change(&mut base, &mut kernel);
    let mut module = Encoder::split(&base);
    if let Some(needed) = needed {
        module.struct_("holder", 4, &[member("held", needed, 0)]);
    }
    let config = over(file_of(endian, &base, &module), &kernel);
    match config.load() {
        Ok(_) => panic!("it is accepted"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_type_without_a_match_or_with_several_is_named() {
    let absent = [
        refusal(|base, _| {
            base.struct_("absent", 4, &[]);
            None
        }),
        refusal(|base, _| {
            base.int("int", 2, SIGNED, 0, 16);
            None
        }),
        refusal(|base, _| {
            base.int("char", 1, SIGNED, 0, 8);
            None
        }),
        refusal(|base, _| {
            base.union_("page", 64, &[]);
            None
        }),
        // The module contains the type by value, so its size must be the same in the kernel.
        refusal(|base, _| Some(base.struct_("page", 4, &[]))),
        // The kernel has two structs `spinlock`, and neither has this size.
        refusal(|base, _| {
            base.struct_("spinlock", 5, &[]);
            None
        }),
        refusal(|base, _| {
            base.fwd("page", UNION);
            None
        }),
    ];
    let several = [
        refusal(|_, kernel| {
            kernel.struct_("spinlock", 4, &[]);
            None
        }),
        refusal(|_, kernel| {
            kernel.struct_("opaque", 12, &[]);
            None
        }),
        refusal(|_, kernel| {
            kernel.enum_("state", 4, true, &[]);
            None
        }),
    ];
    let wrong = [
        refusal(|base, _| {
            base.ptr(1);
            None
        }),
        refusal(|base, _| {
            base.struct_("", 4, &[]);
            None
        }),
    ];
    let lines = [&absent[..], &several, &wrong].concat().join("\n");
    support::snapshots().bind(|| insta::assert_snapshot!("relocation", lines));
}

#[cfg(feature = "cli")]
#[test]
fn verbose_output_says_that_a_module_was_relocated() {
    let folder = tempfile::tempdir().expect("disk space");
    let (module, vmlinux) = (folder.path().join("mod.ko"), folder.path().join("vmlinux"));
    std::fs::write(&module, file(Endian::Little)).expect("disk space");
    std::fs::write(&vmlinux, kernel(Endian::Little).0.finish()).expect("disk space");
    let run = |base: &[&std::path::Path]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_btf2wit"));
        command.arg("-v").arg(&module);
        for base in base {
            command.arg("--base").arg(base);
        }
        let output = command.output().expect("the binary is built");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stderr).expect("it is UTF-8")
    };
    let relocated = "relocated to that from its own section '.BTF.base': 9 types\n";
    assert!(run(&[&vmlinux]).contains(relocated));
    // There is a `vmlinux` beside the module, but it may be that of another kernel. Therefore it is not used.
    let own = run(&[]);
    assert!(own.contains("over its own section '.BTF.base': 9 types\n"));
    assert!(!own.contains("relocated"));
}
