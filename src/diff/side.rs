//! One of the two inputs, whose items are lowered when they are compared.

use crate::btf::{self, Btf, Name, TypeId};
use crate::cdecl;
use crate::error::Error;
use crate::layout::value;
use crate::lower::{Base, Body, Item, Labelled, Lower, Member};
use crate::names::{EntityId, Names, Place};
use crate::package::Package;
use crate::report;
use crate::shape::body;

pub(super) struct Side<'a> {
    package: &'a Package,
    pub btf: &'a Btf,
    names: &'a Names,
    lower: Lower<'a>,
    /// Items that are not in use, whose memory serves the next ones.
    free: Vec<Item>,
}

impl<'a> Side<'a> {
    /// One whose items are compared up to so many times each.
    pub fn new(package: &'a Package, times: usize) -> Side<'a> {
        let describer = package.describer();
        let lower = package.lower().labelled(Labelled::WithUnnamed);
        Side {
            package,
            btf: describer.btf,
            names: describer.names,
            lower: lower.repeatedly(times),
            free: Vec::new(),
        }
    }

    /// Lowers an item, which is to be handed back.
    pub fn take(&mut self, id: EntityId) -> Result<Item, Error> {
        let mut item = self.free.pop().unwrap_or_default();
        self.package.fill(&mut self.lower, id, &mut item)?;
        Ok(item)
    }

    pub fn hand_back(&mut self, item: Item) {
        self.free.push(item);
    }

    /// Bytes of an item.
    pub fn size(&self, id: EntityId) -> u64 {
        self.package.size(id)
    }

    /// What a typedef stands for.
    pub fn typedef(&self, id: EntityId) -> Option<TypeId> {
        match *self.btf.ty(self.ty(id)) {
            btf::Type::Typedef { target, .. } => Some(target),
            _ => None,
        }
    }

    /// The type that an item is of.
    pub fn ty(&self, id: EntityId) -> TypeId {
        self.names.entity(id).ty
    }

    /// The members of a record or variant, with their names.
    pub fn members<'i>(&self, item: &'i Item) -> Option<Members<'i>>
    where
        'a: 'i,
    {
        match item.body {
            Body::Record | Body::Variant => Some(Members {
                btf: self.btf,
                item,
            }),
            _ => None,
        }
    }

    /// The item that values or elements of a type are.
    pub fn base(&self, base: Base) -> Option<Held> {
        let Base::Item(id) = base else {
            return None;
        };
        Some(Held {
            id,
            size: self.size(id),
            anonymous: matches!(self.names.entity(id).place, Place::Inside(_)),
        })
    }

    /// All enumerators, whatever an enum is in WIT.
    pub fn enumerators(&self, id: EntityId, item: &Item) -> Option<Vec<(&'a str, i128)>> {
        let cases = item.cases.iter().flat_map(|case| {
            let names = std::iter::once(&case.name).chain(item.synonyms(case));
            names.map(|name| (*name, case.value))
        });
        let others = item.others.iter().map(|other| (other.name, other.value));
        let all = match item.body {
            Body::Enum | Body::Flags => cases.chain(others),
            Body::Alias(_) if !item.others.is_empty() => cases.chain(others),
            _ => return None,
        };
        let signed = self.btf.is_signed_enum(body(self.btf, self.ty(id)));
        let told = |(name, bits): (Name, u64)| (self.btf.name(name), value(bits, signed));
        Some(all.map(told).collect())
    }

    /// The C type of a member.
    pub fn c_type(&self, id: TypeId) -> String {
        let mut c = String::new();
        cdecl::declare(&mut c, self.btf, id, "");
        c
    }

    /// The C declaration of an item.
    pub fn declaration(&self, id: EntityId) -> String {
        report::c_declaration(self.btf, self.ty(id))
    }
}

/// An item that values or elements of a member are.
pub(super) struct Held {
    pub id: EntityId,
    /// Bytes.
    pub size: u64,
    /// Is it a part of what holds it, without a C name?
    pub anonymous: bool,
}

/// The members of a record or variant.
#[derive(Clone, Copy)]
pub(super) struct Members<'i> {
    btf: &'i Btf,
    item: &'i Item,
}

impl<'i> Members<'i> {
    pub fn get(self, at: usize) -> &'i Member {
        &self.item.members[at]
    }

    /// The C name of each, or the label of one that C gives none.
    pub fn names(self) -> impl Iterator<Item = &'i str> + Clone {
        let members = self.item.members.iter().enumerate();
        members.map(move |(at, member)| match self.btf.name(member.name) {
            name if !name.is_empty() && !member.lent => name,
            _ => self.item.locals.label(at),
        })
    }
}
