//! `list`: what is there, one line each.

use std::io::{self, Write};

use btf2wit::layout::Content;
use btf2wit::{Functions, Package};
use clap::Args;

use super::args::{Global, Mapping, Selected, Source};
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
    let mut row = Row::default();
    for item in package.outlines() {
        let item = item.map_err(io::Error::other)?;
        let rest = [item.form.word(), " ", item.wit];
        row.print(out, item.kind.word(), Some(item.size), item.name, &rest)?;
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
        row.print(out, "map", None, &name, &[&held])?;
    }
    for global in package.globals() {
        let size = Some(global.content.size);
        let held = holds(&global.content);
        row.print(out, &global.section, size, &global.name, &[&held])?;
    }
    for function in package.functions() {
        let rest = ["func ", &function.wit];
        row.print(out, "func", None, &function.name, &rest)?;
    }
    Ok(())
}

/// A line of the list, put together by hand: there may be tens of thousands.
#[derive(Default)]
struct Row(String);

impl Row {
    fn print(
        &mut self,
        out: &mut impl Write,
        what: &str,
        size: Option<u64>,
        name: &str,
        rest: &[&str],
    ) -> io::Result<()> {
        self.0.clear();
        self.push_padded(what, 8);
        self.0.push(' ');
        let size = size.map_or(String::new(), |size| size.to_string());
        self.push_spaces(8, &size);
        self.0.push_str(&size);
        self.0.push_str("  ");
        self.push_padded(name, 40);
        self.0.push(' ');
        self.0.extend(rest.iter().copied());
        out.write_all(say::harmless(self.0.trim_end()).as_bytes())?;
        out.write_all(b"\n")
    }

    /// Appends a word, and spaces up to a width in characters.
    fn push_padded(&mut self, word: &str, width: usize) {
        self.0.push_str(word);
        self.push_spaces(width, word);
    }

    /// Appends as many spaces as a word has fewer characters than a width.
    fn push_spaces(&mut self, width: usize, word: &str) {
        const SPACES: &str = "                                        ";
        let missing = width.saturating_sub(word.chars().count());
        self.0.push_str(&SPACES[..missing]);
    }
}

/// What a map or a variable holds, with the label of its item.
fn holds(content: &Content) -> String {
    match &content.item {
        Some(item) => format!("`{}` as {item}", content.c_type),
        None => format!("`{}`", content.c_type),
    }
}
