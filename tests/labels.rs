//! Tests that labels are valid and unique for many sorts of names, and that they do not depend on type ids.
//!
//! The inputs are BTF with all short names, and random BTF. Random names may collide with each other, be keywords or
//! reserved, and have digits, capitals and foreign letters in any position. `support::judge` checks that labels are
//! strongly unique, as the component model demands, and that converting a label to camel case twice gives the same as
//! converting it once. The random inputs are the same in every run.

use std::collections::HashSet;

use crate::support;
use crate::support::encode::{
    Encoder, Endian, GLOBAL, Member, SIGNED, STRUCT, UNION, UNSIGNED, bitfield, member,
};
use crate::support::judge;
use crate::support::shuffle::shuffle;
use anyhow::Context as _;
use btf2wit::{CharArrays, Config, Enums, Functions, Unions};
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{RngAlgorithm, TestCaseError, TestRng, TestRunner};

/// Keywords, reserved words, and words that collide with each other or with labels that btf2wit derives from others.
const WORDS: &[&str] = &[
    "a",
    "b",
    "foo",
    "Foo",
    "FOO",
    "bar",
    "fooBar",
    "x1",
    "1",
    "2x",
    "u8",
    "S64",
    "f32",
    "list",
    "list_foo",
    "list_list_foo",
    "head",
    "pointer",
    "types",
    "all",
    "self",
    "Self",
    "gen",
    "type",
    "record",
    "enum",
    "flags",
    "func",
    "string",
    "async",
    "map",
    "error_context",
    "error",
    "ok",
    "err",
    "some",
    "none",
    "from",
    "guest",
    "typeof",
    "linux",
    "unix",
    "restrict",
    "ret_area",
    "static_assert",
    "thread_local",
    "errno",
    "wchar_t",
    "char16_t",
    "uint8_t",
    "size_t",
    "free",
    "foo_free",
    "foo_t",
    "t",
    "alt2",
    "foo_alt2",
    "struct",
    "union",
    "foo_struct",
    "foo_enum",
    "unnamed",
    "unnamed0",
    "arg0",
    "n1",
    "complex",
    "and_eq",
    "world",
    "interface",
    "use",
];

/// The characters of random names, which may also contain `WORDS`.
const CHARS: &[char] = &[
    'a', 'b', 'z', 'A', 'B', 'Z', '0', '1', '9', '_', '_', '-', '.', '<', ',', ' ', '%', 'ß', 'É',
    'я', '名', 'İ', 'ǆ', '\u{301}', '\u{202e}', '\u{7}', '\t',
];

fn name() -> impl Strategy<Value = String> {
    let word = || select(WORDS).prop_map(str::to_owned);
    let letters = || vec(select(CHARS), 1..7).prop_map(String::from_iter);
    let joined = (
        word(),
        select(&["", "_", "__", "::"][..]),
        prop_oneof![word(), letters()],
    );
    prop_oneof![
        4 => word(),
        3 => letters(),
        3 => joined.prop_map(|(one, between, other)| format!("{one}{between}{other}")),
        1 => word().prop_map(|word| word.to_uppercase()),
    ]
}

/// The way in which one type uses another.
#[derive(Clone, Debug)]
enum Use {
    Value,
    Array(u32),
    Pointer,
    Const,
    Bits(u8),
}

fn usage() -> impl Strategy<Value = Use> {
    prop_oneof![
        5 => Just(Use::Value),
        2 => (0..3u32).prop_map(Use::Array),
        1 => Just(Use::Pointer),
        1 => Just(Use::Const),
        1 => (1..9u8).prop_map(Use::Bits),
    ]
}

/// A random member or parameter: its name, a random number that selects the earlier type that it uses, and how it uses
/// this type.
type RandomMember = (Option<String>, usize, Use);

/// A type to add to the BTF. A `usize` is a random number that selects an earlier type.
#[derive(Clone, Debug)]
enum RandomType {
    Struct(Option<String>, Vec<RandomMember>),
    Union(Option<String>, Vec<RandomMember>),
    Enum(Option<String>, Vec<(String, i64)>),
    Typedef(String, usize, Use),
    Function(String, Vec<RandomMember>, Option<usize>),
}

fn random_member() -> impl Strategy<Value = RandomMember> {
    (weighted(0.8, name()), any::<usize>(), usage())
}

fn random_type() -> impl Strategy<Value = RandomType> {
    let tag = || weighted(0.6, name());
    let parts = || vec(random_member(), 0..6);
    let values = vec(
        (
            name(),
            prop_oneof![0..6i64, (0..10u32).prop_map(|bit| 1 << bit)],
        ),
        0..8,
    );
    let typedef = (name(), any::<usize>(), usage());
    let function = (name(), parts(), weighted(0.5, any::<usize>()));
    prop_oneof![
        5 => (tag(), parts()).prop_map(|(tag, parts)| RandomType::Struct(tag, parts)),
        3 => (tag(), parts()).prop_map(|(tag, parts)| RandomType::Union(tag, parts)),
        3 => (tag(), values).prop_map(|(tag, values)| RandomType::Enum(tag, values)),
        3 => typedef.prop_map(|(name, at, how)| RandomType::Typedef(name, at, how)),
        2 => function.prop_map(|(name, parts, result)| RandomType::Function(name, parts, result)),
    ]
}

