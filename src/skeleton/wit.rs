//! The interfaces of an object as WIT text.

use std::fmt::Write as _;

use super::{
    Data, Functions, GLOBALS, Keyed, Keys, MapInterface, OBJECT, PROGRAMS, ProgramCase, Record,
    Skeleton, TypeText, Variable,
};
use crate::names::{EntityId, collide, is_keyword};

/// How names are written.
pub(crate) struct Spelling<'a> {
    /// The name of the interface with the types.
    pub types: &'a str,
    /// Returns the label of a type.
    pub label: &'a dyn Fn(EntityId) -> &'a str,
    pub docs: bool,
}

/// Returns the interfaces as text.
pub(crate) fn interfaces(skeleton: &Skeleton, spelling: &Spelling<'_>) -> String {
    let mut out = String::new();
    template(&mut out, include_str!("object.wit"), spelling.docs);
    for map in &skeleton.maps {
        out.push('\n');
        self::map(&mut out, map, spelling);
    }
    if !skeleton.globals.is_empty() {
        out.push('\n');
        globals(&mut out, &skeleton.globals, spelling);
    }
    if !skeleton.programs.is_empty() {
        out.push('\n');
        programs(&mut out, &skeleton.programs, spelling.docs);
    }
    out
}

/// Returns the lines of a world that imports or exports the interfaces.
pub(crate) fn world(skeleton: &Skeleton, verb: &str) -> String {
    let maps = skeleton.maps.iter().map(|map| map.label.as_str());
    let globals = (!skeleton.globals.is_empty()).then_some(GLOBALS);
    let programs = (!skeleton.programs.is_empty()).then_some(PROGRAMS);
    let all = std::iter::once(OBJECT)
        .chain(maps)
        .chain(globals)
        .chain(programs);
    let lines: Vec<String> = all.map(|name| format!("{verb} {};", id(name))).collect();
    lines.join("\n    ")
}

fn id(label: &str) -> String {
    match is_keyword(label) {
        true => format!("%{label}"),
        false => label.to_owned(),
    }
}

/// The lines of one interface.
struct Interface<'a, 's> {
    lines: String,
    docs: bool,
    /// The types that it uses, each with its name here.
    used: Vec<(EntityId, String)>,
    /// The names that functions and types of the interface itself have.
    own: &'a [&'a str],
    spelling: &'a Spelling<'s>,
}

impl<'a, 's> Interface<'a, 's> {
    fn new(own: &'a [&'a str], spelling: &'a Spelling<'s>) -> Interface<'a, 's> {
        Interface {
            lines: String::new(),
            docs: spelling.docs,
            used: Vec::new(),
            own,
            spelling,
        }
    }

    /// Returns a type as text. Uses the type that it names.
    fn ty(&mut self, text: &TypeText) -> String {
        let Some(item) = text.item else {
            return format!("{}{}", text.before, text.after);
        };
        let known = self.used.iter().find(|(used, _)| *used == item);
        let name = match known {
            Some((_, name)) => name.clone(),
            None => {
                let name = self.free((self.spelling.label)(item));
                self.used.push((item, name.clone()));
                name
            }
        };
        format!("{}{}{}", text.before, id(&name), text.after)
    }

    /// Returns a name for a type that nothing else in the interface has.
    fn free(&self, label: &str) -> String {
        let is_taken = |name: &str| {
            let own = self.own.iter().any(|own| collide(own, name));
            own || self.used.iter().any(|(_, used)| collide(used, name))
        };
        let mut name = label.to_owned();
        while is_taken(&name) {
            name.push_str("-type");
        }
        name
    }

    fn doc(&mut self, text: &str) {
        self.lines.push('\n');
        if self.docs {
            let _ = writeln!(self.lines, "    /// {text}");
        }
    }

    fn function(&mut self, doc: &str, name: &str, parameters: &str, ok: &str) {
        self.doc(doc);
        let _ = writeln!(
            self.lines,
            "    {name}: func({parameters}) -> result<{ok}, error>;"
        );
    }

    /// Writes the interface. `of_object` are the types of the object's interface that it uses.
    fn finish(self, out: &mut String, docs: &[String], name: &str, of_object: &str) {
        if self.docs {
            for line in docs {
                let line = format!("/// {}", plain(line));
                let _ = writeln!(out, "{}", line.trim_end());
            }
        }
        let _ = writeln!(out, "interface {} {{", id(name));
        let _ = writeln!(out, "    use {OBJECT}.{{{of_object}}};");
        if !self.used.is_empty() {
            let label = |(item, name): &(EntityId, String)| {
                let label = (self.spelling.label)(*item);
                match label == name {
                    true => id(label),
                    false => format!("{} as {name}", id(label)),
                }
            };
            let used: Vec<String> = self.used.iter().map(label).collect();
            let types = id(self.spelling.types);
            let _ = writeln!(out, "    use {types}.{{{}}};", used.join(", "));
        }
        out.push_str(&self.lines);
        out.push_str("}\n");
    }
}

