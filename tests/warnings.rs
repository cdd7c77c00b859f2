//! Checks that BTF which only the kernel refuses is converted, with a warning that names the rule, and the type if a
//! type breaks it. BTF that the kernel loads must give no warning, unless it has enumerators of 64 bits that are cut to
//! 32.
//!
//! The cases follow the kernel's tests, `tools/testing/selftests/bpf/prog_tests/btf.c`. Those of the kernel's cases
//! that cannot be converted are in `malformed.rs`. `checks/stages/verifier` loads the cases into the running kernel.

use std::fs;
use std::path::Path;

use crate::support;
use crate::support::encode::{
    ARRAY, BOOL, CHAR, CONST, EXTERN, Encoder, Endian, FWD, GLOBAL, INT, PTR, SIGNED, STATIC,
    STRUCT, TYPEDEF, UNSIGNED, VAR, WHOLE, bitfield, info, member,
};
use crate::support::judge;
use btf2wit::{Config, Functions, Package, PointerSize, Rule};

type Case = (&'static str, Vec<u8>);

/// Returns BTF with an `int` and the types that `add` adds.
fn with<R>(add: impl FnOnce(&mut Encoder, u32) -> R) -> Vec<u8> {
    let mut btf = Encoder::new(Endian::Little);
    let int = btf.int("int", 4, SIGNED, 0, 32);
    add(&mut btf, int);
    btf.finish()
}

fn load(bytes: &[u8]) -> Package {
    let mut config = Config::new();
    config
        .input_bytes("rules", bytes)
        .functions(Functions::All)
        .constants(true);
    config.load().unwrap_or_else(|e| panic!("{e}"))
}

/// Returns BTF from the words of its header after the first one, and from the parts that follow the header.
fn file(words: &[u32], parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = vec![0x9f, 0xeb, 1, 0];
    for word in words {
        bytes.extend(word.to_le_bytes());
    }
    bytes.extend(parts.concat());
    bytes
}

/// Writes cases to the folder from which `checks/stages/verifier` loads them. First deletes older cases there. `answer`
/// says what the kernel must answer: `refused` or `accepted`.
fn keep<'a>(answer: &str, cases: impl Iterator<Item = &'a Case>) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("verifier")
        .join(answer);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("disk space");
    for (name, bytes) in cases {
        fs::write(folder.join(name), bytes).expect("disk space");
    }
}

/// The bytes of an INT whose name is at offset 1.
const TYPE: &[u8] = &[1, 0, 0, 0, 0, 0, 0, 1, 4, 0, 0, 0, 32, 0, 0, 1];
const NAMES: &[u8] = b"\0int\0";

fn headers() -> Vec<Case> {
    vec![
        (
            "a header that says more",
            file(&[36, 0, 16, 16, 5, 0, 0, 7], &[TYPE, NAMES]),
        ),
        (
            "types that are not aligned",
            file(&[24, 1, 16, 17, 5], &[&[0], TYPE, NAMES]),
        ),
        (
            "names before the types",
            file(&[24, 8, 16, 0, 8], &[NAMES, b"abc\0"[1..].as_ref(), TYPE]),
        ),
        (
            "bytes between the sections",
            file(&[24, 0, 16, 24, 5], &[TYPE, &[0; 8], NAMES]),
        ),
        (
            "bytes before the sections",
            file(&[24, 8, 16, 24, 5], &[&[0; 8], TYPE, NAMES]),
        ),
        (
            "bytes after the sections",
            file(&[24, 0, 16, 16, 5], &[TYPE, NAMES, b"more"]),
        ),
        ("no types", file(&[24, 0, 0, 0, 1], &[&[0]])),
    ]
}

