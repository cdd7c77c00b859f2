//! Parses the output of `bpftool map dump`, `lookup` and `event_pipe` for maps without BTF. This output consists of
//! labels such as `key:` and pairs of digits.

use super::{PartKind, Parts, at_line, digits};

/// Returns whether `line` may be the first line of `bpftool`'s output for a map without BTF.
pub fn begins(line: &str) -> bool {
    let starts = ["key:", "value:", "value (CPU ", "Found ", "== @"];
    starts.iter().any(|start| line.starts_with(start)) || is_header(line)
}

pub fn parse(text: &str) -> Result<Parts, String> {
    let mut parts = Parts::default();
    for (number, line) in text.lines().enumerate() {
        // A line such as `== @1.000000002 CPU: 0 index: 0 =====` precedes an event.
        if line.starts_with("== @") {
            parts.begin(PartKind::Value);
        } else if !is_remark(line) {
            read(line, &mut parts).map_err(at_line(number))?;
        }
    }
    Ok(parts)
}

/// Reads the words of one line. A line may have both a key and a value.
fn read(line: &str, parts: &mut Parts) -> Result<(), String> {
    let mut words = line.split_whitespace();
    while let Some(word) = words.next() {
        match word {
            "key:" => parts.begin(PartKind::Key),
            "value:" => parts.begin(PartKind::Value),
            // If a map has a value for each CPU, a label is `value (CPU 00):`.
            "value" => {
                words.by_ref().take(2).for_each(drop);
                parts.begin(PartKind::Value);
            }
            "inner_map_id:" => {
                return Err("the values are ids of inner maps: dump one of these maps".to_owned());
            }
            // `value: <no entry>` means that the entry was deleted during the dump, and `value: <cannot read>` that the
            // kernel does not give the value. So the entry's part of kind `Value` is removed.
            "<no" | "<cannot" => {
                parts.remove_last();
                return Ok(());
            }
            word => {
                parts.begin_unlabelled();
                digits(word, &mut parts.bytes)?;
            }
        }
    }
    Ok(())
}

/// Returns whether a line has no bytes: `Found 2 elements`, `lost 3 events`, or the header of a map.
fn is_remark(line: &str) -> bool {
    let lost = line.starts_with("lost ") && line.ends_with(" events");
    line.starts_with("Found ") || lost || is_header(line)
}

/// Returns whether a line is the header that `bpftool` prints before each map if it dumps several maps: `12: hash  name
/// counts  flags 0x0`.
fn is_header(line: &str) -> bool {
    let is_number = |id: &str| !id.is_empty() && id.bytes().all(|c| c.is_ascii_digit());
    let id = line.split_once(": ").is_some_and(|(id, _)| is_number(id));
    id && line.contains("  flags 0x")
}
