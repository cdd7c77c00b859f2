//! Reads the members of the target's structs and unions, by name. Members of unnamed structs and unions are included.

use std::collections::HashMap;

use super::{Btf, TypeId};
use crate::btf::{Composite, Type};

/// The place of a member.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub ty: TypeId,
    /// The offset in bits from the start of the outermost struct or union.
    pub bit_offset: u32,
    /// The width in bits if the member is a bitfield, otherwise 0.
    pub bits: u8,
    /// Whether no member that `furthest` counts begins after this one. If so, a flexible array in the member takes all
    /// remaining bytes.
    pub last: bool,
    /// The outermost unnamed union that contains the member. `None` if no unnamed union contains it.
    pub union: Option<Union>,
}

/// The place of an unnamed union. This is needed for unions that WIT has as bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Union {
    pub ty: TypeId,
    pub bit_offset: u32,
    pub last: bool,
}

/// The members of one struct or union.
#[derive(Default)]
pub(super) struct Members<'a> {
    pub by_name: HashMap<&'a str, Place>,
    /// The unnamed scalar members, in the order of the BTF. Discriminants of Rust enums are such members.
    pub unnamed: Vec<Place>,
}

/// The error for BTF whose types have too many members in total. Hostile BTF can have so many, if it uses unnamed
/// structs many times.
pub(super) struct TooMany;

/// Reads members, and fails if `steps`, the number of members that may still be read, is used up. `Walk` sets more
/// steps than any real BTF requires, and also takes one for each look-up of a type.
pub(super) struct MemberReader<'a> {
    pub btf: &'a Btf,
    pub steps: usize,
}

impl<'a> MemberReader<'a> {
    /// Returns the members of a struct or union.
    pub fn read(&mut self, id: TypeId) -> Result<Members<'a>, TooMany> {
        let mut members = Members::default();
        let start = Place {
            ty: id,
            bit_offset: 0,
            bits: 0,
            last: true,
            union: None,
        };
        self.add(start, &mut members)?;
        Ok(members)
    }

    fn add(&mut self, outer: Place, members: &mut Members<'a>) -> Result<(), TooMany> {
        let btf = self.btf;
        let Some(composite) = btf.ty(outer.ty).composite() else {
            return Ok(());
        };
        let own = btf.members(composite);
        self.steps = self.steps.checked_sub(own.len()).ok_or(TooMany)?;
        let furthest = furthest(btf, composite);
        for member in own {
            let mut place = Place {
                ty: member.ty,
                bit_offset: outer.bit_offset.saturating_add(member.bit_offset),
                bits: member.bits,
                last: outer.last && member.bit_offset >= furthest,
                union: outer.union,
            };
            if !member.name.is_none() {
                members
                    .by_name
                    .entry(btf.name(member.name))
                    .or_insert(place);
                continue;
            }
            place.ty = btf.resolved(member.ty);
            match btf.ty(place.ty) {
                Type::Union(_) => {
                    place.union = place.union.or(Some(Union {
                        ty: place.ty,
                        bit_offset: place.bit_offset,
                        last: place.last,
                    }));
                    self.add(place, members)?;
                }
                Type::Struct(_) => self.add(place, members)?,
                // An unnamed bitfield is padding in C. Only unnamed scalars that are not bitfields count as members.
                _ if member.bits == 0 => members.unnamed.push(place),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Returns the greatest offset of a member in bits. Named members without bytes are ignored, except for arrays.
fn furthest(btf: &Btf, composite: &Composite) -> u32 {
    let relevant = btf.members(composite).iter().filter(|member| {
        let is_array = matches!(btf.ty(btf.resolved(member.ty)), Type::Array { .. });
        // An unnamed struct of size 0 is not ignored, since it may contain a flexible array.
        is_array || member.name.is_none() || !btf.is_empty(member.ty)
    });
    relevant.map(|member| member.bit_offset).max().unwrap_or(0)
}
