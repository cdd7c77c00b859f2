//! A WIT item with the layout of its bytes in C.
//!
//! Plain data, from which the text and the decoder's plan are made without further decisions. An item is filled, used
//! and filled again with the next one.

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
    /// Further C names of the cases' values, see [`Case::synonyms`].
    pub synonyms: Vec<Name>,
    /// Enumerators without a case: zero and combinations of flags, and all of an integer.
    pub others: Vec<Enumerator>,
    /// The labels of members, or else of cases, by position. Empty where labels are not wanted.
    pub labels: ItemLabels,
    /// The dimensions of all arrays, see [`Ty::dims`].
    pub dims: Vec<Dim>,
    pub left_out: Vec<LeftOut>,
    /// Set if the item has less information than the C type.
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

/// A field, a case of a variant, or a parameter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    pub name: Name,
    /// Whether the member itself, a struct or union, is unnamed and has the name of the first member inside it.
    pub borrowed_name: bool,
    /// Whether it, or a number in it, is written as its bytes, since WIT has no number of its size.
    pub raw: bool,
    /// The C type.
    pub c_type: TypeId,
    /// `None` for a case without a payload.
    pub ty: Option<Ty>,
    /// Bits from the start of the item's type.
    pub bit_offset: u32,
    /// Width of a bitfield in bits, or 0.
    pub bits: u8,
}

/// A case of an enum, or a bit of flags.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    pub name: Name,
    pub value: u64,
    /// Its further names, in the item's synonyms.
    pub synonyms: Span,
}

impl Case {
    /// Makes the case of an enumerator without further names.
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
pub(crate) struct Ty {
    pub base: ElementType,
    /// Its dimensions in the item, outermost first.
    pub dims: Span,
}

/// A WIT type without the lists around it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ElementType {
    /// True if any bit is set.
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
    /// Text up to the first NUL. With 0 bytes it takes all that are left.
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
    /// Elements, or 0 for a flexible array.
    pub length: u32,
    /// Whether it is written as a list of fixed length.
    pub fixed: bool,
}

/// Why an item has less information than its C type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fallback {
    /// A struct or union with a size, but without members that hold bytes.
    Opaque,
    /// More members than a WIT type may have.
    TooManyMembers,
    /// More values than a WIT enum may have.
    TooManyValues,
    /// Flags of more bits than WIT allows.
    TooManyBits,
    /// An enum whose values the producer cut, so that different ones may be equal.
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

    /// Returns whether a function is written and counted like all others of its prototype, except for the names.
    pub fn shares_signature(&self) -> bool {
        self.left_out.is_empty() && self.fallback.is_none() && self.renamed().next().is_none()
    }

    /// Returns the positions of members or cases that do not have their plain label, since another one has it.
    pub fn renamed(&self) -> impl Iterator<Item = usize> {
        (0..self.labels.len()).filter(|i| self.labels.collides(*i))
    }

    /// Makes a type without lists around it.
    pub fn plain(&self, base: ElementType) -> Ty {
        Ty {
            base,
            dims: self.dims_from(self.dims.len()),
        }
    }
}
