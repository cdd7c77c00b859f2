//! Implements the command `list`, which prints types, maps, variables, programs and functions: as tables with one
//! line for each, or as JSON.

use std::borrow::Cow;
use std::io::{self, Write};

use btf2wit::Package;
use btf2wit::layout::{self, Content, Map, MapForm, MapType, Outline};
use clap::Args;

use super::args::{GlobalArgs, InputArgs, MappingArgs, SelectionArgs};
use super::table::{Column, Table, TablePrinter};
use super::{Failure, Outcome, output, stderr};

/// List types with their sizes and WIT names, and a BPF object's maps, variables, programs and functions
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct List {
    #[command(flatten)]
    source: InputArgs,

    #[command(flatten)]
    selected: SelectionArgs,

    #[command(flatten)]
    mapping: MappingArgs,

    /// Print only the rows, without headings and empty lines
    #[arg(long)]
    no_header: bool,

    /// Print JSON, with the layout of every type
    #[arg(long, conflicts_with = "no_header")]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  btf2wit list prog.bpf.o                              types, maps and globals of a BPF object
  btf2wit list /sys/kernel/btf/vmlinux -t 'struct tcp_*'
  btf2wit list /sys/kernel/btf/vmlinux --functions kfuncs -t 'func bpf_*'
  btf2wit list /sys/kernel/btf/vmlinux --no-header | sort -n -k2 | tail    the largest types
  btf2wit list prog.bpf.o --json | jq '.items[] | select(.name == \"event\").fields'

Rows:
  The selected types come first, then the types that these contain by value, each sorted by WIT
  name; then maps, variables, programs and functions. A row begins with the kind, or for a variable with its
  section. Kinds are in lower case, headings in upper case. Sizes are in bytes.";

impl List {
    pub fn run(&self, global: &GlobalArgs) -> Result<Outcome, Failure> {
        let config = self.source.config();
        let mut config = config.map_err(|e| format!("stdin: {e}"))?;
        self.selected.set(&mut config);
        self.mapping.set(&mut config);
        let package = config.load()?;
        stderr::loaded(&package, global);
        let mut out = output::Stdout::new();
        let printed = match self.json {
            true => json(&package, &mut out),
            false => tables(&package, &mut TablePrinter::new(&mut out, !self.no_header)),
        };
        output::unless_closed(printed.and_then(|()| out.flush()))?;
        stderr::no_functions(&package, &self.selected, global);
        Ok(Outcome::Done)
    }
}

fn json(package: &Package, out: &mut impl Write) -> io::Result<()> {
    package.write_layout(out).map_err(|error| match error {
        btf2wit::Error::Write(e) => e,
        error => io::Error::other(error),
    })
}

fn tables(package: &Package, printer: &mut TablePrinter) -> io::Result<()> {
    types(package, printer)?;
    maps(package, printer)?;
    variables(package, printer)?;
    programs(package, printer)?;
    functions(package, printer)
}

fn types(package: &Package, printer: &mut TablePrinter) -> io::Result<()> {
    let outlines = package.outlines().collect::<Result<Vec<_>, _>>();
    let outlines = outlines.map_err(io::Error::other)?;
    let mut table = Table::new([
        Column::of("KIND"),
        Column::of_numbers("SIZE"),
        Column::of("C NAME"),
        Column::of("WIT"),
    ]);
    let (asked_for, contained): (Vec<_>, Vec<_>) = outlines.iter().partition(|o| o.asked_for);
    for outline in &asked_for {
        table.push(type_row(outline));
    }
    table.title(match asked_for.is_empty() {
        true => "Taken and returned by the functions:",
        false => "Contained by value in these:",
    });
    for outline in &contained {
        table.push(type_row(outline));
    }
    printer.print(&table)
}

fn type_row<'a>(outline: &Outline<'a>) -> [Cow<'a, str>; 4] {
    [
        outline.kind.word().into(),
        outline.size.to_string().into(),
        outline.name.into(),
        [outline.form.word(), " ", outline.wit].concat().into(),
    ]
}

fn maps(package: &Package, printer: &mut TablePrinter) -> io::Result<()> {
    let columns = ["KIND", "NAME", "TYPE", "KEY", "VALUE"].map(Column::of);
    let mut table = Table::new(columns);
    for map in package.maps() {
        table.push(map_row(&map).map(Into::into));
    }
    printer.print(&table)
}

fn map_row(map: &Map) -> [String; 5] {
    let name = match map.inner {
        true => format!("{}[]", map.name),
        false => map.name.clone(),
    };
    let part = |content: &Option<Content>, size: Option<u64>| match (content, size) {
        (Some(content), _) => type_and_item(content),
        (None, Some(1)) => "1 byte".to_owned(),
        (None, Some(size)) => format!("{size} bytes"),
        (None, None) => "-".to_owned(),
    };
    let key = part(&map.key, map.key_size);
    let value = part(&map.value, map.value_size);
    ["map".to_owned(), name, map_type(map), key, value]
}

/// Returns bpftool's name for the type of a map. Returns the number of the type if bpftool has no name for it. Returns
/// a remark such as `not understood`, or `-`, if the type is unknown.
fn map_type(map: &Map) -> String {
    match (map.form, map.map_type) {
        (MapForm::Legacy, _) => "legacy definition".to_owned(),
        (MapForm::Unknown, _) => "not understood".to_owned(),
        (_, Some(MapType { number, name, .. })) => {
            name.map_or_else(|| number.to_string(), str::to_owned)
        }
        (_, None) => "-".to_owned(),
    }
}

fn variables(package: &Package, printer: &mut TablePrinter) -> io::Result<()> {
    let mut table = Table::new([
        Column::of("SECTION"),
        Column::of_numbers("SIZE"),
        Column::of("VARIABLE"),
        Column::of("TYPE"),
    ]);
    for variable in package.globals() {
        table.push(variable_row(variable).map(Into::into));
    }
    printer.print(&table)
}

fn variable_row(variable: layout::Global) -> [String; 4] {
    let layout::Global {
        section,
        name,
        content,
        ..
    } = variable;
    let size = content.size.to_string();
    [section, size, name, type_and_item(&content)]
}

fn programs(package: &Package, printer: &mut TablePrinter) -> io::Result<()> {
    let mut table = Table::new(["KIND", "PROGRAM", "SECTION"].map(Column::of));
    for program in package.programs() {
        table.push([
            "program".into(),
            program.name.into(),
            program.section.into(),
        ]);
    }
    printer.print(&table)
}

fn functions(package: &Package, printer: &mut TablePrinter) -> io::Result<()> {
    let mut table = Table::new(["KIND", "C NAME", "WIT"].map(Column::of));
    for function in package.functions() {
        let wit = ["func ", &function.wit].concat();
        table.push(["func".into(), function.name.into(), wit.into()]);
    }
    printer.print(&table)
}

/// Returns the C type of a variable, or of a map's key or value. If the type has a WIT item, the label of the item is
/// added.
fn type_and_item(content: &Content) -> String {
    match &content.item {
        Some(item) => format!("`{}` as {item}", content.c_type),
        None => format!("`{}`", content.c_type),
    }
}
