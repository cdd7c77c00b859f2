//! The front door: what to convert, and how.

mod mapping;
mod selection;

use std::path::PathBuf;

use crate::error::Error;
use crate::generate;
use crate::input::Input;
use crate::options::Options;
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
    /// The type ids of a module that brings a base along are those of that base. Its types are
    /// relocated to the base that is named here by name, kind and size, as the kernel does it; a type
    /// without a match, or with several, is an error.
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
    /// - Of a type that ends in a flexible array the bytes do not say where a record ends:
    ///   `records(bytes, RecordSize::Bytes(64))` takes 64 for each, `RecordSize::Rest` all for one.
    /// - A union that is a `variant` asks which arm holds: then `read` takes a `&mut impl Unions`, a trait
    ///   with a method for each of them. [`Config::arm`] chooses the arm beforehand: then nobody is asked, and
    ///   `write` refuses another arm. The trait sees the bytes around the union, of which `peek` reads numbers.
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
