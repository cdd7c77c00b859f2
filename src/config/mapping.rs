//! What becomes of the types: the mapping's alternatives, names, comments.

use super::Config;
use crate::names::{CName, Rename};
use crate::options::{Arrays, CharArrays, Docs, Enums, Functions, PointerSize, Unions};

impl Config {
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

    /// The size of a pointer where the C side runs. By default that of the ELF file, or for raw BTF
    /// what its types suggest.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// let wit = btf2wit::Config::new()
    ///     .input("testdata/obj/pointers.bpfel.o")
    ///     .pointer_size(btf2wit::PointerSize::Bits32)
    ///     .load()?
    ///     .to_wit()?;
    /// assert!(wit.contains("type pointer = u32;"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn pointer_size(&mut self, size: PointerSize) -> &mut Config {
        self.options.pointer_size = Some(size);
        self
    }

    /// Which functions are written: with [`Config::types`] those of them that a pattern names; with [`Config::maps`] alone
    /// those whose types are there by value. By default none.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// let wit = btf2wit::Config::new()
    ///     .input("testdata/obj/functions.bpfel.o")
    ///     .functions(btf2wit::Functions::All)
    ///     .load()?
    ///     .to_wit()?;
    /// assert!(wit.contains("judge: func(packet: pointer, otherwise: verdict) -> verdict;"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn functions(&mut self, functions: Functions) -> &mut Config {
        self.options.functions = functions;
        self
    }

    /// How unions are written. By default as a `variant`, a case for each arm.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// let wit = btf2wit::Config::new()
    ///     .input("testdata/obj/unions.bpfel.o")
    ///     .unions(btf2wit::Unions::Record)
    ///     .load()?
    ///     .to_wit()?;
    /// assert!(wit.contains("record value {"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn unions(&mut self, unions: Unions) -> &mut Config {
        self.options.unions = unions;
        self
    }

    /// How enums are written. By default as an `enum`, or as `flags` where C has single bits.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// let wit = btf2wit::Config::new()
    ///     .input("testdata/obj/enums.bpfel.o")
    ///     .enums(btf2wit::Enums::Integer)
    ///     .load()?
    ///     .to_wit()?;
    /// assert!(wit.contains("type sparse = u32;"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn enums(&mut self, enums: Enums) -> &mut Config {
        self.options.enums = enums;
        self
    }

    /// How arrays are written. By default as a `list` of any length; the length in C stands in the
    /// comment.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// let wit = btf2wit::Config::new()
    ///     .input("testdata/obj/event.bpfel.o")
    ///     .arrays(btf2wit::Arrays::Fixed)
    ///     .load()?
    ///     .to_wit()?;
    /// assert!(wit.contains("comm: list<u8, 16>,"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn arrays(&mut self, arrays: Arrays) -> &mut Config {
        self.options.arrays = arrays;
        self
    }

    /// How arrays of `char` are written. By default as other arrays, since C has no other type for
    /// bytes that are no text.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// let wit = btf2wit::Config::new()
    ///     .input("testdata/obj/event.bpfel.o")
    ///     .char_arrays(btf2wit::CharArrays::String)
    ///     .load()?
    ///     .to_wit()?;
    /// assert!(wit.contains("filename: string,"));
    /// # Ok(())
    /// # }
    /// ```
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
    /// let wit = btf2wit::Config::new()
    ///     .input("testdata/obj/event.bpfel.o")
    ///     .set("event.comm=string")
    ///     .load()?
    ///     .to_wit()?;
    /// assert!(wit.contains("comm: string,"));
    /// assert!(wit.contains("filename: list<u8>,"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn set(&mut self, choice: impl Into<String>) -> &mut Config {
        self.options.set.push(choice.into());
        self
    }

    /// Chooses which arm of a union holds, `MEMBER=ARM` or by a number in the bytes
    /// `MEMBER=NUMBER:VALUE=ARM,…`, for [decoders](crate::Package::decoder) and for
    /// [generated readers](Config::rust_reader). The WIT stays the same. Adds to earlier calls.
    ///
    /// [`Decoder::arm`](crate::decode::Decoder::arm) says what a choice may look like.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let package = btf2wit::Config::new()
    ///     .input("testdata/obj/tagged_unions.bpfel.o")
    ///     .types(["connection"])
    ///     .arm("connection.local=any.family:2=in4,10=in6")
    ///     .load()?;
    /// let decoder = package.decoder("connection")?;
    /// # assert_eq!(decoder.size(), 40);
    /// // Nothing has to be said of the union: `read` takes nothing but the bytes.
    /// let reader = package.to_rust_reader("crate::bindings::types")?;
    /// assert!(reader.contains("pub fn read(bytes: &[u8]) -> ::core::result::Result<super::__types::Connection,"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn arm(&mut self, choice: impl Into<String>) -> &mut Config {
        self.options.arms.push(choice.into());
        self
    }

    /// How much the text says of the C side: offsets and sizes in bytes, bits, lengths, values of
    /// enumerators. By default everything.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// let wit = btf2wit::Config::new()
    ///     .input("testdata/obj/event.bpfel.o")
    ///     .docs(btf2wit::Docs::Brief)
    ///     .load()?
    ///     .to_wit()?;
    /// assert!(wit.contains("/// `struct event`, 168 bytes"));
    /// assert!(!wit.contains("/// `int pid` at 0"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn docs(&mut self, docs: Docs) -> &mut Config {
        self.options.docs = docs;
        self
    }

    /// Are anonymous enums that nothing refers to, a kernel's constants, written too? By default
    /// not.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// let mut config = btf2wit::Config::new();
    /// config.input("testdata/obj/enums.x86-64.o");
    /// let without = config.load()?.report()?.summary;
    /// let with = config.constants(true).load()?.report()?.summary;
    /// assert_eq!(with.enums, without.enums + without.constants);
    /// # Ok(())
    /// # }
    /// ```
    pub fn constants(&mut self, constants: bool) -> &mut Config {
        self.options.constants = constants;
        self
    }
}
