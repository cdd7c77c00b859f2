//! Selects what is written: the roots, and everything that they contain by value.
//!
//! It knows names and members, and which types are written as bytes. It does not know WIT types.

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
    /// Whether each item is selected, by its position.
    items: Vec<bool>,
    /// Whether each function is written, by its position.
    functions: Vec<bool>,
    /// Whether a pattern names each function, by its position. `None` if there are no patterns. If there are, no other
    /// function is written.
    named_functions: Option<Vec<bool>>,
    sizes: Sizes,
    /// The first type that is selected for itself. Types with smaller ids belong to the base, and are written only if
    /// another item needs them.
    pub from: TypeId,
    /// Whether all types from `from` on are selected.
    pub whole: bool,
    /// The selected roots, sorted. Empty if `whole` is true.
    roots: Vec<EntityId>,
    /// Whether a selected item contains a pointer.
    pub pointers: bool,
}

impl Selection {
    /// Selects all types from `from` on. `constants` tells whether to include anonymous enums that define constants.
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
        selection.close(btf, names, choices, roots)?;
        Ok(selection)
    }

    /// Selects the roots and everything that they contain by value.
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
        selection.close(btf, names, choices, roots)?;
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

    /// Returns whether an item is selected for itself, rather than only because another item contains it.
    pub fn is_root(&self, names: &Names, id: EntityId) -> bool {
        self.has(id)
            && match self.whole {
                true => names.entity(id).ty >= self.from,
                false => self.roots.binary_search(&id).is_ok(),
            }
    }

    /// Restricts the functions to those at these positions.
    pub fn name_functions(&mut self, names: &Names, functions: &[usize]) {
        let mut named = vec![false; names.functions.len()];
        for position in functions {
            named[*position] = true;
        }
        self.named_functions = Some(named);
    }

    /// Adds functions and the anonymous types in them. With patterns, these are the functions that a pattern names.
    /// Without, they are the functions whose types are all selected.
    pub fn add_functions(
        &mut self,
        btf: &Btf,
        names: &Names,
        choices: &Choices,
    ) -> Result<(), Malformed> {
        let is_selected = |owner| match owner {
            Owner::Function(i) => self.takes(btf, names, choices, i as usize),
            _ => false,
        };
        let entities = names.entities();
        let anonymous = entities.filter(|(_, entity)| is_selected(entity.owner));
        let mut roots: Vec<EntityId> = anonymous.map(|(id, _)| id).collect();
        // The types of a function may not be selected yet. This concerns types of the base, and functions that a
        // pattern names. They become roots here.
        if self.whole && self.from > TypeId(1) || self.named_functions.is_some() {
            let functions = names.functions.iter().enumerate();
            let written = functions.filter(|(i, _)| self.takes(btf, names, choices, *i));
            let types = written.flat_map(|(_, function)| signature(btf, function));
            roots.extend(types.filter_map(|ty| names.item_of(btf, btf.element(ty))));
        }
        self.close(btf, names, choices, roots)?;
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
                _ if !self.asks(choices, position, function) => false,
                Some(size) => {
                    self.sizes.add_function(size, &[]);
                    true
                }
                None => self.add_function(position, &mut dependencies, &mut sizes),
            };
            self.functions.push(written);
        }
    }

    /// Adds a function if it can be written, and stores its size for other functions with the same prototype. Returns
    /// whether it was added.
    fn add_function(
        &mut self,
        position: usize,
        dependencies: &mut Dependencies,
        sizes: &mut PerPrototype<u32>,
    ) -> bool {
        let names = dependencies.names;
        if !self.takes(dependencies.btf, names, dependencies.choices, position) {
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

    /// Returns whether the function at this position is wanted, even if it cannot be written.
    pub fn asks(&self, choices: &Choices, position: usize, function: &Function) -> bool {
        let asked = match &self.named_functions {
            Some(named) => named[position],
            None => function.ty >= self.from,
        };
        asked && !choices.excludes_function(position)
    }

    /// Returns whether the function at this position is wanted and can be written.
    ///
    /// With patterns, every function can be written. Without, the types that it takes and returns by value must be
    /// selected, or else excluded and so replaced by bytes.
    fn takes(&self, btf: &Btf, names: &Names, choices: &Choices, position: usize) -> bool {
        let function = &names.functions[position];
        let (parameters, _) = function.parts(btf);
        if parameters.len() > MAX_PARAMETERS || !self.asks(choices, position, function) {
            return false;
        }
        self.whole
            || self.named_functions.is_some()
            || signature(btf, function)
                .filter_map(|ty| names.item_of(btf, btf.element(ty)))
                .all(|item| self.has(item) || choices.excludes(item))
    }

    /// Returns how much fits within the component model's limit on the size of types.
    pub fn room(&self) -> Room {
        self.sizes.room(self.pointers)
    }

    /// Selects the roots (`waiting`) and everything that they contain by value.
    fn close(
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
