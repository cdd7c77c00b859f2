//! The effective size of what is selected, of which the component model allows 1,000,000.
//!
//! wasmparser counts (`MAX_WASM_TYPE_SIZE`): a primitive, an enum or flags 1; a record, a variant, a
//! tuple or a list 1 and what is in it; a function 1 and its parameters and result; an alias what
//! it stands for; and what is named once more for each place where it is named. An encoded package
//! counts its interface, and that again for the world that imports it.
//!
//! The count here is what is written, or a little more: an array of characters counts as a list
//! where it is a string, and an arm without a payload as nothing.

use crate::names::EntityId;

/// The most that interface and world may have together: the limit of an encoded package, less a
/// little for what wasmparser counts around them.
pub(super) const MAX: u64 = 1_000_000 - 20;

/// What the selected items and functions hold, one entry after another.
#[derive(Default)]
pub(super) struct Sizes {
    /// By item: where its entry is, plus one; 0 for items that are not selected.
    entries: Vec<u32>,
    weights: Vec<u32>,
    /// Where in `held` the items of each entry end.
    ends: Vec<u32>,
    held: Vec<EntityId>,
    /// Of what holds nothing, and that nothing holds.
    rest: u64,
}

impl Sizes {
    pub fn new(items: usize) -> Sizes {
        Sizes {
            entries: vec![0; items],
            ..Sizes::default()
        }
    }

    pub fn add_item(&mut self, id: EntityId, weight: u32, held: &[EntityId]) {
        self.add(weight, held);
        self.entries[id.index()] = self.weights.len() as u32;
    }

    pub fn add_function(&mut self, weight: u32, held: &[EntityId]) {
        match held.is_empty() {
            true => self.rest = self.rest.saturating_add(u64::from(weight)),
            false => self.add(weight, held),
        }
    }

    fn add(&mut self, weight: u32, held: &[EntityId]) {
        self.weights.push(weight);
        self.held.extend_from_slice(held);
        self.ends.push(self.held.len() as u32);
    }

    fn held(&self, entry: usize) -> &[EntityId] {
        let start = match entry.checked_sub(1) {
            Some(before) => self.ends[before] as usize,
            None => 0,
        };
        &self.held[start..self.ends[entry] as usize]
    }

    /// The size of all entries together.
    pub fn total(&self) -> u64 {
        let mut sizes = vec![None; self.weights.len()];
        let mut open = Vec::new();
        for entry in 0..self.weights.len() {
            open.push(entry);
            self.resolve(&mut open, &mut sizes);
        }
        let sizes = sizes.into_iter().flatten();
        sizes.fold(self.rest, u64::saturating_add)
    }

    /// Sets the sizes of open entries, and before each those of what it holds. Without recursion,
    /// since aliases may be chained without a bound.
    fn resolve(&self, open: &mut Vec<usize>, sizes: &mut [Option<u64>]) {
        while let Some(&top) = open.last() {
            if sizes[top].is_some() {
                open.pop();
                continue;
            }
            let mut size = u64::from(self.weights[top]);
            let before = open.len();
            for held in self.held(top) {
                let held = self.entries[held.index()] as usize;
                match held.checked_sub(1).map(|held| (held, sizes[held])) {
                    Some((_, Some(known))) => size = size.saturating_add(known),
                    Some((held, None)) => open.push(held),
                    None => {}
                }
            }
            if open.len() == before {
                sizes[top] = Some(size);
                open.pop();
            }
        }
    }
}
