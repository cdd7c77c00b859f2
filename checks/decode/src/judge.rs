//! Compares the decoded values with those that were set, the encoded bytes with those of the compiler, and the decoded
//! values with those that the Python reader returns.

use std::collections::VecDeque;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result, ensure};
use btf2wit::Package;
use btf2wit::decode::{Decoder, Misfit, Value};
use serde_json::{Value as Json, json};

use crate::expect::Dimensions;
use crate::sample::{Bytes, Round, Sample};

/// The number of comparisons by kind, and the differences that were found.
#[derive(Default)]
pub struct Verdict {
    pub types: usize,
    pub values: usize,
    pub members: usize,
    pub encoded: usize,
    pub read: usize,
    pub wrong: Vec<String>,
}

impl Verdict {
    pub fn add(&mut self, other: Verdict) {
        self.types += other.types;
        self.values += other.values;
        self.members += other.members;
        self.encoded += other.encoded;
        self.read += other.read;
        self.wrong.extend(other.wrong);
    }
}

/// The package of one producer, and settings for the comparison of its values.
pub struct Judge<'a> {
    pub package: &'a Package,
    /// The name of the producer, for messages.
    pub name: String,
    pub dimensions: Dimensions,
    /// The folder for the input of reader.py.
    pub folder: &'a Path,
}

impl Judge<'_> {
    pub fn judge(&self, samples: &[Sample], bytes: &[Vec<Bytes>]) -> Result<Verdict> {
        let mut verdict = Verdict::default();
        let mut records = Vec::new();
        for (sample, bytes) in samples.iter().zip(bytes) {
            let next_arms = Arc::new(Mutex::new(VecDeque::new()));
            let mut decoder = self.package.decoder(&sample.label)?;
            let arms = Arc::clone(&next_arms);
            for choice in sample.choices {
                decoder.arm(choice)?;
            }
            decoder.arms(move |_| arms.lock().ok()?.pop_front());
            verdict.types += 1;
            for (number, (round, bytes)) in sample.rounds.iter().zip(bytes).enumerate() {
                let mut set_arms = || {
                    let mut next_arms = next_arms.lock().expect("nobody panics with it");
                    let arms = round.arms.iter().filter(|(_, asked)| *asked);
                    *next_arms = arms.map(|(arm, _)| *arm).collect();
                };
                let place = format!("{}: {}, round {number}", self.name, sample.c);
                let mut check = ValueCheck {
                    decoder: &decoder,
                    round,
                    bytes,
                    dimensions: self.dimensions,
                    set_arms: &mut set_arms,
                };
                match check.judge(&mut verdict) {
                    Ok(decoded) => records.extend(decoded.into_iter().map(|(bytes, json)| {
                        let label = sample.label.trim_start_matches('%').to_owned();
                        (
                            place.clone(),
                            label,
                            bytes,
                            round.arms.iter().map(|(arm, _)| *arm).collect(),
                            json,
                        )
                    })),
                    Err(wrong) => verdict.wrong.push(format!("{place}{wrong:#}")),
                }
            }
        }
        self.read(&records, &mut verdict)?;
        Ok(verdict)
    }

    /// Compares the decoded values with those of the Python reader, which knows only the layout.
    fn read(&self, records: &[Record<'_>], verdict: &mut Verdict) -> Result<()> {
        let layout = self.folder.join("layout.json");
        let mut file = std::io::BufWriter::new(std::fs::File::create(&layout)?);
        self.package.write_layout(&mut file)?;
        file.flush()?;
        let lines: String = records
            .iter()
            .map(|(_, label, bytes, arms, _)| {
                let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                format!("{}\n", json!({ "item": label, "bytes": hex, "arms": arms }))
            })
            .collect();
        let input = self.folder.join("records.json");
        std::fs::write(&input, lines)?;
        let output = Command::new("python3")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/reader.py"))
            .arg(&layout)
            .stdin(Stdio::from(std::fs::File::open(&input)?))
            .stderr(Stdio::inherit())
            .output()
            .context("python3")?;
        ensure!(output.status.success(), "{}: reader.py failed", self.name);
        let lines = String::from_utf8(output.stdout)?;
        let mut lines = lines.lines();
        for (place, _, _, _, decoded) in records {
            let line = lines.next().context("reader.py wrote less")?;
            let read: Json = serde_json::from_str(line)?;
            let decoded: Json = serde_json::from_str(decoded)?;
            if read != decoded {
                let wrong = format!("{place}: reader.py says {read}, decoded is {decoded}");
                verdict.wrong.push(wrong);
            }
            verdict.read += 1;
        }
        Ok(())
    }
}

/// The place of a value for messages, the label of its item, its bytes, its arms, and the decoded value as JSON.
type Record<'b> = (String, String, &'b [u8], Vec<usize>, String);

/// The comparison of one value.
struct ValueCheck<'r, 'b> {
    decoder: &'r Decoder,
    round: &'r Round,
    bytes: &'b Bytes,
    dimensions: Dimensions,
    /// Sets the arms that the decoder gets when it asks for them.
    set_arms: &'r mut dyn FnMut(),
}

impl<'b> ValueCheck<'_, 'b> {
    fn judge(&mut self, verdict: &mut Verdict) -> Result<Vec<(&'b [u8], String)>> {
        let mut all = Vec::new();
        for bytes in std::iter::once(&self.bytes.zeros).chain(&self.bytes.ones) {
            (self.set_arms)();
            let decoder = self.decoder;
            let value = decoder.decode(bytes);
            let value = value.map_err(|error| anyhow::anyhow!(": {error}"))?;
            let text = serde_json::to_string(&value)?;
            if let Some(expected) = &self.round.expected {
                let found = expected.difference(&serde_json::from_str(&text)?, self.dimensions);
                ensure!(found.is_none(), "{}", found.unwrap_or_default());
            }
            verdict.values += 1;
            verdict.members += self.round.assignments.len();
            self.written_back(&value, bytes, &text, verdict)?;
            all.push((bytes.as_slice(), text));
        }
        Ok(all)
    }

    /// Checks that the encoder writes the same bytes as the compiler. The bits of padding may differ.
    fn written_back(
        &self,
        value: &Value<'_>,
        bytes: &[u8],
        text: &str,
        verdict: &mut Verdict,
    ) -> Result<()> {
        if self.round.garbage {
            return Ok(());
        }
        let written = match self.decoder.encode(value) {
            Ok(written) => written,
            // If all arms of a union are read, a `bool` in one arm may contradict the bits of another arm.
            Err(error) if error.misfit == Misfit::Overlap && text.contains("true") => return Ok(()),
            Err(error) => anyhow::bail!(" cannot be written back: {error}"),
        };
        let ones = self.bytes.ones.as_ref().unwrap_or(&self.bytes.zeros);
        // A program writes the values over zeros and over ones. Bits that differ in the two results are not part of the
        // value. All other bits are compared. In variables, these are all bits, since their padding is zero.
        let put = self
            .bytes
            .zeros
            .iter()
            .zip(ones)
            .map(|(zero, one)| !(zero ^ one));
        let at = (0..).zip(bytes.iter().zip(put));
        for (at, (byte, put)) in at {
            let own = written.get(at).copied().unwrap_or(0);
            ensure!(
                (own ^ byte) & put == 0,
                ": byte {at} is written as {own:#04x}, the compiler has {byte:#04x}: {text}"
            );
        }
        verdict.encoded += 1;
        Ok(())
    }
}
