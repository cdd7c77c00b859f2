//! The interfaces through which a component uses a BPF object: one for each map that user space can use, one for the
//! object itself, and one each for the variables and the programs if there are any.
//!
//! `access` has the operations of each type of map, `event` parses the types that the caller chooses for records, and
//! `wit` writes the interfaces as text. The types in this file are plain data, which `package` fills.

mod access;
mod event;
mod wit;

pub(crate) use access::{Access, Keyed, Keys, Unusable, of as access};
pub(crate) use event::{ChosenTypes, EventChoice};
pub(crate) use wit::{TextOptions, interfaces, world};

use crate::names::EntityId;
use crate::plan::{BaseType, ValueType};

/// The name of the host's interface that an adapter calls.
pub(crate) const RAW_INTERFACE: &str = "btf2wit:bpf/object@0.1.0";
/// The label of the variant that has a case for each type of a map's records, if they have several types.
pub(crate) const VARIANT: &str = "record-of-map";

/// The name of the interface of the object itself.
pub(crate) const OBJECT: &str = "object";
/// The name of the interface with the functions for the variables.
pub(crate) const GLOBALS: &str = "globals";
/// The name of the interface of the programs.
pub(crate) const PROGRAMS: &str = "programs";

/// The interfaces of an object.
pub(crate) struct Skeleton {
    pub maps: Vec<MapInterface>,
    pub globals: Vec<Variable>,
    pub programs: Vec<ProgramCase>,
}

/// A map that gets an interface.
pub(crate) struct MapInterface {
    /// The name of the interface.
    pub label: String,
    /// The name of the map in C.
    pub name: String,
    /// bpftool's name of the map's type.
    pub kind: &'static str,
    pub max_entries: Option<u32>,
    pub functions: Functions,
}

/// The functions of a map, with the types that they take and return. [`Access`] explains the variants.
pub(crate) enum Functions {
    Keyed {
        keyed: Keyed,
        key: DataType,
        value: DataType,
    },
    Ordered(DataType),
    Filter(DataType),
    Records {
        #[cfg_attr(not(feature = "codec"), expect(dead_code, reason = "for adapters"))]
        padded: bool,
        /// The type of the records. `None` if neither BTF nor the caller states the type.
        record: Option<RecordType>,
    },
    Submitted(Option<DataType>),
}

/// The type of the records of a map.
pub(crate) enum RecordType {
    One(DataType),
    /// One of several types. A number in each record says which type the record has.
    Several {
        /// A variant with a case for each of the types. It is a node of the plan.
        #[cfg_attr(not(feature = "codec"), expect(dead_code, reason = "for adapters"))]
        ty: ValueType,
        cases: Vec<(String, DataType)>,
    },
}

/// The type of a key, a value, a record or a variable.
pub(crate) struct DataType {
    pub ty: ValueType,
    pub wit: TypeText,
    /// The C type, or words such as `path` if there is none, for doc comments.
    pub c: String,
}

impl DataType {
    /// Returns a type for a place whose type is missing in a list. It is not used unless btf2wit has a bug.
    pub fn placeholder() -> DataType {
        DataType {
            ty: ValueType::plain(BaseType::Text { room: 0 }),
            wit: TypeText::plain("string"),
            c: String::new(),
        }
    }
}

impl TypeText {
    /// Returns the text of a type that names no item.
    pub fn plain(text: &str) -> TypeText {
        TypeText {
            before: text.to_owned(),
            item: None,
            after: String::new(),
        }
    }
}

/// The text of a WIT type. The name of an item in it is not part of the text, since each interface may use another name
/// for the item.
pub(crate) struct TypeText {
    pub before: String,
    /// The item that the type names. Its name goes between `before` and `after`. `None` if the type names no item.
    pub item: Option<EntityId>,
    pub after: String,
}

/// A global variable that gets functions.
pub(crate) struct Variable {
    /// The end of the names of the variable's functions, after `get-` or `set-`.
    pub label: String,
    #[cfg_attr(not(feature = "codec"), expect(dead_code, reason = "for adapters"))]
    pub name: String,
    /// The declaration in C.
    pub c: String,
    pub section: String,
    /// The offset in bytes from the start of the section.
    #[cfg_attr(not(feature = "codec"), expect(dead_code, reason = "for adapters"))]
    pub offset: u32,
    pub data: DataType,
}

impl Variable {
    /// Returns whether the variable is read-only after loading: libbpf freezes the map of its section.
    pub fn is_constant(&self) -> bool {
        self.section.starts_with(".rodata")
    }
}

/// A program, which is a case of the WIT type `enum program`.
pub(crate) struct ProgramCase {
    /// The label of the case.
    pub label: String,
    pub name: String,
    pub section: String,
}
