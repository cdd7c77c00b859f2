//! Decodes bytes by a plan. Every access checks its range. The recursion is bounded, since structs and unions are
//! nested at most 90 deep by value, and arrays at most 95.

use std::borrow::Cow;

use super::Decoder;
use super::arms::{EnclosingNode, Union};
use super::error::{DecodeError, Problem};
use super::location::Location;
use super::value::Value;
use crate::lower::Dim;
use crate::plan::{ArmChoice, BaseType, CaseTable, Node, NodeField, NodeKind, Tag, ValueType};

/// Reads the values of one record.
pub(super) struct ValueReader<'a> {
    pub decoder: &'a Decoder,
    bytes: &'a [u8],
    /// The maximum number of values that may still be read. Without this limit, a small record could have too many
    /// values for the memory: members may overlap, and if all arms of nested unions are read, the number of values is
    /// multiplied at each level.
    budget: u64,
}

/// Returns the maximum number of values for a record of this size in bytes.
///
/// A million values are always allowed. Without overlaps, a byte of a usual type has at most ten values: eight bits, a
/// struct around them, and an array. If all arms of unions are read, a byte may have dozens of values, so each byte
/// allows 54 more, up to four million in total.
fn budget(bytes: usize) -> u64 {
    let bytes = bytes as u64;
    (1 << 20) + 10 * bytes + (54 * bytes).min(1 << 22)
}