fn unused_words() -> Vec<Case> {
    let raw = |kind, count, flag, size, rest: &'static [u32]| {
        with(move |btf, _| {
            let name = match kind {
                TYPEDEF | VAR | FWD | INT => btf.string("name"),
                _ => 0,
            };
            btf.raw(name, info(kind, count, flag), size, rest)
        })
    };
    vec![
        ("an integer of entries", raw(INT, 1, false, 4, &[32])),
        ("a pointer of entries", raw(PTR, 1, false, 1, &[])),
        ("a pointer with a flag", raw(PTR, 0, true, 1, &[])),
        ("a const with a flag", raw(CONST, 0, true, 1, &[])),
        ("a typedef with a flag", raw(TYPEDEF, 0, true, 1, &[])),
        ("an array with a size", raw(ARRAY, 0, false, 8, &[1, 1, 2])),
        ("an array of entries", raw(ARRAY, 1, false, 0, &[1, 1, 2])),
        ("a declaration with a size", raw(FWD, 0, false, 4, &[])),
        ("a declaration of entries", raw(FWD, 1, false, 0, &[])),
        ("a variable of entries", raw(VAR, 1, false, 1, &[GLOBAL])),
    ]
}

fn names() -> Vec<Case> {
    let long = "n".repeat(513);
    vec![
        (
            "a struct",
            with(|btf, int| btf.struct_("a b", 4, &[member("m", int, 0)])),
        ),
        (
            "members",
            with(|btf, int| {
                let members = [
                    member("m", int, 0),
                    member("0", int, 32),
                    member("é", int, 64),
                ];
                btf.struct_("s", 12, &members);
            }),
        ),
        (
            "Rust's generics",
            with(|btf, int| {
                btf.struct_("Generic<u16, 4>", 4, &[member("__0", int, 0)]);
                btf.struct_("{closure_env#0}", 4, &[member("__0", int, 0)]);
                btf.struct_("core::Plain", 4, &[member("__0", int, 0)]);
            }),
        ),
        (
            "an enum",
            with(|btf, _| btf.enum_("e-e", 4, false, &[("A", 0)])),
        ),
        (
            "an enumerator",
            with(|btf, _| btf.enum_("e", 4, false, &[("A", 0), ("B!", 1)])),
        ),
        ("a typedef", with(|btf, int| btf.typedef("t/t", int))),
        ("a declaration", with(|btf, _| btf.fwd("f f", STRUCT))),
        (
            "a function",
            with(|btf, int| {
                let prototype = btf.func_proto(int, &[]);
                btf.func("<f as g>::h", prototype, GLOBAL);
            }),
        ),
        (
            "a parameter",
            with(|btf, int| btf.func_proto(int, &[("p p", int)])),
        ),
        ("a variable", with(|btf, int| btf.var("v v", int, GLOBAL))),
        (
            "a long name",
            with(|btf, int| btf.struct_(&long, 4, &[member("m", int, 0)])),
        ),
        (
            "an enumerator without a name",
            with(|btf, _| btf.enum_("e", 4, false, &[("A", 0), ("", 1)])),
        ),
        (
            "a declaration without a name",
            with(|btf, _| btf.fwd("", STRUCT)),
        ),
        (
            "a function without a name",
            with(|btf, int| {
                let prototype = btf.func_proto(int, &[]);
                btf.func("", prototype, STATIC);
            }),
        ),
        (
            "a function whose parameter has no name",
            with(|btf, int| {
                let prototype = btf.func_proto(int, &[("a", int), ("", int), ("", 0)]);
                btf.func("f", prototype, GLOBAL);
            }),
        ),
        (
            "a variable without a name",
            with(|btf, int| btf.var("", int, GLOBAL)),
        ),
        (
            "a section without a name",
            with(|btf, _| btf.datasec("", 4, &[])),
        ),
        (
            "tags without a name",
            with(|btf, int| {
                let tag = btf.type_tag("", int);
                let typedef = btf.typedef("t", tag);
                btf.decl_tag("", typedef, WHOLE);
            }),
        ),
        (
            "names of kinds without",
            with(|btf, int| {
                let name = btf.string("name");
                btf.raw(name, info(PTR, 0, false), int, &[]);
                btf.raw(name, info(CONST, 0, false), int, &[]);
                btf.raw(name, info(ARRAY, 0, false), 0, &[int, int, 2]);
            }),
        ),
    ]
}

