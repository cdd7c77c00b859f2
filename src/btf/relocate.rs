//! Moves the types of a module from the base in the module's file to the BTF of a kernel.
//!
//! Since Linux 6.11, a module may have a section `.BTF.base` with the names, kinds and sizes of the kernel types that
//! it uses. The kernel calls the content of this section a distilled base. A module with this section does not depend
//! on a kernel's type ids. This file rewrites the module's type ids and name offsets by the rules of `btf_relocate` in
//! the kernel and libbpf. The result is ordinary split BTF.

use std::collections::HashMap;

use super::{
    Btf, UncheckedBtf,
    encoding::Reference,
    load::Tables,
    malformed::Malformed,
    name_budget,
    sections::{BaseExtent, Sections},
    strings::Strings,
    types::{Type, TypeId},
};

/// Split BTF whose type ids and name offsets were rewritten for another base.
pub(super) struct Relocated {
    pub bytes: Vec<u8>,
    /// The number of types in the former base, each of which was found in the new base.
    pub types: usize,
}

/// Moves split BTF from the base in the same file (`distilled_base`) to another base (`base`).
pub(super) fn relocate(
    bytes: &[u8],
    distilled_base: Vec<u8>,
    base: Vec<u8>,
) -> Result<Relocated, Malformed> {
    let before = BaseExtent::of(&distilled_base)?;
    let after = BaseExtent::of(&base)?;
    let split = UncheckedBtf::split(bytes, distilled_base)?.checked(None)?;
    let map = IdMap::new(&split, &NewBase::read(base)?)?;
    let sections = Sections::read(bytes, before)?;
    let mut relocated = bytes.to_vec();
    for (at, ty) in sections.raw_types(bytes) {
        let Some(kind) = ty.known_kind() else { break };
        for (offset, reference) in ty.references(kind) {
            let at = at + offset;
            let word = sections.word(bytes, at);
            let word = match reference {
                Reference::Type => map.ty(word, before.types, after.types),
                Reference::Name => map.name(word, before.names, after.names)?,
            };
            if let Some(place) = relocated.get_mut(at..at + 4) {
                place.copy_from_slice(&sections.endian.bytes(word));
            }
        }
    }
    Ok(Relocated {
        bytes: relocated,
        types: before.types as usize,
    })
}

/// Maps types and names of the former base to those of the new base.
struct IdMap {
    /// The new id of each type of the former base. The former id is the index.
    types: Vec<TypeId>,
    /// The new offset of the name of each type of the former base. The former offset is the key.
    names: HashMap<u32, u32>,
}

impl IdMap {
    fn new(split: &Btf, base: &NewBase) -> Result<IdMap, Malformed> {
        let mut map = IdMap {
            types: vec![TypeId::VOID],
            names: HashMap::from([(0, 0)]),
        };
        let former = || split.ids().take(split.base_len());
        let named = base.named(former().map(|id| split.name_of(id)));
        let embedded = embedded(split);
        for id in former() {
            let name = split.name_of(id);
            let find = || {
                let requirement = Requirement::new(split.ty(id), embedded[id.index()])?;
                match named.get(name).filter(|_| !name.is_empty()) {
                    Some(types) => base.find(&requirement, types),
                    None => Err("a type of the section '.BTF.base' needs a name".to_owned()),
                }
            };
            let new_id = find().map_err(|what: String| Malformed::new(what).in_type(id.0, name))?;
            let new_name = base.tables.types[new_id.index()].name();
            let former_offset = split.strings.offset(split.ty(id).name());
            map.names
                .insert(former_offset, base.strings.offset(new_name));
            map.types.push(new_id);
        }
        Ok(map)
    }

    /// Returns the new id of a type. `before` and `after` are the numbers of types in the former and the new base,
    /// excluding `void`. A type of the split BTF keeps its distance from the end of the base, so an id that is out of
    /// range stays out of range.
    fn ty(&self, id: u32, before: u32, after: u32) -> u32 {
        match self.types.get(id as usize) {
            Some(new_id) => new_id.0,
            None => id.saturating_sub(before).saturating_add(after),
        }
    }

