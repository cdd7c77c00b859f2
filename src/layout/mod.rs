//! Items as owned data: what the text says of them, and where their bytes are.
//!
//! For those who read bytes with a program of their own. `outline` says less, for lists. Filled from lowered items in `describe`; decides nothing of its own. With the feature `json` everything
//! here is written as `docs/schema.md` says.

mod describe;
mod outline;
pub(crate) mod reason;

pub(crate) use describe::{Describer, bits, c_declaration, value};
pub use outline::{Form, Outline};

pub use crate::maps::Form as MapForm;

use crate::names::Kind;
use reason::Reason;

/// The version of the JSON documents: it changes where a program that reads them would have to.
pub const SCHEMA: u32 = 1;

/// One type definition of the interface, and the layout of its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Item {
    /// Its label in the interface, without the `%` that a keyword has in the text.
    pub wit: String,
    /// What C calls it: a struct, a union, an enum or a typedef.
    pub kind: Kind,
    /// Its C name; nothing where it is anonymous.
    pub name: Option<String>,
    /// Its C declaration, as in the text's comment.
    pub c: String,
    /// Its BTF type id.
    pub id: u32,
    /// The label of the item that an anonymous type stands in.
    pub inside: Option<String>,
    /// Bytes of a value, as `sizeof` has it.
    pub size: u64,
    /// What it is in WIT.
    #[cfg_attr(feature = "json", serde(flatten))]
    pub body: Body,
    /// Members that carry nothing.
    #[cfg_attr(feature = "json", serde(skip_serializing_if = "Vec::is_empty"))]
    pub left_out: Vec<LeftOut>,
    /// Why it says less than its C type, if it does.
    #[cfg_attr(feature = "json", serde(skip_serializing_if = "Option::is_none"))]
    pub widened: Option<Reason>,
}

/// What an item is in WIT.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[cfg_attr(feature = "json", serde(tag = "body", rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Body {
    /// A record: a C struct, or a union all of whose arms are read.
    Record {
        /// In the order of C.
        fields: Vec<Field>,
    },
    /// A variant: a C union, of whose arms one holds.
    Variant {
        /// The arms, in the order of C.
        arms: Vec<Field>,
    },
    /// An enum with a case for each value.
    Enum {
        /// Can its values be negative?
        signed: bool,
        /// In the order of C.
        cases: Vec<Case>,
        /// Enumerators without a case: BTF has 32 bits of their values, which are those of cases.
        #[cfg_attr(feature = "json", serde(skip_serializing_if = "Vec::is_empty"))]
        others: Vec<Enumerator>,
    },
    /// Flags, each a single bit of the integer.
    Flags {
        /// From the lowest bit on.
        cases: Vec<Case>,
        /// Enumerators that are no single bit: zero, and combinations.
        #[cfg_attr(feature = "json", serde(skip_serializing_if = "Vec::is_empty"))]
        others: Vec<Enumerator>,
    },
    /// Another name of a type.
    Alias {
        /// The type.
        #[cfg_attr(feature = "json", serde(rename = "type"))]
        ty: Type,
        /// The enumerators, where the type is the integer that an enum is stored as.
        #[cfg_attr(feature = "json", serde(skip_serializing_if = "Vec::is_empty"))]
        others: Vec<Enumerator>,
    },
}

/// A field of a record, or a case of a variant.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Field {
    /// Its label, without the `%` that a keyword has in the text.
    pub wit: String,
    /// Its C name; nothing where C gives it none, as for an unnamed union.
    pub name: Option<String>,
    /// Its C type.
    pub c_type: String,
    /// Bytes from the start of its item.
    pub offset: u64,
    /// Its place in a bitfield.
    #[cfg_attr(feature = "json", serde(skip_serializing_if = "Option::is_none"))]
    pub bits: Option<Bits>,
    /// Its type; nothing for an arm of a union that takes no room.
    #[cfg_attr(feature = "json", serde(rename = "type"))]
    pub ty: Option<Type>,
}

/// The place of a bitfield, which may reach beyond the byte at the field's offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Bits {
    /// Bits before the first one: below it in little-endian BTF, counted from the least significant
    /// bit of the byte at the field's offset; above it in big-endian BTF, from the most significant.
    pub first: u8,
    /// How many bits it has.
    pub width: u8,
}

/// A type as it stands in a field.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Type {
    /// Its WIT text, such as `list<u8>`.
    pub wit: String,
    /// Lengths of the arrays around the base, the outermost first; 0 for as many elements as the
    /// bytes after the item hold. A string is no array.
    #[cfg_attr(feature = "json", serde(skip_serializing_if = "Vec::is_empty"))]
    pub lengths: Vec<u32>,
    /// What the bytes are read as.
    #[cfg_attr(feature = "json", serde(flatten))]
    pub base: Base,
}

