//! Changes a described item to the layout of a relocated plan, whose bytes have the offsets and sizes of another BTF.
//! This module makes no mapping decisions.

use super::{Base, Body, Field, Item, Type, bits, value};
use crate::plan::{BaseType, CaseTable, Node, NodeField, NodeKind, Plan, ValueType};

/// The names by which the layout refers to the nodes of a relocated plan. Labels are not enough, since several nodes
/// may have one label.
pub(crate) struct NodeNames {
    /// The name of each node: its label, followed by `@2`, `@3` and so on if earlier nodes have the same label.
    names: Vec<String>,
}

impl NodeNames {
    pub fn of(plan: &Plan) -> NodeNames {
        let mut counts = std::collections::HashMap::new();
        let names = plan.nodes.iter().map(|node| {
            let count = counts.entry(&node.label).or_insert(0_usize);
            *count += 1;
            match *count {
                1 => node.label.clone(),
                // No label contains `@`, so the name differs from all labels.
                count => format!("{}@{count}", node.label),
            }
        });
        NodeNames {
            names: names.collect(),
        }
    }

    pub fn get(&self, node: u32) -> String {
        self.names.get(node as usize).cloned().unwrap_or_default()
    }

    /// Returns an item with the layout of a node. `item` describes the type of the node, with the offsets of the local
    /// BTF. `at` is the index of the node in the plan.
    pub fn item(&self, plan: &Plan, mut item: Item, at: u32, node: &Node) -> Item {
        item.wit = self.get(at);
        item.size = node.size;
        item.left_out.clear();
        item.body = match (item.body, &node.kind) {
            (Body::Record { fields }, NodeKind::Record(target)) => Body::Record {
                fields: self.fields(plan, fields, target),
            },
            (Body::Variant { arms }, NodeKind::Variant(target)) => Body::Variant {
                arms: self.fields(plan, arms, target),
            },
            (Body::Enum { cases, .. }, NodeKind::Enum(target)) => Body::Enum {
                signed: target.signed,
                cases: relocate_cases(cases, target),
                others: Vec::new(),
            },
            (Body::Flags { cases, .. }, NodeKind::Flags(target)) => Body::Flags {
                cases: relocate_cases(cases, target),
                others: Vec::new(),
            },
            (body, _) => body,
        };
        item
    }

    /// Returns an alias with the layout of its type. `ty` is this type in the plan, where aliases are resolved.
    pub fn alias(&self, plan: &Plan, mut item: Item, ty: &ValueType) -> Item {
        item.size = plan.size_of(ty);
        item.left_out.clear();
        if let Body::Alias { ty: local, others } = &mut item.body {
            *local = self.ty(plan, local.clone(), ty);
            others.clear();
        }
        item
    }

    fn fields(&self, plan: &Plan, fields: Vec<Field>, target: &[NodeField]) -> Vec<Field> {
        let pairs = fields.into_iter().zip(target);
        pairs
            .map(|(field, target)| {
                let ty = field.ty.zip(target.ty.as_ref());
                Field {
                    offset: u64::from(target.bit_offset / 8),
                    bits: bits(target.bit_offset, target.bits),
                    ty: ty.map(|(field, target)| self.ty(plan, field, target)),
                    missing: target.missing,
                    ..field
                }
            })
            .collect()
    }

    fn ty(&self, plan: &Plan, ty: Type, target: &ValueType) -> Type {
        Type {
            wit: ty.wit,
            lengths: target.dims.iter().map(|dim| dim.length).collect(),
            base: self.base(plan, &ty.base, target.base),
        }
    }

    fn base(&self, plan: &Plan, local: &Base, target: BaseType) -> Base {
        match target {
            BaseType::Bool { bytes } => Base::Bool { size: bytes },
            BaseType::Int { bytes, .. } if matches!(local, Base::Pointer { .. }) => {
                Base::Pointer { size: bytes }
            }
            BaseType::Int { bytes, signed } => Base::Int {
                size: bytes,
                signed,
            },
            BaseType::Wide { signed } => Base::Int { size: 16, signed },
            BaseType::Float { bytes } => Base::Float { size: bytes },
            BaseType::Text { room } => Base::String { size: room },
            BaseType::Node(node) => match plan.stored_number(node) {
                Some(number) => self.base(plan, local, number.stored),
                None => Base::Item {
                    item: self.get(node),
                },
            },
        }
    }
}

/// Returns the cases that the target has, with the target's values.
fn relocate_cases(cases: Vec<super::Case>, target: &CaseTable) -> Vec<super::Case> {
    let pairs = cases.into_iter().zip(&target.cases);
    let present = pairs.filter(|(_, entry)| !entry.absent);
    present
        .map(|(case, entry)| super::Case {
            // The value in the plan is cut to the size of the enum. If the enum is signed, `number` extends the sign.
            value: match target.signed {
                true => target.number(entry.value),
                false => value(entry.value, false),
            },
            ..case
        })
        .collect()
}
