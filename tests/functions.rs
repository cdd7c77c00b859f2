//! Checks functions that share a prototype. They are written with cached text, and the result must be the same as
//! without the cache. If there is a hook for renaming, the cache is not used, so the tests set a hook that renames
//! nothing.

use crate::support;
use crate::support::encode::{Encoder, Endian, FUNC, STRUCT, UNSIGNED, info, member};
use btf2wit::{Config, Docs, Functions, Summary};

fn written(config: &Config) -> (String, Summary) {
    let package = config.load().expect("the input is sound");
    let mut text = Vec::new();
    let summary = package
        .write_to(&mut text)
        .expect("a vector takes any text");
    (String::from_utf8(text).expect("WIT is UTF-8"), summary)
}

fn assert_same_without_cache(config: &Config) {
    for docs in [Docs::Full, Docs::Brief, Docs::None] {
        let mut config = config.clone();
        config.functions(Functions::All).docs(docs);
        let together = written(&config);
        config.rename(|_| None);
        assert!(together == written(&config), "{docs:?}: the texts differ");
    }
}

#[test]
fn functions_of_a_kernel_are_the_same_without_the_cache() {
    assert_same_without_cache(&support::kernel_config());
}

#[test]
fn functions_of_fixtures_are_the_same_without_the_cache() {
    for (name, btf) in support::raw_fixtures() {
        assert_same_without_cache(
            Config::new()
                .input_bytes(&name, btf)
                .package("test:functions"),
        );
    }
}

/// Adds functions with names of 1 to 420 bytes, so that declarations are cut at different places. Also adds functions
/// whose labels collide, functions with the names `special`, and a function with an empty name.
fn functions(btf: &mut Encoder, prototype: u32, special: &[&str]) {
    for length in 1..=420 {
        btf.func(&"f".repeat(length), prototype, 1);
    }
    let names = ["map", "foo_bar", "fooBar", "__foo_bar", "foo_t", "list_foo"];
    for name in names.iter().chain(special) {
        btf.func(name, prototype, 1);
    }
    nameless(btf, prototype);
}

/// Adds a function whose name is empty. The offset of its name is the end of another name.
fn nameless(btf: &mut Encoder, prototype: u32) {
    let name = btf.string("name") + 4;
    btf.raw(name, info(FUNC, 1, false), prototype, &[]);
}

#[test]
fn functions_of_all_sorts_are_the_same_without_the_cache() {
    assert_same_without_cache(&all_sorts(&[]));
}

/// If any name in the BTF is not printable ASCII, texts with a doc comment are not cached, since the comment may have
/// been escaped.
#[test]
fn functions_with_names_to_escape_are_the_same_without_the_cache() {
    assert_same_without_cache(&all_sorts(&["a\u{7f}b", "é"]));
}

fn all_sorts(special: &[&str]) -> Config {
    let mut btf = Encoder::new(Endian::Little);
    let int = btf.int("unsigned int", 4, UNSIGNED, 0, 32);
    let pointer = btf.ptr(int);
    let held = btf.struct_("foo", 4, &[member("value", int, 0)]);
    let anonymous = btf.struct_("", 4, &[member("value", int, 0)]);
    let nothing = btf.struct_("nothing", 0, &[]);
    let callback = btf.func_proto(int, &[("with", pointer)]);
    let callback = btf.ptr(callback);
    let declared = btf.fwd("declared", STRUCT);
    let declared = btf.ptr(declared);
    let odd_number = btf.int("three", 3, 0, 0, 24);
    let array = btf.array(int, int, 4);
    let nothing_const = btf.const_(0);
    for result in [
        0,
        array,
        callback,
        nothing_const,
        held,
        anonymous,
        odd_number,
    ] {
        let prototype = btf.func_proto(result, &[("one", int)]);
        functions(&mut btf, prototype, &[]);
    }
    let names: Vec<String> = (0..17)
        .map(|i| format!("p{}x", char::from(b'a' + i)))
        .collect();
    let many: Vec<(&str, u32)> = names.iter().map(|name| (&name[..], pointer)).collect();
    let long = "l".repeat(180);
    for parameters in [
        &many[..],
        &many[1..],
        &[("type", int), ("list", pointer), ("own", odd_number)],
        &[(&long[..], pointer), ("x", callback), (&long[1..], pointer)],
        &[][..],
        &[("", int)],
        &[("foo", held), ("self", declared)],
        &[("by_value", anonymous)],
        &[("gone", nothing), ("kept", int)],
        &[("same", int), ("Same", int)],
        &[("format", pointer), ("", 0)],
        &[("len0", int), ("call", callback), ("char_t", pointer)],
        &[("one", callback); 7],
    ] {
        let prototype = btf.func_proto(int, parameters);
        functions(&mut btf, prototype, special);
    }
    // The function with an empty name comes before the other function of its prototype. Its text must not be cached,
    // since C declarations have no space before an empty name.
    let prototype = btf.func_proto(0, &[("called", pointer)]);
    nameless(&mut btf, prototype);
    btf.func("z", prototype, 1);
    let bytes = btf.finish();
    let mut config = Config::new();
    config.input_bytes("sorts", bytes).package("test:functions");
    config
}
