//! Reports what a conversion left out, widened or renamed, and why. The report has counts and a list.

mod summary;

pub use summary::Summary;

use std::fmt::{self, Write};

use crate::btf::{Btf, Type, TypeId};
use crate::c::declaration;
use crate::layout::reason::Reason;
use crate::layout::{SCHEMA, c_declaration};
use crate::lower::Item;
use crate::names::Names;

/// Everything that a conversion left out, widened or renamed.
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
    /// The version of the JSON documents' schema.
    pub schema: u32,
    /// The kind of the JSON document: always `report`.
    pub document: &'static str,
    /// Counts of what was read, written, left out, widened and renamed.
    pub summary: Summary,
    /// The [warnings](crate::Package::warnings), one line each.
    pub warnings: Vec<String>,
    /// The entries for what is left out as a whole, in this order: types by their BTF ids, excluded types, functions,
    /// maps and variables. The entries for written items, then those for written functions, follow in the order of the
    /// WIT text, each with the entries for its members or parameters.
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

    /// Returns the entries with the given fate, in the order of `entries`.
    pub fn of(&self, fate: Fate) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.fate == fate)
    }
}

/// A C type, member, enumerator, function, parameter, result, map or variable that is left out, widened or renamed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Entry {
    /// The change that the conversion made.
    pub fate: Fate,
    /// The C declaration: for example `struct foo`, `struct foo: int bar` for a member `bar` that is left out, or
    /// `struct foo: bar` if it is renamed. For a map or variable, it is text such as `map stats` or `var cfg`.
    pub c: String,
    /// The WIT label. For a renamed member, enumerator or parameter, it follows the label of its item or function:
    /// `foo.bar-field`. `None` if `fate` is [`Fate::LeftOut`].
    pub wit: Option<String>,
    /// The reason for the change.
    pub reason: Reason,
}

impl fmt::Display for Entry {
    /// Writes text such as ``renamed `enum context` as context-enum: another type or function has the label``. Control
    /// characters in the C declaration are escaped, so the text is always one line.
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

/// The ways in which a conversion changes what an [`Entry`] stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Fate {
    /// The type, member, function, parameter, result, map or variable is not written.
    LeftOut,
    /// The type or function is written with less information than it has in C, for example with bytes for a member.
    Widened,
    /// The type, member, enumerator, function or parameter has another label than the one that follows from its C
    /// name, since that label is taken.
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

/// Returns the structs, unions, enums, typedefs and forward declarations with ids from `from` on that are not written,
/// with the reasons. Neither a folded typedef nor an unnamed struct whose members belong to its parent is included,
/// since its target or its members are written. Types that the caller excluded are not included either. `constants`
/// says whether enums that only define constants are written.
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
            if names.own_item(id).is_some() || names.is_in_items(id) {
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

/// Returns the C declaration of a type. For an anonymous type, the type id follows, since the declaration has no name.
pub(crate) fn c_type(btf: &Btf, id: TypeId) -> String {
    let mut c = c_declaration(btf, id);
    if btf.is_anonymous(id) {
        c.push_str(&format!(" (type {})", id.0));
    }
    c
}

/// Appends an entry for the item if it is widened, then entries for its members that are left out, then entries for
/// its members and cases that are renamed. `c` is the C declaration of the item, and `wit` is its label.
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
            reason: Reason::LabelTaken,
        });
    }
}
