//! Walks through the nodes of the local plan together with the types of the local BTF and of the target. Builds the
//! nodes of the relocated plan.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::lack::{Lack, Path, Why};
use super::members::{MemberReader, Members};
use super::roots::Candidates;
use super::{Relocation, TypeId};
use crate::btf::{Btf, Type};
use crate::plan::{BaseType, Node, NodeField, NodeKind, Plan, StoredNumber, ValueType};

pub(super) struct Walk<'a> {
    pub relocation: Relocation<'a>,
    /// The local plan.
    pub from: &'a Plan,
    /// The relocated plan.
    pub plan: Plan,
    /// For each node of the relocated plan, the local node from which it was made. `None` for a stored number.
    origins: Vec<Option<u32>>,
    /// The node of the relocated plan for a local node and a type of the target.
    known: HashMap<(u32, TypeId), u32>,
    /// The relocated unnamed structs and unions, for a local node and a type of the target. The type of the target is
    /// the one in which their members are looked up.
    groups: HashMap<(u32, TypeId), Group>,
    /// For a local node, its copy in the relocated plan. Fields that the target lacks have these copies as their types.
    pub zeros: HashMap<u32, u32>,
    pub numbers: HashMap<StoredNumber, u32>,
    members: HashMap<TypeId, Rc<Members<'a>>>,
    reader: MemberReader<'a>,
    pub candidates: Candidates<'a>,
    pub lack: Lack,
    /// The number of fields that the target lacks and that are therefore read as zero.
    pub zero_fields: usize,
}

/// A relocated unnamed struct or union. Its members have the offsets that they have in the target, so its own offset
/// and size are computed from those of its members.
#[derive(Clone, Copy)]
struct Group {
    node: u32,
    /// The offset in bits from the start of the enclosing type.
    bit_offset: u32,
    last: bool,
}

/// The place and the type of a field that the target has.
struct FoundField {
    ty: ValueType,
    bit_offset: u32,
    bits: u8,
    last: bool,
    /// The type in the target. For an unnamed struct or union, this is the enclosing type instead.
    to: TypeId,
}

