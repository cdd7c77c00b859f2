//! The numbers of a conversion, and the line that says them.

use std::fmt;

use crate::layout::reason::Reason;
use crate::lower::{Body, Item};

/// The numbers of one conversion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Summary {
    /// Types in the BTF, `void` not counted, nor those of a base that is not written.
    pub types: usize,
    /// Is there a world? Not where the component model's limit on the size of types leaves no room
    /// for one.
    pub world: bool,
    /// Records written.
    pub records: usize,
    /// Variants written.
    pub variants: usize,
    /// Enums written.
    pub enums: usize,
    /// Flags written.
    pub flags: usize,
    /// Aliases written.
    pub aliases: usize,
    /// Functions written.
    pub functions: usize,
    /// Types left out since they have no size.
    pub no_size: usize,
    /// Types left out since they are only declared, or stand for something without values.
    pub no_values: usize,
    /// Anonymous types left out since nothing holds them by value, constants not counted.
    pub not_held: usize,
    /// Anonymous enums left out that only name constants.
    pub constants: usize,
    /// Functions left out since their types were not selected.
    pub not_selected: usize,
    /// Types left out since the caller excluded them.
    pub excluded: usize,
    /// Functions left out since the caller excluded them.
    pub excluded_functions: usize,
    /// Members left out since they carry nothing.
    pub members: usize,
    /// Items written with a type that says less.
    pub widened: usize,
    /// Items, fields and cases that have another label, since a rival has theirs.
    pub renamed: usize,
}

impl Summary {
    pub(crate) fn left_out(&mut self, reason: Reason) {
        match reason {
            Reason::NoSize => self.no_size += 1,
            Reason::Declared | Reason::NoValues => self.no_values += 1,
            Reason::Constants => self.constants += 1,
            Reason::Excluded => self.excluded += 1,
            _ => self.not_held += 1,
        }
    }

    /// Counts one item, which has another label than its own where it has a `rival`.
    ///
    /// What a function adds here but itself, [`Item::shares_signature`] has to exclude.
    pub(crate) fn item(&mut self, item: &Item, rival: bool) {
        match item.body {
            Body::Record => self.records += 1,
            Body::Variant => self.variants += 1,
            Body::Enum => self.enums += 1,
            Body::Flags => self.flags += 1,
            Body::Alias(_) => self.aliases += 1,
            Body::Function { .. } => self.functions += 1,
        }
        self.members += item.left_out.len();
        self.widened += usize::from(item.fallback.is_some());
        self.renamed += usize::from(rival) + item.renamed().count();
    }

    /// Counts a function that is like its kin.
    pub(crate) fn function_again(&mut self, rival: bool) {
        self.functions += 1;
        self.renamed += usize::from(rival);
    }
}

impl fmt::Display for Summary {
    /// `126585 types: wrote 9 records; left out 2 without size`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} types: wrote ", self.types)?;
        let written = [
            (self.records, "record", "records"),
            (self.variants, "variant", "variants"),
            (self.enums, "enum", "enums"),
            (self.flags, "flags", "flags"),
            (self.aliases, "alias", "aliases"),
            (self.functions, "function", "functions"),
        ];
        if !list(f, &written)? {
            f.write_str("nothing")?;
        }
        let left_out = [
            (self.no_size, "type without size", "types without size"),
            (
                self.no_values,
                "type without values",
                "types without values",
            ),
            (
                self.not_held,
                "anonymous type not held",
                "anonymous types not held",
            ),
            (self.constants, "enum of constants", "enums of constants"),
            (
                self.not_selected,
                "function of other types",
                "functions of other types",
            ),
            (self.excluded, "type excluded", "types excluded"),
            (
                self.excluded_functions,
                "function excluded",
                "functions excluded",
            ),
            (
                self.members,
                "member without content",
                "members without content",
            ),
        ];
        if left_out.iter().any(|(count, ..)| *count > 0) {
            f.write_str("; left out ")?;
            list(f, &left_out)?;
        }
        if !self.world {
            f.write_str("; no world, for which the types are too large")?;
        }
        for (count, what) in [(self.widened, "widened"), (self.renamed, "renamed")] {
            if count > 0 {
                write!(f, "; {what} {count}")?;
            }
        }
        Ok(())
    }
}

/// Lists what there is any of, with the word for one and the word for more.
fn list(f: &mut fmt::Formatter<'_>, counts: &[(usize, &str, &str)]) -> Result<bool, fmt::Error> {
    let mut any = false;
    for (count, one, more) in counts.iter().filter(|(count, ..)| *count > 0) {
        let comma = if any { ", " } else { "" };
        let what = if *count == 1 { one } else { more };
        write!(f, "{comma}{count} {what}")?;
        any = true;
    }
    Ok(any)
}
