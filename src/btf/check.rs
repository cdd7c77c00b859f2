//! Checks what the rest of the program relies on, and derives what the checks find on the way.
//!
//! After it: every name and type id points at something, a type stands only where its kind may,
//! nothing contains itself by value, nesting is bounded. A struct or union that cannot be laid out as
//! it says is noted, and [`Unsound`] takes its members away.
//! Follows the checks of the kernel's `kernel/bpf/btf.c` as far as a converter needs them.
//!
//! Hardly any BTF breaks a rule. So the tables are looked through for whether there is anything to be
//! looked at, and only then type by type for what is wrong.

use super::{
    contents::Frame,
    fact::{Fact, Link},
    invalid_names::InvalidNames,
    load::Tables,
    malformed::{Malformed, WRONG_BASE},
    strings::Strings,
    types::{Composite, Int, Member, Name, Type, TypeId},
    unsound::Unsound,
};

/// Facts about each type, by type id.
pub(super) struct Derived {
    pub facts: Vec<Fact>,
    pub links: Vec<Link>,
    /// Are there integers that are made for bitfields, as before Linux 5.0?
    pub has_bitfield_ints: bool,
    /// May a type or a member break a rule of size or place, here or for the verifier?
    pub is_doubtful: bool,
    /// The types that are not the base's and that the verifier has to look at.
    pub suspects: Vec<TypeId>,
    /// The structs and unions that cannot be laid out as they say.
    pub unsound: Unsound,
    /// The most types that wait for one another when each is looked into as soon as it is met, in the
    /// order of their ids.
    pub deepest: usize,
}

impl Derived {
    /// What the tables tell of types that nothing was looked into yet.
    fn new(tables: &mut Tables, pointer_size: u8) -> Derived {
        let mut is_doubtful = false;
        let mut facts = std::mem::take(&mut tables.facts);
        for fact in &mut facts {
            *fact = fact.with_pointers(pointer_size);
            is_doubtful |= fact.has_doubtful_size();
        }
        Derived {
            facts,
            links: Vec::new(),
            has_bitfield_ints: tables.ints.iter().any(Int::is_of_bitfield),
            is_doubtful,
            suspects: Vec::new(),
            unsound: Unsound::default(),
            deepest: 0,
        }
    }

    fn link(&self, id: TypeId) -> Option<&Link> {
        self.links.get(self.facts.get(id.index())?.link()?)
    }

    /// The type behind const, volatile, restrict and tags.
    pub fn unqualified(&self, id: TypeId) -> TypeId {
        self.link(id).map_or(id, |link| link.unqualified)
    }

    /// The type behind those and typedefs.
    pub fn resolved(&self, id: TypeId) -> TypeId {
        self.link(id).map_or(id, |link| link.resolved)
    }

    /// What is known of that.
    pub fn fact(&self, id: TypeId) -> Fact {
        let fact = self.facts[id.index()];
        match fact.link() {
            Some(link) => self.facts[self.links[link].resolved.index()],
            None => fact,
        }
    }

    /// The size of a value in bytes, or nothing where there are no values or no such type.
    pub fn size(&self, id: TypeId) -> Option<u64> {
        self.known(id)?.size()
    }

    /// What is known of the type behind modifiers and typedefs, if there is such a type.
    pub fn known(&self, id: TypeId) -> Option<Fact> {
        (id.index() < self.facts.len()).then(|| self.fact(id))
    }
}

pub(super) fn check(
    tables: &mut Tables,
    strings: &Strings,
    invalid_names: &InvalidNames,
    own: TypeId,
    pointer_size: u8,
) -> Result<Derived, Malformed> {
    let derived = Derived::new(tables, pointer_size);
    let count = tables.types.len() as u32;
    let mut checker = Checker {
        tables,
        strings,
        invalid_names,
        own,
        derived,
        open: Vec::new(),
    };
    if !checker.are_members_plain() {
        checker.all_references()?;
    }
    let contents = checker.contents();
    if contents.is_err() || !checker.are_others_plain() {
        checker.all_references()?;
    }
    contents?;
    if checker.derived.is_doubtful {
        for id in 1..count {
            checker.layout(TypeId(id));
        }
    }
    Ok(checker.derived)
}

pub(super) struct Checker<'a> {
    pub(super) tables: &'a Tables,
    pub(super) strings: &'a Strings,
    pub(super) invalid_names: &'a InvalidNames,
    /// The first type that is not the base's.
    pub(super) own: TypeId,
    pub(super) derived: Derived,
    /// The types whose contents are being looked at, each inside the one before.
    pub(super) open: Vec<Frame>,
}

