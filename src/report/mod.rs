//! What a conversion did not write as C has it, and why: as numbers always, as a list on request.

mod summary;

pub use summary::Summary;

use std::fmt::{self, Write};

use crate::btf::{Btf, Type, TypeId};
use crate::c::declaration;
use crate::c::members::Why;
use crate::layout::SCHEMA;
use crate::lower::{Fallback, Item};
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

/// Why a type or member is not written as C has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Reason {
    /// It has no size, so that it carries nothing.
    NoSize,
    /// An array without elements that is not the last member.
    ZeroLength,
    /// An unnamed bitfield, or an unnamed struct without members.
    Padding,
    /// The type is only declared.
    Declared,
    /// A typedef of something that has no values: `void`, a function, a declaration.
    NoValues,
    /// An anonymous type that nothing holds by value.
    NotHeld,
    /// An anonymous enum that nothing holds: constants, written on request.
    Constants,
    /// A function that takes or returns a type that was not selected.
    NotSelected,
    /// A type of a size, but without members that carry anything: its bytes.
    Opaque,
    /// More members than WIT allows: its bytes, or its integer.
    TooMany,
    /// A set of more bits than the 32 of WIT's flags: its integer.
    TooManyBits,
    /// The producer cut the values of an enum to 32 bits, so that some are those of others and have no case.
    CutValues,
    /// An enum without enumerators: its integer.
    NoCases,
    /// A number of a size that WIT does not have: its bytes.
    OddNumber,
    /// The members of a struct or union do not fit it: its bytes.
    Unsound,
    /// Another type or function has the label.
    Rival,
    /// The caller excluded it, or a type that it holds, which is written as a number or as bytes.
    Excluded,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Reason::NoSize => "it has no size",
            Reason::ZeroLength => "an array without elements before the last member",
            Reason::Padding => "padding",
            Reason::Declared => "it is only declared",
            Reason::NoValues => "it stands for something without values",
            Reason::NotHeld => "anonymous, and nothing holds it by value",
            Reason::Constants => "constants, written with --constants",
            Reason::NotSelected => "it takes or returns a type that is not selected",
            Reason::Opaque => "its bytes, since no member carries anything",
            Reason::TooMany => "more members than WIT allows",
            Reason::TooManyBits => "its integer, since WIT's flags have at most 32 bits",
            Reason::CutValues => {
                "without the enumerators whose values, cut to 32 bits, others have"
            }
            Reason::NoCases => "its integer, since it has no enumerators",
            Reason::OddNumber => "its bytes, since WIT has no number of that size",
            Reason::Unsound => "its bytes, since its members do not fit it",
            Reason::Rival => "another type or function has the label",
            Reason::Excluded => "excluded",
        })
    }
}

impl Reason {
    pub(crate) fn of_member(why: Why) -> Reason {
        match why {
            Why::NoSize => Reason::NoSize,
            Why::ZeroLength => Reason::ZeroLength,
            Why::Padding => Reason::Padding,
        }
    }

    pub(crate) fn of_item(widened: Fallback) -> Reason {
        match widened {
            Fallback::Opaque => Reason::Opaque,
            Fallback::TooManyMembers | Fallback::TooManyValues => Reason::TooMany,
            Fallback::TooManyBits => Reason::TooManyBits,
            Fallback::CutValues => Reason::CutValues,
            Fallback::NoCases => Reason::NoCases,
            Fallback::OddNumber => Reason::OddNumber,
            Fallback::Unsound => Reason::Unsound,
            Fallback::Excluded => Reason::Excluded,
        }
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

/// The C declaration of a type or function; `struct {...}` for one without a name.
pub(crate) fn c_declaration(btf: &Btf, id: TypeId) -> String {
    let mut c = String::new();
    match *btf.ty(id) {
        Type::Typedef { name, target } => {
            c.push_str("typedef ");
            declaration::declare(&mut c, btf, target, btf.name(name));
        }
        Type::Function {
            name, prototype, ..
        } => {
            declaration::declare(&mut c, btf, prototype, btf.name(name));
        }
        _ => declaration::tag(&mut c, btf, id),
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
