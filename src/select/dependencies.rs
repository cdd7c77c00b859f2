//! What one item or function holds by value: the items that it refers to, and its own weight.

use crate::btf::{Btf, Malformed, Type, TypeId};
use crate::c::members::{FlatMembers, Presence, body};
use crate::choices::Choices;
use crate::lower::MAX_MEMBERS;
use crate::names::{Children, EntityId, Function, Names, signature};
use crate::options::{Choice, Unions};

/// The effective size of a list of bytes.
const LIST: u32 = 2;

/// The contents of one item; kept and filled again for the next.
pub(super) struct Dependencies<'a> {
    pub btf: &'a Btf,
    pub names: &'a Names,
    pub choices: &'a Choices,
    shape: FlatMembers,
    children: Children,
    /// The items that are held, as often as they are.
    pub held: Vec<EntityId>,
    /// The effective size of the item without that of what it holds.
    pub weight: u32,
    /// Does it hold a pointer itself?
    pub pointers: bool,
}

impl<'a> Dependencies<'a> {
    pub fn new(btf: &'a Btf, names: &'a Names, choices: &'a Choices) -> Dependencies<'a> {
        Dependencies {
            btf,
            names,
            choices,
            shape: FlatMembers::new(btf),
            children: Children::from(EntityId(0)),
            held: Vec::new(),
            weight: 0,
            pointers: false,
        }
    }

    fn begin(&mut self, children: Children) {
        self.held.clear();
        self.children = children;
        self.weight = 0;
        self.pointers = false;
    }

    pub fn read_item(&mut self, id: EntityId) -> Result<(), Malformed> {
        self.begin(Children::of(id));
        let body = body(self.btf, self.names.entity(id).ty);
        match *self.btf.ty(body) {
            Type::Typedef { target, .. } => self.hold(target),
            Type::Union(_) if self.choices.union(id) == Unions::Bytes => self.weight = LIST,
            Type::Struct(_) | Type::Union(_) => {
                self.weight = 1;
                self.shape.read(self.btf, body)?;
                match self.shape.members.len() {
                    1..=MAX_MEMBERS => self.hold_members(id),
                    _ => self.weight = LIST,
                }
            }
            Type::Enum(e) if !e.is_number() => self.weight = LIST,
            _ => self.weight += 1,
        }
        Ok(())
    }

    fn hold_members(&mut self, id: EntityId) {
        for position in 0..self.shape.members.len() {
            let shown = self.shape.members[position];
            match (shown.presence, self.choices.member(id, position)) {
                (Presence::Nothing, _) => {}
                (_, Some(Choice::Bytes)) => self.weight += LIST,
                (_, Some(Choice::Integer)) => self.weight += 1,
                (Presence::Value, _) => self.hold(shown.ty),
                (Presence::Flexible, _) => self.hold(self.btf.resolved(shown.ty)),
            }
        }
    }

    pub fn read_function(&mut self, function: &Function) {
        self.begin(Children::from(function.first));
        self.weight += 1;
        signature(self.btf, function).for_each(|ty| self.hold(ty));
    }

    /// Adds one type that stands in the item: as a list, a tuple or a primitive to the weight, as
    /// an item to what is held.
    fn hold(&mut self, mut id: TypeId) {
        loop {
            id = self.btf.unqualified(id);
            if let Some(own) = self.names.own_item(id) {
                match self.choices.excludes(own) {
                    false => self.held.push(own),
                    true => self.hold_excluded(id),
                }
                return;
            }
            match *self.btf.ty(id) {
                Type::Array { element, .. } => {
                    self.weight = self.weight.saturating_add(1);
                    id = element;
                }
                Type::Typedef { target, .. } => id = self.names.skip_folded(id, target),
                Type::Struct(_) | Type::Union(_) | Type::Enum(_) => {
                    self.held.push(self.children.take(self.names, id));
                    return;
                }
                Type::Pointer(_) => {
                    self.pointers = true;
                    self.weight = self.weight.saturating_add(1);
                    return;
                }
                // A primitive; at most a tuple of two, or bytes, where there is none of the size.
                ref ty => {
                    let plain = match ty {
                        Type::Int(int) => int.is_number() && matches!(int.size, 1 | 2 | 4 | 8),
                        Type::Float { size, .. } => matches!(size, 4 | 8),
                        _ => false,
                    };
                    self.weight = self.weight.saturating_add(if plain { 1 } else { 3 });
                    return;
                }
            }
        }
    }

    /// Adds what stands for a type that is excluded: a number, an address or bytes.
    fn hold_excluded(&mut self, id: TypeId) {
        let is_pointer = matches!(self.btf.ty(self.btf.resolved(id)), Type::Pointer(_));
        self.pointers |= is_pointer;
        // A number of 16 bytes is the largest.
        self.weight = self.weight.saturating_add(LIST + 1);
    }
}
