//! Tests the limits of the component model. Up to a limit, the text is valid. Beyond it, the conversion fails, leaves
//! the world out, or writes types as bytes. The *effective size* of a type is the number by which wasmparser limits
//! types: it counts the type and the types inside it.

use crate::support;
use crate::support::encode::{Encoder, Endian, Member, member};
use crate::support::judge;
use btf2wit::Config;

/// Returns BTF with `count` structs of 99 members, each with an effective size of 100. If `more` is greater than 1,
/// adds one struct whose effective size is `more`.
fn structs_of_100(count: usize, more: usize) -> Vec<u8> {
    let mut btf = Encoder::new(Endian::Little);
    let byte = btf.int("unsigned char", 1, 0, 0, 8);
    let names: Vec<String> = (0..99).map(|i| format!("m_{}", letters(i))).collect();
    let members: Vec<Member<'_>> = names
        .iter()
        .zip(0..)
        .map(|(name, i)| member(name, byte, i * 8))
        .collect();
    for i in 0..count {
        btf.struct_(&format!("s_{}", letters(i)), 99, &members);
    }
    if more > 1 {
        btf.struct_("more", 99, &members[..more - 1]);
    }
    btf.finish()
}

/// Returns a name that stands for a number and has only letters. If a name had digits, they would become part of the
/// word before them in the label.
fn letters(mut number: usize) -> String {
    let mut letters = String::new();
    for _ in 0..4 {
        letters.push(char::from(b'a' + (number % 26) as u8));
        number /= 26;
    }
    letters
}

fn load(btf: Vec<u8>) -> Result<String, String> {
    let mut config = Config::new();
    let package = config
        .input_bytes("limits", btf)
        .load()
        .map_err(|e| e.to_string())?;
    Ok(support::text(&package))
}

#[test]
fn the_world_is_written_if_it_fits() {
    let fits = load(structs_of_100(4_999, 90)).expect("disk space");
    judge::valid(&fits).expect("valid WIT");
    assert!(fits.contains("\nworld "));
    let alone = load(structs_of_100(5_000, 0)).expect("there is room for the interface");
    judge::valid(&alone).expect("valid WIT");
    assert!(!alone.contains("\nworld "));
    assert!(alone.contains("// Without a world"));
}

/// A struct without members is written as a list of bytes. The effective size of the list is twice that of a number.
#[test]
fn structs_that_become_lists_count_as_lists() {
    let structs = |count| {
        let mut btf = Encoder::new(Endian::Little);
        let opaque = btf.struct_("opaque", 1, &[]);
        let members = [member("a", opaque, 0), member("b", opaque, 8)];
        for i in 0..count {
            btf.struct_(&format!("s_{}", letters(i)), 2, &members);
        }
        load(btf.finish()).expect("there is room for the interface")
    };
    let (fits, alone) = (structs(99_990), structs(100_010));
    assert!(fits.contains("\nworld "));
    assert!(!alone.contains("\nworld "));
}

#[test]
fn an_interface_that_is_too_large_is_an_error() {
    let fits = load(structs_of_100(9_999, 80)).expect("there is room for the interface");
    judge::valid(&fits).expect("valid WIT");
    let error = load(structs_of_100(10_000, 0)).expect_err("there is no room");
    assert_eq!(
        error,
        "limits: its types have an effective size of 1000000, and the component model allows \
         1000000: select some with --type, or fewer functions"
    );
}

/// Each of the first 24 structs contains the previous one twice. Its effective size is therefore twice as large, but
/// its text is not.
#[test]
fn sizes_that_double_are_an_error() {
    let mut btf = Encoder::new(Endian::Little);
    let mut inner = btf.int("unsigned char", 1, 0, 0, 8);
    for level in 0..30u32 {
        let bits = 8 << level;
        let name = format!("level_{}", letters(level as usize));
        let members = [member("a", inner, 0), member("b", inner, bits)];
        inner = btf.struct_(
            &name,
            2 << level,
            &members[..if level < 24 { 2 } else { 1 }],
        );
    }
    let error = load(btf.finish()).expect_err("there is no room");
    assert!(error.contains("the component model allows"), "{error}");
}

/// The deepest nesting that is allowed gives valid WIT. Structs that are nested deeper are written as bytes, and arrays
/// of arrays that are nested deeper are an error.
#[test]
fn nesting_is_bounded() {
    let nested = |levels: usize| {
        let mut btf = Encoder::new(Endian::Little);
        let mut inner = btf.int("unsigned __int128", 16, 0, 0, 128);
        for level in 0..levels / 2 {
            let array = btf.array(inner, inner, 1);
            let name = format!("level_{}", letters(level));
            inner = btf.struct_(&name, 16, &[member("inner", array, 0)]);
        }
        load(btf.finish())
    };
    judge::valid(&nested(90).expect("it is not too deep")).expect("valid WIT");
    for levels in [92, 94, 180, 300] {
        let deeper = nested(levels).expect("it is not refused");
        judge::valid(&deeper).expect("valid WIT");
        let remark = "types are nested more than 90 deep by value.";
        assert_eq!(deeper.matches(remark).count(), (levels - 2) / 90);
    }
    let arrays = |levels: usize| {
        let mut btf = Encoder::new(Endian::Little);
        let int = btf.int("int", 4, 0, 0, 32);
        let rows = (0..levels).fold(int, |inner, _| btf.array(inner, int, 1));
        btf.struct_("holder", 4, &[member("rows", rows, 0)]);
        load(btf.finish())
    };
    judge::valid(&arrays(89).expect("it is not too deep")).expect("valid WIT");
    judge::valid(&arrays(95).expect("it is not too deep")).expect("valid WIT");
    assert_eq!(
        arrays(96).expect_err("it is too deep"),
        "limits: type 97: arrays are nested more than 95 deep by value"
    );
}
