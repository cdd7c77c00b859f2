//! The setters for the mapping of C types to WIT: names, forms of types, functions and comments.

use super::Config;
use crate::names::{CName, Rename};
use crate::options::{Arrays, CharArrays, Docs, Enums, Functions, PointerSize, Unions};

impl Config {
    /// Sets a function that replaces C names. The function returns a new name, or `None` to keep the C name. The new
    /// name is converted to a unique WIT label, as any C name is. Comments keep the C names.
    ///
    /// The function may be called several times for a name, and must always return the same result.
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

    /// Sets the size of a pointer in the C types. By default, this size follows from the class of the ELF file. For raw
    /// BTF and boot images, the size is inferred from the types.
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

    /// Sets which functions are converted. By default, none are. With [`Config::types`], only functions that match a
    /// pattern are converted. With [`Config::maps`], [`Config::core`] or [`Config::skeleton`] and no patterns, a
    /// function is converted only if all types that it takes and returns by value are selected or excluded.
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

    /// Sets the form of unions. By default, a union is a `variant` with a case for each member.
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

    /// Sets the form of enums. By default, an enum is `flags` if its values are single bits, combinations of them and
    /// zero, and an `enum` otherwise. `docs/mapping.md` in the repository has the exact rules.
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

    /// Sets the form of arrays. By default, an array is a `list` of any length, and its comment has the length in C.
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

    /// Sets the form of arrays of `char`. By default, they have the form of arrays of other types, since C also uses
    /// `char` for bytes that are not text.
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

    /// Sets the form of a single member or type. The argument is `ITEM=CHOICE`, and the choices are those of the
    /// setters for all types, such as `record` or `string`. May be called repeatedly.
    ///
    /// `ITEM` is a C type, or a member of a C type, as in `event.comm`. In `ITEM`, members of an unnamed struct belong
    /// to the type around it, and an unnamed union has the name of its first member.
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

    /// Chooses the arm of a union, which is the member to read, for [decoders](crate::Package::decoder),
    /// [generated readers](Config::rust_reader), codecs and adapters. `MEMBER=ARM` always chooses this arm.
    /// `MEMBER=NUMBER:VALUE=ARM,…` chooses the arm by a number in the bytes. The WIT does not change. May be called
    /// repeatedly.
    ///
    /// [`Decoder::arm`](crate::decode::Decoder::arm) documents the syntax.
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
    /// // The union's arm is known, so `read` takes only the bytes.
    /// let reader = package.to_rust_reader("crate::bindings::types")?;
    /// assert!(reader.contains("pub fn read(bytes: &[u8]) -> ::core::result::Result<super::__types::Connection,"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn arm(&mut self, choice: impl Into<String>) -> &mut Config {
        self.options.arms.push(choice.into());
        self
    }

    /// Sets which facts about the C types the comments contain: declarations, offsets and sizes in bytes, bits, array
    /// lengths and values of enumerators. By default, comments contain all of these.
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

    /// Sets whether to convert anonymous enums that no type uses, such as a kernel's constants. The default is `false`.
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
