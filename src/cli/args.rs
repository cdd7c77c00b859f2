//! What may stand on the command line. Knows no meaning of it beyond the words.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use btf2wit::{Arrays, CharArrays, Config, Docs, Enums, Functions, PointerSize, Unions};
use clap::{Parser, ValueHint};

/// Converts BTF, the type information of the Linux kernel and of BPF objects, to WIT, the
/// interface language of WebAssembly components.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, after_help = EXAMPLES)]
pub struct Args {
    /// Raw BTF, or an ELF file with a `.BTF` section; standard input if `-`
    #[arg(value_hint = ValueHint::FilePath)]
    pub input: PathBuf,

    /// Where the WIT goes; standard output if absent or `-`
    #[arg(short, long, alias = "output-file", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,

    /// The base of split BTF, as kernel modules have it; by default what the module brings along,
    /// or the `vmlinux` beside it
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    base: Option<PathBuf>,

    /// Write the types of the base too, not only those that the module needs
    #[arg(long)]
    with_base: bool,

    /// Only this C type and what it contains by value; `struct foo` and `enum foo` pick one where
    /// a bare name is ambiguous; what is no name is a glob, as in `trace_event_raw_*`; repeatable
    #[arg(short, long = "type", value_name = "PATTERN")]
    types: Vec<String>,

    /// Not this C type: a field of it becomes its number or its bytes; repeatable
    #[arg(short = 'x', long, value_name = "PATTERN")]
    exclude: Vec<String>,

    /// The package; by default `linux` or `bpf` and the file's name
    #[arg(long, value_name = "NS:NAME[@VER]")]
    package: Option<String>,

    /// The interface that holds all types [default: types]
    #[arg(long, value_name = "NAME")]
    interface: Option<String>,

    /// The world that imports the interface; by default the file's name
    #[arg(short, long, alias = "world-name", value_name = "NAME")]
    world: Option<String>,

    /// The size of a pointer in bits; by default found out from the input
    #[arg(short, long, value_name = "BITS")]
    pointer_size: Option<PointerSize>,

    /// Which functions are written
    #[arg(long, value_name = "WHICH", default_value = "none")]
    functions: Functions,

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

    /// How much the text says of the C side
    #[arg(long, value_name = "HOW", default_value = "full")]
    docs: Docs,

    /// Write the anonymous enums that nothing refers to as well
    #[arg(long)]
    constants: bool,

    /// List each type that is left out, widened or renamed against a rival, and why, on standard
    /// error
    #[arg(long)]
    pub report: bool,

    /// No warnings and no summary on standard error
    #[arg(short, long)]
    pub quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  btf2wit /sys/kernel/btf/vmlinux -o kernel.wit       every type of the running kernel
  btf2wit /sys/kernel/btf/vmlinux -t task_struct      one type and what it contains
  btf2wit prog.bpf.o -t event --set event.comm=string the types of a BPF object";

/// The most bytes of standard input, which may never end.
const MOST_INPUT: u64 = 1 << 30;

impl Args {
    /// The conversion that is asked for.
    pub fn config(&self) -> io::Result<Config> {
        let mut config = Config::new();
        if self.input == Path::new("-") {
            let mut bytes = Vec::new();
            let input = io::stdin().lock();
            input.take(MOST_INPUT + 1).read_to_end(&mut bytes)?;
            if bytes.len() as u64 > MOST_INPUT {
                let what = format!("exceeds {MOST_INPUT} bytes");
                return Err(io::Error::other(what));
            }
            config.input_bytes("stdin", bytes);
        } else {
            config.input(&self.input);
        }
        config
            .types(&self.types)
            .exclude(&self.exclude)
            .functions(self.functions)
            .unions(self.unions)
            .enums(self.enums)
            .arrays(self.arrays)
            .char_arrays(self.char_arrays)
            .docs(self.docs)
            .constants(self.constants)
            .with_base(self.with_base);
        if let Some(base) = &self.base {
            config.base(base);
        }
        for choice in &self.set {
            config.set(choice);
        }
        if let Some(package) = &self.package {
            config.package(package);
        }
        if let Some(interface) = &self.interface {
            config.interface(interface);
        }
        if let Some(world) = &self.world {
            config.world(world);
        }
        if let Some(size) = self.pointer_size {
            config.pointer_size(size);
        }
        Ok(config)
    }
}
