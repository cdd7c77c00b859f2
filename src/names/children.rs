//! A cursor over the items inside an item.

use super::{Names, entity::EntityId};
use crate::btf::TypeId;

/// Returns the items inside an item one after the other, in the order of the members that have their types.
///
/// A walk over the members must take one child for each anonymous type that
/// [`FlatMembers::anonymous`](crate::c::members::FlatMembers::anonymous) lists.
pub(crate) struct Children {
    next: EntityId,
}

impl Children {
    /// A cursor without children. Taking one panics.
    pub const NONE: Children = Children {
        next: EntityId(u32::MAX),
    };

    /// Starts at the first child of an item.
    pub fn of(parent: EntityId) -> Children {
        Children {
            next: parent.next(),
        }
    }

    /// Starts at `first`, the first item in a function, map or variable.
    pub fn from(first: EntityId) -> Children {
        Children { next: first }
    }

    /// Returns the item of the next anonymous type, and moves past all items inside it. `ty` is the expected type.
    ///
    /// # Panics
    ///
    /// Panics if the next item is of another type. The walk has skipped or repeated a member then.
    pub fn take(&mut self, names: &Names, ty: TypeId) -> EntityId {
        let child = self.next;
        let entity = names.entity(child);
        assert_eq!(entity.ty, ty, "item {child:?} is of another type");
        self.next = entity.end;
        child
    }
}
