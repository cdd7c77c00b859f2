//! How users name a map or a variable: `map stats`, `map stats key`, `var cfg`.

use super::{Map, ObjectData, Slot};
use crate::btf::{Btf, TypeId};
use crate::escape::escaped;
use crate::nearest;

/// A map, its key or its value, or a variable, by name.
#[derive(Clone, Copy)]
pub(crate) struct Address<'a> {
    what: What,
    pub name: &'a str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Map,
    Key,
    Value,
    Variable,
}

impl<'a> Address<'a> {
    /// Splits `map NAME`, `map NAME key`, `map NAME value` and `var NAME`. The maps that a map of maps holds are
    /// called `NAME[]`.
    pub fn parse(text: &'a str) -> Option<Address<'a>> {
        let text = text.trim();
        if let Some(name) = text.strip_prefix("var ") {
            let (what, name) = (What::Variable, name.trim());
            return Some(Address { what, name });
        }
        let rest = text.strip_prefix("map ")?.trim();
        let halves = [(" key", What::Key), (" value", What::Value)];
        let half = halves
            .iter()
            .find_map(|(word, what)| Some((*what, rest.strip_suffix(word)?)));
        let (what, name) = half.unwrap_or((What::Map, rest));
        let name = name.trim();
        Some(Address { what, name })
    }

    /// Returns the places of all maps or variables whose name is wanted.
    pub fn find(
        self,
        btf: &Btf,
        shared: &ObjectData,
        wanted: impl Fn(&str) -> bool,
    ) -> Vec<(Slot, TypeId)> {
        shared
            .types()
            .filter(|(slot, _)| self.covers(*slot) && wanted(&shared.name(btf, *slot)))
            .collect()
    }

    /// Returns the one place of this name. A map alone stands for its value.
    pub fn find_one(self, btf: &Btf, shared: &ObjectData) -> Option<(Slot, TypeId)> {
        let is_value = |(slot, _): &(Slot, TypeId)| matches!(slot, Slot::Value(_));
        let mut places = self.find(btf, shared, |name| name == self.name).into_iter();
        match self.what {
            What::Map => places.find(is_value),
            _ => places.next(),
        }
    }

    fn covers(self, slot: Slot) -> bool {
        match slot {
            Slot::Key(_) => matches!(self.what, What::Map | What::Key),
            Slot::Value(_) => matches!(self.what, What::Map | What::Value),
            Slot::Global(_) => self.what == What::Variable,
        }
    }

    /// Says why nothing is found: there is no such map or variable, or BTF does not say what it holds.
    pub fn missing(self, btf: &Btf, shared: &ObjectData) -> String {
        let name = escaped(self.name);
        let maps = shared.maps.iter().map(|map| map.full_name(btf));
        let (word, names): (_, Vec<String>) = match self.what {
            What::Variable => {
                let names = shared.globals.iter().map(|global| btf.name(global.name));
                ("variable", names.map(str::to_owned).collect())
            }
            _ => ("map", maps.collect()),
        };
        if self.what != What::Variable && names.iter().any(|other| other == self.name) {
            let half = match self.what {
                What::Key => "key",
                _ => "value",
            };
            return format!("map `{name}` does not say the type of its {half}");
        }
        let near = nearest::find(self.name, names.iter().map(String::as_str));
        format!("there is no {word} '{name}'{}", nearest::hint(near))
    }
}

impl ObjectData {
    /// The name of a map or a variable, as addresses have it.
    pub(super) fn name(&self, btf: &Btf, slot: Slot) -> String {
        match slot {
            Slot::Key(at) | Slot::Value(at) => self.maps[at as usize].full_name(btf),
            Slot::Global(at) => btf.name(self.globals[at as usize].name).to_owned(),
        }
    }
}

impl Map {
    /// The name, followed by `[]` where it is what the map of that name holds.
    pub fn full_name(&self, btf: &Btf) -> String {
        let name = btf.name(self.name);
        match self.inner {
            true => format!("{name}[]"),
            false => name.to_owned(),
        }
    }
}
