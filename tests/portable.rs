//! Tests relocated decoders, which have the types of one BTF and read the bytes of another.
//!
//! Each fixture is relocated from each producer (a compiler, see `testdata/README.md`) to each producer. The target may
//! have another byte order, pointer size or padding. A decoder of the target's own BTF reads the same bytes, and the
//! two values are compared by C names. `checks/stages/portable` does the same with two kernels, and checks offsets and
//! sizes with libbpf.

#![cfg(all(feature = "json", feature = "wave"))]

use std::collections::BTreeMap;

use crate::support;
use crate::support::by_name::{Counts, Items, Pair, fit};
use crate::support::encode::{Encoder, Endian, SIGNED, UNSIGNED, bitfield, member};
use anyhow::{Context, Result, ensure};
use btf2wit::decode::{Decoder, Value};
use btf2wit::{Arrays, CharArrays, Config, Error, Kind, Package, Unions};

/// The size in bytes from which types are skipped. Larger types only have more members, of the same kinds as those of
/// smaller types.
const MAX_SIZE: u64 = 1 << 16;
pub const PRODUCERS: &[&str] = &["bpfel", "bpfeb", "gcc", "x86-64", "i686", "s390x"];

/// Returns bytes that look random, but are the same in each run.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 24) as u8
    };
    std::iter::repeat_with(next).take(length).collect()
}

pub fn fixture(name: &str, producer: &str) -> Config {
    let mut config = Config::new();
    config
        .input(support::object(name, producer))
        .unions(Unions::Record);
    config
}

/// Returns the names of structs, unions and enums, such as `struct event`, each with its label. Leaves out types
/// without bytes and types of `MAX_SIZE` bytes or more.
pub fn named(items: &Items) -> Vec<(String, &str)> {
    let sized = items
        .all()
        .filter(|item| item.size > 0 && item.size < MAX_SIZE);
    let named = sized.filter_map(|item| {
        let kind = match item.kind {
            Kind::Struct => "struct",
            Kind::Union => "union",
            Kind::Enum => "enum",
            _ => return None,
        };
        let name = item.name.as_ref()?;
        Some((format!("{kind} {name}"), &*item.wit))
    });
    let mut named: Vec<(String, &str)> = named.collect();
    named.sort();
    // If several definitions share a name, their labels may be assigned differently in the target. Such types are left
    // out.
    let several: Vec<String> = named
        .windows(2)
        .filter(|two| two[0].0 == two[1].0)
        .map(|two| two[0].0.clone())
        .collect();
    named.retain(|(name, _)| !several.contains(name));
    named
}

/// Two packages: a target, and a package that is relocated to it. Also the items of the target, and those of the
/// package before relocation.
struct Relocated {
    package: Package,
    target: Package,
    local_items: Items,
    target_items: Items,
}

impl Relocated {
    /// Compares two values that are decoded from the same bytes, which look random: one by the relocated decoder of a
    /// type, one by the decoder of the target.
    fn compare(&self, name: &str, label: &str, counts: &mut Counts) -> Result<()> {
        let decoder = self.package.decoder(name)?;
        let direct = self.target.decoder(name)?;
        ensure!(decoder.size() == direct.size(), "another size");
        // The type of the target may end in a flexible array that the local type does not have, but not the reverse.
        let lost = decoder.is_flexible() && !direct.is_flexible();
        ensure!(!lost, "it does not end in a flexible array");
        let more = if decoder.is_flexible() { 40 } else { 0 };
        let mut bytes = noise(name.len() as u64, direct.size() + more);
        fit(&decoder, &mut bytes)?;
        let (value, other) = (decoder.decode(&bytes)?, direct.decode(&bytes)?);
        let others = named(&self.target_items);
        let there = others.iter().find(|(own, _)| own == name);
        let (_, there) = there.context("the target has no such item")?;
        let pair = Pair {
            local: &self.local_items,
            target: &self.target_items,
        };
        pair.items((label, &value), (there, &other), name, counts)?;
        // The value is encoded, and the bytes must be decoded to the same value.
        let written = decoder.encode(&value)?;
        let again = decoder.decode(&written)?;
        let as_before = format!("{again:?}") == format!("{value:?}");
        ensure!(
            as_before,
            "{value:?} is written and reads back as {again:?}"
        );
        Ok(())
    }
}

