//! Groups of arguments that several commands share. Knows no meaning of them beyond the words, and
//! what they set in a `Config`.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use btf2wit::{Arrays, CharArrays, Config, Docs, Enums, Functions, Package, PointerSize, Unions};
use clap::{Args, ColorChoice, ValueHint};

/// Where the BTF comes from.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub struct InputArgs {
    /// Raw BTF, or an ELF file with a `.BTF` section; standard input if `-`
    #[arg(value_hint = ValueHint::FilePath, help_heading = None)]
    pub input: PathBuf,

    /// The base of split BTF, as kernel modules have it; by default what the module brings along in
    /// `.BTF.base`, or else the `vmlinux` beside it. The types of a module that brings one along are
    /// relocated to the base that is named
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    base: Option<PathBuf>,

    /// The size of a pointer in bits; by default found out from the input
    #[arg(short, long, value_name = "BITS")]
    pointer_size: Option<PointerSize>,
}

/// The most bytes of standard input, which may never end.
pub const MAX_INPUT: u64 = 1 << 30;

impl InputArgs {
    /// Says where to read, and reads standard input, which can be read only once.
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

/// Refuses a pattern without a name, as an unset variable of a shell makes one.
pub fn pattern(pattern: &str) -> Result<String, String> {
    match pattern.trim() {
        "" => Err("the pattern is empty: name a C type".to_owned()),
        _ => Ok(pattern.to_owned()),
    }
}

/// What is taken of it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Selection")]
pub struct SelectionArgs {
    /// Only this C type and what it contains by value; with --functions, also this function and its types. `struct foo`,
    /// `enum foo` and `func foo` pick one where several have the name; what is no name is a glob, as in
    /// `trace_event_raw_*` or `{tcp,udp}_sock`; `map foo` and `var foo` are the types of a map and of a variable; repeatable
    #[arg(short, long = "type", value_name = "PATTERN", value_parser = pattern)]
    types: Vec<String>,

    /// Not this C type: a field of it becomes its number or its bytes; with --functions, not this function either;
    /// repeatable
    #[arg(short = 'x', long, value_name = "PATTERN", value_parser = pattern)]
    exclude: Vec<String>,

    /// What a BPF object shares with user space: the types of its maps' keys and values, and of its
    /// global variables
    #[arg(long)]
    maps: bool,

    /// Which functions are taken; with --type only those that a pattern names: `func *` names all
    #[arg(long, value_name = "WHICH", default_value = "none")]
    pub functions: Functions,

    /// Take the anonymous enums that nothing refers to as well
    #[arg(long)]
    constants: bool,

    /// Take the types of the base too, not only those that the module needs
    #[arg(long)]
    with_base: bool,
}

impl SelectionArgs {
    /// Why a package has none of the functions that were asked for; nothing where it has some.
    pub fn why_no_functions(&self, package: &Package) -> Option<&'static str> {
        if self.functions == Functions::None || package.functions().next().is_some() {
            return None;
        }
        Some(match self.functions {
            Functions::Kfuncs if !self.types.is_empty() => {
                "no --type names a function that is marked with the tag 'bpf_kfunc'; --type 'func *' names all of them"
            }
            _ if !self.types.is_empty() => {
                "no --type names a function; --type 'func *' names all of them"
            }
            Functions::Kfuncs => {
                "no function is marked with the tag 'bpf_kfunc': kernels before 6.9, and those built \
                 with an old pahole, mark none"
            }
            _ => "the BTF has no functions that take and return what is selected",
        })
    }

    pub fn set(&self, config: &mut Config) {
        config
            .types(&self.types)
            .exclude(&self.exclude)
            .maps(self.maps)
            .functions(self.functions)
            .constants(self.constants)
            .with_base(self.with_base);
    }
}

/// How C becomes WIT.
#[derive(Debug, Args)]
#[command(next_help_heading = "Mapping")]
pub struct MappingArgs {
    /// How unions are written
    #[arg(long, value_name = "HOW", default_value = "variant")]
    unions: Unions,

    /// How enums are written
    #[arg(long, value_name = "HOW", default_value = "auto")]
    enums: Enums,

    /// How arrays are written
    #[arg(long, value_name = "HOW", default_value = "list")]
    arrays: Arrays,

    /// How arrays of `char` are written
    #[arg(long, value_name = "HOW", default_value = "bytes")]
    char_arrays: CharArrays,

    /// One of these choices for one member or type: `event.comm=string`; repeatable
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

/// What the text says around the items.
#[derive(Debug, Args)]
#[command(next_help_heading = "Text")]
pub struct TextArgs {
    /// The package; by default `linux` or `bpf` and the file's name
    #[arg(long, value_name = "NS:NAME[@VER]")]
    package: Option<String>,

    /// The interface that holds all types [default: types]
    #[arg(long, value_name = "NAME")]
    interface: Option<String>,

    /// The world that imports the interface; by default the file's name
    #[arg(short, long, alias = "world-name", value_name = "NAME")]
    world: Option<String>,

    /// How much the text says of the C side
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

/// What every command understands, before or after its name.
#[derive(Debug, Args)]
pub struct GlobalArgs {
    /// No warnings and no summary on standard error
    #[arg(short, long, global = true)]
    pub quiet: bool,

    /// Say on standard error what was read, and what was found out about it
    #[arg(short, long, global = true)]
    pub verbose: bool,

    /// When there are colours; `auto`: on terminals, and as NO_COLOR and CLICOLOR say
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    pub color: ColorChoice,
}
