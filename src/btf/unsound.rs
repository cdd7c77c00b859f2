//! Structs and unions that cannot be laid out as they say: what becomes of them is decided here, once.
//!
//! They keep their names and sizes and lose their members. Whatever comes after sees types of which BTF
//! tells the size alone, as it does of others, and needs to know nothing more to be right.

use super::{
    load::Tables,
    malformed::Malformed,
    types::{Type, TypeId},
    warning::{Rule, Warning},
};

/// How many of them a warning lists; a report lists all that are written.
const LISTED: usize = 10;

/// The structs and unions at fault, and what is wrong with each.
#[derive(Default)]
pub(super) struct Unsound {
    /// Ascending, once [`settled`](Unsound::settle).
    faults: Vec<(TypeId, Malformed)>,
}

impl Unsound {
    pub fn note(&mut self, id: TypeId, fault: Malformed) {
        self.faults.push((id, fault));
    }

    /// Takes the members of all of them away.
    pub fn settle(&mut self, tables: &mut Tables) {
        self.faults.sort_by_key(|(id, _)| *id);
        self.faults.dedup_by_key(|(id, _)| *id);
        for (id, _) in &self.faults {
            if let Type::Struct(composite) | Type::Union(composite) = &mut tables.types[id.index()]
            {
                composite.members.len = 0;
            }
        }
    }

    /// What is wrong with a type, if that is so.
    pub fn fault(&self, id: TypeId) -> Option<&Malformed> {
        let at = self.faults.binary_search_by_key(&id, |(id, _)| *id);
        at.ok().map(|at| &self.faults[at].1)
    }

    /// Counts and lists them.
    pub fn warning(&self) -> Option<Warning> {
        let ((_, first), others) = self.faults.split_first()?;
        let others = others.iter().take(LISTED);
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