/// A type that was added to the BTF, with its size in bytes and the number of anonymous types that each use of it
/// writes again. This number is 0 for a type with a name.
#[derive(Clone, Copy)]
struct Known {
    id: u32,
    size: u32,
    anonymous: u32,
}

/// The maximum size in bytes of a type that others use by value. Larger types are used only through pointers.
const LARGEST: u32 = 1 << 12;
/// The maximum `Known::anonymous` of a type that others use by value.
const MOST_ANONYMOUS: u32 = 64;

struct Builder {
    btf: Encoder,
    known: Vec<Known>,
    index: u32,
    /// The kinds and names of all named types and functions so far. `None` if types do not have to be distinct.
    taken: Option<HashSet<(u32, String)>>,
}

impl Builder {
    fn new(distinct: bool) -> Builder {
        let mut btf = Encoder::new(Endian::Little);
        let index = btf.int("int", 4, SIGNED, 0, 32);
        let mut known = vec![Known {
            id: index,
            size: 4,
            anonymous: 0,
        }];
        for (name, size) in [("unsigned char", 1), ("char", 1), ("u32", 4)] {
            let id = btf.int(name, size, UNSIGNED, 0, 8 * size);
            known.push(Known {
                id,
                size,
                anonymous: 0,
            });
        }
        let taken = distinct.then(HashSet::new);
        Builder {
            btf,
            known,
            index,
            taken,
        }
    }

    fn build(mut self, types: &[RandomType]) -> Vec<u8> {
        for ty in types {
            self.add(ty);
        }
        self.btf.finish()
    }

    /// Returns `name`. If types have to be distinct and an earlier type of this kind has the name, appends underscores.
    fn tag(&mut self, kind: u32, name: &str) -> String {
        let mut name = name.to_owned();
        if let Some(taken) = self.taken.as_mut().filter(|_| !name.is_empty()) {
            while !taken.insert((kind, name.clone())) {
                name.push('_');
            }
        }
        name
    }

    fn add(&mut self, ty: &RandomType) {
        match ty {
            RandomType::Struct(tag, parts) => self.composite(STRUCT, tag.as_deref(), parts),
            RandomType::Union(tag, parts) => self.composite(UNION, tag.as_deref(), parts),
            RandomType::Enum(tag, values) => {
                let name = self.tag(0, tag.as_deref().unwrap_or_default());
                let values: Vec<(&str, i64)> = values
                    .iter()
                    .map(|(name, value)| (name.as_str(), *value))
                    .collect();
                let id = self.btf.enum_(&name, 4, false, &values);
                let anonymous = u32::from(name.is_empty());
                self.known.push(Known {
                    id,
                    size: 4,
                    anonymous,
                });
            }
            RandomType::Typedef(name, at, how) => {
                let target = self.used(*at, how);
                let name = self.tag(1, name);
                let id = self.btf.typedef(&name, target.id);
                self.known.push(Known {
                    id,
                    anonymous: 0,
                    ..target
                });
            }
            RandomType::Function(name, parts, result) => self.function(name, parts, *result),
        }
    }

    /// Adds the types, such as an array or a pointer, by which an earlier type is used. Returns the type to use. If the
    /// earlier type exceeds a limit, this is a pointer. A bitfield always has the type `int`.
    fn used(&mut self, at: usize, how: &Use) -> Known {
        let base = self.known[at % self.known.len()];
        let heavy = base.size > LARGEST || base.anonymous > MOST_ANONYMOUS;
        match how {
            Use::Bits(_) => self.known[0],
            Use::Value if !heavy => base,
            Use::Const if !heavy => Known {
                id: self.btf.const_(base.id),
                ..base
            },
            Use::Array(length) if !heavy => Known {
                id: self.btf.array(base.id, self.index, *length),
                size: base.size * length,
                ..base
            },
            _ => Known {
                id: self.btf.ptr(base.id),
                size: 8,
                anonymous: 0,
            },
        }
    }

    fn composite(&mut self, kind: u32, tag: Option<&str>, parts: &[RandomMember]) {
        let mut members: Vec<Member<'_>> = Vec::new();
        let (mut size, mut anonymous) = (0, 0);
        for (name, at, how) in parts {
            let used = self.used(*at, how);
            let offset = if kind == STRUCT { 8 * size } else { 0 };
            let name = name.as_deref().unwrap_or_default();
            members.push(match how {
                Use::Bits(bits) => bitfield(name, used.id, offset, *bits),
                _ => member(name, used.id, offset),
            });
            size = if kind == STRUCT {
                size + used.size
            } else {
                size.max(used.size)
            };
            anonymous += used.anonymous;
        }
        let name = self.tag(kind, tag.unwrap_or_default());
        let id = match kind {
            STRUCT => self.btf.struct_(&name, size, &members),
            _ => self.btf.union_(&name, size, &members),
        };
        let anonymous = if name.is_empty() { anonymous + 1 } else { 0 };
        self.known.push(Known {
            id,
            size,
            anonymous,
        });
    }

