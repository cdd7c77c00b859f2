//! Compares the codec of a package with the package's decoders.

use anyhow::{Context, Result, bail};
use btf2wit::Package;
use btf2wit::decode::Decoder;
use fastrand::Rng;
use wasmtime::Engine;
use wasmtime::component::{Func, Val};

use crate::codec::{Answer, Codec};
use crate::{random, value};

/// The number of comparisons by kind, and the differences that were found. For adapters, `codecs` counts adapters and
/// `types` counts functions.
#[derive(Default)]
pub struct Verdict {
    pub codecs: usize,
    pub types: usize,
    pub read: usize,
    /// The number of calls that read bytes and return an error.
    pub read_refused: usize,
    pub written: usize,
    /// The number of calls that write a value and return an error.
    pub write_refused: usize,
    pub wrong: Vec<String>,
}

impl Verdict {
    pub fn failed(error: anyhow::Error) -> Verdict {
        Verdict {
            wrong: vec![format!("{error:#}")],
            ..Verdict::default()
        }
    }

    pub fn add(&mut self, other: Verdict) {
        self.codecs += other.codecs;
        self.types += other.types;
        self.read += other.read;
        self.read_refused += other.read_refused;
        self.written += other.written;
        self.write_refused += other.write_refused;
        self.wrong.extend(other.wrong);
    }
}

/// Compares the codec of all selected types with their decoders. Each type is read `rounds` times.
pub fn judge(
    engine: &Engine,
    package: &Package,
    what: &str,
    seed: u64,
    rounds: usize,
) -> Result<Verdict> {
    let mut verdict = Verdict::default();
    if package.items().next().is_none() {
        return Ok(verdict);
    }
    let component = package.to_codec().with_context(|| what.to_owned())?;
    let interface = format!("{}/codec", package.id());
    let mut codec = Codec::new(engine, &component, &interface).with_context(|| what.to_owned())?;
    verdict.codecs = 1;
    let fingerprints = codec.fingerprints().with_context(|| what.to_owned())?;
    let mut rng = Rng::with_seed(seed);
    for item in package.items() {
        let item = item?;
        let names = ["read-", "read-one-"].map(|start| format!("{start}{}", item.wit));
        let Some(read) = names.iter().find_map(|name| codec.function(name)) else {
            continue;
        };
        let names = ["write-", "write-one-"].map(|start| format!("{start}{}", item.wit));
        let write = names.iter().find_map(|name| codec.function(name));
        let plural = [
            format!("read-{}s", item.wit),
            format!("read-all-{}", item.wit),
            format!("read-all-of-{}", item.wit),
        ];
        // The plural of one type may be the label of another type. In this case, the codec uses another function name.
        let other = package
            .outlines()
            .any(|other| other.is_ok_and(|other| other.wit == format!("{}s", item.wit)));
        let all = plural
            .iter()
            .skip(usize::from(other))
            .find_map(|name| codec.function(name));
        // If the decoder is requested by the C name, its paths begin with this name, as those of the codec do.
        let name = item.name.as_deref().unwrap_or_default();
        let decoder = package.decoder(&format!("{} {name}", item.kind.word()));
        let label = decoder
            .is_err()
            .then(|| (item.wit.clone(), name.to_owned()));
        let mut decoder = decoder.or_else(|_| package.decoder(&format!("%{}", item.wit)))?;
        decoder.strict(true);
        verdict.types += 1;
        let fingerprint = fingerprints.get(&item.wit);
        if fingerprint != Some(&decoder.fingerprint()) {
            let given = format!("{what}: {}: the fingerprint is {fingerprint:?}", item.c);
            verdict.wrong.push(given);
        }
        let mut check = TypeCheck {
            what: format!("{what}, seed {seed}: {}", item.c),
            codec: &mut codec,
            decoder: &decoder,
            label,
            rng: &mut rng,
            verdict: &mut verdict,
        };
        let write = write.context("there is no function that writes")?;
        if let Err(error) = check.judge(read, all, write, rounds) {
            verdict
                .wrong
                .push(format!("{what}, seed {seed}: {}: {error:#}", item.c));
        }
    }
    Ok(verdict)
}

/// The comparison of one type with its decoder.
struct TypeCheck<'a> {
    what: String,
    codec: &'a mut Codec,
    decoder: &'a Decoder,
    /// The label with which the decoder's paths begin, and the C name with which those of the codec begin. `None` if
    /// both are the same.
    label: Option<(String, String)>,
    rng: &'a mut Rng,
    verdict: &'a mut Verdict,
}

