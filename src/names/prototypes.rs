//! Gives ids to prototypes that several functions have.
//!
//! Two thirds of a kernel's functions share a prototype with others. Such functions differ only in their names, unless
//! the prototype contains anonymous types or the caller has set a hook for renaming. With the ids, the text of a shared
//! prototype is made only once.

use std::num::NonZeroU32;

use crate::btf::{Btf, TypeId};

/// The id of a prototype that several functions have, and that contains no anonymous types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PrototypeId(NonZeroU32);

/// A value for each prototype id. A prototype whose value was not set has none.
pub(crate) struct PerPrototype<T>(Vec<Option<T>>);

impl<T> Default for PerPrototype<T> {
    fn default() -> PerPrototype<T> {
        PerPrototype(Vec::new())
    }
}

impl<T: Copy> PerPrototype<T> {
    pub fn get(&self, id: PrototypeId) -> Option<T> {
        self.0.get(id.0.get() as usize).copied().flatten()
    }

    pub fn set(&mut self, id: PrototypeId, value: T) {
        let at = id.0.get() as usize;
        if self.0.len() <= at {
            self.0.resize(at + 1, None);
        }
        self.0[at] = Some(value);
    }
}

/// The ids of prototypes. A prototype gets its id when [`PrototypeIds::assign`] is first called for it.
pub(super) struct PrototypeIds {
    /// Indexed by type id. For a prototype without a [`PrototypeId`], the number of functions that have it, at most
    /// `SEVERAL`. For a prototype with a [`PrototypeId`], this id plus `SEVERAL`, so that it differs from a count. 0
    /// for all other types.
    of_type: Vec<u32>,
    next: u32,
}

const ONCE: u32 = 1;
const SEVERAL: u32 = 2;

impl PrototypeIds {
    /// Counts the functions of each prototype. The count stops at `SEVERAL`.
    pub fn of(btf: &Btf, prototypes: impl Iterator<Item = TypeId>) -> PrototypeIds {
        let mut of_type = vec![0; btf.len()];
        for prototype in prototypes {
            let times = &mut of_type[prototype.index()];
            *times = (*times + ONCE).min(SEVERAL);
        }
        PrototypeIds {
            of_type,
            next: SEVERAL + 1,
        }
    }

    /// Returns the id of a prototype, or `None` if none was assigned.
    pub fn known(&self, prototype: TypeId) -> Option<PrototypeId> {
        let number = self.of_type[prototype.index()];
        number
            .checked_sub(SEVERAL)
            .and_then(NonZeroU32::new)
            .map(PrototypeId)
    }

    /// Returns the id of a prototype that several functions have, and assigns it on first use. Returns `None` if only
    /// one function has the prototype.
    pub fn assign(&mut self, prototype: TypeId) -> Option<PrototypeId> {
        let number = &mut self.of_type[prototype.index()];
        if *number == SEVERAL {
            *number = self.next;
            self.next += 1;
        }
        self.known(prototype)
    }
}
