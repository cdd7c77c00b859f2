//! BTF types as plain data, one variant a kind.
//!
//! Follows the kernel's `Documentation/bpf/btf.rst` and `include/uapi/linux/btf.h`. Does not know how types are read.

use super::span::Span;

/// The size of the largest integer in bytes.
pub(super) const MAX_NUMBER: u32 = 16;

/// The id of a type in its BTF. 0 is `void`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub u32);

impl TypeId {
    /// The id of `void`, which the type section does not list.
    pub const VOID: TypeId = TypeId(0);

    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// The index of a name in the string section. 0 is the empty name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Name(pub u32);

impl Name {
    pub const NONE: Name = Name(0);

    pub fn is_none(self) -> bool {
        self == Name::NONE
    }

    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One type, by kind. Small, since a kernel has a hundred thousand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Void,
    Int(Int),
    Pointer(TypeId),
    Array {
        element: TypeId,
        /// May be out of range.
        index: TypeId,
        length: u32,
    },
    Struct(Composite),
    Union(Composite),
    Enum(Enum),
    Forward {
        name: Name,
        union: bool,
    },
    Typedef {
        name: Name,
        target: TypeId,
    },
    Modifier {
        modifier: Modifier,
        target: TypeId,
    },
    Function {
        name: Name,
        prototype: TypeId,
        /// Whether it is defined elsewhere.
        external: bool,
    },
    Prototype {
        result: TypeId,
        parameters: Span,
    },
    Float {
        name: Name,
        size: u32,
    },
    Variable {
        name: Name,
        target: TypeId,
        linkage: Linkage,
    },
    Section {
        name: Name,
        /// Bytes.
        size: u32,
        entries: Span,
    },
    DeclTag {
        name: Name,
        target: TypeId,
        /// The position of the member or parameter that is tagged, not checked; nothing for the whole type.
        component: Option<u32>,
    },
}

/// What stands before a type and leaves its layout as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Modifier {
    Const,
    Volatile,
    Restrict,
    Tag(Name),
    /// A typedef without a name, which compilers do not write.
    Unnamed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Int {
    pub name: Name,
    /// Bytes.
    pub size: u32,
    pub signed: bool,
    pub boolean: bool,
    /// One bit each for signed, `char` and `bool`.
    pub encoding: u8,
    /// The width in bits, less than the size only in bitfields before Linux 5.0.
    pub bits: u8,
    /// The bits before those, likewise.
    pub offset: u8,
}

impl Int {
    /// Returns whether it has at most 16 bytes, and its bits fit them. Otherwise only its size is used.
    pub fn is_number(&self) -> bool {
        let end = u32::from(self.offset) + u32::from(self.bits);
        self.size <= MAX_NUMBER && end <= 8 * self.size
    }

    /// Returns whether it fills its bytes, as the kernel's `btf_type_int_is_regular` has it.
    pub fn is_regular(&self) -> bool {
        self.offset == 0 && matches!(self.bits, 8 | 16 | 32 | 64 | 128)
    }

    /// Returns whether it is narrower than its bytes, as compilers described bitfields before Linux 5.0.
    pub fn is_of_bitfield(&self) -> bool {
        self.is_number() && u32::from(self.bits) < 8 * self.size
    }
}

/// A struct or a union.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Composite {
    pub name: Name,
    /// Bytes.
    pub size: u32,
    pub members: Span,
    /// Whether the members store their widths. If not, bitfields are of integers made for them.
    pub has_widths: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub name: Name,
    pub ty: TypeId,
    /// Bits from the start of the struct; 0 in a union.
    pub bit_offset: u32,
    /// The width of a bitfield in bits; 0 for other members.
    pub bits: u8,
}

/// An enum of 32 or of 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Enum {
    pub name: Name,
    /// Bytes.
    pub size: u32,
    pub signed: bool,
    /// Whether the enum has 8 bytes, of which BTF stores 4 of each value.
    pub cut: bool,
    pub enumerators: Span,
}

