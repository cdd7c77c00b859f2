//! Checks that names and type ids are in range, and that each type is used only where its kind is allowed.

use super::{
    checker::Checker,
    malformed::{Malformed, WRONG_BASE},
    types::{Name, Type, TypeId},
};

impl Checker<'_> {
    /// Checks the names and type ids in all types. The entries of data sections and the index types of arrays are not
    /// checked, and may be out of range.
    pub(super) fn references(&self) -> Result<(), Malformed> {
        self.ids().try_for_each(|id| self.type_references(id))
    }

    fn type_references(&self, id: TypeId) -> Result<(), Malformed> {
        let ty = self.ty(id);
        let fault = |what| self.fault(id, what);
        self.name(id, ty.name()).map_err(fault)?;
        match *ty {
            Type::Pointer(target)
            | Type::Array {
                element: target, ..
            }
            | Type::Typedef { target, .. }
            | Type::Modifier { target, .. }
            | Type::Variable { target, .. } => self.value(target).map_err(fault),
            Type::Function { prototype, .. } => self.prototype(prototype).map_err(fault),
            Type::DeclTag { target, .. } => self.target(target).map(|_| ()).map_err(fault),
            Type::Struct(composite) | Type::Union(composite) => {
                let members = self.members(&composite).iter();
                self.entries(id, members.map(|m| (m.name, m.ty)))
            }
            Type::Prototype { result, parameters } => {
                self.value(result).map_err(fault)?;
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

    /// Checks the names and types of the members, parameters or enumerators of a type.
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
            false => self.name_inside(id, name),
        }
    }

    /// Checks a name offset at which no name begins. An offset inside a name refers to the rest of that name, which the
    /// kernel accepts. It is an error if the offset is out of range or inside a character. It is also an error if a
    /// type of split BTF refers to the rest of a name of the base: the split BTF was then made for another base.
    #[cold]
    fn name_inside(&self, id: TypeId, name: Name) -> Result<(), String> {
        let what = if !self.strings.contains(name) {
            "is out of range"
        } else if id >= self.start_id && self.strings.is_base_suffix(name) {
            "is in the middle of a name"
        } else {
            return Ok(());
        };
        let offset = self.strings.offset(name);
        Err(format!("name offset {offset} {what}{}", self.wrong_base()))
    }

    /// Returns [`WRONG_BASE`], for messages about a type id or name offset that does not match the base. Returns an
    /// empty string if the BTF is not split.
    fn wrong_base(&self) -> &'static str {
        if self.start_id > TypeId(1) {
            WRONG_BASE
        } else {
            ""
        }
    }

    fn target(&self, id: TypeId) -> Result<&Type, String> {
        let ty = self.tables.types.get(id.index());
        ty.ok_or_else(|| format!("type id {} is out of range{}", id.0, self.wrong_base()))
    }

    /// Checks that the type of a function is a prototype.
    #[inline]
    fn prototype(&self, id: TypeId) -> Result<(), String> {
        match self.derived.infos.get(id.index()) {
            Some(info) if info.is_prototype() => Ok(()),
            _ => Err(self.wrong_kind(id, "not a function prototype")),
        }
    }

    /// Checks that a type is not a function, variable, data section or declaration tag. No member, element, parameter
    /// or pointer may refer to one of these. Types without a size, such as `void`, are accepted everywhere.
    #[inline]
    fn value(&self, id: TypeId) -> Result<(), String> {
        match self.derived.infos.get(id.index()) {
            Some(info) if info.is_value() => Ok(()),
            _ => Err(self.wrong_kind(id, "of which there are no values")),
        }
    }

    #[cold]
    fn wrong_kind(&self, id: TypeId, why: &str) -> String {
        match self.target(id) {
            Ok(ty) => format!("type id {} is of kind {}, {why}", id.0, ty.kind()),
            Err(what) => what,
        }
    }
}
