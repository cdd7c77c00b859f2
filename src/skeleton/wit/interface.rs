//! Builds the WIT text of one interface, and collects the items that the interface uses from the interface with the
//! types.

use std::fmt::Write as _;

use super::{TextOptions, id, plain};
use crate::names::{EntityId, collide};
use crate::skeleton::{OBJECT, TypeText};

/// One interface whose functions are written one after another.
pub(super) struct Interface<'a, 's> {
    pub lines: String,
    docs: bool,
    /// The items that the text uses so far, each with its name in this interface.
    used: Vec<(EntityId, String)>,
    /// The names of the functions and types that an interface of this kind may have, and of the types that it uses
    /// from the interface of the object. A used item cannot have one of these names.
    own: &'a [&'a str],
    options: &'a TextOptions<'s>,
}

impl<'a, 's> Interface<'a, 's> {
    pub fn new(own: &'a [&'a str], options: &'a TextOptions<'s>) -> Interface<'a, 's> {
        Interface {
            lines: String::new(),
            docs: options.docs,
            used: Vec::new(),
            own,
            options,
        }
    }

    /// Returns a type as WIT text, and notes that the interface uses its item.
    pub fn ty(&mut self, text: &TypeText) -> String {
        let Some(item) = text.item else {
            return format!("{}{}", text.before, text.after);
        };
        let known = self.used.iter().find(|(used, _)| *used == item);
        let name = match known {
            Some((_, name)) => name.clone(),
            None => {
                let name = self.free((self.options.label)(item));
                self.used.push((item, name.clone()));
                name
            }
        };
        format!("{}{}{}", text.before, id(&name), text.after)
    }

    /// Returns the name for a used item: its label, followed by `-type` as often as needed to differ from the other
    /// names of the interface.
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

    pub fn doc(&mut self, text: &str) {
        self.lines.push('\n');
        if self.docs {
            let _ = writeln!(self.lines, "    /// {text}");
        }
    }

    pub fn function(&mut self, doc: &str, name: &str, parameters: &str, ok: &str) {
        self.doc(doc);
        let _ = writeln!(
            self.lines,
            "    {name}: func({parameters}) -> result<{ok}, error>;"
        );
    }

    /// Appends the interface to `out`, with the documentation `docs`. `of_object` lists the types that the interface
    /// uses from the interface of the object.
    pub fn finish(self, out: &mut String, docs: &[String], name: &str, of_object: &str) {
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
                let label = (self.options.label)(*item);
                match label == name {
                    true => id(label),
                    false => format!("{} as {name}", id(label)),
                }
            };
            let used: Vec<String> = self.used.iter().map(label).collect();
            let types = id(self.options.types);
            let _ = writeln!(out, "    use {types}.{{{}}};", used.join(", "));
        }
        out.push_str(&self.lines);
        out.push_str("}\n");
    }
}