/// Relocates every type of a fixture from one producer to another. Returns messages about what the target lacks.
fn relocate(name: &str, from: &str, to: &str, counts: &mut Counts) -> Result<Vec<String>> {
    let target = support::object(name, to);
    let mut relocated = Relocated {
        package: fixture(name, from).target_btf(&target).load()?,
        target: fixture(name, to).load()?,
        local_items: Items::of(&fixture(name, from).load()?)?,
        target_items: Items::of(&fixture(name, to).load()?)?,
    };
    let types = named(&relocated.local_items);
    let types: Vec<(String, String)> = types.into_iter().map(|(n, l)| (n, l.into())).collect();
    let mut lacking = Vec::new();
    for (name, label) in &types {
        match relocated.compare(name, label, counts) {
            Ok(()) => {}
            Err(error) => match error.downcast_ref() {
                Some(Error::Lacks { what, .. }) => lacking.push((name, label, what.clone())),
                _ => return Err(error.context(format!("{name}, {from} to {to}"))),
            },
        }
    }
    relocated.package = fixture(name, from)
        .target_btf(&target)
        .missing("zero")
        .load()?;
    for (name, label, what) in &lacking {
        if what.ends_with(" as zero") {
            let compared = relocated.compare(name, label, counts);
            compared.with_context(|| format!("{name} with zeros, {from} to {to}"))?;
        }
    }
    let lacks = lacking.into_iter().map(|(name, _, what)| {
        let what = what.split(';').next().unwrap_or_default();
        format!("{name}: {what}")
    });
    Ok(lacks.collect())
}

/// Relocates each fixture between all producers. The snapshot lists the types that producers describe differently. For
/// example, clang writes floats as floats and pahole writes them as integers, and pahole writes an array of arrays as
/// one array.
#[test]
fn every_fixture_reads_the_bytes_of_every_other_producer() -> Result<()> {
    let mut lacks: BTreeMap<String, usize> = BTreeMap::new();
    let mut counts = Counts::default();
    for name in support::fixtures() {
        for from in PRODUCERS {
            for to in PRODUCERS {
                let lacking = relocate(&name, from, to, &mut counts).context(name.clone())?;
                for lack in lacking {
                    *lacks.entry(format!("{name}: {lack}")).or_default() += 1;
                }
            }
        }
    }
    let lacks = lacks
        .iter()
        .map(|(lack, pairs)| format!("{pairs} pairs: {lack}\n"));
    let text = format!("{counts:?}\n{}", lacks.collect::<String>());
    support::snapshots().bind(|| insta::assert_snapshot!("portable-lacks", text));
    Ok(())
}

/// Relocating a kernel to itself must change nothing.
#[test]
fn every_type_of_a_kernel_is_what_it_was() -> Result<()> {
    let direct = support::kernel_config().unions(Unions::Record).load()?;
    let relocated = support::kernel_config()
        .unions(Unions::Record)
        .target_btf_bytes("the same", support::kernel())
        .load()?;
    let items = Items::of(&direct)?;
    let mut compared = 0;
    for (name, _) in named(&items).iter().step_by(29) {
        let (one, other) = (relocated.decoder(name)?, direct.decoder(name)?);
        let bytes = noise(compared, one.size());
        let (value, expected) = (one.decode(&bytes)?, other.decode(&bytes)?);
        // Floats may be NaN, which is not equal to itself. Therefore the texts are compared.
        ensure!(format!("{value:?}") == format!("{expected:?}"), "{name}");
        compared += 1;
    }
    ensure!(compared > 300, "only {compared} types");
    Ok(())
}

/// Returns the types of a program, as a compiler would write them.
fn local() -> Encoder {
    let mut btf = Encoder::new(Endian::Little);
    let int = btf.int("int", 4, SIGNED, 0, 32);
    let unsigned = btf.int("unsigned int", 4, UNSIGNED, 0, 32);
    let long = btf.int("unsigned long", 8, UNSIGNED, 0, 64);
    let char = btf.int("char", 1, SIGNED, 0, 8);
    let byte = btf.int("unsigned char", 1, UNSIGNED, 0, 8);
    let name = btf.array(char, int, 8);
    let table = btf.array(unsigned, int, 2);
    let address = btf.ptr(int);
    let state = btf.enum_("state", 4, false, &[("OFF", 0), ("ON", 1), ("GONE", 2)]);
    let inner = btf.struct_("inner", 8, &[member("a", int, 0), member("b", int, 32)]);
    let unnamed = btf.union_(
        "",
        8,
        &[member("small", unsigned, 0), member("big", long, 0)],
    );
    let event = [
        member("number", unsigned, 0),
        member("name", name, 32),
        member("table", table, 96),
        bitfield("bits", unsigned, 160, 5),
        member("state", state, 192),
        member("in", inner, 224),
        member("", unnamed, 320),
        member("address", address, 384),
        member("byte", byte, 448),
    ];
    btf.struct_("event___mine", 64, &event);
    let lost = [
        member("colour", int, 0),
        member("kept", int, 32),
        member("in", inner, 64),
        member("pointer", address, 128),
    ];
    btf.struct_("lost", 24, &lost);
    btf
}