fn numbers() -> Vec<Case> {
    vec![
        (
            "an integer that is signed and a char",
            with(|btf, _| btf.int("char", 1, SIGNED | CHAR, 0, 8)),
        ),
        (
            "an integer of an unknown encoding",
            with(|btf, _| btf.int("i", 4, 8, 0, 32)),
        ),
        ("a float of 3 bytes", with(|btf, _| btf.float("f", 3))),
        ("a float of no bytes", with(|btf, _| btf.float("f", 0))),
        (
            "an enum that is only declared",
            with(|btf, _| btf.enum_("e", 0, false, &[])),
        ),
    ]
}

fn members() -> Vec<Case> {
    let of = |members: fn(&mut Encoder, u32) -> Vec<support::encode::Member<'static>>| {
        with(move |btf, int| {
            let members = members(btf, int);
            btf.struct_("s", 24, &members);
        })
    };
    vec![
        (
            "a member of void",
            of(|_, int| vec![member("nothing", 0, 0), member("m", int, 0)]),
        ),
        (
            "a member that is only declared",
            of(|btf, _| vec![member("opaque", btf.fwd("declared", STRUCT), 0)]),
        ),
        (
            "a member that is a function",
            of(|btf, int| vec![member("call", btf.func_proto(int, &[]), 0)]),
        ),
        (
            "a member of const void",
            of(|btf, _| vec![member("nothing", btf.const_(0), 0)]),
        ),
        (
            "members out of order",
            of(|_, int| vec![member("b", int, 32), member("a", int, 0)]),
        ),
        (
            "a union's member that is not at its start",
            with(|btf, int| btf.union_("u", 8, &[member("a", int, 0), member("b", int, 32)])),
        ),
        (
            "a bitfield of an odd integer",
            of(|btf, _| {
                let odd = btf.int("odd", 4, UNSIGNED, 0, 7);
                vec![bitfield("m", odd, 0, 3)]
            }),
        ),
        (
            "a bitfield wider than what counts of its integer",
            of(|btf, _| {
                let half = btf.int("half", 8, UNSIGNED, 0, 32);
                vec![bitfield("m", half, 0, 33)]
            }),
        ),
        (
            "a wide bitfield of an enum",
            of(|btf, _| {
                let wide = btf.enum64("e", 8, false, &[("A", 1 << 40)]);
                vec![bitfield("m", wide, 0, 41)]
            }),
        ),
        (
            "a float that is not aligned",
            of(|btf, _| {
                let float = btf.float("float", 4);
                vec![member("m", float, 16)]
            }),
        ),
    ]
}

fn arrays() -> Vec<Case> {
    vec![
        ("an array of void", with(|btf, int| btf.array(0, int, 4))),
        (
            "an array of what is only declared",
            with(|btf, int| {
                let declared = btf.fwd("declared", STRUCT);
                btf.array(declared, int, 4);
            }),
        ),
        (
            "an array of odd integers",
            with(|btf, int| {
                let odd = btf.int("odd", 4, UNSIGNED, 0, 7);
                btf.array(odd, int, 4);
            }),
        ),
        ("no index", with(|btf, int| btf.array(int, 0, 4))),
        (
            "an index that is not there",
            with(|btf, int| btf.array(int, 99, 4)),
        ),
        (
            "an index that is a pointer",
            with(|btf, int| {
                let pointer = btf.ptr(int);
                btf.array(int, pointer, 4);
            }),
        ),
        (
            "an index that is an odd integer",
            with(|btf, int| {
                let odd = btf.int("odd", 4, UNSIGNED, 0, 7);
                btf.array(int, odd, 4);
            }),
        ),
        (
            "an index that is the array",
            with(|btf, int| {
                let array = btf.next_id();
                btf.array(int, array, 4);
            }),
        ),
    ]
}

