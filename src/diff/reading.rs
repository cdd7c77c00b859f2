//! How the bytes of a type are read, whatever C calls it.

use crate::btf::{Btf, Type, TypeId};

/// How bytes are read.
#[derive(PartialEq, Eq)]
pub(super) struct Reading<'a> {
    /// Lengths of the arrays around it, the outermost first.
    lengths: Vec<u32>,
    element: Element<'a>,
}

/// Sizes are in bytes.
#[derive(PartialEq, Eq)]
enum Element<'a> {
    Bool(u32),
    Int {
        size: u32,
        signed: bool,
    },
    Float(u32),
    Pointer(u8),
    /// A struct, union or enum, by its keyword and name.
    Named(&'static str, &'a str),
    /// What has no name to be known by.
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

    /// Returns whether a program that reads one of these reads the other as well.
    pub fn is_like(&self, other: &Reading<'_>) -> bool {
        self.element != Element::Other && self == other
    }
}

fn element<'a>(btf: &'a Btf, ty: &Type) -> Element<'a> {
    match *ty {
        Type::Int(int) if int.boolean => Element::Bool(int.size),
        Type::Int(int) => Element::Int {
            size: int.size,
            // Producers disagree on the sign of `char`.
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
