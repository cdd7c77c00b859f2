//! Parses byte literals of C and other languages: `{ 0xea, 0x03 }`, the output of `xxd -i`, `"\xea\x03"`.

use super::{ADVICE, PartKind, Parts, byte, excerpt};

/// Returns whether a text looks like a list with commas, the declaration of an array, or a string of escapes.
pub fn begins(text: &str) -> bool {
    text.contains(',') && after_brackets(text).starts_with(|c: char| c.is_ascii_hexdigit())
        || body(text).is_some()
        || is_string(text)
}

pub fn parse(text: &str) -> Result<Parts, String> {
    let mut parts = Parts::default();
    if is_string(text) {
        parts.begin(PartKind::Unlabelled);
        escapes(text, &mut parts.bytes)?;
        return Ok(parts);
    }
    let text = &without_comments(text);
    let mut rest = text.as_str();
    if body(rest).is_none() {
        parts.begin(PartKind::Unlabelled);
        elements(text, &mut parts.bytes)?;
        return Ok(parts);
    }
    while let Some((array, after)) = body(rest) {
        parts.begin(PartKind::Unlabelled);
        let start = parts.bytes.len();
        elements(array, &mut parts.bytes)?;
        rest = check_length(after, parts.bytes.len() - start)?;
    }
    match rest.trim().is_empty() {
        true => Ok(parts),
        false => Err(format!("'{}' follows the bytes", excerpt(rest.trim()))),
    }
}

fn after_brackets(text: &str) -> &str {
    text.trim_start_matches(|c: char| c.is_whitespace() || "[{(&".contains(c))
}

/// Returns the text inside the braces of `unsigned char bytes[] = { … }`, and the text after the declaration. Returns
/// `None` if the text is no such declaration.
fn body(text: &str) -> Option<(&str, &str)> {
    let (before, inside) = text.split_once('{')?;
    if !before.trim_end().ends_with('=') || !before.contains('[') {
        return None;
    }
    let (inside, after) = inside.split_once('}')?;
    Some((inside, after.strip_prefix(';').unwrap_or(after)))
}

/// Checks the length that `xxd -i` prints after the bytes, as in `unsigned int bytes_len = 768;`. Returns the text
/// after this statement. If there is no such statement, returns the whole text.
fn check_length(after: &str, bytes: usize) -> Result<&str, String> {
    let Some((statement, rest)) = after.split_once(';') else {
        return Ok(after);
    };
    let Some((name, number)) = statement.split_once('=') else {
        return Ok(after);
    };
    if !name.trim_end().to_lowercase().ends_with("_len") {
        return Ok(after);
    }
    match number.trim().parse::<usize>() {
        Ok(length) if bytes == length => Ok(rest),
        _ => Err(format!(
            "the array has {bytes} bytes, but its length is{number}"
        )),
    }
}

/// Appends the bytes in a list. Every element except 0 must begin with `0x`, since an element without `0x` might be
/// decimal.
fn elements(text: &str, bytes: &mut Vec<u8>) -> Result<(), String> {
    let is_bracket = |c: char| c.is_whitespace() || "[]{}()&;".contains(c);
    for element in text.trim_matches(is_bracket).split(',') {
        let element = element.trim();
        if element.is_empty() {
            continue;
        }
        let digits = element.strip_prefix("0x");
        let digits = digits.or_else(|| element.strip_prefix("0X"));
        let digits = digits.or((element == "0").then_some(element));
        // A literal in Rust may have a suffix, as in `0xeau8`.
        let digits = digits.map(|digits| digits.strip_suffix("u8").unwrap_or(digits));
        match digits.and_then(|digits| byte(digits.as_bytes())) {
            Some(byte) => bytes.push(byte),
            None => {
                return Err(format!(
                    "'{}' is not a byte such as 0xea: {ADVICE}",
                    excerpt(element)
                ));
            }
        }
    }
    Ok(())
}

/// Returns the text without its C comments.
fn without_comments(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('/') {
        let (before, comment) = rest.split_at(start);
        kept.push_str(before);
        let end = match comment.as_bytes() {
            [b'/', b'/', ..] => comment.find('\n'),
            [b'/', b'*', ..] => comment.find("*/").map(|end| end + 2),
            _ => {
                kept.push('/');
                Some(1)
            }
        };
        rest = &comment[end.unwrap_or(comment.len())..];
    }
    kept.push_str(rest);
    kept
}

fn is_string(text: &str) -> bool {
    let text = text.trim_start();
    let text = text.strip_prefix('b').unwrap_or(text);
    text.trim_start_matches(['"', '\'', '\\', '\n'])
        .starts_with('x')
        && text.contains("\\x")
}

/// Appends the bytes in a string of escapes such as `\xea`. Each escape must have two digits. Only quotes, commas,
/// semicolons, white space and a backslash at the end of a line may separate escapes.
fn escapes(text: &str, bytes: &mut Vec<u8>) -> Result<(), String> {
    let wrong = |rest: &str| {
        let rest = excerpt(rest);
        format!("'{rest}' is not an escape of two digits such as \\xea: {ADVICE}")
    };
    let mut rest = text.trim_start();
    rest = rest.strip_prefix('b').unwrap_or(rest);
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || "\"';,".contains(c));
        rest = match rest.strip_prefix("\\x") {
            _ if rest.is_empty() => return Ok(()),
            Some(escape) => {
                let digits = escape.as_bytes().get(..2);
                let read = digits.and_then(byte).ok_or_else(|| wrong(rest))?;
                bytes.push(read);
                &escape[2..]
            }
            // In C, a backslash at the end of a line continues the string on the next line.
            None => rest.strip_prefix("\\\n").ok_or_else(|| wrong(rest))?,
        };
    }
}
