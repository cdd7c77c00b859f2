//! Compiles lowered items to a plan.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{
    BaseType, CaseEntry, CaseTable, NamedValue, Node, NodeField, NodeKind, Plan, ValueType,
};
use crate::btf::{Btf, Malformed, Type, TypeId};
use crate::c::declaration;
use crate::c::members;
use crate::lower::{self, Dim, Item, Lower};
use crate::names::{EntityId, Kind, Names};

/// Returns the plan of an item and of everything that it contains by value. Also returns the type of the item in the
/// plan.
pub(crate) fn compile(
    btf: &Btf,
    names: &Names,
    lower: &mut Lower<'_>,
    root: EntityId,
) -> Result<(Plan, ValueType), Malformed> {
    let mut compiler = Compiler::new(btf, names);
    compiler.lower(lower, &[root])?;
    let plan = compiler.plan();
    Ok((plan, compiler.resolve(&UnresolvedType::item(root))))
}

/// Returns the plan of a value of any C type, and the type of the value in the plan. If the C type, or the type of its
/// elements, has no name, `anonymous` is the item of that type.
pub(crate) fn compile_value(
    btf: &Btf,
    names: &Names,
    lower: &mut Lower<'_>,
    ty: TypeId,
    anonymous: Option<EntityId>,
) -> Result<(Plan, ValueType), Malformed> {
    let (plan, types) = compile_values(btf, names, lower, &[(ty, anonymous)])?;
    let ty = types.into_iter().next();
    Ok((
        plan,
        ty.unwrap_or(ValueType::plain(BaseType::Node(u32::MAX))),
    ))
}

/// Returns one plan for values of several C types, and the type of each value in the plan. Each C type comes with the
/// item that `compile_value` gets as `anonymous`.
pub(crate) fn compile_values(
    btf: &Btf,
    names: &Names,
    lower: &mut Lower<'_>,
    values: &[(TypeId, Option<EntityId>)],
) -> Result<(Plan, Vec<ValueType>), Malformed> {
    let mut item = Item::default();
    let mut compiler = Compiler::new(btf, names);
    let mut unresolved = Vec::new();
    for (ty, anonymous) in values {
        let ty = lower.value(&mut item, *ty, *anonymous);
        // If the type of the value refers to an item, this call adds it to `open`, where `Compiler::lower` finds it.
        unresolved.push(compiler.unresolved(&item, ty));
    }
    compiler.lower(lower, &[])?;
    let plan = compiler.plan();
    let types = unresolved.iter().map(|ty| compiler.resolve(ty));
    Ok((plan, types.collect()))
}

/// Returns one plan for several items, and the type of each item in the plan.
pub(crate) fn compile_all(
    btf: &Btf,
    names: &Names,
    lower: &mut Lower<'_>,
    roots: &[EntityId],
) -> Result<(Plan, Vec<ValueType>), Malformed> {
    let mut compiler = Compiler::new(btf, names);
    compiler.lower(lower, roots)?;
    let plan = compiler.plan();
    let types = roots
        .iter()
        .map(|id| compiler.resolve(&UnresolvedType::item(*id)));
    Ok((plan, types.collect()))
}

struct Compiler<'a> {
    btf: &'a Btf,
    names: &'a Names,
    /// The items that must still be lowered.
    open: Vec<EntityId>,
    items: HashMap<EntityId, ItemType>,
    nodes: Vec<UnresolvedNode>,
    interner: Interner,
    /// The enumerators of those C enums that are integers in WIT.
    enumerators: HashMap<TypeId, Arc<[NamedValue]>>,
}

/// Stores each name and label only once, even if many fields and cases have it.
#[derive(Default)]
struct Interner(HashSet<Arc<str>>);

impl Interner {
    fn get(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        let new: Arc<str> = text.into();
        self.0.insert(new.clone());
        new
    }
}

/// The type of an item.
enum ItemType {
    Node(u32),
    /// The item is an alias. Its target may contain aliases.
    Alias(UnresolvedType),
    Resolved(ValueType),
}

/// A type that may refer to aliases.
struct UnresolvedType {
    base: lower::ElementType,
    dims: Vec<Dim>,
}

impl UnresolvedType {
    fn item(id: EntityId) -> UnresolvedType {
        UnresolvedType {
            base: lower::ElementType::Item(id),
            dims: Vec::new(),
        }
    }
}

