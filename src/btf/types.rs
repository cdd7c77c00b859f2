//! The shapes of BTF types once they are checked: plain data, one variant a kind.
//!
//! Follows the kernel's `Documentation/bpf/btf.rst` and `include/uapi/linux/btf.h`. Knows nothing
//! of how the types were read.

/// The largest number in bytes.
pub(super) const MAX_NUMBER: u32 = 16;

/// The number of a type in its BTF; 0 is `void`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub u32);

impl TypeId {
    /// `void`, which no BTF writes down.
    pub const VOID: TypeId = TypeId(0);

    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// The number of a name in the string section; 0 is the empty name.
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

/// Consecutive entries of one of the tables that a [`Btf`](super::Btf) keeps.
///
/// Packed, so that there is room beside it for a byte in a [`Type`] of 20 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(Rust, packed(2))]
pub(crate) struct Span {
    pub start: u32,
    /// A type says with 16 bits how many it has.
    pub len: u16,
}

impl Span {
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.start as usize + self.len as usize
    }
}

/// One type, by kind. A kernel has a hundred thousand, which are looked at in any order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Void,
    Int(Int),
    Pointer(TypeId),
    Array {
        element: TypeId,
        /// An integer, or what the input has in its place: any number.
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
        /// Is it defined elsewhere?
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
        /// Is it defined elsewhere?
        external: bool,
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
        /// The member or parameter that is tagged, which may not be there; nothing where the whole is.
        component: Option<u32>,
    },
}

/// What stands before a type and changes nothing of its bytes.
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
    /// One bit each for signed, `char` and `bool`; others have no meaning.
    pub encoding: u8,
    /// Bits that count, fewer than the size only in the bitfields of kernels before 5.0.
    pub bits: u8,
    /// Bits before those that count, likewise.
    pub offset: u8,
}

impl Int {
    /// Returns whether it is a number: of at most 16 bytes, which its bits fit. What is none is known
    /// by its size alone.
    pub fn is_number(&self) -> bool {
        let end = u32::from(self.offset) + u32::from(self.bits);
        self.size <= MAX_NUMBER && end <= 8 * self.size
    }

    /// Is it made for a bitfield, narrower than its bytes, as before Linux 5.0?
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
    /// May members say how wide they are? Without it bitfields are of integers made for them.
    pub has_widths: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub name: Name,
    pub ty: TypeId,
    /// Bits from the start of the struct; 0 in a union.
    pub bit_offset: u32,
    /// Width in bits; 0 where the member is no bitfield.
    pub bits: u8,
}

/// An enum of 32 or of 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Enum {
    pub name: Name,
    /// Bytes.
    pub size: u32,
    pub signed: bool,
    /// Does BTF have only 32 bits of each value, and the enum more?
    pub cut: bool,
    pub enumerators: Span,
}

impl Enum {
    /// Returns whether its values are numbers. What has no such size is known by its size alone.
    pub fn is_number(&self) -> bool {
        matches!(self.size, 1 | 2 | 4 | 8)
    }
}

/// Packed to 12 bytes, since a kernel has tens of thousands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(Rust, packed(4))]
pub(crate) struct Enumerator {
    pub name: Name,
    /// The value's 64 bits; to be read as `i64` where the enum is signed.
    pub value: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parameter {
    pub name: Name,
    pub ty: TypeId,
}

/// A variable as its section lists it. Nothing of it is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SectionEntry {
    pub ty: TypeId,
    /// Bytes.
    pub offset: u32,
    /// Bytes.
    pub size: u32,
}

impl Parameter {
    /// The `...` at the end of a prototype.
    pub fn is_varargs(self) -> bool {
        self.name.is_none() && self.ty == TypeId::VOID
    }
}

impl Type {
    /// The type's own name, empty where its kind has none.
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

    /// Does C define or declare it by a name, a tag or a body, and is it no function?
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

    /// The kind in the words of BTF's documentation.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_kernel_has_many_of_is_small() {
        assert_eq!(size_of::<Type>(), 20);
        assert_eq!(size_of::<Enumerator>(), 12);
    }
}
