//! Defines the counts of a conversion, and the line that shows them.

use std::fmt;

use crate::layout::reason::Reason;
use crate::lower::{Body, Item};

/// The counts of a conversion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Summary {
    /// The number of types in the BTF, excluding `void`. The types of a base are excluded too, unless the base itself
    /// is converted.
    pub types: usize,
    /// Whether the text has a world. There is no world if the component model's limit on the size of types allows the
    /// interface, but not a world that imports it.
    pub world: bool,
    /// The number of records written.
    pub records: usize,
    /// The number of variants written.
    pub variants: usize,
    /// The number of enums written.
    pub enums: usize,
    /// The number of flags types written.
    pub flags: usize,
    /// The number of aliases written.
    pub aliases: usize,
    /// The number of functions written.
    pub functions: usize,
    /// In a skeleton, the number of maps with an interface.
    pub maps: usize,
    /// In a skeleton, the number of variables with functions.
    pub variables: usize,
    /// In a skeleton, the number of programs.
    pub programs: usize,
    /// In a skeleton, the number of maps without an interface.
    pub maps_left_out: usize,
    /// In a skeleton, the number of variables without functions.
    pub variables_left_out: usize,
    /// The number of types left out because they have the size 0.
    pub no_size: usize,
    /// The number of types left out because they are only declared, or are typedefs of something that has no size,
    /// such as `void` or a function.
    pub no_values: usize,
    /// The number of anonymous structs and unions left out because no type contains them by value.
    pub not_held: usize,
    /// The number of anonymous enums left out because they only define constants.
    pub constants: usize,
    /// The number of functions left out because they take or return types that are not selected, or have more
    /// parameters than WIT allows.
    pub not_selected: usize,
    /// The number of types left out because the caller excluded them.
    pub excluded: usize,
    /// The number of functions left out because the caller excluded them.
    pub excluded_functions: usize,
    /// The number of members, parameters and results left out because they hold no data.
    pub members: usize,
    /// The number of items and functions written with less information than they have in C, for example with bytes for
    /// a member.
    pub widened: usize,
    /// The number of items, functions, fields, cases and parameters whose label differs from the one that the C name
    /// suggests, since another C name has that label.
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

    /// Counts an item or function, and what is left out, widened or renamed inside it. `renamed` says whether the label
    /// of the item or function differs from the one that its C name suggests.
    pub(crate) fn item(&mut self, item: &Item, renamed: bool) {
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
        self.renamed += usize::from(renamed) + item.renamed().count();
    }

    /// Counts a function with the same signature as an earlier function. Inside it, nothing is left out, widened or
    /// renamed (see [`Item::shares_signature`]). `renamed` says whether the label of the function differs from the one
    /// that its C name suggests.
    pub(crate) fn function_again(&mut self, renamed: bool) {
        self.functions += 1;
        self.renamed += usize::from(renamed);
    }
}

impl fmt::Display for Summary {
    /// Writes text such as `126585 types: wrote 9 records; left out 2 types without size`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} types: wrote ", self.types)?;
        if !list(f, &self.written())? {
            f.write_str("nothing")?;
        }
        let left_out = self.omitted();
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

impl Summary {
    fn written(&self) -> [Count; 9] {
        [
            (self.records, "record", "records"),
            (self.variants, "variant", "variants"),
            (self.enums, "enum", "enums"),
            (self.flags, "flags", "flags"),
            (self.aliases, "alias", "aliases"),
            (self.functions, "function", "functions"),
            (self.maps, "map", "maps"),
            (self.variables, "variable", "variables"),
            (self.programs, "program", "programs"),
        ]
    }

    fn omitted(&self) -> [Count; 10] {
        [
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
            (self.maps_left_out, "map", "maps"),
            (self.variables_left_out, "variable", "variables"),
        ]
    }
}

/// A number of things, and the noun for them in singular and plural.
type Count = (usize, &'static str, &'static str);

/// Writes all counts that are not zero. Returns whether it wrote any.
fn list(f: &mut fmt::Formatter<'_>, counts: &[Count]) -> Result<bool, fmt::Error> {
    let mut any = false;
    for (count, one, more) in counts.iter().filter(|(count, ..)| *count > 0) {
        let comma = if any { ", " } else { "" };
        let what = if *count == 1 { one } else { more };
        write!(f, "{comma}{count} {what}")?;
        any = true;
    }
    Ok(any)
}
