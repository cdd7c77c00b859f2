//! What a conversion did not write as C has it, and why: as numbers always, as a list on request.

mod summary;

pub use summary::Summary;

use std::fmt::{self, Write};

use crate::btf::{Btf, Type, TypeId};
use crate::c::declaration;
use crate::layout::reason::Reason;
use crate::layout::{SCHEMA, c_declaration};
use crate::lower::Item;
use crate::names::Names;

/// Everything that was left out, widened or renamed.
///
/// ```
/// use btf2wit::{Config, Fate};
/// # fn main() -> Result<(), btf2wit::Error> {
/// # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/clashes.bpfel.o");
/// let report = Config::new().input(object).load()?.report()?;
/// for entry in report.of(Fate::LeftOut) {
///     println!("cargo:warning={entry}");
/// }
/// assert_eq!(report.of(Fate::Renamed).count(), report.summary.renamed);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Report {
    /// The version of the JSON documents.
    pub schema: u32,
    /// `report`, the kind of this document.
    pub document: &'static str,
    /// What was read, written and left out, in numbers.
    pub summary: Summary,
    /// What [`Package::warnings`](crate::Package::warnings) has, a line each.
    pub warnings: Vec<String>,
    /// First whole types, in the order of their ids; then what was met in the items, in the order
    /// in which they are written.
    pub entries: Vec<Entry>,
}

impl Report {
    pub(crate) fn new(summary: Summary, warnings: Vec<String>, entries: Vec<Entry>) -> Report {
        Report {
            schema: SCHEMA,
            document: "report",
            summary,
            warnings,
            entries,
        }
    }

    /// The entries of one fate, in order.
    pub fn of(&self, fate: Fate) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.fate == fate)
    }
}

/// One C type, member or enumerator that is not written as C has it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Entry {
    /// What became of it.
    pub fate: Fate,
    /// The C declaration: `struct foo`, or `struct foo: int bar` for a member.
    pub c: String,
    /// The label that it is written under, if it is.
    pub wit: Option<String>,
    /// Why.
    pub reason: Reason,
}

impl fmt::Display for Entry {
    /// ``renamed `enum context` as context-enum: another type or function has the label``; always one
    /// line, whatever the C names hold.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `", self.fate)?;
        for c in self.c.chars() {
            match c.is_control() {
                true => write!(f, "{}", c.escape_default())?,
                false => f.write_char(c)?,
            }
        }
        f.write_char('`')?;
        if let Some(wit) = &self.wit {
            write!(f, " as {wit}")?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// What became of a type or member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Fate {
    /// It is not written.
    LeftOut,
    /// It is written with a type that says less.
    Widened,
    /// It is written under another label than its C name suggests, since a rival has that.
    Renamed,
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fate::LeftOut => "left out",
            Fate::Widened => "widened",
            Fate::Renamed => "renamed",
        })
    }
}

/// The types of a BTF, from one on, that become no item, and why. Typedefs that say nothing new are not among
/// them: their target is written wherever they stand.
pub(crate) fn types_left_out<'a>(
    btf: &'a Btf,
    names: &'a Names,
    constants: bool,
    from: TypeId,
) -> impl Iterator<Item = (TypeId, Reason)> + 'a {
    let defined = btf.tagged_types(from.0..btf.len() as u32).iter();
    defined.filter_map(move |&id| Some((id, left_out(btf, names, constants, id)?)))
}

fn left_out(btf: &Btf, names: &Names, constants: bool, id: TypeId) -> Option<Reason> {
    match *btf.ty(id) {
        Type::Forward { .. } => Some(Reason::Declared),
        Type::Enum(_) if btf.is_empty(id) => Some(Reason::Declared),
        Type::Typedef { .. } if !btf.is_empty(id) => None,
        Type::Typedef { .. } if btf.size(id).is_none() => Some(Reason::NoValues),
        Type::Typedef { .. } => Some(Reason::NoSize),
        Type::Struct(_) | Type::Union(_) | Type::Enum(_) => {
            if names.own_item(id).is_some() || names.is_placed(id) {
                None
            } else if btf.is_empty(id) {
                Some(Reason::NoSize)
            } else if !matches!(btf.ty(id), Type::Enum(_)) {
                Some(Reason::NotHeld)
            } else {
                (!constants).then_some(Reason::Constants)
            }
        }
        _ => None,
    }
}

/// The C declaration of a type, as the report has it.
pub(crate) fn c_type(btf: &Btf, id: TypeId) -> String {
    let mut c = c_declaration(btf, id);
    if btf.is_anonymous(id) {
        c.push_str(&format!(" (type {})", id.0));
    }
    c
}

/// Renames and omissions inside one item, which is `c` and is written as `wit`.
pub(crate) fn inside(btf: &Btf, item: &Item, c: &str, wit: &str, entries: &mut Vec<Entry>) {
    if let Some(widened) = item.fallback {
        entries.push(Entry {
            fate: Fate::Widened,
            c: c.to_owned(),
            wit: Some(wit.to_owned()),
            reason: Reason::of_item(widened),
        });
    }
    for left_out in &item.left_out {
        let mut c = format!("{c}: ");
        declaration::declare(&mut c, btf, left_out.ty, btf.name(left_out.name));
        if left_out.bits > 0 {
            c.push_str(&format!(" : {}", left_out.bits));
        }
        entries.push(Entry {
            fate: Fate::LeftOut,
            c,
            wit: None,
            reason: Reason::of_member(left_out.why),
        });
    }
    for i in item.renamed() {
        let name = match item.cases.get(i) {
            Some(case) => case.name,
            None => item.members[i].name,
        };
        entries.push(Entry {
            fate: Fate::Renamed,
            c: format!("{c}: {}", btf.name(name)),
            wit: Some(format!("{wit}.{}", item.labels.label(i))),
            reason: Reason::Rival,
        });
    }
}
