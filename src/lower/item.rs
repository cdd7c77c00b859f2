//! What one C type becomes: a WIT item together with the layout of its bytes.
//!
//! Plain data. The text writer, and whoever reads bytes by the layout, start from here and decide
//! nothing of their own. An item is filled, used, and filled again with the next one.

use crate::btf::{Enumerator, Name, Span, TypeId};
use crate::c::members::LeftOut;
use crate::names::{EntityId, ItemLabels};

/// One type definition of the interface, or one function.
#[derive(Default)]
pub(crate) struct Item {
    pub body: Body,
    /// The fields of a record, the cases of a variant or the parameters of a function.
    pub members: Vec<Member>,
    /// The cases of an enum, or the labels of flags.
    pub cases: Vec<Case>,
    /// Further C names of the cases' values.
    pub synonyms: Vec<Name>,
    /// Enumerators that are no case: zero and combinations in flags, all of an integer alias.
    pub others: Vec<Enumerator>,
    /// The labels of members, or else of cases, by position.
    pub labels: ItemLabels,
    pub dims: Vec<Dim>,
    pub left_out: Vec<LeftOut>,
    pub fallback: Option<Fallback>,
}

/// What kind of definition an item is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Body {
    #[default]
    Record,
    Variant,
    Enum,
    Flags,
    Alias(Ty),
    /// A function, whose members are its parameters.
    Function {
        result: Option<Ty>,
        varargs: bool,
    },
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    pub name: Name,
    /// Is the name that of the first member inside, lent to an unnamed struct or union?
    pub borrowed_name: bool,
    /// Is it, or a number in it, written as its bytes, since WIT has no number of its size?
    pub raw: bool,
    /// The C type.
    pub c_type: TypeId,
    /// Nothing for a case without a payload.
    pub ty: Option<Ty>,
    /// Bits from the start of the item's type.
    pub bit_offset: u32,
    /// Width in bits; 0 where the member is no bitfield.
    pub bits: u8,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    pub name: Name,
    pub value: u64,
    /// The first of its further names, in the item's synonyms, and how many there are.
    pub synonyms: Span,
}

impl Case {
    /// The case of an enumerator, without further names.
    pub fn of(enumerator: &Enumerator) -> Case {
        Case {
            name: enumerator.name,
            value: enumerator.value,
            synonyms: Span { start: 0, len: 0 },
        }
    }
}

/// A WIT type as it stands in a field: a base, and the lists around it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ty {
    pub base: ElementType,
    /// The first of its dimensions in the item, outermost first, and how many there are.
    pub dims: Span,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ElementType {
    /// True where any bit of so many bytes is set.
    Bool {
        bytes: u8,
    },
    /// An integer of 1, 2, 4 or 8 bytes.
    Int {
        bytes: u8,
        signed: bool,
    },
    /// An integer of 16 bytes: `tuple<u64, u64>`, low half first.
    Wide {
        signed: bool,
    },
    /// A float of 4 or 8 bytes.
    Float {
        bytes: u8,
    },
    Pointer,
    /// Text in so many bytes, up to the first NUL; in the bytes that are left where it is 0.
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
    /// Elements; 0 for as many as the bytes hold.
    pub length: u32,
    /// Is it written as a list of fixed length?
    pub fixed: bool,
}

/// Why an item says less than its C type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fallback {
    /// A struct or union of a size, but without members that carry anything.
    Opaque,
    /// More members than a WIT type may have.
    TooManyMembers,
    /// More values than a WIT enum may have.
    TooManyValues,
    /// A set of more bits than WIT flags may have.
    TooManyBits,
    /// An enum whose producer cut values, so that some are those of others.
    CutValues,
    /// An enum without enumerators.
    NoCases,
    /// A number of a size that WIT does not have.
    OddNumber,
    /// A struct or union whose members do not fit it.
    Unsound,
    /// It holds a value of a type that is excluded.
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

    pub fn dims(&self, ty: Ty) -> &[Dim] {
        &self.dims[ty.dims.range()]
    }

    /// Returns the dimensions from `start` to the last one.
    pub fn dims_from(&self, start: usize) -> Span {
        Span {
            start: start as u32,
            // Arrays nest far less deep, which `btf` checks.
            len: (self.dims.len() - start) as u16,
        }
    }

    pub fn synonyms(&self, case: &Case) -> &[Name] {
        &self.synonyms[case.synonyms.range()]
    }

    /// Is a function written as all of its kin are, but for their names, and counted so?
    pub fn shares_signature(&self) -> bool {
        self.left_out.is_empty() && self.fallback.is_none() && self.renamed().next().is_none()
    }

    /// The positions of members or cases whose label a rival has.
    pub fn renamed(&self) -> impl Iterator<Item = usize> {
        (0..self.labels.len()).filter(|i| self.labels.collides(*i))
    }

    /// A type without lists around it.
    pub fn plain(&self, base: ElementType) -> Ty {
        Ty {
            base,
            dims: self.dims_from(self.dims.len()),
        }
    }
}
