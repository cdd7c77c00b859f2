//! The flat members of a struct or union: those that a record or variant has.
//!
//! In C, members may be unnamed or hold no bytes. WIT has neither: members of unnamed structs become members of their
//! parent, and members without bytes are left out. Names of anonymous types and fields of records both come from this
//! walk, so that they agree. Does not know labels, options or WIT types.

use crate::btf::{Btf, Composite, Malformed, Member, Name, Type, TypeId};

/// A member that becomes a field of a record or a case of a variant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FlatMember {
    pub name: MemberName,
    /// Whether the member itself, a struct or union, is unnamed and has the name of the first member inside it.
    pub borrowed_name: bool,
    pub ty: TypeId,
    /// Bits from the start of the struct or union that was read.
    pub bit_offset: u32,
    /// Width of a bitfield in bits, or 0.
    pub bits: u8,
    pub presence: Presence,
}

/// The name of a flat member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MemberName {
    /// The member's own name, or that of the first member inside it.
    Own(Name),
    /// The n-th scalar without a name. The discriminants of Rust's enums have none.
    Unnamed(u32),
}

impl MemberName {
    /// Returns the C name, or [`Name::NONE`].
    pub fn own(self) -> Name {
        match self {
            MemberName::Own(name) => name,
            MemberName::Unnamed(_) => Name::NONE,
        }
    }
}

/// Returns the name of the n-th scalar without a C name.
pub(crate) fn unnamed(n: u32) -> String {
    format!("unnamed{n}")
}

/// What a flat member holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    Value,
    /// A flexible array: as many elements as there are bytes after the struct.
    Flexible,
    /// No bytes. Only a member of a union may hold none: that it is the active one is information.
    Nothing,
}

/// A member that is left out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LeftOut {
    pub name: Name,
    pub ty: TypeId,
    pub bit_offset: u32,
    /// Width of a bitfield in bits, or 0.
    pub bits: u8,
    pub why: Why,
}

/// Why a member is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// Its type has no size or no values.
    NoSize,
    /// It is an array without elements that other members follow.
    ZeroLength,
    /// It is an unnamed bitfield, or an unnamed struct or union of such.
    Padding,
}

/// The flat members of one struct or union. Kept and filled again for the next.
pub(crate) struct FlatMembers {
    pub members: Vec<FlatMember>,
    pub left_out: Vec<LeftOut>,
    /// The unnamed structs whose members are members of their parent here.
    pub inlined: Vec<TypeId>,
    /// How many scalars without a name there are.
    unnamed: u32,
    /// How many more members may be visited.
    steps_left: usize,
}

impl FlatMembers {
    /// Makes an empty list.
    ///
    /// Unnamed structs may be shared, so that their members double at each level. Reading fails after more steps, over
    /// all calls of `read`, than real BTF needs.
    pub fn new(btf: &Btf) -> FlatMembers {
        FlatMembers {
            members: Vec::new(),
            left_out: Vec::new(),
            inlined: Vec::new(),
            unnamed: 0,
            steps_left: 16 * btf.volume() + (1 << 20),
        }
    }

    /// Multiplies the steps, for callers that read each struct and union several times.
    pub fn repeatedly(&mut self, times: usize) {
        self.steps_left = self.steps_left.saturating_mul(times);
    }

    /// Reads the struct or union `id`. Any other type has no members.
    pub fn read(&mut self, btf: &Btf, id: TypeId) -> Result<(), Malformed> {
        self.members.clear();
        self.left_out.clear();
        self.inlined.clear();
        self.unnamed = 0;
        let read = match btf.ty(id) {
            Type::Struct(composite) => self.structure(btf, composite, 0, true),
            Type::Union(composite) => self.union(btf, composite),
            _ => Ok(()),
        };
        read.map_err(|OutOfSteps| out_of_steps(btf, id))
    }

    /// Returns the anonymous types of members, or of their elements, each with the position of the member.
    ///
    /// Each is an item inside that of the struct or union, see [`Children`](crate::names::Children).
    pub fn anonymous(&self, btf: &Btf) -> impl Iterator<Item = (usize, TypeId)> {
        let members = self.members.iter().enumerate();
        let valued = members.filter(|(_, member)| member.presence != Presence::Nothing);
        let bases = valued.map(|(position, member)| (position, member.base(btf)));
        bases.filter(|(_, base)| btf.is_anonymous(*base))
    }