/// Returns the types of [`local`] as another machine has them years later: members have other places, sizes and types.
fn target() -> Encoder {
    let mut btf = Encoder::new(Endian::Big);
    let int = btf.int("int", 4, SIGNED, 0, 32);
    let unsigned = btf.int("unsigned int", 4, UNSIGNED, 0, 32);
    let long_long = btf.int("long long", 8, SIGNED, 0, 64);
    let short = btf.int("short", 2, SIGNED, 0, 16);
    let char = btf.int("char", 1, UNSIGNED, 0, 8);
    let name = btf.array(char, int, 4);
    let table = btf.array(short, int, 3);
    let address = btf.ptr(int);
    let state = btf.enum_(
        "state___new",
        1,
        false,
        &[("ON", 7), ("MORE", 1), ("OFF", 9)],
    );
    let inner = btf.struct_("renamed", 8, &[member("b", int, 0), member("a", int, 32)]);
    let deep = btf.struct_("", 4, &[member("small", unsigned, 0)]);
    let unnamed = btf.union_("", 4, &[member("", deep, 0), member("other", int, 0)]);
    let event = [
        member("state", state, 0),
        member("name", name, 8),
        bitfield("byte", int, 40, 7),
        member("number", long_long, 64),
        member("big", unsigned, 128),
        member("", unnamed, 160),
        member("in", inner, 192),
        member("bits", short, 256),
        member("table", table, 272),
        member("address", address, 320),
    ];
    btf.struct_("event", 44, &event);
    let inner = btf.struct_("small", 4, &[member("a", int, 0)]);
    let lost = [
        member("color", int, 0),
        member("kept", int, 32),
        member("in", inner, 64),
        member("pointer", int, 96),
    ];
    btf.struct_("lost", 16, &lost);
    btf
}

fn made() -> Config {
    let mut config = Config::new();
    config
        .input_bytes("local", local().finish())
        .target_btf_bytes("target", target().finish())
        .unions(Unions::Record)
        .char_arrays(CharArrays::String);
    config
}

/// Returns bytes of the target's `struct event`.
fn event() -> Vec<u8> {
    let mut bytes = vec![0; 44];
    bytes[0] = 7;
    bytes[1..4].copy_from_slice(b"abc");
    bytes[5] = 0b0111_1000;
    bytes[8..16].copy_from_slice(&42_i64.to_be_bytes());
    bytes[16..20].copy_from_slice(&0x0102_0304_u32.to_be_bytes());
    bytes[20..24].copy_from_slice(&5_u32.to_be_bytes());
    bytes[24..32].copy_from_slice(&[0, 0, 0, 2, 0, 0, 0, 1]);
    bytes[32..34].copy_from_slice(&31_i16.to_be_bytes());
    bytes[34..40].copy_from_slice(&[0, 1, 0, 2, 0, 3]);
    bytes[40..44].copy_from_slice(&0xdead_beef_u32.to_be_bytes());
    bytes
}

