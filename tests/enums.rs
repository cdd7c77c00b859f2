//! Tests enums whose values the compiler cut to 32 bits, and enums with more bits than WIT's flags allow. Text, layout,
//! decoder and encoder must agree on them.

#![cfg(all(feature = "json", feature = "wave"))]

use crate::support;
use crate::support::encode::{Encoder, Endian, bitfield};
use crate::support::judge;
use anyhow::{Context, Result};
use btf2wit::decode::{Decoder, Value};
use btf2wit::layout::Body;
use btf2wit::{Config, Enums, Fate, Package, Rule};

/// Returns a configuration for an enum of 8 bytes in the form that clang 14 writes, and clang 19 for `enum op : s64`:
/// an `ENUM`, which has only the low 32 bits of each value.
fn cut(endian: Endian, values: &[(&str, i64)]) -> Config {
    let mut btf = Encoder::new(endian);
    btf.enum_("op", 8, false, values);
    let mut config = Config::new();
    config.input_bytes("cut", btf.finish());
    config
}

const OP: &[(&str, i64)] = &[("OP_ERR", -1), ("OP_NONE", 0), ("OP_BIG", 1 << 32)];

/// Returns the value that a number is decoded to. Asserts that the value is encoded to the same bytes.
fn decoded(decoder: &Decoder, endian: Endian, number: i64) -> Result<String> {
    let bytes = match endian {
        Endian::Little => number.to_le_bytes(),
        Endian::Big => number.to_be_bytes(),
    };
    let value = decoder.decode(&bytes)?;
    assert_eq!(decoder.encode(&value)?, bytes);
    Ok(value.to_wave())
}

fn body(package: &Package) -> Result<Body> {
    Ok(package.items().next().context("there is one")??.body)
}

#[test]
fn cut_values_are_signed() -> Result<()> {
    for endian in [Endian::Little, Endian::Big] {
        let decoder = cut(endian, OP).load()?.decoder("op")?;
        let say = |number: i64| decoded(&decoder, endian, number);
        let said = [
            say(-1)?,
            say(0)?,
            say(1 << 32)?,
            say(-2)?,
            say(0xffff_ffff)?,
        ];
        assert_eq!(
            said,
            ["op-err", "op-none", "4294967296", "-2", "4294967295"]
        );
    }
    Ok(())
}

