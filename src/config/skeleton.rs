//! Setters for the interfaces of a BPF object.

#[cfg(feature = "codec")]
use std::path::PathBuf;

use super::Config;

impl Config {
    /// Sets whether the WIT is a skeleton: an interface for each map of a BPF object, with functions for its key and value
    /// types, and interfaces for its variables, its programs and the object itself. The world imports them all.
    ///
    /// The types are those that the interfaces need, besides those of [`Config::types`].
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

    /// Sets the type of the records of a ring buffer or a perf event array in a skeleton, if the definition of the map does
    /// not say it: `events=event`. May be called repeatedly.
    ///
    /// Where the records have several types, a number that all of them have in one place tells which:
    /// `events=kind:1=opened,2=closed`. Values are numbers or enumerators, and `*` stands for all others.
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
    /// [`Config::load`] returns [`Error::Event`](crate::Error::Event) where there is no such map or type.
    pub fn event(&mut self, choice: impl Into<String>) -> &mut Config {
        self.options.events.push(choice.into());
        self
    }

    /// Writes the adapter of a skeleton to this file: a component that implements the interfaces of the object by
    /// `btf2wit:bpf/object`, an interface of names and bytes. Guests are composed with it.
    /// [`generate`](Config::generate) writes it. In a build script, paths are relative to the folder of `Cargo.toml`.
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
