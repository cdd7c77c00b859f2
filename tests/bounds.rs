//! Tests that hostile BTF is refused or written in a smaller form, in bounded time and memory.

use crate::support;
use crate::support::encode::{Encoder, Endian, Member, STATIC, STRUCT, UNSIGNED, info, member};
use crate::support::judge;
use btf2wit::{Config, Functions};

fn config(btf: &Encoder) -> Config {
    let mut config = Config::new();
    config
        .input_bytes("bounds", btf.finish())
        .functions(Functions::All)
        .docs(btf2wit::Docs::None);
    config
}

fn wit(btf: &Encoder) -> String {
    let wit = support::wit(&config(btf));
    judge::valid(&wit).expect("valid WIT");
    wit
}

fn refusal(btf: &Encoder) -> String {
    match config(btf).constants(true).load() {
        Ok(_) => panic!("it is accepted"),
        Err(e) => e.to_string(),
    }
}

fn encoder() -> (Encoder, u32) {
    let mut btf = Encoder::new(Endian::Little);
    let int = btf.int("unsigned int", 4, UNSIGNED, 0, 32);
    (btf, int)
}

/// Returns a name that stands for a number and has only letters. Digits would join the word before them in the label,
/// so the tests could not expect `m-` before the name.
fn letters(number: usize) -> String {
    (0..5)
        .map(|i| char::from(b'a' + (number / 26usize.pow(i) % 26) as u8))
        .collect()
}

#[test]
fn long_names_are_refused() {
    let (mut btf, int) = encoder();
    btf.struct_(&"n".repeat(4_096), 4, &[member(&"m".repeat(4_096), int, 0)]);
    wit(&btf);
    let (mut btf, int) = encoder();
    btf.struct_(&"n".repeat(4_097), 4, &[member("m", int, 0)]);
    assert_eq!(
        refusal(&btf),
        "bounds: the name at offset 14 has more than 4096 bytes"
    );
}

/// A name may begin inside another name. Here, 17,000 members use a suffix of one long name, so their labels would take
/// far more memory than the input.
#[test]
fn suffixes_of_names_are_bounded() {
    let (mut btf, int) = encoder();
    let long = btf.string("ab_".repeat(1_365));
    for holder in 0..17 {
        let name = btf.string(format!("holder{holder}"));
        let members: Vec<u32> = (0..1_000).flat_map(|i| [long + 1, int, i * 32]).collect();
        btf.raw(name, info(STRUCT, 1_000, false), 4_000, &members);
    }
    let refusal = refusal(&btf);
    assert_eq!(
        refusal,
        "bounds: names that begin inside others have more than 67108864 bytes"
    );
}

/// Thousands of types, members, enumerators or variables use one long name, or belong to one type with a long name. A
/// label may contain both names, so the labels would take far more memory than the input.
#[test]
fn names_that_are_used_often_are_bounded() {
    let long = "n".repeat(4_096);
    let (mut types, int) = encoder();
    for _ in 0..20_000 {
        types.typedef(&long, int);
    }
    let (mut members, int) = encoder();
    let some: Vec<_> = (0..20_000).map(|i| member(&long, int, i * 32)).collect();
    members.struct_("holder", 80_000, &some);
    let (mut holders, int) = encoder();
    let some: Vec<_> = (0..20_000).map(|i| member("m", int, i * 32)).collect();
    holders.struct_(&long, 80_000, &some);
    let (mut enumerators, _) = encoder();
    enumerators.enum_("e", 4, false, &vec![(long.as_str(), 1); 20_000]);
    let (mut variables, int) = encoder();
    let variable = variables.var(&long, int, STATIC);
    let entries: Vec<_> = (0..20_000).map(|i| (variable, i * 4, 4)).collect();
    variables.datasec(".data", 80_000, &entries);
    for btf in [types, members, holders, enumerators, variables] {
        let refusal = refusal(&btf);
        let (what, why) = (
            "bounds: names take more than ",
            " bytes where they stand, since long ones are used often",
        );
        assert!(
            refusal.starts_with(what) && refusal.ends_with(why),
            "{refusal}"
        );
    }
}

