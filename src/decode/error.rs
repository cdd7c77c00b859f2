//! Why bytes cannot be decoded, in one line for people: which field, at which byte, what to do.

use std::fmt;

/// Why bytes are no value of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DecodeError {
    /// The field in C's words, beginning with the type: `event.addr[2].port`.
    pub path: String,
    /// Bytes from the start of what was decoded to that field.
    pub offset: u64,
    /// What is wrong.
    pub problem: Problem,
}

/// What can be wrong with bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// There are fewer bytes than the type has.
    TooFew {
        /// Bytes from the field on that there should be.
        needed: u64,
        /// Bytes that there are.
        left: u64,
    },
    /// There are more bytes than the type has.
    TooMany {
        /// Bytes of the type.
        size: u64,
        /// Bytes that there are.
        given: u64,
    },
    /// There are more bytes than a type has that ends in a flexible array. They may be further
    /// records: [`Decoder::record_size`](super::Decoder::record_size) says so.
    WhichSize {
        /// Bytes of the type, without those of the array.
        size: u64,
    },
    /// Which arm of a union holds is not said.
    WhichArm {
        /// The union as choices of the mapping name it: `union addr`, `struct event.addr`. Nothing where no type
        /// around it has a name.
        item: Option<String>,
        /// A number in the record by which it could be chosen, as the path of a choice.
        tag: Option<String>,
        /// The labels of its arms.
        arms: Vec<String>,
    },
    /// The number that selects an arm has a value that selects none.
    NoArm {
        /// What the choice calls the number.
        selector: String,
        /// Its value.
        value: i128,
    },
    /// A number that no case of the enum has; an error only where it is asked for.
    NoCase {
        /// The enum as choices of the mapping name it: `enum state`, if it has a name.
        item: Option<String>,
        /// The number.
        number: i128,
    },
    /// Bits that the flags have no labels for; an error only where it is asked for.
    NoLabel {
        /// The enum as choices of the mapping name it: `enum options`, if it has a name.
        item: Option<String>,
        /// The bits.
        bits: u64,
    },
    /// Text that is not UTF-8; an error only where it is asked for.
    NoText,
    /// More values than so many bytes may stand for: unions whose arms are all read hold one another.
    TooManyValues,
}

/// Why a value cannot be written as the bytes of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EncodeError {
    /// The field in C's words, beginning with the type: `event.addr[2].port`.
    pub path: String,
    /// What is wrong.
    pub misfit: Misfit,
}

/// How a value may not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Misfit {
    /// It is something else than the type asks for.
    Kind {
        /// What is asked for.
        expected: &'static str,
        /// What it is.
        given: &'static str,
    },
    /// A field of a record, or what an arm of a union holds, is not there.
    Missing,
    /// A label that the type does not have.
    Unknown {
        /// The label.
        label: String,
    },
    /// A number that takes more bits than there are.
    OutOfRange {
        /// The number.
        number: i128,
        /// The bits of its type, or of its bitfield.
        bits: u8,
        /// May it be negative?
        signed: bool,
    },
    /// A list or text with more elements, or bytes, than there is room for.
    TooLong {
        /// How many there is room for.
        room: u64,
        /// How many there are.
        given: u64,
    },
    /// Text with a NUL in it, which would end there; a flexible array takes it.
    Nul,
    /// Another member that shares its bytes has another value.
    Overlap,
    /// Another arm of a union than the one that was chosen, so that it would not be read again.
    OtherArm(Box<OtherArm>),
}

/// Which arm of a union a value has, and which one was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OtherArm {
    /// The label of the arm that the value has.
    pub given: String,
    /// The label of the arm that was chosen; nothing where the number selects none.
    pub chosen: Option<String>,
    /// The number that selects the arm, as the choice calls it, and its value.
    pub selector: Option<(String, i128)>,
}

impl EncodeError {
    pub(crate) fn new(misfit: Misfit) -> EncodeError {
        EncodeError {
            path: String::new(),
            misfit,
        }
    }

    /// The same in a field; to be called from the inside out.
    pub(crate) fn in_field(mut self, name: &str) -> EncodeError {
        put_before(&mut self.path, name.to_owned());
        self
    }

    /// The same in an element of an array.
    pub(crate) fn in_element(mut self, index: usize) -> EncodeError {
        put_before(&mut self.path, format!("[{index}]"));
        self
    }
}

impl std::error::Error for EncodeError {}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.path)?;
        match &self.misfit {
            Misfit::Kind { expected, given } => {
                write!(f, "{given} stands where {expected} belongs")
            }
            Misfit::Missing => f.write_str("has no value"),
            Misfit::Unknown { label } => write!(f, "there is no '{}'", label.escape_debug()),
            Misfit::OutOfRange {
                number,
                bits,
                signed,
            } => {
                let signed = if *signed { "signed" } else { "unsigned" };
                write!(f, "{number} does not fit into {bits} bits, {signed}")
            }
            Misfit::TooLong { room, given } => {
                write!(f, "there is room for {room}, not for {given}")
            }
            Misfit::Nul => f.write_str("text cannot have a NUL in it"),
            Misfit::Overlap => f.write_str("another member that shares its bytes has other ones"),
            Misfit::OtherArm(arm) => {
                match &arm.selector {
                    Some((name, value)) => write!(f, "'{name}' is {value}, which selects ")?,
                    None => f.write_str("the choice is ")?,
                }
                let chosen = arm.chosen.as_deref().unwrap_or("no arm");
                write!(f, "{chosen}, and the value has {}", arm.given)
            }
        }
    }
}

