//! Moves a module's types from the base that it brings along to the BTF of a kernel.
//!
//! Since Linux 6.11 a module may bring `.BTF.base`: the names, kinds and sizes of the types that it
//! needs of its kernel, so that it fits kernels whose type ids are others. The rules are those of the
//! kernel's and libbpf's `btf_relocate`. The ids and name offsets of the module are rewritten, and what
//! comes out is read as any split BTF is. Decides nothing about how types are written.

use std::collections::HashMap;

use super::{
    Btf, Read,
    encoding::Reference,
    load::Tables,
    malformed::Malformed,
    name_budget,
    sections::{Base, Sections},
    strings::Strings,
    types::{Type, TypeId},
};

/// Split BTF whose ids and names continue those of another base than before.
pub(super) struct Relocated {
    pub bytes: Vec<u8>,
    /// How many types of the former base were found in the new one.
    pub types: usize,
}

/// Moves split BTF from the base that it brings along to another one.
pub(super) fn relocate(
    bytes: &[u8],
    brought: Vec<u8>,
    base: Vec<u8>,
) -> Result<Relocated, Malformed> {
    let before = Base::of(&brought)?;
    let after = Base::of(&base)?;
    let split = Read::split(bytes, brought)?.checked(None)?;
    let map = Map::of(&split, &Kernel::read(base)?)?;
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

/// Where in the new base the types and names of the former one are.
struct Map {
    /// By type id.
    types: Vec<TypeId>,
    /// By the offset of a name: its offset in the new base.
    names: HashMap<u32, u32>,
}

impl Map {
    fn of(split: &Btf, kernel: &Kernel) -> Result<Map, Malformed> {
        let mut map = Map {
            types: vec![TypeId::VOID],
            names: HashMap::from([(0, 0)]),
        };
        let former = || split.ids().take(split.base_len());
        let named = kernel.named(former().map(|id| split.name_of(id)));
        let embedded = embedded(split);
        for id in former() {
            let name = split.name_of(id);
            let find = || {
                let wanted = Wanted::of(split.ty(id), embedded[id.index()])?;
                match named.get(name).filter(|_| !name.is_empty()) {
                    Some(types) => kernel.find(&wanted, types),
                    None => Err("a type of the section '.BTF.base' needs a name".to_owned()),
                }
            };
            let found = find().map_err(|what: String| Malformed::new(what).in_type(id.0, name))?;
            let there = kernel.tables.types[found.index()].name();
            let here = split.strings.offset(split.ty(id).name());
            map.names.insert(here, kernel.strings.offset(there));
            map.types.push(found);
        }
        Ok(map)
    }

    /// The new id of a type. What is out of range stays so.
    fn ty(&self, id: u32, before: u32, after: u32) -> u32 {
        match self.types.get(id as usize) {
            Some(found) => found.0,
            None => id.saturating_sub(before).saturating_add(after),
        }
    }

    /// The new offset of a name.
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

/// Which types of the base stand by value in a struct or union of the split BTF: there the size
/// counts.
fn embedded(split: &Btf) -> Vec<bool> {
    let mut embedded = vec![false; split.base_len() + 1];
    let own = split.ids().skip(split.base_len());
    for composite in own.filter_map(|id| split.ty(id).composite()) {
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

/// A type to be found by its name.
struct Wanted {
    kind: Kind,
    /// Bytes; nothing for what is only declared.
    size: Option<u32>,
    /// Whether a type of another size is another type.
    exact: bool,
}

#[derive(Clone, Copy)]
enum Kind {
    Int { encoding: u8 },
    Float,
    Enum,
    Struct,
    Union,
    DeclaredStruct,
    DeclaredUnion,
}

impl Wanted {
    /// What a type of the former base asks for, or why it cannot stand there.
    fn of(ty: &Type, is_embedded: bool) -> Result<Wanted, String> {
        let kind = match *ty {
            Type::Int(int) => Kind::Int {
                encoding: int.encoding,
            },
            Type::Float { .. } => Kind::Float,
            Type::Enum(_) => Kind::Enum,
            Type::Struct(_) => Kind::Struct,
            Type::Union(_) => Kind::Union,
            Type::Forward { union: false, .. } => Kind::DeclaredStruct,
            Type::Forward { union: true, .. } => Kind::DeclaredUnion,
            _ => {
                let kind = ty.kind();
                return Err(format!("a {kind} cannot stand in the section '.BTF.base'"));
            }
        };
        Ok(Wanted {
            kind,
            size: size(ty),
            exact: is_embedded || ty.composite().is_none() && size(ty).is_some(),
        })
    }

    fn is_kind_of(&self, ty: &Type) -> bool {
        match (self.kind, ty) {
            (Kind::Int { encoding }, Type::Int(int)) => int.encoding == encoding,
            (Kind::Float, Type::Float { .. }) | (Kind::Enum, Type::Enum(_)) => true,
            (Kind::Struct | Kind::DeclaredStruct, Type::Struct(_)) => true,
            (Kind::Union | Kind::DeclaredUnion, Type::Union(_)) => true,
            (Kind::DeclaredStruct, Type::Forward { union, .. }) => !union,
            (Kind::DeclaredUnion, Type::Forward { union, .. }) => *union,
            _ => false,
        }
    }

    /// `a struct of 4 bytes`, or without the size.
    fn words(&self, size_counts: bool) -> String {
        let kind = match self.kind {
            Kind::Int { encoding: 0 } => "an unsigned integer",
            Kind::Int { encoding: 1 } => "a signed integer",
            Kind::Int { encoding: 2 } => "a char",
            Kind::Int { encoding: 4 } => "a bool",
            Kind::Int { .. } => "an integer",
            Kind::Float => "a float",
            Kind::Enum => "an enum",
            Kind::Struct | Kind::DeclaredStruct => "a struct",
            Kind::Union | Kind::DeclaredUnion => "a union",
        };
        match self.size.filter(|_| size_counts) {
            Some(1) => format!("{kind} of 1 byte"),
            Some(size) => format!("{kind} of {size} bytes"),
            None => kind.to_owned(),
        }
    }
}

impl Kind {
    fn is_declared(self) -> bool {
        matches!(self, Kind::DeclaredStruct | Kind::DeclaredUnion)
    }
}

/// The new base, and those of its types that have one of the names that are asked for.
struct Kernel {
    tables: Tables,
    strings: Strings,
}

impl Kernel {
    fn read(base: Vec<u8>) -> Result<Kernel, Malformed> {
        let length = base.len();
        let Read {
            tables, strings, ..
        } = Read::alone(base)?;
        name_budget::check(&tables, &strings, length)?;
        Ok(Kernel { tables, strings })
    }

    /// The types of each of these names.
    fn named<'n>(&self, names: impl Iterator<Item = &'n str>) -> HashMap<&'n str, Vec<TypeId>> {
        let mut named: HashMap<&str, Vec<TypeId>> = names.map(|name| (name, Vec::new())).collect();
        for (id, ty) in (0..).map(TypeId).zip(&self.tables.types) {
            if let Some(types) = named.get_mut(self.strings.get(ty.name())) {
                types.push(id);
            }
        }
        named
    }

    /// The one of these types, which have its name, that a type of the former base is.
    fn find(&self, wanted: &Wanted, types: &[TypeId]) -> Result<TypeId, String> {
        let ty = |id: TypeId| &self.tables.types[id.index()];
        let of_kind = || {
            types
                .iter()
                .copied()
                .filter(|id| wanted.is_kind_of(ty(*id)))
        };
        let (mut size_counts, mut found) = (wanted.exact, of_kind().collect::<Vec<_>>());
        // As the kernel does it, the size counts also where it tells several apart.
        if found.len() > 1 {
            size_counts |= wanted.size.is_some();
        }
        if size_counts {
            found.retain(|id| size(ty(*id)) == wanted.size);
        }
        // Only pointers refer to what is declared: a declaration serves as well as a definition.
        if found.len() > 1 && wanted.kind.is_declared() {
            let declared = |id: &TypeId| matches!(ty(*id), Type::Forward { .. });
            if let Some(first) = found.iter().copied().find(declared) {
                found = vec![first];
            }
        }
        let matches = match found.as_slice() {
            [found] => return Ok(*found),
            [] => "no match",
            [..] => "several matches",
        };
        let what = wanted.words(size_counts);
        Err(format!(
            "it has {matches} in the base: the section '.BTF.base' asks for {what}"
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
