//! Checks the caller's choices of union arms, and applies them to plans for decoders and generated code. Choices are
//! checked when a package is loaded, so a misspelt choice is an error even if nothing is decoded.

use super::Package;
use crate::error::Error;
use crate::names::EntityId;
use crate::patterns;
use crate::plan::{self, ChoiceError, Plan, Roots};

/// An arm choice of the caller whose union and arm exist.
pub(super) struct CheckedChoice {
    choice: String,
    /// The name of the type at the beginning of the choice's path.
    start: String,
    /// The labels of the nodes of the items with the name `start`. If the name is a typedef of a struct or union that
    /// has a name, this is the label of the struct or union.
    labels: Vec<String>,
}

impl Package {
    /// Checks that the choices name unions and arms that exist.
    pub(super) fn check_arms(&self, choices: &[String]) -> Result<Vec<CheckedChoice>, Error> {
        choices
            .iter()
            .map(|choice| self.check_arm(choice))
            .collect()
    }

    fn check_arm(&self, choice: &str) -> Result<CheckedChoice, Error> {
        let Some((start, found)) = self.start_of(choice)? else {
            // No type has the name. The error suggests a name from the selected types, since the user most likely meant
            // one of them.
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
        Ok(CheckedChoice {
            choice: choice.to_owned(),
            labels: nodes.map(|node| node.label.clone()).collect(),
            start,
        })
    }

    /// Returns one plan of several items, and the node in it of each item that has a node.
    fn plan_of(&self, items: &[EntityId]) -> Result<(Plan, Vec<u32>), Error> {
        let plan = plan::compile_all(&self.btf, &self.names, &mut self.lower(), items);
        let (plan, types) = plan.map_err(|e| self.malformed(e))?;
        let nodes = types.into_iter().filter_map(|ty| ty.base.node());
        Ok((plan, nodes.collect()))
    }

    /// Returns the name with which a choice begins, and the items with that name. Every `.` and `=` is tried as the
    /// end of the name, since names of Rust types contain these characters. Returns `None` if no type has such a name,
    /// and an error if types of several kinds have it.
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

    /// Applies the choices to the unions of a plan. If the plan does not contain the type of a choice, returns
    /// `Ok(Some(error))` for the first such choice, since some callers allow it.
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
