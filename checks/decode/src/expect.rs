//! The expected values, and their comparison with decoded values in the form of JSON.

use serde_json::{Value as Json, json};

/// An expected value.
#[derive(Clone, Debug)]
pub enum Expect {
    /// Any value is accepted, since the C program does not set it.
    Any,
    Is(Json),
    List(Vec<Expect>),
    Record(Vec<(String, Expect)>),
    Variant(String, Option<Box<Expect>>),
}

/// The way in which the BTF of a producer describes an array of several dimensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimensions {
    AsInC,
    /// The dimensions are in another order, so only the elements can be compared.
    Reordered,
    /// There is a single dimension with all elements.
    Merged,
}

impl Expect {
    /// Returns the first difference between the expected and the decoded value, with its path. Returns `None` if there
    /// is none.
    pub fn difference(&self, json: &Json, dimensions: Dimensions) -> Option<String> {
        let wrong = |what: String| Some(format!(": {what}"));
        match self {
            Expect::Any => None,
            Expect::Is(expected) => match same(expected, json) {
                true => None,
                false => wrong(format!("{expected} was put there, decoded is {json}")),
            },
            Expect::List(expected) => {
                let Some(decoded) = json.as_array() else {
                    return wrong(format!("a list was put there, decoded is {json}"));
                };
                let (mut expected, mut decoded): (Vec<&Expect>, Vec<&Json>) =
                    (expected.iter().collect(), decoded.iter().collect());
                let nested = |e: &&Expect| matches!(e, Expect::List(_));
                while dimensions != Dimensions::AsInC && expected.iter().any(nested) {
                    expected = expected.into_iter().flat_map(elements).collect();
                    if dimensions == Dimensions::Reordered {
                        decoded = decoded.into_iter().flat_map(members).collect();
                    }
                }
                if expected.len() != decoded.len() {
                    let (put, is) = (expected.len(), decoded.len());
                    return wrong(format!("{put} elements were put there, decoded are {is}"));
                }
                let mut pairs = expected.iter().zip(decoded).enumerate();
                pairs.find_map(|(index, (expected, decoded))| {
                    let found = expected.difference(decoded, dimensions)?;
                    Some(format!("[{index}]{found}"))
                })
            }
            Expect::Record(expected) => {
                let labels = expected.iter().map(|(label, _)| label.as_str());
                let decoded = json.as_object();
                let own = decoded.map(|decoded| decoded.keys().map(String::as_str));
                if !own.is_some_and(|own| own.eq(labels)) {
                    return wrong(format!("other fields than {json}"));
                }
                expected.iter().find_map(|(label, expected)| {
                    let found = expected.difference(decoded?.get(label)?, dimensions)?;
                    Some(format!(".{label}{found}"))
                })
            }
            Expect::Variant(label, expected) => {
                let decoded = json.as_object().filter(|decoded| decoded.len() == 1);
                let Some(decoded) = decoded.and_then(|decoded| decoded.get(label)) else {
                    return wrong(format!("the arm {label} was put there, decoded is {json}"));
                };
                match expected {
                    Some(expected) => expected.difference(decoded, dimensions),
                    None if decoded.is_null() => None,
                    None => wrong(format!("nothing was put there, decoded is {json}")),
                }
                .map(|found| format!(".{label}{found}"))
            }
        }
    }
}

fn elements(expected: &Expect) -> Vec<&Expect> {
    match expected {
        Expect::List(inner) => inner.iter().collect(),
        other => vec![other],
    }
}

fn members(decoded: &Json) -> Vec<&Json> {
    match decoded {
        Json::Array(inner) => inner.iter().collect(),
        other => vec![other],
    }
}

/// Returns whether two values are equal. A float may be written without a decimal point.
fn same(one: &Json, other: &Json) -> bool {
    match (one.is_f64(), one.as_f64(), other.as_f64()) {
        (true, Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}

/// Returns an integer of up to 64 bits as JSON. Beyond 2^53, where a double does not represent every integer, it is a
/// string.
pub fn integer(value: i128) -> Json {
    match value.unsigned_abs() <= 1 << 53 {
        true => json!(value as i64),
        false => json!(value.to_string()),
    }
}

/// Returns an integer of 16 bytes as JSON: a list of its low and its high half. If it is signed, the high half has the
/// sign.
pub fn wide(bits: u128, signed: bool) -> Json {
    let high = match signed {
        true => i128::from((bits >> 64) as i64),
        false => (bits >> 64) as i128,
    };
    json!([integer(i128::from(bits as u64)), integer(high)])
}
