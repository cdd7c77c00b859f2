//! `diff`: what changed between two inputs, as their types have it. Exit codes as those of `diff`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use btf2wit::diff::Diff as Changes;
use btf2wit::{Config, Error, Package};
use clap::{Args, ValueHint};

use super::args::{GlobalArgs, pattern};
use super::{Outcome, changes, output, stderr};

/// Tell what changed between two kernels or objects, by C kind and name, member by member
#[derive(Debug, Args)]
#[command(after_help = NOTES)]
pub struct Diff {
    /// What was: raw BTF, or an ELF file with a `.BTF` section
    #[arg(value_hint = ValueHint::FilePath)]
    old: PathBuf,

    /// What is
    #[arg(value_hint = ValueHint::FilePath)]
    new: PathBuf,

    /// Only this C type and what it contains by value; a name or a glob; repeatable
    #[arg(short, long = "type", value_name = "PATTERN", value_parser = pattern)]
    types: Vec<String>,

    /// Not this C type; repeatable
    #[arg(short = 'x', long, value_name = "PATTERN", value_parser = pattern)]
    exclude: Vec<String>,

    /// The base of the old input, where that is split BTF
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    old_base: Option<PathBuf>,

    /// The base of the new input, where that is split BTF
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    new_base: Option<PathBuf>,

    /// Only what a program that knows the old layout would misread
    #[arg(long)]
    breaking: bool,

    /// Print a JSON document
    #[arg(long)]
    json: bool,
}

const NOTES: &str = "\
Examples:
  btf2wit diff vmlinux-6.12 /sys/kernel/btf/vmlinux -t task_struct
  btf2wit diff old.bpf.o new.bpf.o || echo 'readers of the old layout break'

Lines:
  struct foo: 8 → 16 bytes     a type, and below it what changed in it
  foo.addr.v4: u32 → s32 at 4  a member as C finds it; offsets are from the start of `struct foo`
  foo.a … f (6 members): moved by +8, 16 → 24
                               members in a row that moved alike; --json has each
  !                            breaking: a program that knows the old layout would misread the new one

What breaks:
  A type or member that is gone, a member that moved or whose bytes are read otherwise, an
  enumerator that is gone or has another value, a size that shrank or that moves the elements of an
  array; another byte order. What is new is compatible, and so is a struct or union that grew.

Exit codes:
  0  nothing changed, or nothing that breaks
  1  something breaks
  2  trouble";

/// Which of the two inputs.
enum DiffInput {
    Old,
    New,
}

impl DiffInput {
    /// The option that names its base.
    fn base(&self) -> &'static str {
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
        // A type that only one of them has is what a comparison is for.
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
        Ok(match changes.is_breaking() {
            true => Outcome::Different,
            false => Outcome::Done,
        })
    }

    /// Loads one input, and says of each pattern whether it is there.
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
            Err(Error::UnknownType(_)) => self.load_what_is_there(config),
            Err(Error::NoBase { input }) => Err(format!(
                "{input}: is split BTF, as kernel modules have it: name the vmlinux that it was built for with {}",
                side.base()
            )),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Loads one input in which some pattern finds nothing.
    fn load_what_is_there(
        &self,
        mut config: Config,
    ) -> Result<(Package, Vec<Result<(), String>>), String> {
        let (mut found, mut there) = (Vec::new(), Vec::new());
        for (pattern, excluded) in self.patterns() {
            let mut alone = config.clone();
            match excluded {
                true => alone.exclude([pattern]),
                false => alone.types([pattern]),
            };
            match alone.load() {
                Ok(_) => there.push((pattern, excluded)),
                Err(error @ Error::UnknownType(_)) => {
                    found.push(Err(error.to_string()));
                    continue;
                }
                Err(error) => return Err(error.to_string()),
            }
            found.push(Ok(()));
        }
        let selects = |(_, excluded): &(&str, bool)| !excluded;
        if !self.types.is_empty() && !there.iter().any(selects) {
            config.filter(|_, _| false);
        }
        for (pattern, excluded) in there {
            match excluded {
                true => config.exclude([pattern]),
                false => config.types([pattern]),
            };
        }
        Ok((config.load().map_err(|e| e.to_string())?, found))
    }

    /// All patterns, and whether what matches is excluded.
    fn patterns(&self) -> impl Iterator<Item = (&str, bool)> {
        let types = self.types.iter().map(|pattern| (pattern.as_str(), false));
        let exclude = self.exclude.iter().map(|pattern| (pattern.as_str(), true));
        types.chain(exclude)
    }
}

fn json(changes: &Changes, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, changes)?;
    writeln!(out)
}
