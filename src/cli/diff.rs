//! Implements the command `diff`, which compares the types of two inputs. The exit codes are those of the program
//! `diff`, but 1 stands only for breaking changes.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use btf2wit::diff::Diff as Changes;
use btf2wit::{Config, Error, Package};
use clap::{Args, ValueHint};

use super::args::{GlobalArgs, pattern};
use super::{Outcome, changes, output, stderr};

/// Compare the types of two kernels or objects by C kind and name, member by member
#[derive(Debug, Args)]
#[command(after_help = NOTES)]
pub struct Diff {
    /// The old input: raw BTF or an ELF file with a `.BTF` section
    #[arg(value_hint = ValueHint::FilePath)]
    old: PathBuf,

    /// The new input
    #[arg(value_hint = ValueHint::FilePath)]
    new: PathBuf,

    /// Compare only this C type and the types it contains by value: a name or a glob. Repeatable
    #[arg(short, long = "type", value_name = "PATTERN", value_parser = pattern)]
    types: Vec<String>,

    /// Leave out this C type. Repeatable
    #[arg(short = 'x', long, value_name = "PATTERN", value_parser = pattern)]
    exclude: Vec<String>,

    /// The base of the old input, if that is split BTF
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    old_base: Option<PathBuf>,

    /// The base of the new input, if that is split BTF
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    new_base: Option<PathBuf>,

    /// Print only changes that break programs that know the old layout
    #[arg(long)]
    breaking: bool,

    /// Print the changes as JSON
    #[arg(long)]
    json: bool,
}

const NOTES: &str = "\
Examples:
  btf2wit diff vmlinux-6.12 /sys/kernel/btf/vmlinux -t task_struct
  btf2wit diff old.bpf.o new.bpf.o || echo 'readers of the old layout break'

Lines:
  struct foo: 8 → 16 bytes     a type; the lines below it are changes in it
  foo.addr.v4: u32 → s32 at 4  a member by its path in C; offsets count from the start of `struct foo`
  foo.a … f (6 members): moved by +8, 16 → 24
                               members in a row that moved alike; --json lists each
  !                            breaking: a program that knows the old layout misreads the new one

What breaks:
  A type, member or enumerator is removed; a member moves or its bytes are read in another way; an
  enumerator's value changes; a type shrinks, or its size moves the elements of an array; the byte
  order changes. Additions are compatible, and so is a struct or union that grows. docs/breaking.md
  in the repository has the whole definition, which the fingerprint of a layout follows, too.

Exit codes:
  0  no change, or compatible changes only
  1  breaking changes
  2  failure";

/// One of the two inputs.
enum DiffInput {
    Old,
    New,
}

impl DiffInput {
    /// Returns the name of the option for the base of this input.
    fn base_option(&self) -> &'static str {
        match self {
            DiffInput::Old => "--old-base",
            DiffInput::New => "--new-base",
        }
    }
}

impl Diff {
    pub fn run(&self, global: &GlobalArgs) -> Result<Outcome, String> {
        let bases = [self.old_base.as_deref(), self.new_base.as_deref()];
        let mut inputs = [&*self.old, &*self.new]
            .into_iter()
            .chain(bases.into_iter().flatten());
        if inputs.any(|input| input == Path::new("-")) {
            return Err("diff does not read standard input: name two files".to_owned());
        }
        let (old, found_in_old) = self.load(DiffInput::Old)?;
        let (new, found_in_new) = self.load(DiffInput::New)?;
        stderr::loaded(&old, global);
        stderr::loaded(&new, global);
        // If a pattern matches in only one input, a type was added or removed, which is no error.
        for (one, other) in found_in_old.iter().zip(&found_in_new) {
            if let (Err(unknown), Err(_)) = (one, other) {
                return Err(unknown.clone());
            }
        }
        let changes = Changes::of(&old, &new).map_err(|e| e.to_string())?;
        let mut out = output::Stdout::new();
        let printed = match self.json {
            true => json(&changes, &mut out),
            false => changes::print(&changes, self.breaking, &mut out),
        };
        output::unless_closed(printed.and_then(|()| out.flush()))?;
        if !global.quiet {
            print_summary(&changes);
        }
        Ok(match changes.is_breaking() {
            true => Outcome::Different,
            false => Outcome::Done,
        })
    }

    /// Loads one input. Also returns, for each pattern, whether it matches something in the input, and if not, the
    /// error.
    fn load(&self, side: DiffInput) -> Result<(Package, Vec<Result<(), String>>), String> {
        let (path, base) = match side {
            DiffInput::Old => (&self.old, &self.old_base),
            DiffInput::New => (&self.new, &self.new_base),
        };
        let mut config = Config::new();
        config.input(path);
        if let Some(base) = base {
            config.base(base);
        }
        let mut all = config.clone();
        all.types(&self.types).exclude(&self.exclude);
        match all.load() {
            Ok(package) => Ok((package, self.patterns().map(|_| Ok(())).collect())),
            Err(Error::UnknownType(_)) => self.load_matching(config),
            Err(Error::NoBase { input }) => Err(format!(
                "{input}: is split BTF, as kernel modules have it: name the vmlinux that it was built for with {}",
                side.base_option()
            )),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Loads one input with only those patterns that match something in it. If there are `--type` patterns but none
    /// matches, all named types are excluded. Also returns the results for all patterns.
    fn load_matching(
        &self,
        mut config: Config,
    ) -> Result<(Package, Vec<Result<(), String>>), String> {
        let (mut found, mut matching) = (Vec::new(), Vec::new());
        for (pattern, excluded) in self.patterns() {
            let mut alone = config.clone();
            match excluded {
                true => alone.exclude([pattern]),
                false => alone.types([pattern]),
            };
            match alone.load() {
                Ok(_) => matching.push((pattern, excluded)),
                Err(error @ Error::UnknownType(_)) => {
                    found.push(Err(error.to_string()));
                    continue;
                }
                Err(error) => return Err(error.to_string()),
            }
            found.push(Ok(()));
        }
        let selects = |(_, excluded): &(&str, bool)| !excluded;
        if !self.types.is_empty() && !matching.iter().any(selects) {
            config.filter(|_, _| false);
        }
        for (pattern, excluded) in matching {
            match excluded {
                true => config.exclude([pattern]),
                false => config.types([pattern]),
            };
        }
        Ok((config.load().map_err(|e| e.to_string())?, found))
    }

    /// Returns all patterns. Each pattern has a flag that says whether the pattern excludes types.
    fn patterns(&self) -> impl Iterator<Item = (&str, bool)> {
        let types = self.types.iter().map(|pattern| (pattern.as_str(), false));
        let exclude = self.exclude.iter().map(|pattern| (pattern.as_str(), true));
        types.chain(exclude)
    }
}

fn print_summary(changes: &Changes) {
    let counts = changes.counts();
    stderr::line(&format!(
        "{} and {} types compared: {} added, {} removed, {} changed; {} breaking",
        changes.old_types,
        changes.new_types,
        counts.added,
        counts.removed,
        counts.changed,
        counts.breaking
    ));
}

fn json(changes: &Changes, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, changes)?;
    writeln!(out)
}