#[test]
fn members_are_found_by_name_whatever_their_place_and_size() -> Result<()> {
    let decoder = made().load()?.decoder("event___mine")?;
    let bytes = event();
    let value = decoder.decode(&bytes)?;
    insta::assert_snapshot!(value.to_wave(), @r#"{number: 42, name: "abc", table: [1, 2, 3], bits: 31, state: on, in: {a: 1, b: 2}, small: {small: 5, big: 16909060}, address: 3735928559, byte: 60}"#);
    // Bytes of the target without a local member are written as zero. They are zero in `bytes` as well.
    let written = decoder.encode(&value)?;
    assert_eq!(written, bytes);
    Ok(())
}

#[test]
fn a_number_that_does_not_fit_is_an_error_that_names_it() -> Result<()> {
    let decoder = made().load()?.decoder("event___mine")?;
    let read = |at: usize, byte: u8| {
        let mut bytes = event();
        bytes[at] = byte;
        let value = decoder.decode(&bytes).map(|value| value.to_wave());
        value.unwrap_or_else(|error| error.to_string())
    };
    insta::assert_snapshot!(read(10, 1), @"event___mine.number: at byte 8: 1099511627818 does not fit into 32 bits, unsigned");
    insta::assert_snapshot!(read(8, 0x80), @"event___mine.number: at byte 8: -9223372036854775766 does not fit into 32 bits, unsigned");
    insta::assert_snapshot!(read(36, 0xff), @"event___mine.table[1]: at byte 36: -254 does not fit into 32 bits, unsigned");
    insta::assert_snapshot!(read(32, 1), @"event___mine.bits: at byte 32: 287 does not fit into 8 bits, unsigned");
    insta::assert_snapshot!(read(5, 0xfe), @"event___mine.byte: at byte 5: -1 does not fit into 8 bits, unsigned");
    let write = |label: &str, new: Value<'static>| {
        let bytes = event();
        let mut value = decoder.decode(&bytes).expect("it is sound");
        if let Value::Record(fields) = &mut value {
            let field = fields.iter_mut().find(|(own, _)| *own == label);
            field.expect("it is there").1 = new;
        }
        decoder
            .encode(&value)
            .map_or_else(|error| error.to_string(), |_| "written".to_owned())
    };
    insta::assert_snapshot!(write("number", Value::U32(u32::MAX)), @"written");
    insta::assert_snapshot!(write("number", Value::S64(1 << 32)), @"event___mine.number: 4294967296 does not fit into 32 bits, unsigned");
    insta::assert_snapshot!(write("bits", Value::U8(200)), @"written");
    insta::assert_snapshot!(write("byte", Value::U8(64)), @"event___mine.byte: 64 does not fit into 7 bits, signed");
    insta::assert_snapshot!(write("table", Value::List(vec![Value::U32(40000)])), @"event___mine.table[0]: 40000 does not fit into 16 bits, signed");
    insta::assert_snapshot!(write("name", Value::Text("abcde".into())), @"event___mine.name: there is room for 4, not for 5");
    insta::assert_snapshot!(write("address", Value::U64(1 << 32)), @"event___mine.address: 4294967296 does not fit into 32 bits, unsigned");
    Ok(())
}

