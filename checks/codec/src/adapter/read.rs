//! Compares the values that functions return with those that the decoder reads from the host's bytes.

use anyhow::Result;
use btf2wit::Endian;
use wasmtime::component::Val;

use super::host::Call;
use super::{Answer, FunctionCheck};
use crate::value;

impl FunctionCheck<'_> {
    /// Compares the value that a function returned with the one that the decoder reads from the host's answer.
    pub fn compare_read(&mut self, call: &Call, answer: Answer) -> Result<()> {
        let name = call.name.as_deref().unwrap_or_default();
        let value = format!("map {name}");
        if self.is_skipped(&value) {
            return Ok(());
        }
        let expected = match self.name {
            // A wrong number of bytes must be refused even if BTF does not have the type of the value.
            "lookup" | "lookup-and-delete"
                if self.decoder(&value).is_none() && call.has_other_size() =>
            {
                match &answer {
                    Err(_) => return Ok(()),
                    Ok(answer) => Err(format!("{answer:?} should be refused")),
                }
            }
            "lookup" | "lookup-and-delete" | "pop" | "peek" => match &call.answer {
                None => Ok("none".to_owned()),
                Some(_) if self.name == "peek" && call.is_filter => Ok("true".to_owned()),
                Some(bytes) => self
                    .value(&value, call, bytes)
                    .map(|text| format!("some({text})")),
            },
            "entries" => self.entries(name, call),
            "poll" => self.records(&value, call),
            "poll-bytes" => {
                let all = call.records.iter().map(|record| bytes_text(record) + ", ");
                Ok(format!("[{}]", all.collect::<String>()))
            }
            get if get.starts_with("get-") => {
                let name = self.variable(call)?;
                if self.is_skipped(&name) {
                    return Ok(());
                }
                let bytes = call.answer.clone().unwrap_or_default();
                self.decoded(&name, &bytes)
            }
            _ => return Ok(()),
        };
        let got = match answer {
            Ok(None) => Ok(String::new()),
            Ok(Some(Val::Bool(false))) if call.is_filter => Ok("none".to_owned()),
            Ok(Some(value)) => Ok(text(&value)),
            Err(message) => Err(message),
        };
        let same = match (&got, &expected) {
            (Ok(got), Ok(expected)) => got == expected,
            (Err(got), Err(expected)) => message(got) == message(expected),
            _ => false,
        };
        match &got {
            Ok(_) => self.verdict.read += 1,
            Err(_) => self.verdict.read_refused += 1,
        }
        if !same {
            self.wrong(format!("reads {call:?} as {got:?}, expected {expected:?}"));
        }
        Ok(())
    }

    /// Returns the text of a value. For a map with a value for each CPU, returns the texts of all values.
    fn value(&self, name: &str, call: &Call, bytes: &[u8]) -> std::result::Result<String, String> {
        if !call.per_cpu {
            return self.decoded(name, bytes);
        }
        let stride = call.value_size.next_multiple_of(8).max(1);
        let mut out = String::from("[");
        for bytes in bytes.chunks_exact(stride) {
            out += &self.decoded(name, &bytes[..call.value_size])?;
            out += ", ";
        }
        Ok(out + "]")
    }

    fn entries(&self, name: &str, call: &Call) -> std::result::Result<String, String> {
        let mut out = String::from("[");
        for (key, value) in &call.entries {
            let of_key = format!("map {name} key");
            let big = self.package.source().endian == Endian::Big;
            let key = match <[u8; 4]>::try_from(&key[..]) {
                Ok(index) if call.is_indexed && self.decoder(&of_key).is_none() => match big {
                    true => format!("{}u32", u32::from_be_bytes(index)),
                    false => format!("{}u32", u32::from_le_bytes(index)),
                },
                _ => self.decoded(&of_key, key)?,
            };
            let value = self.value(&format!("map {name}"), call, value)?;
            out += &format!("({key}, {value}), ");
        }
        Ok(out + "]")
    }

    fn records(&self, name: &str, call: &Call) -> std::result::Result<String, String> {
        let mut out = String::from("[");
        for record in &call.records {
            // In a perf event array, the kernel adds up to 7 bytes of padding after a record. They are removed here,
            // but not after a flexible array, whose end is not known.
            let size = self.decoder(name).map_or(0, |decoder| decoder.size());
            let flexible = self
                .decoder(name)
                .is_some_and(|decoder| decoder.is_flexible());
            let padded = call.padded && record.len() > size && record.len() <= size + 7;
            let record = match padded && !flexible {
                true => &record[..size],
                false => &record[..],
            };
            out += &self.decoded(name, record)?;
            out += ", ";
        }
        Ok(out + "]")
    }

    fn decoded(&self, name: &str, bytes: &[u8]) -> std::result::Result<String, String> {
        match self.decoder(name) {
            Some(decoder) => match decoder.decode(bytes) {
                Ok(value) => Ok(value::of_decoded(&value)),
                Err(error) => Err(error.to_string()),
            },
            None => Ok(bytes_text(bytes)),
        }
    }
}

/// Returns a message without the parts in which the decoder and the adapter may differ: the offset, the index and the
/// first name in the path, and the suggestion of a choice.
pub fn message(text: &str) -> String {
    let (path, rest) = text.split_once(": ").unwrap_or(("", text));
    let rest = match rest.strip_prefix("at byte ") {
        Some(rest) => rest.split_once(": ").map_or(rest, |(_, rest)| rest),
        None => rest,
    };
    let path = match path.strip_prefix("entries[") {
        Some(path) => path.split_once("].").map_or(path, |(_, path)| path),
        None => path,
    };
    let members = path.split_once('.').map_or("", |(_, members)| members);
    // The suggestion of a number that may select an arm depends on the types around the union, so it is removed.
    let rest = rest
        .split(", or by a number in the record")
        .next()
        .unwrap_or(rest);
    let rest = rest.split(": choose").next().unwrap_or(rest);
    format!("{members}: {rest}")
}

fn text(value: &Val) -> String {
    match value {
        Val::Option(None) => "none".to_owned(),
        Val::Option(Some(value)) => format!("some({})", text(value)),
        value => value::of_component(value),
    }
}

fn bytes_text(bytes: &[u8]) -> String {
    let all: String = bytes.iter().map(|byte| format!("{byte}u8, ")).collect();
    format!("[{all}]")
}
