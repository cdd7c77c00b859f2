//! Selects the items and functions to write: the roots, and every item that they contain by value.
//!
//! This module knows names and members, and which types are written as bytes. It does not know WIT types.

mod dependencies;
mod size;

pub(crate) use size::Room;

use crate::btf::{Btf, Malformed, TypeId};
use crate::choices::Choices;
use crate::names::{EntityId, Function, Names, Owner, PerPrototype, signature};
use dependencies::Dependencies;
use size::Sizes;

/// The maximum number of parameters of a function (wasmparser's limit).
pub(crate) const MAX_PARAMETERS: usize = 1_000;

/// The items and functions to be written.
pub(crate) struct Selection {
    /// For each item, whether it is selected.
    items: Vec<bool>,
    /// For each function, whether it is written.
    functions: Vec<bool>,
    /// For each function, whether a pattern names it. If there are patterns, only the functions that they name are
    /// written. `None` if the caller gave no patterns.
    named_functions: Option<Vec<bool>>,
    sizes: Sizes,
    /// The first type to convert. Types with smaller ids belong to the base. They are selected only if they are roots,
    /// if a selected item contains them, or if a written function takes or returns them.
    pub from: TypeId,
    /// Whether all types from `from` on are selected, except excluded ones. False if the caller made a selection.
    pub whole: bool,
    /// The roots, sorted. Empty if `whole` is true.
    roots: Vec<EntityId>,
    /// Whether a selected item or a written function contains a pointer.
    pub pointers: bool,
}

impl Selection {
    /// Selects all types from `from` on, and every item that they contain by value, without excluded items. Anonymous
    /// enums that only define constants are selected if `constants` is true.
    pub fn all(
        btf: &Btf,
        names: &Names,
        choices: &Choices,
        constants: bool,
        from: TypeId,
    ) -> Result<Selection, Malformed> {
        let mut selection = Selection::none(names, from);
        selection.whole = true;
        let roots = names.entities().filter(|(_, entity)| match entity.owner {
            Owner::Named => entity.ty >= from,
            Owner::Constants => constants && entity.ty >= from,
            Owner::Slot(slot) => names.object_data.owner(slot).1 >= from,
            Owner::Inside(_) | Owner::Function(_) => false,
        });
        let roots = roots.map(|(id, _)| id).collect();
        selection.select_closure(btf, names, choices, roots)?;
        Ok(selection)
    }

    /// Selects the roots and every item that they contain by value, without excluded items.
    pub fn of(
        btf: &Btf,
        names: &Names,
        choices: &Choices,
        roots: Vec<EntityId>,
        from: TypeId,
    ) -> Result<Selection, Malformed> {
        let mut selection = Selection::none(names, from);
        selection.roots.clone_from(&roots);
        selection.roots.sort_unstable();
        selection.roots.dedup();
        selection.select_closure(btf, names, choices, roots)?;
        Ok(selection)
    }

    fn none(names: &Names, from: TypeId) -> Selection {
        let items = names.entities().len();
        Selection {
            items: vec![false; items],
            functions: Vec::new(),
            named_functions: None,
            sizes: Sizes::new(items),
            from,
            whole: false,
            roots: Vec::new(),
            pointers: false,
        }
    }

    /// Returns whether an item is selected and is a root. If `whole` is true, every selected type from `from` on counts
    /// as a root.
    pub fn is_root(&self, names: &Names, id: EntityId) -> bool {
        self.has(id)
            && match self.whole {
                true => names.entity(id).ty >= self.from,
                false => self.roots.binary_search(&id).is_ok(),
            }
    }

    /// Restricts the functions to those that a pattern names. `functions` has their positions in `names.functions`.
    pub fn restrict_functions(&mut self, names: &Names, functions: &[usize]) {
        let mut named = vec![false; names.functions.len()];
        for position in functions {
            named[*position] = true;
        }
        self.named_functions = Some(named);
    }

    /// Adds the functions for which `selects_function` is true, and the types that they take and return by value.
    pub fn add_functions(
        &mut self,
        btf: &Btf,
        names: &Names,
        choices: &Choices,
    ) -> Result<(), Malformed> {
        let is_selected = |owner| match owner {
            Owner::Function(i) => self.selects_function(btf, names, choices, i as usize),
            _ => false,
        };
        let entities = names.entities();
        let anonymous = entities.filter(|(_, entity)| is_selected(entity.owner));
        let mut roots: Vec<EntityId> = anonymous.map(|(id, _)| id).collect();
        // Some functions may take or return types that are not selected yet: types of the base, or any types if a
        // pattern names the function. These types are selected here.
        if self.whole && self.from > TypeId(1) || self.named_functions.is_some() {
            let functions = names.functions.iter().enumerate();
            let written = functions.filter(|(i, _)| self.selects_function(btf, names, choices, *i));
            let types = written.flat_map(|(_, function)| signature(btf, function));
            roots.extend(types.filter_map(|ty| names.item_of(btf, btf.element(ty))));
        }
        self.select_closure(btf, names, choices, roots)?;
        self.size_functions(btf, names, choices);
        Ok(())
    }

