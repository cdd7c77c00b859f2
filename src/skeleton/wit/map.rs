//! Writes the interfaces of maps. `records` has the part for maps with records.

use super::TextOptions;
use super::interface::Interface;
use super::records::{of_records, records, submitted};
use crate::skeleton::{DataType, Functions, Keyed, Keys, MapInterface};

/// Writes the interface of a map.
pub(super) fn write(out: &mut String, map: &MapInterface, options: &TextOptions<'_>) {
    let mut docs = vec![match map.max_entries {
        Some(entries) => format!(
            "The map `{}`, {}, max_entries {entries}",
            map.name, map.kind
        ),
        None => format!("The map `{}`, {}", map.name, map.kind),
    }];
    if let Some(types) = types(&map.functions) {
        docs.extend([String::new(), types]);
    }
    match &map.functions {
        Functions::Keyed { keyed, key, value } => {
            keyed_map(out, map, &docs, (*keyed, key, value), options);
        }
        Functions::Ordered(value) => ordered(out, map, &docs, value, options),
        Functions::Filter(value) => filter(out, map, &docs, value, options),
        Functions::Records { record, .. } => {
            records(out, map, &docs, record.as_ref(), options);
        }
        Functions::Submitted(record) => submitted(out, map, &docs, record.as_ref(), options),
    }
}

/// Returns the sentence that gives the C types of a map, for the documentation of its interface. Returns `None` for a
/// user ring buffer if the type of its records is not known.
fn types(functions: &Functions) -> Option<String> {
    Some(match functions {
        Functions::Keyed { keyed, key, value } => {
            let per_cpu = if keyed.per_cpu {
                " for each possible CPU"
            } else {
                ""
            };
            format!("Key: `{}`. Value: `{}`{per_cpu}", key.c, value.c)
        }
        Functions::Ordered(value) | Functions::Filter(value) => format!("Value: `{}`", value.c),
        Functions::Records { record, .. } => of_records(record.as_ref()),
        Functions::Submitted(record) => format!("Record: `{}`", record.as_ref()?.c),
    })
}

const KEYED: &[&str] = &[
    "error",
    "update-mode",
    "lookup",
    "update",
    "delete-key",
    "lookup-and-delete",
    "entries",
];

fn keyed_map(
    out: &mut String,
    map: &MapInterface,
    docs: &[String],
    (keyed, key, value): (Keyed, &DataType, &DataType),
    options: &TextOptions<'_>,
) {
    let mut own = Interface::new(KEYED, options);
    let entry = Entry::new(&mut own, keyed, key, value);
    entry.look_up(&mut own);
    if keyed.updates {
        entry.update(&mut own);
    }
    if keyed.deletes {
        entry.delete(&mut own);
    }
    if keyed.takes {
        entry.take(&mut own);
    }
    if keyed.lists {
        entry.list(&mut own);
    }
    let of_object = if keyed.updates {
        "error, update-mode"
    } else {
        "error"
    };
    own.finish(out, docs, &map.label, of_object);
}

/// The types of a map's keys and values as WIT text, the name of the parameter for a key, and the words that doc
/// comments use for a value.
struct Entry {
    /// The name of the parameter for the key.
    name: &'static str,
    key: String,
    value: String,
    /// The words for the value in doc comments.
    values: &'static str,
}

impl Entry {
    fn new(own: &mut Interface<'_, '_>, keyed: Keyed, key: &DataType, value: &DataType) -> Entry {
        let key = own.ty(&key.wit);
        let value = own.ty(&value.wit);
        let (value, values) = match keyed.per_cpu {
            true => (format!("list<{value}>"), "the values of all possible CPUs"),
            false => (value, "the value"),
        };
        let name = match keyed.keys {
            Keys::Typed | Keys::Index => "key",
            Keys::Process => "process",
            Keys::File | Keys::Cgroup => "path",
        };
        Entry {
            name,
            key,
            value,
            values,
        }
    }

    fn parameter(&self) -> String {
        format!("{}: {}", self.name, self.key)
    }

    fn look_up(&self, own: &mut Interface<'_, '_>) {
        let Entry { name, values, .. } = self;
        let doc = format!("Returns {values}, or nothing if the {name} has none");
        let ok = format!("option<{}>", self.value);
        own.function(&doc, "lookup", &self.parameter(), &ok);
    }

    fn update(&self, own: &mut Interface<'_, '_>) {
        let doc = format!("Sets {}", self.values);
        let (first, value) = (self.parameter(), &self.value);
        let parameters = format!("{first}, value: {value}, mode: update-mode");
        own.function(&doc, "update", &parameters, "_");
    }

    fn delete(&self, own: &mut Interface<'_, '_>) {
        let Entry { name, .. } = self;
        let doc = format!("Deletes the entry of a {name}. Returns whether there was one");
        own.function(&doc, "delete-key", &self.parameter(), "bool");
    }

    fn take(&self, own: &mut Interface<'_, '_>) {
        let Entry { name, values, .. } = self;
        let doc =
            format!("Returns {values} and deletes the {name}, or returns nothing if it has none");
        let ok = format!("option<{}>", self.value);
        own.function(&doc, "lookup-and-delete", &self.parameter(), &ok);
    }

    fn list(&self, own: &mut Interface<'_, '_>) {
        let doc =
            "Returns all entries. Those that others change meanwhile may be missing or doubled";
        let ok = format!("list<tuple<{}, {}>>", self.key, self.value);
        own.function(doc, "entries", "", &ok);
    }
}

const ORDERED: &[&str] = &["error", "push", "pop", "peek"];

fn ordered(
    out: &mut String,
    map: &MapInterface,
    docs: &[String],
    value: &DataType,
    options: &TextOptions<'_>,
) {
    let mut own = Interface::new(ORDERED, options);
    let value = own.ty(&value.wit);
    own.function(
        "Adds a value. Fails if the map is full",
        "push",
        &format!("value: {value}"),
        "_",
    );
    let next = format!("option<{value}>");
    own.function(
        "Takes the next value, or nothing if there is none",
        "pop",
        "",
        &next,
    );
    own.function(
        "Returns the next value and leaves it there",
        "peek",
        "",
        &next,
    );
    own.finish(out, docs, &map.label, "error");
}

const FILTER: &[&str] = &["error", "push", "peek"];

fn filter(
    out: &mut String,
    map: &MapInterface,
    docs: &[String],
    value: &DataType,
    options: &TextOptions<'_>,
) {
    let mut own = Interface::new(FILTER, options);
    let value = format!("value: {}", own.ty(&value.wit));
    own.function("Adds a value", "push", &value, "_");
    own.function(
        "Returns whether a value may have been added. False means that it was not",
        "peek",
        &value,
        "bool",
    );
    own.finish(out, docs, &map.label, "error");
}
