//! Checks integers, floats, enums and arrays.

use super::super::{
    types::{Enum, Int, Type, TypeId},
    warning::Rule,
};
use super::{Location, Verifier};

/// The maximum for the end of an integer's bits: their offset plus their number.
const MAX_BITS: u32 = 128;

impl Verifier<'_> {
    /// Checks an integer as the kernel's `btf_int_check_meta` does. At most one of the bits for signed, `char` and
    /// `bool` may be set.
    pub(super) fn int(&mut self, id: TypeId, int: &Int) {
        if !matches!(int.encoding, 0 | 1 | 2 | 4) {
            self.note(Rule::Encoding, Location::Type(id));
        }
        let end = u32::from(int.offset) + u32::from(int.bits);
        if end > MAX_BITS.min(int.size.saturating_mul(8)) {
            self.note(Rule::IntBits, Location::Type(id));
        }
    }

    /// Checks a float as the kernel's `btf_float_check_meta` does.
    pub(super) fn float(&mut self, id: TypeId, size: u32) {
        if !matches!(size, 2 | 4 | 8 | 12 | 16) {
            self.note(Rule::FloatSize, Location::Type(id));
        }
    }

    /// Checks an enum as the kernel's `btf_enum_check_meta` and `btf_enum64_check_meta` do.
    pub(super) fn enumerators(&mut self, id: TypeId, e: &Enum) {
        self.name(e.name, || Location::Type(id));
        if e.size == 0 {
            self.note(Rule::EnumSize, Location::Type(id));
        } else if !e.is_number() {
            self.note(Rule::EnumBytes, Location::Type(id));
        }
        let enumerators = &self.btf.tables.enumerators[e.enumerators.range()];
        // `CutValues` is no rule of the kernel, which does not use the values. The warning is for users, who may find
        // wrong values in the WIT.
        if e.cut && !enumerators.is_empty() {
            self.note(Rule::CutValues, Location::Type(id));
        }
        for (position, enumerator) in enumerators.iter().enumerate() {
            let name = enumerator.name;
            self.required_name(name, || Location::Member(id, position, name));
        }
    }

    /// Checks an array as the kernel's `btf_array_check_meta` and `btf_array_resolve` do.
    pub(super) fn array(&mut self, id: TypeId, element: TypeId, index: TypeId) {
        if !matches!(self.resolved(index), Type::Int(int) if int.is_regular()) {
            self.note(Rule::ArrayIndex, Location::Type(id));
        }
        if !self.has_size(element) {
            self.note(Rule::Sizeless, Location::Type(id));
        }
        if self.has_size(element) && !self.has_size(id) {
            self.note(Rule::ArraySize, Location::Type(id));
        }
        if matches!(self.resolved(element), Type::Int(int) if !int.is_regular()) {
            self.note(Rule::ArrayElement, Location::Type(id));
        }
    }
}
