//! Items as owned data: their WIT definitions and the layout of their bytes.
//!
//! Programs that read bytes themselves, without [`decode`](crate::decode), use these types. With the feature `json`,
//! they serialize as `docs/schema.md` describes. C types and declarations of more than 400 bytes are cut.

mod describe;
mod outline;
pub(crate) mod reason;
mod relocated;

pub(crate) use describe::{Describer, bits, c_declaration, value};
pub use outline::{Form, Outline};
pub(crate) use relocated::NodeNames;

pub use crate::maps::Form as MapForm;

use crate::names::Kind;
use reason::Reason;

/// The version of the JSON documents. It increases with each incompatible change.
pub const SCHEMA: u32 = 1;

/// A type definition of the interface, with the layout of its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Item {
    /// The label in the interface, without the `%` that escapes a keyword in the WIT text. With a target BTF, several
    /// items may have the same label. Then the second one is called `inner@2`, for example.
    pub wit: String,
    /// The kind of the C type.
    pub kind: Kind,
    /// The C name. `None` if the type is anonymous.
    pub name: Option<String>,
    /// The C declaration, as in the comment of the WIT text.
    pub c: String,
    /// The BTF type id.
    pub id: u32,
    /// The label of the item that contains the type, if the type is anonymous and inside another one. Otherwise `None`.
    pub inside: Option<String>,
    /// The size of a value in bytes, as `sizeof` returns it.
    pub size: u64,
    /// The WIT definition.
    #[cfg_attr(feature = "json", serde(flatten))]
    pub body: Body,
    /// Members that have no field or arm, because they hold no data.
    #[cfg_attr(feature = "json", serde(skip_serializing_if = "Vec::is_empty"))]
    pub left_out: Vec<LeftOut>,
    /// The reason why the item is less precise than its C type. `None` if it is as precise, or if only an option such
    /// as [`Enums::Integer`](crate::Enums::Integer) makes it less precise.
    #[cfg_attr(feature = "json", serde(skip_serializing_if = "Option::is_none"))]
    pub widened: Option<Reason>,
}

/// The WIT definition of an item. With a target BTF, cases that the target lacks are not listed, and all `others` are
/// empty.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[cfg_attr(feature = "json", serde(tag = "body", rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Body {
    /// A record: a C struct, or a union that is read as all of its members.
    Record {
        /// The fields, in the order of the C members.
        fields: Vec<Field>,
    },
    /// A variant: a C union, of which one arm is active.
    Variant {
        /// The arms, in the order of the C members.
        arms: Vec<Field>,
    },
    /// An enum with a case for each value.
    Enum {
        /// Whether values can be negative.
        signed: bool,
        /// The cases, in the order of the C enumerators.
        cases: Vec<Case>,
        /// Enumerators without a case: the BTF has only the lower 32 bits of values, and a case already has the same 32
        /// bits.
        #[cfg_attr(feature = "json", serde(skip_serializing_if = "Vec::is_empty"))]
        others: Vec<Enumerator>,
    },
    /// Flags. Each label stands for one bit of the C enum's value.
    Flags {
        /// The labels, lowest bit first. With a target BTF, the order is that of the bits in the local BTF.
        cases: Vec<Case>,
        /// Enumerators whose value is not a single bit: zero, and combinations of bits.
        #[cfg_attr(feature = "json", serde(skip_serializing_if = "Vec::is_empty"))]
        others: Vec<Enumerator>,
    },
    /// An alias of another type.
    Alias {
        /// The aliased type.
        #[cfg_attr(feature = "json", serde(rename = "type"))]
        ty: Type,
        /// The enumerators, if the item is an enum that is written as an integer. Otherwise empty.
        #[cfg_attr(feature = "json", serde(skip_serializing_if = "Vec::is_empty"))]
        others: Vec<Enumerator>,
    },
}

