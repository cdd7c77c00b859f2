//! Writes the interfaces of an object as WIT text. This file writes those of the variables, the programs and the object
//! itself. `map` and `records` write those of maps, and `interface` builds the text of one interface.

mod interface;
mod map;
mod records;

use std::fmt::Write as _;

use super::{GLOBALS, OBJECT, PROGRAMS, ProgramCase, Skeleton, Variable};
use crate::names::{EntityId, is_keyword};
use interface::Interface;

/// The names that the WIT text of the interfaces uses for items, and whether the text has doc comments.
pub(crate) struct TextOptions<'a> {
    /// The name of the interface with the types.
    pub types: &'a str,
    /// Returns the label of an item in the interface with the types.
    pub label: &'a dyn Fn(EntityId) -> &'a str,
    pub docs: bool,
}

/// Returns the WIT text of the interfaces.
pub(crate) fn interfaces(skeleton: &Skeleton, options: &TextOptions<'_>) -> String {
    let mut out = String::new();
    template(&mut out, include_str!("object.wit"), options.docs);
    for map in &skeleton.maps {
        out.push('\n');
        self::map::write(&mut out, map, options);
    }
    if !skeleton.globals.is_empty() {
        out.push('\n');
        globals(&mut out, &skeleton.globals, options);
    }
    if !skeleton.programs.is_empty() {
        out.push('\n');
        programs(&mut out, &skeleton.programs, options.docs);
    }
    out
}

/// Returns the lines of a world that import or export the interfaces. `verb` is `import` or `export`.
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

/// Replaces each control character by a space. A newline in a name would end the doc comment.
fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// Appends the text of a file with WIT. Leaves out its doc comments unless `docs` is set.
fn template(out: &mut String, text: &str, docs: bool) {
    let lines = text.lines();
    for line in lines.filter(|line| docs || !line.trim_start().starts_with("///")) {
        out.push_str(line);
        out.push('\n');
    }
}

fn globals(out: &mut String, globals: &[Variable], options: &TextOptions<'_>) {
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
    let mut own = Interface::new(&names, options);
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
