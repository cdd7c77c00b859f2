//! Tests that `diff` and the fingerprint of a layout agree on which changes are breaking, as `docs/breaking.md` defines
//! them.

#![cfg(all(feature = "json", feature = "wave"))]

use std::collections::BTreeMap;

use crate::portable::{PRODUCERS, fixture, named};
use crate::support;
use crate::support::by_name::Items;
use crate::support::encode::{BOOL, Encoder, Endian, SIGNED, UNSIGNED, bitfield, member};
use anyhow::{Context, Result, ensure};
use btf2wit::diff::{Diff, TypeChange, TypeFate};
use btf2wit::{Config, Error, Package, Unions};

/// Returns whether `diff` says that the byte order changed, or has a breaking change. The inputs of `diff` must have
/// only `ty` and the types inside it. The removal of an inner type does not count, since the member may now have a type
/// of another name.
fn is_breaking(diff: &Diff, ty: &str) -> bool {
    let is_root = |change: &TypeChange| format!("{} {}", change.kind.word(), change.name) == ty;
    let counts = |change: &&TypeChange| change.fate != TypeFate::Removed || is_root(change);
    let mut changes = diff.changes.iter().filter(counts);
    diff.is_reordered() || changes.any(|change| change.breaking)
}

/// Returns whether relocating a type changes its fingerprint. Returns true if the target lacks the type or a member of
/// it.
fn has_another_fingerprint(local: &Package, relocated: &Package, ty: &str) -> Result<bool> {
    let here = local.decoder(ty)?.fingerprint();
    match relocated.decoder(ty) {
        Ok(there) => Ok(there.fingerprint() != here),
        Err(Error::Lacks { .. }) => Ok(true),
        Err(error) => Err(error.into()),
    }
}

/// The BTF before or after a change in `ROWS`, with the ids of its number types and of a pointer.
struct Types {
    btf: Encoder,
    int: u32,
    unsigned: u32,
    byte: u32,
    long: u32,
    char: u32,
    boolean: u32,
    float: u32,
    pointer: u32,
}

impl Types {
    fn new() -> Types {
        let mut btf = Encoder::new(Endian::Little);
        let int = btf.int("int", 4, SIGNED, 0, 32);
        Types {
            int,
            unsigned: btf.int("unsigned int", 4, UNSIGNED, 0, 32),
            byte: btf.int("unsigned char", 1, UNSIGNED, 0, 8),
            long: btf.int("unsigned long", 8, UNSIGNED, 0, 64),
            char: btf.int("char", 1, SIGNED, 0, 8),
            boolean: btf.int("_Bool", 1, BOOL, 0, 8),
            float: btf.float("double", 8),
            pointer: btf.ptr(int),
            btf,
        }
    }

    /// Adds `struct root` with one member at its start.
    fn root(&mut self, ty: u32, size: u32) {
        self.btf.struct_("root", size, &[member("a", ty, 0)]);
    }

    fn bits(&mut self, ty: u32, width: u8) {
        self.btf.struct_("root", 8, &[bitfield("a", ty, 0, width)]);
    }

    /// Adds `struct root` with a member whose type is a struct `name`. The only member of that struct is `inner`.
    fn holder(&mut self, name: &str, inner: &str) {
        let inner = self.btf.struct_(name, 4, &[member(inner, self.int, 0)]);
        self.root(inner, 4);
    }

    fn values(&mut self, values: &[(&str, i64)]) {
        let root = self.btf.enum_("state", 4, false, values);
        self.root(root, 4);
    }
}

