//! Lists the flat members of a struct or union: the members that its record or variant has.
//!
//! In C, a member may have no name or no bytes. WIT allows neither. Therefore members of unnamed structs become members
//! of their parent, and members without bytes are left out, except for named members of unions. Both the names of
//! anonymous types and the fields of records come from this one walk, so they agree. This module does not know labels,
//! options or WIT types.

use crate::btf::{Btf, Composite, Malformed, Member, Name, Type, TypeId};

/// A member that becomes a field of a record or a case of a variant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FlatMember {
    pub name: MemberName,
    /// Whether the member has no C name. If so, `name` is the name of the first member inside it, or
    /// [`MemberName::Unnamed`].
    pub borrowed_name: bool,
    pub ty: TypeId,
    /// The offset in bits from the start of the struct or union whose members are listed.
    pub bit_offset: u32,
    /// The width of a bitfield in bits; 0 for other members.
    pub bits: u8,
    pub presence: Presence,
}

/// The name of a flat member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MemberName {
    /// The member's own name, or the name of the first member inside it.
    Named(Name),
    /// The member has no C name, and no member inside it gives it a name. The number is the position among such
    /// members, from 0. The discriminant of a Rust enum is such a member.
    Unnamed(u32),
}

impl MemberName {
    /// Returns the C name, or [`Name::NONE`] if there is none.
    pub fn c_name(self) -> Name {
        match self {
            MemberName::Named(name) => name,
            MemberName::Unnamed(_) => Name::NONE,
        }
    }
}

/// Returns the name that a [`MemberName::Unnamed`] with the number `n` gets, such as `unnamed0`.
pub(crate) fn unnamed(n: u32) -> String {
    format!("unnamed{n}")
}

/// Whether a member has bytes inside its struct or union, bytes only after it, or no bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// Bytes inside, or an anonymous type of size 0 that contains a flexible array.
    Value,
    /// A flexible array. The number of its elements follows from the number of bytes after the struct.
    Flexible,
    /// No bytes. Only unions list members without bytes, since it matters whether such a member is the active one.
    Nothing,
}

/// A member that becomes no field and no case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LeftOut {
    pub name: Name,
    pub ty: TypeId,
    pub bit_offset: u32,
    /// The width of a bitfield in bits; 0 for other members.
    pub bits: u8,
    pub why: LeftOutReason,
}

/// The reason why a member is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LeftOutReason {
    /// The type of the member has no size or the size 0.
    NoSize,
    /// The member is an array of length 0, and other members follow it.
    ZeroLength,
    /// The member is an unnamed bitfield, or an unnamed struct or union without flat members, such as one that contains
    /// only unnamed bitfields.
    Padding,
}

/// The flat members of one struct or union. To save allocations, one value serves for many structs and unions in turn.
pub(crate) struct FlatMembers {
    pub members: Vec<FlatMember>,
    pub left_out: Vec<LeftOut>,
    /// The unnamed structs whose members became members of the struct or union around them.
    pub inlined: Vec<TypeId>,
    /// The number of members with a [`MemberName::Unnamed`] that were found so far.
    unnamed: u32,
    /// The maximum number of members that all further calls of `read` may visit together.
    steps_left: usize,
}

impl FlatMembers {
    /// Returns an empty list.
    ///
    /// Several members may have the same unnamed struct as their type, which can double the number of members at each
    /// level. Therefore the total number of steps in all calls of `read` is limited. Real BTF needs fewer.
    pub fn new(btf: &Btf) -> FlatMembers {
        FlatMembers {
            members: Vec::new(),
            left_out: Vec::new(),
            inlined: Vec::new(),
            unnamed: 0,
            steps_left: 16 * btf.volume() + (1 << 20),
        }
    }

    /// Multiplies the limit of steps. Callers need this if they read each struct and union several times.
    pub fn allow_repeats(&mut self, times: usize) {
        self.steps_left = self.steps_left.saturating_mul(times);
    }

    /// Reads the members of the struct or union `id`. For other types, there are no members. Fails if the limit of
    /// steps is exceeded.
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

    /// Returns each anonymous type that a member has as its type or, if the member is an array, as the type of its
    /// elements. Also returns the position of the member. Skips members without bytes ([`Presence::Nothing`]).
    ///
    /// Each such type becomes an item inside the item of the struct or union, see [`Children`](crate::names::Children).
    pub fn anonymous(&self, btf: &Btf) -> impl Iterator<Item = (usize, TypeId)> {
        let members = self.members.iter().enumerate();
        let valued = members.filter(|(_, member)| member.presence != Presence::Nothing);
        let bases = valued.map(|(position, member)| (position, member.base(btf)));
        bases.filter(|(_, base)| btf.is_anonymous(*base))
    }

