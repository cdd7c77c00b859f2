//! Ids for prototypes that several functions have.
//!
//! Two thirds of a kernel's functions share a prototype with others, and differ from them only in their names.

use std::num::NonZeroU32;

use crate::btf::{Btf, TypeId};

/// The id of a prototype that several functions have, and that contains no items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PrototypeId(NonZeroU32);

/// A value for each prototype.
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

/// Assigns ids to prototypes when they are needed.
pub(super) struct PrototypeIds {
    /// For each type id of a prototype either the number of its functions, counted up to `SEVERAL`, or its id plus
    /// `SEVERAL`.
    of_type: Vec<u32>,
    next: u32,
}

const ONCE: u32 = 1;
const SEVERAL: u32 = 2;

impl PrototypeIds {
    /// Counts how many functions have each prototype.
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

    /// Returns the id of a prototype, if one was assigned.
    pub fn known(&self, prototype: TypeId) -> Option<PrototypeId> {
        let number = self.of_type[prototype.index()];
        number
            .checked_sub(SEVERAL)
            .and_then(NonZeroU32::new)
            .map(PrototypeId)
    }

    /// Assigns an id to a prototype if several functions have it. Returns its id.
    pub fn give(&mut self, prototype: TypeId) -> Option<PrototypeId> {
        let number = &mut self.of_type[prototype.index()];
        if *number == SEVERAL {
            *number = self.next;
            self.next += 1;
        }
        self.known(prototype)
    }
}
