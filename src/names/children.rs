//! A cursor over the items inside an item.

use super::{Names, entity::EntityId};
use crate::btf::TypeId;

/// Hands out the items of the anonymous types inside an item, in the order in which its members hold these types.
///
/// Every walk over the members has to take a child for each anonymous type, as
/// [`FlatMembers::anonymous`](crate::c::members::FlatMembers::anonymous) lists them.
pub(crate) struct Children {
    next: EntityId,
}

impl Children {
    /// No children: taking one panics.
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

    /// Returns the item of the next anonymous type, which is `ty`, and moves past all items inside it.
    ///
    /// # Panics
    ///
    /// If the next item is not of that type: the walk has skipped or repeated a member.
    pub fn take(&mut self, names: &Names, ty: TypeId) -> EntityId {
        let child = self.next;
        let entity = names.entity(child);
        assert_eq!(entity.ty, ty, "item {child:?} is of another type");
        self.next = entity.end;
        child
    }
}
