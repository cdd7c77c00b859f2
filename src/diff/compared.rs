//! One of the two inputs: the members that C finds in a type, and what they are called.

use std::borrow::Cow;

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
    shape: FlatMembers,
}

/// A member of a struct or union, or of an unnamed one in it: C knows both by one name.
pub(super) struct CMember<'a> {
    pub name: Cow<'a, str>,
    pub ty: TypeId,
    /// Bits from the start of the outermost type.
    pub at: u64,
    /// Width in bits; 0 where the member is no bitfield.
    pub bits: u8,
}

impl CMember<'_> {
    pub fn place(&self) -> Place {
        Place {
            offset: self.at / 8,
            bits: bits((self.at % 8) as u32, self.bits),
        }
    }
}

impl<'a> ComparedPackage<'a> {
    /// One whose types are compared up to so many times each.
    pub fn new(package: &'a Package, times: usize) -> ComparedPackage<'a> {
        let describer = package.describer();
        let mut shape = FlatMembers::new(describer.btf);
        shape.repeatedly(times);
        ComparedPackage {
            package,
            btf: describer.btf,
            names: describer.names,
            shape,
        }
    }

    /// Bytes of an item.
    pub fn size(&self, id: EntityId) -> u64 {
        self.package.size(id)
    }

    /// The type that an item is of.
    pub fn ty(&self, id: EntityId) -> TypeId {
        self.names.entity(id).ty
    }

    /// Returns whether a type is compared by itself, under its own name.
    pub fn is_item(&self, id: TypeId) -> bool {
        self.names.own_item(id).is_some()
    }

    /// The members of a struct or union that begins at bit `at`, those of unnamed ones in it included.
    pub fn members(&mut self, id: TypeId, at: u64) -> Result<Vec<CMember<'a>>, Error> {
        let mut members = Vec::new();
        self.collect(id, at, &mut members)?;
        Ok(members)
    }

    /// Recurs into unnamed members, which nest as deep as types may by value.
    fn collect(&mut self, id: TypeId, at: u64, found: &mut Vec<CMember<'a>>) -> Result<(), Error> {
        let read = self.shape.read(self.btf, id);
        read.map_err(|source| self.package.malformed(source))?;
        let members = std::mem::take(&mut self.shape.members);
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
        self.shape.members = members;
        Ok(())
    }

    fn name(&self, member: &FlatMember) -> Cow<'a, str> {
        match member.name {
            // Of a type that has a name C shows the members too. They are compared there.
            _ if member.borrowed_name
                && self
                    .btf
                    .ty(self.btf.resolved(member.ty))
                    .composite()
                    .is_some() =>
            {
                format!("({})", self.c_type(member.ty)).into()
            }
            MemberName::Own(name) => self.btf.name(name).into(),
            MemberName::Unnamed(number) => unnamed(number).into(),
        }
    }

    /// The enumerators of an enum.
    pub fn enumerators(&self, id: TypeId) -> Vec<(&'a str, i128)> {
        let crate::btf::Type::Enum(e) = self.btf.ty(id) else {
            return Vec::new();
        };
        let enumerators = self.btf.enumerators(e).iter();
        enumerators
            .map(|one| (self.btf.name(one.name), value(one.value, e.signed)))
            .collect()
    }

    /// The C type of a member.
    pub fn c_type(&self, id: TypeId) -> String {
        let mut c = String::new();
        declaration::declare(&mut c, self.btf, id, "");
        c
    }
}
