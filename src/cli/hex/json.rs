//! What `bpftool -j map dump` prints, and `-p`: entries with arrays of strings such as `"0xea"`; several documents in
//! a row, and what `jq` takes out of one. Bytes go straight into the parts, since a document may be large.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{Part, Parts, at_line, byte, shown};

const FORMATTED: &str =
    "has formatted values, not bytes such as \"0xea\": use 'bpftool -j map dump'";

/// Returns whether a text is JSON: brackets, then an end or a string.
pub fn begins(text: &str) -> bool {
    let inside = text.trim_start_matches(|c: char| c.is_whitespace() || "[{".contains(c));
    inside.len() < text.trim_start().len() && inside.starts_with(['"', ']', '}'])
}

pub fn parse(text: &str) -> Result<Parts, String> {
    let mut parts = Parts::default();
    let mut reader = serde_json::Deserializer::from_str(text);
    // Documents follow each other, as `jq` prints them.
    while reader.end().is_err() {
        let document = Node {
            part: Part::Bare,
            parts: &mut parts,
            begun: None,
        };
        document.deserialize(&mut reader).map_err(|e| why(&e))?;
    }
    Ok(parts)
}

/// Returns what is wrong, after the line.
fn why(error: &serde_json::Error) -> String {
    let (line, message) = (error.line(), error.to_string());
    let place = format!(" at line {line} column {}", error.column());
    let what = message.strip_suffix(&place).unwrap_or(&message);
    let is_json = !error.is_syntax() && !error.is_eof();
    at_line(line.saturating_sub(1))(match is_json {
        true => what.to_owned(),
        // `bpftool` formats some values as what is no JSON.
        false => format!("{what}, so it is no JSON: use 'bpftool -j map dump'"),
    })
}

/// A place in a document, and what the bytes there are.
struct Node<'p> {
    part: Part,
    parts: &'p mut Parts,
    /// In an array, whether a byte has stood there.
    begun: Option<&'p mut bool>,
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("entries of a map")
    }

    /// `bpftool map lookup` finds nothing.
    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let mut begun = false;
        loop {
            let element = Node {
                part: self.part,
                parts: &mut *self.parts,
                begun: Some(&mut begun),
            };
            if elements.next_element_seed(element)?.is_none() {
                return Ok(());
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let is_entry = self.part == Part::Bare;
        let mut known = false;
        while let Some(name) = entries.next_key::<String>()? {
            let part = match name.as_str() {
                "key" | "next_key" if is_entry => Part::Key,
                // What `bpftool map event_pipe` calls the bytes of an event.
                "value" | "data" if is_entry => Part::Value,
                // Of each processor; of each of several maps.
                "values" | "elements" if is_entry => Part::Bare,
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
            let begun = None;
            entries.next_value_seed(Node { part, parts, begun })?;
        }
        match known {
            true => Ok(()),
            false => Err(Error::custom("an object has neither 'key' nor 'value'")),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let begun = self.begun.ok_or_else(|| E::custom(FORMATTED))?;
        let digits = text.strip_prefix("0x");
        let Some(byte) = digits.and_then(|digits| byte(digits.as_bytes())) else {
            let what = format!("'{}' is no byte as \"0xea\"", shown(text));
            return Err(E::custom(what));
        };
        if !std::mem::replace(begun, true) {
            self.parts.begin(self.part);
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

/// What `bpftool` says instead of a value, or of a whole dump.
fn error<E: Error>(error: &str, of_dump: bool) -> Result<(), E> {
    // An entry that was deleted while the map was dumped.
    if !of_dump && error == "No such file or directory" {
        return Ok(());
    }
    Err(E::custom(format!("bpftool reports: {error}")))
}
