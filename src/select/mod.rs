//! What is written: patterns to roots, roots to all that they contain by value.
//!
//! Knows names, shapes and which of them are written as bytes; nothing of WIT types.

mod dependencies;
mod size;

use crate::btf::{Btf, Malformed, TypeId};
use crate::choices::Choices;
use crate::names::{EntityId, Function, Names, Owner, PerPrototype, signature};
use dependencies::Dependencies;
use size::Sizes;

/// The most parameters of a function (wasmparser's limit).
pub(crate) const MAX_PARAMETERS: usize = 1_000;

/// The items to be written.
pub(crate) struct Selection {
    items: Vec<bool>,
    /// Functions, by their position.
    functions: Vec<bool>,
    /// The functions that patterns name, by their position, where there are patterns: no other is written.
    named_functions: Option<Vec<bool>>,
    sizes: Sizes,
    /// The first type that counts: types of the base are written only where they are needed.
    pub from: TypeId,
    /// Is it everything that counts?
    pub whole: bool,
    /// What was asked for, in order, where that is not everything.
    roots: Vec<EntityId>,
    /// Does any of the items hold a pointer?
    pub pointers: bool,
}

/// What the component model's limit on the size of types leaves room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    ForWorld,
    /// For the interface, but not a second time for a world that imports it.
    ForInterface,
    /// For neither; the effective size of the interface.
    None(u64),
}

impl Selection {
    /// Every type that is not below `from`, and the constants too if they are wanted.
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

    /// The roots, and what they contain by value.
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

    /// Returns whether an item is written for itself, and not only since another one contains it.
    pub fn is_root(&self, names: &Names, id: EntityId) -> bool {
        self.has(id)
            && match self.whole {
                true => names.entity(id).ty >= self.from,
                false => self.roots.binary_search(&id).is_ok(),
            }
    }

    /// Asks for these functions, by their position, and for no others.
    pub fn name_functions(&mut self, names: &Names, functions: &[usize]) {
        let mut named = vec![false; names.functions.len()];
        for position in functions {
            named[*position] = true;
        }
        self.named_functions = Some(named);
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

    /// Adds the functions that patterns name, or else those whose types are there, and the anonymous types that stand in
    /// them.
    pub fn add_functions(
        &mut self,
        btf: &Btf,
        names: &Names,
        choices: &Choices,
    ) -> Result<(), Malformed> {
        let is_mine = |place| match place {
            Owner::Function(i) => self.takes(btf, names, choices, i as usize),
            _ => false,
        };
        let entities = names.entities();
        let anonymous = entities.filter(|(_, entity)| is_mine(entity.owner));
        let mut roots: Vec<EntityId> = anonymous.map(|(id, _)| id).collect();
        // With everything else, the types of the base that a function needs are there too; a function that a pattern
        // names brings its types. All others are there already.
        if self.whole && self.from > TypeId(1) || self.named_functions.is_some() {
            let functions = names.functions.iter().enumerate();
            let written = functions.filter(|(i, _)| self.takes(btf, names, choices, *i));
            let types = written.flat_map(|(_, function)| signature(btf, function));
            roots.extend(types.filter_map(|ty| names.item_of(btf, btf.element(ty))));
        }
        self.close(btf, names, choices, roots)?;
        self.weigh_functions(btf, names, choices);
        Ok(())
    }

    fn weigh_functions(&mut self, btf: &Btf, names: &Names, choices: &Choices) {
        let mut contents = Dependencies::new(btf, names, choices);
        let mut weights = PerPrototype::default();
        self.functions.reserve_exact(names.functions.len());
        for (position, function) in names.functions.iter().enumerate() {
            let known = function.prototype_id.and_then(|kin| weights.get(kin));
            let written = match known {
                _ if !self.asks(choices, position, function) => false,
                Some(weight) => {
                    self.sizes.add_function(weight, &[]);
                    true
                }
                None => self.add_function(position, &mut contents, &mut weights),
            };
            self.functions.push(written);
        }
    }

    /// Adds one function, if all its types are there, and remembers what it weighs for those that are
    /// like it.
    fn add_function(
        &mut self,
        position: usize,
        contents: &mut Dependencies,
        weights: &mut PerPrototype<u32>,
    ) -> bool {
        let (btf, names, choices) = (contents.btf, contents.names, contents.choices);
        if !self.takes(btf, names, choices, position) {
            return false;
        }
        let function = &names.functions[position];
        contents.read_function(function);
        self.pointers |= contents.pointers;
        self.sizes.add_function(contents.weight, &contents.held);
        if let (Some(kin), []) = (function.prototype_id, &contents.held[..]) {
            weights.set(kin, contents.weight);
        }
        true
    }

    pub fn has(&self, id: EntityId) -> bool {
        self.items.get(id.index()).copied().unwrap_or(false)
    }

    /// Is the function at this position written?
    pub fn has_function(&self, position: usize) -> bool {
        self.functions.get(position).copied().unwrap_or(false)
    }

    /// Returns whether the function at this position is asked for, be it possible to write it or not.
    pub fn asks(&self, choices: &Choices, position: usize, function: &Function) -> bool {
        let asked = match &self.named_functions {
            Some(named) => named[position],
            None => function.ty >= self.from,
        };
        asked && !choices.excludes_function(position)
    }

    /// Returns whether the function at this position is asked for and can be written: with patterns always, without
    /// them where the types that it takes and returns by value are there. What is excluded needs not be: its bytes
    /// are taken and returned.
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

    /// What the limit of the component model leaves room for.
    pub fn room(&self) -> Room {
        let interface = self.sizes.total().saturating_add(u64::from(self.pointers));
        match interface {
            small if small.saturating_mul(2) <= size::MAX => Room::ForWorld,
            medium if medium <= size::MAX => Room::ForInterface,
            large => Room::None(large),
        }
    }

    /// Selects the roots and all that they contain by value.
    fn close(
        &mut self,
        btf: &Btf,
        names: &Names,
        choices: &Choices,
        mut waiting: Vec<EntityId>,
    ) -> Result<(), Malformed> {
        let mut contents = Dependencies::new(btf, names, choices);
        while let Some(id) = waiting.pop() {
            if choices.excludes(id) || std::mem::replace(&mut self.items[id.index()], true) {
                continue;
            }
            contents.read_item(id)?;
            self.pointers |= contents.pointers;
            self.sizes.add_item(id, contents.weight, &contents.held);
            let new = contents
                .held
                .iter()
                .filter(|held| !self.items[held.index()]);
            waiting.extend(new);
        }
        Ok(())
    }
}