    /// Returns the new offset of a name. `before` and `after` are the lengths in bytes of the string sections of the
    /// former and the new base.
    fn name(&self, offset: u32, before: usize, after: usize) -> Result<u32, Malformed> {
        if offset as usize >= before {
            let moved = offset as usize - before + after;
            return Ok(u32::try_from(moved).unwrap_or(u32::MAX));
        }
        self.names.get(&offset).copied().ok_or_else(|| {
            Malformed::new(format!(
                "name offset {offset} is that of no type of its section '.BTF.base'"
            ))
        })
    }
}

/// Returns, for each type of the base, whether a struct or union of the split BTF has a member of this type, or of an
/// array of this type. Such a type must have the same size in the new base, since the offsets of the members depend on
/// this size.
fn embedded(split: &Btf) -> Vec<bool> {
    let mut embedded = vec![false; split.base_len() + 1];
    let split_ids = split.ids().skip(split.base_len());
    for composite in split_ids.filter_map(|id| split.ty(id).composite()) {
        for member in split.members(composite) {
            let mut id = split.resolved(member.ty);
            while let Type::Array { element, .. } = *split.ty(id) {
                id = split.resolved(element);
            }
            if let Some(embedded) = embedded.get_mut(id.index()) {
                *embedded = true;
            }
        }
    }
    embedded
}

/// The properties that a type of the new base must have in order to replace a type of the former base.
struct Requirement {
    kind: RequiredKind,
    /// The size in bytes, or `None` for a forward declaration.
    size: Option<u32>,
    /// Whether the size must be the same. If not, the size may differ if only one type of the new base matches.
    same_size: bool,
}

#[derive(Clone, Copy)]
enum RequiredKind {
    Int { encoding: u8 },
    Float,
    Enum,
    Struct,
    Union,
    DeclaredStruct,
    DeclaredUnion,
}

impl Requirement {
    /// Returns the properties that the replacement for a type of the former base must have. Fails if the kind of `ty`
    /// is not allowed in `.BTF.base`.
    fn new(ty: &Type, is_embedded: bool) -> Result<Requirement, String> {
        let kind = match *ty {
            Type::Int(int) => RequiredKind::Int {
                encoding: int.encoding,
            },
            Type::Float { .. } => RequiredKind::Float,
            Type::Enum(_) => RequiredKind::Enum,
            Type::Struct(_) => RequiredKind::Struct,
            Type::Union(_) => RequiredKind::Union,
            Type::Forward { union: false, .. } => RequiredKind::DeclaredStruct,
            Type::Forward { union: true, .. } => RequiredKind::DeclaredUnion,
            _ => {
                let kind = ty.kind();
                return Err(format!("a {kind} cannot stand in the section '.BTF.base'"));
            }
        };
        Ok(Requirement {
            kind,
            size: size(ty),
            same_size: is_embedded || ty.composite().is_none() && size(ty).is_some(),
        })
    }

    fn matches(&self, ty: &Type) -> bool {
        match (self.kind, ty) {
            (RequiredKind::Int { encoding }, Type::Int(int)) => int.encoding == encoding,
            (RequiredKind::Float, Type::Float { .. }) | (RequiredKind::Enum, Type::Enum(_)) => true,
            (RequiredKind::Struct | RequiredKind::DeclaredStruct, Type::Struct(_)) => true,
            (RequiredKind::Union | RequiredKind::DeclaredUnion, Type::Union(_)) => true,
            (RequiredKind::DeclaredStruct, Type::Forward { union, .. }) => !union,
            (RequiredKind::DeclaredUnion, Type::Forward { union, .. }) => *union,
            _ => false,
        }
    }

