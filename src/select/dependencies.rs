//! Reads the dependencies of one item or function: the items that it contains by value, and its effective size without
//! the sizes of these items.

use super::size;
use crate::btf::{Btf, Malformed, Type, TypeId};
use crate::c::members::{FlatMembers, Presence, body};
use crate::choices::Choices;
use crate::lower::MAX_MEMBERS;
use crate::names::{Children, EntityId, Function, Names, signature};
use crate::options::{Choice, Unions};

/// The dependencies of one item or function, and buffers that are used again. Each call of `read_item` or
/// `read_function` replaces the dependencies of the call before.
pub(super) struct Dependencies<'a> {
    pub btf: &'a Btf,
    pub names: &'a Names,
    pub choices: &'a Choices,
    flat: FlatMembers,
    children: Children,
    /// The items that the item or function itself contains by value, without excluded ones. An item is listed once for
    /// each place where it is used.
    pub named: Vec<EntityId>,
    /// The effective size of the item or function in WIT, as `size` defines it, without the sizes of the items in
    /// `named`.
    pub own_size: u32,
    /// Whether the item or function itself contains a pointer. Pointers inside the items in `named` do not count.
    pub pointers: bool,
}

impl<'a> Dependencies<'a> {
    pub fn new(btf: &'a Btf, names: &'a Names, choices: &'a Choices) -> Dependencies<'a> {
        Dependencies {
            btf,
            names,
            choices,
            flat: FlatMembers::new(btf),
            children: Children::NONE,
            named: Vec::new(),
            own_size: 0,
            pointers: false,
        }
    }

    fn begin(&mut self, children: Children) {
        self.named.clear();
        self.children = children;
        self.own_size = 0;
        self.pointers = false;
    }

    pub fn read_item(&mut self, id: EntityId) -> Result<(), Malformed> {
        self.begin(Children::of(id));
        let body = body(self.btf, self.names.entity(id).ty);
        match *self.btf.ty(body) {
            Type::Typedef { target, .. } => self.add_type(target),
            Type::Union(_) if self.choices.union(id) == Unions::Bytes => self.add_size(size::BYTES),
            Type::Struct(_) | Type::Union(_) => {
                self.flat.read(self.btf, body)?;
                match self.flat.members.len() {
                    1..=MAX_MEMBERS => {
                        self.add_size(size::DEFINITION);
                        self.add_members(id);
                    }
                    _ => self.add_size(size::BYTES),
                }
            }
            Type::Enum(e) if !e.is_number() => self.add_size(size::BYTES),
            _ => self.add_size(size::DEFINITION),
        }
        Ok(())
    }

    fn add_members(&mut self, id: EntityId) {
        for position in 0..self.flat.members.len() {
            let member = self.flat.members[position];
            match (member.presence, self.choices.member(id, position)) {
                (Presence::Nothing, _) => {}
                (_, Some(Choice::Bytes)) => self.add_size(size::BYTES),
                (_, Some(Choice::Integer)) => self.add_size(size::PRIMITIVE),
                (Presence::Value, _) => self.add_type(member.ty),
                (Presence::Flexible, _) => self.add_type(self.btf.resolved(member.ty)),
            }
        }
    }

    pub fn read_function(&mut self, function: &Function) {
        self.begin(Children::from(function.first));
        self.add_size(size::DEFINITION);
        signature(self.btf, function).for_each(|ty| self.add_type(ty));
    }

    fn add_size(&mut self, size: u32) {
        self.own_size = self.own_size.saturating_add(size);
    }

    /// Adds the type of one member, parameter or result, or the target of a typedef. A type with an item is added to
    /// `named`, unless it is excluded. For any other type, its size is added to `own_size`. Each array around the type
    /// adds the size of a list.
    fn add_type(&mut self, mut id: TypeId) {
        loop {
            id = self.btf.unqualified(id);
            if let Some(item) = self.names.own_item(id) {
                match self.choices.excludes(item) {
                    false => self.named.push(item),
                    true => self.add_excluded(id),
                }
                return;
            }
            match *self.btf.ty(id) {
                Type::Array { element, .. } => {
                    self.add_size(size::LIST);
                    id = element;
                }
                Type::Typedef { target, .. } => id = self.names.skip_folded(id, target),
                Type::Struct(_) | Type::Union(_) | Type::Enum(_) => {
                    self.named.push(self.children.take(self.names, id));
                    return;
                }
                Type::Pointer(_) => {
                    self.pointers = true;
                    return self.add_size(size::PRIMITIVE);
                }
                ref ty => return self.add_size(size::scalar(ty)),
            }
        }
    }

    /// Adds an upper bound for the size of what replaces an excluded type: a number, an address or bytes.
    fn add_excluded(&mut self, id: TypeId) {
        self.pointers |= matches!(self.btf.ty(self.btf.resolved(id)), Type::Pointer(_));
        self.add_size(size::LARGEST_SCALAR);
    }
}
