//! Setters that select the types to convert.

use super::Config;
use crate::names::Kind;
use crate::options::Filter;

impl Config {
    /// Selects C types to convert, with the types that they contain by value. Without a selection, all types are
    /// converted. If types of several kinds have the same name, `struct foo` or `enum foo` selects one of them. A
    /// pattern may be a glob, such as `trace_event_raw_*` or `{tcp,udp}_sock`. May be called repeatedly.
    ///
    /// With [`Config::functions`], patterns also select functions, with the types that these functions take and return
    /// by value. `func foo` selects only functions, and `func *` selects all functions.
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

    /// Sets whether to select the kernel types that the programs of a BPF object access by name: the types in the
    /// object's CO-RE relocations, and the types that these contain by value. All these types are selected in addition
    /// to [`Config::types`].
    ///
    /// The types have the members that the object declares, which are often fewer than in a kernel. With
    /// [`Config::target_btf`], decoders and readers use a kernel's layout of these types.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// let wit = btf2wit::Config::new().input("probe.bpf.o").core(true).load()?.to_wit()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// [`Config::load`] returns [`Error::NoCore`](crate::Error::NoCore) if there are no such types.
    pub fn core(&mut self, core: bool) -> &mut Config {
        self.options.core = core;
        self
    }

    /// Sets whether to select the types of all data that a BPF object shares with user space: the types of its global
    /// variables and of the keys and values of its maps, and the types that these contain by value. All these types are
    /// selected in addition to [`Config::types`]. To select a single map or variable, use [`Config::types`] with
    /// `map stats` or `var cfg`.
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

    /// Excludes C types and functions. The patterns are as in [`Config::types`]. A field of an excluded type is written
    /// as a number if the type is an enum, or a typedef of a number or pointer, and as bytes otherwise. May be called
    /// repeatedly.
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

    /// Excludes the C types for which `wanted` returns `false`. The result is the same as if each of these types were
    /// excluded with [`Config::exclude`].
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

    /// Sets whether all types of the base of split BTF are converted. By default, a type of the base is converted only
    /// if the split BTF needs it or [`Config::types`] selects it.
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
}
