//! The setters for the interfaces of a BPF object.

#[cfg(feature = "codec")]
use std::path::PathBuf;

use super::Config;

impl Config {
    /// Sets whether the WIT is a skeleton. A skeleton has an interface for each map of a BPF object, with functions
    /// that use the key and value types of the map. A skeleton also has interfaces for the variables, the programs and
    /// the object itself. The world imports all these interfaces.
    ///
    /// The interface with the types contains those that the other interfaces need, and those of [`Config::types`].
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/maps.bpfel.o");
    /// let wit = btf2wit::Config::new().input(object).skeleton(true).load()?.to_wit()?;
    /// assert!(wit.contains("interface connections {"));
    /// assert!(wit.contains("lookup: func(key: key) -> result<option<counters>, error>;"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn skeleton(&mut self, skeleton: bool) -> &mut Config {
        self.options.skeleton = skeleton;
        self
    }

    /// Sets the type of the records in a ring buffer, a perf event array or a user ring buffer, for a skeleton. The
    /// argument is `MAP=TYPE`, as in `events=event`. Without this choice, the type comes from the map's definition:
    /// `docs/skeleton.md` in the repository has the rules. If the type is not known, guests exchange records only as
    /// bytes. May be called repeatedly.
    ///
    /// If the records have several types, name a number that all of these types contain at the same offset, and the
    /// type for each value of this number: `events=kind:1=opened,2=closed`. A value may also be an enumerator. `*`
    /// stands for all other values.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/rings.bpfel.o");
    /// let mut config = btf2wit::Config::new();
    /// config.input(object).skeleton(true).event("events=closed");
    /// let wit = config.load()?.to_wit()?;
    /// assert!(wit.contains("poll: func(timeout-ms: option<u32>) -> result<list<closed>, error>;"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// [`Config::load`] returns [`Error::Event`](crate::Error::Event) if the map or the type does not exist.
    pub fn event(&mut self, choice: impl Into<String>) -> &mut Config {
        self.options.events.push(choice.into());
        self
    }

    /// Sets the file to which [`generate`](Config::generate) writes the adapter of a skeleton. This setter also makes
    /// the WIT a [skeleton](Config::skeleton). The adapter is a component that exports the object's interfaces. The
    /// adapter imports `btf2wit:bpf/object`, an interface of the host that passes all values as bytes. To use the
    /// adapter, compose a guest with it. In a build script, paths are relative to the folder of `Cargo.toml`.
    ///
    /// ```no_run
    /// // build.rs
    /// fn main() -> Result<(), btf2wit::Error> {
    ///     btf2wit::Config::new()
    ///         .input("probe.bpf.o")
    ///         .event("events=event")
    ///         .adapter("target/adapter.wasm")
    ///         .generate()?;
    ///     Ok(())
    /// }
    /// ```
    #[cfg(feature = "codec")]
    pub fn adapter(&mut self, path: impl Into<PathBuf>) -> &mut Config {
        self.adapter = Some(path.into());
        self.skeleton(true)
    }
}
