//! Checks what the rest of the program relies on, and derives what the checks find on the way.
//!
//! After it: every name and type id points at something, a type stands only where its kind may,
//! nothing contains itself by value, nesting is bounded, every member lies inside its struct.
//! Follows the checks of the kernel's `kernel/bpf/btf.c` as far as a converter needs them.
//! Walks with a stack of its own: a chain of 100,000 typedefs must not need 100,000 frames.

use super::{
    load::Tables,
    malformed::{Malformed, WRONG_BASE},
    strings::Strings,
    types::{Composite, Enum, Member, Name, Type, TypeId},
};

/// Facts about each type, by type id.
pub(super) struct Derived {
    /// The type behind const, volatile, restrict and tags.
    pub unqualified: Vec<TypeId>,
    /// The type behind those and typedefs.
    pub resolved: Vec<TypeId>,
    /// Bytes; [`NO_SIZE`] where values of the type cannot exist.
    pub sizes: Vec<u64>,
    /// Are there integers that are made for bitfields, as before Linux 5.0?
    pub has_bitfield_ints: bool,
}

/// The size of `void`, functions and what is only declared.
pub(super) const NO_SIZE: u64 = u64::MAX;

/// Structs, unions and arrays inside one another by value. Each may be a level in WIT, of which
/// validators allow 100, some for what is around the type. The deepest kernel type has 18.
const MAX_NESTING: u16 = 90;
/// The kernel's own limit, since sizes are 32-bit numbers in BTF.
const MAX_SIZE: u64 = u32::MAX as u64;

pub(super) fn check(
    tables: &Tables,
    strings: &Strings,
    own: TypeId,
    pointer_size: u8,
) -> Result<Derived, Malformed> {
    let count = tables.types.len();
    let types = tables.types.iter();
    let mut checker = Checker {
        tables,
        strings,
        own,
        pointer_size: u64::from(pointer_size),
        derived: Derived {
            unqualified: (0..count as u32).map(TypeId).collect(),
            resolved: (0..count as u32).map(TypeId).collect(),
            sizes: vec![NO_SIZE; count],
            has_bitfield_ints: types.clone().any(Type::is_bitfield_int),
        },
        values: types.map(has_values).collect(),
        nesting: vec![0; count],
        progress: vec![Progress::Unseen; count],
        open: Vec::new(),
    };
    for id in 1..count as u32 {
        checker.references(TypeId(id))?;
    }
    for id in 0..count as u32 {
        checker.contents(TypeId(id))?;
    }
    for id in 1..count as u32 {
        checker.layout(TypeId(id))?;
    }
    Ok(checker.derived)
}

#[derive(Clone, Copy, PartialEq)]
enum Progress {
    Unseen,
    Open,
    Done,
}