impl Enum {
    /// Returns whether its size is that of an integer. Otherwise only its size is used.
    pub fn is_number(&self) -> bool {
        matches!(self.size, 1 | 2 | 4 | 8)
    }
}

/// One name of an enum. Packed to 12 bytes, since a kernel has tens of thousands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(Rust, packed(4))]
pub(crate) struct Enumerator {
    pub name: Name,
    /// The bits of the value, those of an `i64` if the enum is signed.
    pub value: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parameter {
    pub name: Name,
    pub ty: TypeId,
}

/// A variable as its data section lists it, not checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SectionEntry {
    pub ty: TypeId,
    /// Bytes.
    pub offset: u32,
    /// Bytes.
    pub size: u32,
}

impl Parameter {
    /// Returns whether it is the `...` at the end of a prototype.
    pub fn is_varargs(self) -> bool {
        self.name.is_none() && self.ty == TypeId::VOID
    }
}

impl Type {
    /// Returns the type's own name, empty if it has none.
    pub fn name(&self) -> Name {
        match *self {
            Type::Int(Int { name, .. })
            | Type::Struct(Composite { name, .. })
            | Type::Union(Composite { name, .. })
            | Type::Enum(Enum { name, .. })
            | Type::Forward { name, .. }
            | Type::Typedef { name, .. }
            | Type::Function { name, .. }
            | Type::Float { name, .. }
            | Type::Variable { name, .. }
            | Type::Section { name, .. }
            | Type::DeclTag { name, .. } => name,
            Type::Modifier {
                modifier: Modifier::Tag(name),
                ..
            } => name,
            Type::Void
            | Type::Pointer(_)
            | Type::Array { .. }
            | Type::Modifier { .. }
            | Type::Prototype { .. } => Name::NONE,
        }
    }

    /// Returns whether it is a struct, union, enum, typedef or forward declaration.
    pub fn is_defined(&self) -> bool {
        matches!(
            self,
            Type::Struct(_)
                | Type::Union(_)
                | Type::Enum(_)
                | Type::Typedef { .. }
                | Type::Forward { .. }
        )
    }

    pub fn composite(&self) -> Option<&Composite> {
        match self {
            Type::Struct(composite) | Type::Union(composite) => Some(composite),
            _ => None,
        }
    }

    /// Returns the kind in the words of BTF's documentation.
    pub fn kind(&self) -> &'static str {
        match self {
            Type::Void => "void",
            Type::Int(_) => "int",
            Type::Pointer(_) => "pointer",
            Type::Array { .. } => "array",
            Type::Struct(_) => "struct",
            Type::Union(_) => "union",
            Type::Enum(_) => "enum",
            Type::Forward { .. } => "forward declaration",
            Type::Typedef { .. } => "typedef",
            Type::Modifier { modifier, .. } => match modifier {
                Modifier::Const => "const",
                Modifier::Volatile => "volatile",
                Modifier::Restrict => "restrict",
                Modifier::Tag(_) => "type tag",
                Modifier::Unnamed => "typedef",
            },
            Type::Function { .. } => "function",
            Type::Prototype { .. } => "function prototype",
            Type::Float { .. } => "float",
            Type::Variable { .. } => "variable",
            Type::Section { .. } => "data section",
            Type::DeclTag { .. } => "declaration tag",
        }
    }
}

/// Who sees a variable: `BTF_VAR_STATIC`, `BTF_VAR_GLOBAL_ALLOCATED`, `BTF_VAR_GLOBAL_EXTERN`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Linkage {
    /// Its own file.
    Static,
    Global,
    /// It is defined elsewhere.
    External,
}

impl Linkage {
    pub fn of(linkage: u32) -> Linkage {
        match linkage {
            0 => Linkage::Static,
            2 => Linkage::External,
            _ => Linkage::Global,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_enumerators_are_small() {
        assert_eq!(size_of::<Type>(), 20);
        assert_eq!(size_of::<Enumerator>(), 12);
    }
}
