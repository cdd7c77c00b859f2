//! Makes the plan of all selected items, and describes their layout if the bytes are those of a target.

use std::collections::BTreeMap;

use super::Package;
use super::target::PlanRoot;
use crate::error::Error;
use crate::layout::{self, Body, NodeNames};
use crate::lower::Item;
use crate::names::EntityId;
use crate::plan::{self, BaseType, Fingerprints, Plan, ValueType};

/// One plan of all selected items.
pub(super) struct SelectedPlan {
    pub plan: Plan,
    /// The items, each with its type in the plan. The type is `None` if the target lacks the item, which is allowed if
    /// the caller did not request the item.
    pub items: Vec<(EntityId, Option<ValueType>)>,
}

impl Package {
    /// Returns the plan of the selected items. If there is a target, the plan is for the target's bytes.
    pub(super) fn selected_plan(&self) -> Result<SelectedPlan, Error> {
        let mut lower = self.lower();
        let selected: Vec<EntityId> = self.selected().collect();
        let plan = plan::compile_all(&self.btf, &self.names, &mut lower, &selected);
        let (plan, types) = plan.map_err(|e| self.malformed(e))?;
        let roots = selected.iter().zip(types).map(|(id, ty)| PlanRoot {
            ty,
            c: self.names.entity(*id).ty,
            needed: self.is_needed(*id),
        });
        let (plan, types) = self.relocated(plan, roots.collect())?;
        let items = selected.into_iter().zip(types).collect();
        Ok(SelectedPlan { plan, items })
    }

    /// Returns the fingerprint of each selected item's layout, by the item's label as in [`items`](Package::items).
    /// [`Decoder::fingerprint`](crate::decode::Decoder::fingerprint) returns the same numbers. Items that a target
    /// lacks have none.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/event.bpfel.o");
    /// let package = btf2wit::Config::new().input(object).types(["event"]).load()?;
    /// assert_eq!(package.fingerprints()?["event"], package.decoder("event")?.fingerprint());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the errors of [`items`](Package::items).
    pub fn fingerprints(&self) -> Result<BTreeMap<String, u64>, Error> {
        let SelectedPlan { plan, items } = self.selected_plan()?;
        let mut fingerprints = Fingerprints::new(&plan);
        let mut found = BTreeMap::new();
        for (id, ty) in items {
            if let Some(ty) = ty {
                found.insert(self.names.label(id).to_owned(), fingerprints.of(&ty));
            }
        }
        if self.target.is_some() {
            // A type may stand for several types of the target. Even if the target lacks a selected type, it may have
            // a type that the selected one contains. So all nodes with a label get a fingerprint.
            let names = NodeNames::of(&plan);
            for (at, node) in (0..).zip(&plan.nodes) {
                if !node.label.is_empty() {
                    let ty = ValueType::plain(BaseType::Node(at));
                    found.insert(names.get(at), fingerprints.of(&ty));
                }
            }
        }
        Ok(found)
    }

    /// Returns the selected items with the layout of the target. Returns an empty list if there is no target.
    pub(super) fn relocated_items(&self) -> Result<Vec<layout::Item>, Error> {
        if self.target.is_none() {
            return Ok(Vec::new());
        }
        let SelectedPlan { plan, items } = self.selected_plan()?;
        let names = NodeNames::of(&plan);
        let mut lower = self.lower();
        let mut item = Item::default();
        let mut described = Vec::new();
        let mut nodes: std::collections::HashMap<&str, Vec<u32>> = Default::default();
        for (at, node) in (0..).zip(&plan.nodes) {
            nodes.entry(&node.label).or_default().push(at);
        }
        for (id, ty) in items {
            self.fill(&mut lower, id, &mut item)?;
            let own = self.describer().item(id, &item);
            match (&own.body, ty) {
                (Body::Alias { .. }, Some(ty)) => described.push(names.alias(&plan, own, &ty)),
                (Body::Alias { .. }, None) => {}
                _ => {
                    let own_nodes = nodes.get(&*own.wit).into_iter().flatten();
                    let found = own_nodes.filter_map(|at| Some((*at, plan.node(*at)?)));
                    described
                        .extend(found.map(|(at, node)| names.item(&plan, own.clone(), at, node)));
                }
            }
        }
        Ok(described)
    }
}
