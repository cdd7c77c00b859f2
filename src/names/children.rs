//! Provides a cursor over the items inside an item, function, map or variable.

use super::{Names, entity::EntityId};
use crate::btf::TypeId;

/// A cursor over the items that are directly inside an item, in the order of the members that have them as types.
///
/// A walk over the members must take one child for each anonymous type that
/// [`FlatMembers::anonymous`](crate::c::members::FlatMembers::anonymous) lists.
pub(crate) struct Children {
    next: EntityId,
}

impl Children {
    /// A cursor without children. Its `take` panics.
    pub const NONE: Children = Children {
        next: EntityId(u32::MAX),
    };

    /// Starts at the first child of an item.
    pub fn of(parent: EntityId) -> Children {
        Children {
            next: parent.next(),
        }
    }

    /// Starts at `first`, the first item that belongs to a function, map or variable.
    pub fn from(first: EntityId) -> Children {
        Children { next: first }
    }

    /// Returns the next child, and moves past all items inside it. `ty` is the type that the child must have.
    ///
    /// # Panics
    ///
    /// Panics if the child has another type, which means that the caller's walk over the members has skipped or
    /// repeated a member.
    pub fn take(&mut self, names: &Names, ty: TypeId) -> EntityId {
        let child = self.next;
        let entity = names.entity(child);
        assert_eq!(entity.ty, ty, "item {child:?} is of another type");
        self.next = entity.end;
        child
    }
}
