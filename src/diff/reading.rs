//! Describes how a program reads the bytes of a type. The names of typedefs and integers do not matter, except
//! `char`.

use crate::btf::{Btf, Type, TypeId};

/// The way in which the bytes of a type are read: the lengths of its arrays and the type of its elements.
pub(super) struct Reading<'a> {
    /// The lengths of the arrays around the element, outermost first. Empty if the type is not an array.
    lengths: Vec<u32>,
    element: Element<'a>,
    /// The type of the element, without modifiers and typedefs.
    pub element_type: TypeId,
}

/// The type of the innermost elements, or the type itself if it is not an array. Widths are in bits: for a bitfield the
/// width of the bitfield, otherwise that of the type.
#[derive(PartialEq, Eq)]
enum Element<'a> {
    Bool(u64),
    Int {
        width: u64,
        /// `None` for `char`, since compilers disagree on its sign.
        signed: Option<bool>,
    },
    Float(u64),
    /// The size of pointers in bytes.
    Pointer(u8),
    /// The kind and name of a struct, union or enum. The name is empty if the type has none.
    Tagged(&'static str, &'a str),
    Other,
}

impl<'a> Reading<'a> {
    /// Returns the reading of a type. `bits` is the width in bits if the type is that of a bitfield, otherwise 0.
    pub fn of(btf: &'a Btf, mut id: TypeId, bits: u8) -> Reading<'a> {
        let mut lengths = Vec::new();
        loop {
            id = btf.resolved(id);
            match btf.ty(id) {
                Type::Array {
                    element, length, ..
                } => {
                    lengths.push(*length);
                    id = *element;
                }
                ty => {
                    return Reading {
                        lengths,
                        element: element(btf, ty, bits),
                        element_type: id,
                    };
                }
            }
        }
    }

    /// Returns whether a program that reads one type also reads the other correctly. Structs, unions and enums are only
    /// compared by kind and name. If one has no name, or if an element is [`Element::Other`], the result is false.
    pub fn is_same(&self, other: &Reading<'_>) -> bool {
        let are_same = match (&self.element, &other.element) {
            (Element::Other | Element::Tagged(_, ""), _) => false,
            (
                Element::Int { width, signed },
                Element::Int {
                    width: other_width,
                    signed: other_signed,
                },
            ) => width == other_width && is_same_sign(*signed, *other_signed),
            (one, other) => one == other,
        };
        are_same && self.lengths == other.lengths
    }

    /// Returns whether both elements are of the same kind, and integers of the same sign. Their sizes and names do not
    /// matter.
    pub fn is_same_kind(&self, other: &Reading<'_>) -> bool {
        match (&self.element, &other.element) {
            (Element::Int { signed, .. }, Element::Int { signed: other, .. }) => {
                is_same_sign(*signed, *other)
            }
            (one, other) => std::mem::discriminant(one) == std::mem::discriminant(other),
        }
    }

    /// Returns whether the two types are read in the same way if their elements have the same contents. This is so for
    /// two structs, two unions, and two enums of which at least one has no name. By the rules of CO-RE, enums with
    /// different names are different types. Arrays must also have the same lengths.
    pub fn may_be_renamed(&self, other: &Reading<'_>) -> bool {
        let (Element::Tagged(kind, name), Element::Tagged(other_kind, other_name)) =
            (&self.element, &other.element)
        else {
            return false;
        };
        let has_name = *kind == "enum" && !name.is_empty() && !other_name.is_empty();
        kind == other_kind && !has_name && self.lengths == other.lengths
    }

    /// Returns the name of the element's kind for messages.
    pub fn kind(&self) -> &'static str {
        match self.element {
            Element::Bool(_) => "bool",
            Element::Int {
                signed: Some(true), ..
            } => "signed integer",
            Element::Int { .. } => "unsigned integer",
            Element::Float(_) => "float",
            Element::Pointer(_) => "pointer",
            Element::Tagged(kind, _) => kind,
            Element::Other => "other",
        }
    }
}

fn is_same_sign(one: Option<bool>, other: Option<bool>) -> bool {
    one == other || one.is_none() || other.is_none()
}

fn element<'a>(btf: &'a Btf, ty: &Type, bits: u8) -> Element<'a> {
    let width = |size: u32| match bits {
        0 => 8 * u64::from(size),
        bits => bits.into(),
    };
    match *ty {
        Type::Int(int) if int.boolean => Element::Bool(width(int.size)),
        Type::Int(int) => Element::Int {
            width: width(int.size),
            signed: (!btf.is_char(&int)).then_some(int.signed),
        },
        Type::Float { size, .. } => Element::Float(width(size)),
        Type::Pointer(_) => Element::Pointer(btf.pointer_size),
        Type::Struct(_) | Type::Union(_) | Type::Enum(_) => {
            Element::Tagged(ty.kind(), btf.name(ty.name()))
        }
        _ => Element::Other,
    }
}