/// A node, and the types of its fields, which may refer to aliases.
struct UnresolvedNode {
    node: Node,
    types: Vec<Option<UnresolvedType>>,
}

impl<'a> Compiler<'a> {
    fn new(btf: &'a Btf, names: &'a Names) -> Compiler<'a> {
        Compiler {
            btf,
            names,
            open: Vec::new(),
            items: HashMap::new(),
            nodes: Vec::new(),
            interner: Interner::default(),
            enumerators: HashMap::new(),
        }
    }

    /// Lowers `roots`, the items in `open`, and everything that they contain by value.
    fn lower(&mut self, lower: &mut Lower<'_>, roots: &[EntityId]) -> Result<(), Malformed> {
        let mut item = Item::default();
        self.open.extend_from_slice(roots);
        while let Some(id) = self.open.pop() {
            if !self.items.contains_key(&id) {
                lower.item(id, &mut item)?;
                self.add(id, &item);
            }
        }
        Ok(())
    }

    /// Returns the plan of all lowered items, with each alias replaced by its target.
    fn plan(&mut self) -> Plan {
        let nodes = std::mem::take(&mut self.nodes).into_iter();
        let nodes = nodes.map(|node| self.finish(node)).collect();
        Plan::new(self.btf.endian, nodes)
    }

    fn add(&mut self, id: EntityId, item: &Item) {
        let kind = match item.body {
            lower::Body::Alias(ty) => {
                let unresolved = self.unresolved(item, ty);
                self.items.insert(id, ItemType::Alias(unresolved));
                return;
            }
            lower::Body::Variant => NodeKind::Variant(self.fields(item)),
            lower::Body::Enum => NodeKind::Enum(self.cases(id, item)),
            lower::Body::Flags => NodeKind::Flags(self.cases(id, item)),
            lower::Body::Record | lower::Body::Function { .. } => {
                NodeKind::Record(self.fields(item))
            }
        };
        let types = item.members.iter().map(|m| m.ty);
        let types = types
            .map(|ty| ty.map(|ty| self.unresolved(item, ty)))
            .collect();
        let ty = self.names.entity(id).ty;
        let size = self.btf.size(ty).unwrap_or(0);
        let node = Node {
            label: self.names.label(id).to_owned(),
            c: self.c_name(id),
            size,
            least_size: size,
            kind,
        };
        self.items
            .insert(id, ItemType::Node(self.nodes.len() as u32));
        self.nodes.push(UnresolvedNode { node, types });
    }

    fn unresolved(&mut self, item: &Item, ty: lower::WitType) -> UnresolvedType {
        if let lower::ElementType::Item(id) = ty.base {
            self.open.push(id);
        }
        UnresolvedType {
            base: ty.base,
            dims: item.dims(ty).to_vec(),
        }
    }

    fn fields(&mut self, item: &Item) -> Vec<NodeField> {
        let furthest = item.members.iter().map(|m| m.bit_offset).max();
        let mut unnamed = 0;
        let members = item.members.iter().enumerate();
        let field = |(i, member): (usize, &lower::Member)| {
            let c_name = self.btf.name(member.name);
            let name = match c_name {
                "" => {
                    unnamed += 1;
                    members::unnamed(unnamed - 1).into()
                }
                name => self.interner.get(name),
            };
            NodeField {
                label: self.interner.get(item.labels.label(i)),
                name,
                unnamed: member.borrowed_name || c_name.is_empty(),
                c_type: self.btf.unqualified(member.c_type),
                enumerators: None,
                ty: None,
                bit_offset: member.bit_offset,
                bits: member.bits,
                last: Some(member.bit_offset) == furthest,
                missing: false,
                recast: false,
            }
        };
        members.map(field).collect()
    }

    fn cases(&mut self, id: EntityId, item: &Item) -> CaseTable {
        let body = members::body(self.btf, self.names.entity(id).ty);
        let (size, signed) = match self.btf.ty(body) {
            Type::Enum(e) => (e.size as u8, e.signed),
            _ => (8, false),
        };
        let mut cases = CaseTable {
            size,
            signed,
            cases: Vec::new(),
            sorted: Vec::new(),
        };
        let mask = cases.mask();
        let case = |(i, case): (usize, &lower::Case)| {
            let synonyms = item.synonyms(case).iter();
            let names = std::iter::once(&case.name).chain(synonyms);
            CaseEntry {
                label: self.interner.get(item.labels.label(i)),
                names: names
                    .map(|name| self.interner.get(self.btf.name(*name)))
                    .collect(),
                value: case.value & mask,
                absent: false,
            }
        };
        cases.cases = item.cases.iter().enumerate().map(case).collect();
        cases.sorted = (0..cases.cases.len() as u32).collect();
        let values = &cases.cases;
        cases
            .sorted
            .sort_unstable_by_key(|at| values[*at as usize].value);
        cases
    }

    fn finish(&mut self, unresolved: UnresolvedNode) -> Node {
        let mut node = unresolved.node;
        if let NodeKind::Record(fields) | NodeKind::Variant(fields) = &mut node.kind {
            for (field, ty) in fields.iter_mut().zip(unresolved.types) {
                field.ty = ty.map(|ty| self.resolve(&ty));
                let base = field.ty.as_ref().map(|ty| ty.base);
                if matches!(base, Some(BaseType::Int { .. })) {
                    field.enumerators = self.enumerators(field.c_type);
                }
            }
        }
        node
    }

    /// Returns the enumerators of a C type, or `None` if the type is not an enum.
    fn enumerators(&mut self, c_type: TypeId) -> Option<Arc<[NamedValue]>> {
        let id = self.btf.resolved(c_type);
        let Type::Enum(e) = self.btf.ty(id) else {
            return None;
        };
        if let Some(known) = self.enumerators.get(&id) {
            return Some(known.clone());
        }
        let all = self.btf.enumerators(e).iter().map(|enumerator| NamedValue {
            name: self.interner.get(self.btf.name(enumerator.name)),
            value: enumerator.value,
        });
        let all: Arc<[NamedValue]> = all.collect();
        self.enumerators.insert(id, all.clone());
        Some(all)
    }

    /// Replaces the aliases in a type by their targets. Each result is stored, since chains of aliases may be long.
    fn resolve(&mut self, unresolved: &UnresolvedType) -> ValueType {
        let mut chain = Vec::new();
        let mut base = unresolved.base;
        let mut ty = loop {
            let found = match base {
                lower::ElementType::Item(id) => self.items.get(&id).map(|found| (id, found)),
                _ => None,
            };
            match found {
                Some((id, ItemType::Alias(alias))) => {
                    chain.push(id);
                    base = alias.base;
                }
                Some((_, ItemType::Resolved(ty))) => break ty.clone(),
                Some((_, ItemType::Node(node))) => break ValueType::plain(BaseType::Node(*node)),
                None => break ValueType::plain(self.scalar(base)),
            }
        };
        for id in chain.into_iter().rev() {
            if let Some(ItemType::Alias(alias)) = self.items.get(&id) {
                ty = ty.inside(&alias.dims);
                self.items.insert(id, ItemType::Resolved(ty.clone()));
            }
        }
        ty.inside(&unresolved.dims)
    }

    fn scalar(&self, base: lower::ElementType) -> BaseType {
        match base {
            lower::ElementType::Bool { bytes } => BaseType::Bool { bytes },
            lower::ElementType::Int { bytes, signed } => BaseType::Int { bytes, signed },
            lower::ElementType::Wide { signed } => BaseType::Wide { signed },
            lower::ElementType::Float { bytes } => BaseType::Float { bytes },
            lower::ElementType::Pointer => BaseType::Int {
                bytes: self.btf.pointer_size,
                signed: false,
            },
            lower::ElementType::String { bytes } => BaseType::Text { room: bytes },
            // This arm is unreachable: `lower` has lowered every item to which a type refers.
            lower::ElementType::Item(_) => BaseType::Node(u32::MAX),
        }
    }

    /// Returns the C name of an item, such as `union addr` or `addr_t`. Returns `None` if the item is anonymous.
    fn c_name(&self, id: EntityId) -> Option<String> {
        let entity = self.names.entity(id);
        if self.btf.name_of(entity.ty).is_empty() {
            return None;
        }
        let mut c = String::new();
        match entity.kind {
            Kind::Typedef => c.push_str(self.btf.name_of(entity.ty)),
            _ => declaration::tag(&mut c, self.btf, entity.ty),
        }
        Some(c)
    }
}