    fn function(&mut self, name: &str, parts: &[RandomMember], result: Option<usize>) {
        let result = result.map_or(0, |at| self.used(at, &Use::Value).id);
        let mut parameters = Vec::new();
        for (name, at, how) in parts {
            parameters.push((name.as_deref().unwrap_or_default(), self.used(*at, how).id));
        }
        let proto = self.btf.func_proto(result, &parameters);
        let name = self.tag(2, name);
        self.btf.func(&name, proto, GLOBAL);
    }
}

fn config(btf: &[u8]) -> Config {
    let mut config = Config::new();
    config
        .input_bytes("labels", btf)
        .package("test:labels")
        .world("all")
        .functions(Functions::All)
        .constants(true);
    config
}

fn judged(config: &Config) -> Result<String, TestCaseError> {
    let wit = config
        .load()
        .map_err(|e| TestCaseError::fail(e.to_string()))?;
    let wit = support::text(&wit);
    match judge::valid(&wit) {
        Ok(()) => Ok(wit),
        Err(e) => Err(TestCaseError::fail(format!("{e:#}\n{wit}"))),
    }
}

fn run(cases: u32, test: impl Fn(Vec<RandomType>) -> Result<(), TestCaseError>) {
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    if let Err(e) = runner.run(&vec(random_type(), 1..24), test) {
        panic!("{e}");
    }
}

#[test]
fn random_names_make_valid_wit() {
    run(1500, |types| {
        let btf = Builder::new(false).build(&types);
        judged(&config(&btf))?;
        let mut others = config(&btf);
        others
            .unions(Unions::Record)
            .enums(Enums::Integer)
            .char_arrays(CharArrays::String);
        judged(&others).map(|_| ())
    });
}

/// All random types with a name differ in name or kind. The order of equal types depends on their ids, so such types
/// could not be compared.
#[test]
fn names_do_not_depend_on_type_ids() {
    run(800, |types| {
        let btf = Builder::new(true).build(&types);
        let original = judged(&config(&btf))?;
        for seed in 1..=3 {
            let shuffled = support::wit(&config(&shuffle(&btf, seed)));
            prop_assert_eq!(&original, &shuffled, "seed {}", seed);
        }
        Ok(())
    });
}

/// Returns all names of one to five characters that use only `a`, `B`, `1` and `_`. These four cover all cases of
/// splitting and joining words.
fn short_names() -> Vec<String> {
    let mut names = vec![String::new()];
    let mut last = 0;
    for _ in 0..5 {
        let next = names.len();
        for at in last..next {
            names.extend(['a', 'B', '1', '_'].map(|c| format!("{}{c}", names[at])));
        }
        last = next;
    }
    names.split_off(1)
}

#[test]
fn all_short_names_make_valid_labels() {
    let names = short_names();
    assert_eq!(names.len(), 4 + 16 + 64 + 256 + 1024);
    let mut btf = Encoder::new(Endian::Little);
    let int = btf.int("int", 4, SIGNED, 0, 32);
    let proto = btf.func_proto(0, &[("a", int)]);
    for name in &names {
        btf.struct_(name, 4, &[member(name, int, 0)]);
        btf.func(name, proto, GLOBAL);
    }
    let values: Vec<(&str, i64)> = names.iter().map(String::as_str).zip(0..).collect();
    btf.enum_("every", 4, false, &values);
    let at = |i: usize| 32 * i as u32;
    let fields: Vec<Member<'_>> = names
        .iter()
        .enumerate()
        .map(|(i, name)| member(name, int, at(i)))
        .collect();
    btf.struct_("each", 4 * names.len() as u32, &fields);
    let arms: Vec<Member<'_>> = names.iter().map(|name| member(name, int, 0)).collect();
    btf.union_("one", 4, &arms);
    let wit = support::wit(&config(&btf.finish()));
    judge::valid(&wit).expect("the labels are valid");
}

/// wit-parser ends a version before a keyword.
#[test]
fn every_accepted_version_is_valid() -> anyhow::Result<()> {
    for word in ["map", "list", "interface", "u8", "alpha", "1"] {
        for start in [
            "1.0.0-",
            "1.0.0-a.",
            "1.0.0-a-",
            "1.0.0+",
            "1.0.0+a.",
            "1.0.0-a+b-",
        ] {
            let version = format!("{start}{word}");
            let package = btf2wit::Config::new()
                .input(support::object("event", "bpfel"))
                .package(format!("demo:event@{version}"))
                .load();
            match package {
                Ok(package) => judge::valid(&support::text(&package)).context(version)?,
                Err(_) => assert!(word != "alpha" && word != "1", "{version}"),
            }
        }
    }
    Ok(())
}
