//! Checks the offsets and widths of members, after `resolve` has computed the sizes of all types. A fault affects only
//! one struct or union, so it is recorded and is not an error.

use super::{
    checker::{Checker, Derived},
    load::Tables,
    types::{Composite, Member, Type, TypeId},
};

impl Checker<'_> {
    /// Checks the members of a struct or union, and records the first faulty one. Does nothing for other types.
    pub(super) fn layout(&mut self, id: TypeId) {
        let Some(composite) = self.ty(id).composite() else {
            return;
        };
        for (position, member) in self.members(composite).iter().enumerate() {
            if let Err(what) = self.member(composite, member) {
                let fault = self.member_fault(id, position, what);
                return self.derived.unsound.note(id, fault);
            }
        }
    }

    fn member(&self, composite: &Composite, member: &Member) -> Result<(), String> {
        let size = self.derived.size(member.ty);
        if size.is_none() && self.is_too_large(member.ty) {
            return Err("an array of more than 4294967295 bytes".to_owned());
        }
        let member = &with_real_bits(self.tables, &self.derived, member);
        let width = if member.bits > 0 {
            self.bitfield(member, size)?;
            u64::from(member.bits)
        } else {
            size.unwrap_or(0) * 8
        };
        let end = u64::from(member.bit_offset) + width;
        if end > u64::from(composite.size) * 8 {
            let bytes = if composite.size == 1 { "byte" } else { "bytes" };
            return Err(format!(
                "ends at bit {end}, outside its struct of {} {bytes}",
                composite.size
            ));
        }
        if member.bits == 0 && member.bit_offset % 8 != 0 {
            return Err(format!(
                "begins at bit {}, inside a byte, but is not a bitfield",
                member.bit_offset
            ));
        }
        Ok(())
    }

    /// Returns whether a type that has no size is an array of 4 GiB or more, or an array of such arrays.
    fn is_too_large(&self, mut id: TypeId) -> bool {
        while let Type::Array { element, .. } = *self.ty(self.derived.resolved(id)) {
            if self.derived.size(element).is_some() {
                return true;
            }
            id = element;
        }
        false
    }

    fn bitfield(&self, member: &Member, size: Option<u64>) -> Result<(), String> {
        let size = size.unwrap_or(0);
        match self.ty(self.derived.resolved(member.ty)) {
            Type::Int(int) if !int.is_number() => {
                Err("a bitfield of an integer that is not a number".to_owned())
            }
            Type::Enum(e) if !e.is_number() => {
                Err(format!("a bitfield of an enum of {size} bytes"))
            }
            Type::Int(_) | Type::Enum(_) if u64::from(member.bits) <= size * 8 => Ok(()),
            Type::Int(_) | Type::Enum(_) => Err(format!(
                "a bitfield of {} bits does not fit its type of {size} bytes",
                member.bits
            )),
            other => Err(format!("a bitfield cannot be a {}", other.kind())),
        }
    }
}

/// Returns the member with its real offset and width. Before Linux 5.0, compilers described a bitfield as an ordinary
/// member, whose type is an INT that was made for the bitfield's width. The INT then has that width and a part of the
/// offset.
#[inline]
pub(super) fn with_real_bits(tables: &Tables, derived: &Derived, member: &Member) -> Member {
    match derived.has_bitfield_ints {
        true => with_bits_of_int(tables, derived, member),
        false => *member,
    }
}

fn with_bits_of_int(tables: &Tables, derived: &Derived, member: &Member) -> Member {
    let mut member_of_int = *member;
    let resolved = &tables.types[derived.resolved(member.ty).index()];
    match resolved {
        Type::Int(int) if member.bits == 0 && int.is_of_bitfield() => {
            member_of_int.bits = int.bits;
            member_of_int.bit_offset = member.bit_offset.saturating_add(u32::from(int.offset));
        }
        _ => {}
    }
    member_of_int
}
