//! The members of a struct or union as WIT will show them: which, in what order, under whose name.
//!
//! C lets a member be unnamed, or take no room; WIT has neither. Both the names of anonymous types
//! and the fields of records come from this one walk, so that they agree. Knows nothing of labels,
//! of options or of WIT types.

use crate::btf::{Btf, Composite, Malformed, Member, Name, Type, TypeId};

/// A member that is shown: a field of a record, or a case of a variant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FlatMember {
    pub name: MemberName,
    /// Is the name that of the first member inside, lent to an unnamed struct or union?
    pub borrowed_name: bool,
    pub ty: TypeId,
    /// Bits from the start of the type whose shape this is.
    pub bit_offset: u32,
    /// Width in bits; 0 where the member is no bitfield.
    pub bits: u8,
    pub presence: Presence,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MemberName {
    /// The member's own name, or that of the first member inside it.
    Own(Name),
    /// The n-th scalar without a name: the discriminants of Rust's enums.
    Unnamed(u32),
}

impl MemberName {
    /// The C name, [`Name::NONE`] where there is none.
    pub fn own(self) -> Name {
        match self {
            MemberName::Own(name) => name,
            MemberName::Unnamed(_) => Name::NONE,
        }
    }
}

/// Returns the name that stands for the n-th scalar without one. It is no C name of a member in practice.
pub(crate) fn unnamed(n: u32) -> String {
    format!("unnamed{n}")
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    Value,
    /// An array of as many elements as the bytes after the struct hold.
    Flexible,
    /// An arm that takes no room, so that only its choice says something.
    Nothing,
}

/// A member that carries nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LeftOut {
    pub name: Name,
    pub ty: TypeId,
    pub bit_offset: u32,
    /// Width in bits; 0 where the member is no bitfield.
    pub bits: u8,
    pub why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// Its type has no size, or no values at all.
    NoSize,
    /// An array of no elements with other members behind it.
    ZeroLength,
    /// An unnamed bitfield, or an unnamed struct with nothing in it but room.
    Padding,
}

/// The members of one struct or union; kept and filled again for the next.
pub(crate) struct FlatMembers {
    pub members: Vec<FlatMember>,
    pub left_out: Vec<LeftOut>,
    /// The unnamed structs whose members have joined those of their parent.
    pub inlined: Vec<TypeId>,
    unnamed: u32,
    steps: usize,
}

impl FlatMembers {
    /// A shape to fill. Unnamed structs may be shared, and may double at each level: after more
    /// steps, over all readings, than real BTF needs, reading fails.
    pub fn new(btf: &Btf) -> FlatMembers {
        FlatMembers {
            members: Vec::new(),
            left_out: Vec::new(),
            inlined: Vec::new(),
            unnamed: 0,
            steps: 16 * btf.volume() + (1 << 20),
        }
    }

    /// Allows for so many readings of each struct and union.
    pub fn repeatedly(&mut self, times: usize) {
        self.steps = self.steps.saturating_mul(times);
    }