impl TypeCheck<'_> {
    fn judge(&mut self, read: Func, all: Option<Func>, write: Func, rounds: usize) -> Result<()> {
        let size = self.decoder.size();
        let lengths = [
            0,
            size.saturating_sub(1),
            size + 1,
            size + 7,
            size + 40,
            size / 2,
        ];
        for round in 0..rounds {
            let length = match round % 4 {
                // These bytes exceed a page of WebAssembly's memory, so they may not fit in the memory that a codec has
                // at first. If a union has several flexible arrays, all of them share these bytes.
                3 if self.decoder.is_flexible() && round == 3 => size + (70 << 10),
                3 => lengths[self.rng.usize(0..lengths.len())],
                _ => size,
            };
            let bytes = random::bytes(self.rng, length);
            if let Some(value) = self.read(read, &bytes)? {
                self.write(write, value.clone())?;
                let ty = self.codec.parameter(write)?;
                let mut changed = value;
                for _ in 0..2 {
                    random::change(self.rng, &ty, &mut changed)?;
                    self.write(write, changed.clone())?;
                }
            }
        }
        let ty = self.codec.parameter(write)?;
        for _ in 0..rounds / 3 {
            let value = random::value(self.rng, &ty)?;
            self.write(write, value)?;
        }
        match all {
            Some(all) => self.read_all(all, size),
            None => Ok(()),
        }
    }

    fn read(&mut self, read: Func, bytes: &[u8]) -> Result<Option<Val>> {
        let answer = self.codec.read(read, bytes)?;
        let decoded = self.decoder.decode(bytes);
        let expected = match &decoded {
            Ok(value) => value::of_decoded(value),
            Err(error) => error.to_string(),
        };
        self.compare(&answer, expected, &format!("reads {bytes:?}"));
        match answer {
            Ok(value) => {
                self.verdict.read += 1;
                Ok(Some(value))
            }
            Err(_) => {
                self.verdict.read_refused += 1;
                Ok(None)
            }
        }
    }

    fn read_all(&mut self, all: Func, size: usize) -> Result<()> {
        for more in [0, 0, size / 2] {
            let length = size * self.rng.usize(0..4) + more;
            let bytes = random::bytes(self.rng, length);
            let answer = self.codec.read(all, &bytes)?;
            let decoded: std::result::Result<Vec<_>, _> = self.decoder.records(&bytes).collect();
            let expected = match &decoded {
                Ok(values) => {
                    let values = values.iter().map(|value| value::of_decoded(value) + ", ");
                    format!("[{}]", values.collect::<String>())
                }
                Err(error) => error.to_string(),
            };
            self.compare(&answer, expected, &format!("reads all of {bytes:?}"));
        }
        Ok(())
    }

    fn write(&mut self, write: Func, value: Val) -> Result<()> {
        let answer = self.codec.call(write, value.clone())?;
        let given = value::to_encode(&value)?;
        let encoded = self.decoder.encode(&given);
        let same = match (&answer, &encoded) {
            (Ok(Val::List(bytes)), Ok(expected)) => {
                self.verdict.written += 1;
                let is = |(own, byte): (&Val, &u8)| matches!(own, Val::U8(own) if own == byte);
                bytes.len() == expected.len() && bytes.iter().zip(expected).all(is)
            }
            (Err(refusal), Err(error)) => {
                self.verdict.write_refused += 1;
                let expected = self.in_c(error.to_string());
                format!("{}: {}", refusal.path, refusal.message) == expected
            }
            (Ok(other), _) if !matches!(other, Val::List(_)) => bail!("it writes {other:?}"),
            _ => false,
        };
        if !same {
            let answer = match answer {
                Ok(value) => value::of_component(&value),
                Err(refusal) => format!("{refusal:?}"),
            };
            self.verdict.wrong.push(format!(
                "{}: writes {} as {answer}, expected {encoded:?}",
                self.what,
                value::of_component(&value)
            ));
        }
        Ok(())
    }

    /// Returns a message of the decoder in which the C name of the type replaces its label, at the start and in the
    /// suggestion of a choice.
    fn in_c(&self, message: String) -> String {
        match &self.label {
            Some((label, name)) if message.starts_with(label) => message
                .replacen(label, name, 1)
                .replace(&format!("--arm {label}."), &format!("--arm {name}.")),
            _ => message,
        }
    }

    fn compare(&mut self, answer: &Answer, expected: String, how: &str) {
        let got = match answer {
            Ok(value) => value::of_component(value),
            Err(refusal) => {
                format!(
                    "{}: at byte {}: {}",
                    refusal.path, refusal.offset, refusal.message
                )
            }
        };
        let expected = self.in_c(expected);
        let (got, expected) = (without_tag(&got), without_tag(&expected));
        if got != expected {
            let what = &self.what;
            self.verdict
                .wrong
                .push(format!("{what}: {how} as {got}, expected {expected}"));
        }
    }
}

/// Removes from a message the suggestion of a number that may select an arm. The decoder knows all types around a
/// union, so it may suggest more numbers than the codec.
fn without_tag(message: &str) -> String {
    let start = ", or by a number in the record, as in --arm ";
    let Some((before, behind)) = message.split_once(start) else {
        return message.to_owned();
    };
    let rest = behind.split_once(", or ").map_or("", |(_, rest)| rest);
    format!("{before}, or {rest}")
}
