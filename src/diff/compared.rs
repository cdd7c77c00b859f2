//! Describes one of the two packages of a comparison: its types, and their members as C treats them.

use std::borrow::Cow;
use std::collections::HashSet;

use super::Place;
use crate::btf::{Btf, TypeId};
use crate::c::declaration;
use crate::c::members::{FlatMember, FlatMembers, MemberName, unnamed};
use crate::error::Error;
use crate::layout::{bits, value};
use crate::names::{EntityId, Names};
use crate::package::Package;

pub(super) struct ComparedPackage<'a> {
    package: &'a Package,
    pub btf: &'a Btf,
    names: &'a Names,
    flat: FlatMembers,
}

/// A member of a struct or union, or of an unnamed struct or union in it. C treats both kinds of members alike.
pub(super) struct CMember<'a> {
    pub name: Cow<'a, str>,
    pub ty: TypeId,
    /// The offset in bits from the start of the outermost type.
    pub at: u64,
    /// The width in bits, or 0 if the member is not a bitfield.
    pub bits: u8,
}

impl CMember<'_> {
    /// Returns the width of the member in bits, or `None` if the type of the member has no size.
    pub fn width(&self, btf: &Btf) -> Option<u64> {
        match self.bits {
            0 => btf.size(self.ty).map(|size| 8 * size),
            bits => Some(bits.into()),
        }
    }

    pub fn place(&self) -> Place {
        Place {
            offset: self.at / 8,
            bits: bits((self.at % 8) as u32, self.bits),
        }
    }
}

impl<'a> ComparedPackage<'a> {
    /// Prepares a package for a comparison. `times` is the number of times that each type may be compared. The limit of
    /// [`FlatMembers`] for the number of members that are read is multiplied by this number.
    pub fn new(package: &'a Package, times: usize) -> ComparedPackage<'a> {
        let describer = package.describer();
        let mut flat = FlatMembers::new(describer.btf);
        flat.allow_repeats(times);
        ComparedPackage {
            package,
            btf: describer.btf,
            names: describer.names,
            flat,
        }
    }

    /// Returns the size of an item in bytes.
    pub fn size(&self, id: EntityId) -> u64 {
        self.package.size(id)
    }

    /// Returns the C type of an item.
    pub fn ty(&self, id: EntityId) -> TypeId {
        self.names.entity(id).ty
    }

    /// Returns whether a type has an item under its C name. If so, it is compared separately from types that contain
    /// it.
    pub fn is_item(&self, id: TypeId) -> bool {
        self.names.own_item(id).is_some()
    }

    /// Returns the members of a struct or union, including those of unnamed structs and unions in it. Leaves out the
    /// members that [`FlatMembers`] leaves out, such as padding. The struct or union begins at bit `at` of the
    /// outermost type.
    pub fn members(&mut self, id: TypeId, at: u64) -> Result<Vec<CMember<'a>>, Error> {
        let mut members = Vec::new();
        self.collect(id, at, &mut members)?;
        Ok(members)
    }

    /// Appends the members of `id` to `found`. The recursion is bounded, since types are nested at most 90 deep by
    /// value.
    fn collect(&mut self, id: TypeId, at: u64, found: &mut Vec<CMember<'a>>) -> Result<(), Error> {
        let read = self.flat.read(self.btf, id);
        read.map_err(|source| self.package.malformed(source))?;
        let members = std::mem::take(&mut self.flat.members);
        for member in &members {
            let at = at + u64::from(member.bit_offset);
            let inner = self.btf.unqualified(member.ty);
            let is_composite = self.btf.ty(inner).composite().is_some();
            if member.borrowed_name && is_composite && self.btf.is_anonymous(inner) {
                self.collect(inner, at, found)?;
                continue;
            }
            found.push(CMember {
                name: self.name(member),
                ty: member.ty,
                at,
                bits: member.bits,
            });
        }
        self.flat.members = members;
        Ok(())
    }

    fn name(&self, member: &FlatMember) -> Cow<'a, str> {
        match member.name {
            // This member has no name, but its type has one. The member is compared under the name of its type.
            _ if member.borrowed_name
                && self
                    .btf
                    .ty(self.btf.resolved(member.ty))
                    .composite()
                    .is_some() =>
            {
                format!("({})", self.c_type(member.ty)).into()
            }
            MemberName::Named(name) => self.btf.name(name).into(),
            MemberName::Unnamed(number) => unnamed(number).into(),
        }
    }

    /// Returns the enumerators of an enum with their values. Returns an empty list for other types. If BTF has only the
    /// lower half of each value, and several enumerators have the same lower half, only the first of them is returned,
    /// since the full values of the others are unknown.
    pub fn enumerators(&self, id: TypeId) -> Vec<(&'a str, i128)> {
        let crate::btf::Type::Enum(e) = self.btf.ty(id) else {
            return Vec::new();
        };
        let mut seen = HashSet::new();
        let enumerators = self.btf.enumerators(e).iter();
        enumerators
            .filter(|one| !e.cut || seen.insert(one.value))
            .map(|one| (self.btf.name(one.name), value(one.value, e.signed)))
            .collect()
    }

    /// Returns a type as it is written in C.
    pub fn c_type(&self, id: TypeId) -> String {
        let mut c = String::new();
        declaration::declare(&mut c, self.btf, id, "");
        c
    }
}
