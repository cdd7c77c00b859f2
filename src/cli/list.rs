//! `list`: what is there, one line each.

use std::io::{self, Write};

use btf2wit::layout::Content;
use btf2wit::{Functions, Package};
use clap::Args;

use super::args::{Global, Mapping, Selected, Source};
use super::line::Line;
use super::{Outcome, output, say};

/// List types, with their sizes and WIT names; a BPF object's maps and global variables; functions
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct List {
    #[command(flatten)]
    source: Source,

    #[command(flatten)]
    selected: Selected,

    #[command(flatten)]
    mapping: Mapping,

    /// Print a JSON document, with the layout of every type
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  btf2wit list prog.bpf.o                              types, maps and globals of a BPF object
  btf2wit list /sys/kernel/btf/vmlinux -t 'struct tcp_*'
  btf2wit list /sys/kernel/btf/vmlinux --functions kfuncs
  btf2wit list prog.bpf.o -t event --json | jq '.items[0].fields'";

impl List {
    pub fn run(&self, global: &Global) -> Result<Outcome, String> {
        let config = self.source.config();
        let mut config = config.map_err(|e| format!("stdin: {e}"))?;
        self.selected.set(&mut config);
        self.mapping.set(&mut config);
        let package = config.load().map_err(|e| e.to_string())?;
        say::loaded(&package, global);
        let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
        let printed = match self.json {
            true => json(&package, &mut out),
            false => table(&package, &mut out),
        };
        output::unless_closed(printed.and_then(|()| out.flush()))?;
        if !global.quiet {
            self.say_why_no_functions(&package);
        }
        Ok(Outcome::Done)
    }

    /// Functions that were asked for and are not there.
    fn say_why_no_functions(&self, package: &Package) {
        let why = match self.selected.functions {
            Functions::Kfuncs => {
                "no function is marked with the tag 'bpf_kfunc': kernels before 6.9, and those built \
                 with an old pahole, mark none"
            }
            Functions::All => "the BTF has no functions that take and return what is listed",
            _ => return,
        };
        if package.functions().next().is_none() {
            say::line(&format!("{}: {why}", package.input_name()));
        }
    }
}

fn json(package: &Package, out: &mut impl Write) -> io::Result<()> {
    package.write_layout(out).map_err(|error| match error {
        btf2wit::Error::Write(e) => e,
        error => io::Error::other(error),
    })
}

fn table(package: &Package, out: &mut impl Write) -> io::Result<()> {
    let mut line = Line::default();
    for item in package.outlines() {
        let item = item.map_err(io::Error::other)?;
        columns(&mut line, item.kind.word(), Some(item.size), item.name);
        line.push(&[item.form.word(), " ", item.wit]);
        line.print(out)?;
    }
    for map in package.maps() {
        let name = match map.inner {
            true => format!("{}[]", map.name),
            false => map.name,
        };
        let parts = [("key", map.key), ("value", map.value)];
        let held = parts.into_iter().filter_map(|(what, content)| {
            let content = content?;
            Some(format!("{what} {}", holds(&content)))
        });
        let held = held.collect::<Vec<_>>().join(", ");
        columns(&mut line, "map", None, &name);
        line.push(&[&held]);
        line.print(out)?;
    }
    for global in package.globals() {
        let size = Some(global.content.size);
        columns(&mut line, &global.section, size, &global.name);
        line.push(&[&holds(&global.content)]);
        line.print(out)?;
    }
    for function in package.functions() {
        columns(&mut line, "func", None, &function.name);
        line.push(&["func ", &function.wit]);
        line.print(out)?;
    }
    Ok(())
}

/// Appends all columns of a line but the last.
fn columns(line: &mut Line, what: &str, size: Option<u64>, name: &str) {
    line.push_left(what, 8);
    line.push(&[" "]);
    let size = size.map_or(String::new(), |size| size.to_string());
    line.push_right(&size, 8);
    line.push(&["  "]);
    line.push_left(name, 40);
    line.push(&[" "]);
}

/// What a map or a variable holds, with the label of its item.
fn holds(content: &Content) -> String {
    match &content.item {
        Some(item) => format!("`{}` as {item}", content.c_type),
        None => format!("`{}`", content.c_type),
    }
}
