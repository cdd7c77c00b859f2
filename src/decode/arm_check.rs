//! Checks the arms of the variants in a value that was just written. An arm is a union member. If the plan has
//! an arm choice for a variant, the arm must be the one that the decoder would choose from the written bytes. Otherwise
//! the decoder would read another value from these bytes.

use super::error::{EncodeError, Misfit, OtherArm};
use super::location::Location;
use super::value::Value;
use crate::lower::Dim;
use crate::plan::{ArmChoice, BaseType, NodeField, NodeKind, Plan, Tag, ValueType, bits};

/// The location of a node, and the locations of the nodes that enclose it.
struct EnclosingLocation<'o> {
    location: Location,
    outer: Option<&'o EnclosingLocation<'o>>,
}

/// A record that was written, and the plan by which it was written.
pub(super) struct ArmCheck<'w> {
    pub plan: &'w Plan,
    pub bytes: &'w [u8],
}

type Checked = Result<(), EncodeError>;

impl ArmCheck<'_> {
    /// Checks all arms in `value`, which is the value of the whole record.
    pub fn of(&self, root: &ValueType, value: &Value<'_>) -> Checked {
        self.ty(root, &root.dims, Location::RECORD, value, None)
    }

    fn ty(
        &self,
        ty: &ValueType,
        dims: &[Dim],
        location: Location,
        value: &Value<'_>,
        outer: Option<&EnclosingLocation<'_>>,
    ) -> Checked {
        match (dims.split_first(), ty.base, value) {
            (Some((_, inner)), base, Value::List(values)) => {
                let stride = self.plan.stride(base, inner);
                values.iter().enumerate().try_for_each(|(index, value)| {
                    let element = location.element(index as u64, stride);
                    let checked = self.ty(ty, inner, element, value, outer);
                    checked.map_err(|error| error.in_element(index))
                })
            }
            (None, BaseType::Node(node), _) => self.node(node, location, value, outer),
            _ => Ok(()),
        }
    }

    fn node(
        &self,
        index: u32,
        location: Location,
        value: &Value<'_>,
        outer: Option<&EnclosingLocation<'_>>,
    ) -> Checked {
        let around = EnclosingLocation { location, outer };
        let inside = |field: &NodeField, value: &Value<'_>| {
            let ty = field.ty.as_ref().filter(|_| !field.missing);
            let Some(ty) = ty else { return Ok(()) };
            let checked = self.ty(ty, &ty.dims, location.field(field), value, Some(&around));
            checked.map_err(|error| error.in_field(&field.name))
        };
        match (self.plan.node(index).map(|node| &node.kind), value) {
            (Some(NodeKind::Record(fields)), Value::Record(values)) => {
                fields.iter().try_for_each(|field| {
                    let value = values.iter().find(|(label, _)| **label == *field.label);
                    value.map_or(Ok(()), |(_, value)| inside(field, value))
                })
            }
            (Some(NodeKind::Variant(arms)), Value::Variant(label, payload)) => {
                let Some(arm) = arms.iter().position(|arm| *arm.label == **label) else {
                    return Ok(());
                };
                self.arm(index, arms, arm, location, outer)?;
                match (arms.get(arm), payload) {
                    (Some(arm), Some(payload)) => inside(arm, payload),
                    _ => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    fn arm(
        &self,
        index: u32,
        arms: &[NodeField],
        arm: usize,
        location: Location,
        outer: Option<&EnclosingLocation<'_>>,
    ) -> Checked {
        let (chosen, selector) = match self.plan.arm_choice(index) {
            None => return Ok(()),
            Some(ArmChoice::Always(arm)) => (Some(*arm), None),
            Some(ArmChoice::By(tag)) => {
                let bits = self.tag(tag, location, outer);
                (tag.arm(bits), Some((tag.name.clone(), tag.number(bits))))
            }
        };
        if chosen == Some(arm) {
            return Ok(());
        }
        let label = |arm: usize| arms.get(arm).map(|arm| arm.label.to_string());
        Err(EncodeError::new(Misfit::OtherArm(Box::new(OtherArm {
            given: label(arm).unwrap_or_default(),
            chosen: chosen.and_then(label),
            selector,
        }))))
    }

    fn tag(&self, tag: &Tag, location: Location, outer: Option<&EnclosingLocation<'_>>) -> u128 {
        let enclosing = std::iter::successors(outer, |outer| outer.outer);
        let location = location.tag(tag, enclosing.map(|outer| outer.location));
        let start = usize::try_from(location.byte()).ok();
        let bytes = start.and_then(|start| self.bytes.get(start..));
        let (bytes, first) = (bytes.unwrap_or_default(), location.first_bit());
        bits::field(bytes, first, tag.width, self.plan.endian)
    }
}