#[test]
fn enumerators_go_by_name() -> Result<()> {
    let mut decoder = made().load()?.decoder("event___mine")?;
    let state = |decoder: &Decoder, byte: u8| {
        let mut bytes = event();
        bytes[0] = byte;
        let value = decoder.decode(&bytes);
        value.map_or_else(
            |e| e.to_string(),
            |value| format!("{:?}", value.get("state")),
        )
    };
    insta::assert_snapshot!(state(&decoder, 9), @r#"Some(Enum { label: Some("off"), number: 9 })"#);
    // In the target, 1 is the value of another enumerator and not of ON, and there is no GONE.
    insta::assert_snapshot!(state(&decoder, 1), @"Some(Enum { label: None, number: 1 })");
    insta::assert_snapshot!(state(&decoder, 2), @"Some(Enum { label: None, number: 2 })");
    decoder.strict(true);
    insta::assert_snapshot!(state(&decoder, 2), @"event___mine.state: at byte 0: 2 is not a value of the enum; with --set 'enum state=integer' any is taken");
    let bytes = event();
    let mut value = decoder.decode(&bytes)?;
    if let Value::Record(fields) = &mut value {
        fields[4].1 = Value::Enum {
            label: Some("gone"),
            number: 2,
        };
    }
    let error = decoder
        .encode(&value)
        .expect_err("the target has no such enumerator");
    insta::assert_snapshot!(error.to_string(), @"event___mine.state: 'gone' is not in the enum of the target");
    Ok(())
}

#[test]
fn what_the_target_lacks_is_listed_at_once() -> Result<()> {
    let lacks = |config: &Config, name: &str| match config.load().and_then(|p| p.decoder(name)) {
        Ok(_) => "nothing is lacking".to_owned(),
        Err(error) => error.to_string(),
    };
    insta::assert_snapshot!(lacks(&made(), "lost"), @"target: lacks lost.colour (did you mean 'color'?), inner.b, lost.pointer (there of kind int, here pointer); --missing zero reads them as zero");
    insta::assert_snapshot!(lacks(made().missing("inner.b=zero").missing("lost.colour=zero"), "lost"), @"target: lacks lost.pointer (there of kind int, here pointer); --missing zero reads it as zero");
    insta::assert_snapshot!(lacks(made().missing("zero").missing("lost.pointer=error"), "lost"), @"target: lacks lost.pointer (there of kind int, here pointer); --missing zero reads it as zero");
    insta::assert_snapshot!(lacks(made().missing("lost.color=zero"), "lost"), @"cannot choose 'lost.color=zero' for what is missing: there is no member 'color'; did you mean 'colour'?");
    insta::assert_snapshot!(lacks(made().missing("losst.color=zero"), "lost"), @"cannot choose 'losst.color=zero' for what is missing: there is no type 'losst'");
    insta::assert_snapshot!(lacks(made().missing("0"), "lost"), @"cannot choose '0' for what is missing: use zero or error, or MEMBER=zero as in task_struct.pid=zero");
    insta::assert_snapshot!(lacks(made().arrays(Arrays::Fixed), "event___mine"), @"target: lacks event___mine.table (there of length 3, and the list is fixed to 2); --missing zero reads it as zero");
    Ok(())
}

#[test]
fn a_missing_member_is_zero_where_that_is_chosen() -> Result<()> {
    let decoder = made().missing("zero").load()?.decoder("lost")?;
    let bytes = [0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4];
    let value = decoder.decode(&bytes)?;
    insta::assert_snapshot!(value.to_wave(), @"{colour: 0, kept: 2, in: {a: 3, b: 0}, pointer: 0}");
    assert_eq!(
        decoder.encode(&value)?,
        [0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0]
    );
    Ok(())
}

/// If several types of the target have the name of the local type (without its flavor), the one that lacks the fewest
/// members is used. If several of them lack equally few members, but lead to different layouts, that is an error.
#[test]
fn of_several_types_of_a_name_the_one_that_has_all_counts() -> Result<()> {
    let btf = |structs: &[&[(&str, u32)]]| {
        let mut btf = Encoder::new(Endian::Little);
        let int = btf.int("int", 4, SIGNED, 0, 32);
        for (members, name) in structs
            .iter()
            .zip(["event", "event___other", "event___third"])
        {
            let members = members.iter().map(|(name, at)| member(name, int, *at));
            btf.struct_(name, 12, &members.collect::<Vec<_>>());
        }
        btf.finish()
    };
    let decode = |structs: &[&[(&str, u32)]]| {
        let mut config = Config::new();
        config
            .input_bytes("local", btf(&[&[("a", 0), ("b", 32)]]))
            .target_btf_bytes("target", btf(structs));
        let decoder = config.load().and_then(|package| package.decoder("event"));
        let bytes = [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0];
        match decoder {
            Ok(decoder) => decoder
                .decode(&bytes)
                .map_or_else(|error| error.to_string(), |value| value.to_wave()),
            Err(error) => error.to_string(),
        }
    };
    let (all, moved, few) = (&[("a", 0), ("b", 32)], &[("a", 32), ("b", 64)], &[("a", 0)]);
    insta::assert_snapshot!(decode(&[few, moved]), @"{a: 2, b: 3}");
    insta::assert_snapshot!(decode(&[all, all, few]), @"{a: 1, b: 2}");
    insta::assert_snapshot!(decode(&[all, moved]), @"target: lacks event (there are several of that name, with other layouts)");
    insta::assert_snapshot!(decode(&[few]), @"target: lacks event.b; --missing zero reads it as zero");
    Ok(())
}

/// A member that the target lacks has no offset, so a problem in it has the offset of the struct that lacks it.
/// `checks/codec` expects the same of codecs.
#[test]
fn a_problem_in_a_missing_member_is_where_its_struct_is() -> Result<()> {
    let mut config = Config::new();
    config
        .input_bytes("local", holder(true).finish())
        .target_btf_bytes("target", holder(false).finish())
        .missing("zero");
    let package = config.load()?;
    let mut decoder = package.decoder("outer")?;
    assert_eq!(decoder.strict(true).size(), 12);
    let error = decoder.decode(&[0; 12]).expect_err("no enumerator is 0");
    insta::assert_snapshot!(error.to_string(), @"outer.in.lost[0].state: at byte 4: 0 is not a value of the enum; with --set 'enum state=integer' any is taken");
    // The codec reads the enum `state` as the target has it, but in `lost` as the local BTF has it. Its two functions
    // for `state` must have different names.
    #[cfg(feature = "codec")]
    package.to_codec()?;
    Ok(())
}

/// An enumerator that the target lacks has no number there, so it cannot select an arm.
#[test]
fn an_enumerator_that_the_target_lacks_selects_no_arm() -> Result<()> {
    let packet = |values: &[(&str, i64)]| {
        let mut btf = Encoder::new(Endian::Little);
        let int = btf.int("int", 4, SIGNED, 0, 32);
        let kind = btf.enum_("kind", 4, false, values);
        let body = btf.union_("body", 4, &[member("num", int, 0), member("addr", int, 0)]);
        btf.struct_(
            "packet",
            8,
            &[member("kind", kind, 0), member("body", body, 32)],
        );
        btf
    };
    let mut config = Config::new();
    config
        .input_bytes("local", packet(&[("NUM", 1), ("ADDR", 2)]).finish())
        .target_btf_bytes("target", packet(&[("NUM", 1)]).finish());
    let mut decoder = config.load()?.decoder("packet")?;
    let error = decoder.arm("packet.body=kind:ADDR=addr,*=num").err();
    let error = error.context("an arm is selected")?;
    insta::assert_snapshot!(error.to_string(), @"cannot choose 'packet.body=kind:ADDR=addr,*=num': the target has no enumerator 'ADDR'");
    Ok(())
}

/// Returns the struct `outer`, which contains the struct `inner`. If `whole` is true, `inner` has a member `lost` with
/// an enum that has no value 0.
fn holder(whole: bool) -> Encoder {
    let mut btf = Encoder::new(Endian::Little);
    let int = btf.int("int", 4, SIGNED, 0, 32);
    let state = btf.enum_("state", 4, false, &[("ON", 1), ("OFF", 2)]);
    let lost = btf.struct_(
        "lost",
        8,
        &[member("a", int, 0), member("state", state, 32)],
    );
    let list = btf.array(lost, int, 2);
    let mut inner = vec![member("kept", int, 0), member("also", int, 32)];
    inner.extend(whole.then(|| member("lost", list, 64)));
    let inner = btf.struct_("inner", if whole { 24 } else { 8 }, &inner);
    let outer = [member("first", int, 0), member("in", inner, 32)];
    btf.struct_("outer", if whole { 28 } else { 12 }, &outer);
    btf
}

/// `long` has 4 bytes on a 32-bit machine.
#[test]
fn numbers_of_c_have_the_size_of_the_target() -> Result<()> {
    let mut config = fixture("integers", "bpfel");
    config.target_btf(support::object("integers", "i686"));
    let package = config.load()?;
    let decoder = package.decoder("unsigned long")?;
    assert_eq!(decoder.decode(&[1, 2, 0, 0])?, Value::U64(0x201));
    let error = decoder
        .encode(&Value::U64(1 << 32))
        .expect_err("it does not fit");
    insta::assert_snapshot!(error.to_string(), @"unsigned long: 4294967296 does not fit into 32 bits, unsigned");
    assert_eq!(package.decoder("bool")?.decode(&[2])?, Value::Bool(true));
    Ok(())
}

#[test]
fn layout_and_reader_have_the_places_of_the_target() -> Result<()> {
    let mut config = made();
    config.types(["event___mine", "lost"]).missing("zero");
    let package = config.load()?;
    let mut layout = Vec::new();
    package.write_layout(&mut layout)?;
    let layout = String::from_utf8(layout)?;
    let reader = package.to_rust_reader("crate::types")?;
    // The text after this point is the same in every reader.
    let reader = reader.split("mod __support {").next().unwrap_or_default();
    support::snapshots().bind(|| {
        insta::assert_snapshot!("portable-layout", layout);
        insta::assert_snapshot!("portable-reader", reader);
    });
    Ok(())
}

/// `core` selects exactly the types that CO-RE relocations use.
#[test]
fn the_types_of_relocations_are_selected() -> Result<()> {
    for producer in ["bpfel", "bpfeb"] {
        let package = fixture("core", producer).core(true).load()?;
        let names: Vec<String> = package
            .items()
            .map(|item| Ok(item?.c))
            .collect::<Result<_>>()?;
        assert_eq!(names, ["struct cred", "struct task_struct"], "{producer}");
    }
    let error = fixture("core", "x86-64").core(true).load().err();
    assert!(matches!(error, Some(btf2wit::Error::NoCore { .. })));
    Ok(())
}
