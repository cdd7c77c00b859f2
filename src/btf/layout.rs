//! Where members lie and how large numbers are: the last of the checks, once all sizes are known, and
//! only where `contents` has met something odd.

use super::{
    check::{Checker, Derived},
    fact::MOST_NUMBER,
    load::Tables,
    malformed::Malformed,
    types::{Composite, Int, Member, Type, TypeId},
};

impl Checker<'_> {
    pub(super) fn layout(&self, id: TypeId) -> Result<(), Malformed> {
        match self.ty(id) {
            // clang writes an enum that is only declared with no enumerators and no size.
            Type::Enum(e) if e.size == 0 && e.enumerators.len == 0 => Ok(()),
            Type::Enum(e) if !matches!(e.size, 1 | 2 | 4 | 8) => {
                Err(self.fault(id, format!("an enum cannot have {} bytes", e.size)))
            }
            Type::Int(Int { size, .. }) | Type::Float { size, .. } if *size > MOST_NUMBER => {
                Err(self.fault(id, format!("a number cannot have {size} bytes")))
            }
            Type::Int(int)
                if u64::from(int.offset) + u64::from(int.bits) > u64::from(int.size) * 8 =>
            {
                Err(self.fault(id, format!("its bits do not fit its {} bytes", int.size)))
            }
            Type::Struct(composite) | Type::Union(composite) => {
                for (position, member) in self.members(composite).iter().enumerate() {
                    self.member(composite, member)
                        .map_err(|what| self.member_fault(id, position, what))?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn member(&self, composite: &Composite, member: &Member) -> Result<(), String> {
        let size = self.derived.size(member.ty);
        let member = &placed(self.tables, &self.derived, member);
        let width = if member.bits > 0 {
            self.bitfield(member, size)?;
            u64::from(member.bits)
        } else {
            size.unwrap_or(0) * 8
        };
        let end = u64::from(member.bit_offset) + width;
        if end > u64::from(composite.size) * 8 {
            return Err(format!(
                "ends at bit {end}, outside its struct of {} bytes",
                composite.size
            ));
        }
        if member.bits == 0 && member.bit_offset % 8 != 0 {
            return Err(format!(
                "begins at bit {}, inside a byte, but is no bitfield",
                member.bit_offset
            ));
        }
        Ok(())
    }

    fn bitfield(&self, member: &Member, size: Option<u64>) -> Result<(), String> {
        let size = size.unwrap_or(0);
        match self.ty(self.derived.resolved(member.ty)) {
            Type::Int(_) | Type::Enum(_) if u64::from(member.bits) <= size * 8 => Ok(()),
            Type::Int(_) | Type::Enum(_) => Err(format!(
                "a bitfield of {} bits does not fit its type of {size} bytes",
                member.bits
            )),
            other => Err(format!("a bitfield cannot be a {}", other.kind())),
        }
    }
}

/// A member where it really lies: before Linux 5.0 a bitfield was an ordinary member of an INT made
/// for its width.
#[inline]
pub(super) fn placed(tables: &Tables, derived: &Derived, member: &Member) -> Member {
    match derived.has_bitfield_ints {
        true => placed_by_int(tables, derived, member),
        false => *member,
    }
}

fn placed_by_int(tables: &Tables, derived: &Derived, member: &Member) -> Member {
    let mut placed = *member;
    let resolved = &tables.types[derived.resolved(member.ty).index()];
    match resolved {
        Type::Int(int) if member.bits == 0 && int.is_of_bitfield() => {
            placed.bits = int.bits;
            placed.bit_offset = member.bit_offset.saturating_add(u32::from(int.offset));
        }
        _ => {}
    }
    placed
}