/// Returns a text without what ends a comment or spoils it.
fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// Appends a text of WIT, without its comments if they are not wanted.
fn template(out: &mut String, text: &str, docs: bool) {
    let lines = text.lines();
    for line in lines.filter(|line| docs || !line.trim_start().starts_with("///")) {
        out.push_str(line);
        out.push('\n');
    }
}

fn map(out: &mut String, map: &MapInterface, spelling: &Spelling<'_>) {
    let mut docs = vec![match map.max_entries {
        Some(entries) => format!(
            "The map `{}`, {}, max_entries {entries}",
            map.name, map.kind
        ),
        None => format!("The map `{}`, {}", map.name, map.kind),
    }];
    match &map.functions {
        Functions::Keyed { keyed, key, value } => {
            let per_cpu = if keyed.per_cpu {
                " for each possible CPU"
            } else {
                ""
            };
            docs.push(String::new());
            docs.push(format!("Key: `{}`. Value: `{}`{per_cpu}", key.c, value.c));
            keyed_map(out, map, &docs, (*keyed, key, value), spelling);
        }
        Functions::Ordered(value) => {
            docs.push(String::new());
            docs.push(format!("Value: `{}`", value.c));
            ordered(out, map, &docs, value, spelling);
        }
        Functions::Filter(value) => {
            docs.push(String::new());
            docs.push(format!("Value: `{}`", value.c));
            filter(out, map, &docs, value, spelling);
        }
        Functions::Records { record, .. } => {
            docs.extend(of_records(record.as_ref()));
            records(out, map, &docs, record.as_ref(), spelling);
        }
        Functions::Submitted(record) => {
            if let Some(record) = record {
                docs.push(String::new());
                docs.push(format!("Record: `{}`", record.c));
            }
            submitted(out, map, &docs, record.as_ref(), spelling);
        }
    }
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
    (keyed, key, value): (Keyed, &Data, &Data),
    spelling: &Spelling<'_>,
) {
    let mut own = Interface::new(KEYED, spelling);
    let (name, key) = match keyed.keys {
        Keys::Typed | Keys::Index => ("key", own.ty(&key.wit)),
        Keys::Process => ("process", own.ty(&key.wit)),
        Keys::File | Keys::Cgroup => ("path", own.ty(&key.wit)),
    };
    let mut value = own.ty(&value.wit);
    let mut values = "the value";
    if keyed.per_cpu {
        value = format!("list<{value}>");
        values = "the values of all possible CPUs";
    }
    let parameter = format!("{name}: {key}");
    own.function(
        &format!("Returns {values}, or nothing if the {name} has none"),
        "lookup",
        &parameter,
        &format!("option<{value}>"),
    );
    if keyed.updates {
        own.function(
            &format!("Sets {values}"),
            "update",
            &format!("{parameter}, value: {value}, mode: update-mode"),
            "_",
        );
    }
    if keyed.deletes {
        own.function(
            &format!("Deletes a {name} with {values}. Returns whether it was there"),
            "delete-key",
            &parameter,
            "bool",
        );
    }
    if keyed.takes {
        own.function(
            &format!("Returns {values} and deletes the {name}, or returns nothing if it has none"),
            "lookup-and-delete",
            &parameter,
            &format!("option<{value}>"),
        );
    }
    if keyed.lists {
        own.function(
            "Returns all entries. Those that others change meanwhile may be missing or doubled",
            "entries",
            "",
            &format!("list<tuple<{key}, {value}>>"),
        );
    }
    let of_object = if keyed.updates {
        "error, update-mode"
    } else {
        "error"
    };
    own.finish(out, docs, &map.label, of_object);
}

const ORDERED: &[&str] = &["error", "push", "pop", "peek"];

