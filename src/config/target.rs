//! The setters for a target: another BTF that has the layout of the bytes.

use std::path::PathBuf;

use super::Config;
use crate::input::Input;

impl Config {
    /// Sets the BTF that describes the bytes, if it is not the BTF of the types. With a target, a component that was
    /// built with the types of one kernel can run on another kernel.
    ///
    /// Decoders, readers and codecs then use the names and types of the input, and the offsets, sizes and byte order of
    /// the target. Types, members and enumerators are matched by their C names, with the rules by which libbpf
    /// relocates BPF programs (CO-RE):
    ///
    /// - A type matches a type of the same kind and name. Three underscores in a name, and all characters after them,
    ///   are ignored.
    /// - A member matches a member of the same name, also inside unnamed structs and unions, if the types of both have
    ///   the same kind. The kinds are integers, floats, pointers, enums, structs or unions, and arrays of these. Two
    ///   enums must have the same name, unless one has none.
    /// - An integer may have another size or sign, and a float another size. A value that does not fit is an error when
    ///   it is read or written. A bitfield may match an ordinary member, and the reverse.
    /// - A list gets the length of the target's array. For lists of fixed length (`--arrays fixed`), both lengths must
    ///   be equal.
    /// - An enum has the numbers of the target. If the input has no case for a number, the number is treated like any
    ///   unknown number.
    ///
    /// It is an error if the target lacks types or members, and the error lists all of them. With [`Config::missing`],
    /// such members are read as zero instead. Members that only the target has are ignored.
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

    /// Sets the contents of the target, as an alternative to [`target_btf`](Config::target_btf). `name` is the target's
    /// name in messages.
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

    /// Decides what happens to members that the [target](Config::target_btf) lacks: `error`, the default, or `zero`.
    /// `task_struct.pid=zero` decides this for one member. The path begins with the nearest enclosing type that has a
    /// name. May be called repeatedly. If there are several choices for a member, the last one counts. Choices for
    /// single members override those for all.
    ///
    /// With `zero`, the member is read as if all its bytes were 0, and is skipped when a value is written.
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