/// A change of `struct root`: the name of the change, whether it is breaking, and the functions that add the types
/// before and after it.
type Row = (&'static str, bool, fn(&mut Types), fn(&mut Types));

const ROWS: &[Row] = &[
    ("nothing", false, |t| t.root(t.int, 4), |t| t.root(t.int, 4)),
    (
        "a member is added and the struct grows",
        false,
        |t| t.root(t.int, 4),
        |t| {
            let members = [member("a", t.int, 0), member("b", t.int, 32)];
            t.btf.struct_("root", 8, &members);
        },
    ),
    (
        "a member is removed",
        true,
        |t| {
            let members = [member("a", t.int, 0), member("b", t.int, 32)];
            t.btf.struct_("root", 8, &members);
        },
        |t| t.root(t.int, 8),
    ),
    (
        "a member moves",
        true,
        |t| t.root(t.int, 8),
        |t| {
            t.btf.struct_("root", 8, &[member("a", t.int, 32)]);
        },
    ),
    (
        "padding at the end is removed",
        true,
        |t| t.root(t.int, 8),
        |t| t.root(t.int, 4),
    ),
    (
        "the elements of an array grow",
        true,
        |t| {
            let element = t.btf.struct_("element", 4, &[member("a", t.int, 0)]);
            let list = t.btf.array(element, t.int, 2);
            t.root(list, 16);
        },
        |t| {
            let element = t.btf.struct_("element", 8, &[member("a", t.int, 0)]);
            let list = t.btf.array(element, t.int, 2);
            t.root(list, 16);
        },
    ),
    (
        "an array has another length",
        true,
        |t| {
            let list = t.btf.array(t.int, t.int, 2);
            t.root(list, 16);
        },
        |t| {
            let list = t.btf.array(t.int, t.int, 3);
            t.root(list, 16);
        },
    ),
    (
        "a number has another size",
        true,
        |t| t.root(t.unsigned, 8),
        |t| t.root(t.long, 8),
    ),
    (
        "a number has another sign",
        true,
        |t| t.root(t.int, 4),
        |t| t.root(t.unsigned, 4),
    ),
    (
        "compilers disagree on the sign of char",
        false,
        |t| t.root(t.char, 4),
        |t| t.root(t.byte, 4),
    ),
    (
        "a number becomes a truth value",
        true,
        |t| t.root(t.byte, 4),
        |t| t.root(t.boolean, 4),
    ),
    (
        "truth values become numbers",
        true,
        |t| {
            let list = t.btf.array(t.boolean, t.int, 4);
            t.root(list, 4);
        },
        |t| {
            let list = t.btf.array(t.byte, t.int, 4);
            t.root(list, 4);
        },
    ),
    (
        "a number becomes an address",
        true,
        |t| t.root(t.long, 8),
        |t| t.root(t.pointer, 8),
    ),
    (
        "an address of another type",
        false,
        |t| t.root(t.pointer, 8),
        |t| {
            let pointer = t.btf.ptr(t.long);
            t.root(pointer, 8);
        },
    ),
    (
        "a typedef of the same number",
        false,
        |t| t.root(t.unsigned, 4),
        |t| {
            let word = t.btf.typedef("u32", t.unsigned);
            t.root(word, 4);
        },
    ),
    (
        "the number of a folded typedef gets a sign, so that the typedef is no longer folded",
        true,
        |t| {
            let word = t.btf.typedef("u32", t.unsigned);
            t.root(word, 4);
        },
        |t| {
            let word = t.btf.typedef("u32", t.int);
            t.root(word, 4);
        },
    ),
    (
        "a float that is described as an integer of its name",
        true,
        |t| t.root(t.float, 8),
        |t| {
            let float = t.btf.int("double", 8, UNSIGNED, 0, 64);
            t.root(float, 8);
        },
    ),
    (
        "a typedef of that float",
        true,
        |t| {
            let float = t.btf.typedef("ratio", t.float);
            t.root(float, 8);
        },
        |t| {
            let float = t.btf.int("double", 8, UNSIGNED, 0, 64);
            let float = t.btf.typedef("ratio", float);
            t.root(float, 8);
        },
    ),
    (
        "a bitfield has another width",
        true,
        |t| t.bits(t.unsigned, 3),
        |t| t.bits(t.unsigned, 4),
    ),
    (
        "the bits of a bitfield are in a type of another size",
        false,
        |t| t.bits(t.unsigned, 3),
        |t| t.bits(t.byte, 3),
    ),
    (
        "a bitfield of all bits becomes an ordinary member",
        false,
        |t| t.bits(t.unsigned, 32),
        |t| t.root(t.unsigned, 8),
    ),
    (
        "a bitfield of the bits of a smaller type becomes a member of it",
        false,
        |t| t.bits(t.long, 32),
        |t| t.root(t.unsigned, 8),
    ),
    (
        "a struct of another name with the same members",
        false,
        |t| t.holder("before", "a"),
        |t| t.holder("after", "a"),
    ),
    (
        "a struct of another name with other members",
        true,
        |t| t.holder("before", "a"),
        |t| t.holder("after", "b"),
    ),
    (
        "an unnamed struct gets a name",
        false,
        |t| t.holder("", "a"),
        |t| t.holder("named", "a"),
    ),
    (
        "an enumerator is added",
        false,
        |t| t.values(&[("A", 1), ("B", 2)]),
        |t| t.values(&[("A", 1), ("B", 2), ("C", 3)]),
    ),
    (
        "an enumerator is removed",
        true,
        |t| t.values(&[("A", 1), ("B", 2)]),
        |t| t.values(&[("A", 1)]),
    ),
    (
        "an enumerator has another value",
        true,
        |t| t.values(&[("A", 1), ("B", 2)]),
        |t| t.values(&[("A", 1), ("B", 3)]),
    ),
    (
        "another name of a value is removed",
        false,
        |t| t.values(&[("A", 1), ("B", 2), ("LAST", 2)]),
        |t| t.values(&[("A", 1), ("B", 2)]),
    ),
    (
        "the first name of a value is removed",
        false,
        |t| t.values(&[("A", 1), ("B", 2), ("LAST", 2)]),
        |t| t.values(&[("A", 1), ("LAST", 2)]),
    ),
];

#[test]
fn each_change_is_what_the_definition_says() -> Result<()> {
    for (what, expected, old, new) in ROWS {
        let bytes = |add: &fn(&mut Types)| {
            let mut types = Types::new();
            add(&mut types);
            types.btf.finish()
        };
        let (old, new) = (bytes(old), bytes(new));
        let config = |bytes: &[u8]| {
            let mut config = Config::new();
            config.input_bytes("btf", bytes).types(["struct root"]);
            config
        };
        let local = config(&old).load()?;
        let diff = Diff::of(&local, &config(&new).load()?)?;
        let said = is_breaking(&diff, "struct root");
        ensure!(said == *expected, "{what}: diff says {said}: {diff:?}");
        let relocated = config(&old).target_btf_bytes("target", new).load()?;
        let differs = has_another_fingerprint(&local, &relocated, "struct root").context(*what)?;
        ensure!(
            differs == *expected,
            "{what}: the fingerprint says {differs}"
        );
    }
    Ok(())
}

/// Compares the verdicts of `diff` and of the fingerprint on the named types of every fixture, for all pairs of
/// producers. The snapshot lists the types on which the verdicts differ. All of them must be exceptions in
/// `docs/breaking.md`.
#[test]
fn fingerprints_agree_with_diff() -> Result<()> {
    let mut counts = (0, 0);
    let mut others: BTreeMap<String, usize> = BTreeMap::new();
    for name in support::fixtures() {
        for from in PRODUCERS {
            let local = fixture(&name, from).load()?;
            let items = Items::of(&local)?;
            for to in PRODUCERS {
                let target = support::object(&name, to);
                let relocated = fixture(&name, from).target_btf(&target).load()?;
                let there = Items::of(&fixture(&name, to).load()?)?;
                let there = named(&there);
                for (ty, _) in named(&items) {
                    if !there.iter().any(|(own, _)| *own == ty) {
                        continue;
                    }
                    let differs = has_another_fingerprint(&local, &relocated, &ty)?;
                    let old = fixture(&name, from).types([&ty]).load()?;
                    let new = fixture(&name, to).types([&ty]).load()?;
                    match (differs, is_breaking(&Diff::of(&old, &new)?, &ty)) {
                        (true, true) => counts.0 += 1,
                        (false, false) => counts.1 += 1,
                        (differs, _) => {
                            let what = if differs { "fingerprint" } else { "diff" };
                            let place = format!("only the {what} differs: {name}: {ty}");
                            *others.entry(place).or_default() += 1;
                        }
                    }
                }
            }
        }
    }
    let others = others
        .iter()
        .map(|(what, pairs)| format!("{pairs} pairs: {what}\n"));
    let (both, none) = counts;
    let text = format!(
        "both differ: {both}, none: {none}\n{}",
        others.collect::<String>()
    );
    support::snapshots().bind(|| insta::assert_snapshot!("breaking-fingerprints", text));
    Ok(())
}

/// The decoder, the package, the layout, the reader and the codec have the same fingerprint of a type. With a target,
/// this is the fingerprint of the target's layout.
#[test]
fn fingerprints_are_the_same_wherever_they_are_shown() -> Result<()> {
    let mut shown = Vec::new();
    for target in [None, Some("i686"), Some("bpfeb")] {
        let mut config = fixture("pointers", "bpfel");
        config.types(["pointers"]);
        if let Some(target) = target {
            config.target_btf(support::object("pointers", target));
        }
        let package = config.load()?;
        let fingerprint = package.decoder("pointers")?.fingerprint();
        ensure!(package.fingerprints()?.get("pointers") == Some(&fingerprint));
        let text = format!("{fingerprint:#018x}");
        let mut layout = Vec::new();
        package.write_layout(&mut layout)?;
        let layout = String::from_utf8(layout)?;
        ensure!(
            layout.contains(&format!("\"fingerprint\": \"{text}\"")),
            "{layout}"
        );
        let reader = package.to_rust_reader("crate::types")?;
        ensure!(reader.contains(&format!("pub const FINGERPRINT: u64 = {text};")));
        #[cfg(feature = "codec")]
        {
            let wit = package.to_codec_wit()?;
            let docs = format!("one `struct pointers`, whose layout has the fingerprint {text}");
            ensure!(wit.contains(&docs), "{wit}");
        }
        shown.push(fingerprint);
    }
    let [local, narrow, big] = shown[..] else {
        unreachable!("three targets");
    };
    ensure!(local != narrow && narrow != big && big != local);
    Ok(())
}

/// Compares the verdicts of `diff` and of the fingerprint on a few types, between the kernel in testdata and the
/// running kernel, in both directions. Skips types that one of the kernels lacks.
#[test]
fn fingerprints_agree_with_diff_on_kernels() -> Result<()> {
    let Some(running) = support::running_kernel() else {
        return Ok(());
    };
    let running = std::fs::read(running)?;
    let config = |bytes: &[u8]| {
        let mut config = Config::new();
        config.input_bytes("btf", bytes).unions(Unions::Record);
        config
    };
    let kernel = support::kernel();
    for (old, new) in [(kernel, &running[..]), (&running[..], kernel)] {
        let local = config(old).load()?;
        let relocated = config(old).target_btf_bytes("target", new).load()?;
        let types = [
            "task_struct",
            "cred",
            "file",
            "sched_entity",
            "io_xattr",
            "migratetype",
            "bpf_map",
            "kstat",
            "pid",
        ];
        for ty in types {
            let select = |bytes| config(bytes).types([ty]).load();
            let (Ok(one), Ok(other)) = (select(old), select(new)) else {
                continue;
            };
            let kind = if ty == "migratetype" {
                "enum"
            } else {
                "struct"
            };
            let ty = format!("{kind} {ty}");
            let said = is_breaking(&Diff::of(&one, &other)?, &ty);
            let differs = has_another_fingerprint(&local, &relocated, &ty)?;
            ensure!(
                said == differs,
                "{ty}: diff says {said}, the fingerprint {differs}"
            );
        }
    }
    Ok(())
}
