//! Tests the choices of union arms: a number at any place can select an arm, invalid choices are refused, and the
//! decoder, the encoder and the suggestions in messages agree.

#![cfg(all(feature = "json", feature = "wave"))]

use std::collections::BTreeSet;

use crate::support;
use anyhow::{Context, Result, ensure};
use btf2wit::decode::{Decoder, Problem, Value};
use btf2wit::{Config, Package};

fn config(producer: &str) -> Config {
    let mut config = Config::new();
    config.input(support::object("tagged_unions", producer));
    config
}

fn decoder(name: &str, choices: &[&str]) -> Result<Decoder> {
    let mut decoder = config("bpfel").load()?.decoder(name)?;
    for choice in choices {
        decoder.arm(choice)?;
    }
    Ok(decoder)
}

/// Decodes a record whose bytes are zero except for the given ones, each with its offset. Returns the value, or the
/// message of the error. Asserts that the value is encoded to the same bytes.
fn read(name: &str, choices: &[&str], bytes: &[(usize, u8)]) -> Result<String> {
    let decoder = decoder(name, choices)?;
    let mut record = vec![0; decoder.size()];
    for (at, byte) in bytes {
        record[*at] = *byte;
    }
    let value = match decoder.decode(&record) {
        Ok(value) => value,
        Err(error) => return Ok(error.to_string()),
    };
    assert_eq!(decoder.encode(&value)?, record, "{name}");
    Ok(value.to_wave())
}

#[test]
fn a_number_selects_an_arm_from_any_place() -> Result<()> {
    let local = ["connection.local=any.family:2=in4,10=in6"];
    insta::assert_snapshot!(read("connection", &local, &[(8, 2), (12, 127)])?, @"{time: 0, local: in4({family: 2, port: 0, address: 127})}");
    insta::assert_snapshot!(read("connection", &local, &[(8, 10), (32, 9)])?, @"{time: 0, local: in6({family: 10, port: 0, flow: 0, address: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], scope: 9})}");
    insta::assert_snapshot!(read("connection", &local, &[(8, 3)])?, @"connection.local: at byte 8: 'any.family' is 3, which selects no arm: add 3=ARM, or *=ARM for all others");
    // A choice for a type applies to all members of the type.
    let everywhere = ["union address=in6.family:2=in4,*=any"];
    insta::assert_snapshot!(read("connection", &everywhere, &[(8, 2)])?, @"{time: 0, local: in4({family: 2, port: 0, address: 0})}");

    let header = ["packet.body=headers[1].type:1=num,2=mac,3=big"];
    insta::assert_snapshot!(read("packet", &header, &[(0, 1), (2, 3), (8, 5)])?, @"{headers: [{type: 1, length: 0}, {type: 3, length: 0}], body: big(5)}");
    insta::assert_snapshot!(read("outer", &["outer.in.body=kind:0=num,1=mac"], &[(0, 1), (8, 5)])?, @"{kind: 1, in: {body: mac([5, 0, 0, 0, 0, 0])}}");
    insta::assert_snapshot!(read("outer", &["outer.in.body=outer.kind:0=num,1=mac"], &[(0, 1)])?, @"{kind: 1, in: {body: mac([0, 0, 0, 0, 0, 0])}}");
    insta::assert_snapshot!(read("several", &["several.items.body=kind:0=num,7=big"], &[(0, 7), (8, 1), (16, 2)])?, @"{kind: 7, items: [{body: big(1)}, {body: big(2)}]}");
    insta::assert_snapshot!(read("batch", &["batch.items.in.body=kind:0=num,2=big"], &[(0, 2), (24, 2), (16, 1), (32, 1)])?, @"{count: 2, items: [{kind: 0, in: {body: num(1)}}, {kind: 2, in: {body: big(1)}}]}");
    insta::assert_snapshot!(read("in_bits", &["in_bits.body=kind:5=mac,*=num"], &[(0, 0x25), (8, 1)])?, @"{kind: 5, rest: 2, body: mac([1, 0, 0, 0, 0, 0])}");

    // The enum comes after the union. clang 14 does not record that the enum is signed, but -1 selects an arm as well.
    let which = "by_enum.body=which:WHICH_NUM=num,WHICH_MAC=mac,1=big";
    let minus = [(8, 255), (9, 255), (10, 255), (11, 255)];
    insta::assert_snapshot!(read("by_enum", &[which], &minus)?, @"{body: num(0), which: which-num, narrow: which-mac}");
    insta::assert_snapshot!(read("by_enum", &[&which.replace("WHICH_NUM", "-1")], &minus)?, @"{body: num(0), which: which-num, narrow: which-mac}");
    insta::assert_snapshot!(read("by_enum", &["by_enum.body=narrow:WHICH_NUM=num,which-big=big,0=mac"], &[(12, 3), (0, 9)])?, @"{body: num(9), which: which-mac, narrow: which-num}");
    insta::assert_snapshot!(read("by_bool", &["by_bool.body=big:true=big,false=num"], &[(0, 1), (8, 9)])?, @"{big: true, body: big(9)}");
    insta::assert_snapshot!(read("by_sign", &["by_sign.body=kind:-1=num,0x80=mac"], &[(0, 255), (8, 9)])?, @"{kind: -1, body: num(9)}");
    insta::assert_snapshot!(read("by_sign", &["by_sign.body=kind:-1=num,0x80=mac"], &[(0, 128), (8, 9)])?, @"{kind: -128, body: mac([9, 0, 0, 0, 0, 0])}");
    Ok(())
}

