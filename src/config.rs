//! The front door: what to convert, and how.

use std::path::PathBuf;

use crate::error::Error;
use crate::input::Input;
use crate::names::{CName, Kind, Rename};
use crate::options::{
    Arrays, CharArrays, Docs, Enums, Filter, Functions, Options, PointerSize, Unions,
};
use crate::package::Package;

/// What to convert and how; [`Config::load`] reads it.
///
/// ```
/// # fn main() -> Result<(), btf2wit::Error> {
/// # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/event.bpfel.o");
/// let package = btf2wit::Config::new().input(object).types(["event"]).load()?;
/// let mut wit = Vec::new();
/// package.write_to(&mut wit)?;
/// assert!(String::from_utf8(wit).unwrap().contains("record event {"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    input: Input,
    base: Option<Input>,
    options: Options,
}

impl Default for Config {
    fn default() -> Config {
        Config::new()
    }
}

impl Config {
    /// Converts all types of the running kernel, unless told otherwise.
    pub fn new() -> Config {
        Config {
            input: Input::Path(PathBuf::from("/sys/kernel/btf/vmlinux")),
            base: None,
            options: Options::default(),
        }
    }

    /// A file to read: raw BTF, or an ELF file with a `.BTF` section.
    pub fn input(&mut self, path: impl Into<PathBuf>) -> &mut Config {
        self.input = Input::Path(path.into());
        self
    }

    /// The content of such a file; `name` stands for its name in messages and in the default names
    /// of package and world.
    ///
    /// ```
    /// let error = btf2wit::Config::new().input_bytes("empty", []).load().err().unwrap();
    /// assert_eq!(error.to_string(), "empty: is empty");
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
    pub fn base(&mut self, path: impl Into<PathBuf>) -> &mut Config {
        self.base = Some(Input::Path(path.into()));
        self
    }

    /// The content of such a file, with a name for messages.
    pub fn base_bytes(
        &mut self,
        name: impl Into<String>,
        bytes: impl Into<Vec<u8>>,
    ) -> &mut Config {
        self.base = Some(Input::Bytes(name.into(), bytes.into()));
        self
    }

    /// Are the types of the base written too, also where no type of the split BTF needs them?
    pub fn with_base(&mut self, with_base: bool) -> &mut Config {
        self.options.with_base = with_base;
        self
    }

    /// Converts only these C types, and what they contain by value. `struct foo` and `enum foo`
    /// pick one where a bare name is ambiguous; what is no name is a glob, as in
    /// `trace_event_raw_*`. Adds to earlier calls.
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

    /// The package, `NAMESPACE:NAME` or `NAMESPACE:NAME@VERSION`. By default `linux` or, for a BPF
    /// object, `bpf`, and the name of the file.
    pub fn package(&mut self, package: impl Into<String>) -> &mut Config {
        self.options.package = Some(package.into());
        self
    }

    /// The interface that all items stand in, by default `types`.
    pub fn interface(&mut self, interface: impl Into<String>) -> &mut Config {
        self.options.interface = Some(interface.into());
        self
    }

    /// The world that imports the interface, by default called as the file.
    pub fn world(&mut self, world: impl Into<String>) -> &mut Config {
        self.options.world = Some(world.into());
        self
    }

    /// The size of a pointer, where it should not be found out from the input.
    pub fn pointer_size(&mut self, size: PointerSize) -> &mut Config {
        self.options.pointer_size = Some(size);
        self
    }

    /// Which functions are written; with selected types, only those whose types are there by value.
    pub fn functions(&mut self, functions: Functions) -> &mut Config {
        self.options.functions = functions;
        self
    }

    /// How unions are written.
    pub fn unions(&mut self, unions: Unions) -> &mut Config {
        self.options.unions = unions;
        self
    }

    /// How enums are written.
    pub fn enums(&mut self, enums: Enums) -> &mut Config {
        self.options.enums = enums;
        self
    }

    /// How arrays are written.
    pub fn arrays(&mut self, arrays: Arrays) -> &mut Config {
        self.options.arrays = arrays;
        self
    }

    /// How arrays of `char` are written.
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
    /// # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/event.bpfel.o");
    /// let mut wit = Vec::new();
    /// btf2wit::Config::new()
    ///     .input(object)
    ///     .types(["event"])
    ///     .set("event.comm=string")
    ///     .load()?
    ///     .write_to(&mut wit)?;
    /// assert!(String::from_utf8(wit).unwrap().contains("comm: string,"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn set(&mut self, choice: impl Into<String>) -> &mut Config {
        self.options.set.push(choice.into());
        self
    }

    /// How much the text says of the C side.
    pub fn docs(&mut self, docs: Docs) -> &mut Config {
        self.options.docs = docs;
        self
    }

    /// Are anonymous enums that nothing refers to, a kernel's constants, written too?
    pub fn constants(&mut self, constants: bool) -> &mut Config {
        self.options.constants = constants;
        self
    }

    /// Reads the input and settles everything but the text.
    ///
    /// # Errors
    ///
    /// Where the input cannot be read, is not BTF or is broken, and where the options name what is
    /// not there.
    pub fn load(&self) -> Result<Package, Error> {
        Package::load(&self.input, self.base.as_ref(), &self.options)
    }
}
