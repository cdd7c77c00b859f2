//! Holds the state that the checks share: the tables and the results so far. Also builds errors with a location.

use super::{
    load::Tables,
    malformed::Malformed,
    strings::Strings,
    type_info::{Link, TypeInfo},
    types::{Composite, Int, Member, Name, Type, TypeId},
    unsound::Unsound,
};

/// The results of the checks.
pub(super) struct Derived {
    /// The size, the nesting and other facts about each type. The type id is the index.
    pub infos: Vec<TypeInfo>,
    /// The targets of typedefs and modifiers. [`TypeInfo::link`] returns an index into this list.
    pub links: Vec<Link>,
    /// Whether some integer type is narrower than its bytes. Before Linux 5.0, members had no width, so compilers made
    /// such integer types for bitfields.
    pub has_bitfield_ints: bool,
    /// Whether some type or member may break a rule about sizes or offsets that `layout` or `verifier` checks.
    pub needs_layout_check: bool,
    /// The structs and unions that will lose their members, each with the reason.
    pub unsound: Unsound,
    /// The largest number of types that `resolve` had on its stack at one time, or 0 if never more than one. From this
    /// number, `verifier` derives a bound for the depth of the stack on which the kernel resolves types.
    pub max_depth: usize,
}

impl Derived {
    /// Returns the results before any check. Takes from `tables` the facts that are known before any type is resolved.
    fn new(tables: &mut Tables, pointer_size: u8) -> Derived {
        let mut infos = std::mem::take(&mut tables.infos);
        let mut needs_layout_check = false;
        for info in &mut infos {
            *info = info.with_pointer_size(pointer_size);
            needs_layout_check |= info.has_suspect_size();
        }
        Derived {
            infos,
            links: Vec::new(),
            has_bitfield_ints: tables.ints.iter().any(Int::is_of_bitfield),
            needs_layout_check,
            unsound: Unsound::default(),
            max_depth: 0,
        }
    }

    fn link(&self, id: TypeId) -> Option<&Link> {
        self.links.get(self.infos.get(id.index())?.link()?)
    }

    /// Returns the type without outer modifiers: qualifiers, type tags and unnamed typedefs. Named typedefs stay.
    pub fn unqualified(&self, id: TypeId) -> TypeId {
        self.link(id).map_or(id, |link| link.unqualified)
    }

    /// Returns the type without modifiers and typedefs.
    pub fn resolved(&self, id: TypeId) -> TypeId {
        self.link(id).map_or(id, |link| link.resolved)
    }

    /// Returns the facts about the type that remains after modifiers and typedefs are removed. The id must be in range.
    pub fn info(&self, id: TypeId) -> TypeInfo {
        let info = self.infos[id.index()];
        match info.link() {
            Some(link) => self.infos[self.links[link].resolved.index()],
            None => info,
        }
    }

    /// Returns the size of a value in bytes. Returns `None` if the id is out of range, or if the type has no size,
    /// such as `void`, a function, a type that is only declared, or an array of 4 GiB or more.
    pub fn size(&self, id: TypeId) -> Option<u64> {
        (id.index() < self.infos.len())
            .then(|| self.info(id))?
            .size()
    }
}

pub(super) struct Checker<'a> {
    pub tables: &'a Tables,
    pub strings: &'a Strings,
    /// The first type that does not belong to the base. The id is 1 if there is no base.
    pub start_id: TypeId,
    pub derived: Derived,
}

impl<'a> Checker<'a> {
    pub fn new(
        tables: &'a mut Tables,
        strings: &'a Strings,
        start_id: TypeId,
        pointer_size: u8,
    ) -> Checker<'a> {
        let derived = Derived::new(tables, pointer_size);
        Checker {
            tables,
            strings,
            start_id,
            derived,
        }
    }

    /// Returns all ids except that of `void`.
    pub fn ids(&self) -> impl Iterator<Item = TypeId> + use<> {
        (1..self.tables.types.len() as u32).map(TypeId)
    }

    pub fn ty(&self, id: TypeId) -> &'a Type {
        self.tables.types.get(id.index()).unwrap_or(&Type::Void)
    }

    pub fn members(&self, composite: &Composite) -> &'a [Member] {
        &self.tables.members[composite.members.range()]
    }

    pub fn fault(&self, id: TypeId, what: impl Into<String>) -> Malformed {
        Malformed::new(what).in_type(id.0, self.strings.get(self.ty(id).name()))
    }

    pub fn member_fault(&self, id: TypeId, position: usize, what: impl Into<String>) -> Malformed {
        let name = match self.ty(id) {
            Type::Struct(c) | Type::Union(c) => self.members(c).get(position).map(|m| m.name),
            Type::Prototype { parameters, .. } => self.tables.parameters[parameters.range()]
                .get(position)
                .map(|p| p.name),
            Type::Enum(e) => self.tables.enumerators[e.enumerators.range()]
                .get(position)
                .map(|e| e.name),
            _ => None,
        };
        let name = self.strings.get(name.unwrap_or(Name::NONE));
        self.fault(id, what).in_member(name, position)
    }
}