#[test]
fn members_of_unnamed_members_belong_to_the_parent() -> Result<()> {
    let choices = [
        "unnamed.low=word",
        "unnamed.body=kind:1=mac,*=num",
        "unnamed.id=id",
    ];
    let bytes = [(2, 1), (16, 7)];
    let expected = read("unnamed", &choices, &bytes)?;
    insta::assert_snapshot!(expected, @"{low: word(65536), id: id({id: 0, body: mac([7, 0, 0, 0, 0, 0])})}");
    let mut other_way = choices;
    other_way.reverse();
    assert_eq!(read("unnamed", &other_way, &bytes)?, expected);
    Ok(())
}

/// Choices may name the enumerators of an enum even if it is an integer in WIT.
#[test]
fn enumerators_select_arms_where_the_enum_is_an_integer() -> Result<()> {
    for producer in ["bpfel", "x86-64"] {
        let mut config = config(producer);
        let package = config.enums(btf2wit::Enums::Integer).load()?;
        let mut decoder = package.decoder("by_enum")?;
        for (choice, arm) in [
            ("by_enum.body=which:WHICH_BIG=big,WHICH_NUM=num", "num("),
            (
                "by_enum.body=narrow:WHICH_BIG=big,WHICH_NUM=num,-2=mac",
                "big(",
            ),
        ] {
            decoder.arm(choice)?;
            let mut bytes = vec![0; decoder.size()];
            bytes[8..12].fill(255);
            bytes[12] = 1;
            let value = decoder.decode(&bytes)?.to_wave();
            assert!(value.contains(arm), "{producer}: {value}");
        }
        let error = decoder.arm("by_enum.body=which:WHICH_BAG=big").err();
        let error = error.context("the name does not exist")?.to_string();
        assert!(error.contains("did you mean 'WHICH_BIG'"), "{error}");
    }
    Ok(())
}

#[test]
fn a_bool_is_true_if_any_bit_is_set() -> Result<()> {
    let decoder = decoder("by_bool", &["by_bool.body=big:1=big,0=num"])?;
    let mut bytes = vec![0; decoder.size()];
    bytes[0] = 6;
    let value = decoder.decode(&bytes)?;
    assert!(value.to_wave().contains("body: big(0)"));
    Ok(())
}

