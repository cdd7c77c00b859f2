//! Parses the output of `bpftool map dump`, `lookup`, `getnext` and `event_pipe` with the option `-j` or `-p`. This
//! output is JSON, in which each byte is a string such as `"0xea"`. Several documents in a row and parts of documents,
//! as `jq` prints them, are accepted, too. Bytes are added to `Parts` while they are parsed, since a document may be
//! large.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{PartKind, Parts, at_line, byte, excerpt};

const FORMATTED: &str =
    "has formatted values, not bytes such as \"0xea\": use 'bpftool -j map dump'";

/// Returns whether a text looks like JSON: it has opening brackets, and then a string or a closing bracket.
pub fn begins(text: &str) -> bool {
    let inside = text.trim_start_matches(|c: char| c.is_whitespace() || "[{".contains(c));
    inside.len() < text.trim_start().len() && inside.starts_with(['"', ']', '}'])
}

pub fn parse(text: &str) -> Result<Parts, String> {
    let mut parts = Parts::default();
    let mut reader = serde_json::Deserializer::from_str(text);
    // `jq` may print several documents, so the loop reads until the end of the text.
    while reader.end().is_err() {
        let document = DumpedValue {
            kind: PartKind::Unlabelled,
            parts: &mut parts,
            has_bytes: None,
        };
        document.deserialize(&mut reader).map_err(|e| message(&e))?;
    }
    Ok(parts)
}

/// Returns an error message that begins with the number of the line.
fn message(error: &serde_json::Error) -> String {
    let (line, text) = (error.line(), error.to_string());
    let place = format!(" at line {line} column {}", error.column());
    let what = text.strip_suffix(&place).unwrap_or(&text);
    let is_json = !error.is_syntax() && !error.is_eof();
    at_line(line.saturating_sub(1))(match is_json {
        true => what.to_owned(),
        // Without `-j`, `bpftool` prints some values in a format that is not valid JSON.
        false => format!("{what}: the text is not valid JSON: use 'bpftool -j map dump'"),
    })
}

/// A value in a document, and the kind of the part to which the bytes of the value belong.
struct DumpedValue<'p> {
    kind: PartKind,
    parts: &'p mut Parts,
    /// If the value is in an array, this says whether the array has had a byte so far. `None` outside of arrays.
    has_bytes: Option<&'p mut bool>,
}

impl<'de> DeserializeSeed<'de> for DumpedValue<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for DumpedValue<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("entries of a map")
    }

    /// `bpftool map lookup` prints `null` if the map has no entry for the key, so `null` has no bytes.
    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let mut has_bytes = false;
        loop {
            let element = DumpedValue {
                kind: self.kind,
                parts: &mut *self.parts,
                has_bytes: Some(&mut has_bytes),
            };
            if elements.next_element_seed(element)?.is_none() {
                return Ok(());
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let is_entry = self.kind == PartKind::Unlabelled;
        let mut known = false;
        while let Some(name) = entries.next_key::<String>()? {
            let kind = match name.as_str() {
                "key" | "next_key" if is_entry => PartKind::Key,
                // In the output of `bpftool map event_pipe`, `data` has the bytes of an event.
                "value" | "data" if is_entry => PartKind::Value,
                // `values` has one value for each CPU. `elements` has the entries of one map, if several maps are
                // dumped.
                "values" | "elements" if is_entry => PartKind::Unlabelled,
                "error" => {
                    error(&entries.next_value::<String>()?, is_entry)?;
                    known = true;
                    continue;
                }
                _ if is_entry => {
                    known |= name == "lost";
                    entries.next_value::<IgnoredAny>()?;
                    continue;
                }
                _ => return Err(Error::custom(FORMATTED)),
            };
            known = true;
            let parts = &mut *self.parts;
            let has_bytes = None;
            entries.next_value_seed(DumpedValue {
                kind,
                parts,
                has_bytes,
            })?;
        }
        match known {
            true => Ok(()),
            false => Err(Error::custom("an object has neither 'key' nor 'value'")),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let has_bytes = self.has_bytes.ok_or_else(|| E::custom(FORMATTED))?;
        let digits = text.strip_prefix("0x");
        let Some(byte) = digits.and_then(|digits| byte(digits.as_bytes())) else {
            let what = format!("'{}' is not a byte such as \"0xea\"", excerpt(text));
            return Err(E::custom(what));
        };
        if !std::mem::replace(has_bytes, true) {
            self.parts.begin(self.kind);
        }
        self.parts.bytes.push(byte);
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Err(E::custom(FORMATTED))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Err(E::custom(FORMATTED))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Err(E::custom(FORMATTED))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Err(E::custom(FORMATTED))
    }
}

/// Handles an error that `bpftool` prints in place of a value, or in place of the whole dump if `of_dump` is true.
fn error<E: Error>(error: &str, of_dump: bool) -> Result<(), E> {
    // The entry was deleted during the dump, so it has no value.
    if !of_dump && error == "No such file or directory" {
        return Ok(());
    }
    Err(E::custom(format!("bpftool reports: {error}")))
}
