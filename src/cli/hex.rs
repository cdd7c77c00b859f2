//! Bytes as hexadecimal text: pairs of digits, with or without space between them, as `xxd -p` and
//! `bpftool map dump` print them. Knows nothing of what the bytes are.

/// What a map's dump says of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// There is no label: the bytes stand alone.
    Bare,
    Key,
    Value,
}

/// The bytes of the text, in parts where it has the labels of a map's dump.
pub fn parse(text: &str) -> Result<Vec<(Part, Vec<u8>)>, String> {
    let mut parts: Vec<(Part, Vec<u8>)> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        // The last line of a dump: `Found 2 elements`.
        if line.starts_with("Found ") {
            continue;
        }
        let mut words = line.split_whitespace();
        while let Some(word) = words.next() {
            match word {
                "key:" => parts.push((Part::Key, Vec::new())),
                "value:" => parts.push((Part::Value, Vec::new())),
                // Of a map with a value for each processor: `value (CPU 00):`.
                "value" => {
                    words.by_ref().take(2).for_each(drop);
                    parts.push((Part::Value, Vec::new()));
                }
                word => {
                    if parts.is_empty() {
                        parts.push((Part::Bare, Vec::new()));
                    }
                    if let Some((_, bytes)) = parts.last_mut() {
                        digits(word, bytes).map_err(|e| format!("line {}: {e}", number + 1))?;
                    }
                }
            }
        }
    }
    Ok(parts)
}

/// The bytes that are to be read: of a map its keys or its values, or else all.
pub fn wanted(parts: Vec<(Part, Vec<u8>)>, keys: bool) -> impl Iterator<Item = Vec<u8>> {
    let wanted = if keys { Part::Key } else { Part::Value };
    let parts = parts.into_iter();
    parts
        .filter(move |(part, _)| *part == wanted || *part == Part::Bare)
        .map(|(_, bytes)| bytes)
}

/// How many characters of a word a message shows: bytes that are no text at all may be one word.
const MOST_SHOWN: usize = 20;

fn digits(word: &str, bytes: &mut Vec<u8>) -> Result<(), String> {
    let digits = word.strip_prefix("0x").unwrap_or(word);
    let wrong = || {
        let start: String = word.chars().take(MOST_SHOWN).collect();
        let more = if start.len() < word.len() { "…" } else { "" };
        format!(
            "'{}{more}' is no pair of hexadecimal digits",
            start.escape_debug()
        )
    };
    if digits.len() % 2 != 0 {
        return Err(wrong());
    }
    for pair in digits.as_bytes().chunks(2) {
        let digit = |at: usize| pair.get(at).and_then(|c| char::from(*c).to_digit(16));
        match (digit(0), digit(1)) {
            (Some(high), Some(low)) => bytes.push((16 * high + low) as u8),
            _ => return Err(wrong()),
        }
    }
    Ok(())
}
