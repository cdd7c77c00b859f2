//! Describes how a program reads the bytes of a type. The names of typedefs and integers do not matter for this.

use crate::btf::{Btf, Type, TypeId};

/// The properties of a type that decide how its bytes are read. Two types with the same properties are read alike.
#[derive(PartialEq, Eq)]
pub(super) struct Reading<'a> {
    /// The lengths of the arrays around the element, outermost first. Empty if the type is not an array.
    lengths: Vec<u32>,
    element: Element<'a>,
}

/// The type of the innermost elements, or the type itself if it is not an array. Sizes are in bytes.
#[derive(PartialEq, Eq)]
enum Element<'a> {
    Bool(u32),
    Int {
        size: u32,
        signed: bool,
    },
    Float(u32),
    Pointer(u8),
    /// The kind and name of a struct, union or enum.
    Named(&'static str, &'a str),
    /// Any other type, such as an anonymous struct, a forward declaration or `void`. It may be read in any way.
    Other,
}

impl<'a> Reading<'a> {
    pub fn of(btf: &'a Btf, mut id: TypeId) -> Reading<'a> {
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
                        element: element(btf, ty),
                    };
                }
            }
        }
    }

    /// Returns whether a program that reads one type also reads the other correctly. False is conservative: it may be
    /// wrong if the element is [`Element::Other`].
    pub fn is_same(&self, other: &Reading<'_>) -> bool {
        self.element != Element::Other && self == other
    }
}

fn element<'a>(btf: &'a Btf, ty: &Type) -> Element<'a> {
    match *ty {
        Type::Int(int) if int.boolean => Element::Bool(int.size),
        Type::Int(int) => Element::Int {
            size: int.size,
            // The sign of `char` depends on the compiler, so it does not count.
            signed: int.signed && !btf.is_char(&int),
        },
        Type::Float { size, .. } => Element::Float(size),
        Type::Pointer(_) => Element::Pointer(btf.pointer_size),
        Type::Struct(_) | Type::Union(_) | Type::Enum(_) => match btf.name(ty.name()) {
            "" => Element::Other,
            name => Element::Named(ty.kind(), name),
        },
        _ => Element::Other,
    }
}
