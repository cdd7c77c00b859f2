//! What one item or function holds by value: the items that it refers to, and its own weight.

use crate::btf::{Btf, Malformed, Type, TypeId};
use crate::lower::body;
use crate::names::{EntityId, Function, Names, signature};
use crate::shape::{Presence, Shape};

/// The contents of one item; kept and filled again for the next.
pub(super) struct Contents<'a> {
    btf: &'a Btf,
    names: &'a Names,
    shape: Shape,
    /// The item of the next anonymous type inside the one at hand.
    child: EntityId,
    /// The items that are held, as often as they are.
    pub held: Vec<EntityId>,
    /// The effective size of the item without that of what it holds.
    pub weight: u32,
    /// Does it hold a pointer itself?
    pub pointers: bool,
}

impl<'a> Contents<'a> {
    pub fn new(btf: &'a Btf, names: &'a Names) -> Contents<'a> {
        Contents {
            btf,
            names,
            shape: Shape::new(btf),
            child: EntityId(0),
            held: Vec::new(),
            weight: 0,
            pointers: false,
        }
    }

    fn begin(&mut self, child: EntityId) {
        self.held.clear();
        self.child = child;
        self.weight = 0;
        self.pointers = false;
    }

    pub fn read_item(&mut self, id: EntityId) -> Result<(), Malformed> {
        self.begin(id.next());
        let body = body(self.btf, self.names.entity(id).ty);
        match *self.btf.ty(body) {
            Type::Typedef { target, .. } => self.hold(target),
            Type::Struct(_) | Type::Union(_) => {
                self.weight += 1;
                self.shape.read(self.btf, body)?;
                for i in 0..self.shape.shown.len() {
                    let shown = self.shape.shown[i];
                    match shown.presence {
                        Presence::Value => self.hold(shown.ty),
                        Presence::Flexible => self.hold(self.btf.resolved(shown.ty)),
                        Presence::Nothing => {}
                    }
                }
                // No members: a list of bytes.
                if self.shape.shown.is_empty() {
                    self.weight += 1;
                }
            }
            _ => self.weight += 1,
        }
        Ok(())
    }

    pub fn read_function(&mut self, function: &Function) {
        self.begin(function.first);
        self.weight += 1;
        for (_, ty) in signature(self.btf, function) {
            if !self.btf.is_empty(ty) {
                self.hold(ty);
            }
        }
    }

    /// Adds one type that stands in the item: as a list, a tuple or a primitive to the weight, as
    /// an item to what is held.
    fn hold(&mut self, mut id: TypeId) {
        loop {
            id = self.btf.unqualified(id);
            if let Some(own) = self.names.own_item(id) {
                self.held.push(own);
                return;
            }
            match *self.btf.ty(id) {
                Type::Array { element, .. } => {
                    self.weight = self.weight.saturating_add(1);
                    id = element;
                }
                Type::Typedef { target, .. } => id = target,
                Type::Struct(_) | Type::Union(_) | Type::Enum(_) => {
                    self.held.push(self.child);
                    self.child = self.names.entity(self.child).end;
                    return;
                }
                Type::Pointer(_) => {
                    self.pointers = true;
                    self.weight = self.weight.saturating_add(1);
                    return;
                }
                // A primitive; at most a tuple of two, where there is no primitive of the size.
                _ => {
                    let wide = self.btf.size(id) > Some(8);
                    self.weight = self.weight.saturating_add(if wide { 3 } else { 1 });
                    return;
                }
            }
        }
    }
}