    fn size_functions(&mut self, btf: &Btf, names: &Names, choices: &Choices) {
        let mut dependencies = Dependencies::new(btf, names, choices);
        let mut sizes = PerPrototype::default();
        self.functions.reserve_exact(names.functions.len());
        for (position, function) in names.functions.iter().enumerate() {
            let known = function.prototype_id.and_then(|id| sizes.get(id));
            let written = match known {
                _ if !self.requests_function(choices, position, function) => false,
                Some(size) => {
                    self.sizes.add_function(size, &[]);
                    true
                }
                None => self.add_function(position, &mut dependencies, &mut sizes),
            };
            self.functions.push(written);
        }
    }

    /// Adds a function if `selects_function` is true for it, and returns whether it was added. If the function names no
    /// items, also stores its size for later functions with the same prototype.
    fn add_function(
        &mut self,
        position: usize,
        dependencies: &mut Dependencies,
        sizes: &mut PerPrototype<u32>,
    ) -> bool {
        let names = dependencies.names;
        if !self.selects_function(dependencies.btf, names, dependencies.choices, position) {
            return false;
        }
        let function = &names.functions[position];
        dependencies.read_function(function);
        let (size, named) = (dependencies.own_size, &dependencies.named[..]);
        self.pointers |= dependencies.pointers;
        self.sizes.add_function(size, named);
        if let (Some(id), []) = (function.prototype_id, named) {
            sizes.set(id, size);
        }
        true
    }

    pub fn has(&self, id: EntityId) -> bool {
        self.items.get(id.index()).copied().unwrap_or(false)
    }

    /// Returns whether the function at this position is written.
    pub fn has_function(&self, position: usize) -> bool {
        self.functions.get(position).copied().unwrap_or(false)
    }

    /// Returns whether the caller requests the function at this position: by a pattern or, without patterns, by
    /// converting all functions from `from` on. An excluded function is not requested. A requested function may still
    /// be left out if it cannot be written.
    pub fn requests_function(
        &self,
        choices: &Choices,
        position: usize,
        function: &Function,
    ) -> bool {
        let is_requested = match &self.named_functions {
            Some(named) => named[position],
            None => function.ty >= self.from,
        };
        is_requested && !choices.excludes_function(position)
    }

    /// Returns whether the caller requests the function at this position, and it can be written.
    ///
    /// No function can have more than [`MAX_PARAMETERS`] parameters. If a pattern names the function, or all types are
    /// selected, there is no other condition. Otherwise each item that the function takes or returns by value must be
    /// selected, or excluded and so replaced by a number or bytes.
    fn selects_function(
        &self,
        btf: &Btf,
        names: &Names,
        choices: &Choices,
        position: usize,
    ) -> bool {
        let function = &names.functions[position];
        let (parameters, _) = function.parts(btf);
        if parameters.len() > MAX_PARAMETERS || !self.requests_function(choices, position, function)
        {
            return false;
        }
        self.whole
            || self.named_functions.is_some()
            || signature(btf, function)
                .filter_map(|ty| names.item_of(btf, btf.element(ty)))
                .all(|item| self.has(item) || choices.excludes(item))
    }

    /// Compares the size of all selected items and functions with the component model's limit.
    pub fn room(&self) -> Room {
        self.sizes.room(self.pointers)
    }

    /// Selects the items in `waiting` and every item that they contain by value, without excluded items.
    fn select_closure(
        &mut self,
        btf: &Btf,
        names: &Names,
        choices: &Choices,
        mut waiting: Vec<EntityId>,
    ) -> Result<(), Malformed> {
        let mut dependencies = Dependencies::new(btf, names, choices);
        while let Some(id) = waiting.pop() {
            if choices.excludes(id) || std::mem::replace(&mut self.items[id.index()], true) {
                continue;
            }
            dependencies.read_item(id)?;
            self.pointers |= dependencies.pointers;
            let named = &dependencies.named;
            self.sizes.add_item(id, dependencies.own_size, named);
            waiting.extend(named.iter().filter(|named| !self.items[named.index()]));
        }
        Ok(())
    }
}