/// An anonymous enum is written again for each member of its type. Here, thousands of members have one large enum.
#[test]
fn shared_enumerators_are_bounded() {
    let (mut btf, _) = encoder();
    let names: Vec<String> = (0..9_999).map(|i| format!("E_{}", letters(i))).collect();
    let values: Vec<(&str, i64)> = names.iter().map(String::as_str).zip(0..).collect();
    let shared = btf.enum_("", 4, false, &values);
    let members: Vec<String> = (0..9_999).map(|i| format!("m_{}", letters(i))).collect();
    let members: Vec<Member<'_>> = members
        .iter()
        .zip(0..)
        .map(|(name, i)| member(name, shared, i * 32))
        .collect();
    btf.struct_("holder", 4 * 9_999, &members);
    let refusal = refusal(&btf);
    assert!(
        refusal.contains("writing each where it stands takes too many items"),
        "{refusal}"
    );
}

/// Many types have the same label and so get numbers. The time must not be quadratic, so a type does not try all
/// numbers that are taken.
#[test]
fn many_collisions_are_not_quadratic() {
    let (mut btf, int) = encoder();
    for _ in 0..60_000 {
        btf.enum_("", 4, false, &[("SAME", 0)]);
        btf.struct_("same", 4, &[member("value", int, 0)]);
    }
    let mut config = config(&btf);
    config.types(["same"]);
    let wit = support::wit(&config);
    assert!(wit.contains("record same-alt60000 {"));
}

/// Many functions have one name. Their prototypes decide their order, and the time must not be quadratic.
#[test]
fn many_functions_of_one_name_are_not_quadratic() {
    let (mut btf, int) = encoder();
    let pointer = btf.ptr(int);
    let prototypes = [
        btf.func_proto(int, &[]),
        btf.func_proto(0, &[("value", int)]),
        btf.func_proto(int, &[("value", pointer)]),
    ];
    for i in 0..40_000 {
        btf.func("same", prototypes[i % 3], STATIC);
    }
    let wit = support::wit(&config(&btf));
    let last = wit
        .lines()
        .rev()
        .find(|line| line.contains("same-alt40000:"));
    assert!(last.is_some());
}

/// In C bindings, a list of `head` is called `list_head`, as is a type with the label `list-head`. To detect such
/// collisions, the rest of a label after each `list-` is looked up. Here, labels begin with 800 times `list-`, and only
/// the rests after the first eight are looked up.
#[test]
fn lists_of_lists_are_not_quadratic() {
    let (mut btf, int) = encoder();
    for i in 0..2_000 {
        let name = format!("{}x{i}", "list_".repeat(800));
        btf.struct_(&name, 4, &[member("value", int, 0)]);
    }
    assert!(wit(&btf).contains("-list-x1999 {"));
}

/// Each of the 20 structs has 60,000 members. No anonymous type is shared, since there is none. So none of the structs
/// is refused.
#[test]
fn members_of_plain_structs_are_not_counted_as_shared() {
    let (mut btf, int) = encoder();
    for i in 0..20 {
        let names: Vec<String> = (0..60_000).map(letters).collect();
        let members: Vec<Member<'_>> = names
            .iter()
            .zip(0..)
            .map(|(name, at)| member(name, int, at * 32))
            .collect();
        btf.struct_(&format!("s_{}", letters(i)), 240_000, &members);
    }
    assert!(wit(&btf).contains("type s-baaaa = list<u8>;"));
}