fn functions() -> Vec<Case> {
    vec![
        (
            "an unknown linkage",
            with(|btf, int| {
                let prototype = btf.func_proto(int, &[]);
                btf.func("f", prototype, 3);
            }),
        ),
        (
            "a variable of unknown linkage",
            with(|btf, int| btf.var("v", int, 3)),
        ),
        (
            "a result of const void",
            with(|btf, _| {
                let constant = btf.const_(0);
                btf.func_proto(constant, &[]);
            }),
        ),
        (
            "a result that is only declared",
            with(|btf, _| {
                let declared = btf.fwd("declared", STRUCT);
                btf.func_proto(declared, &[]);
            }),
        ),
        (
            "a parameter of void",
            with(|btf, int| btf.func_proto(int, &[("nothing", 0)])),
        ),
        (
            "a parameter after the last",
            with(|btf, int| btf.func_proto(int, &[("", 0), ("p", int)])),
        ),
        (
            "a parameter that is only declared",
            with(|btf, int| {
                let declared = btf.fwd("declared", STRUCT);
                btf.func_proto(int, &[("p", declared)]);
            }),
        ),
        ("a variable of void", with(|btf, _| btf.var("v", 0, GLOBAL))),
    ]
}

fn sections() -> Vec<Case> {
    let of = |size, entries: &'static [(u32, u32, u32)]| {
        with(move |btf, int| {
            assert_eq!(btf.var("a", int, GLOBAL), 2);
            assert_eq!(btf.var("b", int, GLOBAL), 3);
            btf.datasec(".data", size, entries);
        })
    };
    vec![
        ("a section of an integer", of(4, &[(1, 0, 4)])),
        ("a section of nothing", of(4, &[(0, 0, 4)])),
        ("a section of what is not there", of(4, &[(99, 0, 4)])),
        ("a variable over the end", of(6, &[(2, 0, 4), (3, 4, 4)])),
        ("a variable behind the end", of(4, &[(2, 8, 4)])),
        ("variables out of order", of(8, &[(3, 4, 4), (2, 0, 4)])),
        ("variables that overlap", of(8, &[(2, 0, 4), (3, 2, 4)])),
        ("a variable without room", of(4, &[(2, 0, 0)])),
        ("a variable with too little room", of(4, &[(2, 0, 2)])),
    ]
}

fn tags() -> Vec<Case> {
    let of = |target: fn(&mut Encoder, u32) -> u32, component| {
        with(move |btf, int| {
            let target = target(btf, int);
            btf.decl_tag("tag", target, component);
        })
    };
    vec![
        ("a tag on an integer", of(|_, int| int, WHOLE)),
        ("a tag on a pointer", of(|btf, int| btf.ptr(int), WHOLE)),
        (
            "a member that is not there",
            of(|btf, int| btf.struct_("s", 4, &[member("m", int, 0)]), 1),
        ),
        (
            "a negative member",
            of(
                |btf, int| btf.struct_("s", 4, &[member("m", int, 0)]),
                u32::MAX - 1,
            ),
        ),
        (
            "a parameter that is not there",
            of(
                |btf, int| {
                    let prototype = btf.func_proto(int, &[("p", int)]);
                    btf.func("f", prototype, GLOBAL)
                },
                1,
            ),
        ),
        (
            "a member of a typedef",
            of(|btf, int| btf.typedef("t", int), 0),
        ),
        (
            "a member of a variable",
            of(|btf, int| btf.var("v", int, GLOBAL), 0),
        ),
    ]
}

/// Adds structs that are nested `levels` deep, the outermost first.
fn nest(btf: &mut Encoder, int: u32, levels: usize) {
    for level in 1..=levels {
        let inner = if level == levels {
            int
        } else {
            btf.next_id() + 1
        };
        btf.struct_(&"s".repeat(level), 4, &[member("m", inner, 0)]);
    }
}

/// Adds a chain of pointers. The last one points to `int`.
fn point(btf: &mut Encoder, int: u32, levels: usize) {
    for level in 1..=levels {
        let target = if level == levels {
            int
        } else {
            btf.next_id() + 1
        };
        btf.ptr(target);
    }
}

