//! Defines BTF types as plain data. Each kind has a variant, except that qualifiers and type tags share one variant,
//! and the two kinds of enums share another.
//!
//! The types are those of the kernel's `Documentation/bpf/btf.rst` and `include/uapi/linux/btf.h`. This file does not
//! know how types are read.

use super::span::Span;

/// The maximum size of an integer or float in bytes.
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

/// The index of a name among the names of its BTF. 0 is the empty name.
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

/// One type, by kind. The enum has only 20 bytes, since a kernel has a hundred thousand types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Void,
    Int(Int),
    Pointer(TypeId),
    Array {
        element: TypeId,
        /// The type of the index. The id is not checked and may be out of range.
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
        /// Whether the function is defined in another file.
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
        /// The size in bytes.
        size: u32,
        entries: Span,
    },
    DeclTag {
        name: Name,
        target: TypeId,
        /// The position of the tagged member or parameter, or `None` if the tag applies to the whole target. The
        /// position is not checked.
        component: Option<u32>,
    },
}

/// A qualifier, a type tag or an unnamed typedef. None of these changes the layout of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Modifier {
    Const,
    Volatile,
    Restrict,
    Tag(Name),
    /// A typedef without a name. Compilers do not write such typedefs.
    Unnamed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Int {
    pub name: Name,
    /// The size in bytes.
    pub size: u32,
    pub signed: bool,
    pub boolean: bool,
    /// The encoding as stored: one bit each for signed, `char` and `bool`.
    pub encoding: u8,
    /// The number of used bits. All bits of the integer are used except in the integers that compilers made for
    /// bitfields before Linux 5.0.
    pub bits: u8,
    /// The offset of the used bits in the integer, in bits. The offset is 0 except in integers for bitfields.
    pub offset: u8,
}

impl Int {
    /// Returns whether the integer has at most 16 bytes, and its bits fit in them. If not, the integer is treated as
    /// bytes without a meaning.
    pub fn is_number(&self) -> bool {
        let end = u32::from(self.offset) + u32::from(self.bits);
        self.size <= MAX_NUMBER && end <= 8 * self.size
    }

    /// Returns whether the integer begins at bit 0 and has 8, 16, 32, 64 or 128 bits, as the kernel's
    /// `btf_type_int_is_regular` requires.
    pub fn is_regular(&self) -> bool {
        self.offset == 0 && matches!(self.bits, 8 | 16 | 32 | 64 | 128)
    }

    /// Returns whether the integer [is a number](Int::is_number) that is narrower than its bytes. Before Linux 5.0,
    /// compilers described bitfields with such integers.
    pub fn is_of_bitfield(&self) -> bool {
        self.is_number() && u32::from(self.bits) < 8 * self.size
    }
}

/// A struct or a union.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Composite {
    pub name: Name,
    /// The size in bytes.
    pub size: u32,
    pub members: Span,
    /// Whether the members store the widths of bitfields. If not, each bitfield has an integer type that was made for
    /// its width.
    pub has_widths: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub name: Name,
    pub ty: TypeId,
    /// The offset in bits from the start of the struct or union.
    pub bit_offset: u32,
    /// The width of a bitfield in bits; 0 for other members. If the width is that of an integer type made for the
    /// bitfield, it is 0 here until the BTF is checked, and then this width.
    pub bits: u8,
}

/// An enum. BTF stores its values with 32 or with 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Enum {
    pub name: Name,
    /// The size in bytes.
    pub size: u32,
    pub signed: bool,
    /// Whether the enum has 8 bytes, but BTF stores only 4 bytes of each value.
    pub cut: bool,
    pub enumerators: Span,
}

impl Enum {
    /// Returns whether the enum has 1, 2, 4 or 8 bytes. If not, its values are treated as bytes without a meaning.
    pub fn is_number(&self) -> bool {
        matches!(self.size, 1 | 2 | 4 | 8)
    }
}

/// One name in an enum, with its value. The struct is packed to 12 bytes, since a kernel has tens of thousands of
/// enumerators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(Rust, packed(4))]
pub(crate) struct Enumerator {
    pub name: Name,
    /// The bits of the value. In a signed enum, they are the bits of an `i64`.
    pub value: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parameter {
    pub name: Name,
    pub ty: TypeId,
}

/// An entry of a data section: a variable, or a function in `.ksyms`, and its place in the section. Neither the type id
/// nor the place is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SectionEntry {
    pub ty: TypeId,
    /// The offset from the start of the section, in bytes.
    pub offset: u32,
    /// The size in bytes.
    pub size: u32,
}

impl Parameter {
    /// Returns whether the parameter is a `...`, which BTF writes as a parameter without a name and of type `void`.
    /// Whether the parameter is the last one is not checked.
    pub fn is_varargs(self) -> bool {
        self.name.is_none() && self.ty == TypeId::VOID
    }
}

impl Type {
    /// Returns the name of the type itself, or the empty name if it has none.
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

    /// Returns whether the type is a struct, union, enum, typedef or forward declaration.
    pub fn is_tagged(&self) -> bool {
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

    /// Returns the name of the kind for messages.
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

/// The visibility of a variable: `BTF_VAR_STATIC`, `BTF_VAR_GLOBAL_ALLOCATED`, `BTF_VAR_GLOBAL_EXTERN`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Linkage {
    /// Visible only in its own file.
    Static,
    Global,
    /// Defined in another file.
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
