//! The builder for a conversion, with which the caller sets all options.

mod mapping;
mod selection;
mod skeleton;
mod target;

use std::path::PathBuf;

use crate::error::Error;
use crate::generate;
use crate::input::Input;
use crate::options::Options;
use crate::package::Package;
use crate::report::Report;

/// Configures a conversion.
///
/// In a build script, finish with [`generate`](Config::generate). Everywhere else, [`load`](Config::load) reads the
/// input and returns a [`Package`]. Setters return `&mut Config`, so calls can be chained.
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
    target: Option<Input>,
    options: Options,
    out_dir: Option<PathBuf>,
    rust_reader: Option<String>,
    #[cfg(feature = "codec")]
    codec: Option<PathBuf>,
    #[cfg(feature = "codec")]
    adapter: Option<PathBuf>,
    emit_rerun_if_changed: bool,
}

impl Default for Config {
    fn default() -> Config {
        Config::new()
    }
}

impl Config {
    /// Creates a `Config` that converts all types of the running kernel, `/sys/kernel/btf/vmlinux`.
    ///
    /// In a build script, this default makes the result depend on the build machine: see
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
            target: None,
            options: Options::default(),
            out_dir: None,
            rust_reader: None,
            #[cfg(feature = "codec")]
            codec: None,
            #[cfg(feature = "codec")]
            adapter: None,
            emit_rerun_if_changed: true,
        }
    }

    /// Sets the file to read: raw BTF, or an ELF file with a `.BTF` section, such as a BPF object, a kernel module or a
    /// `vmlinux`. With the feature `packed`, the file may be packed, for example with xz, zstd or gzip. In a build
    /// script, paths are relative to the folder of `Cargo.toml`.
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

    /// Sets the contents of the input, as an alternative to [`input`](Config::input). `name` is the input's name in
    /// messages. The default names of package and world are made from `name`.
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

    /// Sets the base of split BTF: the `vmlinux` that a kernel module was built for, as raw BTF or ELF. By default, the
    /// base is the module's own section `.BTF.base`. Without this section, the default is the file `vmlinux` in the
    /// module's folder, as in `/sys/kernel/btf`.
    ///
    /// The type ids of a module with a section `.BTF.base` refer to that section. If you also set a base, each type of
    /// the section is searched in that base by name, kind and size, as in the kernel. A type with no match, or with
    /// several matches, is an error.
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

    /// Sets the contents of the base, as an alternative to [`base`](Config::base). `name` is the base's name in
    /// messages.
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

    /// Sets the name of the [WIT package](https://component-model.bytecodealliance.org/design/packages.html),
    /// `NAMESPACE:NAME` or `NAMESPACE:NAME@VERSION`. By default, the namespace is `bpf` for a BPF object and `linux`
    /// otherwise, and the name is derived from the file name.
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

    /// Sets the name of the interface that contains all items. The default is `types`.
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

    /// Sets the name of the world that imports the interface. By default, the name is derived from the file name. The
    /// world does not affect worlds of your own in the same package: a bindings macro generates code only for the world
    /// that you name in it.
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

    /// Makes [`generate`](Config::generate) write `types.rs` next to `types.wit`: Rust code that converts between the
    /// bytes of C types and the types that a bindings macro generates. `bindings` is the path of the module that
    /// wit-bindgen's or wasmtime's macro generates for the interface.
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
    /// Include the code as a module:
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
    /// - The code has a module for each item, so it needs the bindings of all items. wit-bindgen leaves out types that
    ///   no function uses, unless the macro is given `generate_unused_types: true`.
    /// - The code depends only on `alloc` and has no unsafe code. It uses the byte order and pointer size of the BTF,
    ///   whatever machine it runs on.
    /// - If a type ends in a flexible array, its bytes do not show where a record ends. `records` then takes a second
    ///   argument: `RecordSize::Bytes(64)` if each record has 64 bytes, `RecordSize::Rest` if all bytes are one record.
    /// - If a type contains a union that is a `variant`, and [`Config::arm`] does not choose its arm, `read` takes a
    ///   `&mut impl Unions`. This trait has a method for each such union, which returns the arm to read. The method
    ///   receives the bytes of the enclosing item; the functions in that item's module `peek` read numbers from these
    ///   bytes. If [`Config::arm`] chooses the arm, `write` returns an error for any other arm. A union with one arm,
    ///   or with the same struct in all arms, needs no choice. If a union is a `record`, `write` writes its arms in
    ///   order, so the last one wins.
    /// - An enum value without a case is an error that names the field and the number. A bit of flags without a label
    ///   is an error, too. To accept any number, map the enum to an integer: with `enum state=integer` and
    ///   [`Config::set`], or with [`Config::enums`] for all enums.
    /// - `write` accepts lists that are shorter than their array. A longer list, or a number too large for its
    ///   bitfield, is an error.
    pub fn rust_reader(&mut self, bindings: impl Into<String>) -> &mut Config {
        self.rust_reader = Some(bindings.into());
        self
    }

    /// Makes [`generate`](Config::generate) also write a component that reads and writes the bytes of the types, for
    /// guests and hosts in any language: see [`Package::to_codec`]. If the file name ends in `.wat`, the file gets the
    /// text of the core module instead. The WIT also gets the interface `codec`, which guests import.
    ///
    /// Do not put the component in the folder that bindings macros read.
    ///
    /// ```no_run
    /// // build.rs
    /// fn main() -> Result<(), btf2wit::Error> {
    ///     btf2wit::Config::new()
    ///         .input("probe.bpf.o")
    ///         .types(["event"])
    ///         .codec("target/codec.wasm")
    ///         .generate()?;
    ///     Ok(())
    /// }
    /// ```
    #[cfg(feature = "codec")]
    pub fn codec(&mut self, path: impl Into<PathBuf>) -> &mut Config {
        self.codec = Some(path.into());
        self.options.codec = true;
        self
    }

    /// Sets the folder that [`generate`](Config::generate) writes into. This folder is created if needed. The default
    /// is `wit` in cargo's `OUT_DIR`. In a build script, paths are relative to the folder of `Cargo.toml`.
    ///
    /// Use each folder for only one package, since bindings macros read all files of a folder as one package. To
    /// generate several packages, give each its own folder, and list all folders in the macro:
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

    /// Sets whether [`generate`](Config::generate) prints `cargo:rerun-if-changed=` for every file that it reads,
    /// except for files in `OUT_DIR`. The default is `true`. Outside of build scripts, where `OUT_DIR` is not set,
    /// nothing is printed.
    ///
    /// Without such lines, cargo runs a build script again whenever any file of its crate changes. With such lines,
    /// cargo looks only at the files that they name. So if your build script reads other files, print lines for these
    /// files, too.
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

    /// Reads and checks the input, names its types, and selects those to convert.
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
    /// Returns an error if the input cannot be read, is not BTF or is malformed, if an option is invalid or names
    /// something that the input does not contain, or if the types exceed the component model's limit.
    pub fn load(&self) -> Result<Package, Error> {
        let (base, target) = (self.base.as_ref(), self.target.as_ref());
        Package::load(&self.input, base, target, &self.options)
    }

    /// Writes `types.wit` into the folder `wit` in cargo's `OUT_DIR`, or into [`out_dir`](Config::out_dir). Bindings
    /// macros can read this folder directly, so build scripts call this function. Returns a report of what was left
    /// out, widened and renamed.
    ///
    /// The file is replaced atomically, and only if its contents change. The name of the file does not depend on the
    /// name of the package. So if the package is renamed, no old file remains.
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
    /// In a build script, this function also tells cargo to run the script again when an input changes, unless
    /// [`emit_rerun_if_changed`](Config::emit_rerun_if_changed) is `false`. Inputs in `OUT_DIR` are not reported to
    /// cargo, since the script itself creates them each time.
    ///
    /// [In a build script](crate#in-a-build-script) shows a complete crate.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`load`](Config::load), and also
    ///
    /// - [`Error::NoOutDir`] if neither `OUT_DIR` nor a folder is set;
    /// - [`Error::WriteFile`] if the file cannot be written;
    /// - [`Error::FolderTaken`] if this process has already generated a different package, or the same package from
    ///   another input, into the folder;
    /// - other errors if a reader, a codec or an adapter is set, but is not possible for the types.
    pub fn generate(&self) -> Result<Report, Error> {
        let folder = generate::folder(self.out_dir.as_deref())?;
        let package = self.load();
        if self.emit_rerun_if_changed {
            // After an error, cargo must know the files, too, to run the script again once the input is correct.
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
        #[cfg(feature = "codec")]
        if let Some(path) = &self.codec {
            package.write_codec(path)?;
        }
        #[cfg(feature = "codec")]
        if let Some(path) = &self.adapter {
            package.write_adapter(path)?;
        }
        package.report()
    }

    fn named_files(&self) -> Vec<PathBuf> {
        let inputs = [Some(&self.input), self.base.as_ref(), self.target.as_ref()];
        let paths = inputs.into_iter().flatten().filter_map(Input::path);
        paths.map(PathBuf::from).collect()
    }
}
