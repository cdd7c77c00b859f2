//! Parses addresses. An address is a text with which users name a map, its key or value, or a variable: `map stats`,
//! `map stats key`, `map stats value`, `var cfg`.

use super::{Map, ObjectData, Slot};
use crate::btf::{Btf, TypeId};
use crate::escape::escaped;
use crate::nearest;

/// A parsed address, such as `map stats key`.
#[derive(Clone, Copy)]
pub(crate) struct Address<'a> {
    kind: AddressKind,
    pub name: &'a str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum AddressKind {
    /// Both the key and the value.
    Map,
    Key,
    Value,
    Variable,
}

impl<'a> Address<'a> {
    /// Parses `map NAME`, `map NAME key`, `map NAME value` or `var NAME`. Returns `None` for other texts. The name of
    /// an inner map is `NAME[]`.
    pub fn parse(text: &'a str) -> Option<Address<'a>> {
        let text = text.trim();
        if let Some(name) = text.strip_prefix("var ") {
            let (kind, name) = (AddressKind::Variable, name.trim());
            return Some(Address { kind, name });
        }
        let rest = text.strip_prefix("map ")?.trim();
        let endings = [(" key", AddressKind::Key), (" value", AddressKind::Value)];
        let with_ending = endings
            .iter()
            .find_map(|(word, kind)| Some((*kind, rest.strip_suffix(word)?)));
        let (kind, name) = with_ending.unwrap_or((AddressKind::Map, rest));
        let name = name.trim();
        Some(Address { kind, name })
    }

    /// Returns the keys, values and variables that the address covers, with their types. Leaves out those whose types
    /// are unknown. `is_included` decides by name which maps and variables are included, so the name in the address
    /// itself is not compared.
    pub fn find(
        self,
        btf: &Btf,
        data: &ObjectData,
        is_included: impl Fn(&str) -> bool,
    ) -> Vec<(Slot, TypeId)> {
        data.types()
            .filter(|(slot, _)| self.covers(*slot) && is_included(&data.name(btf, *slot)))
            .collect()
    }

    /// Returns the key, value or variable at this address, with its type. The name must match exactly. `map NAME`
    /// stands for the value of the map. If several have this address, returns the first. Returns `None` if there is no
    /// such key, value or variable, or if BTF does not have its type.
    pub fn find_one(self, btf: &Btf, data: &ObjectData) -> Option<(Slot, TypeId)> {
        let is_value = |(slot, _): &(Slot, TypeId)| matches!(slot, Slot::Value(_));
        let mut slots = self.find(btf, data, |name| name == self.name).into_iter();
        match self.kind {
            AddressKind::Map => slots.find(is_value),
            _ => slots.next(),
        }
    }

    fn covers(self, slot: Slot) -> bool {
        match slot {
            Slot::Key(_) => matches!(self.kind, AddressKind::Map | AddressKind::Key),
            Slot::Value(_) => matches!(self.kind, AddressKind::Map | AddressKind::Value),
            Slot::Global(_) => self.kind == AddressKind::Variable,
        }
    }

    /// Returns the error message for an address that [`find_one`](Address::find_one) does not find. Either there is no
    /// such map or variable, or BTF does not have the type of the key or value.
    pub fn missing(self, btf: &Btf, data: &ObjectData) -> String {
        let name = escaped(self.name);
        let maps = data.maps.iter().map(|map| map.full_name(btf));
        let (word, names): (_, Vec<String>) = match self.kind {
            AddressKind::Variable => {
                let names = data.globals.iter().map(|global| btf.name(global.name));
                ("variable", names.map(str::to_owned).collect())
            }
            _ => ("map", maps.collect()),
        };
        if self.kind != AddressKind::Variable && names.iter().any(|other| other == self.name) {
            let part = match self.kind {
                AddressKind::Key => "key",
                _ => "value",
            };
            return format!("map `{name}` does not say the type of its {part}");
        }
        let near = nearest::find(self.name, names.iter().map(String::as_str));
        format!("there is no {word} '{name}'{}", nearest::hint(near))
    }
}

impl ObjectData {
    /// Returns the name of a map or a variable, as it is in addresses.
    pub(super) fn name(&self, btf: &Btf, slot: Slot) -> String {
        match slot {
            Slot::Key(at) | Slot::Value(at) => self.maps[at as usize].full_name(btf),
            Slot::Global(at) => btf.name(self.globals[at as usize].name).to_owned(),
        }
    }
}

impl Map {
    /// Returns the name of the map as it is in addresses. An inner map has the name of its outer map with `[]`
    /// appended.
    pub fn full_name(&self, btf: &Btf) -> String {
        let name = btf.name(self.name);
        match self.inner {
            true => format!("{name}[]"),
            false => name.to_owned(),
        }
    }
}
