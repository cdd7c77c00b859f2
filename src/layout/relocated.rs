//! Changes a described item to the layout of a relocated plan, whose bytes have the offsets and sizes of another BTF.
//! It makes no mapping decisions.

use super::{Base, Body, Field, Item, Type, bits, value};
use crate::plan::{BaseType, CaseTable, Node, NodeField, NodeKind, Plan, ValueType};

/// The names by which the layout refers to the nodes of a relocated plan. Labels are not enough, since several nodes
/// may have one label.
pub(crate) struct NodeNames {
    /// The name of each node: its label, followed by a number if an earlier node has the same label.
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
                // `@` cannot collide, since no label contains it.
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

    /// Returns an item with the layout of a node. `item` describes the type of the node, with the offsets of its own
    /// BTF.
    pub fn item(&self, plan: &Plan, mut item: Item, at: u32, node: &Node) -> Item {
        item.wit = self.get(at);
        item.size = node.size;
        item.left_out.clear();
        item.body = match (item.body, &node.kind) {
            (Body::Record { fields }, NodeKind::Record(own)) => Body::Record {
                fields: self.fields(plan, fields, own),
            },
            (Body::Variant { arms }, NodeKind::Variant(own)) => Body::Variant {
                arms: self.fields(plan, arms, own),
            },
            (Body::Enum { cases, .. }, NodeKind::Enum(own)) => Body::Enum {
                signed: own.signed,
                cases: relocate_cases(cases, own),
                others: Vec::new(),
            },
            (Body::Flags { cases, .. }, NodeKind::Flags(own)) => Body::Flags {
                cases: relocate_cases(cases, own),
                others: Vec::new(),
            },
            (body, _) => body,
        };
        item
    }

    /// Returns an alias with the layout of its type. In a plan, aliases are resolved, so `ty` is not an alias itself.
    pub fn alias(&self, plan: &Plan, mut item: Item, ty: &ValueType) -> Item {
        item.size = plan.size_of(ty);
        item.left_out.clear();
        if let Body::Alias { ty: own, others } = &mut item.body {
            *own = self.ty(plan, own.clone(), ty);
            others.clear();
        }
        item
    }

    fn fields(&self, plan: &Plan, fields: Vec<Field>, own: &[NodeField]) -> Vec<Field> {
        let pairs = fields.into_iter().zip(own);
        pairs
            .map(|(field, own)| {
                let ty = field.ty.zip(own.ty.as_ref());
                Field {
                    offset: u64::from(own.bit_offset / 8),
                    bits: bits(own.bit_offset, own.bits),
                    ty: ty.map(|(field, own)| self.ty(plan, field, own)),
                    missing: own.missing,
                    ..field
                }
            })
            .collect()
    }

    fn ty(&self, plan: &Plan, ty: Type, own: &ValueType) -> Type {
        Type {
            wit: ty.wit,
            lengths: own.dims.iter().map(|dim| dim.length).collect(),
            base: self.base(plan, &ty.base, own.base),
        }
    }

    fn base(&self, plan: &Plan, local: &Base, own: BaseType) -> Base {
        match own {
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
fn relocate_cases(cases: Vec<super::Case>, own: &CaseTable) -> Vec<super::Case> {
    let pairs = cases.into_iter().zip(&own.cases);
    let present = pairs.filter(|(_, own)| !own.absent);
    present
        .map(|(case, entry)| super::Case {
            // The value of a flag is a single bit, which counts as positive even if it is the highest bit.
            value: match own.signed {
                true => own.number(entry.value),
                false => value(entry.value, false),
            },
            ..case
        })
        .collect()
}