/// `OP_BIG` has the same 32 bits as 0. It may be another name of 0, or a larger value, so it gets a comment and no
/// case.
#[test]
fn a_cut_enumerator_is_no_synonym() -> Result<()> {
    let package = cut(Endian::Little, OP).load()?;
    let Body::Enum {
        signed,
        cases,
        others,
    } = body(&package)?
    else {
        panic!("it is an enum");
    };
    let cases = cases
        .iter()
        .map(|case| (&*case.name, case.value, case.synonyms.len()));
    assert!(signed);
    assert_eq!(
        cases.collect::<Vec<_>>(),
        [("OP_ERR", -1, 0), ("OP_NONE", 0, 0)]
    );
    assert_eq!((&*others[0].name, others[0].value), ("OP_BIG", 0));
    let wit = package.to_wit()?;
    judge::valid(&wit)?;
    insta::assert_snapshot!(items(&wit), @r"
    interface types {
        /// `enum op`, 8 bytes
        ///
        /// BTF has 32 bits of each value: larger ones are cut or missing.
        ///
        /// - `OP_BIG` = 0, which may be a larger value that was cut
        enum op {
            /// `OP_ERR` = -1
            op-err,
            /// `OP_NONE` = 0
            op-none,
        }
    }
    ");
    let report = package.report()?;
    let widened: Vec<String> = report.of(Fate::Widened).map(ToString::to_string).collect();
    insta::assert_snapshot!(widened.join("\n"), @"widened `enum op` as op: without the enumerators whose values, cut to 32 bits, others have");
    Ok(())
}

/// Returns the interface, without the header before it and the world after it.
fn items(wit: &str) -> &str {
    let start = wit.find("interface").unwrap_or(0);
    &wit[start..wit.find("\nworld").unwrap_or(wit.len())]
}

#[test]
fn a_cut_enum_gives_one_warning() -> Result<()> {
    let package = cut(Endian::Little, OP).load()?;
    let [warning] = package.warnings() else {
        panic!("{:?}", package.warnings());
    };
    assert_eq!(warning.rule, Rule::CutValues);
    insta::assert_snapshot!(warning, @"type 1 'op': an enum of 8 bytes whose values have 32 bits: the compiler cut or dropped larger ones");
    // There is no warning if BTF has all bits of the values, or if the enum is too small to have higher bits.
    let mut btf = Encoder::new(Endian::Little);
    btf.enum_("narrow", 4, false, OP);
    btf.enum64("whole", 8, true, OP);
    assert_eq!(
        Config::new()
            .input_bytes("whole", btf.finish())
            .load()?
            .warnings(),
        []
    );
    Ok(())
}

/// If the cut values form a set of bits, bit 31 is one of its flags. Otherwise it is the sign.
#[test]
fn cut_flags_have_bit_31() -> Result<()> {
    let bits = [
        ("A", 1),
        ("B", 2),
        ("C", 4),
        ("TOP", 1 << 31),
        ("BEYOND", 1 << 32),
    ];
    let decoder = cut(Endian::Little, &bits).load()?.decoder("op")?;
    let said = decoded(&decoder, Endian::Little, 1 << 31 | 5)?;
    assert_eq!(said, "{a, c, top}");
    assert_eq!(decoded(&decoder, Endian::Little, 1 << 32)?, "{0x100000000}");
    Ok(())
}

/// If an enum has more bits than WIT's flags allow, it is written as the same integer as with `--enums integer`. The
/// text and the layout list all of its enumerators, and the report counts it as widened.
#[test]
fn more_bits_than_wit_allows_are_an_integer() -> Result<()> {
    for (size, signed) in [(33, false), (64, false), (64, true)] {
        let names: Vec<String> = (0..size).map(|bit| format!("BIT_{bit}")).collect();
        let mut values: Vec<(&str, i64)> = names
            .iter()
            .zip(0..)
            .map(|(name, bit)| (&**name, 1 << bit))
            .collect();
        values.extend([("NONE", 0), ("LOW", 3)]);
        let mut btf = Encoder::new(Endian::Little);
        btf.enum64("wide", 8, signed, &values);
        let mut config = Config::new();
        config.input_bytes("wide", btf.finish());
        let package = config.load()?;
        let Body::Alias { ty, others } = body(&package)? else {
            panic!("it is an alias");
        };
        assert_eq!(ty.wit, if signed { "s64" } else { "u64" });
        assert_eq!(others.len(), values.len());
        let wit = package.to_wit()?;
        judge::valid(&wit)?;
        assert!(wit.contains("    /// - `BIT_32` = 0x100000000\n"), "{wit}");
        assert_eq!(package.report()?.summary.widened, 1);
        let decoder = package.decoder("wide")?;
        assert_eq!(
            decoded(&decoder, Endian::Little, 1 << 32 | 1)?,
            "4294967297"
        );
        let package = config.enums(Enums::Enum).load()?;
        assert!(matches!(body(&package)?, Body::Enum { .. }));
        let decoder = package.decoder("wide")?;
        assert!(matches!(
            decoder.decode(&(1_u64 << 32).to_le_bytes())?,
            Value::Enum {
                label: Some("bit32"),
                ..
            }
        ));
    }
    Ok(())
}

#[test]
fn as_many_bits_as_wit_allows_are_flags() -> Result<()> {
    let mut config = Config::new();
    config.input(support::object("flags", "x86-64"));
    let body = |name: &str| body(&config.clone().types([name]).load()?);
    assert!(matches!(body("thirty_two_bits")?, Body::Flags { .. }));
    assert!(matches!(body("thirty_three_bits")?, Body::Alias { .. }));
    Ok(())
}

/// An unsigned enum of 8 bytes has the case `OP_ERR`, whose 64 bits are all set. A bitfield of one bit that is set has
/// this case, since all its bits are set, too.
#[test]
fn a_bitfield_of_one_bit_may_have_an_enum_of_eight_bytes() -> Result<()> {
    let mut btf = Encoder::new(Endian::Little);
    let op = btf.enum64("op", 8, false, OP);
    btf.struct_("holder", 8, &[bitfield("flag", op, 0, 1)]);
    let mut config = Config::new();
    config.input_bytes("bits", btf.finish());
    let decoder = config.load()?.decoder("holder")?;
    let wave = |bits: u64| match decoder.decode(&bits.to_le_bytes()) {
        Ok(value) => value.to_wave(),
        Err(error) => error.to_string(),
    };
    insta::assert_snapshot!([wave(0), wave(1)].join(" "), @"{flag: op-none} {flag: op-err}");
    Ok(())
}
