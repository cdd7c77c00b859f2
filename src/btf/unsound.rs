//! Collects the structs and unions whose members break a rule of `layout` or are nested too deep. These types keep
//! their names and sizes but lose their members. So the rest of the crate handles them like any type without members.

use super::{
    load::Tables,
    malformed::Malformed,
    types::{Type, TypeId},
    warning::{Rule, Warning},
};

/// The maximum number of further types that the warning lists after the first one.
const MAX_LISTED: usize = 10;

#[derive(Default)]
pub(super) struct Unsound {
    /// The unsound types, each with the reason. They are sorted by id after [`take_members`](Unsound::take_members) has
    /// run.
    faults: Vec<(TypeId, Malformed)>,
}

impl Unsound {
    pub fn note(&mut self, id: TypeId, fault: Malformed) {
        self.faults.push((id, fault));
    }

    /// Removes the members of all unsound types.
    pub fn take_members(&mut self, tables: &mut Tables) {
        self.faults.sort_by_key(|(id, _)| *id);
        self.faults.dedup_by_key(|(id, _)| *id);
        for (id, _) in &self.faults {
            if let Type::Struct(composite) | Type::Union(composite) = &mut tables.types[id.index()]
            {
                composite.members.len = 0;
            }
        }
    }

    /// Returns the reason why a type is unsound, or `None` if it is sound.
    pub fn fault(&self, id: TypeId) -> Option<&Malformed> {
        let at = self.faults.binary_search_by_key(&id, |(id, _)| *id);
        at.ok().map(|at| &self.faults[at].1)
    }

    /// Returns one warning about all unsound types, or `None` if there are none.
    pub fn warning(&self) -> Option<Warning> {
        let ((_, first), others) = self.faults.split_first()?;
        let others = others.iter().take(MAX_LISTED);
        Some(Warning {
            rule: Rule::Members,
            ty: first.ty.clone(),
            member: first.member.clone(),
            count: self.faults.len(),
            detail: Some(first.what.clone()),
            others: others.filter_map(|(_, fault)| fault.ty.clone()).collect(),
        })
    }
}
