//! The front door: what to convert, and how.

use std::path::PathBuf;

use crate::error::Error;
use crate::generate;
use crate::input::Input;
use crate::names::{CName, Kind, Rename};
use crate::options::{
    Arrays, CharArrays, Docs, Enums, Filter, Functions, Options, PointerSize, Unions,
};
use crate::package::Package;
use crate::report::Report;

/// What to convert and how: [`generate`](Config::generate) does it in a build script,
/// [`load`](Config::load) reads the input for everything else.
///
/// Every setter returns the same `Config`, so that calls can be chained.
///
/// ```
/// # fn main() -> Result<(), btf2wit::Error> {
/// let wit = btf2wit::Config::new()
///     .input("testdata/obj/event.bpfel.o")
///     .types(["event"])
///     .load()?
///     .to_wit()?;
/// assert!(wit.contains("record event {"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    input: Input,
    base: Option<Input>,
    options: Options,
    out_dir: Option<PathBuf>,
    rust_reader: Option<String>,
    emit_rerun_if_changed: bool,
}

impl Default for Config {
    fn default() -> Config {
        Config::new()
    }
}

impl Config {
    /// Converts all types of the running kernel, `/sys/kernel/btf/vmlinux`, unless told otherwise.
    ///
    /// In a build script this makes the result depend on the machine that builds, see
    /// [Reproducible builds](crate#reproducible-builds).
    ///
    /// ```no_run
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// let wit = btf2wit::Config::new().types(["task_struct"]).load()?.to_wit()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn new() -> Config {
        Config {
            input: Input::Path(PathBuf::from("/sys/kernel/btf/vmlinux")),
            base: None,
            options: Options::default(),
            out_dir: None,
            rust_reader: None,
            emit_rerun_if_changed: true,
        }
    }

    /// A file to read: raw BTF, or an ELF file with a `.BTF` section, such as a BPF object, a kernel
    /// module or a `vmlinux`; with the feature `packed` also packed with xz, zstd or gzip. A build
    /// script runs in the folder of its `Cargo.toml`, where relative paths begin.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// let package = btf2wit::Config::new().input("testdata/obj/event.bpfel.o").load()?;
    /// assert_eq!(package.input_name(), "testdata/obj/event.bpfel.o");
    /// # Ok(())
    /// # }
    /// ```
    pub fn input(&mut self, path: impl Into<PathBuf>) -> &mut Config {
        self.input = Input::Path(path.into());
        self
    }

    /// The content of such a file; `name` stands for its name in messages and in the default names
    /// of package and world.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let bytes = std::fs::read("testdata/obj/event.bpfel.o")?;
    /// let wit = btf2wit::Config::new().input_bytes("probe.bpf.o", bytes).load()?.to_wit()?;
    /// assert!(wit.contains("package bpf:probe;"));
    ///
    /// let error = btf2wit::Config::new().input_bytes("empty", []).load().err().unwrap();
    /// assert_eq!(error.to_string(), "empty: is empty");
    /// # Ok(())
    /// # }
    /// ```
    pub fn input_bytes(
        &mut self,
        name: impl Into<String>,
        bytes: impl Into<Vec<u8>>,
    ) -> &mut Config {
        self.input = Input::Bytes(name.into(), bytes.into());
        self
    }

    /// The base of split BTF, as kernel modules have it: the `vmlinux` that they were built for, raw
    /// or ELF. By default what the module brings along in `.BTF.base`, or else the `vmlinux` beside
    /// it, as in `/sys/kernel/btf`.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// let module = btf2wit::Config::new().input("openvswitch.ko").base("vmlinux").load()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn base(&mut self, path: impl Into<PathBuf>) -> &mut Config {
        self.base = Some(Input::Path(path.into()));
        self
    }

    /// The content of such a file, with a name for messages.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let vmlinux = std::fs::read("vmlinux")?;
    /// let module = btf2wit::Config::new()
    ///     .input("openvswitch.ko")
    ///     .base_bytes("vmlinux", vmlinux)
    ///     .load()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn base_bytes(
        &mut self,
        name: impl Into<String>,
        bytes: impl Into<Vec<u8>>,
    ) -> &mut Config {
        self.base = Some(Input::Bytes(name.into(), bytes.into()));
        self
    }

    /// Are the types of the base written too, also where no type of the split BTF needs them? By
    /// default not.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// let both = btf2wit::Config::new()
    ///     .input("/sys/kernel/btf/openvswitch")
    ///     .with_base(true)
    ///     .load()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_base(&mut self, with_base: bool) -> &mut Config {
        self.options.with_base = with_base;
        self
    }

    /// Converts only these C types, and what they contain by value. `struct foo` and `enum foo`
    /// pick one where a bare name is ambiguous; what is no name is a glob, as in
    /// `trace_event_raw_*`. Adds to earlier calls; without any, all types are converted.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// let wit = btf2wit::Config::new()
    ///     .input("testdata/obj/unions.bpfel.o")
    ///     .types(["struct uses_named"])
    ///     .load()?
    ///     .to_wit()?;
    /// assert!(wit.contains("record uses-named {"));
    /// assert!(wit.contains("variant value {"), "it is contained by value");
    /// assert!(!wit.contains("ipv4-address"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn types<T: Into<String>>(&mut self, types: impl IntoIterator<Item = T>) -> &mut Config {
        self.options.types.extend(types.into_iter().map(Into::into));
        self
    }

    /// Converts only what a BPF object shares with user space, and what [`Config::types`] asks for
    /// besides: key and value types of its maps, the types of its global variables, and what these
    /// contain by value.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/maps.bpfel.o");
    /// let package = btf2wit::Config::new().input(object).maps(true).load()?;
    /// let map = &package.maps()[0];
    /// assert_eq!(map.name, "connections");
    /// assert_eq!(map.key.as_ref().unwrap().c_type, "struct key");
    /// # Ok(())
    /// # }
    /// ```
    pub fn maps(&mut self, maps: bool) -> &mut Config {
        self.options.maps = maps;
        self
    }

    /// Leaves out these C types, by the same patterns as [`Config::types`]: a field of one becomes
    /// its number, where it is an enum or another name of a number, or else its bytes. Adds to
    /// earlier calls.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/unions.bpfel.o");
    /// let mut wit = Vec::new();
    /// btf2wit::Config::new()
    ///     .input(object)
    ///     .types(["uses_named"])
    ///     .exclude(["union val*"])
    ///     .load()?
    ///     .write_to(&mut wit)?;
    /// assert!(String::from_utf8(wit).unwrap().contains("    value: list<u8>,"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn exclude<T: Into<String>>(
        &mut self,
        patterns: impl IntoIterator<Item = T>,
    ) -> &mut Config {
        let patterns = patterns.into_iter().map(Into::into);
        self.options.exclude.extend(patterns);
        self
    }

    /// Leaves out the C types for which `wanted` answers no, as [`Config::exclude`] does.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/unions.bpfel.o");
    /// use btf2wit::Kind;
    ///
    /// let package = btf2wit::Config::new()
    ///     .input(object)
    ///     .filter(|kind, name| kind == Kind::Struct && !name.starts_with("uses_"))
    ///     .load()?;
    /// for item in package.items() {
    ///     assert_ne!(item?.wit, "uses-named");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn filter(
        &mut self,
        wanted: impl Fn(Kind, &str) -> bool + Send + Sync + 'static,
    ) -> &mut Config {
        self.options.filter = Filter::new(wanted);
        self
    }

    /// Calls things otherwise: what `hook` answers is taken instead of the C name. It is made a
    /// label, kept apart from rivals and checked like every other name; without an answer C's own is
    /// taken. The comments keep C's names.
    ///
    /// The hook may be asked about a name more than once, and must always give the same answer.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/event.bpfel.o");
    /// use btf2wit::NameKind;
    ///
    /// let mut wit = Vec::new();
    /// btf2wit::Config::new()
    ///     .input(object)
    ///     .types(["event"])
    ///     .rename(|c| match (c.kind, c.parent, c.name) {
    ///         (NameKind::Member, Some("event"), "comm") => Some("command".to_owned()),
    ///         (NameKind::Type(_), None, "event") => Some("exec_event".to_owned()),
    ///         _ => None,
    ///     })
    ///     .load()?
    ///     .write_to(&mut wit)?;
    /// let wit = String::from_utf8(wit).unwrap();
    /// assert!(wit.contains("record exec-event {"));
    /// assert!(wit.contains("command: list<u8>,"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn rename(
        &mut self,
        hook: impl Fn(CName<'_>) -> Option<String> + Send + Sync + 'static,
    ) -> &mut Config {
        self.options.rename = Rename::new(hook);
        self
    }

    /// The package, `NAMESPACE:NAME` or `NAMESPACE:NAME@VERSION`, as
    /// [WIT has it](https://component-model.bytecodealliance.org/design/packages.html). By default
    /// `linux` or, for a BPF object, `bpf`, and the name of the file.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// let wit = btf2wit::Config::new()
    ///     .input("testdata/obj/event.bpfel.o")
    ///     .package("demo:probe@0.1.0")
    ///     .load()?
    ///     .to_wit()?;
    /// assert!(wit.contains("package demo:probe@0.1.0;"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn package(&mut self, package: impl Into<String>) -> &mut Config {
        self.options.package = Some(package.into());
        self
    }

    /// The interface that all items stand in, by default `types`.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// let wit = btf2wit::Config::new()
    ///     .input("testdata/obj/event.bpfel.o")
    ///     .interface("events")
    ///     .load()?
    ///     .to_wit()?;
    /// assert!(wit.contains("interface events {"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn interface(&mut self, interface: impl Into<String>) -> &mut Config {
        self.options.interface = Some(interface.into());
        self
    }

    /// The world that imports the interface, by default called as the file. Whoever has a world of
    /// their own needs none of it: a world that nobody selects generates nothing.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// let wit = btf2wit::Config::new()
    ///     .input("testdata/obj/event.bpfel.o")
    ///     .world("guest")
    ///     .load()?
    ///     .to_wit()?;
    /// assert!(wit.contains("world guest {"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn world(&mut self, world: impl Into<String>) -> &mut Config {
        self.options.world = Some(world.into());
        self
    }

    /// The size of a pointer where the C side runs. By default that of the ELF file, or for raw BTF
    /// what its types suggest.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// let wit = btf2wit::Config::new()
    ///     .input("testdata/obj/pointers.bpfel.o")
    ///     .pointer_size(btf2wit::PointerSize::Bits32)
    ///     .load()?
    ///     .to_wit()?;
    /// assert!(wit.contains("type pointer = u32;"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn pointer_size(&mut self, size: PointerSize) -> &mut Config {
        self.options.pointer_size = Some(size);
        self
    }

    /// Which functions are written; with selected types, only those whose types are there by value.
    /// By default none.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// let wit = btf2wit::Config::new()
    ///     .input("testdata/obj/functions.bpfel.o")
    ///     .functions(btf2wit::Functions::All)
    ///     .load()?
    ///     .to_wit()?;
    /// assert!(wit.contains("judge: func(packet: pointer, otherwise: verdict) -> verdict;"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn functions(&mut self, functions: Functions) -> &mut Config {
        self.options.functions = functions;
        self
    }

    /// How unions are written. By default as a `variant`, a case for each arm.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// let wit = btf2wit::Config::new()
    ///     .input("testdata/obj/unions.bpfel.o")
    ///     .unions(btf2wit::Unions::Record)
    ///     .load()?
    ///     .to_wit()?;
    /// assert!(wit.contains("record value {"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn unions(&mut self, unions: Unions) -> &mut Config {
        self.options.unions = unions;
        self
    }

    /// How enums are written. By default as an `enum`, or as `flags` where C has single bits.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// let wit = btf2wit::Config::new()
    ///     .input("testdata/obj/enums.bpfel.o")
    ///     .enums(btf2wit::Enums::Integer)
    ///     .load()?
    ///     .to_wit()?;
    /// assert!(wit.contains("type sparse = u32;"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn enums(&mut self, enums: Enums) -> &mut Config {
        self.options.enums = enums;
        self
    }

    /// How arrays are written. By default as a `list` of any length; the length in C stands in the
    /// comment.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// let wit = btf2wit::Config::new()
    ///     .input("testdata/obj/event.bpfel.o")
    ///     .arrays(btf2wit::Arrays::Fixed)
    ///     .load()?
    ///     .to_wit()?;
    /// assert!(wit.contains("comm: list<u8, 16>,"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn arrays(&mut self, arrays: Arrays) -> &mut Config {
        self.options.arrays = arrays;
        self
    }

    /// How arrays of `char` are written. By default as other arrays, since C has no other type for
    /// bytes that are no text.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// let wit = btf2wit::Config::new()
    ///     .input("testdata/obj/event.bpfel.o")
    ///     .char_arrays(btf2wit::CharArrays::String)
    ///     .load()?
    ///     .to_wit()?;
    /// assert!(wit.contains("filename: string,"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn char_arrays(&mut self, char_arrays: CharArrays) -> &mut Config {
        self.options.char_arrays = char_arrays;
        self
    }

    /// One of the choices above for one member or type, `ITEM=CHOICE`. Adds to earlier calls.
    ///
    /// An item is a C type, or a member of one; a member of an unnamed struct is one of its parent,
    /// and an unnamed union has the name of its first member.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// let wit = btf2wit::Config::new()
    ///     .input("testdata/obj/event.bpfel.o")
    ///     .set("event.comm=string")
    ///     .load()?
    ///     .to_wit()?;
    /// assert!(wit.contains("comm: string,"));
    /// assert!(wit.contains("filename: list<u8>,"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn set(&mut self, choice: impl Into<String>) -> &mut Config {
        self.options.set.push(choice.into());
        self
    }

    /// How much the text says of the C side: offsets and sizes in bytes, bits, lengths, values of
    /// enumerators. By default everything.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// let wit = btf2wit::Config::new()
    ///     .input("testdata/obj/event.bpfel.o")
    ///     .docs(btf2wit::Docs::Brief)
    ///     .load()?
    ///     .to_wit()?;
    /// assert!(wit.contains("/// `struct event`, 168 bytes"));
    /// assert!(!wit.contains("/// `int pid` at 0"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn docs(&mut self, docs: Docs) -> &mut Config {
        self.options.docs = docs;
        self
    }

    /// Are anonymous enums that nothing refers to, a kernel's constants, written too? By default
    /// not.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// let mut config = btf2wit::Config::new();
    /// config.input("testdata/obj/enums.x86-64.o");
    /// let without = config.load()?.report()?.summary;
    /// let with = config.constants(true).load()?.report()?.summary;
    /// assert_eq!(with.enums, without.enums + without.constants);
    /// # Ok(())
    /// # }
    /// ```
    pub fn constants(&mut self, constants: bool) -> &mut Config {
        self.options.constants = constants;
        self
    }

    /// Generates Rust beside the WIT that reads the bytes of these types into the types that bindings
    /// have, and writes them: `types.rs` in the folder of `types.wit`. `bindings` is the module that
    /// wit-bindgen's or wasmtime's macro makes of the interface, as seen from the crate.
    ///
    /// ```no_run
    /// // build.rs
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// btf2wit::Config::new()
    ///     .input("probe.bpf.o")
    ///     .package("bpf:event")
    ///     .types(["event"])
    ///     .rust_reader("crate::bpf::event::types")
    ///     .generate()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The crate includes it as a module:
    ///
    /// ```text
    /// mod reader {
    ///     include!(concat!(env!("OUT_DIR"), "/wit/types.rs"));
    /// }
    ///
    /// let event = reader::event::read(bytes)?;          // or Event::try_from(bytes)?
    /// for event in reader::event::records(bytes) { ... }
    /// reader::event::write(&event, &mut [0; reader::event::SIZE])?;
    /// ```
    ///
    /// - There is a module for each item. A macro that leaves out types that no function uses has to be
    ///   told otherwise: `generate_unused_types: true`.
    /// - The text needs no crate but `alloc`, and has no unsafe code. Bytes are read in the byte order and
    ///   with the size of pointers of the BTF, wherever the code runs.
    /// - A union that is a `variant` asks which arm holds: then `read` takes a `&mut impl Unions`, a trait
    ///   with a method for each of them. It sees the bytes around the union, of which `peek` reads numbers.
    ///   A union that is a `record` is written arm after arm, so that the last one counts.
    /// - An enum's number that has no case, and a bit that has no label, is an error that names the
    ///   field and the number. To take any, map the enum to an integer: [`Config::set`] with
    ///   `enum state=integer`, or [`Config::enums`] for all.
    /// - Lists may be shorter than their array when they are written; what is longer, and a number that its
    ///   bitfield does not hold, is an error.
    pub fn rust_reader(&mut self, bindings: impl Into<String>) -> &mut Config {
        self.rust_reader = Some(bindings.into());
        self
    }

    /// The folder that [`generate`](Config::generate) writes into, and makes if need be. By default
    /// `wit` in cargo's `OUT_DIR`. Relative paths begin in the current folder, which in a build
    /// script is that of `Cargo.toml`.
    ///
    /// A folder holds one package, for bindings macros read all files in it as one. Who generates
    /// several names a folder for each, and all of them in the macro:
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let root = tempfile::tempdir()?;
    /// # let out_dir = root.path().join("out");
    /// # let env = |_| Some(&out_dir);
    /// // build.rs; `env` is `std::env::var_os`
    /// let out_dir = std::path::Path::new(env("OUT_DIR").unwrap());
    /// for name in ["event", "maps"] {
    ///     btf2wit::Config::new()
    ///         .input(format!("testdata/obj/{name}.bpfel.o"))
    ///         .package(format!("bpf:{name}"))
    ///         .out_dir(out_dir.join(name))
    ///         .generate()?;
    /// }
    /// // lib.rs: path: [concat!(env!("OUT_DIR"), "/event"), concat!(env!("OUT_DIR"), "/maps"), "wit"]
    /// # assert!(root.path().join("out/maps/types.wit").is_file());
    /// # Ok(())
    /// # }
    /// ```
    pub fn out_dir(&mut self, folder: impl Into<PathBuf>) -> &mut Config {
        self.out_dir = Some(folder.into());
        self
    }

    /// Does [`generate`](Config::generate) print `cargo:rerun-if-changed=` for every file that it
    /// read? By default where `OUT_DIR` is set, as it is for build scripts; with `false` never.
    ///
    /// Cargo runs a build script that prints no such line whenever any file of its crate has
    /// changed. One that reads more than btf2wit does prints such lines for the rest.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// btf2wit::Config::new()
    ///     .input("probe.bpf.o")
    ///     .emit_rerun_if_changed(false)
    ///     .generate()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn emit_rerun_if_changed(&mut self, emit: bool) -> &mut Config {
        self.emit_rerun_if_changed = emit;
        self
    }

    /// Reads the input and settles everything but the text.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// let package = btf2wit::Config::new().input("testdata/obj/event.bpfel.o").load()?;
    /// package.write_to(std::io::stdout())?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Where the input cannot be read, is not BTF or is broken, and where the options name what is
    /// not there.
    pub fn load(&self) -> Result<Package, Error> {
        Package::load(&self.input, self.base.as_ref(), &self.options)
    }

    /// Writes the package as `types.wit` into `wit` in cargo's `OUT_DIR`, or into the folder that
    /// [`out_dir`](Config::out_dir) names: made for build scripts, and laid out so that bindings
    /// macros take the folder as it is. Says what was written, and what was not.
    ///
    /// The file is replaced whole or not at all, and not touched where it would stay the same. It has
    /// one name for all packages, so that a package that gets another name leaves nothing behind.
    ///
    /// ```no_run
    /// // build.rs
    /// fn main() -> Result<(), btf2wit::Error> {
    ///     let report = btf2wit::Config::new()
    ///         .input("probe.bpf.o")
    ///         .types(["event"])
    ///         .generate()?;
    ///     for entry in report.of(btf2wit::Fate::LeftOut) {
    ///         println!("cargo:warning={entry}");
    ///     }
    ///     Ok(())
    /// }
    /// ```
    ///
    /// Cargo is told to run the script again when the input changes, but not of an input in `OUT_DIR`: what
    /// the script makes itself is new each time.
    ///
    /// The front page has [the crate around it](crate#in-a-build-script).
    ///
    /// # Errors
    ///
    /// Those of [`load`](Config::load); [`Error::NoOutDir`] where there is neither `OUT_DIR` nor
    /// another folder; [`Error::WriteFile`] where the file cannot be written;
    /// [`Error::FolderTaken`] where this process has generated another package, or one from another
    /// input, into the folder.
    pub fn generate(&self) -> Result<Report, Error> {
        let folder = generate::folder(self.out_dir.as_deref())?;
        let package = self.load();
        if self.emit_rerun_if_changed {
            // Who goes on without the package wants to be asked again when the input is mended.
            match &package {
                Ok(package) => generate::rerun_if_changed(package.files())?,
                Err(_) => generate::rerun_if_changed(&self.named_files())?,
            }
        }
        let package = package?;
        generate::into_folder(&package, &folder)?;
        if let Some(bindings) = &self.rust_reader {
            generate::reader(&package, &folder, bindings)?;
        }
        package.report()
    }

    fn named_files(&self) -> Vec<PathBuf> {
        let inputs = [Some(&self.input), self.base.as_ref()];
        let paths = inputs.into_iter().flatten().filter_map(Input::path);
        paths.map(PathBuf::from).collect()
    }
}
