//! The effective size of the selected items and functions. The component model allows 1,000,000.
//!
//! wasmparser's rule (`MAX_WASM_TYPE_SIZE`): a primitive, an enum or flags count 1; a record, a variant, a tuple or a
//! list 1 and what is in it; a function 1 and its parameters and result; an alias the size of its target; a named
//! type its size for each place that names it. An encoded package counts its interface, and once more for the world that
//! imports it.
//!
//! The size here is exact or a little too large: an array of characters counts as a list where it is a string, and
//! an arm without a payload counts as nothing.

use crate::btf::Type;
use crate::names::EntityId;

/// The largest size of interface and world together: the limit of an encoded package, less what wasmparser counts
/// around them.
const MAX: u64 = 1_000_000 - 20;

/// The size of a record or variant without its members, of a function without its parameters and result, and of an
/// enum or flags.
pub(super) const DEFINITION: u32 = 1;
/// The size of a number, an address or `bool`.
pub(super) const PRIMITIVE: u32 = 1;
/// The size of a list without its elements.
pub(super) const LIST: u32 = 1;
/// The size of a list of bytes.
pub(super) const BYTES: u32 = LIST + PRIMITIVE;
/// The size of a number of 16 bytes, a tuple of two. No other scalar is larger.
pub(super) const LARGEST_SCALAR: u32 = 1 + 2 * PRIMITIVE;

/// Returns the size of a C type that is no item, array or pointer.
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

/// What the component model's limit leaves room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    ForWorld,
    /// For the interface, but not for a world that imports it.
    ForInterface,
    /// For neither. Holds the effective size of the interface.
    None(u64),
}

/// The sizes of the selected items and functions, and the items that each names.
#[derive(Default)]
pub(super) struct Sizes {
    /// By item: the index of its entry plus one, or 0 if it is not selected.
    entry_of: Vec<u32>,
    /// By entry: the size without that of the items it names.
    own: Vec<u32>,
    /// By entry: where its part of `named` ends.
    ends: Vec<u32>,
    named: Vec<EntityId>,
    /// The size of all functions that name no item.
    rest: u64,
}

impl Sizes {
    pub fn new(items: usize) -> Sizes {
        Sizes {
            entry_of: vec![0; items],
            ..Sizes::default()
        }
    }

    pub fn add_item(&mut self, id: EntityId, own: u32, named: &[EntityId]) {
        self.add(own, named);
        self.entry_of[id.index()] = self.own.len() as u32;
    }

    pub fn add_function(&mut self, own: u32, named: &[EntityId]) {
        match named.is_empty() {
            true => self.rest = self.rest.saturating_add(u64::from(own)),
            false => self.add(own, named),
        }
    }

    fn add(&mut self, own: u32, named: &[EntityId]) {
        self.own.push(own);
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

    /// Returns what the limit leaves room for. `pointers` is whether the interface has the alias for
    /// addresses.
    pub fn room(&self, pointers: bool) -> Room {
        let alias = if pointers { PRIMITIVE } else { 0 };
        match self.total().saturating_add(u64::from(alias)) {
            small if small.saturating_mul(2) <= MAX => Room::ForWorld,
            medium if medium <= MAX => Room::ForInterface,
            large => Room::None(large),
        }
    }

    fn total(&self) -> u64 {
        let mut sizes = vec![None; self.own.len()];
        let mut open = Vec::new();
        for entry in 0..self.own.len() {
            open.push(entry);
            self.resolve(&mut open, &mut sizes);
        }
        let sizes = sizes.into_iter().flatten();
        sizes.fold(self.rest, u64::saturating_add)
    }

    /// Sets the sizes of the open entries, each after those of the items it names.
    ///
    /// An explicit stack, since chains of aliases have no bound.
    fn resolve(&self, open: &mut Vec<usize>, sizes: &mut [Option<u64>]) {
        while let Some(&top) = open.last() {
            if sizes[top].is_some() {
                open.pop();
                continue;
            }
            let mut size = u64::from(self.own[top]);
            let before = open.len();
            for item in self.named(top) {
                let entry = self.entry_of[item.index()] as usize;
                match entry.checked_sub(1).map(|entry| (entry, sizes[entry])) {
                    Some((_, Some(known))) => size = size.saturating_add(known),
                    Some((entry, None)) => open.push(entry),
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
