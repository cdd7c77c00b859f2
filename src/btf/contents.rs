//! What types contain by value: no cycles, bounded nesting, sizes.
//!
//! Relies on members whose ids are in range. Walks with a stack of its own: a chain of 100,000 typedefs must
//! not need 100,000 frames.

use super::{
    check::Checker,
    fact::{Fact, Link},
    malformed::Malformed,
    types::{Composite, Type, TypeId},
};

/// Structs, unions and arrays inside one another by value. Each may be a level in WIT, of which
/// validators allow 100, some for what is around the type. The deepest kernel type has 18.
const MAX_NESTING: u8 = 90;
/// The same of arrays, which have no members that could be taken away.
const MAX_ARRAYS: u8 = MAX_NESTING + 5;

/// A type whose contents are being looked at.
pub(super) struct Frame {
    id: TypeId,
    /// The member to be looked at next.
    position: usize,
    /// The most levels inside the members before it.
    nesting: u8,
    /// Where the last of these begins.
    bit_offset: u32,
}

impl Checker<'_> {
    /// Finds the facts of all types that contain something by value or stand for something. Fails where
    /// [`references`](Checker::references) would, too, if that is in its way.
    pub(super) fn contents(&mut self) -> Result<(), Malformed> {
        for id in 0..self.derived.facts.len() {
            if self.derived.facts[id].is_unseen() {
                self.walk(TypeId(id as u32))?;
            }
        }
        Ok(())
    }

    fn walk(&mut self, root: TypeId) -> Result<(), Malformed> {
        let mut frame = self.enter(root);
        loop {
            if let Some(content) = self.content(&mut frame)? {
                if self.fact(content).is_open() {
                    return Err(self.cycle(&frame));
                }
                self.open.push(frame);
                self.derived.deepest = self.derived.deepest.max(self.open.len() + 1);
                frame = self.enter(content);
                continue;
            }
            self.close(&frame)?;
            match self.open.pop() {
                Some(holder) => frame = holder,
                None => return Ok(()),
            }
        }
    }

    fn fact(&self, id: TypeId) -> Fact {
        self.derived.fact(id)
    }

    fn enter(&mut self, id: TypeId) -> Frame {
        self.derived.facts[id.index()] = self.fact(id).opened();
        Frame {
            id,
            position: 0,
            nesting: 0,
            bit_offset: 0,
        }
    }

    /// The next type that a type contains by value or stands for and that is not done.
    fn content(&mut self, frame: &mut Frame) -> Result<Option<TypeId>, Malformed> {
        Ok(match *self.ty(frame.id) {
            Type::Struct(composite) => self.in_members(frame, &composite, u32::MAX),
            Type::Union(composite) => self.in_members(frame, &composite, 0),
            Type::Array { element: ty, .. }
            | Type::Typedef { target: ty, .. }
            | Type::Modifier { target: ty, .. } => {
                if ty.index() >= self.derived.facts.len() {
                    self.references(frame.id)?;
                }
                Some(ty).filter(|ty| !self.fact(*ty).is_done())
            }
            _ => None,
        })
    }

    /// The same of members, none of which is expected to begin behind bit `last`.
    fn in_members(
        &mut self,
        frame: &mut Frame,
        composite: &Composite,
        last: u32,
    ) -> Option<TypeId> {
        let end = u64::from(composite.size) * 8;
        let (mut nesting, mut bit_offset) = (frame.nesting, frame.bit_offset);
        let mut is_doubtful = false;
        let mut members = self.members(composite)[frame.position..].iter();
        let next = members.position(|member| {
            let fact = self.derived.fact(member.ty);
            if !fact.is_done() {
                return true;
            }
            is_doubtful |= fact.is_doubtful(member, end);
            is_doubtful |= (member.bit_offset < bit_offset) | (member.bit_offset > last);
            nesting = nesting.max(fact.nesting());
            bit_offset = member.bit_offset;
            false
        });
        self.derived.is_doubtful |= is_doubtful;
        frame.nesting = nesting;
        frame.bit_offset = bit_offset;
        frame.position += next?;
        Some(self.members(composite)[frame.position].ty)
    }

    fn cycle(&self, holder: &Frame) -> Malformed {
        match self.ty(holder.id) {
            Type::Struct(_) | Type::Union(_) => {
                self.member_fault(holder.id, holder.position, "contains itself by value")
            }
            _ => {
                let what = "refers back to itself without a pointer between";
                self.fault(holder.id, what)
            }
        }
    }

    /// Derives the facts of a type all of whose contents are done.
    fn close(&mut self, frame: &Frame) -> Result<(), Malformed> {
        let id = frame.id;
        let fact = match *self.ty(id) {
            Type::Struct(composite) | Type::Union(composite) => self
                .fact(id)
                .sized(composite.size)
                .nested(self.levels(frame)),
            Type::Array {
                element, length, ..
            } => self.array(id, element, length),
            Type::Typedef { target, .. } => self.link(id, target),
            Type::Modifier { target, .. } => self.link(self.derived.unqualified(target), target),
            // All others were done before.
            _ => self.fact(id),
        };
        if fact.nesting() > MAX_ARRAYS {
            let what = format!("arrays are nested more than {MAX_ARRAYS} deep by value");
            return Err(self.fault(id, what));
        }
        self.derived.facts[id.index()] = fact;
        Ok(())
    }

    /// The levels of a struct or union, which loses its members where they are too many.
    fn levels(&mut self, frame: &Frame) -> u8 {
        if frame.nesting < MAX_NESTING {
            return 1 + frame.nesting;
        }
        let what = format!("types are nested more than {MAX_NESTING} deep by value");
        let fault = self.fault(frame.id, what);
        self.derived.unsound.note(frame.id, fault);
        1
    }

    /// Of a typedef or a modifier before a type.
    fn link(&mut self, unqualified: TypeId, target: TypeId) -> Fact {
        let resolved = self.derived.resolved(target);
        self.derived.links.push(Link {
            unqualified,
            resolved,
        });
        Fact::linked(self.derived.links.len() - 1)
    }

    /// Of an array; it has no size where that exceeds the 32 bits that BTF has for sizes.
    fn array(&self, id: TypeId, element: TypeId, length: u32) -> Fact {
        let element = self.fact(element);
        let fact = self.fact(id).nested(1 + element.nesting());
        let size = element.size().map(|size| size * u64::from(length));
        match size.map(u32::try_from) {
            Some(Ok(size)) => fact.sized(size),
            _ => fact,
        }
    }
}