#[test]
fn invalid_choices_are_refused() -> Result<()> {
    let wrong = [
        ("connection", "local=in4"),
        ("connection", "local=any.family:2=in4"),
        ("connection", "connection.local=any.fam:2=in4"),
        ("connection", "connection.local=famly:2=in4"),
        ("connection", "connection.local=any:2=in4"),
        ("connection", "connection.local=any.family:65536=in4"),
        ("connection", "connection.local=any.family:-1=in4"),
        ("connection", "connection.local=any.family:2=in4,2=in6"),
        ("connection", "connection.local=any.family:*=in4,*=in6"),
        ("connection", "connection.local=any.data:2=in4"),
        ("connection", "connection.local=any.data[14]:2=in4"),
        ("connection", "connection.local=in5"),
        ("packet", "packet.body=headers.type:1=num"),
        ("packet", "packet.body=headers[2].type:1=num"),
        ("packet", "packet.body=headers[x].type:1=num"),
        ("packet", "packet.body=headers[0]:1=num"),
        ("batch", "batch.items[0].in.body=num"),
        ("outer", "inside.body=kind:0=num"),
        ("outer", "outer.in.body=outer.knd:0=num"),
        ("by_bool", "by_bool.body=big:2=num"),
        ("by_sign", "by_sign.kind=num"),
        ("by_sign", "by_sign.body=kind:128=num"),
        ("by_enum", "by_enum.body=which:WHICH=num"),
    ];
    let mut messages = Vec::new();
    for (name, choice) in wrong {
        let error = decoder(name, &[choice]).err().context(choice)?;
        messages.push(error.to_string());
    }
    insta::assert_snapshot!(messages.join("\n"), @"
    cannot choose 'local=in4': 'connection' holds no type 'local'; a member follows its type: use connection.local
    cannot choose 'local=any.family:2=in4': 'connection' holds no type 'local'; a member follows its type: use connection.local
    cannot choose 'connection.local=any.fam:2=in4': there is no member 'fam'
    cannot choose 'connection.local=famly:2=in4': no member 'famly' is in the union, beside it or around it, up to 'connection' where the choice begins
    cannot choose 'connection.local=any:2=in4': 'any' is not a number
    cannot choose 'connection.local=any.family:65536=in4': 65536 does not fit into 16 bits, unsigned
    cannot choose 'connection.local=any.family:-1=in4': -1 does not fit into 16 bits, unsigned
    cannot choose 'connection.local=any.family:2=in4,2=in6': '2' is there twice
    cannot choose 'connection.local=any.family:*=in4,*=in6': '*' is there twice
    cannot choose 'connection.local=any.data:2=in4': 'data' is an array: name an element, as in data[0]
    cannot choose 'connection.local=any.data[14]:2=in4': 'data' has no element [14]
    cannot choose 'connection.local=in5': 'in5' is not an arm: there are any, in4, in6
    cannot choose 'packet.body=headers.type:1=num': 'headers' is an array: name an element, as in headers[0]
    cannot choose 'packet.body=headers[2].type:1=num': 'headers' has no element [2]
    cannot choose 'packet.body=headers[x].type:1=num': 'headers[x]' is not an array element: use headers[0]
    cannot choose 'packet.body=headers[0]:1=num': 'headers[0]' is not a number
    cannot choose 'batch.items[0].in.body=num': a choice is for all elements of an array: leave out the brackets
    cannot choose 'inside.body=kind:0=num': no member 'kind' is in the union, beside it or around it, up to 'inside' where the choice begins
    cannot choose 'outer.in.body=outer.knd:0=num': there is no member 'knd'; did you mean 'kind'?
    cannot choose 'by_bool.body=big:2=num': '2' is neither true nor false
    cannot choose 'by_sign.kind=num': is not a union that is written as a variant
    cannot choose 'by_sign.body=kind:128=num': 128 does not fit into 8 bits, signed
    cannot choose 'by_enum.body=which:WHICH=num': 'WHICH' is not an enumerator of it
    ");
    Ok(())
}

/// The encoder refuses a value if its bytes would be decoded as another arm.
#[test]
fn the_encoder_refuses_another_arm() -> Result<()> {
    let arm = |value: u16, arm| {
        let body = match arm {
            "mac" => Value::Bytes([0; 6].as_slice().into()),
            _ => Value::U64(1),
        };
        let body = Value::Variant(arm, Some(Box::new(body)));
        let element = || Value::Record(vec![("body", body.clone())]);
        Value::Record(vec![
            ("kind", Value::U16(value)),
            ("items", Value::List(vec![element(), element()])),
        ])
    };
    let decoder = decoder("several", &["several.items.body=kind:1=mac,2=big"])?;
    assert!(decoder.encode(&arm(2, "big")).is_ok());
    let error = |value: &Value<'_>| match decoder.encode(value) {
        Ok(_) => "is written".to_owned(),
        Err(error) => error.to_string(),
    };
    insta::assert_snapshot!(error(&arm(1, "big")), @"several.items[0].body: 'kind' is 1, which selects mac, and the value has big");
    insta::assert_snapshot!(error(&arm(3, "big")), @"several.items[0].body: 'kind' is 3, which selects no arm, and the value has big");

    let decoder = self::decoder("several", &["several.items.body=mac"])?;
    let error = decoder
        .encode(&arm(1, "big"))
        .err()
        .context("the arm is another one")?;
    insta::assert_snapshot!(error.to_string(), @"several.items[0].body: the choice is mac, and the value has big");
    Ok(())
}