/// A field of a record, or a case of a variant.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Field {
    /// The label, without the `%` that escapes a keyword in the WIT text.
    pub wit: String,
    /// The C name. `None` if the member is unnamed.
    pub name: Option<String>,
    /// The C type.
    pub c_type: String,
    /// The offset in bytes from the start of the item.
    pub offset: u64,
    /// The position of a bitfield's bits. `None` if the member is not a bitfield. With a target BTF, a number that is
    /// only narrower in the target is also a bitfield.
    #[cfg_attr(feature = "json", serde(skip_serializing_if = "Option::is_none"))]
    pub bits: Option<Bits>,
    /// The type. `None` if the field is an arm of a variant, and the type of the arm has no size or the size 0.
    #[cfg_attr(feature = "json", serde(rename = "type"))]
    pub ty: Option<Type>,
    /// Whether the target BTF lacks the field. Such a field reads as zero, and its offset has no meaning.
    #[cfg_attr(feature = "json", serde(skip_serializing_if = "std::ops::Not::not"))]
    pub missing: bool,
}

/// The position of a bitfield, which may extend beyond the byte at the field's offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Bits {
    /// The number of bits before the field in the byte at the field's offset, from 0 to 7. In little-endian BTF, bits
    /// are counted from the least significant bit of a byte. In big-endian BTF, they are counted from the most
    /// significant bit.
    pub first: u8,
    /// The number of bits.
    pub width: u8,
}

/// The type of a field, parameter or result. With a target BTF, `base` is the type of the bytes, which may differ from
/// the type of the value in `wit`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Type {
    /// The WIT text, such as `list<u8>`.
    pub wit: String,
    /// The lengths of the arrays around the base, the outermost first. 0 stands for a flexible array, whose elements
    /// fill the bytes after the item. A string does not count as an array.
    #[cfg_attr(feature = "json", serde(skip_serializing_if = "Vec::is_empty"))]
    pub lengths: Vec<u32>,
    /// The type of an element, or the whole type if it is not an array.
    #[cfg_attr(feature = "json", serde(flatten))]
    pub base: Base,
}

/// The type of a single value, which is not an array. Sizes are in bytes. For a bitfield, the size is that of the WIT
/// type, and [`Bits`] says which bits to read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[cfg_attr(feature = "json", serde(tag = "base", rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Base {
    /// A `bool`, true if any bit is set.
    Bool {
        /// The size in bytes, from 1 to 16.
        size: u8,
    },
    /// An integer.
    Int {
        /// The size in bytes: 1, 2, 4 or 8, or 16 for a `tuple` of the low and the high half.
        size: u8,
        /// Whether the number is signed, in two's complement.
        signed: bool,
    },
    /// An IEEE 754 number.
    Float {
        /// The size in bytes: 4 or 8.
        size: u8,
    },
    /// An address.
    Pointer {
        /// The size in bytes: 4 or 8.
        size: u8,
    },
    /// Text that ends at the first NUL or at the end of the array. In a flexible array, the text contains all bytes
    /// except the NULs at the end.
    String {
        /// The size of the array in bytes, or 0 for a flexible array, which fills the bytes after the item.
        size: u32,
    },
    /// A value of another item.
    Item {
        /// The label of the item, as in [`Item::wit`].
        item: String,
    },
}

/// A case of an enum, or a label of flags.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Case {
    /// The label, without the `%` that escapes a keyword in the WIT text.
    pub wit: String,
    /// The C name.
    pub name: String,
    /// The value. In flags, exactly one of the bits that the enum has in memory is set.
    pub value: i128,
    /// Other enumerators with the same value.
    #[cfg_attr(feature = "json", serde(skip_serializing_if = "Vec::is_empty"))]
    pub synonyms: Vec<String>,
}

/// An enumerator without a case.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Enumerator {
    /// The C name.
    pub name: String,
    /// The value.
    pub value: i128,
}

/// A member that holds no data.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LeftOut {
    /// The C name. `None` if the member is unnamed.
    pub name: Option<String>,
    /// The C type.
    pub c_type: String,
    /// The offset in bytes from the start of the item.
    pub offset: u64,
    /// The position of a bitfield's bits. `None` if the member is not a bitfield.
    #[cfg_attr(feature = "json", serde(skip_serializing_if = "Option::is_none"))]
    pub bits: Option<Bits>,
    /// The reason why the member is left out.
    pub reason: Reason,
}

