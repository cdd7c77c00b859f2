//! What is written: patterns to roots, roots to all that they contain by value.
//!
//! Knows names and shapes; nothing of options beyond the patterns, nothing of WIT types.

use crate::btf::{Btf, Malformed, Type, TypeId};
use crate::error::UnknownType;
use crate::lower::body;
use crate::names::{EntityId, Function, Kind, Names, Place, signature};
use crate::shape::{Presence, Shape};

/// The items to be written.
pub(crate) struct Selection {
    items: Vec<bool>,
    /// Is anything selected by name, or is it all?
    pub whole: bool,
    /// Does any of the items hold a pointer?
    pub pointers: bool,
}

impl Selection {
    /// Every type, and the constants too if they are wanted.
    pub fn all(btf: &Btf, names: &Names, constants: bool) -> Result<Selection, Malformed> {
        let mut selection = Selection::none(names);
        selection.whole = true;
        let roots = names.entities().filter(|(_, entity)| match entity.place {
            Place::Named => true,
            Place::Constants => constants,
            Place::Inside(_) | Place::Function(_) => false,
        });
        let roots: Vec<EntityId> = roots.map(|(id, _)| id).collect();
        selection.close(btf, names, roots)?;
        Ok(selection)
    }

    /// The types that `patterns` name, and what they contain by value.
    pub fn of(
        btf: &Btf,
        names: &Names,
        patterns: &[String],
    ) -> Result<Result<Selection, Malformed>, UnknownType> {
        let mut roots = Vec::new();
        for pattern in patterns {
            roots.extend(find(btf, names, pattern)?);
        }
        let mut selection = Selection::none(names);
        Ok(selection.close(btf, names, roots).map(|()| selection))
    }

    fn none(names: &Names) -> Selection {
        Selection {
            items: vec![false; names.entities().len()],
            whole: false,
            pointers: false,
        }
    }

    /// Adds the functions whose types are there: the anonymous ones that stand in them.
    pub fn add_functions(&mut self, btf: &Btf, names: &Names) -> Result<(), Malformed> {
        let is_mine = |place| match place {
            Place::Function(i) => self.has_function(btf, names, &names.functions[i as usize]),
            _ => false,
        };
        let entities = names.entities();
        let roots = entities.filter(|(_, entity)| is_mine(entity.place));
        let roots: Vec<EntityId> = roots.map(|(id, _)| id).collect();
        self.close(btf, names, roots)?;
        let functions = names.functions.iter();
        let pointers = functions
            .filter(|function| self.has_function(btf, names, function))
            .flat_map(|function| signature(btf, function))
            .any(|(_, ty)| matches!(btf.ty(btf.element(ty)), Type::Pointer(_)));
        self.pointers |= pointers;
        Ok(())
    }

    pub fn has(&self, id: EntityId) -> bool {
        self.items.get(id.index()).copied().unwrap_or(false)
    }

    /// Are the types that a function takes and returns by value there?
    pub fn has_function(&self, btf: &Btf, names: &Names, function: &Function) -> bool {
        self.whole
            || signature(btf, function)
                .filter_map(|(_, ty)| names.item_of(btf, btf.element(ty)))
                .all(|item| self.has(item))
    }

    /// Selects the roots and all that they contain by value.
    fn close(
        &mut self,
        btf: &Btf,
        names: &Names,
        mut waiting: Vec<EntityId>,
    ) -> Result<(), Malformed> {
        let mut shape = Shape::new(btf);
        while let Some(id) = waiting.pop() {
            if std::mem::replace(&mut self.items[id.index()], true) {
                continue;
            }
            let mut child = id.next();
            while child < names.entity(id).end {
                waiting.push(child);
                child = names.entity(child).end;
            }
            self.contents(btf, names, id, &mut shape, &mut waiting)?;
        }
        Ok(())
    }

    /// Adds the named types that the item holds itself.
    fn contents(
        &mut self,
        btf: &Btf,
        names: &Names,
        id: EntityId,
        shape: &mut Shape,
        waiting: &mut Vec<EntityId>,
    ) -> Result<(), Malformed> {
        let mut hold = |ty: TypeId| {
            let held = names.item_of(btf, ty);
            waiting.extend(held.filter(|held| !self.items[held.index()]));
            // An item of a typedef of a pointer says `pointer` itself.
            self.pointers |= held.is_none() && is_pointer(btf, ty);
        };
        let body = body(btf, names.entity(id).ty);
        match *btf.ty(body) {
            Type::Typedef { target, .. } => hold(btf.element(target)),
            _ => {
                shape.read(btf, body)?;
                let valued = shape.shown.iter();
                for shown in valued.filter(|shown| shown.presence != Presence::Nothing) {
                    hold(shown.base(btf));
                }
            }
        }
        Ok(())
    }
}

fn is_pointer(btf: &Btf, id: TypeId) -> bool {
    matches!(btf.ty(btf.resolved(id)), Type::Pointer(_))
}

/// The items of the C types of a name, which may say its kind: `foo`, `struct foo`.
pub(crate) fn find(btf: &Btf, names: &Names, pattern: &str) -> Result<Vec<EntityId>, UnknownType> {
    let (kind, name) = split_kind(pattern);
    let mut found: Vec<(Kind, EntityId)> = Vec::new();
    for id in btf.ids().filter(|id| btf.name_of(*id) == name) {
        let own = names.own_item(id);
        // A typedef that says nothing new is as good a name as that of its target.
        let item = own.or_else(|| names.item_of(btf, id).filter(|_| is_typedef(btf, id)));
        if let Some(item) = item {
            let c_kind = if own.is_none() {
                Kind::Typedef
            } else {
                names.entity(item).kind
            };
            if kind.is_none_or(|kind| kind == c_kind) && !found.iter().any(|(_, f)| *f == item) {
                found.push((c_kind, item));
            }
        }
    }
    let mut kinds: Vec<Kind> = found.iter().map(|(kind, _)| *kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    match kinds.as_slice() {
        [] => Err(UnknownType::new(btf, names, pattern, name)),
        [_] => Ok(found.into_iter().map(|(_, item)| item).collect()),
        kinds => Err(UnknownType::ambiguous(name, kinds)),
    }
}

fn is_typedef(btf: &Btf, id: TypeId) -> bool {
    matches!(btf.ty(id), Type::Typedef { .. })
}

/// The kind that a pattern begins with, and the rest.
pub(crate) fn split_kind(pattern: &str) -> (Option<Kind>, &str) {
    let kinds = [Kind::Struct, Kind::Union, Kind::Enum, Kind::Typedef];
    let pattern = pattern.trim();
    kinds
        .into_iter()
        .find_map(|kind| {
            let rest = pattern.strip_prefix(kind.word())?.strip_prefix(' ')?;
            Some((Some(kind), rest.trim_start()))
        })
        .unwrap_or((None, pattern))
}