/// The decoders and readers of a package use the choices that were set for the package.
#[test]
fn decoders_and_readers_take_over_the_choices_of_a_package() -> Result<()> {
    let mut config = config("bpfel");
    config
        .types(["connection", "several"])
        .arm("connection.local=any.family:2=in4,10=in6")
        .arm("several.items.body=kind:1=mac,*=num");
    let package = config.load()?;
    let decoder = package.decoder("connection")?;
    let mut bytes = vec![0; decoder.size()];
    bytes[8] = 2;
    assert!(decoder.decode(&bytes)?.to_wave().contains("local: in4("));
    package.decoder("packet")?;
    let reader = package.to_rust_reader("crate::types")?;
    for name in ["connection", "several"] {
        let module = reader.split(&format!("pub mod {name} {{")).nth(1);
        let module = module.and_then(|m| m.split("\n}\n").next()).context(name)?;
        assert!(module.contains("pub fn read(bytes: &[u8]) ->"), "{name}");
    }
    Ok(())
}

#[test]
fn loading_refuses_misspelt_choices() -> Result<()> {
    let wrong = [
        "connection.local",
        "connection.lokal=in4",
        "conection.local=in4",
        "local=in4",
        "connection.local=in5",
        "connection.time=in4",
    ];
    let mut messages = Vec::new();
    for choice in wrong {
        let error = config("bpfel").arm(choice).load().err().context(choice)?;
        messages.push(error.to_string());
    }
    // The union exists, but it is not in a selected type.
    let mut config = config("bpfel");
    let package = config.types(["packet"]).arm("outer.in.body=num").load()?;
    let error = package
        .to_rust_reader("crate::types")
        .err()
        .context("no type holds it")?;
    messages.push(error.to_string());
    insta::assert_snapshot!(messages.join("\n"), @"
    cannot choose 'connection.local': use MEMBER=ARM, as in event.addr=v4
    cannot choose 'connection.lokal=in4': there is no member 'lokal'; did you mean 'local'?
    cannot choose 'conection.local=in4': there is no type 'conection'; did you mean 'connection'?
    cannot choose 'local=in4': there is no type 'local'; a member follows its type: use connection.local
    cannot choose 'connection.local=in5': 'in5' is not an arm: there are any, in4, in6
    cannot choose 'connection.time=in4': is not a union that is written as a variant
    cannot choose 'outer.in.body=num': no selected type is called 'outer'
    ");
    Ok(())
}

/// Every `--arm` that a message suggests is accepted, and so are the `--set` options that are tried.
#[test]
fn suggested_choices_are_valid() -> Result<()> {
    let mut seen = 0;
    for fixture in support::fixtures() {
        for producer in ["bpfel", "gcc", "x86-64"] {
            let mut config = Config::new();
            config.input(support::object(&fixture, producer));
            seen += follow_suggestions(&mut config).context(fixture.clone())?;
        }
    }
    assert!(seen > 100, "{seen}");
    let mut config = Config::new();
    config.input("testdata/vmlinux-6.12-amd64.btf.xz");
    let seen = follow_suggestions(&mut config)?;
    assert!(seen > 1000, "{seen}");
    Ok(())
}

fn follow_suggestions(config: &mut Config) -> Result<usize> {
    let package = config.load()?;
    let (mut seen, mut sets) = (0, BTreeSet::new());
    for item in package.items() {
        let item = item?;
        if item.size >= 1 << 14 {
            continue;
        }
        let mut decoder = package.decoder(&format!("%{}", item.wit))?;
        let bytes = vec![0; decoder.size()];
        let Some(error) = decoder.decode(&bytes).err() else {
            continue;
        };
        if !matches!(error.problem, Problem::WhichArm { .. }) {
            continue;
        }
        let message = error.to_string();
        ensure!(message.contains("--unions record"), "{message}");
        for arm in suggested(&message, "--arm ") {
            decoder.arm(&arm).with_context(|| message.clone())?;
            seen += 1;
        }
        sets.extend(suggested(&message, "--set "));
    }
    if seen > 0 {
        // It takes long to look up a name in a kernel, so at most 50 of the suggested `--set` options are tried.
        let some = sets.iter().step_by(1 + sets.len() / 50);
        some.for_each(|set| _ = config.set(set));
        config.load()?;
    }
    Ok(seen)
}

/// Returns the arguments of an option that a message suggests, in the form in which a shell would pass them.
fn suggested(message: &str, option: &str) -> Vec<String> {
    let rest = message.split(option).skip(1);
    rest.map(|rest| match rest.strip_prefix('\'') {
        Some(quoted) => {
            let end = quoted.replace("'\\''", "\0").find('\'').unwrap_or(0);
            quoted.replace("'\\''", "\0")[..end].replace('\0', "'")
        }
        None => rest.split([' ', ',']).next().unwrap_or_default().to_owned(),
    })
    .collect()
}

/// C's number types and the usual typedefs of them, such as `u16`, are not items, but can be decoded.
#[test]
fn plain_numbers_are_decoded() -> Result<()> {
    let bytes = [0xff, 0xfe, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0];
    let package = config("bpfel").load()?;
    let mut read = Vec::new();
    for name in [
        "unsigned char",
        "signed char",
        "char",
        "short",
        "unsigned short int",
        "int",
        "unsigned",
        "__u32",
        "u16",
        "int64_t",
        "long",
        "long unsigned int",
        "unsigned long long",
        "_Bool",
        "bool",
        "float",
        "double",
        "__int128",
        "unsigned __int128",
    ] {
        let decoder = package.decoder(name).context(name)?;
        let value = decoder.decode(&bytes[..decoder.size()])?;
        read.push(format!("{name}: {}", value.to_wave()));
    }
    insta::assert_snapshot!(read.join("\n"), @"
    unsigned char: 255
    signed char: -1
    char: 255
    short: -257
    unsigned short int: 65279
    int: 65279
    unsigned: 65279
    __u32: 65279
    u16: 65279
    int64_t: 4607182418800082687
    long: 4607182418800082687
    long unsigned int: 4607182418800082687
    unsigned long long: 4607182418800082687
    _Bool: true
    bool: true
    float: 0.000000000000000000000000000000000000000091475
    double: 1.0000000000144948
    __int128: (4607182418800082687, 0)
    unsigned __int128: (4607182418800082687, 0)
    ");
    // Typedefs can be decoded, whether they are items (`__be16`) or not. `long` has its size on the machine of the BTF.
    let kernel: Package = Config::new()
        .input("testdata/vmlinux-6.12-amd64.btf.xz")
        .load()?;
    for (name, size) in [
        ("__u32", 4),
        ("u8", 1),
        ("unsigned long", 8),
        ("bool", 1),
        ("__be16", 2),
    ] {
        assert_eq!(kernel.decoder(name)?.size(), size, "{name}");
    }
    let mut config = Config::new();
    let package = config.input(support::object("integers", "i686")).load()?;
    assert_eq!(package.decoder("long")?.size(), 4);
    for name in ["void", "long short", "u24", "integer", ""] {
        assert!(package.decoder(name).is_err(), "{name}");
    }
    Ok(())
}
