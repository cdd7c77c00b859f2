//! What a component sees of a BPF object: an interface for each map, and functions for variables and programs.
//!
//! `access` says what user space can do with each type of map, `event` parses the types of a map's records, and `wit`
//! writes the interfaces. This is plain data, which `package` fills.

mod access;
mod event;
mod wit;

pub(crate) use access::{Access, Keyed, Keys, Unusable, of as access};
pub(crate) use event::{EventChoice, Kinds};
pub(crate) use wit::{Spelling, interfaces, world};

use crate::names::EntityId;
use crate::plan::{BaseType, ValueType};

/// The name of the host's interface that an adapter calls.
pub(crate) const RAW_INTERFACE: &str = "btf2wit:bpf/object@0.1.0";
/// The name of the variant of a map's records, if they have several types.
pub(crate) const VARIANT: &str = "record-of-map";

/// The interface of the object itself.
pub(crate) const OBJECT: &str = "object";
/// The interface of the variables.
pub(crate) const GLOBALS: &str = "globals";
/// The interface of the programs.
pub(crate) const PROGRAMS: &str = "programs";

/// The interfaces of an object.
pub(crate) struct Skeleton {
    pub maps: Vec<MapInterface>,
    pub globals: Vec<Variable>,
    pub programs: Vec<ProgramCase>,
}

/// A map with an interface.
pub(crate) struct MapInterface {
    /// The name of the interface.
    pub label: String,
    /// The name in C.
    pub name: String,
    /// bpftool's name of the map's type.
    pub kind: &'static str,
    pub max_entries: Option<u32>,
    pub functions: Functions,
}

/// The functions of a map.
pub(crate) enum Functions {
    Keyed {
        keyed: Keyed,
        key: Data,
        value: Data,
    },
    Ordered(Data),
    Filter(Data),
    Records {
        #[cfg_attr(not(feature = "codec"), expect(dead_code, reason = "for adapters"))]
        padded: bool,
        /// `None` if no type is known.
        record: Option<Record>,
    },
    Submitted(Option<Data>),
}

/// The type of the records of a map.
pub(crate) enum Record {
    One(Data),
    /// One of several types. A number in each record tells which.
    Several {
        /// The variant of all types, in the plan.
        #[cfg_attr(not(feature = "codec"), expect(dead_code, reason = "for adapters"))]
        ty: ValueType,
        cases: Vec<(String, Data)>,
    },
}

/// The type of a key, a value, a record or a variable.
pub(crate) struct Data {
    pub ty: ValueType,
    pub wit: TypeText,
    /// The C type.
    pub c: String,
}

impl Data {
    /// Returns a placeholder for a type without bytes.
    pub fn nothing() -> Data {
        Data {
            ty: ValueType::plain(BaseType::Text { room: 0 }),
            wit: TypeText::plain("string"),
            c: String::new(),
        }
    }
}

impl TypeText {
    /// Returns the text of a type that refers to no item.
    pub fn plain(text: &str) -> TypeText {
        TypeText {
            before: text.to_owned(),
            item: None,
            after: String::new(),
        }
    }
}

/// The text of a WIT type. An item that it refers to may have different names in different interfaces.
pub(crate) struct TypeText {
    pub before: String,
    /// The item that it refers to, whose name comes between `before` and `after`.
    pub item: Option<EntityId>,
    pub after: String,
}

/// A global variable.
pub(crate) struct Variable {
    /// The label, which follows `get-` and `set-` in function names.
    pub label: String,
    #[cfg_attr(not(feature = "codec"), expect(dead_code, reason = "for adapters"))]
    pub name: String,
    /// The declaration in C.
    pub c: String,
    pub section: String,
    /// The offset in bytes from the start of the section.
    #[cfg_attr(not(feature = "codec"), expect(dead_code, reason = "for adapters"))]
    pub offset: u32,
    pub data: Data,
}

impl Variable {
    /// Returns whether the kernel makes the variable constant when the object is loaded.
    pub fn is_constant(&self) -> bool {
        self.section.starts_with(".rodata")
    }
}

/// A program.
pub(crate) struct ProgramCase {
    /// The case in `enum program`.
    pub label: String,
    pub name: String,
    pub section: String,
}
