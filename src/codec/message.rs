//! Builds the messages of codecs and adapters. If the decoder or the encoder can have the same problem, the message is
//! theirs. Placeholders stand for the parts that are known only when a codec or an adapter runs.

use super::module::placeholder;
use crate::decode::{Misfit, Problem};

// These four values do not occur in real messages. The functions here pass them to the code for messages in `decode`,
// and `with_placeholders` replaces them in the resulting text.
const NUMBER: i128 = -170_141_183_460_469_231_731_687_303_715_884_105_001;
const COUNT: u64 = 18_446_744_073_709_551_601;
const BITS: u64 = 0xfedc_ba98_7654_3210;
const PATH: &str = "PATH-OF-THE-UNION";

/// Returns the message of a problem.
fn of_problem(problem: &Problem) -> String {
    let mut text = String::new();
    // Writing to a `String` cannot fail.
    let _ = problem.fmt(&mut text, PATH);
    with_placeholders(&text)
}

/// Returns the message for a value that cannot be written.
fn of_misfit(misfit: &Misfit) -> String {
    let mut text = String::new();
    let _ = misfit.fmt(&mut text);
    with_placeholders(&text)
}

fn with_placeholders(text: &str) -> String {
    let count = COUNT.to_string();
    let text = text.replace(&NUMBER.to_string(), &placeholder::NUMBER.to_string());
    let text = text.replace(&format!("are {count}"), &placeholder::COUNT.to_string());
    let text = text.replace(&count, &placeholder::NUMBER.to_string());
    let text = text.replace(&format!("{BITS:#x}"), &placeholder::HEX.to_string());
    text.replace(PATH, &placeholder::PATH.to_string())
}

pub(super) fn too_few(needed: u64) -> String {
    of_problem(&Problem::TooFew {
        needed,
        left: COUNT,
    })
}

pub(super) fn too_many(size: u64) -> String {
    of_problem(&Problem::TooMany { size, given: COUNT })
}

/// Returns the message for bytes whose number is not a multiple of `of`.
pub(super) fn no_multiple(of: u64) -> String {
    let count = placeholder::COUNT;
    format!("a multiple of {of} bytes expected, there {count}")
}

/// Returns the message for values whose number of bytes is not a multiple of the number of keys.
pub(super) fn no_share() -> String {
    let count = placeholder::COUNT;
    format!("as many bytes for each key expected, there {count}")
}

/// Returns the message for a record whose size, which the host returned, is larger than the number of bytes that remain
/// for it.
pub(super) fn record_cut() -> String {
    format!("more bytes expected, there {}", placeholder::COUNT)
}

/// Returns the message for bytes that the host returned after the last record.
pub(super) fn no_record() -> String {
    format!("no further bytes expected, there {}", placeholder::COUNT)
}

pub(super) fn too_many_values() -> String {
    of_problem(&Problem::TooManyValues)
}

/// Returns the message for a union without an arm choice. `item` is the name of the union in the option `--set`, `tag`
/// is the path of a number that may select the arm, and `arms` are the labels of the arms.
pub(super) fn which_arm(item: Option<String>, tag: Option<String>, arms: Vec<String>) -> String {
    of_problem(&Problem::WhichArm { item, tag, arms })
}

/// Returns the message for a number that selects no arm. `selector` is the path of that number.
pub(super) fn no_arm(selector: &str) -> String {
    of_problem(&Problem::NoArm {
        selector: selector.to_owned(),
        value: NUMBER,
    })
}

/// Returns the message for a number that no case of an enum has. `item` is the name of the enum in the option `--set`.
pub(super) fn no_case(item: Option<String>) -> String {
    of_problem(&Problem::NoCase {
        item,
        number: NUMBER,
    })
}

/// Returns the message for bits of flags that are set and have no label. `item` is the name of the enum in the option
/// `--set`.
pub(super) fn no_label(item: Option<String>) -> String {
    of_problem(&Problem::NoLabel { item, bits: BITS })
}

pub(super) fn out_of_range(bits: u8, signed: bool) -> String {
    of_misfit(&Misfit::OutOfRange {
        number: NUMBER,
        bits,
        signed,
    })
}

/// Returns the message for a double that a float of 4 bytes cannot represent exactly.
pub(super) fn inexact() -> String {
    of_problem(&Problem::Inexact)
}

/// Returns the message for a case or flag that the target's enum lacks.
pub(super) fn absent(label: &str) -> String {
    of_misfit(&Misfit::Absent {
        label: label.to_owned(),
    })
}

pub(super) fn too_long(room: u64) -> String {
    of_misfit(&Misfit::TooLong { room, given: COUNT })
}

pub(super) fn nul() -> String {
    of_misfit(&Misfit::Nul)
}

pub(super) fn overlap() -> String {
    of_misfit(&Misfit::Overlap)
}

/// Returns the message for a value whose arm is not the selected one. `given` is the label of the value's arm, and
/// `chosen` that of the selected arm, if there is one. `selector` is the path of the number that selects the arm, if
/// there is such a number.
pub(super) fn other_arm(given: &str, chosen: Option<&str>, selector: Option<&str>) -> String {
    of_misfit(&Misfit::OtherArm(Box::new(crate::decode::OtherArm {
        given: given.to_owned(),
        chosen: chosen.map(str::to_owned),
        selector: selector.map(|selector| (selector.to_owned(), NUMBER)),
    })))
}

/// The message for a call that needs more memory than is available.
pub(super) const NO_MEMORY: &str = "there is not enough memory";
