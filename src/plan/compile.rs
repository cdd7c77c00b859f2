//! From lowered items to a plan.

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

/// The plan of an item and of what it holds by value, and what the item is.
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

/// The same of a value of any type, whose anonymous elements are the item `anonymous`.
pub(crate) fn compile_value(
    btf: &Btf,
    names: &Names,
    lower: &mut Lower<'_>,
    ty: TypeId,
    anonymous: Option<EntityId>,
) -> Result<(Plan, ValueType), Malformed> {
    let mut item = Item::default();
    let ty = lower.value(&mut item, ty, anonymous);
    let mut compiler = Compiler::new(btf, names);
    // What the value holds is lowered as what an item holds.
    let raw = compiler.raw(&item, ty);
    compiler.lower(lower, &[])?;
    let plan = compiler.plan();
    Ok((plan, compiler.resolve(&raw)))
}

/// The same of several items, which share their nodes.
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
    /// Items that are still to be lowered.
    open: Vec<EntityId>,
    found: HashMap<EntityId, ItemType>,
    raw: Vec<UnresolvedNode>,
    interner: Interner,
    /// Those of enums that are integers.
    enumerators: HashMap<TypeId, Arc<[NamedValue]>>,
}

/// Names and labels, each once, however many fields and cases have it.
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

/// What an item is.
enum ItemType {
    Node(u32),
    /// Another name of a type.
    Alias(UnresolvedType),
    Resolved(ValueType),
}

/// A type whose items may be aliases.
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

/// A node whose fields are still to be resolved.
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
            found: HashMap::new(),
            raw: Vec::new(),
            interner: Interner::default(),
            enumerators: HashMap::new(),
        }
    }

    /// Lowers items and what they hold by value.
    fn lower(&mut self, lower: &mut Lower<'_>, roots: &[EntityId]) -> Result<(), Malformed> {
        let mut item = Item::default();
        self.open.extend_from_slice(roots);
        while let Some(id) = self.open.pop() {
            if !self.found.contains_key(&id) {
                lower.item(id, &mut item)?;
                self.add(id, &item);
            }
        }
        Ok(())
    }

    /// The nodes that were found, without aliases.
    fn plan(&mut self) -> Plan {
        let nodes = std::mem::take(&mut self.raw).into_iter();
        let nodes = nodes.map(|raw| self.finish(raw)).collect();
        Plan::new(self.btf.endian, nodes)
    }

    fn add(&mut self, id: EntityId, item: &Item) {
        let kind = match item.body {
            lower::Body::Alias(ty) => {
                let raw = self.raw(item, ty);
                self.found.insert(id, ItemType::Alias(raw));
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
        let types = types.map(|ty| ty.map(|ty| self.raw(item, ty))).collect();
        let ty = self.names.entity(id).ty;
        let node = Node {
            label: self.names.label(id).to_owned(),
            c: self.c(id),
            size: self.btf.size(ty).unwrap_or(0),
            kind,
        };
        self.found.insert(id, ItemType::Node(self.raw.len() as u32));
        self.raw.push(UnresolvedNode { node, types });
    }

    fn raw(&mut self, item: &Item, ty: lower::Ty) -> UnresolvedType {
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
            let further = item.synonyms(case).iter();
            let names = std::iter::once(&case.name).chain(further);
            CaseEntry {
                label: self.interner.get(item.labels.label(i)),
                names: names
                    .map(|name| self.interner.get(self.btf.name(*name)))
                    .collect(),
                value: case.value & mask,
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

    fn finish(&mut self, raw: UnresolvedNode) -> Node {
        let mut node = raw.node;
        if let NodeKind::Record(fields) | NodeKind::Variant(fields) = &mut node.kind {
            for (field, ty) in fields.iter_mut().zip(raw.types) {
                field.ty = ty.map(|ty| self.resolve(&ty));
                let base = field.ty.as_ref().map(|ty| ty.base);
                if matches!(base, Some(BaseType::Int { .. })) {
                    field.enumerators = self.enumerators(field.c_type);
                }
            }
        }
        node
    }

    /// The enumerators of a C type, if it is an enum.
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

    /// Sees through aliases. Their chains may be long, so that what was found out is kept.
    fn resolve(&mut self, raw: &UnresolvedType) -> ValueType {
        let mut chain = Vec::new();
        let mut base = raw.base;
        let mut ty = loop {
            let found = match base {
                lower::ElementType::Item(id) => self.found.get(&id).map(|found| (id, found)),
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
            if let Some(ItemType::Alias(alias)) = self.found.get(&id) {
                ty = ty.inside(&alias.dims);
                self.found.insert(id, ItemType::Resolved(ty.clone()));
            }
        }
        ty.inside(&raw.dims)
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
            // Every item that is referred to was lowered, so that no such node is asked for.
            lower::ElementType::Item(_) => BaseType::Node(u32::MAX),
        }
    }

    /// What C calls an item that has a name: `union addr`, `addr_t`.
    fn c(&self, id: EntityId) -> Option<String> {
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
