//! Defines the facts about a type that the checks and the verifier need. These facts take only 8 bytes for each type.
//! The checks read them for each member in a random order of ids, so a compact table avoids cache misses.

use super::types::{Int, MAX_NUMBER, Member, Parameter, Type, TypeId};

/// The facts about a type. The size and the nesting are unknown until everything that the type contains by value is
/// resolved. For a typedef or a modifier, only the link is known here. `Derived::info` returns the facts about its
/// target.
#[derive(Clone, Copy)]
pub(super) struct TypeInfo {
    /// The size in bytes. For a typedef or a modifier, the index of its [`Link`] in `Derived::links` instead.
    size: u32,
    flags: u8,
    nesting: u8,
    /// The width in bits up to which a bitfield of this type breaks no rule if it fits the type. `layout` and the
    /// verifier check wider ones.
    max_bitfield: u8,
    /// The bits of a member's offset that must be 0 if the member has this type and is not a bitfield.
    offset_mask: u8,
}

/// The value of [`TypeInfo::nesting`] before the type's contents are resolved.
const UNRESOLVED: u8 = u8::MAX;
/// The value of [`TypeInfo::nesting`] while the type's contents are being resolved.
const RESOLVING: u8 = UNRESOLVED - 1;

/// Flag: `references` accepts this type for members and as the target of pointers. Functions, variables, data sections
/// and declaration tags do not have this flag. `void` has it.
const VALUE: u8 = 1;
/// Flag: values of the type have a size.
const SIZED: u8 = 2;
const PROTOTYPE: u8 = 4;
/// Flag: the type is a typedef or a modifier.
const LINK: u8 = 8;
/// Flag: the type is a prototype with a parameter that has no name. `...` does not count.
const UNNAMED_PARAMETERS: u8 = 16;
const POINTER: u8 = 32;
const FLOAT: u8 = 64;
/// Flag: the size or the width of the type may break a rule.
const SUSPECT_SIZE: u8 = 128;

/// The types that a typedef or a modifier stands for. Links have a table of their own, since in a kernel only one type
/// of twenty has a link.
pub(super) struct Link {
    /// The type without outer modifiers: qualifiers, type tags and unnamed typedefs. Named typedefs stay.
    pub unqualified: TypeId,
    /// The type without modifiers and typedefs.
    pub resolved: TypeId,
}

impl TypeInfo {
    /// The facts about a type that pointers may refer to but that has no size, such as `void`.
    const VALUE: TypeInfo = TypeInfo {
        size: 0,
        nesting: 0,
        max_bitfield: 0,
        offset_mask: 7,
        flags: VALUE,
    };
    const PROTOTYPE: TypeInfo = TypeInfo {
        flags: VALUE | PROTOTYPE,
        ..TypeInfo::VALUE
    };
    const NO_VALUE: TypeInfo = TypeInfo {
        flags: 0,
        ..TypeInfo::VALUE
    };
    const UNRESOLVED: TypeInfo = TypeInfo {
        nesting: UNRESOLVED,
        ..TypeInfo::VALUE
    };

    /// Returns the facts that are known from the type without the types that it refers to. `parameters` is the table of
    /// the parameters of all types.
    pub fn new(ty: &Type, parameters: &[Parameter]) -> TypeInfo {
        match *ty {
            Type::Void | Type::Forward { .. } => TypeInfo::VALUE,
            Type::Pointer(_) => TypeInfo::VALUE.sized(0).with(POINTER, true),
            Type::Int(int) => TypeInfo {
                max_bitfield: 64,
                ..TypeInfo::VALUE.sized(int.size)
            }
            .with(SUSPECT_SIZE, is_suspect(&int)),
            Type::Float { size, .. } => {
                let is_suspect = !size.is_power_of_two() || size > MAX_NUMBER;
                let info = TypeInfo::VALUE.sized(size).with(FLOAT, true);
                info.with(SUSPECT_SIZE, is_suspect)
            }
            Type::Enum(e) => TypeInfo {
                max_bitfield: 32,
                ..TypeInfo::VALUE.sized(e.size)
            }
            .with(SUSPECT_SIZE, !e.is_number()),
            Type::Prototype {
                parameters: span, ..
            } => {
                let is_unnamed = |p: &Parameter| p.name.is_none() && !p.is_varargs();
                let any_unnamed = parameters[span.range()].iter().any(is_unnamed);
                TypeInfo::PROTOTYPE.with(UNNAMED_PARAMETERS, any_unnamed)
            }
            Type::Function { .. }
            | Type::Variable { .. }
            | Type::Section { .. }
            | Type::DeclTag { .. } => TypeInfo::NO_VALUE,
            Type::Struct(_)
            | Type::Union(_)
            | Type::Array { .. }
            | Type::Typedef { .. }
            | Type::Modifier { .. } => TypeInfo::UNRESOLVED,
        }
    }

