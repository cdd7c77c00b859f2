//! What is known of a type once all that it contains by value is known: few bytes, since it is asked for with
//! ids in any order, for each member.

use super::{
    types::{Int, MAX_NUMBER, Member, Parameter, Type, TypeId},
    verifier,
};

#[derive(Clone, Copy)]
pub(super) struct Fact {
    /// Bytes; the number of its [`Link`] where a type is a typedef or a modifier.
    size: u32,
    flags: u8,
    nesting: u8,
    /// The most bits of a bitfield of this type that no rule asks more about.
    widest: u8,
    /// The bits of an offset that are 0 where a member of this type begins that is no bitfield.
    aligned: u8,
}

/// Instead of [`Fact::nesting`].
const UNSEEN: u8 = u8::MAX;
const OPEN: u8 = UNSEEN - 1;

/// May it stand for a value?
const VALUE: u8 = 1;
/// Have its values a size?
const SIZED: u8 = 2;
const PROTOTYPE: u8 = 4;
const LINK: u8 = 8;
/// Has a prototype parameters without a name? `...` is none.
const NAMELESS: u8 = 16;
/// Do its size or its alignment depend on how large a pointer is?
const POINTER: u8 = 32;
const FLOAT: u8 = 64;
/// May it break a rule by its size?
const DOUBTFUL: u8 = 128;

/// What a typedef or a modifier stands for. In kernels one type of twenty is one.
pub(super) struct Link {
    /// The type behind const, volatile, restrict and tags.
    pub unqualified: TypeId,
    /// The type behind those and typedefs.
    pub resolved: TypeId,
}

impl Fact {
    /// Of what has no size, but may stand where a value does.
    const VALUE: Fact = Fact {
        size: 0,
        nesting: 0,
        widest: 0,
        aligned: 7,
        flags: VALUE,
    };
    const PROTOTYPE: Fact = Fact {
        flags: VALUE | PROTOTYPE,
        ..Fact::VALUE
    };
    const NO_VALUE: Fact = Fact {
        flags: 0,
        ..Fact::VALUE
    };
    /// Of what contains something by value.
    const UNSEEN: Fact = Fact {
        nesting: UNSEEN,
        ..Fact::VALUE
    };

    /// Of a type that nothing is known of but itself and the `parameters` of all types.
    pub fn of(ty: &Type, parameters: &[Parameter]) -> Fact {
        match *ty {
            Type::Void | Type::Forward { .. } => Fact::VALUE,
            Type::Pointer(_) => Fact::VALUE.sized(0).flagged(POINTER, true),
            Type::Int(int) => {
                let is_doubtful = is_doubtful_int(&int);
                Fact::VALUE
                    .sized(int.size)
                    .wide(64)
                    .flagged(DOUBTFUL, is_doubtful)
            }
            Type::Float { size, .. } => {
                let is_doubtful = !size.is_power_of_two() || size > MAX_NUMBER;
                Fact::VALUE
                    .sized(size)
                    .flagged(FLOAT, true)
                    .flagged(DOUBTFUL, is_doubtful)
            }
            Type::Enum(e) => Fact::VALUE
                .sized(e.size)
                .wide(32)
                .flagged(DOUBTFUL, !e.is_number()),
            Type::Prototype {
                parameters: span, ..
            } => {
                let nameless = |p: &Parameter| p.name.is_none() && !p.is_varargs();
                let is_nameless = parameters[span.range()].iter().any(nameless);
                Fact::PROTOTYPE.flagged(NAMELESS, is_nameless)
            }
            Type::Function { .. }
            | Type::Variable { .. }
            | Type::Section { .. }
            | Type::DeclTag { .. } => Fact::NO_VALUE,
            Type::Struct(_)
            | Type::Union(_)
            | Type::Array { .. }
            | Type::Typedef { .. }
            | Type::Modifier { .. } => Fact::UNSEEN,
        }
    }

    /// Of what stands for another type.
    pub fn linked(number: usize) -> Fact {
        Fact {
            size: number as u32,
            flags: VALUE | LINK,
            ..Fact::VALUE
        }
    }

    /// Of a type whose values have so many bytes.
    pub fn sized(mut self, size: u32) -> Fact {
        self.size = size;
        self.flags |= SIZED;
        self
    }

    /// Of a type that bitfields may have.
    fn wide(mut self, widest: u8) -> Fact {
        self.widest = widest;
        self
    }

    /// With these flags too where that is so.
    fn flagged(mut self, flags: u8, is_so: bool) -> Fact {
        self.flags |= if is_so { flags } else { 0 };
        self
    }

    /// Of a type whose pointers have so many bytes.
    pub fn with_pointers(mut self, pointer_size: u8) -> Fact {
        let pointer_size = u32::from(pointer_size);
        if self.flags & POINTER != 0 {
            self.size = pointer_size;
        }
        if self.flags & FLOAT != 0 {
            self.aligned = (8 * self.size.min(pointer_size).max(1) - 1) as u8;
        }
        self
    }

    pub fn opened(mut self) -> Fact {
        self.nesting = OPEN;
        self
    }

    /// Of a type all of whose contents are done.
    pub fn nested(mut self, nesting: u8) -> Fact {
        self.nesting = nesting;
        self
    }

    /// The number of its link, if it has one.
    pub fn link(self) -> Option<usize> {
        (self.flags & LINK != 0).then_some(self.size as usize)
    }

    pub fn is_unseen(self) -> bool {
        self.nesting == UNSEEN
    }

    pub fn is_open(self) -> bool {
        self.nesting == OPEN
    }

    pub fn is_done(self) -> bool {
        self.nesting < OPEN
    }

    /// Structs, unions and arrays inside one another, this one included.
    pub fn nesting(self) -> u8 {
        self.nesting
    }

    pub fn is_value(self) -> bool {
        self.flags & VALUE != 0
    }

    pub fn is_sized(self) -> bool {
        self.flags & SIZED != 0
    }

    /// May a rule of sizes be broken by the type itself?
    pub fn has_doubtful_size(self) -> bool {
        self.flags & DOUBTFUL != 0
    }

    pub fn is_nameless(self) -> bool {
        self.flags & NAMELESS != 0
    }

    pub fn is_prototype(self) -> bool {
        self.flags & PROTOTYPE != 0
    }

    /// The size of a value in bytes, or nothing where there are no values.
    pub fn size(self) -> Option<u64> {
        (self.flags & SIZED != 0).then_some(u64::from(self.size))
    }

    /// May a member of this type break a rule of `layout` or of the verifier by where it lies, in a
    /// struct that ends at bit `end`?
    pub fn is_doubtful(self, member: &Member, end: u64) -> bool {
        let bits = u64::from(self.size) * 8;
        let (width, is_doubtful) = match member.bits {
            0 => (bits, member.bit_offset & u32::from(self.aligned) != 0),
            width => (width.into(), width > self.widest || u64::from(width) > bits),
        };
        is_doubtful | (self.flags & SIZED == 0) | (u64::from(member.bit_offset) + width > end)
    }
}

/// May an integer break a rule?
fn is_doubtful_int(int: &Int) -> bool {
    !int.is_number() || int.is_of_bitfield() || !verifier::is_regular(int)
}