/// An anonymous struct is visited again for each member of its type, even if its own members are only numbers. Here,
/// these members would be visited 1,500,000 times.
#[test]
fn shared_members_are_bounded() {
    let (mut btf, int) = encoder();
    let names: Vec<String> = (0..1_500).map(letters).collect();
    let place = |(at, name), ty, size: u32| member(name, ty, at * size * 8);
    let members = |ty, size, count| -> Vec<Member<'_>> {
        let names = names.iter().take(count).map(String::as_str);
        (0..).zip(names).map(|at| place(at, ty, size)).collect()
    };
    let shared = btf.struct_("", 6_000, &members(int, 4, 1_500));
    btf.struct_("many", 6_000_000, &members(shared, 6_000, 1_000));
    btf.struct_("few", 4, &[member("value", int, 0)]);
    let expands = "expands to too many members, since what it contains is shared many times";
    assert_eq!(refusal(&btf), format!("bounds: type 2: {expands}"));
    // Before any type is selected, all types get names. Therefore selecting a small type does not help.
    let few = config(&btf).types(["few"]).load().map(|_| ());
    let few = few.expect_err("it is too much").to_string();
    assert_eq!(few, format!("bounds: type 2: {expands}"));
}

#[test]
fn functions_have_at_most_1000_parameters() {
    let (mut btf, int) = encoder();
    let names: Vec<String> = (0..1_001).map(letters).collect();
    let parameters: Vec<(&str, u32)> = names.iter().map(|name| (name.as_str(), int)).collect();
    let many = btf.func_proto(int, &parameters[..1_000]);
    let too_many = btf.func_proto(int, &parameters);
    btf.func("many", many, 1);
    btf.func("too_many", too_many, 1);
    let wit = wit(&btf);
    assert!(wit.contains("    many: func("));
    assert!(!wit.contains("too-many"));
    let report = config(&btf)
        .load()
        .expect("sound BTF")
        .report()
        .expect("sound BTF");
    assert_eq!(report.entries.len(), 1);
    assert_eq!(report.entries[0].reason, btf2wit::Reason::TooMany);
}

/// These chains of types are so long that recursion would overflow the stack.
#[test]
fn chains_need_no_stack() {
    let (mut btf, int) = encoder();
    let (mut typedef, mut pointer, mut constant) = (int, int, int);
    for i in 0..100_000 {
        typedef = btf.typedef(&format!("t_{}", letters(i)), typedef);
        pointer = btf.ptr(pointer);
        constant = btf.const_(constant);
    }
    let members = [
        member("typedef", typedef, 0),
        member("constant", constant, 32),
        member("pointer", pointer, 64),
    ];
    btf.struct_("ends", 16, &members);
    let mut config = config(&btf);
    config.types(["ends"]);
    assert!(support::wit(&config).contains("constant: u32,"));
}

/// A long chain of folded typedefs is not followed again for each member, whether its ids ascend or descend.
#[test]
fn chains_of_folded_typedefs_are_walked_once() {
    const LENGTH: u32 = 100_000;
    let names: Vec<String> = (0..9_999).map(|i| format!("m_{}", letters(i))).collect();
    for descends in [false, true] {
        let (mut btf, int) = encoder();
        let first = btf.next_id();
        for id in first..first + LENGTH {
            let target = if descends { id + 1 } else { id - 1 };
            let last = if descends { first + LENGTH - 1 } else { first };
            btf.typedef("u32", if id == last { int } else { target });
        }
        let outermost = if descends { first } else { first + LENGTH - 1 };
        for holder in ["one", "other"] {
            let members = names.iter().zip(0..);
            let members: Vec<_> = members.map(|(n, i)| member(n, outermost, i * 32)).collect();
            btf.struct_(holder, 4 * 9_999, &members);
        }
        assert!(wit(&btf).contains("m-aaaaa: u32,"));
    }
}

/// A typedef called `u32` of an unsigned integer of 32 bits is folded. A chain of such typedefs ends at the first
/// typedef that is not folded.
#[test]
fn chains_of_folded_typedefs_end_at_an_item() {
    let (mut btf, int) = encoder();
    let mut typedef = btf.typedef("handle", int);
    for _ in 0..100 {
        typedef = btf.typedef("u32", typedef);
    }
    btf.struct_("holder", 4, &[member("m", typedef, 0)]);
    let wit = wit(&btf);
    assert!(wit.contains("m: handle,"), "{wit}");
}