    /// Adds the members of a struct that begins at bit `base`. `tail` is whether its end is that of the outermost struct.
    fn structure(
        &mut self,
        btf: &Btf,
        composite: &Composite,
        base: u32,
        tail: bool,
    ) -> Result<(), OutOfSteps> {
        let members = btf.members(composite);
        for (position, member) in members.iter().enumerate() {
            self.steps(1)?;
            let at = base.saturating_add(member.bit_offset);
            if member.name.is_none() {
                match btf.ty(btf.resolved(member.ty)) {
                    Type::Struct(inner) if !is_unsound(btf, member.ty) => {
                        self.inlined.push(btf.resolved(member.ty));
                        // A struct without size only wraps a flexible array.
                        let tail = tail && position + 1 == members.len() || inner.size == 0;
                        self.structure(btf, inner, at, tail)?;
                    }
                    _ => self.unnamed(btf, member, at)?,
                }
                continue;
            }
            if self.has_value(btf, member.ty)? {
                self.push(MemberName::Own(member.name), member, at, Presence::Value);
            } else if is_flexible(btf, member.ty) {
                // In C, only the last member may be a flexible array.
                if tail && position + 1 == members.len() {
                    self.push(MemberName::Own(member.name), member, at, Presence::Flexible);
                } else {
                    self.leave_out(member, at, Why::ZeroLength);
                }
            } else {
                self.leave_out(member, at, Why::NoSize);
            }
        }
        Ok(())
    }

    fn union(&mut self, btf: &Btf, composite: &Composite) -> Result<(), OutOfSteps> {
        for member in btf.members(composite) {
            self.steps(1)?;
            let at = member.bit_offset;
            if member.name.is_none() {
                match self.flexible_wrapper(btf, member.ty)? {
                    Some(inner) => {
                        self.inlined.push(btf.unqualified(member.ty));
                        self.push(MemberName::Own(inner.name), &inner, at, Presence::Flexible);
                    }
                    None => self.unnamed(btf, member, at)?,
                }
                continue;
            }
            let presence = if self.has_value(btf, member.ty)? {
                Presence::Value
            } else if is_flexible(btf, member.ty) {
                Presence::Flexible
            } else {
                Presence::Nothing
            };
            self.push(MemberName::Own(member.name), member, at, presence);
        }
        Ok(())
    }

    /// Adds an unnamed member whose members do not become those of its parent.
    fn unnamed(&mut self, btf: &Btf, member: &Member, at: u32) -> Result<(), OutOfSteps> {
        if btf.ty(btf.resolved(member.ty)).composite().is_none() {
            // In C, unnamed bitfields are padding.
            if member.bits > 0 {
                self.leave_out(member, at, Why::Padding);
            } else if btf.is_empty(member.ty) {
                self.leave_out(member, at, Why::NoSize);
            } else {
                let name = self.next_unnamed();
                self.push(name, member, at, Presence::Value);
            }
            return Ok(());
        }
        if !self.has_value(btf, member.ty)? {
            self.leave_out(member, at, Why::NoSize);
            return Ok(());
        }
        match self.first_name(btf, member.ty)? {
            Some(Name::NONE) => {
                let name = self.next_unnamed();
                self.push(name, member, at, Presence::Value);
            }
            Some(name) => self.push(MemberName::Own(name), member, at, Presence::Value),
            None => self.leave_out(member, at, Why::Padding),
        }
        Ok(())
    }

    fn next_unnamed(&mut self) -> MemberName {
        self.unnamed += 1;
        MemberName::Unnamed(self.unnamed - 1)
    }

    /// Returns the name of the first flat member of `id`, or [`Name::NONE`] for a scalar without one.
    fn first_name(&mut self, btf: &Btf, id: TypeId) -> Result<Option<Name>, OutOfSteps> {
        let resolved = btf.ty(btf.resolved(id));
        let Some(composite) = resolved.composite() else {
            return Ok(None);
        };
        let members = btf.members(composite);
        if is_unsound(btf, id) {
            return Ok(Some(Name::NONE));
        }
        for (position, member) in members.iter().enumerate() {
            self.steps(1)?;
            let last = position + 1 == members.len();
            let inner = btf.ty(btf.resolved(member.ty)).composite();
            if member.name.is_none() && inner.is_some() {
                if self.has_value(btf, member.ty)? {
                    if let Some(name) = self.first_name(btf, member.ty)? {
                        return Ok(Some(name));
                    }
                }
                continue;
            }
            let is_padding = member.name.is_none() && member.bits > 0;
            let is_flat = matches!(resolved, Type::Union(_))
                || self.has_value(btf, member.ty)?
                || last && is_flexible(btf, member.ty);
            if is_flat && !is_padding {
                return Ok(Some(member.name));
            }
        }
        Ok(None)
    }

