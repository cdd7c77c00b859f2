//! Prints the result of a comparison: for each type a line such as `! struct foo: 8 → 16 bytes`, and after it a line
//! for each change inside the type. Members in a row that moved by the same distance may share a line.

use std::io;

use btf2wit::diff::{Change, Detail, Diff, Place, TypeChange, TypeFate};
use clap::builder::styling::{AnsiColor, Style};

use super::output::Stdout;
use super::row::Row;
use super::stderr;

const REMOVED: Style = AnsiColor::Red.on_default();
const ADDED: Style = AnsiColor::Green.on_default();
const BREAKING: Style = AnsiColor::Yellow.on_default();

/// The minimum number of consecutive members that share a line if they moved by the same distance. Fewer members get a
/// line each.
const MIN_RUN: usize = 4;

/// Prints all changes, or only the breaking ones if `breaking` is true.
pub fn print(diff: &Diff, breaking: bool, out: &mut Stdout) -> io::Result<()> {
    let mut row = Row::default();
    if diff.is_reordered() {
        let (old, new) = (diff.old_endian.words(), diff.new_endian.words());
        row.push(&["! byte order: ", old, " → ", new]);
        row.print_in(BREAKING, out)?;
    }
    let changes = diff.changes.iter();
    for change in changes.filter(|change| change.breaking || !breaking) {
        push_change(&mut row, change);
        row.print_in(style_of_type(change.fate), out)?;
        let details = change.details.iter();
        let details = details.filter(|detail| detail.breaking || !breaking);
        // The line of the type already shows the old and the new size.
        let is_size = |detail: &&Detail| {
            detail.path.is_empty() && matches!(detail.change, Change::Resized { .. })
        };
        let details: Vec<&Detail> = details.filter(|detail| !is_size(detail)).collect();
        let mut details = &details[..];
        while let [first, ..] = details {
            let length = run_length(details);
            let (together, rest) = details.split_at(if length < MIN_RUN { 1 } else { length });
            match together {
                [_] => push_detail(&mut row, &change.name, first),
                _ => push_run(&mut row, &change.name, together),
            }
            row.print_in(style(first), out)?;
            details = rest;
        }
    }
    Ok(())
}

/// Returns the number of members at the start of the list that moved by the same distance.
fn run_length(details: &[&Detail]) -> usize {
    let distance = |detail: &&Detail| distance(detail);
    let first = details.first().and_then(distance);
    let same = |detail: &&&Detail| first.is_some() && distance(detail) == first;
    details.iter().take_while(same).count()
}

/// Returns the distance in bytes by which a member moved. Returns `None` if the bits of a bitfield changed, too, or if
/// the change is no move.
fn distance(detail: &Detail) -> Option<i128> {
    match detail.change {
        Change::Moved { old, new } if old.bits == new.bits => {
            Some(i128::from(new.offset) - i128::from(old.offset))
        }
        _ => None,
    }
}

fn style_of_type(fate: TypeFate) -> Style {
    match fate {
        TypeFate::Added => ADDED,
        TypeFate::Removed => REMOVED,
        _ => stderr::HEADING,
    }
}

fn style(detail: &Detail) -> Style {
    match detail.change {
        Change::Added { .. } | Change::EnumeratorAdded { .. } => ADDED,
        Change::Removed { .. } | Change::EnumeratorRemoved { .. } => REMOVED,
        _ if detail.breaking => BREAKING,
        _ => Style::new(),
    }
}

fn mark(breaking: bool) -> &'static str {
    if breaking { "!" } else { " " }
}

/// Appends the line of a type, such as `! struct foo: 8 → 16 bytes`.
fn push_change(row: &mut Row, change: &TypeChange) {
    let (mark, kind) = (mark(change.breaking), change.kind.word());
    row.push(&[mark, " ", kind, " ", &change.name, ": "]);
    match (change.old_size, change.new_size) {
        (Some(old), Some(new)) if old != new => {
            return row.push(&[&old.to_string(), " → ", &new.to_string(), " bytes"]);
        }
        _ => {}
    }
    row.push(&[match change.fate {
        TypeFate::Added => "added",
        TypeFate::Removed => "removed",
        _ => "changed",
    }]);
    if let Some(size) = change.old_size.or(change.new_size) {
        row.push(&[", ", &size.to_string(), " bytes"]);
    }
}

/// Appends the line of several members that moved, such as `!   foo.a … z (26 members): moved by +8, 16 → 24`.
fn push_run(row: &mut Row, name: &str, run: &[&Detail]) {
    let (Some(first), Some(last)) = (run.first(), run.last()) else {
        return;
    };
    row.push(&[mark(first.breaking), "   ", name, ".", &first.path]);
    row.push(&[" … ", &last.path]);
    row.push(&[" (", &run.len().to_string(), " members): moved by "]);
    row.push(&[&format!("{:+}", distance(first).unwrap_or_default())]);
    if let Change::Moved { old, new } = first.change {
        row.push(&[
            ", ",
            &old.offset.to_string(),
            " → ",
            &new.offset.to_string(),
        ]);
    }
}

/// Appends the line of one change, such as `!   foo.addr.v4: moved, 4 → 8`.
fn push_detail(row: &mut Row, name: &str, detail: &Detail) {
    row.push(&[mark(detail.breaking), "   "]);
    // The path of an enumerator is only its own name, without the name of the enum.
    let is_enumerator = matches!(
        detail.change,
        Change::EnumeratorAdded { .. } | Change::EnumeratorRemoved { .. } | Change::Revalued { .. }
    );
    match (is_enumerator, &*detail.path) {
        (true, path) => row.push(&[path]),
        (false, "") => row.push(&[name]),
        (false, path) => row.push(&[name, ".", path]),
    }
    row.push(&[": "]);
    match &detail.change {
        Change::Added { new, at } => row.push(&["added, ", new, " at ", &place(*at)]),
        Change::Removed { old, at } => row.push(&["removed, ", old, " at ", &place(*at)]),
        Change::Moved { old, new } => row.push(&["moved, ", &place(*old), " → ", &place(*new)]),
        Change::Retyped { old, new, at } => {
            row.push(&[old, " → ", new]);
            push_place(row, *at);
        }
        Change::Resized { old, new, at } => {
            row.push(&[&old.to_string(), " → ", &new.to_string(), " bytes"]);
            push_place(row, *at);
        }
        Change::EnumeratorAdded { new } => row.push(&["added, ", &new.to_string()]),
        Change::EnumeratorRemoved { old } => row.push(&["removed, ", &old.to_string()]),
        Change::Revalued { old, new } => row.push(&[&old.to_string(), " → ", &new.to_string()]),
        _ => {}
    }
}

fn push_place(row: &mut Row, at: Option<Place>) {
    if let Some(at) = at {
        row.push(&[" at ", &place(at)]);
    }
}

/// Returns the text for the place of a member: its offset in bytes, such as `4`, and for a bitfield also its bits, such
/// as `4 bits 3-7`.
fn place(place: Place) -> String {
    match place.bits {
        None => place.offset.to_string(),
        Some(bits) if bits.width == 1 => format!("{} bit {}", place.offset, bits.first),
        Some(bits) => {
            let last = u16::from(bits.first) + u16::from(bits.width) - 1;
            format!("{} bits {}-{last}", place.offset, bits.first)
        }
    }
}