/// What bytes are read as. Sizes are in bytes; that of a bitfield says nothing of where its bits are.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[cfg_attr(feature = "json", serde(tag = "base", rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Base {
    /// True where any bit is set.
    Bool {
        /// 1, 2, 4, 8 or 16.
        size: u8,
    },
    /// An integer.
    Int {
        /// 1, 2, 4 or 8, or 16 for a `tuple` of the low and the high half.
        size: u8,
        /// Is it two's complement?
        signed: bool,
    },
    /// An IEEE 754 number.
    Float {
        /// 4 or 8.
        size: u8,
    },
    /// An address.
    Pointer {
        /// 4 or 8.
        size: u8,
    },
    /// Text up to the first NUL or the end of its room.
    String {
        /// The room; 0 for as many bytes as there are after the item.
        size: u32,
    },
    /// A value of another item.
    Item {
        /// Its label.
        item: String,
    },
}

/// A case of an enum, or a label of flags.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Case {
    /// Its label, without the `%` that a keyword has in the text.
    pub wit: String,
    /// Its C name.
    pub name: String,
    /// Its value, in flags its bit.
    pub value: i128,
    /// Further C names of the value.
    #[cfg_attr(feature = "json", serde(skip_serializing_if = "Vec::is_empty"))]
    pub synonyms: Vec<String>,
}

/// An enumerator that is no case.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Enumerator {
    /// Its C name.
    pub name: String,
    /// Its value.
    pub value: i128,
}

/// A member that carries nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LeftOut {
    /// Its C name; nothing for unnamed padding.
    pub name: Option<String>,
    /// Its C type.
    pub c_type: String,
    /// Bytes from the start of its item.
    pub offset: u64,
    /// Its place in a bitfield.
    #[cfg_attr(feature = "json", serde(skip_serializing_if = "Option::is_none"))]
    pub bits: Option<Bits>,
    /// Why it is left out.
    pub reason: Reason,
}

/// A map of a BPF object: what it shares with user space.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Map {
    /// Its C name.
    pub name: String,
    /// Is it what the map of that name, a map of maps, holds?
    pub inner: bool,
    /// How it is defined. Nothing but a definition by types says more than the name.
    pub form: MapForm,
    /// Its type, where the definition says it.
    #[cfg_attr(feature = "json", serde(rename = "type"))]
    pub map_type: Option<MapType>,
    /// How many entries it may have, or the bytes of a ring buffer, where the definition says it. Loaders may change it.
    pub max_entries: Option<u32>,
    /// What its keys are, where BTF says so.
    pub key: Option<Content>,
    /// The bytes of a key, also where the definition has no type for it.
    pub key_size: Option<u64>,
    /// What its values are, where BTF says so. Of a ring buffer or a perf event array that is what its events are:
    /// `__type(value, struct event)`, or Inspektor Gadget's `GADGET_TRACER`.
    pub value: Option<Content>,
    /// The bytes of a value, also where the definition has no type for it.
    pub value_size: Option<u64>,
    /// The `GADGET_TRACER` that `value` was taken from.
    pub tracer: Option<String>,
}

/// The type of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct MapType {
    /// Its number in the kernel's `enum bpf_map_type`.
    pub number: u32,
    /// Its name as bpftool has it, `lru_hash`; nothing where it is newer than Linux 6.18.
    pub name: Option<&'static str>,
}

/// A global variable of a BPF object.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Global {
    /// Its section: `.data`, `.bss`, `.rodata`, or one whose name continues these; `.kconfig`, `.struct_ops`,
    /// `.struct_ops.link`, `.addr_space.1`.
    pub section: String,
    /// Its C name.
    pub name: String,
    /// Bytes from the start of its section; nothing where neither BTF nor the symbols of the file say it, as for the
    /// variables of `.kconfig`, which the loader places.
    pub offset: Option<u64>,
    /// What it holds.
    pub content: Content,
}

/// What a map or a variable holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Content {
    /// Its C type.
    pub c_type: String,
    /// Its bytes.
    pub size: u64,
    /// The label of the item that it is, or that its elements are; nothing for numbers and addresses.
    pub item: Option<String>,
}

/// A function of the interface.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Function {
    /// Its label in the interface, without the `%` that a keyword has in the text.
    pub wit: String,
    /// Its C name.
    pub name: String,
    /// Its C prototype, as in the text's comment.
    pub c: String,
    /// Its BTF type id.
    pub id: u32,
    /// Those that carry something.
    pub parameters: Vec<Parameter>,
    /// What it returns, if anything.
    pub result: Option<Type>,
    /// Does it take further arguments, which WIT cannot say?
    pub varargs: bool,
}

/// A parameter of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Parameter {
    /// Its label, without the `%` that a keyword has in the text.
    pub wit: String,
    /// Its C name; nothing where it has none.
    pub name: Option<String>,
    /// Its C type.
    pub c_type: String,
    /// Its type.
    #[cfg_attr(feature = "json", serde(rename = "type"))]
    pub ty: Type,
}
