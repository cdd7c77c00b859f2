//! Defines a WIT item with the layout of its bytes in C.
//!
//! An item is plain data. The WIT text and the decoder's plan are made from it without further decisions. The same
//! `Item` is filled again for each type, which saves allocations.

use crate::btf::{Enumerator, Name, Span, TypeId};
use crate::c::members::LeftOut;
use crate::names::{EntityId, ItemLabels};

/// One type definition of the interface, or one function.
#[derive(Default)]
pub(crate) struct Item {
    pub body: Body,
    /// The fields of a record, the cases of a variant or the parameters of a function.
    pub members: Vec<Member>,
    /// The cases of an enum, or the bits of flags.
    pub cases: Vec<Case>,
    /// The synonyms of all cases. [`Case::synonyms`] says which of them belong to a case.
    pub synonyms: Vec<Name>,
    /// Enumerators that have no case: zero and combinations of flags, repeated values of an enum whose values were cut
    /// (see [`Fallback::CutValues`]), and all enumerators of an enum that becomes an integer.
    pub others: Vec<Enumerator>,
    /// The labels of the members, or of the cases if the item is an enum or flags. If the caller of `lower` does not
    /// want labels, they are only made where their number or length may exceed a limit.
    pub labels: ItemLabels,
    /// The array dimensions of all types in the item. [`WitType::dims`] says which of them belong to a type.
    pub dims: Vec<Dim>,
    pub left_out: Vec<LeftOut>,
    /// The reason why the item has less information than the C type. `None` if it has the same information, or if only
    /// a choice such as `Enums::Integer` makes it less.
    pub fallback: Option<Fallback>,
}

/// The kind of an item.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Body {
    #[default]
    Record,
    Variant,
    Enum,
    Flags,
    Alias(WitType),
    /// A function, whose parameters are the members of the item.
    Function {
        result: Option<WitType>,
        varargs: bool,
    },
}

/// A field, a case of a variant, or a parameter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    pub name: Name,
    /// Whether the member has no C name. If so, `name` is that of the first member inside it, or [`Name::NONE`]. False
    /// for parameters.
    pub borrowed_name: bool,
    /// Whether the type of the member or of its elements is written as bytes, because it is excluded, or because it is
    /// a number of a size that WIT does not have. False for parameters.
    pub raw: bool,
    /// The C type of the member.
    pub c_type: TypeId,
    /// The WIT type of the member. `None` for a case without a payload.
    pub ty: Option<WitType>,
    /// The offset in bits from the start of the item's C type; 0 for parameters.
    pub bit_offset: u32,
    /// The width of a bitfield in bits; 0 for other members.
    pub bits: u8,
}

/// A case of an enum, or a bit of flags.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    pub name: Name,
    pub value: u64,
    /// The further C names of the same value, as a range of [`Item::synonyms`].
    pub synonyms: Span,
}

impl Case {
    /// Returns the case for an enumerator, without synonyms.
    pub fn of(enumerator: &Enumerator) -> Case {
        Case {
            name: enumerator.name,
            value: enumerator.value,
            synonyms: Span { start: 0, len: 0 },
        }
    }
}

/// A WIT type inside an item: an element type, and the lists around it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct WitType {
    pub base: ElementType,
    /// The array dimensions, outermost first, as a range of [`Item::dims`]. Each dimension is a list in WIT.
    pub dims: Span,
}

/// A WIT type without the lists around it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ElementType {
    /// A boolean whose C type has this number of bytes. It is true if any of its bits is set. A bitfield may have fewer
    /// bits than these bytes.
    Bool {
        bytes: u8,
    },
    /// An integer of 1, 2, 4 or 8 bytes.
    Int {
        bytes: u8,
        signed: bool,
    },
    /// An integer of 16 bytes, written as `tuple<u64, u64>` with the low half first. If signed, the high half is an
    /// `s64`.
    Wide {
        signed: bool,
    },
    /// A float of 4 or 8 bytes.
    Float {
        bytes: u8,
    },
    Pointer,
    /// Text in a `char` array of this number of bytes. The text ends at the first NUL or at the end of the array. 0
    /// stands for a flexible array, whose text takes all remaining bytes except the NULs at the end.
    String {
        bytes: u32,
    },
    Item(EntityId),
}

impl ElementType {
    pub const BYTE: ElementType = ElementType::Int {
        bytes: 1,
        signed: false,
    };
}

/// One dimension of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dim {
    /// The number of elements, or 0 for a flexible array.
    pub length: u32,
    /// Whether the array becomes a WIT list of fixed length. If not, it becomes a `list` without a length.
    pub fixed: bool,
}

/// The reason why an item has less information than its C type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fallback {
    /// The item is a struct or union with a size, but without members that hold bytes.
    Opaque,
    /// There are more members than WIT allows in one type, or their labels are too long in total.
    TooManyMembers,
    /// There are more values than WIT allows in an enum, or their names are too long in total.
    TooManyValues,
    /// There are more single bits than WIT allows in flags.
    TooManyBits,
    /// The compiler cut the values of the enum to 32 bits, and several enumerators have equal cut values, which may
    /// have been different before. Only the first of these enumerators has a case.
    CutValues,
    /// The item is an enum without enumerators.
    NoCases,
    /// The item is or contains a number of a size that WIT does not have.
    OddNumber,
    /// The item is a struct or union whose members do not fit in it or are nested too deep.
    Unsound,
    /// The item contains a value of an excluded type.
    Excluded,
}

impl Item {
    pub fn clear(&mut self) {
        self.body = Body::Record;
        self.members.clear();
        self.cases.clear();
        self.synonyms.clear();
        self.others.clear();
        self.labels.clear();
        self.dims.clear();
        self.left_out.clear();
        self.fallback = None;
    }

    pub fn dims(&self, ty: WitType) -> &[Dim] {
        &self.dims[ty.dims.range()]
    }

    /// Returns the span of all dimensions that were added after the first `start` ones.
    pub fn dims_from(&self, start: usize) -> Span {
        Span {
            start: start as u32,
            // `btf` limits the nesting of arrays, so the number of dimensions fits in 16 bits.
            len: (self.dims.len() - start) as u16,
        }
    }

    pub fn synonyms(&self, case: &Case) -> &[Name] {
        &self.synonyms[case.synonyms.range()]
    }

    /// Returns whether nothing in the function is left out, widened or renamed. If so, all functions with the same
    /// prototype are written alike, except for their own names.
    pub fn shares_signature(&self) -> bool {
        self.left_out.is_empty() && self.fallback.is_none() && self.renamed().next().is_none()
    }

    /// Returns the positions of the members or cases whose labels were changed because they collided with others.
    pub fn renamed(&self) -> impl Iterator<Item = usize> {
        (0..self.labels.len()).filter(|i| self.labels.collides(*i))
    }

    /// Returns the type `base` without lists around it.
    pub fn plain(&self, base: ElementType) -> WitType {
        WitType {
            base,
            dims: self.dims_from(self.dims.len()),
        }
    }
}