impl<'a> ValueReader<'a> {
    pub fn new(decoder: &'a Decoder, bytes: &'a [u8]) -> ValueReader<'a> {
        ValueReader {
            decoder,
            bytes,
            budget: budget(bytes.len()),
        }
    }

    /// Decodes the whole record.
    pub fn value(&mut self) -> Result<Value<'a>, DecodeError> {
        let root = &self.decoder.root;
        self.ty(root, &root.dims, Location::RECORD, None)
    }

    fn ty(
        &mut self,
        ty: &'a ValueType,
        dims: &'a [Dim],
        location: Location,
        outer: Option<&EnclosingNode<'_, 'a>>,
    ) -> Result<Value<'a>, DecodeError> {
        match dims.split_first() {
            None => self.base(ty.base, location, outer),
            Some((dim, inner)) => self.array(ty, dim.length, inner, location, outer),
        }
    }

    fn array(
        &mut self,
        ty: &'a ValueType,
        length: u32,
        inner: &'a [Dim],
        location: Location,
        outer: Option<&EnclosingNode<'_, 'a>>,
    ) -> Result<Value<'a>, DecodeError> {
        let stride = self.decoder.plan.stride(ty.base, inner);
        let count = match length {
            0 if location.last => self.left(location).checked_div(stride).unwrap_or(0),
            length => length.into(),
        };
        let size = stride.saturating_mul(count);
        if is_byte(ty.base) && inner.is_empty() {
            return Ok(Value::Bytes(self.bytes(location, size)?));
        }
        if !location.missing {
            self.slice(location, size)?;
        }
        self.spend(location, count)?;
        let mut values = Vec::with_capacity(usize::try_from(count).unwrap_or(0));
        for index in 0..count {
            let value = self.ty(ty, inner, location.element(index, stride), outer);
            values.push(value.map_err(|error| error.in_element(index as usize))?);
        }
        Ok(Value::List(values))
    }

    fn base(
        &mut self,
        base: BaseType,
        location: Location,
        outer: Option<&EnclosingNode<'_, 'a>>,
    ) -> Result<Value<'a>, DecodeError> {
        match base {
            BaseType::Text { room } => self.text(room, location),
            BaseType::Node(node) => match self.decoder.plan.node(node) {
                Some(node_at) => self.node(node, node_at, location, outer),
                None => Ok(Value::Record(Vec::new())),
            },
            scalar => self.scalar(scalar, location),
        }
    }

    fn node(
        &mut self,
        index: u32,
        node: &'a Node,
        location: Location,
        outer: Option<&EnclosingNode<'_, 'a>>,
    ) -> Result<Value<'a>, DecodeError> {
        match &node.kind {
            NodeKind::Record(fields) => self.record(node, fields, location, outer),
            NodeKind::Variant(arms) => self.variant(index, node, arms, location, outer),
            NodeKind::Enum(cases) => self.enumeration(node, cases, location, outer),
            NodeKind::Flags(cases) => self.flags(node, cases, location, outer),
            NodeKind::Number(number) => self.converted(*number, location),
        }
    }

    fn record(
        &mut self,
        node: &'a Node,
        fields: &'a [NodeField],
        location: Location,
        outer: Option<&EnclosingNode<'_, 'a>>,
    ) -> Result<Value<'a>, DecodeError> {
        self.spend(location, fields.len() as u64)?;
        let mut values = Vec::with_capacity(fields.len());
        for field in fields {
            let Some(ty) = &field.ty else { continue };
            let around = EnclosingNode {
                node,
                location,
                name: &field.name,
                fields: &values,
                outer,
            };
            let value = self.ty(ty, &ty.dims, location.field(field), Some(&around));
            let value = value.map_err(|error| error.in_field(&field.name))?;
            values.push((&*field.label, value));
        }
        Ok(Value::Record(values))
    }

    fn variant(
        &mut self,
        index: u32,
        node: &'a Node,
        arms: &'a [NodeField],
        location: Location,
        outer: Option<&EnclosingNode<'_, 'a>>,
    ) -> Result<Value<'a>, DecodeError> {
        let at = self.which_arm(index, node, arms, location, outer)?;
        let Some(arm) = arms.get(at) else {
            return Err(self.no_arm_selected(node, arms, location, outer));
        };
        let Some(ty) = &arm.ty else {
            return Ok(Value::Variant(&arm.label, None));
        };
        let around = EnclosingNode {
            node,
            location,
            name: &arm.name,
            fields: &[],
            outer,
        };
        let value = self.ty(ty, &ty.dims, location.field(arm), Some(&around));
        let value = value.map_err(|error| error.in_field(&arm.name))?;
        Ok(Value::Variant(&arm.label, Some(Box::new(value))))
    }

    /// Returns the position of the arm to read.
    fn which_arm(
        &mut self,
        index: u32,
        node: &'a Node,
        arms: &'a [NodeField],
        location: Location,
        outer: Option<&EnclosingNode<'_, 'a>>,
    ) -> Result<usize, DecodeError> {
        match self.decoder.plan.arm_choice(index) {
            Some(ArmChoice::Always(arm)) => return Ok(*arm),
            Some(ArmChoice::By(tag)) => {
                let bits = self.tag(tag, location, outer)?;
                return tag.arm(bits).ok_or_else(|| {
                    let (selector, value) = (tag.name.clone(), tag.number(bits));
                    DecodeError::new(location.byte(), Problem::NoArm { selector, value })
                });
            }
            None => {}
        }
        if self.decoder.plan.has_equivalent_arms(index) {
            return Ok(0);
        }
        let arm = match &self.decoder.select_arm {
            Some(select_arm) => {
                let bytes = match location.missing {
                    true => &[],
                    false => self.slice(location, node.size.min(self.left(location)))?,
                };
                select_arm(&Union::new(node, arms, bytes, outer))
            }
            None => None,
        };
        arm.ok_or_else(|| self.no_arm_selected(node, arms, location, outer))
    }

    fn no_arm_selected(
        &self,
        node: &'a Node,
        arms: &'a [NodeField],
        location: Location,
        outer: Option<&EnclosingNode<'_, 'a>>,
    ) -> DecodeError {
        let enclosing = std::iter::successors(outer, |around| around.outer);
        let around = enclosing.map(|around| around.node);
        let problem = Problem::WhichArm {
            item: self.choice_name(node, outer),
            tag: self.decoder.plan.likely_tag(node, around),
            arms: arms.iter().map(|arm| arm.label.to_string()).collect(),
        };
        DecodeError::new(location.byte(), problem)
    }

    /// Returns the name of a union or an enum in the option `--set`: its C name, or else the path from the nearest
    /// enclosing type with a C name. Returns `None` if no such type encloses it.
    fn choice_name(&self, node: &'a Node, outer: Option<&EnclosingNode<'_, 'a>>) -> Option<String> {
        let (mut c, mut outer) = (&node.c, outer);
        let mut members = Vec::new();
        while let (None, Some(around)) = (c, outer) {
            members.push(around.name);
            (c, outer) = (&around.node.c, around.outer);
        }
        let mut item = c.clone()?;
        for member in members.iter().rev() {
            item.push('.');
            item.push_str(member);
        }
        Some(item)
    }

    /// Reads the number that selects the arm of the union at `location`. Returns its bits.
    fn tag(
        &self,
        tag: &Tag,
        location: Location,
        outer: Option<&EnclosingNode<'_, 'a>>,
    ) -> Result<u128, DecodeError> {
        let enclosing = std::iter::successors(outer, |around| around.outer);
        let location = location.tag(tag, enclosing.map(|around| around.location));
        self.unsigned(tag.width.div_ceil(8), location)
    }

    fn enumeration(
        &mut self,
        node: &'a Node,
        cases: &'a CaseTable,
        location: Location,
        outer: Option<&EnclosingNode<'_, 'a>>,
    ) -> Result<Value<'a>, DecodeError> {
        let value = cases.in_bits(self.enum_bits(cases, location)?, location.width);
        let (label, number) = (cases.find(value), cases.number(value));
        if label.is_none() && self.decoder.strict {
            let item = self.choice_name(node, outer);
            return Err(DecodeError::new(
                location.byte(),
                Problem::NoCase { item, number },
            ));
        }
        Ok(Value::Enum {
            label: label.map(|case| &*case.label),
            number,
        })
    }

    fn flags(
        &mut self,
        node: &'a Node,
        cases: &'a CaseTable,
        location: Location,
        outer: Option<&EnclosingNode<'_, 'a>>,
    ) -> Result<Value<'a>, DecodeError> {
        let mut rest = self.enum_bits(cases, location)?;
        let mut labels = Vec::new();
        for case in &cases.cases {
            if rest & case.value != 0 {
                rest &= !case.value;
                labels.push(&*case.label);
            }
        }
        if rest != 0 && self.decoder.strict {
            let (item, bits) = (self.choice_name(node, outer), rest);
            return Err(DecodeError::new(
                location.byte(),
                Problem::NoLabel { item, bits },
            ));
        }
        Ok(Value::Flags { labels, rest })
    }

    /// Returns `bytes` bytes at a location. Fails if the record ends before their end.
    pub fn slice(&self, location: Location, bytes: u64) -> Result<&'a [u8], DecodeError> {
        let start = usize::try_from(location.byte()).unwrap_or(usize::MAX);
        let found = usize::try_from(bytes)
            .ok()
            .and_then(|bytes| self.bytes.get(start..start.checked_add(bytes)?));
        found.ok_or_else(|| {
            let problem = Problem::TooFew {
                needed: bytes,
                left: self.left(location),
            };
            DecodeError::new(location.byte(), problem)
        })
    }

    /// Returns `bytes` bytes at a location, or zeros if a target BTF lacks the value.
    fn bytes(&mut self, location: Location, bytes: u64) -> Result<Cow<'a, [u8]>, DecodeError> {
        if location.missing {
            // These zeros are not in the record, so the record's size does not limit their number. Therefore they
            // reduce the budget. 16 zeros count as one value, since a value takes more memory than a byte.
            self.spend(location, bytes.div_ceil(16))?;
            let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
            return Ok(Cow::Owned(vec![0; bytes]));
        }
        Ok(Cow::Borrowed(self.slice(location, bytes)?))
    }

    /// Returns the number of bytes from a location to the end of the record.
    pub fn left(&self, location: Location) -> u64 {
        (self.bytes.len() as u64).saturating_sub(location.byte())
    }

    fn spend(&mut self, location: Location, values: u64) -> Result<(), DecodeError> {
        let left = self.budget.checked_sub(values);
        let too_many = || DecodeError::new(location.byte(), Problem::TooManyValues);
        self.budget = left.ok_or_else(too_many)?;
        Ok(())
    }
}

fn is_byte(base: BaseType) -> bool {
    base == BaseType::Int {
        bytes: 1,
        signed: false,
    }
}
