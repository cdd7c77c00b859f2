//! Errors of the decoder and the encoder. Each message is one line that names the field, its offset and, if there is
//! one, a remedy.

use std::fmt;

/// An error for bytes that are not a valid value of the type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DecodeError {
    /// The path of the field in C names, beginning with the type: `event.addr[2].port`.
    pub path: String,
    /// The offset of the field in bytes. Of a field that the target lacks, the offset of the struct or union that lacks it.
    pub offset: u64,
    /// The problem.
    pub problem: Problem,
}

/// The problem with the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// There are fewer bytes than the type has.
    TooFew {
        /// The number of bytes that were expected at the field.
        needed: u64,
        /// The number of bytes that remained.
        left: u64,
    },
    /// There are more bytes than the type has.
    TooMany {
        /// The size of the type in bytes.
        size: u64,
        /// The number of bytes that were given.
        given: u64,
    },
    /// There are more bytes than the type has, and it ends in a flexible array. The bytes may be elements of the array
    /// or further records: see [`Decoder::record_size`](super::Decoder::record_size).
    WhichSize {
        /// The size of the type in bytes, without the array.
        size: u64,
    },
    /// Neither a choice nor a function selects the arm of a union.
    WhichArm {
        /// The union as mapping choices name it: `union addr`, `struct event.addr`. `None` if neither it nor an
        /// enclosing type has a name.
        item: Option<String>,
        /// The path of a number in the record that may select the arm.
        tag: Option<String>,
        /// The labels of the arms.
        arms: Vec<String>,
    },
    /// The number that selects an arm has a value for which the choice has no arm.
    NoArm {
        /// The path of the number, as in the choice.
        selector: String,
        /// The value of the number.
        value: i128,
    },
    /// No case of the enum has the number. This is only an error if the decoder is [`strict`](super::Decoder::strict).
    NoCase {
        /// The enum as mapping choices name it, such as `enum state`, if it has a name.
        item: Option<String>,
        /// The number.
        number: i128,
    },
    /// Bits are set that have no label in the flags. This is only an error if the decoder is
    /// [`strict`](super::Decoder::strict).
    NoLabel {
        /// The enum as mapping choices name it, such as `enum options`, if it has a name.
        item: Option<String>,
        /// The bits.
        bits: u64,
    },
    /// The target of a relocated decoder stores the number in another size or sign, and it does not fit into its WIT
    /// type.
    OutOfRange {
        /// The number.
        number: i128,
        /// The width of the type in bits.
        bits: u8,
        /// Whether the type is signed.
        signed: bool,
    },
    /// The target of a relocated decoder stores the float in 8 bytes, and 4 bytes cannot represent it exactly.
    Inexact,
    /// The text is not UTF-8. This is only an error with [`strict_text`](super::Decoder::strict_text).
    NoText,
    /// The record has more values than a record of its size may have. Nested unions whose arms are all read multiply
    /// the number of values.
    TooManyValues,
}

/// An error for a value that cannot be written as bytes of the type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EncodeError {
    /// The path of the field in C names, beginning with the type: `event.addr[2].port`.
    pub path: String,
    /// The problem.
    pub misfit: Misfit,
}

/// The reason why a value does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Misfit {
    /// The value is of another kind than the type.
    Kind {
        /// The kind that the type takes.
        expected: &'static str,
        /// The kind of the value.
        given: &'static str,
    },
    /// A field of a record, or the payload of an arm, has no value.
    Missing,
    /// The type has no field, arm, case or flag with this label.
    Unknown {
        /// The label.
        label: String,
    },
    /// The number needs more bits than the type or the bitfield has.
    OutOfRange {
        /// The number.
        number: i128,
        /// The width in bits of the type or the bitfield.
        bits: u8,
        /// Whether the type is signed.
        signed: bool,
    },
    /// A list has too many elements, or a text too many bytes.
    TooLong {
        /// The number of elements or bytes that fit.
        room: u64,
        /// The number of elements or bytes of the value.
        given: u64,
    },
    /// The target of a relocated decoder stores the float in 4 bytes, which cannot represent it exactly.
    Inexact,
    /// The enum of the target of a relocated decoder lacks the case or the flag.
    Absent {
        /// The label.
        label: String,
    },
    /// The text contains a NUL, at which it would end in C. Only a flexible array may contain NULs.
    Nul,
    /// The value contradicts that of another member in the same bytes.
    Overlap,
    /// The value has another arm than the chosen one, so the decoder would return another value.
    OtherArm(Box<OtherArm>),
}