    /// Returns whether values of a type hold anything. An anonymous type without size may still hold the flexible array
    /// of the kernel's DECLARE_FLEX_ARRAY.
    #[inline]
    fn has_value(&mut self, btf: &Btf, id: TypeId) -> Result<bool, OutOfSteps> {
        match btf.is_empty(id) {
            true => self.has_flexible(btf, id),
            false => Ok(true),
        }
    }

    #[cold]
    fn has_flexible(&mut self, btf: &Btf, id: TypeId) -> Result<bool, OutOfSteps> {
        let inner = btf.unqualified(id);
        match btf.ty(inner).composite() {
            Some(composite) if composite.name.is_none() => self.holds_flexible(btf, inner),
            _ => Ok(false),
        }
    }

    fn holds_flexible(&mut self, btf: &Btf, id: TypeId) -> Result<bool, OutOfSteps> {
        let ty = btf.ty(id);
        let Some(composite) = ty.composite() else {
            return Ok(false);
        };
        let members = btf.members(composite);
        for (position, member) in members.iter().enumerate() {
            self.steps(1)?;
            let inner = btf.unqualified(member.ty);
            let is_allowed = position + 1 == members.len() || matches!(ty, Type::Union(_));
            if is_allowed && is_flexible(btf, member.ty)
                || btf.is_anonymous(inner) && self.holds_flexible(btf, inner)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns the flexible array in a struct that only wraps it.
    ///
    /// The kernel's DECLARE_FLEX_ARRAY makes such structs, since C allows a flexible array neither in a union nor as the
    /// only member of a struct.
    fn flexible_wrapper(&mut self, btf: &Btf, id: TypeId) -> Result<Option<Member>, OutOfSteps> {
        let Type::Struct(wrapper) = btf.ty(btf.unqualified(id)) else {
            return Ok(None);
        };
        let Some((last, others)) = btf.members(wrapper).split_last() else {
            return Ok(None);
        };
        if wrapper.size > 0 || last.name.is_none() || !is_flexible(btf, last.ty) {
            return Ok(None);
        }
        self.steps(others.len())?;
        let is_alone = others.iter().all(|other| btf.is_empty(other.ty));
        Ok(is_alone.then_some(*last))
    }

    fn push(&mut self, name: MemberName, member: &Member, bit_offset: u32, presence: Presence) {
        self.members.push(FlatMember {
            name,
            borrowed_name: member.name.is_none(),
            ty: member.ty,
            bit_offset,
            bits: member.bits,
            presence,
        });
    }

    fn leave_out(&mut self, member: &Member, bit_offset: u32, why: Why) {
        self.left_out.push(LeftOut {
            name: member.name,
            ty: member.ty,
            bit_offset,
            bits: member.bits,
            why,
        });
    }

    fn steps(&mut self, steps: usize) -> Result<(), OutOfSteps> {
        self.steps_left = self.steps_left.checked_sub(steps).ok_or(OutOfSteps)?;
        Ok(())
    }
}

/// No steps are left.
struct OutOfSteps;

fn out_of_steps(btf: &Btf, id: TypeId) -> Malformed {
    let what = "expands to too many members, since what it contains is shared many times";
    Malformed::new(what).in_type(id.0, btf.name_of(id))
}

impl FlatMember {
    /// Returns the type of the member, or of its innermost elements.
    pub fn base(&self, btf: &Btf) -> TypeId {
        match self.presence {
            Presence::Flexible => btf.element(btf.resolved(self.ty)),
            _ => btf.element(self.ty),
        }
    }
}

/// Returns whether a struct or union lost its members, since they did not fit it. It is written as its bytes.
fn is_unsound(btf: &Btf, id: TypeId) -> bool {
    let id = btf.resolved(id);
    let composite = btf.ty(id).composite();
    composite.is_some_and(|c| c.members.len == 0) && btf.fault(id).is_some()
}

/// Returns whether a type is an array without elements whose element type has a size.
fn is_flexible(btf: &Btf, id: TypeId) -> bool {
    match btf.ty(btf.resolved(id)) {
        Type::Array {
            element, length: 0, ..
        } => !btf.is_empty(*element),
        _ => false,
    }
}

/// Returns the type whose members an item has. A typedef of an anonymous type has the members of that.
pub(crate) fn body(btf: &Btf, id: TypeId) -> TypeId {
    match *btf.ty(id) {
        Type::Typedef { target, .. } => {
            let target = btf.unqualified(target);
            if btf.is_anonymous(target) { target } else { id }
        }
        _ => id,
    }
}