/// A union has thousands of members of one struct type, which ends with a flexible array. For each of them, the other
/// members of the struct must be checked, which is too much.
#[test]
fn members_before_a_flexible_array_are_bounded() {
    let (mut btf, int) = encoder();
    let (empty, array) = (btf.struct_("empty", 0, &[]), btf.array(int, int, 0));
    let mut members = vec![member("none", empty, 0); 60_000];
    members.push(member("last", array, 0));
    let wrapper = btf.struct_("", 0, &members);
    let places = vec![member("", wrapper, 0); 60_000];
    btf.union_("holder", 4, &places);
    assert_eq!(
        refusal(&btf),
        "bounds: type 5 'holder': expands to too many members, since what it contains is shared many times"
    );
}

/// All members of an element are at the same byte, so a record has far more values than bytes.
#[test]
fn values_of_a_record_are_bounded() {
    let mut btf = Encoder::new(Endian::Little);
    let byte = btf.int("unsigned char", 1, UNSIGNED, 0, 8);
    let element = btf.struct_("element", 1, &vec![member("value", byte, 0); 100]);
    let array = btf.array(element, byte, 0);
    btf.struct_(
        "holder",
        1,
        &[member("value", byte, 0), member("list", array, 8)],
    );
    let package = config(&btf).load().expect("sound BTF");
    let decoder = package.decoder("holder").expect("it is there");
    assert!(decoder.decode(&[1; 20_000]).is_ok());
    let refusal = decoder.decode(&[1; 100_000]).map(drop);
    let refusal = refusal.map_err(|e| e.to_string());
    let what = "stands for more values than can be read";
    assert!(
        refusal.as_ref().is_err_and(|e| e.contains(what)),
        "{refusal:?}"
    );
}

/// A generated reader repeats the label of a member for each dimension of its array, so the text can become very long.
#[test]
fn readers_have_at_most_200_megabytes() {
    let (mut btf, int) = encoder();
    let mut array = int;
    for _ in 0..80 {
        array = btf.array(array, int, 1);
    }
    let long = "_".repeat(1_000);
    let members: Vec<_> = (0..9_999).map(|i| member(&long, array, 32 * i)).collect();
    btf.struct_(&"n".repeat(2_000), 4 * 9_999, &members);
    let package = config(&btf).load().expect("sound BTF");
    let refusal = package.to_rust_reader("crate::b").err();
    assert_eq!(
        refusal.map(|e| e.to_string()).as_deref(),
        Some(
            "bounds: a reader of its types would have more than 209715200 bytes: select some with --type"
        )
    );
}

/// The labels and the text both leave out parameters that hold no data. If only one of them did, the anonymous types of
/// later parameters would get wrong labels.
#[test]
fn anonymous_types_of_parameters_are_told_apart() {
    let (mut btf, int) = encoder();
    let one = btf.struct_("", 4, &[member("one", int, 0)]);
    let none = btf.array(one, int, 0);
    let two = btf.struct_("", 4, &[member("two", int, 0)]);
    let prototype = btf.func_proto(0, &[("first", none), ("second", two)]);
    btf.func("takes", prototype, 1);
    let wit = wit(&btf);
    assert!(
        wit.contains("takes: func(second: takes-second-struct);"),
        "{wit}"
    );
    assert!(!wit.contains("takes-first-struct"));
    let report = config(&btf)
        .load()
        .expect("sound BTF")
        .report()
        .expect("sound BTF");
    let c: Vec<&str> = report
        .entries
        .iter()
        .map(|entry| entry.c.as_str())
        .collect();
    assert_eq!(c.len(), 2, "{c:?}");
}
