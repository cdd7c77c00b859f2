//! Setters for bytes whose layout comes from another BTF than the types.

use std::path::PathBuf;

use super::Config;
use crate::input::Input;

impl Config {
    /// Sets the BTF that describes the bytes, if it is not that of the types. With it, a component that was built with
    /// the types of one kernel can run on another.
    ///
    /// Decoders and readers then use the names and types of the input, and the offsets, sizes and byte order of the
    /// target. Types, members and enumerators are matched by their C names, with the rules by which libbpf relocates
    /// BPF programs (CO-RE):
    ///
    /// - A type matches one of the same kind and name. Three underscores in a name, and what follows them, are ignored.
    /// - A member matches one of the same name, also inside unnamed structs and unions, if its type is of the same
    ///   kind: a struct or union, a pointer, an enum of the same name, an array of such, or an integer.
    /// - An integer may have another size or sign. A value that does not fit is an error when it is read or written. A
    ///   bitfield may match an ordinary member, and the reverse.
    /// - A list has the length of the target's array. A list of fixed length (`--arrays fixed`) requires the same
    ///   length.
    /// - An enum has the numbers of the target. A number for which the input has no case is treated like any unknown
    ///   number.
    ///
    /// What the target lacks is an error, which lists all of it. With [`Config::missing`] it reads as zero instead.
    /// What only the target has is ignored.
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

    /// Chooses what happens to members that the [target](Config::target_btf) lacks: `error`, the default, or `zero`.
    /// For one member, `task_struct.pid=zero`. The path begins with the nearest enclosing type that has a name. May be
    /// called repeatedly. The last choice for a member counts. Choices for single members override those for all.
    ///
    /// With `zero`, the member reads as if all its bytes were 0, and writing skips it.
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
