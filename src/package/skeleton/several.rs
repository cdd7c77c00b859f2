//! Handles maps whose records have several types. A number in each record says which type the record has.

use crate::error::Error;
use crate::package::Package;
use crate::plan::{ArmChoice, ChoiceError, Plan, Roots, UnionArm, ValueType};
use crate::skeleton::{DataType, RecordType, VARIANT};

use super::parts::{SeveralTypes, refused};

impl Package {
    /// Adds a variant to the plan. The arms of the variant are the types of a map's records, which `next` returns one
    /// by one. Returns the variant as the type of the records.
    pub(super) fn several_types(
        &self,
        plan: &mut Plan,
        several: &SeveralTypes<'_>,
        next: &mut dyn FnMut() -> DataType,
    ) -> Result<RecordType, Error> {
        let mut arms = Vec::new();
        let mut cases = Vec::new();
        for (name, source) in &several.types {
            let data = next();
            let label = source.item().map(|id| self.names.label(id).to_owned());
            let label = label.unwrap_or_else(|| (*name).to_owned());
            arms.push(UnionArm {
                label: label.clone(),
                name: (*name).to_owned(),
                ty: data.ty.clone(),
            });
            cases.push((label, data));
        }
        check_tag(plan, several, &arms)?;
        let ty = plan.add_union(VARIANT, arms);
        choose(plan, several, &ty, several.tag)?;
        Ok(RecordType::Several { ty, cases })
    }
}

/// Checks that the number that tells the types apart has the same position and size in all of them.
fn check_tag(plan: &Plan, several: &SeveralTypes<'_>, arms: &[UnionArm]) -> Result<(), Error> {
    let member = several.tag.split(':').next().unwrap_or_default().trim();
    let mut first = None;
    for arm in arms {
        let mut alone = plan.clone();
        let ty = alone.add_union(VARIANT, vec![arm.clone()]);
        choose(
            &mut alone,
            several,
            &ty,
            &format!("{member}:*={}", arm.name),
        )?;
        let node = ty.base.node().and_then(|node| alone.arm_choice(node));
        let Some(ArmChoice::By(tag)) = node else {
            continue;
        };
        let place = (tag.bit_offset, tag.width);
        if *first.get_or_insert(place) != place {
            let what = format!(
                "'{member}' has another place in '{}' than in the others",
                arm.name
            );
            return Err(refused(several.choice, what));
        }
    }
    Ok(())
}

fn choose(
    plan: &mut Plan,
    several: &SeveralTypes<'_>,
    ty: &ValueType,
    choice: &str,
) -> Result<(), Error> {
    // No C type has this name, so the choice applies only to this union.
    const UNION: &str = "records of the map";
    let Some(node) = ty.base.node() else {
        return Ok(());
    };
    let roots = Roots {
        root: Some((UNION, node)),
        aliases: &[],
    };
    plan.choose(roots, &format!("{UNION}={choice}"))
        .map_err(|error| match error {
            ChoiceError::Invalid(what) => refused(several.choice, what),
            ChoiceError::NoType { name, .. } => {
                refused(several.choice, format!("there is no type '{name}'"))
            }
        })
}
