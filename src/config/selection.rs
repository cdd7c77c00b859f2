//! Which types are converted.

use super::Config;
use crate::names::Kind;
use crate::options::Filter;

impl Config {
    /// Converts only these C types, and what they contain by value. `struct foo` and `enum foo`
    /// pick one where a bare name is ambiguous; what is no name is a glob, as in
    /// `trace_event_raw_*` or `{tcp,udp}_sock`. Adds to earlier calls; without any, all types are converted.
    ///
    /// With [`Config::functions`] these are functions too, with the types that they take and return by value; `func foo`
    /// means a function alone, and `func *` all of them.
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
    /// contain by value. [`Config::types`] knows one map as `map stats`, one variable as `var cfg`.
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
    /// its number, where it is an enum or another name of a number, or else its bytes. Leaves out functions
    /// of these names too. Adds to earlier calls.
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
}
