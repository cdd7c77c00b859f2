//! Everything, where there is plainly room for it: found by what is known of each type, without a look into any.
//!
//! Says the same as the walk over all that roots contain, or nothing.

use super::{MOST_PARAMETERS, Room, Selection, contents::Contents, size};
use crate::btf::{Btf, TypeId};
use crate::choices::Choices;
use crate::lower::MOST_MEMBERS;
use crate::names::{Function, Names, OfKin, Place};
use crate::shape::body;

impl Selection {
    /// All types, and all functions that were asked for, if they need no more than half of what the component model
    /// allows: then a world can import them. Nothing where there is something to choose or to leave out.
    pub fn everything(
        btf: &Btf,
        names: &Names,
        choices: &Choices,
        constants: bool,
    ) -> Option<Selection> {
        if btf.base_len() > 0 || !choices.are_usual() {
            return None;
        }
        let types = bulk_of_types(btf, names)?;
        let functions = bulk_of_functions(btf, names)?;
        if types.saturating_add(functions).saturating_mul(2) > size::MOST {
            return None;
        }
        let mut selection = Selection::none(names, TypeId(1));
        selection.whole = true;
        for (selected, (_, entity)) in selection.items.iter_mut().zip(names.entities()) {
            *selected = constants || entity.place != Place::Constants;
        }
        selection.functions = vec![true; names.functions.len()];
        selection.pointers = selection.holds_pointer(btf, names, choices)?;
        debug_assert!(selection.is_found_by_walking(btf, names, choices, constants));
        Some(selection)
    }

    /// Is it what the walk finds, with the same room?
    fn is_found_by_walking(
        &self,
        btf: &Btf,
        names: &Names,
        choices: &Choices,
        constants: bool,
    ) -> bool {
        let walked = Selection::all(btf, names, choices, constants, self.from);
        let walked = walked.and_then(|mut walked| {
            walked.add_functions(btf, names, choices)?;
            Ok(walked)
        });
        walked.is_ok_and(|walked| {
            let found = |selection: &Selection| (selection.whole, selection.pointers);
            walked.room() == Room::ForWorld
                && found(&walked) == found(self)
                && walked.items == self.items
                && walked.functions == self.functions
        })
    }

    /// Does anything that is selected hold a pointer? Nothing where that cannot be told.
    fn holds_pointer(&self, btf: &Btf, names: &Names, choices: &Choices) -> Option<bool> {
        let mut contents = Contents::new(btf, names, choices);
        for (id, _) in names.entities().filter(|(id, _)| self.has(*id)) {
            contents.read_item(id).ok()?;
            if contents.pointers {
                return Some(true);
            }
        }
        Some(names.functions.iter().any(|function| {
            contents.read_function(function);
            contents.pointers
        }))
    }
}

/// No less than the effective size of all types. Nothing where one may be too large for a record or a variant.
fn bulk_of_types(btf: &Btf, names: &Names) -> Option<u64> {
    // The alias of all pointers.
    let mut all: u64 = 1;
    for (_, entity) in names.entities() {
        let bulk = btf.bulk(entity.ty)?;
        let may_be_too_large = || {
            let composite = btf.ty(body(btf, entity.ty)).composite();
            composite.is_some() && bulk > MOST_MEMBERS as u64
        };
        if may_be_too_large() {
            return None;
        }
        all = all.saturating_add(bulk);
    }
    Some(all)
}

/// No less than that of all functions. Nothing where one has too many parameters.
fn bulk_of_functions(btf: &Btf, names: &Names) -> Option<u64> {
    let mut of_kin = OfKin::default();
    let mut all: u64 = 0;
    for function in &names.functions {
        let known = function.kin.and_then(|kin| of_kin.get(kin));
        let bulk = match known {
            Some(bulk) => bulk,
            None => bulk_of_function(btf, function)?,
        };
        if let (Some(kin), None) = (function.kin, known) {
            of_kin.set(kin, bulk);
        }
        all = all.saturating_add(bulk);
    }
    Some(all)
}

fn bulk_of_function(btf: &Btf, function: &Function) -> Option<u64> {
    let (parameters, result) = function.parts(btf);
    if parameters.len() > MOST_PARAMETERS {
        return None;
    }
    parameters
        .iter()
        .try_fold(1 + btf.bulk(result)?, |all: u64, parameter| {
            Some(all.saturating_add(btf.bulk(parameter.ty)?))
        })
}