    /// Adds the members of a struct at bit `base`. `tail` is true if the last member may be a flexible array.
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
                        // A struct of size 0 exists only to contain a flexible array, so this array may be anywhere.
                        let tail = tail && position + 1 == members.len() || inner.size == 0;
                        self.structure(btf, inner, at, tail)?;
                    }
                    _ => self.unnamed(btf, member, at)?,
                }
                continue;
            }
            if self.has_value(btf, member.ty)? {
                self.push(MemberName::Named(member.name), member, at, Presence::Value);
            } else if is_flexible(btf, member.ty) {
                // In C, only the last member of a struct may be a flexible array.
                if tail && position + 1 == members.len() {
                    self.push(
                        MemberName::Named(member.name),
                        member,
                        at,
                        Presence::Flexible,
                    );
                } else {
                    self.leave_out(member, at, LeftOutReason::ZeroLength);
                }
            } else {
                self.leave_out(member, at, LeftOutReason::NoSize);
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
                        self.push(
                            MemberName::Named(inner.name),
                            &inner,
                            at,
                            Presence::Flexible,
                        );
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
            self.push(MemberName::Named(member.name), member, at, presence);
        }
        Ok(())
    }

    /// Adds an unnamed member that is a flat member itself, such as a union, or leaves it out.
    fn unnamed(&mut self, btf: &Btf, member: &Member, at: u32) -> Result<(), OutOfSteps> {
        if btf.ty(btf.resolved(member.ty)).composite().is_none() {
            // In C, a bitfield without a name is padding.
            if member.bits > 0 {
                self.leave_out(member, at, LeftOutReason::Padding);
            } else if btf.is_empty(member.ty) {
                self.leave_out(member, at, LeftOutReason::NoSize);
            } else {
                let name = self.next_unnamed();
                self.push(name, member, at, Presence::Value);
            }
            return Ok(());
        }
        if !self.has_value(btf, member.ty)? {
            self.leave_out(member, at, LeftOutReason::NoSize);
            return Ok(());
        }
        match self.first_name(btf, member.ty)? {
            Some(Name::NONE) => {
                let name = self.next_unnamed();
                self.push(name, member, at, Presence::Value);
            }
            Some(name) => self.push(MemberName::Named(name), member, at, Presence::Value),
            None => self.leave_out(member, at, LeftOutReason::Padding),
        }
        Ok(())
    }

    fn next_unnamed(&mut self) -> MemberName {
        self.unnamed += 1;
        MemberName::Unnamed(self.unnamed - 1)
    }

    /// Returns the name of the first flat member of the type `id`. Returns [`Name::NONE`] if this member has no name,
    /// or if the type is unsound. Returns `None` if there is no flat member.
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

    /// Returns whether a type has any bytes, or is an anonymous type that contains a flexible array. The kernel's
    /// `DECLARE_FLEX_ARRAY` defines such anonymous types, which have size 0.
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

    /// Returns the flexible array in a struct that exists only to contain this array. Returns `None` for other types.
    ///
    /// The kernel's `DECLARE_FLEX_ARRAY` defines such structs, since C allows a flexible array neither in a union nor
    /// as the only member of a struct.
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

    fn leave_out(&mut self, member: &Member, bit_offset: u32, why: LeftOutReason) {
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

/// The error for a walk that takes more steps than the limit.
struct OutOfSteps;

fn out_of_steps(btf: &Btf, id: TypeId) -> Malformed {
    let what = "expands to too many members, since what it contains is shared many times";
    Malformed::new(what).in_type(id.0, btf.name_of(id))
}

impl FlatMember {
    /// Returns the type of the member, or of its innermost elements if it is an array.
    pub fn base(&self, btf: &Btf) -> TypeId {
        match self.presence {
            Presence::Flexible => btf.element(btf.resolved(self.ty)),
            _ => btf.element(self.ty),
        }
    }
}

/// Returns whether a struct or union lost its members because they did not fit in it or were nested too deep. Such a
/// type is written as bytes.
fn is_unsound(btf: &Btf, id: TypeId) -> bool {
    let id = btf.resolved(id);
    let composite = btf.ty(id).composite();
    composite.is_some_and(|c| c.members.len == 0) && btf.fault(id).is_some()
}

/// Returns whether a type is an array of length 0 whose elements have bytes. In C, this is a flexible array.
fn is_flexible(btf: &Btf, id: TypeId) -> bool {
    match btf.ty(btf.resolved(id)) {
        Type::Array {
            element, length: 0, ..
        } => !btf.is_empty(*element),
        _ => false,
    }
}

/// Returns the type whose members the item of `id` has. If `id` is a typedef of an anonymous type, this is the
/// anonymous type. Otherwise it is `id`.
pub(crate) fn body(btf: &Btf, id: TypeId) -> TypeId {
    match *btf.ty(id) {
        Type::Typedef { target, .. } => {
            let target = btf.unqualified(target);
            if btf.is_anonymous(target) { target } else { id }
        }
        _ => id,
    }
}