    /// Reads the struct or union `id`; any other type has no members.
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
        read.map_err(|Endless| endless(btf, id))
    }

    /// Returns the anonymous types that the values of members are, or have as elements, each with the position of its
    /// member. Each is an item inside the item of the struct or union.
    pub fn anonymous(&self, btf: &Btf) -> impl Iterator<Item = (usize, TypeId)> {
        let members = self.members.iter().enumerate();
        let valued = members.filter(|(_, member)| member.presence != Presence::Nothing);
        let bases = valued.map(|(position, member)| (position, member.base(btf)));
        bases.filter(|(_, base)| btf.is_anonymous(*base))
    }

    /// Shows the members of a struct that begins at bit `base`, and whose end is that of the
    /// outermost one if it is at the `tail`.
    fn structure(
        &mut self,
        btf: &Btf,
        composite: &Composite,
        base: u32,
        tail: bool,
    ) -> Result<(), Endless> {
        let members = btf.members(composite);
        for (position, member) in members.iter().enumerate() {
            self.step()?;
            let at = base.saturating_add(member.bit_offset);
            if member.name.is_none() {
                match btf.ty(btf.resolved(member.ty)) {
                    Type::Struct(inner) if !is_unsound(btf, member.ty) => {
                        self.inlined.push(btf.resolved(member.ty));
                        // A struct of no size is there for the array in it.
                        let tail = tail && position + 1 == members.len() || inner.size == 0;
                        self.structure(btf, inner, at, tail)?;
                    }
                    _ => self.unnamed(btf, member, at)?,
                }
                continue;
            }
            if self.carries(btf, member.ty)? {
                self.show(MemberName::Own(member.name), member, at, Presence::Value);
            } else if is_flexible(btf, member.ty) {
                // C gives such an array the bytes after the struct only where it comes last.
                if tail && position + 1 == members.len() {
                    self.show(MemberName::Own(member.name), member, at, Presence::Flexible);
                } else {
                    self.leave_out(member, at, Why::ZeroLength);
                }
            } else {
                self.leave_out(member, at, Why::NoSize);
            }
        }
        Ok(())
    }

    fn union(&mut self, btf: &Btf, composite: &Composite) -> Result<(), Endless> {
        for member in btf.members(composite) {
            self.step()?;
            let at = member.bit_offset;
            if member.name.is_none() {
                match self.flexible_wrapper(btf, member.ty)? {
                    Some(inner) => {
                        self.inlined.push(btf.unqualified(member.ty));
                        self.show(MemberName::Own(inner.name), &inner, at, Presence::Flexible);
                    }
                    None => self.unnamed(btf, member, at)?,
                }
                continue;
            }
            let presence = if self.carries(btf, member.ty)? {
                Presence::Value
            } else if is_flexible(btf, member.ty) {
                Presence::Flexible
            } else {
                Presence::Nothing
            };
            self.show(MemberName::Own(member.name), member, at, presence);
        }
        Ok(())
    }

    /// A member without a name that is not to join its parent.
    fn unnamed(&mut self, btf: &Btf, member: &Member, at: u32) -> Result<(), Endless> {
        if btf.ty(btf.resolved(member.ty)).composite().is_none() {
            // C's unnamed bitfields are padding.
            if member.bits > 0 {
                self.leave_out(member, at, Why::Padding);
            } else if btf.is_empty(member.ty) {
                self.leave_out(member, at, Why::NoSize);
            } else {
                let name = self.next_unnamed();
                self.show(name, member, at, Presence::Value);
            }
            return Ok(());
        }
        if !self.carries(btf, member.ty)? {
            self.leave_out(member, at, Why::NoSize);
            return Ok(());
        }
        match self.first_name(btf, member.ty)? {
            Some(Name::NONE) => {
                let name = self.next_unnamed();
                self.show(name, member, at, Presence::Value);
            }
            Some(name) => self.show(MemberName::Own(name), member, at, Presence::Value),
            None => self.leave_out(member, at, Why::Padding),
        }
        Ok(())
    }

    fn next_unnamed(&mut self) -> MemberName {
        self.unnamed += 1;
        MemberName::Unnamed(self.unnamed - 1)
    }

    /// The name of the first member that `id` shows, [`Name::NONE`] for a scalar without one.
    fn first_name(&mut self, btf: &Btf, id: TypeId) -> Result<Option<Name>, Endless> {
        let resolved = btf.ty(btf.resolved(id));
        let Some(composite) = resolved.composite() else {
            return Ok(None);
        };
        let members = btf.members(composite);
        if is_unsound(btf, id) {
            return Ok(Some(Name::NONE));
        }
        for (position, member) in members.iter().enumerate() {
            self.step()?;
            let last = position + 1 == members.len();
            let inner = btf.ty(btf.resolved(member.ty)).composite();
            if member.name.is_none() && inner.is_some() {
                if self.carries(btf, member.ty)? {
                    if let Some(name) = self.first_name(btf, member.ty)? {
                        return Ok(Some(name));
                    }
                }
                continue;
            }
            let padding = member.name.is_none() && member.bits > 0;
            let shown = matches!(resolved, Type::Union(_))
                || self.carries(btf, member.ty)?
                || last && is_flexible(btf, member.ty);
            if shown && !padding {
                return Ok(Some(member.name));
            }
        }
        Ok(None)
    }

    /// Do values of this type hold anything? An anonymous type of no size may still hold an array
    /// of the kernel's DECLARE_FLEX_ARRAY.
    #[inline]
    fn carries(&mut self, btf: &Btf, id: TypeId) -> Result<bool, Endless> {
        match btf.is_empty(id) {
            true => self.carries_flexible(btf, id),
            false => Ok(true),
        }
    }

    #[cold]
    fn carries_flexible(&mut self, btf: &Btf, id: TypeId) -> Result<bool, Endless> {
        let inner = btf.unqualified(id);
        match btf.ty(inner).composite() {
            Some(composite) if composite.name.is_none() => self.holds_flexible(btf, inner),
            _ => Ok(false),
        }
    }

    fn holds_flexible(&mut self, btf: &Btf, id: TypeId) -> Result<bool, Endless> {
        let ty = btf.ty(id);
        let Some(composite) = ty.composite() else {
            return Ok(false);
        };
        let members = btf.members(composite);
        for (position, member) in members.iter().enumerate() {
            self.step()?;
            let inner = btf.unqualified(member.ty);
            let place = position + 1 == members.len() || matches!(ty, Type::Union(_));
            if place && is_flexible(btf, member.ty)
                || btf.is_anonymous(inner) && self.holds_flexible(btf, inner)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The array in the struct that the kernel's DECLARE_FLEX_ARRAY puts around it, since C allows
    /// such an array neither in a union nor alone in a struct.
    fn flexible_wrapper(&mut self, btf: &Btf, id: TypeId) -> Result<Option<Member>, Endless> {
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
        let alone = others.iter().all(|other| btf.is_empty(other.ty));
        Ok(alone.then_some(*last))
    }

    fn show(&mut self, name: MemberName, member: &Member, bit_offset: u32, presence: Presence) {
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

    fn step(&mut self) -> Result<(), Endless> {
        self.steps(1)
    }

    fn steps(&mut self, steps: usize) -> Result<(), Endless> {
        self.steps = self.steps.checked_sub(steps).ok_or(Endless)?;
        Ok(())
    }
}

/// The steps of a [`FlatMembers`] are used up.
struct Endless;

fn endless(btf: &Btf, id: TypeId) -> Malformed {
    let what = "expands to too many members, since what it contains is shared many times";
    Malformed::new(what).in_type(id.0, btf.name_of(id))
}

impl FlatMember {
    /// The type of the member, or of its innermost elements: what a name or a body is needed for.
    pub fn base(&self, btf: &Btf) -> TypeId {
        match self.presence {
            Presence::Flexible => btf.element(btf.resolved(self.ty)),
            _ => btf.element(self.ty),
        }
    }
}

/// Returns whether the members of a struct or union did not fit it, so that its bytes are shown.
fn is_unsound(btf: &Btf, id: TypeId) -> bool {
    let id = btf.resolved(id);
    let composite = btf.ty(id).composite();
    composite.is_some_and(|c| c.members.len == 0) && btf.fault(id).is_some()
}

/// An array of no elements whose elements carry something.
fn is_flexible(btf: &Btf, id: TypeId) -> bool {
    match btf.ty(btf.resolved(id)) {
        Type::Array {
            element, length: 0, ..
        } => !btf.is_empty(*element),
        _ => false,
    }
}

/// The type whose members an item has: a typedef stands in for its anonymous target.
pub(crate) fn body(btf: &Btf, id: TypeId) -> TypeId {
    match *btf.ty(id) {
        Type::Typedef { target, .. } => {
            let target = btf.unqualified(target);
            if btf.is_anonymous(target) { target } else { id }
        }
        _ => id,
    }
}
