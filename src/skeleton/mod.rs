//! What a component sees of a BPF object: an interface for each map, and the functions of variables and programs.
//!
//! `access` has what user space can do with a map of each type, `event` parses which types the records of a map have,
//! `wit` writes the interfaces. Plain data: `package` fills it.

mod access;
mod event;
mod wit;

pub(crate) use access::{Access, Keyed, Keys, Unusable, of as access};
pub(crate) use event::{EventChoice, Kinds};
pub(crate) use wit::{Spelling, interfaces, world};

use crate::names::EntityId;
use crate::plan::{BaseType, ValueType};

/// The name of that interface.
pub(crate) const RAW_INTERFACE: &str = "btf2wit:bpf/object@0.1.0";
/// The variant of several types of records.
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
        /// Nothing if no type is known.
        record: Option<Record>,
    },
    Submitted(Option<Data>),
}

/// The type of the records of a map.
pub(crate) enum Record {
    One(Data),
    /// One of several types, which a number in all of them tells.
    Several {
        /// The variant of all, in the plan.
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
    /// Returns the type of no bytes.
    pub fn nothing() -> Data {
        Data {
            ty: ValueType::plain(BaseType::Text { room: 0 }),
            wit: TypeText::plain("string"),
            c: String::new(),
        }
    }
}

impl TypeText {
    /// Returns a type that names no item.
    pub fn plain(text: &str) -> TypeText {
        TypeText {
            before: text.to_owned(),
            item: None,
            after: String::new(),
        }
    }
}

/// A WIT type as text. A name inside it may differ between interfaces.
pub(crate) struct TypeText {
    pub before: String,
    /// The item that it names.
    pub item: Option<EntityId>,
    pub after: String,
}

/// A global variable.
pub(crate) struct Variable {
    /// The label, behind `get-` and `set-`.
    pub label: String,
    #[cfg_attr(not(feature = "codec"), expect(dead_code, reason = "for adapters"))]
    pub name: String,
    /// The declaration in C.
    pub c: String,
    pub section: String,
    /// Bytes from the start of the section.
    #[cfg_attr(not(feature = "codec"), expect(dead_code, reason = "for adapters"))]
    pub offset: u32,
    pub data: Data,
}

impl Variable {
    /// Returns whether the kernel makes it constant when the object is loaded.
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
