//! Resolves types: computes their sizes and nesting, finds the types that typedefs and modifiers stand for, and refuses
//! loops without a pointer.
//!
//! Type ids must be in range. The stack is a vector and not recursion, since a chain of 100,000 typedefs would overflow
//! the stack of the thread.

use super::{
    checker::Checker,
    malformed::Malformed,
    type_info::{Link, TypeInfo},
    types::{Composite, Type, TypeId},
};

/// The maximum depth of structs, unions and arrays nested by value. Each of them may become a level of nesting in WIT.
/// Validators of components allow 100 levels, and the text around a type needs some of them. The types of kernels have
/// fewer than 20 levels.
const MAX_NESTING: u8 = 90;
/// The maximum depth of an array and the types nested in it. A struct that exceeds [`MAX_NESTING`] loses its members
/// and is written as bytes. An array has no members to lose, so exceeding this limit is an error. The 5 further levels
/// are for arrays of the most deeply nested structs.
const MAX_ARRAY_NESTING: u8 = MAX_NESTING + 5;

/// A type whose contents are being resolved.
struct Frame {
    id: TypeId,
    /// The position of the next member to look at.
    position: usize,
    /// The deepest nesting among the members before `position`.
    nesting: u8,
    /// The offset in bits of the last member before `position`, or 0 if there is none.
    bit_offset: u32,
}

impl Checker<'_> {
    /// Resolves all types that were not resolved when they were loaded.
    pub(super) fn resolve(&mut self) -> Result<(), Malformed> {
        let mut stack = Vec::new();
        for id in self.ids() {
            if self.derived.infos[id.index()].is_unresolved() {
                self.resolve_type(id, &mut stack)?;
            }
        }
        Ok(())
    }

    fn resolve_type(&mut self, root: TypeId, stack: &mut Vec<Frame>) -> Result<(), Malformed> {
        let mut frame = self.enter(root);
        loop {
            if let Some(content) = self.next_unresolved(&mut frame) {
                if self.derived.info(content).is_resolving() {
                    return Err(self.contains_itself(&frame));
                }
                stack.push(frame);
                self.derived.max_depth = self.derived.max_depth.max(stack.len() + 1);
                frame = self.enter(content);
                continue;
            }
            self.leave(&frame)?;
            match stack.pop() {
                Some(container) => frame = container,
                None => return Ok(()),
            }
        }
    }

    fn enter(&mut self, id: TypeId) -> Frame {
        self.derived.infos[id.index()] = self.derived.info(id).resolving();
        Frame {
            id,
            position: 0,
            nesting: 0,
            bit_offset: 0,
        }
    }

    /// Returns the next type that the type of `frame` refers to and that is not resolved: the type of a member or
    /// element, or the target of a typedef or modifier. If the returned type is already being resolved, there is a
    /// loop. Returns `None` if all such types are resolved.
    fn next_unresolved(&mut self, frame: &mut Frame) -> Option<TypeId> {
        match *self.ty(frame.id) {
            Type::Struct(composite) => self.next_member(frame, &composite, u32::MAX),
            Type::Union(composite) => self.next_member(frame, &composite, 0),
            Type::Array { element: ty, .. }
            | Type::Typedef { target: ty, .. }
            | Type::Modifier { target: ty, .. } => {
                Some(ty).filter(|ty| !self.derived.info(*ty).is_resolved())
            }
            _ => None,
        }
    }

    /// Returns the type of the next member whose type is not resolved yet, or `None` if the types of all members are
    /// resolved. Also sets `needs_layout_check` if a member before the returned one is suspect: if it begins after bit
    /// `last` or before its predecessor, or may not fit. In a union, `last` is 0, since all members must begin there.
    fn next_member(
        &mut self,
        frame: &mut Frame,
        composite: &Composite,
        last: u32,
    ) -> Option<TypeId> {
        let end = u64::from(composite.size) * 8;
        let (mut nesting, mut bit_offset) = (frame.nesting, frame.bit_offset);
        let mut is_suspect = false;
        let mut members = self.members(composite)[frame.position..].iter();
        let next = members.position(|member| {
            let info = self.derived.info(member.ty);
            if !info.is_resolved() {
                return true;
            }
            is_suspect |= info.may_misfit(member, end);
            is_suspect |= (member.bit_offset < bit_offset) | (member.bit_offset > last);
            nesting = nesting.max(info.nesting());
            bit_offset = member.bit_offset;
            false
        });
        self.derived.needs_layout_check |= is_suspect;
        frame.nesting = nesting;
        frame.bit_offset = bit_offset;
        frame.position += next?;
        Some(self.members(composite)[frame.position].ty)
    }

    fn contains_itself(&self, container: &Frame) -> Malformed {
        match self.ty(container.id) {
            Type::Struct(_) | Type::Union(_) => {
                let what = "contains itself by value";
                self.member_fault(container.id, container.position, what)
            }
            _ => {
                let what = "refers back to itself without a pointer between";
                self.fault(container.id, what)
            }
        }
    }

    /// Stores the facts about a type, after all its contents are resolved. Fails if arrays are nested too deep.
    fn leave(&mut self, frame: &Frame) -> Result<(), Malformed> {
        let id = frame.id;
        let info = self.derived.info(id);
        let info = match *self.ty(id) {
            Type::Struct(composite) | Type::Union(composite) => {
                info.sized(composite.size).resolved(self.nesting(frame))
            }
            Type::Array {
                element, length, ..
            } => self.array(info, element, length),
            Type::Typedef { target, .. } => self.link(id, target),
            Type::Modifier { target, .. } => self.link(self.derived.unqualified(target), target),
            // Types of all other kinds were resolved when they were loaded.
            _ => info,
        };
        if info.nesting() > MAX_ARRAY_NESTING {
            let what = format!("arrays are nested more than {MAX_ARRAY_NESTING} deep by value");
            return Err(self.fault(id, what));
        }
        self.derived.infos[id.index()] = info;
        Ok(())
    }

    /// Returns the nesting of a struct or union. If the nesting exceeds the limit, records the fault and returns 1,
    /// since the type will lose its members.
    fn nesting(&mut self, frame: &Frame) -> u8 {
        if frame.nesting < MAX_NESTING {
            return 1 + frame.nesting;
        }
        let what = format!("types are nested more than {MAX_NESTING} deep by value");
        let fault = self.fault(frame.id, what);
        self.derived.unsound.note(frame.id, fault);
        1
    }

    /// Links a typedef or a modifier to its target. `unqualified` is the type without outer modifiers.
    fn link(&mut self, unqualified: TypeId, target: TypeId) -> TypeInfo {
        let resolved = self.derived.resolved(target);
        self.derived.links.push(Link {
            unqualified,
            resolved,
        });
        TypeInfo::linked(self.derived.links.len() - 1)
    }

    /// Returns the facts about an array. An array has no size if its elements have none, or if the size in bytes does
    /// not fit in 32 bits, the width of a size in BTF.
    fn array(&self, info: TypeInfo, element: TypeId, length: u32) -> TypeInfo {
        let element = self.derived.info(element);
        let info = info.resolved(1 + element.nesting());
        let size = element.size().map(|size| size * u64::from(length));
        match size.map(u32::try_from) {
            Some(Ok(size)) => info.sized(size),
            _ => info,
        }
    }
}