impl<'a> Walk<'a> {
    pub fn new(relocation: Relocation<'a>, from: &'a Plan) -> Walk<'a> {
        let volume = relocation.local.volume() + relocation.target.volume();
        Walk {
            relocation,
            from,
            plan: Plan::empty(relocation.target.endian),
            origins: Vec::new(),
            known: HashMap::new(),
            groups: HashMap::new(),
            zeros: HashMap::new(),
            numbers: HashMap::new(),
            members: HashMap::new(),
            reader: MemberReader {
                btf: relocation.target,
                steps: 4 * volume + (1 << 20),
            },
            candidates: Candidates::default(),
            lack: Lack::default(),
            zero_fields: 0,
        }
    }

    /// Returns the relocated plan. Returns an error if `lack` has recorded anything. It has not recorded what the
    /// caller's rules allow to be missing.
    pub fn finish(self) -> Result<Plan, Lack> {
        if !self.lack.parts.is_empty() {
            return Err(self.lack);
        }
        let mut plan = self.plan;
        let origins = self.origins.iter();
        // A relocated variant has equivalent arms if the local variant has them.
        let equivalent =
            origins.map(|own| own.is_some_and(|own| self.from.has_equivalent_arms(own)));
        plan.equivalent_arms = equivalent.collect();
        plan.arm_choices = vec![None; plan.nodes.len()];
        plan.owners = vec![None; plan.nodes.len()];
        let mut labels = HashSet::new();
        let nodes = plan.nodes.iter();
        let second_layouts =
            nodes.map(|node| !node.label.is_empty() && !labels.insert(&*node.label));
        plan.second_layouts = second_layouts.collect();
        Ok(plan)
    }

    /// Returns the relocated node for a local node and a type of the target, if it was made already.
    pub fn known(&self, node: u32, to: TypeId) -> Option<u32> {
        self.known.get(&(node, to)).copied()
    }

    pub fn push(&mut self, node: Node, origin: Option<u32>) -> u32 {
        self.plan.nodes.push(node);
        self.origins.push(origin);
        self.plan.nodes.len() as u32 - 1
    }

    /// Relocates a node to a type of the target. The caller must have resolved typedefs.
    pub fn node(&mut self, node: u32, to: TypeId, path: &Path<'_>) -> Result<u32, Why> {
        let Some(local) = self.from.node(node) else {
            return Ok(node);
        };
        let size = self.relocation.target.size(to).unwrap_or(0);
        let own = local.c.as_deref().map(Path::start);
        let path = own.as_ref().unwrap_or(path);
        let kind = match (&local.kind, self.relocation.target.ty(to)) {
            (NodeKind::Record(fields), _) => NodeKind::Record(self.fields(fields, to, path)),
            (NodeKind::Variant(arms), _) => NodeKind::Variant(self.fields(arms, to, path)),
            (_, Type::Enum(e)) if !e.is_number() => return Err(Why::Size(e.size.into())),
            (NodeKind::Enum(cases), Type::Enum(e)) => NodeKind::Enum(self.cases(cases, e, false)),
            (NodeKind::Flags(cases), Type::Enum(e)) => NodeKind::Flags(self.cases(cases, e, true)),
            (kind, _) => kind.clone(),
        };
        let relocated = Node {
            label: local.label.clone(),
            c: local.c.clone(),
            size,
            least_size: size.min(local.size),
            kind,
        };
        let at = self.push(relocated, Some(node));
        self.known.insert((node, to), at);
        Ok(at)
    }

    fn fields(&mut self, fields: &[NodeField], to: TypeId, path: &Path<'_>) -> Vec<NodeField> {
        let each = fields.iter().enumerate();
        each.map(|(position, field)| self.field(fields, position, field, to, path))
            .collect()
    }

    fn field(
        &mut self,
        siblings: &[NodeField],
        position: usize,
        field: &NodeField,
        to: TypeId,
        path: &Path<'_>,
    ) -> NodeField {
        let Some(ty) = &field.ty else {
            // An arm without a payload has no bytes to relocate.
            return field.clone();
        };
        let before = siblings.get(..position).unwrap_or_default();
        let unnamed = before.iter().filter(|own| self.is_unnamed_scalar(own));
        let unnamed = unnamed.count();
        match self.found(field, ty, to, path, unnamed) {
            Ok(found) => NodeField {
                bit_offset: found.bit_offset,
                bits: found.bits,
                last: found.last,
                recast: self.is_recast(field.c_type, found.to),
                enumerators: self.enumerators(field, found.to),
                ty: Some(found.ty),
                ..field.clone()
            },
            Err(Why::NotThere(_)) => {
                let why = Why::NotThere(self.near(siblings, field, to));
                self.lacking(field, ty, why, path)
            }
            Err(why) => self.lacking(field, ty, why, path),
        }
    }

    /// Returns a field that reads as zero. Also records an error, unless the caller's rules allow that the field is
    /// missing.
    fn lacking(
        &mut self,
        field: &NodeField,
        ty: &ValueType,
        why: Why,
        path: &Path<'_>,
    ) -> NodeField {
        let own = path.member(&field.name);
        if self.relocation.rules.is_zero(&own) {
            self.zero_fields += 1;
        } else {
            self.lack.members = true;
            self.lack.parts.push((own.to_string(), why));
        }
        NodeField {
            bit_offset: 0,
            last: false,
            missing: true,
            ty: Some(self.zero_type(ty)),
            ..field.clone()
        }
    }

    /// Returns whether exactly one of two types is a `bool` or an array of `bool`.
    fn is_recast(&self, of: TypeId, to: TypeId) -> bool {
        fn is_boolean(btf: &Btf, mut id: TypeId) -> bool {
            loop {
                id = btf.resolved(id);
                match btf.ty(id) {
                    Type::Array { element, .. } => id = *element,
                    ty => return matches!(ty, Type::Int(int) if int.boolean),
                }
            }
        }
        is_boolean(self.relocation.local, of) != is_boolean(self.relocation.target, to)
    }

    fn is_unnamed_scalar(&self, field: &NodeField) -> bool {
        let local = self.relocation.local;
        field.unnamed && local.ty(local.resolved(field.c_type)).composite().is_none()
    }

    /// Finds a field among the members of the target's type. `unnamed` is the number of unnamed scalars before the
    /// field. An unnamed scalar is found by this number.
    fn found(
        &mut self,
        field: &NodeField,
        ty: &ValueType,
        to: TypeId,
        path: &Path<'_>,
        unnamed: usize,
    ) -> Result<FoundField, Why> {
        if field.unnamed && !self.is_unnamed_scalar(field) {
            return self.found_unnamed(field, ty, to, path);
        }
        let members = self.members(to)?;
        let place = match field.unnamed {
            true => members.unnamed.get(unnamed),
            false => members.by_name.get(&*field.name),
        };
        let place = *place.ok_or_else(|| Why::NotThere(Vec::new()))?;
        let inner = path.member(&field.name);
        let (ty, bits) = self.value(ty, field.c_type, place.ty, place.bits, &inner)?;
        Ok(FoundField {
            ty,
            bit_offset: place.bit_offset,
            bits,
            last: place.last,
            to: place.ty,
        })
    }

    /// Finds a field that is an unnamed struct or union.
    fn found_unnamed(
        &mut self,
        field: &NodeField,
        ty: &ValueType,
        to: TypeId,
        path: &Path<'_>,
    ) -> Result<FoundField, Why> {
        if let (BaseType::Node(node), []) = (ty.base, &*ty.dims) {
            let group = self.group(node, to, path);
            return Ok(FoundField {
                ty: ValueType::plain(BaseType::Node(group.node)),
                bit_offset: group.bit_offset,
                bits: 0,
                last: group.last,
                to,
            });
        }
        // In WIT, this unnamed union is a list of bytes. It has no name, so the name of its first member is looked up
        // in the target. The unnamed union of the target that contains this member corresponds to the local one.
        let members = self.members(to)?;
        let union = members
            .by_name
            .get(&*field.name)
            .and_then(|place| place.union);
        let union = union.ok_or_else(|| Why::NotThere(Vec::new()))?;
        let (ty, _) = self.value(ty, field.c_type, union.ty, 0, path)?;
        Ok(FoundField {
            ty,
            bit_offset: union.bit_offset,
            bits: 0,
            last: union.last,
            to,
        })
    }

    pub fn members(&mut self, to: TypeId) -> Result<Rc<Members<'a>>, Why> {
        self.reader.steps = self.reader.steps.checked_sub(1).ok_or(Why::TooMany)?;
        if let Some(known) = self.members.get(&to) {
            return Ok(known.clone());
        }
        let members = self.reader.read(to).map_err(|_| Why::TooMany)?;
        let members = Rc::new(members);
        self.members.insert(to, members.clone());
        Ok(members)
    }

    /// Relocates an unnamed struct or union. Its members are looked up in the type of the target that corresponds to
    /// the enclosing type.
    fn group(&mut self, node: u32, to: TypeId, path: &Path<'_>) -> Group {
        if let Some(known) = self.groups.get(&(node, to)) {
            return *known;
        }
        let Some(local) = self.from.node(node) else {
            return Group {
                node,
                bit_offset: 0,
                last: false,
            };
        };
        let mut fields = self.fields(local.fields(), to, path);
        let there = || fields.iter().filter(|f| f.ty.is_some() && !f.missing);
        let first = there().map(|field| field.bit_offset / 8 * 8).min();
        let first = first.unwrap_or(0);
        let last = there().any(|field| field.last);
        let end = there().map(|field| self.end(field)).max();
        for field in fields.iter_mut().filter(|field| !field.missing) {
            field.bit_offset = field.bit_offset.saturating_sub(first);
        }
        let size = end.unwrap_or(0).saturating_sub(u64::from(first / 8));
        let relocated = Node {
            label: local.label.clone(),
            c: local.c.clone(),
            size,
            least_size: size,
            kind: match local.kind {
                NodeKind::Variant(_) => NodeKind::Variant(fields),
                _ => NodeKind::Record(fields),
            },
        };
        let group = Group {
            node: self.push(relocated, Some(node)),
            bit_offset: first,
            last,
        };
        self.groups.insert((node, to), group);
        group
    }

    /// Returns the offset in bytes at which a field ends.
    fn end(&self, field: &NodeField) -> u64 {
        let bits = match (field.bits, &field.ty) {
            (0, Some(ty)) => 8 * self.plan.size_of(ty),
            (bits, _) => bits.into(),
        };
        (u64::from(field.bit_offset) + bits).div_ceil(8)
    }
}