fn ordered(
    out: &mut String,
    map: &MapInterface,
    docs: &[String],
    value: &Data,
    spelling: &Spelling<'_>,
) {
    let mut own = Interface::new(ORDERED, spelling);
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
    value: &Data,
    spelling: &Spelling<'_>,
) {
    let mut own = Interface::new(FILTER, spelling);
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

const RECORDS: &[&str] = &["error", "poll", "poll-bytes", "lost", "record-of-map"];
/// The variant of several types of records.
const VARIANT: &str = "record-of-map";

fn of_records(record: Option<&Record>) -> Vec<String> {
    let text = match record {
        None => "Records without a type: name it with --event MAP=TYPE".to_owned(),
        Some(Record::One(data)) => format!("Record: `{}`", data.c),
        Some(Record::Several { cases, .. }) => {
            let names: Vec<String> = cases
                .iter()
                .map(|(_, data)| format!("`{}`", data.c))
                .collect();
            format!("Record: {}", names.join(" or "))
        }
    };
    vec![String::new(), text]
}

fn records(
    out: &mut String,
    map: &MapInterface,
    docs: &[String],
    record: Option<&Record>,
    spelling: &Spelling<'_>,
) {
    const TIMEOUT: &str = "timeout-ms: option<u32>";
    let mut own = Interface::new(RECORDS, spelling);
    let ty = match record {
        None => None,
        Some(Record::One(data)) => Some(own.ty(&data.wit)),
        Some(Record::Several { cases, .. }) => {
            own.doc("A record of the map");
            let lines: Vec<String> = cases
                .iter()
                .map(|(label, data)| format!("        {}({}),\n", id(label), own.ty(&data.wit)))
                .collect();
            let _ = write!(
                own.lines,
                "    variant {VARIANT} {{\n{}    }}\n",
                lines.concat()
            );
            Some(VARIANT.to_owned())
        }
    };
    if let Some(ty) = ty {
        own.function(
            "Waits for records and returns them. Returns none if the time is over; without a time, waits as long as it\n    \
             /// takes",
            "poll",
            TIMEOUT,
            &format!("list<{ty}>"),
        );
    }
    own.function(
        "Waits for records and returns their bytes",
        "poll-bytes",
        TIMEOUT,
        "list<list<u8>>",
    );
    own.doc("Returns how many records were lost so far, as far as the kernel says so");
    own.lines.push_str("    lost: func() -> u64;\n");
    own.finish(out, docs, &map.label, "error");
}

fn submitted(
    out: &mut String,
    map: &MapInterface,
    docs: &[String],
    record: Option<&Data>,
    spelling: &Spelling<'_>,
) {
    let mut own = Interface::new(&["error", "push"], spelling);
    let ty = match record {
        Some(record) => own.ty(&record.wit),
        None => "list<u8>".to_owned(),
    };
    own.function(
        "Hands a record to the program that drains the map",
        "push",
        &format!("value: {ty}"),
        "_",
    );
    own.finish(out, docs, &map.label, "error");
}

fn globals(out: &mut String, globals: &[Variable], spelling: &Spelling<'_>) {
    let names: Vec<String> = globals
        .iter()
        .flat_map(|global| {
            [
                format!("get-{}", global.label),
                format!("set-{}", global.label),
            ]
        })
        .chain(["error".to_owned()])
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut own = Interface::new(&names, spelling);
    for global in globals {
        let ty = own.ty(&global.data.wit);
        let what = format!("`{}` in `{}`", plain(&global.c), plain(&global.section));
        own.function(
            &format!("Returns {what}"),
            &format!("get-{}", global.label),
            "",
            &ty,
        );
        let when = match global.is_constant() {
            true => format!("Sets {what}, before `load`"),
            false => format!("Sets {what}"),
        };
        let value = format!("value: {ty}");
        own.function(&when, &format!("set-{}", global.label), &value, "_");
    }
    own.finish(
        out,
        &["The variables of the object".to_owned()],
        GLOBALS,
        "error",
    );
}

fn programs(out: &mut String, programs: &[ProgramCase], docs: bool) {
    let mut text = String::new();
    for program in programs {
        if docs {
            let (name, section) = (plain(&program.name), plain(&program.section));
            let _ = writeln!(text, "        /// `{name}` in `{section}`");
        }
        let _ = writeln!(text, "        {},", id(&program.label));
    }
    let all = include_str!("programs.wit").replace("        CASES\n", &text);
    template(out, &all, docs);
}
