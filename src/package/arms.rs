//! Choices of union arms for decoders and readers. They are checked when a package is loaded, so a misspelt one is an
//! error even if nothing is decoded.

use super::Package;
use crate::error::Error;
use crate::names::EntityId;
use crate::patterns;
use crate::plan::{self, ChoiceError, Plan, Roots};

/// A checked choice of a union's arm.
pub(super) struct ArmChoice {
    choice: String,
    /// The name that the choice's path begins with.
    start: String,
    /// The labels of the items with that name. For a typedef, they include that of its target.
    labels: Vec<String>,
}

impl Package {
    /// Checks choices of arms.
    pub(super) fn check_arms(&self, choices: &[String]) -> Result<Vec<ArmChoice>, Error> {
        choices
            .iter()
            .map(|choice| self.check_arm(choice))
            .collect()
    }

    fn check_arm(&self, choice: &str) -> Result<ArmChoice, Error> {
        let Some((start, found)) = self.start_of(choice)? else {
            // The selected types are where a suggestion for the unknown name is most likely right.
            let selected: Vec<EntityId> = self.selected().collect();
            let (mut plan, _) = self.plan_of(&selected)?;
            return Err(match plan.choose(Roots::default(), choice) {
                Err(error) => refused(choice, "there is no type", error),
                Ok(()) => wrong(choice, "use MEMBER=ARM, as in event.addr=v4".to_owned()),
            });
        };
        let (mut plan, aliases) = self.plan_of(&found)?;
        let aliases: Vec<(String, u32)> = aliases
            .into_iter()
            .map(|node| (start.clone(), node))
            .collect();
        let roots = Roots {
            root: None,
            aliases: &aliases,
        };
        let chosen = plan.choose(roots, choice);
        chosen.map_err(|error| refused(choice, "there is no type", error))?;
        let nodes = aliases.iter().filter_map(|(_, node)| plan.node(*node));
        Ok(ArmChoice {
            choice: choice.to_owned(),
            labels: nodes.map(|node| node.label.clone()).collect(),
            start,
        })
    }

    /// Returns the plan of items, and the node of each.
    fn plan_of(&self, items: &[EntityId]) -> Result<(Plan, Vec<u32>), Error> {
        let plan = plan::compile_all(&self.btf, &self.names, &mut self.lower(), items);
        let (plan, types) = plan.map_err(|e| self.malformed(e))?;
        let nodes = types.into_iter().filter_map(|ty| ty.base.node());
        Ok((plan, nodes.collect()))
    }

    /// Returns the name that a choice begins with, and the items with that name. All possible ends of the name are
    /// tried, since Rust's type names contain dots and equals signs.
    fn start_of(&self, choice: &str) -> Result<Option<(String, Vec<EntityId>)>, Error> {
        for (end, _) in choice.match_indices('=') {
            let mut name = choice[..end].trim();
            loop {
                match patterns::find(&self.btf, &self.names, name) {
                    Ok(found) => return Ok(Some((name.to_owned(), found))),
                    Err(unknown) if unknown.is_ambiguous() => {
                        return Err(wrong(choice, unknown.to_string()));
                    }
                    Err(_) => {}
                }
                let mut items = self.names.entities().map(|(id, _)| id);
                if let Some(found) = items.find(|id| self.names.label(*id) == name) {
                    return Ok(Some((name.to_owned(), vec![found])));
                }
                match name.rsplit_once('.') {
                    Some((front, _)) => name = front,
                    None => break,
                }
            }
        }
        Ok(None)
    }

    /// Applies the choices to the unions of a plan. Returns the error of the first choice whose type the plan does not
    /// contain.
    pub(super) fn choose_arms(
        &self,
        plan: &mut Plan,
        root: Option<(&str, u32)>,
    ) -> Result<Option<Error>, Error> {
        let mut unused = None;
        for arm in &self.arms {
            let aliases: Vec<(String, u32)> = (0..)
                .zip(&plan.nodes)
                .filter(|(at, node)| !plan.is_dedicated(*at) && arm.labels.contains(&node.label))
                .map(|(at, _)| (arm.start.clone(), at))
                .collect();
            let roots = Roots {
                root,
                aliases: &aliases,
            };
            match plan.choose(roots, &arm.choice) {
                Ok(()) => {}
                Err(refusal @ ChoiceError::NoType { .. }) => {
                    let refused = || refused(&arm.choice, "no selected type is called", refusal);
                    unused = unused.or_else(|| Some(refused()));
                }
                Err(ChoiceError::Invalid(what)) => return Err(wrong(&arm.choice, what)),
            }
        }
        Ok(unused)
    }
}

fn refused(choice: &str, no_type: &str, error: ChoiceError) -> Error {
    match error {
        ChoiceError::Invalid(what) => wrong(choice, what),
        ChoiceError::NoType { name, hint } => wrong(choice, format!("{no_type} '{name}'{hint}")),
    }
}

fn wrong(choice: &str, what: String) -> Error {
    let choice = choice.to_owned();
    Error::Arm { choice, what }
}