fn chains() -> Vec<Case> {
    vec![
        (
            "a type tag after a const",
            with(|btf, int| {
                let tag = btf.type_tag("user", int);
                let constant = btf.const_(tag);
                btf.ptr(constant);
            }),
        ),
        (
            "a type tag after a typedef",
            with(|btf, int| {
                let tag = btf.type_tag("user", int);
                btf.typedef("t", tag);
            }),
        ),
        (
            "a pointer to itself",
            with(|btf, _| {
                let pointer = btf.next_id();
                btf.ptr(pointer);
            }),
        ),
        (
            "two loops of pointers, and what leads there",
            with(|btf, _| {
                let first = btf.next_id();
                btf.ptr(first + 1);
                btf.const_(first + 2);
                btf.ptr(first);
                btf.typedef("loop", first + 4);
                btf.ptr(first + 3);
                btf.ptr(first);
                btf.ptr(first + 7);
                btf.ptr(first + 4);
            }),
        ),
        (
            "33 structs inside one another, each before what it contains",
            with(|btf, int| nest(btf, int, 33)),
        ),
        (
            "33 pointers, each before its target",
            with(|btf, int| point(btf, int, 33)),
        ),
        (
            "32 pointers behind a variable",
            with(|btf, int| {
                let target = btf.next_id() + 1;
                btf.var("v", target, GLOBAL);
                point(btf, int, 32);
            }),
        ),
        (
            "33 links, each before its target",
            with(|btf, int| {
                for _ in 0..32 {
                    let target = btf.next_id() + 1;
                    btf.volatile(target);
                }
                btf.volatile(int);
            }),
        ),
    ]
}

#[test]
fn btf_that_only_the_kernel_refuses_gives_a_warning() {
    let families = [
        headers(),
        unused_words(),
        names(),
        numbers(),
        members(),
        arrays(),
        functions(),
        sections(),
        tags(),
        chains(),
    ];
    keep("refused", families.iter().flatten());
    let mut lines = String::new();
    for (name, bytes) in families.into_iter().flatten() {
        let package = load(&bytes);
        judge::valid(&support::text(&package)).unwrap_or_else(|e| panic!("{name}: {e:#}"));
        lines.push_str(&format!("{name}\n"));
        assert!(!package.warnings().is_empty(), "{name}");
        for warning in package.warnings() {
            lines.push_str(&format!("    {warning}\n"));
        }
    }
    let lines = lines.replace(&"n".repeat(513), "nn...nn");
    support::snapshots().bind(|| insta::assert_snapshot!("warnings", lines));
}

/// Returns BTF that kernels accept since 2026, or that they accept after libbpf has corrected it.
fn accepted_after_libbpf() -> Vec<Case> {
    vec![
        (
            "the header of 2026 and its section",
            file(&[32, 0, 16, 24, 5, 16, 8], &[TYPE, &[7; 8], NAMES]),
        ),
        (
            "that section at the end, aligned",
            file(&[32, 0, 16, 16, 5, 24, 8], &[TYPE, NAMES, &[0; 3], &[7; 8]]),
        ),
        (
            "sections that libbpf fills in",
            with(|btf, int| {
                let a = btf.var("a", int, GLOBAL);
                let b = btf.var("b", int, GLOBAL);
                btf.datasec(".bss", 0, &[(a, 0, 4), (b, 0, 4)]);
            }),
        ),
        (
            "what the kernel defines",
            with(|btf, int| {
                let prototype = btf.func_proto(int, &[("", int)]);
                let function = btf.func("bpf_kfunc", prototype, EXTERN);
                let constant = btf.const_(0);
                let variable = btf.var("bpf_prog_active", constant, EXTERN);
                btf.datasec(".ksyms", 0, &[(function, 0, 0), (variable, 0, 0)]);
            }),
        ),
        (
            "a section of any words",
            with(|btf, _| btf.datasec("maps/my map", 0, &[])),
        ),
    ]
}

