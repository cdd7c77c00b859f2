//! Parses pairs of hexadecimal digits, with or without spaces, as `xxd -p` and `od -An -tx1` print them. Words such as
//! `0xea` are accepted, too.

use super::{ADVICE, Parts, at_line, digits, excerpt};

pub fn parse(text: &str) -> Result<Parts, String> {
    let mut parts = Parts::default();
    for (number, line) in text.lines().enumerate() {
        for word in line.split_whitespace() {
            parts.begin_unlabelled();
            let read = match word {
                "*" => Err(
                    "'*' stands for repeated lines, but their number is unknown: \
                            print all lines, with 'od -v'"
                        .to_owned(),
                ),
                word => digits(word, &mut parts.bytes),
            };
            read.map_err(at_line(number))?;
        }
    }
    match ambiguous(text) {
        Some(why) => Err(format!("{why}: {ADVICE}")),
        None => Ok(parts),
    }
}

/// Returns the reason why a text may be something other than bytes in order. Returns `None` if there is no such reason.
fn ambiguous(text: &str) -> Option<String> {
    if let Some(word) = text.lines().find_map(indented_number) {
        let word = excerpt(word);
        return Some(format!(
            "'{word}' may be a number, whose byte order is unknown"
        ));
    }
    if text.trim() == "000000" {
        return Some(
            "the text is three bytes, or the offset that 'od -Ax' prints for an empty input"
                .to_owned(),
        );
    }
    if [16, 10, 8]
        .into_iter()
        .any(|radix| has_offsets(text, radix))
    {
        return Some("the first column may be offsets".to_owned());
    }
    text.lines()
        .all(is_decimal)
        .then(|| "the bytes may be decimal".to_owned())
}

/// Returns a word of 2 to 8 bytes in a line that begins with a space. `od -An -x` prints numbers in this form.
fn indented_number(line: &str) -> Option<&str> {
    const MAX_DIGITS: usize = 16;
    let is_number = |word: &&str| {
        (3..=MAX_DIGITS).contains(&word.len()) && word.bytes().all(|c| c.is_ascii_hexdigit())
    };
    let mut words = line.split_whitespace();
    line.starts_with(char::is_whitespace)
        .then(|| words.find(is_number))
        .flatten()
}

/// Returns whether the first words of the lines may be offsets: there are enough lines, and each first word is that of
/// the line before plus the number of bytes in the rest of the line before. `radix` is the radix of the offsets.
fn has_offsets(text: &str, radix: u32) -> bool {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let mut next = None;
    let mut lines_before = 0;
    for line in lines {
        let mut words = line.split_whitespace();
        let first = words.next().unwrap_or_default();
        let Ok(offset) = u64::from_str_radix(first, radix) else {
            return false;
        };
        if next.is_some_and(|next| next != offset) {
            return false;
        }
        let bytes: usize = words.map(|word| word.len().div_ceil(2)).sum();
        if bytes == 0 {
            // A dump may end with a line that has only an offset. If there is such a line, two lines before it are
            // enough.
            return lines_before > 1;
        }
        next = offset.checked_add(bytes as u64);
        lines_before += 1;
    }
    // If there are only a few lines, bytes may look like offsets by chance.
    lines_before > 3
}

/// Returns whether `od -An -tu1` may have printed this line: it has numbers of two decimal digits without leading
/// zeros, and at least two spaces before each of them.
fn is_decimal(line: &str) -> bool {
    let mut gaps = line.split(|c: char| c.is_ascii_alphanumeric());
    let wide = |gap: &str| gap.is_empty() || gap.len() > 1;
    let pair = |word: &str| {
        word.len() == 2 && !word.starts_with('0') && word.bytes().all(|c| c.is_ascii_digit())
    };
    line.starts_with("  ") && gaps.all(wide) && line.split_whitespace().all(pair)
}
