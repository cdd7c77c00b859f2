//! How a program reads the bytes of a type, whatever its C name is.

use crate::btf::{Btf, Type, TypeId};

/// How bytes are read.
#[derive(PartialEq, Eq)]
pub(super) struct Reading<'a> {
    /// The lengths of the arrays around the element, the outermost first.
    lengths: Vec<u32>,
    element: Element<'a>,
}

/// What an element is. Sizes are in bytes.
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
    /// A type without a name, which may be anything.
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

    /// Returns whether a program that reads one type reads the other correctly.
    pub fn is_same(&self, other: &Reading<'_>) -> bool {
        self.element != Element::Other && self == other
    }
}

fn element<'a>(btf: &'a Btf, ty: &Type) -> Element<'a> {
    match *ty {
        Type::Int(int) if int.boolean => Element::Bool(int.size),
        Type::Int(int) => Element::Int {
            size: int.size,
            // Compilers disagree on the sign of `char`.
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
