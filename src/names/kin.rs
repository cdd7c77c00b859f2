//! Which functions have the same prototype: two thirds of a kernel's share theirs with others, and
//! are written as these but for their names.

use std::num::NonZeroU32;

use crate::btf::{Btf, Type, TypeId};

/// The number of a prototype that several functions have, none of which has items in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kin(NonZeroU32);

/// What is known of each kin.
pub(crate) struct OfKin<T>(Vec<Option<T>>);

impl<T> Default for OfKin<T> {
    fn default() -> OfKin<T> {
        OfKin(Vec::new())
    }
}

impl<T: Copy> OfKin<T> {
    pub fn get(&self, kin: Kin) -> Option<T> {
        self.0.get(kin.0.get() as usize).copied().flatten()
    }

    pub fn set(&mut self, kin: Kin, known: T) {
        let at = kin.0.get() as usize;
        if self.0.len() <= at {
            self.0.resize(at + 1, None);
        }
        self.0[at] = Some(known);
    }
}

/// The numbers, given out as they are asked for.
pub(super) struct Kins {
    /// By type id: how often a prototype occurs, at most `SEVERAL`, or its number.
    of_type: Vec<u32>,
    next: u32,
}

const ONCE: u32 = 1;
const SEVERAL: u32 = 2;

impl Kins {
    /// To be asked about the prototypes of `functions`.
    pub fn of(btf: &Btf, functions: impl Iterator<Item = TypeId>) -> Kins {
        let mut of_type = vec![0; btf.len()];
        for function in functions {
            let times = &mut of_type[prototype(btf, function).index()];
            *times = (*times + ONCE).min(SEVERAL);
        }
        Kins {
            of_type,
            next: SEVERAL + 1,
        }
    }

    /// The number of a function's prototype, if it has one yet.
    pub fn known(&self, btf: &Btf, function: TypeId) -> Option<Kin> {
        let number = self.of_type[prototype(btf, function).index()];
        Some(number)
            .filter(|number| *number > SEVERAL)
            .and_then(kin)
    }

    /// Gives a number to a function's prototype, if others have it too.
    pub fn give(&mut self, btf: &Btf, function: TypeId) -> Option<Kin> {
        let number = &mut self.of_type[prototype(btf, function).index()];
        if *number == ONCE {
            return None;
        }
        *number = self.next;
        self.next += 1;
        kin(*number)
    }
}

fn kin(number: u32) -> Option<Kin> {
    NonZeroU32::new(number - SEVERAL).map(Kin)
}

/// The prototype of a function; `void` for what is none.
fn prototype(btf: &Btf, function: TypeId) -> TypeId {
    match *btf.ty(function) {
        Type::Function { prototype, .. } => prototype,
        _ => TypeId::VOID,
    }
}
