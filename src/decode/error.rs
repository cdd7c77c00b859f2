//! The errors of the decoder and the encoder. Each message is one line that names the field and, when decoding, its
//! offset. If the user can do something about the error, the message says what.

use std::fmt;

/// An error for bytes that are not a valid value of the type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DecodeError {
    /// The path of the field in C names, beginning with the type: `event.addr[2].port`.
    pub path: String,
    /// The offset of the field from the start of the record, in bytes. For a field that the target BTF lacks, this is
    /// the offset of the struct or union that lacks the field.
    pub offset: u64,
    /// The problem with the bytes of the field.
    pub problem: Problem,
}

/// The problem with the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// There are fewer bytes than the type needs.
    TooFew {
        /// The number of bytes that were expected at the field.
        needed: u64,
        /// The number of bytes from the start of the field to the end of the record.
        left: u64,
    },
    /// There are more bytes than the type has, and the type does not end in a flexible array.
    TooMany {
        /// The size of the type in bytes.
        size: u64,
        /// The number of bytes that were given.
        given: u64,
    },
    /// There are more bytes than the type has, and the type ends in a flexible array. The further bytes may be elements
    /// of the array or further records, so the caller must set [`Decoder::record_size`](super::Decoder::record_size).
    WhichSize {
        /// The size of the type in bytes, without the array.
        size: u64,
    },
    /// The arm of a union was not selected, neither by a choice nor by a function of the caller.
    WhichArm {
        /// The name of the union for [`Config::set`](crate::Config::set), such as `union addr`. `None` if neither the
        /// union nor an enclosing type has a C name.
        item: Option<String>,
        /// The path of a number in the record that may select the arm. `None` if no number is likely to do so.
        tag: Option<String>,
        /// The labels of the arms.
        arms: Vec<String>,
    },
    /// A number selects the arm of a union, and the caller's choice lists no arm for the value of this number.
    NoArm {
        /// The path of the number, as the caller wrote it in the choice.
        selector: String,
        /// The value of the number.
        value: i128,
    },
    /// No case of the enum has this number. This is only an error if the decoder is [`strict`](super::Decoder::strict).
    NoCase {
        /// The name of the enum for [`Config::set`](crate::Config::set), such as `enum state`. `None` if neither the
        /// enum nor an enclosing type has a C name.
        item: Option<String>,
        /// The number in the bytes.
        number: i128,
    },
    /// Some bits of the flags are set although they have no label. This is only an error if the decoder is
    /// [`strict`](super::Decoder::strict).
    NoLabel {
        /// The name of the enum for [`Config::set`](crate::Config::set), such as `enum options`. `None` if neither the
        /// enum nor an enclosing type has a C name.
        item: Option<String>,
        /// The bits that are set and have no label.
        bits: u64,
    },
    /// The number does not fit in its WIT type. This happens only with a target BTF, in which the number has another
    /// size or sign.
    OutOfRange {
        /// The number in the bytes.
        number: i128,
        /// The width of the WIT type in bits.
        bits: u8,
        /// Whether the WIT type is signed.
        signed: bool,
    },
    /// The float has 8 bytes in the target BTF. In WIT it has 4 bytes, which cannot hold its exact value.
    Inexact,
    /// The text is not UTF-8. This is only an error if [`strict_text`](super::Decoder::strict_text) is set.
    NoText,
    /// The record has more values than the limit for records of its size. If all arms of nested unions are read, the
    /// number of values is multiplied at each level, so a limit is needed.
    TooManyValues,
}

/// An error for a value that cannot be written as bytes of the type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EncodeError {
    /// The path of the field in C names, beginning with the type: `event.addr[2].port`.
    pub path: String,
    /// The reason why the value of the field does not fit.
    pub misfit: Misfit,
}

/// The reason why a value does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Misfit {
    /// The value has a kind that the type does not accept.
    Kind {
        /// The kind that the type accepts, such as `a list`.
        expected: &'static str,
        /// The kind that the value has.
        given: &'static str,
    },
    /// A field of a record, or the payload of an arm, has no value.
    Missing,
    /// The type has no field, arm, case or flag with this label.
    Unknown {
        /// The label that the value has.
        label: String,
    },
    /// The number does not fit into the type or the bitfield. A negative number does not fit into an unsigned one.
    OutOfRange {
        /// The number that the value has.
        number: i128,
        /// The width in bits of the type or the bitfield.
        bits: u8,
        /// Whether the type is signed.
        signed: bool,
    },
    /// A list has too many elements, or a text has too many bytes.
    TooLong {
        /// The maximum number of elements or bytes.
        room: u64,
        /// The number of elements or bytes that the value has.
        given: u64,
    },
    /// The float has 8 bytes in WIT. In the target BTF it has 4 bytes, which cannot hold its exact value.
    Inexact,
    /// The target BTF has the enum, but not this case or flag.
    Absent {
        /// The label that the value has.
        label: String,
    },
    /// The text contains a NUL, at which C would end the text. Only text in a flexible array may contain NULs.
    Nul,
    /// Another member has already written other bits to bytes that it shares with this one.
    Overlap,
    /// The value has another arm than the one that was chosen with [`arm`](super::Decoder::arm), so the decoder would
    /// return another value.
    OtherArm(Box<OtherArm>),
}

/// Details about a value whose arm is not the chosen one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OtherArm {
    /// The label of the arm that the value has.
    pub given: String,
    /// The label of the chosen arm. `None` if the choice lists no arm for the value of the number that selects the arm.
    pub chosen: Option<String>,
    /// The path and the value of the number that selects the arm. `None` if the choice always selects the same arm.
    pub selector: Option<(String, i128)>,
}

impl EncodeError {
    pub(crate) fn new(misfit: Misfit) -> EncodeError {
        EncodeError {
            path: String::new(),
            misfit,
        }
    }

    /// Puts the name of a field before the path. The innermost field must be added first.
    pub(crate) fn in_field(mut self, name: &str) -> EncodeError {
        put_before(&mut self.path, name.to_owned());
        self
    }

    /// Puts the index of an array element before the path.
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
    /// Writes the part of the message after the path.
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

/// Puts an outer segment, such as `event` or `[2]`, before a path.
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

    /// Puts the name of a field before the path. The innermost field must be added first.
    pub(crate) fn in_field(mut self, name: &str) -> DecodeError {
        put_before(&mut self.path, name.to_owned());
        self
    }

    /// Puts the index of an array element before the path.
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
    /// Writes the part of the message after the path and the offset.
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

/// Writes the message for a union whose arm was not selected. The message lists the ways to select an arm.
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

/// Returns the command line option that turns an enum into an integer, for which any number is valid. `item` is the
/// name of the enum for `--set`. If `item` is `None`, the option applies to all enums.
fn as_integer(item: Option<&str>) -> String {
    match item {
        Some(item) => format!("--set {}", quoted(item, "integer")),
        None => "--enums integer".to_owned(),
    }
}

/// Returns the choice `item=choice`, in quotes if a shell needs them.
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

/// Removes the indexes from the path of a union. In choices, this path has no indexes, since a choice applies to all
/// elements of an array.
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