/// A map of a BPF object.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Map {
    /// The C name.
    pub name: String,
    /// Whether this describes the inner maps of a map of maps. If so, `name` is the name of the outer map.
    pub inner: bool,
    /// The form of the map's definition. If the form is not [`MapForm::Btf`], the definition gives only the name of the
    /// map. The types may come from `BPF_ANNOTATE_KV_PAIR` or `GADGET_TRACER` instead.
    pub form: MapForm,
    /// The type of the map. `None` if the definition does not state it.
    #[cfg_attr(feature = "json", serde(rename = "type"))]
    pub map_type: Option<MapType>,
    /// The maximum number of entries, or the size of a ring buffer in bytes. `None` if the definition does not state
    /// it. Loaders may change it.
    pub max_entries: Option<u32>,
    /// The type of the keys. `None` if BTF does not have it.
    pub key: Option<Content>,
    /// The size of a key in bytes, which a definition may state without the type. `None` if the definition gives
    /// neither.
    pub key_size: Option<u64>,
    /// The type of the values. `None` if BTF does not have it. For a ring buffer or a perf event array, this is the
    /// type of the events, which the object names with `__type(value, struct event)` or with Inspektor Gadget's
    /// `GADGET_TRACER`.
    pub value: Option<Content>,
    /// The size of a value in bytes, which a definition may state without the type. `None` if the definition gives
    /// neither.
    pub value_size: Option<u64>,
    /// The name in the `GADGET_TRACER` macro, if `value` comes from such a macro.
    pub tracer: Option<String>,
}

/// The kind of a BPF map, such as a hash table or a ring buffer: the kernel's number and bpftool's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct MapType {
    /// The number in the kernel's `enum bpf_map_type`.
    pub number: u32,
    /// bpftool's name for the type, such as `lru_hash`. `None` if Linux 6.18 does not have the type.
    pub name: Option<&'static str>,
}

/// A global variable of a BPF object.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Global {
    /// The section. It is `.data`, `.bss` or `.rodata`, or a name that begins with one of these and a single dot, or
    /// one of `.kconfig`, `.struct_ops`, `.struct_ops.link` and `.addr_space.1`. A `?` before `.struct_ops` or
    /// `.struct_ops.link` tells libbpf not to create the maps of the section by default.
    pub section: String,
    /// The C name.
    pub name: String,
    /// The offset in bytes from the start of the section. `None` if neither BTF nor the file's symbols have it: the
    /// loader places the variables of `.kconfig`, for example.
    pub offset: Option<u64>,
    /// The type.
    pub content: Content,
}

/// A program of a BPF object.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Program {
    /// The name of the program's function in C.
    pub name: String,
    /// The section, such as `tp/sched/sched_switch`. Its first part is the kind of the program. Often, the rest says
    /// what the program is attached to.
    pub section: String,
    /// The part of `section` after the first slash, which often names what the program is attached to. `None` if there
    /// is no slash.
    pub target: Option<String>,
}

/// The type of a map's key or value, or of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Content {
    /// The C type.
    pub c_type: String,
    /// The size in bytes.
    pub size: u64,
    /// The label of the item for the type or, if the type is an array, for its elements. `None` if there is no such
    /// item, as for a number or a pointer.
    pub item: Option<String>,
}

/// A function of the interface.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Function {
    /// The label in the interface, without the `%` that escapes a keyword in the WIT text.
    pub wit: String,
    /// The C name.
    pub name: String,
    /// The C prototype, as in the comment of the WIT text.
    pub c: String,
    /// The BTF type id.
    pub id: u32,
    /// The parameters, without those that hold no data.
    pub parameters: Vec<Parameter>,
    /// The type of the result. `None` if the function returns nothing that holds data.
    pub result: Option<Type>,
    /// Whether the C function is variadic. WIT has no variadic functions, so the WIT function has only the parameters
    /// before the `...`.
    pub varargs: bool,
}

/// A parameter of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Parameter {
    /// The label, without the `%` that escapes a keyword in the WIT text.
    pub wit: String,
    /// The C name. `None` if the parameter has none.
    pub name: Option<String>,
    /// The C type.
    pub c_type: String,
    /// The type.
    #[cfg_attr(feature = "json", serde(rename = "type"))]
    pub ty: Type,
}