/// Details about a value whose arm is not the chosen one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OtherArm {
    /// The label of the arm that the value has.
    pub given: String,
    /// The label of the arm that was chosen, or `None` if the selecting number chooses none.
    pub chosen: Option<String>,
    /// The path of the number that selects the arm, as in the choice, and its value.
    pub selector: Option<(String, i128)>,
}

impl EncodeError {
    pub(crate) fn new(misfit: Misfit) -> EncodeError {
        EncodeError {
            path: String::new(),
            misfit,
        }
    }

    /// Puts the name of a field before the path. Callers add names from the inside out.
    pub(crate) fn in_field(mut self, name: &str) -> EncodeError {
        put_before(&mut self.path, name.to_owned());
        self
    }

    /// Puts the index of an element before the path.
    pub(crate) fn in_element(mut self, index: usize) -> EncodeError {
        put_before(&mut self.path, format!("[{index}]"));
        self
    }
}

impl std::error::Error for EncodeError {}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.path)?;
        self.misfit.fmt(f)
    }
}

impl Misfit {
    /// Writes the message that follows the path.
    pub(crate) fn fmt(&self, f: &mut impl fmt::Write) -> fmt::Result {
        match self {
            Misfit::Kind { expected, given } => {
                write!(f, "{given} stands where {expected} belongs")
            }
            Misfit::Missing => f.write_str("has no value"),
            Misfit::Unknown { label } => write!(f, "there is no '{}'", label.escape_debug()),
            Misfit::OutOfRange {
                number,
                bits,
                signed,
            } => out_of_range(f, *number, *bits, *signed),
            Misfit::Inexact => f.write_str(INEXACT),
            Misfit::Absent { label } => write!(
                f,
                "'{}' is not in the enum of the target",
                label.escape_debug()
            ),
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

/// Puts an outer segment before a path.
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

    /// Puts the name of a field before the path. Callers add names from the inside out.
    pub(crate) fn in_field(mut self, name: &str) -> DecodeError {
        put_before(&mut self.path, name.to_owned());
        self
    }

    /// Puts the index of an element before the path.
    pub(crate) fn in_element(mut self, index: usize) -> DecodeError {
        put_before(&mut self.path, format!("[{index}]"));
        self
    }
}

impl std::error::Error for DecodeError {}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: at byte {}: ", self.path, self.offset)?;
        self.problem.fmt(f, &self.path)
    }
}

impl Problem {
    /// Writes the message that follows the path and the offset.
    pub(crate) fn fmt(&self, f: &mut impl fmt::Write, path: &str) -> fmt::Result {
        match self {
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
                which_arm(f, path, item.as_deref(), tag.as_deref(), arms)
            }
            Problem::NoArm { selector, value } => write!(
                f,
                "'{selector}' is {value}, which selects no arm: add {value}=ARM, or *=ARM for all others"
            ),
            Problem::NoCase { item, number } => write!(
                f,
                "{number} is not a value of the enum; with {} any is taken",
                as_integer(item.as_deref())
            ),
            Problem::NoLabel { item, bits } => write!(
                f,
                "{bits:#x} has no label among the flags; with {} any is taken",
                as_integer(item.as_deref())
            ),
            Problem::OutOfRange {
                number,
                bits,
                signed,
            } => out_of_range(f, *number, *bits, *signed),
            Problem::Inexact => f.write_str(INEXACT),
            Problem::NoText => {
                f.write_str("the text is not UTF-8; choose bytes for it, or have it replaced")
            }
            Problem::TooManyValues => f.write_str(
                "stands for more values than can be read; choose variants for its unions",
            ),
        }
    }
}

const INEXACT: &str = "the number is no float of 4 bytes";

fn out_of_range(f: &mut impl fmt::Write, number: i128, bits: u8, signed: bool) -> fmt::Result {
    let signed = if signed { "signed" } else { "unsigned" };
    write!(f, "{number} does not fit into {bits} bits, {signed}")
}

/// Writes the message for a union without a chosen arm, which lists the ways to choose one.
fn which_arm(
    f: &mut impl fmt::Write,
    path: &str,
    item: Option<&str>,
    tag: Option<&str>,
    arms: &[String],
) -> fmt::Result {
    let path = without_indexes(path);
    let first = arms.first().map_or("ARM", String::as_str);
    write!(
        f,
        "BTF does not record which arm is active ({}): choose one with --arm {}",
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

/// Returns the command line option that maps an enum to an integer.
fn as_integer(item: Option<&str>) -> String {
    match item {
        Some(item) => format!("--set {}", quoted(item, "integer")),
        None => "--enums integer".to_owned(),
    }
}

/// Quotes a choice for a shell.
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

/// Removes the indexes from a path. Choices have none, since they apply to all elements of an array.
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