    /// Returns a phrase such as `a struct of 4 bytes`. If `size_counts` is false, returns only `a struct`.
    fn words(&self, size_counts: bool) -> String {
        let kind = match self.kind {
            RequiredKind::Int { encoding: 0 } => "an unsigned integer",
            RequiredKind::Int { encoding: 1 } => "a signed integer",
            RequiredKind::Int { encoding: 2 } => "a char",
            RequiredKind::Int { encoding: 4 } => "a bool",
            RequiredKind::Int { .. } => "an integer",
            RequiredKind::Float => "a float",
            RequiredKind::Enum => "an enum",
            RequiredKind::Struct | RequiredKind::DeclaredStruct => "a struct",
            RequiredKind::Union | RequiredKind::DeclaredUnion => "a union",
        };
        match self.size.filter(|_| size_counts) {
            Some(1) => format!("{kind} of 1 byte"),
            Some(size) => format!("{kind} of {size} bytes"),
            None => kind.to_owned(),
        }
    }
}

impl RequiredKind {
    fn is_declared(self) -> bool {
        matches!(
            self,
            RequiredKind::DeclaredStruct | RequiredKind::DeclaredUnion
        )
    }
}

/// The base to which the split BTF is moved.
struct NewBase {
    tables: Tables,
    strings: Strings,
}

impl NewBase {
    fn read(base: Vec<u8>) -> Result<NewBase, Malformed> {
        let length = base.len();
        let UncheckedBtf {
            tables, strings, ..
        } = UncheckedBtf::unsplit(base)?;
        name_budget::check(&tables, &strings, length)?;
        Ok(NewBase { tables, strings })
    }

    /// For each of these names, returns the types that have the name. A name that no type has gets an empty list.
    fn named<'n>(&self, names: impl Iterator<Item = &'n str>) -> HashMap<&'n str, Vec<TypeId>> {
        let mut named: HashMap<&str, Vec<TypeId>> = names.map(|name| (name, Vec::new())).collect();
        for (id, ty) in (0..).map(TypeId).zip(&self.tables.types) {
            if let Some(types) = named.get_mut(self.strings.get(ty.name())) {
                types.push(id);
            }
        }
        named
    }

    /// Returns the type among `types` that meets the requirement. All `types` have the required name. Fails if no type
    /// meets the requirement, or if several types do. The exception: if a declaration is enough and one of several
    /// types is a declaration, returns the first declaration.
    fn find(&self, requirement: &Requirement, types: &[TypeId]) -> Result<TypeId, String> {
        let ty = |id: TypeId| &self.tables.types[id.index()];
        let of_kind = || {
            types
                .iter()
                .copied()
                .filter(|id| requirement.matches(ty(*id)))
        };
        let (mut size_counts, mut matches) = (requirement.same_size, of_kind().collect::<Vec<_>>());
        // The kernel also compares sizes if several types have the name and the kind.
        if matches.len() > 1 {
            size_counts |= requirement.size.is_some();
        }
        if size_counts {
            matches.retain(|id| size(ty(*id)) == requirement.size);
        }
        // The former base only declares the required type, so the module only has pointers to it. For a pointer, a
        // declaration in the new base is enough, so the first declaration is taken even if definitions match, too.
        if matches.len() > 1 && requirement.kind.is_declared() {
            let declared = |id: &TypeId| matches!(ty(*id), Type::Forward { .. });
            if let Some(first) = matches.iter().copied().find(declared) {
                matches = vec![first];
            }
        }
        let count = match matches.as_slice() {
            [only] => return Ok(*only),
            [] => "no match",
            [..] => "several matches",
        };
        let what = requirement.words(size_counts);
        Err(format!(
            "it has {count} in the base: the section '.BTF.base' asks for {what}"
        ))
    }
}

fn size(ty: &Type) -> Option<u32> {
    match *ty {
        Type::Int(int) => Some(int.size),
        Type::Float { size, .. } => Some(size),
        Type::Enum(e) => Some(e.size),
        Type::Struct(c) | Type::Union(c) => Some(c.size),
        _ => None,
    }
}
