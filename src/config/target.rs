//! Setters for bytes that have the layout of another BTF than the types.

use std::path::PathBuf;

use super::Config;
use crate::input::Input;

impl Config {
    /// Sets the BTF of the bytes, if it is not that of the types: a component that was built with the types of one kernel
    /// runs on another.
    ///
    /// Decoders and readers then have the names and types of the input, and the offsets, sizes and byte order of the
    /// target. Types, members and enumerators are found by the names of C, by the rules with which libbpf relocates BPF
    /// programs (CO-RE):
    ///
    /// - A type has the same kind and name. What follows three underscores in a name does not count.
    /// - A member has the same name, also in unnamed structs and unions, and its type is of the same kind: a struct or
    ///   union, a pointer, an enum of the same name, an array of such, or an integer.
    /// - An integer may have another size or sign. A value that does not fit is an error when it is read or written. A
    ///   bitfield may become a member, and the reverse.
    /// - A list has the length of the target's array. A list of fixed length (`--arrays fixed`) must have the same.
    /// - An enum has the numbers of the target. A number for which the input has no case is treated like any unknown
    ///   number.
    ///
    /// What the target lacks is an error that lists all of it, or reads as zero: see [`Config::missing`]. What it has in
    /// excess is not seen.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use btf2wit::decode::Value;
    ///
    /// let package = btf2wit::Config::new()
    ///     .input("testdata/obj/event.bpfel.o")
    ///     .target_btf("testdata/obj/event.bpfeb.o")
    ///     .load()?;
    /// let mut bytes = [0; 168];
    /// bytes[..4].copy_from_slice(&4711_i32.to_be_bytes());
    /// let decoder = package.decoder("event")?;
    /// assert_eq!(decoder.decode(&bytes)?.get("pid"), Some(&Value::S32(4711)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn target_btf(&mut self, path: impl Into<PathBuf>) -> &mut Config {
        self.target = Some(Input::Path(path.into()));
        self
    }

    /// Sets the contents of the target, as an alternative to [`target_btf`](Config::target_btf). `name` is used in
    /// messages.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let kernel = std::fs::read("/sys/kernel/btf/vmlinux")?;
    /// let package = btf2wit::Config::new()
    ///     .input("vmlinux-6.12.btf")
    ///     .target_btf_bytes("this kernel", kernel)
    ///     .load()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn target_btf_bytes(
        &mut self,
        name: impl Into<String>,
        bytes: impl Into<Vec<u8>>,
    ) -> &mut Config {
        self.target = Some(Input::Bytes(name.into(), bytes.into()));
        self
    }

    /// Chooses what happens to members that the [target](Config::target_btf) lacks: `error`, the default, or `zero`. For
    /// one member, `task_struct.pid=zero`. The path begins with the nearest type around the member that has a name. May
    /// be called repeatedly; the last choice for a member counts, and choices for members count more than those for all.
    ///
    /// Zero reads as if all bytes of the member were 0. Writing skips the member.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let package = btf2wit::Config::new()
    ///     .input("testdata/obj/event.bpfel.o")
    ///     .target_btf("testdata/obj/event.bpfeb.o")
    ///     .missing("event.exit_code=zero")
    ///     .load()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn missing(&mut self, choice: impl Into<String>) -> &mut Config {
        self.options.missing.push(choice.into());
        self
    }
}