impl<'a> Checker<'a> {
    pub(super) fn ty(&self, id: TypeId) -> &'a Type {
        self.tables.types.get(id.index()).unwrap_or(&Type::Void)
    }

    pub(super) fn fault(&self, id: TypeId, what: impl Into<String>) -> Malformed {
        Malformed::new(what).in_type(id.0, self.strings.get(self.ty(id).name()))
    }

    pub(super) fn members(&self, composite: &Composite) -> &'a [Member] {
        &self.tables.members[composite.members.range()]
    }

    pub(super) fn member_fault(
        &self,
        id: TypeId,
        position: usize,
        what: impl Into<String>,
    ) -> Malformed {
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

/// Names and type ids.
impl Checker<'_> {
    fn all_references(&self) -> Result<(), Malformed> {
        (1..self.tables.types.len() as u32).try_for_each(|id| self.references(TypeId(id)))
    }

    /// Do all members do what [`references`](Checker::references) asks of their types?
    pub(super) fn are_members_plain(&self) -> bool {
        self.tables.members.iter().all(|m| self.is_value(m.ty))
    }

    /// Is there such a type, and may it stand for a value?
    pub(super) fn is_value(&self, id: TypeId) -> bool {
        let fact = self.derived.facts.get(id.index());
        fact.is_some_and(|fact| fact.is_value())
    }

    pub(super) fn references(&self, id: TypeId) -> Result<(), Malformed> {
        let ty = self.ty(id);
        self.name(id, ty.name())
            .map_err(|what| self.fault(id, what))?;
        match *ty {
            Type::Pointer(target)
            | Type::Array {
                element: target, ..
            }
            | Type::Typedef { target, .. }
            | Type::Modifier { target, .. }
            | Type::Variable { target, .. } => {
                self.value(target).map_err(|what| self.fault(id, what))
            }
            Type::Function { prototype, .. } => self
                .prototype(prototype)
                .map_err(|what| self.fault(id, what)),
            Type::DeclTag { target, .. } => match self.target(target) {
                Ok(_) => Ok(()),
                Err(what) => Err(self.fault(id, what)),
            },
            _ => self.all_entries(id),
        }
    }

    /// The members, parameters or enumerators of a type.
    fn all_entries(&self, id: TypeId) -> Result<(), Malformed> {
        match *self.ty(id) {
            Type::Struct(composite) | Type::Union(composite) => {
                let members = self.members(&composite).iter();
                self.entries(id, members.map(|m| (m.name, m.ty)))
            }
            Type::Prototype { result, parameters } => {
                self.value(result).map_err(|what| self.fault(id, what))?;
                let parameters = &self.tables.parameters[parameters.range()];
                self.entries(id, parameters.iter().map(|p| (p.name, p.ty)))
            }
            Type::Enum(e) => {
                let enumerators = &self.tables.enumerators[e.enumerators.range()];
                self.entries(id, enumerators.iter().map(|e| (e.name, TypeId::VOID)))
            }
            _ => Ok(()),
        }
    }

    fn entries(
        &self,
        id: TypeId,
        entries: impl Iterator<Item = (Name, TypeId)>,
    ) -> Result<(), Malformed> {
        for (position, (name, ty)) in entries.enumerate() {
            self.name(id, name)
                .and_then(|()| self.value(ty))
                .map_err(|what| self.member_fault(id, position, what))?;
        }
        Ok(())
    }

    fn name(&self, id: TypeId, name: Name) -> Result<(), String> {
        if self.strings.is_whole(name) {
            return Ok(());
        }
        if !self.strings.contains(name) {
            return Err(format!(
                "name offset {} is out of range{}",
                self.strings.offset(name),
                self.doubt()
            ));
        }
        if id >= self.own && self.strings.is_torn(name) {
            return Err(format!(
                "name offset {} is in the middle of a name{}",
                self.strings.offset(name),
                self.doubt()
            ));
        }
        Ok(())
    }

    /// What is out of range in split BTF may be right in another base.
    fn doubt(&self) -> &'static str {
        if self.own > TypeId(1) { WRONG_BASE } else { "" }
    }

    fn target(&self, id: TypeId) -> Result<&Type, String> {
        self.tables
            .types
            .get(id.index())
            .ok_or_else(|| format!("type id {} is out of range{}", id.0, self.doubt()))
    }

    /// What the type of a function has to be.
    fn prototype(&self, id: TypeId) -> Result<(), String> {
        match self.target(id)? {
            Type::Prototype { .. } => Ok(()),
            other => Err(format!(
                "type id {} is of kind {}, not a function prototype",
                id.0,
                other.kind()
            )),
        }
    }

    /// A type that C could spell, which a function or a section is not.
    fn value(&self, id: TypeId) -> Result<(), String> {
        if self.is_value(id) {
            return Ok(());
        }
        let kind = self.target(id)?.kind();
        Err(format!(
            "type id {} is of kind {kind}, of which there are no values",
            id.0
        ))
    }
}