    /// Returns the facts about a typedef or a modifier. `index` is the index of its [`Link`].
    pub fn linked(index: usize) -> TypeInfo {
        TypeInfo {
            size: index as u32,
            flags: VALUE | LINK,
            ..TypeInfo::VALUE
        }
    }

    /// Sets the size of a value in bytes.
    pub fn sized(mut self, size: u32) -> TypeInfo {
        self.size = size;
        self.flags |= SIZED;
        self
    }

    /// Adds flags if `is_set` is true.
    fn with(mut self, flags: u8, is_set: bool) -> TypeInfo {
        self.flags |= if is_set { flags } else { 0 };
        self
    }

    /// If the type is a pointer, sets its size in bytes. If the type is a float, sets its alignment, which depends on
    /// the size of a pointer. Changes nothing in other types.
    pub fn with_pointer_size(mut self, pointer_size: u8) -> TypeInfo {
        let pointer_size = u32::from(pointer_size);
        if self.flags & POINTER != 0 {
            self.size = pointer_size;
        }
        if self.flags & FLOAT != 0 {
            self.offset_mask = (8 * self.size.min(pointer_size).max(1) - 1) as u8;
        }
        self
    }

    /// Marks a type whose contents are being resolved.
    pub fn resolving(mut self) -> TypeInfo {
        self.nesting = RESOLVING;
        self
    }

    /// Marks a type as resolved, and sets its nesting.
    pub fn resolved(mut self, nesting: u8) -> TypeInfo {
        self.nesting = nesting;
        self
    }

    /// Returns the index of the [`Link`] of a typedef or a modifier, or `None` for types of other kinds.
    pub fn link(self) -> Option<usize> {
        (self.flags & LINK != 0).then_some(self.size as usize)
    }

    pub fn is_unresolved(self) -> bool {
        self.nesting == UNRESOLVED
    }

    pub fn is_resolving(self) -> bool {
        self.nesting == RESOLVING
    }

    pub fn is_resolved(self) -> bool {
        self.nesting < RESOLVING
    }

    /// Returns the depth of structs, unions and arrays nested by value, including the type itself. Valid only if the
    /// type is resolved.
    pub fn nesting(self) -> u8 {
        self.nesting
    }

    pub fn is_value(self) -> bool {
        self.flags & VALUE != 0
    }

    pub fn has_suspect_size(self) -> bool {
        self.flags & SUSPECT_SIZE != 0
    }

    pub fn has_unnamed_parameters(self) -> bool {
        self.flags & UNNAMED_PARAMETERS != 0
    }

    pub fn is_prototype(self) -> bool {
        self.flags & PROTOTYPE != 0
    }

    /// Returns the size of a value in bytes, or `None` if the type has no size.
    pub fn size(self) -> Option<u64> {
        (self.flags & SIZED != 0).then_some(u64::from(self.size))
    }

    /// Returns whether the offset or the width of a member of this type may break a rule of `layout` or of the
    /// verifier. The member is in a struct or union that ends at bit `end`. True may be wrong. False is right, except
    /// that the order of members is not checked here, nor are types of a suspect size.
    pub fn may_misfit(self, member: &Member, end: u64) -> bool {
        let bits = u64::from(self.size) * 8;
        let (width, is_suspect) = match member.bits {
            0 => (bits, member.bit_offset & u32::from(self.offset_mask) != 0),
            width => (
                width.into(),
                width > self.max_bitfield || u64::from(width) > bits,
            ),
        };
        is_suspect | (self.flags & SIZED == 0) | (u64::from(member.bit_offset) + width > end)
    }
}

/// Returns whether the size or the bits of an integer may break a rule, for itself or for members of its type.
fn is_suspect(int: &Int) -> bool {
    !int.is_number() || int.is_of_bitfield() || !int.is_regular()
}
