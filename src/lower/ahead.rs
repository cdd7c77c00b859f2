//! Looks at the items that come next before they are lowered. In the order of labels their types lie anywhere in
//! memory: asked for one by one, each makes the processor wait; some at once, all of them take little longer than one.
//! A kernel, which fits into the processor's cache, takes as long; eight in one BTF take a twentieth less.
//!
//! Decides nothing.

use std::hint::black_box;

use super::{Item, Lower};
use crate::btf::{Name, Type};
use crate::names::EntityId;

/// How many are looked at at once; what is looked at of them, some tens of kilobytes, stays near the processor.
const AHEAD: usize = 32;
/// Their first members; those of longer types follow one another, as processors expect.
const FEW: usize = 24;
/// Members in a line of memory.
const LINE: usize = 4;

/// Items in their order, of which some are looked at before the first of these comes.
pub(crate) struct Ahead<I> {
    items: I,
    /// Those that were looked at, the next one last.
    some: Vec<EntityId>,
}

impl<I: Iterator<Item = EntityId>> Ahead<I> {
    pub fn of(items: I) -> Ahead<I> {
        Ahead {
            items,
            some: Vec::with_capacity(AHEAD),
        }
    }

    /// The next one, to be lowered into `item`.
    pub fn next(&mut self, lower: &Lower, item: &Item) -> Option<EntityId> {
        if self.some.is_empty() {
            self.some.extend(self.items.by_ref().take(AHEAD));
            black_box(lower.look_at(&self.some) ^ lower.look_behind(&self.some, item));
            self.some.reverse();
        }
        self.some.pop()
    }
}

impl Lower<'_> {
    /// Reads of all these items the type, then of all what stands in it, so that none waits for another. Returns
    /// something made of all that was read, so that the compiler leaves it in.
    fn look_at(&self, some: &[EntityId]) -> usize {
        let btf = self.btf;
        let mut read = 0;
        for ty in self.types(some) {
            read ^= ty.name().index();
        }
        for ty in self.types(some) {
            match ty {
                Type::Struct(composite) | Type::Union(composite) => {
                    for member in btf.members(composite).iter().take(FEW).step_by(LINE) {
                        read ^= member.ty.index();
                    }
                }
                Type::Enum(e) => {
                    for enumerator in btf.enumerators(e).iter().take(FEW).step_by(LINE) {
                        read ^= { enumerator.name }.index();
                    }
                }
                Type::Typedef { target, .. } => read ^= btf.ty(*target).name().index(),
                _ => {}
            }
        }
        read
    }

    /// Reads what is behind that: the types of members, what they are called, and the labels.
    fn look_behind(&self, some: &[EntityId], item: &Item) -> usize {
        let btf = self.btf;
        let mut read = 0;
        let name = |name: Name| btf.name_start(name) ^ item.locals.look_at(name);
        for ty in self.types(some) {
            match ty {
                Type::Struct(composite) | Type::Union(composite) => {
                    for member in btf.members(composite).iter().take(FEW) {
                        let own = self.names.own_item(member.ty).map_or(0, EntityId::index);
                        read ^= btf.ty(member.ty).name().index() ^ own ^ name(member.name);
                    }
                }
                Type::Enum(e) => {
                    for enumerator in btf.enumerators(e).iter().take(FEW) {
                        read ^= name(enumerator.name);
                    }
                }
                _ => {}
            }
        }
        read
    }

    fn types(&self, some: &[EntityId]) -> impl Iterator<Item = &Type> {
        some.iter().map(|id| self.btf.ty(self.names.entity(*id).ty))
    }
}