/// Returns BTF that the kernel accepts.
fn accepted() -> Vec<Case> {
    let long = "n".repeat(512);
    vec![
        (
            "a longer header of zeros",
            file(&[40, 0, 16, 16, 5, 0, 0, 0, 0], &[TYPE, NAMES]),
        ),
        (
            "words where any will do",
            with(|btf, int| {
                btf.int("long unsigned int", 8, UNSIGNED, 0, 64);
                btf.int("", 1, BOOL, 0, 8);
                btf.float("long double", 16);
                let typedef = btf.typedef("t", int);
                btf.decl_tag("btf_decl_tag, of any words", typedef, WHOLE);
                btf.type_tag("address space 1", int);
            }),
        ),
        (
            "names with dots, and the longest",
            with(|btf, int| {
                let prototype = btf.func_proto(int, &[("a.b", int)]);
                btf.func("f.isra.0", prototype, STATIC);
                btf.typedef(&long, int);
            }),
        ),
        (
            "prototypes without names",
            with(|btf, int| {
                let prototype = btf.func_proto(0, &[("", int), ("", 0)]);
                btf.ptr(prototype);
            }),
        ),
        (
            "an enum of 8 bytes whose values have all their bits",
            with(|btf, _| {
                btf.enum64("e", 8, true, &[("MINUS", -1), ("FAR", 1 << 40)]);
            }),
        ),
        (
            "old bitfields",
            with(|btf, int| {
                let bits = btf.int("unsigned int", 4, UNSIGNED, 3, 5);
                btf.struct_("s", 8, &[member("b", bits, 0), member("m", int, 32)]);
            }),
        ),
        (
            "tags on all that can have one",
            with(|btf, int| {
                let of = [
                    btf.struct_("s", 4, &[member("m", int, 0)]),
                    btf.union_("u", 4, &[member("m", int, 0)]),
                    btf.typedef("t", int),
                    btf.var("v", int, STATIC),
                ];
                let prototype = btf.func_proto(int, &[("p", int)]);
                let function = btf.func("f", prototype, GLOBAL);
                for target in of.into_iter().chain([function]) {
                    btf.decl_tag("whole", target, WHOLE);
                }
                for target in [of[0], of[1], function] {
                    btf.decl_tag("first", target, 0);
                }
            }),
        ),
        (
            "type tags before modifiers",
            with(|btf, int| {
                let constant = btf.const_(int);
                let inner = btf.type_tag("rcu", constant);
                let outer = btf.type_tag("user", inner);
                btf.ptr(outer);
            }),
        ),
        (
            "a long chain, each link after its target",
            with(|btf, int| (0..100).fold(int, |target, _| btf.volatile(target))),
        ),
        (
            "a list",
            with(|btf, _| {
                let list = btf.next_id();
                btf.struct_("list", 8, &[member("next", list + 1, 0)]);
                btf.ptr(list + 2);
                btf.const_(list + 3);
                btf.typedef("list_t", list);
            }),
        ),
        (
            "32 structs inside one another, each before what it contains",
            with(|btf, int| nest(btf, int, 32)),
        ),
        (
            "32 pointers, each before its target",
            with(|btf, int| point(btf, int, 32)),
        ),
        (
            "structs and pointers, each after what it refers to",
            with(|btf, int| {
                (0..40).fold(int, |inner, level| {
                    btf.struct_(&"s".repeat(level + 1), 4, &[member("m", inner, 0)])
                });
                (0..40).fold(int, |target, _| btf.ptr(target));
            }),
        ),
        (
            "32 links, each before its target",
            with(|btf, int| {
                for _ in 0..31 {
                    let target = btf.next_id() + 1;
                    btf.volatile(target);
                }
                btf.volatile(int);
            }),
        ),
    ]
}

#[test]
fn btf_that_the_kernel_accepts_gives_no_warning() {
    let accepted = accepted();
    // An enum of 8 bytes whose values are cut to 32 bits gives a warning, although the kernel accepts it. Therefore
    // this case is only loaded into the kernel.
    let values = [("MINUS", -1), ("FAR", 1 << 40)];
    let cut = with(|btf, _| _ = btf.enum_("e", 8, false, &values));
    keep(
        "accepted",
        accepted.iter().chain([&("an enum of cut values", cut)]),
    );
    for (name, bytes) in accepted {
        gives_no_warning(name, &bytes);
    }
}

#[test]
fn btf_that_libbpf_corrects_gives_no_warning() {
    for (name, bytes) in accepted_after_libbpf() {
        gives_no_warning(name, &bytes);
    }
}

