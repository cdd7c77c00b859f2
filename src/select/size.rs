//! Computes the effective size of the selected items and functions, a measure of the component model that has no unit.
//! A component is invalid if the effective size of its types exceeds 1,000,000.
//!
//! By wasmparser's rule (`MAX_WASM_TYPE_SIZE`), a primitive type, an enum or flags have size 1. A record, a variant, a
//! tuple or a list has 1 plus the sizes of its parts. A function has 1 plus the sizes of its parameters and its result.
//! A case without a payload has size 0. An alias has the size of its target. A named type counts with its full size at
//! each place that names it. An encoded package counts its interface once, and a second time if a world imports it.
//!
//! The size that is computed here is exact or a little too large: for example, an array of characters counts as a list
//! even if it is written as a string.

use crate::btf::Type;
use crate::names::EntityId;

/// The maximum size of the interface and the world together. The limit of 1,000,000 is for the whole encoded package;
/// the 20 are for the parts of the package that enclose the interface and the world.
const MAX: u64 = 1_000_000 - 20;

/// The size of a record or variant without its members, of a function without its parameters and result, and of an enum
/// or flags.
pub(super) const DEFINITION: u32 = 1;
/// The size of a number of at most 8 bytes, an address or `bool`.
pub(super) const PRIMITIVE: u32 = 1;
/// The size of a list without its elements.
pub(super) const LIST: u32 = 1;
/// The size of a list of bytes.
pub(super) const BYTES: u32 = LIST + PRIMITIVE;
/// The size of a number of 16 bytes, which is a tuple of two numbers. No other scalar has a larger size.
pub(super) const LARGEST_SCALAR: u32 = 1 + 2 * PRIMITIVE;

/// Returns the size of a C type that has no item and is neither an array nor a pointer. Returns an upper bound if WIT
/// has no number of the type's size.
pub(super) fn scalar(ty: &Type) -> u32 {
    let is_primitive = match ty {
        Type::Int(int) => int.is_number() && matches!(int.size, 1 | 2 | 4 | 8),
        Type::Float { size, .. } => matches!(size, 4 | 8),
        _ => false,
    };
    if is_primitive {
        PRIMITIVE
    } else {
        LARGEST_SCALAR
    }
}

/// The result of comparing the size of an interface with the component model's limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    /// The limit allows the interface and a world that imports it.
    ForWorld,
    /// The limit allows the interface, but not a world that imports it.
    ForInterface,
    /// The limit does not even allow the interface, whose effective size is the value.
    None(u64),
}

/// The sizes of the selected items and functions, and the items that each of them names. Each selected item, and each
/// function that names items, has an entry at the same index in `own_sizes` and `ends`.
#[derive(Default)]
pub(super) struct Sizes {
    /// For each item, the index of its entry plus one, or 0 if the item is not selected.
    entry_of: Vec<u32>,
    /// For each entry, its size without the sizes of the items that it names.
    own_sizes: Vec<u32>,
    /// For each entry, the end of the range in `named` that has the items it names. The range begins at the end of the
    /// previous entry's range.
    ends: Vec<u32>,
    named: Vec<EntityId>,
    /// The total size of all functions that name no items. These functions have no entries.
    other_functions: u64,
}

impl Sizes {
    pub fn new(items: usize) -> Sizes {
        Sizes {
            entry_of: vec![0; items],
            ..Sizes::default()
        }
    }

    pub fn add_item(&mut self, id: EntityId, own_size: u32, named: &[EntityId]) {
        self.add(own_size, named);
        self.entry_of[id.index()] = self.own_sizes.len() as u32;
    }

    pub fn add_function(&mut self, own_size: u32, named: &[EntityId]) {
        match named.is_empty() {
            true => self.other_functions = self.other_functions.saturating_add(u64::from(own_size)),
            false => self.add(own_size, named),
        }
    }

    fn add(&mut self, own_size: u32, named: &[EntityId]) {
        self.own_sizes.push(own_size);
        self.named.extend_from_slice(named);
        self.ends.push(self.named.len() as u32);
    }

    fn named(&self, entry: usize) -> &[EntityId] {
        let start = match entry.checked_sub(1) {
            Some(before) => self.ends[before] as usize,
            None => 0,
        };
        &self.named[start..self.ends[entry] as usize]
    }

    /// Compares the total size with the limit. `pointers` says whether the interface also has the alias for addresses.
    pub fn room(&self, pointers: bool) -> Room {
        let alias = if pointers { PRIMITIVE } else { 0 };
        match self.total().saturating_add(u64::from(alias)) {
            small if small.saturating_mul(2) <= MAX => Room::ForWorld,
            medium if medium <= MAX => Room::ForInterface,
            large => Room::None(large),
        }
    }

    fn total(&self) -> u64 {
        let mut sizes = vec![None; self.own_sizes.len()];
        let mut stack = Vec::new();
        for entry in 0..self.own_sizes.len() {
            stack.push(entry);
            self.resolve(&mut stack, &mut sizes);
        }
        let sizes = sizes.into_iter().flatten();
        sizes.fold(self.other_functions, u64::saturating_add)
    }

    /// Computes the sizes of the entries in `stack` and stores them in `sizes`. The sizes of the items that an entry
    /// names are computed before the size of the entry.
    ///
    /// There is a stack instead of recursion, since chains of aliases have no maximum length.
    fn resolve(&self, stack: &mut Vec<usize>, sizes: &mut [Option<u64>]) {
        while let Some(&top) = stack.last() {
            if sizes[top].is_some() {
                stack.pop();
                continue;
            }
            let mut size = u64::from(self.own_sizes[top]);
            let before = stack.len();
            for item in self.named(top) {
                let entry = self.entry_of[item.index()] as usize;
                match entry.checked_sub(1).map(|entry| (entry, sizes[entry])) {
                    Some((_, Some(known))) => size = size.saturating_add(known),
                    Some((entry, None)) => stack.push(entry),
                    None => {}
                }
            }
            if stack.len() == before {
                sizes[top] = Some(size);
                stack.pop();
            }
        }
    }
}