pub(super) struct Checker<'a> {
    pub(super) tables: &'a Tables,
    strings: &'a Strings,
    /// The first type that is not the base's.
    own: TypeId,
    pointer_size: u64,
    pub(super) derived: Derived,
    /// May the type stand for a value?
    values: Vec<bool>,
    nesting: Vec<u16>,
    progress: Vec<Progress>,
    /// The types whose contents are being looked at, each inside the one before, and the position in
    /// them.
    open: Vec<(TypeId, usize)>,
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
    fn references(&self, id: TypeId) -> Result<(), Malformed> {
        let ty = self.ty(id);
        self.name(id, ty.name())
            .map_err(|what| self.fault(id, what))?;
        match *ty {
            Type::Typedef { name, .. } if name.is_none() => {
                Err(self.fault(id, "a typedef needs a name"))
            }
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

    #[inline]
    fn name(&self, id: TypeId, name: Name) -> Result<(), String> {
        match self.strings.is_whole(name) {
            true => Ok(()),
            false => self.name_elsewhere(id, name),
        }
    }

    /// A name that begins where none of the section does.
    #[cold]
    fn name_elsewhere(&self, id: TypeId, name: Name) -> Result<(), String> {
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
    #[inline]
    fn value(&self, id: TypeId) -> Result<(), String> {
        match self.values.get(id.index()) {
            Some(true) => Ok(()),
            _ => self.no_value(id),
        }
    }

    #[cold]
    fn no_value(&self, id: TypeId) -> Result<(), String> {
        let kind = self.target(id)?.kind();
        Err(format!(
            "type id {} is of kind {kind}, of which there are no values",
            id.0
        ))
    }
}

fn has_values(ty: &Type) -> bool {
    !matches!(
        ty,
        Type::Function { .. } | Type::Variable { .. } | Type::Section { .. } | Type::DeclTag { .. }
    )
}

/// What a type contains by value: no cycles, bounded nesting, sizes.
impl Checker<'_> {
    /// The first type from `position` on that `id` contains by value or stands for and that is not
    /// done, and its position.
    fn content(&self, id: TypeId, position: usize) -> Option<(usize, TypeId)> {
        let is_new = |ty: TypeId| self.progress[ty.index()] != Progress::Done;
        match self.ty(id) {
            Type::Struct(composite) | Type::Union(composite) => {
                let members = self.members(composite).iter().enumerate().skip(position);
                let mut types = members.map(|(at, member)| (at, member.ty));
                types.find(|(_, ty)| is_new(*ty))
            }
            Type::Array { element: ty, .. }
            | Type::Typedef { target: ty, .. }
            | Type::Modifier { target: ty, .. }
                if is_new(*ty) =>
            {
                Some((0, *ty))
            }
            _ => None,
        }
    }

    fn contents(&mut self, root: TypeId) -> Result<(), Malformed> {
        self.enter(root)?;
        while let Some((holder, position)) = self.open.pop() {
            let Some((at, content)) = self.content(holder, position) else {
                self.close(holder)?;
                continue;
            };
            self.open.push((holder, at));
            if self.progress[content.index()] == Progress::Open {
                return Err(self.cycle(holder, at));
            }
            self.enter(content)?;
        }
        Ok(())
    }

    /// Opens a type that was not seen, or closes it where all that it contains is done.
    fn enter(&mut self, id: TypeId) -> Result<(), Malformed> {
        if self.progress[id.index()] == Progress::Done {
            return Ok(());
        }
        self.progress[id.index()] = Progress::Open;
        match self.content(id, 0) {
            Some((position, _)) => self.open.push((id, position)),
            None => self.close(id)?,
        }
        Ok(())
    }

    fn cycle(&self, holder: TypeId, position: usize) -> Malformed {
        match self.ty(holder) {
            Type::Struct(_) | Type::Union(_) => {
                self.member_fault(holder, position, "contains itself by value")
            }
            _ => self.fault(holder, "refers back to itself without a pointer between"),
        }
    }

    /// Derives the facts of a type all of whose contents are done.
    fn close(&mut self, id: TypeId) -> Result<(), Malformed> {
        let (size, nesting) = match *self.ty(id) {
            Type::Typedef { target, .. } | Type::Modifier { target, .. } => {
                let at = target.index();
                self.derived.resolved[id.index()] = self.derived.resolved[at];
                if matches!(self.ty(id), Type::Modifier { .. }) {
                    self.derived.unqualified[id.index()] = self.derived.unqualified[at];
                }
                (self.derived.sizes[at], self.nesting[at])
            }
            Type::Array {
                element, length, ..
            } => (
                self.array_size(id, element, length)?,
                1 + self.nesting[element.index()],
            ),
            Type::Struct(composite) | Type::Union(composite) => {
                let members = self.members(&composite).iter();
                let deepest = members.map(|m| self.nesting[m.ty.index()]).max();
                (u64::from(composite.size), 1 + deepest.unwrap_or(0))
            }
            Type::Int(int) => (u64::from(int.size), 0),
            Type::Float { size, .. } | Type::Enum(Enum { size, .. }) => (u64::from(size), 0),
            Type::Pointer(_) => (self.pointer_size, 0),
            _ => (NO_SIZE, 0),
        };
        if nesting > MAX_NESTING {
            let what = format!("types are nested more than {MAX_NESTING} deep by value");
            return Err(self.fault(id, what));
        }
        self.derived.sizes[id.index()] = size;
        self.nesting[id.index()] = nesting;
        self.progress[id.index()] = Progress::Done;
        Ok(())
    }

    fn array_size(&self, id: TypeId, element: TypeId, length: u32) -> Result<u64, Malformed> {
        let element = self.derived.sizes[element.index()];
        if element == NO_SIZE {
            return Ok(NO_SIZE);
        }
        match element.checked_mul(u64::from(length)) {
            Some(size) if size <= MAX_SIZE => Ok(size),
            _ => Err(self.fault(
                id,
                format!(
                    "an array of {length} elements of {element} bytes exceeds {MAX_SIZE} bytes"
                ),
            )),
        }
    }
}