fn gives_no_warning(name: &str, bytes: &[u8]) {
    let package = load(bytes);
    assert_eq!(package.warnings(), [], "{name}");
    judge::valid(&support::text(&package)).unwrap_or_else(|e| panic!("{name}: {e:#}"));
}

/// Each rule that is broken gives one warning, with the first place and the number of places.
#[test]
fn each_rule_gives_one_warning() {
    let package = load(&with(|btf, int| {
        btf.struct_("a b", 8, &[member("1", int, 32), member("2", int, 0)]);
        btf.typedef("c d", int);
    }));
    let [name, offset] = package.warnings() else {
        panic!("{:?}", package.warnings());
    };
    assert_eq!(name.rule, Rule::Identifier);
    assert_eq!(name.ty, Some((2, "a b".to_owned())));
    assert_eq!((name.member.as_ref(), name.count), (None, 4));
    assert_eq!(offset.rule, Rule::MemberOrder);
    assert_eq!((offset.member.as_deref(), offset.count), (Some("'2'"), 1));
}

/// BTF does not record the size of a pointer, but on Linux it is that of `long`, which BTF has. If the caller gives
/// another size, there is a warning.
#[test]
fn a_pointer_size_other_than_that_of_long_gives_a_warning() {
    let lines = |size, given| {
        let btf = with(|btf, _| btf.int("long unsigned int", size, UNSIGNED, 0, 8 * size));
        let mut config = Config::new();
        let package = config.input_bytes("rules", btf).pointer_size(given).load();
        let package = package.expect("sound BTF");
        let warnings = package.warnings().iter();
        warnings.map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        lines(8, PointerSize::Bits32),
        [
            "pointers are taken to have 4 bytes, as told, but `long` has 8: on Linux both have the same \
             size"
        ]
    );
    assert_eq!(lines(8, PointerSize::Bits64), Vec::<String>::new());
    assert_eq!(lines(4, PointerSize::Bits64).len(), 1);
    assert_eq!(lines(4, PointerSize::Bits32), Vec::<String>::new());
}

/// A module gives no warnings about the types of its base.
#[test]
fn a_base_gives_no_warnings() {
    let mut base = Encoder::new(Endian::Little);
    let int = base.int("int", 4, SIGNED, 0, 32);
    base.struct_("a b", 4, &[member("m", int, 0)]);
    let mut split = Encoder::split(&base);
    split.struct_("own", 4, &[member("m", int, 0), member("- -", int, 0)]);
    let mut config = Config::new();
    let package = config
        .input_bytes("module", split.finish())
        .base_bytes("vmlinux", base.finish())
        .load()
        .expect("sound BTF");
    let lines: Vec<String> = package.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        ["type 3 'own', member '- -': the name is not a C identifier, which the kernel refuses"]
    );
}

/// The objects of compilers give warnings only if the kernel would not load them, or if values are cut to 32 bits. gcc
/// 12 gives `char` two encodings, leaves out vectors, and writes a FUNC without a name for the target of a function
/// pointer. clang leaves out the sizes of types whose definition it did not see.
#[test]
fn objects_give_warnings_where_the_kernel_refuses_them() {
    let mut lines = String::new();
    for (name, bytes) in support::raw_fixtures() {
        for warning in load(&bytes).warnings() {
            lines.push_str(&format!("{name}: {warning}\n"));
        }
    }
    support::snapshots().bind(|| insta::assert_snapshot!("warnings-objects", lines));
}

#[test]
fn kernels_and_modules_give_no_warnings() {
    let kernel = support::kernel_config();
    assert_eq!(kernel.load().expect("sound BTF").warnings(), []);
    let mut module = Config::new();
    module
        .input(support::testdata().join("openvswitch-6.12-amd64.btf.xz"))
        .base_bytes(support::KERNEL, support::kernel());
    #[cfg(feature = "packed")]
    assert_eq!(module.load().expect("sound BTF").warnings(), []);
    if let Some(path) = support::running_kernel() {
        let running = Config::new().input(path).load();
        assert_eq!(running.expect("sound BTF").warnings(), []);
    }
}