/// Puts what is further out before a path.
fn put_before(path: &mut String, mut outer: String) {
    if !path.is_empty() && !path.starts_with('[') {
        outer.push('.');
    }
    outer.push_str(path);
    *path = outer;
}

impl DecodeError {
    pub(crate) fn new(offset: u64, problem: Problem) -> DecodeError {
        DecodeError {
            path: String::new(),
            offset,
            problem,
        }
    }

    /// The same in a field; to be called from the inside out.
    pub(crate) fn in_field(mut self, name: &str) -> DecodeError {
        put_before(&mut self.path, name.to_owned());
        self
    }

    /// The same in an element of an array.
    pub(crate) fn in_element(mut self, index: usize) -> DecodeError {
        put_before(&mut self.path, format!("[{index}]"));
        self
    }
}

impl std::error::Error for DecodeError {}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: at byte {}: ", self.path, self.offset)?;
        match &self.problem {
            Problem::TooFew { needed, left } => {
                write!(f, "{} expected, there {}", bytes(*needed), are(*left))
            }
            Problem::TooMany { size, given } => {
                write!(f, "the type has {}, there {}", bytes(*size), are(*given))
            }
            Problem::WhichSize { size } => write!(
                f,
                "the type has {} and ends in a flexible array, so that what follows may be elements or \
                 further records: choose --record-size BYTES for records of so many bytes each, or \
                 --record-size rest for one record",
                bytes(*size)
            ),
            Problem::WhichArm { item, tag, arms } => {
                which_arm(f, &self.path, item.as_deref(), tag.as_deref(), arms)
            }
            Problem::NoArm { selector, value } => write!(
                f,
                "'{selector}' is {value}, which selects no arm: add {value}=ARM, or *=ARM for all others"
            ),
            Problem::NoCase { item, number } => write!(
                f,
                "{number} is no value of the enum; with {} any is taken",
                as_integer(item.as_deref())
            ),
            Problem::NoLabel { item, bits } => write!(
                f,
                "{bits:#x} has no label among the flags; with {} any is taken",
                as_integer(item.as_deref())
            ),
            Problem::NoText => {
                f.write_str("the text is not UTF-8; choose bytes for it, or have it replaced")
            }
            Problem::TooManyValues => f.write_str(
                "stands for more values than can be read; choose variants for its unions",
            ),
        }
    }
}

/// The ways to choose an arm.
fn which_arm(
    f: &mut fmt::Formatter<'_>,
    path: &str,
    item: Option<&str>,
    tag: Option<&str>,
    arms: &[String],
) -> fmt::Result {
    let path = without_indexes(path);
    let first = arms.first().map_or("ARM", String::as_str);
    write!(
        f,
        "BTF does not say which arm holds ({}): choose one with --arm {}",
        arms.join(", "),
        quoted(&path, first)
    )?;
    if let Some(tag) = tag {
        let choice = quoted(&path, &format!("{tag}:0={first}"));
        write!(f, ", or by a number in the record, as in --arm {choice}")?;
    }
    f.write_str(", or read all arms with --unions record")?;
    match item {
        Some(item) => write!(
            f,
            ", those of this union with --set {}",
            quoted(item, "record")
        ),
        None => Ok(()),
    }
}

/// The option by which an enum is a number.
fn as_integer(item: Option<&str>) -> String {
    match item {
        Some(item) => format!("--set {}", quoted(item, "integer")),
        None => "--enums integer".to_owned(),
    }
}

/// A choice as a shell takes it.
fn quoted(item: &str, choice: &str) -> String {
    let choice = format!("{item}={choice}");
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-.:=+/%@".contains(c);
    match choice.chars().all(plain) {
        true => choice,
        false => format!("'{}'", choice.replace('\'', "'\\''")),
    }
}

pub(super) fn bytes(count: u64) -> String {
    match count {
        1 => "1 byte".to_owned(),
        count => format!("{count} bytes"),
    }
}

fn are(count: u64) -> String {
    match count {
        0 => "are none".to_owned(),
        1 => "is 1".to_owned(),
        count => format!("are {count}"),
    }
}

/// A choice is for all elements of an array.
fn without_indexes(path: &str) -> String {
    let mut depth = 0;
    let outside = |c: &char| match c {
        '[' => {
            depth += 1;
            false
        }
        ']' => {
            depth -= 1;
            false
        }
        _ => depth == 0,
    };
    path.chars().filter(outside).collect()
}
