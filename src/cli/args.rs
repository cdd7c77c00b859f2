//! Defines groups of arguments that several commands share, and applies them to a `Config`.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use btf2wit::{Arrays, CharArrays, Config, Docs, Enums, Functions, Package, PointerSize, Unions};
use clap::{Args, ColorChoice, ValueHint};

/// The BTF to read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub struct InputArgs {
    /// Raw BTF or an ELF file with a `.BTF` section; `-` reads standard input
    #[arg(value_hint = ValueHint::FilePath, help_heading = None)]
    pub input: PathBuf,

    /// The base of split BTF, which kernel modules have; by default the module's own section
    /// `.BTF.base`, or else the `vmlinux` beside it. A module with a `.BTF.base` is relocated to the
    /// base given here
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    base: Option<PathBuf>,

    /// The size of a pointer in bits; by default detected from the input
    #[arg(short, long, value_name = "BITS")]
    pointer_size: Option<PointerSize>,
}

/// The BTF that describes the bytes, if the types come from another BTF.
#[derive(Debug, Args)]
#[command(next_help_heading = "Bytes")]
pub struct TargetArgs {
    /// The BTF of the bytes, if the types come from another BTF: a BTF or ELF file, such as
    /// /sys/kernel/btf/vmlinux. Types and members are found there by their C names, as CO-RE does
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    target_btf: Option<PathBuf>,

    /// What to do about members that the target BTF lacks: `error`, `zero`, or one of these for a
    /// member, as in `task_struct.pid=zero`. Repeatable
    #[arg(long, value_name = "HOW|MEMBER=HOW", requires = "target_btf")]
    missing: Vec<String>,
}

impl TargetArgs {
    pub fn is_set(&self) -> bool {
        self.target_btf.is_some()
    }

    pub fn set(&self, config: &mut Config) {
        if let Some(target) = &self.target_btf {
            config.target_btf(target);
        }
        for choice in &self.missing {
            config.missing(choice);
        }
    }
}

/// The maximum number of bytes that are read as a whole from standard input or from the bytes to decode, and that a
/// hexadecimal dump may stand for. Standard input may never end, and a `*` in a dump may stand for any number of bytes.
pub const MAX_INPUT: u64 = 1 << 30;

impl InputArgs {
    /// Returns a `Config` for the input. If the input is `-`, this reads standard input, which is possible only once.
    pub fn config(&self) -> io::Result<Config> {
        let mut config = Config::new();
        if self.input == Path::new("-") {
            let mut bytes = Vec::new();
            let input = io::stdin().lock();
            input.take(MAX_INPUT + 1).read_to_end(&mut bytes)?;
            if bytes.len() as u64 > MAX_INPUT {
                let what = format!("exceeds {MAX_INPUT} bytes");
                return Err(io::Error::other(what));
            }
            config.input_bytes("stdin", bytes);
        } else {
            config.input(&self.input);
        }
        if let Some(base) = &self.base {
            config.base(base);
        }
        if let Some(size) = self.pointer_size {
            config.pointer_size(size);
        }
        Ok(config)
    }
}

/// Parses a pattern. Refuses an empty pattern, which results from a shell variable that is not set.
pub fn pattern(pattern: &str) -> Result<String, String> {
    match pattern.trim() {
        "" => Err("the pattern is empty: name a C type".to_owned()),
        _ => Ok(pattern.to_owned()),
    }
}

/// The types and functions to convert.
#[derive(Debug, Args)]
#[command(next_help_heading = "Selection")]
pub struct SelectionArgs {
    /// Convert only this C type and the types it contains by value; with --functions, also this
    /// function and its types. `struct foo`, `enum foo` and `func foo` select one of several with the
    /// same name; `map foo` and `var foo` select the types of a map or a variable. May be a glob, such
    /// as `trace_event_raw_*` or `{tcp,udp}_sock`. Repeatable
    #[arg(short, long = "type", value_name = "PATTERN", value_parser = pattern)]
    types: Vec<String>,

    /// Leave out this C type: fields of the type become a number or bytes. With --functions, also
    /// leave out functions of this name. Repeatable
    #[arg(short = 'x', long, value_name = "PATTERN", value_parser = pattern)]
    exclude: Vec<String>,

    /// Convert what a BPF object shares with user space: the types of its maps' keys and values and
    /// of its global variables
    #[arg(long)]
    maps: bool,

    /// Convert the types of the kernel that the programs of a BPF object read by name: those of its
    /// CO-RE relocations
    #[arg(long)]
    core: bool,

    /// Which functions to convert; with --type, only those that match a pattern: `func *` matches all
    #[arg(long, value_name = "WHICH", default_value = "none")]
    pub functions: Functions,

    /// Also convert anonymous enums that nothing refers to
    #[arg(long)]
    constants: bool,

    /// Convert all types of the base, not only those that the module needs
    #[arg(long)]
    with_base: bool,
}

impl SelectionArgs {
    /// Returns the reason why the package has none of the functions that the user wants. Returns `None` if it has some,
    /// or if the user wants none.
    pub fn why_no_functions(&self, package: &Package) -> Option<&'static str> {
        if self.functions == Functions::None || package.functions().next().is_some() {
            return None;
        }
        Some(match self.functions {
            Functions::Kfuncs if !self.types.is_empty() => {
                "no --type matches a function with the tag 'bpf_kfunc'; --type 'func *' matches all of them"
            }
            _ if !self.types.is_empty() => {
                "no --type matches a function; --type 'func *' matches all of them"
            }
            Functions::Kfuncs => {
                "no function has the tag 'bpf_kfunc': kernels before 6.9, and those built with an old \
                 pahole, do not have the tags"
            }
            _ => "the BTF has no function whose types are all selected",
        })
    }

    pub fn set(&self, config: &mut Config) {
        config
            .types(&self.types)
            .exclude(&self.exclude)
            .maps(self.maps)
            .core(self.core)
            .functions(self.functions)
            .constants(self.constants)
            .with_base(self.with_base);
    }
}

/// The options that decide how C types become WIT types.
#[derive(Debug, Args)]
#[command(next_help_heading = "Mapping")]
pub struct MappingArgs {
    /// How to write unions
    #[arg(long, value_name = "HOW", default_value = "variant")]
    unions: Unions,

    /// How to write enums
    #[arg(long, value_name = "HOW", default_value = "auto")]
    enums: Enums,

    /// How to write arrays
    #[arg(long, value_name = "HOW", default_value = "list")]
    arrays: Arrays,

    /// How to write arrays of `char`
    #[arg(long, value_name = "HOW", default_value = "bytes")]
    char_arrays: CharArrays,

    /// Set one of these choices for a single member or type: `event.comm=string`. Repeatable
    #[arg(long, value_name = "ITEM=CHOICE")]
    set: Vec<String>,
}

impl MappingArgs {
    pub fn set(&self, config: &mut Config) {
        config
            .unions(self.unions)
            .enums(self.enums)
            .arrays(self.arrays)
            .char_arrays(self.char_arrays);
        for choice in &self.set {
            config.set(choice);
        }
    }
}

/// Names and comments of the WIT.
#[derive(Debug, Args)]
#[command(next_help_heading = "Text")]
pub struct TextArgs {
    /// The name of the package; by default `linux` or `bpf`, and the name of the file
    #[arg(long, value_name = "NS:NAME[@VER]")]
    package: Option<String>,

    /// The name of the interface that holds all types [default: types]
    #[arg(long, value_name = "NAME")]
    interface: Option<String>,

    /// The name of the world that imports the interface; by default the name of the file
    #[arg(short, long, alias = "world-name", value_name = "NAME")]
    world: Option<String>,

    /// How much of the C types to document in comments
    #[arg(long, value_name = "HOW", default_value = "full")]
    docs: Docs,
}

impl TextArgs {
    pub fn set(&self, config: &mut Config) {
        config.docs(self.docs);
        if let Some(package) = &self.package {
            config.package(package);
        }
        if let Some(interface) = &self.interface {
            config.interface(interface);
        }
        if let Some(world) = &self.world {
            config.world(world);
        }
    }
}

/// Options of every command, before or after its name.
#[derive(Debug, Args)]
pub struct GlobalArgs {
    /// Print no warnings and no summary
    #[arg(short, long, global = true)]
    pub quiet: bool,

    /// Print what was read and detected on standard error
    #[arg(short, long, global = true)]
    pub verbose: bool,

    /// When to use colours; `auto` uses them on terminals and respects NO_COLOR and CLICOLOR
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    pub color: ColorChoice,
}
