//! Finds what the kernel's BTF verifier would refuse in BTF that is sound enough to be converted.
//!
//! Follows `kernel/bpf/btf.c`. Where kernels differ the most lenient one counts, and so does what
//! libbpf mends in a BPF object before it loads it. Does not look again for what `check` and
//! `layout` refuse, nor into the base of split BTF. Knows no words: those are in `warning`.
//!
//! Runs on every input, kernels of 100,000 types included, and finds nothing in most: hence looks only at what
//! `look` could not clear, and places become text only at the end.

mod chains;
mod declarations;
mod depth;
mod header;
mod kinds;
mod members;
mod names;

use super::{
    check::Derived,
    invalid_names::InvalidNames,
    load::Tables,
    sections::Sections,
    strings::Strings,
    types::{Int, Name, Type, TypeId},
    warning::{Rule, Warning},
};
/// BTF that was read and checked; of split BTF, what is not the base's.
#[derive(Clone, Copy)]
pub(super) struct Checked<'a> {
    pub sections: &'a Sections,
    pub tables: &'a Tables,
    pub strings: &'a Strings,
    pub derived: &'a Derived,
    pub invalid_names: &'a InvalidNames,
    /// The first type that is not the base's.
    pub own: TypeId,
    /// Bytes.
    pub pointer_size: u8,
}

/// Every rule that is broken, with the first place where it is.
pub(super) fn warnings(btf: Checked<'_>) -> Vec<Warning> {
    let warnings = warnings_of(btf, btf.derived.suspects.iter().copied());
    let all = || (btf.own.0..btf.tables.types.len() as u32).map(TypeId);
    debug_assert_eq!(
        warnings,
        warnings_of(btf, all()),
        "`look` clears no culprit"
    );
    warnings
}

/// The same, looking at some types alone.
fn warnings_of(btf: Checked<'_>, ids: impl Iterator<Item = TypeId>) -> Vec<Warning> {
    let mut verifier = Verifier {
        btf,
        doubtful_members: btf.derived.is_doubtful
            || btf
                .invalid_names
                .any(btf.tables.members.iter().map(|m| m.name)),
        chained: TypeId(btf.own.0 - 1),
        forward: Vec::new(),
        found: Vec::new(),
    };
    verifier.header();
    verifier.odd_words();
    for id in ids {
        verifier.ty(id);
    }
    let longest = verifier.loops();
    verifier.depth(longest);
    let found = verifier.found.iter();
    found.map(|found| found.warning(&btf)).collect()
}

struct Verifier<'a> {
    btf: Checked<'a>,
    /// Can a member break a rule? Where not, none is looked at.
    doubtful_members: bool,
    /// The last modifier or typedef that was looked at, or the last type of the base.
    chained: TypeId,
    /// Pointers, modifiers and typedefs that refer to a later one, or themselves.
    forward: Vec<TypeId>,
    found: Vec<Found>,
}

/// A broken rule.
struct Found {
    rule: Rule,
    /// Where it was met first.
    place: Place,
    count: usize,
}

/// What breaks a rule.
#[derive(Clone, Copy)]
enum Place {
    Whole,
    Type(TypeId),
    /// A member and the like, by position and name.
    Member(TypeId, usize, Name),
}

impl<'a> Verifier<'a> {
    fn note(&mut self, rule: Rule, place: Place) {
        self.note_all(rule, place, 1);
    }

    fn note_all(&mut self, rule: Rule, place: Place, count: usize) {
        match self.found.iter_mut().find(|found| found.rule == rule) {
            Some(found) => found.count += count,
            None => self.found.push(Found { rule, place, count }),
        }
    }

    fn ty_of(&self, id: TypeId) -> &'a Type {
        self.btf.tables.types.get(id.index()).unwrap_or(&Type::Void)
    }

    /// The type behind modifiers and typedefs; `void` where there is no such type.
    fn resolved(&self, id: TypeId) -> &'a Type {
        self.ty_of(self.btf.derived.resolved(id))
    }

    fn has_size(&self, id: TypeId) -> bool {
        self.btf.derived.size(id).is_some()
    }

    fn ty(&mut self, id: TypeId) {
        match self.ty_of(id) {
            Type::Void => {}
            Type::Pointer(target) => self.forward(id, *target),
            Type::Int(int) => self.int(id, int),
            Type::Float { size, .. } => self.float(id, *size),
            Type::Array { element, index, .. } => self.array(id, *element, *index),
            Type::Struct(composite) => self.members(id, composite, false),
            Type::Union(composite) => self.members(id, composite, true),
            Type::Enum(e) => self.enumerators(id, e),
            Type::Forward { name, .. } => self.needed_name(*name, || Place::Type(id)),
            Type::Typedef { name, target } => {
                self.needed_name(*name, || Place::Type(id));
                self.chain(id, *target);
            }
            Type::Modifier { modifier, target } => self.modifier(id, *modifier, *target),
            ty => self.declaration(id, ty),
        }
    }
}

/// Does an integer fill its bytes, as all but the old bitfields do? `btf_type_int_is_regular`.
pub(super) fn is_regular(int: &Int) -> bool {
    int.offset == 0 && matches!(int.bits, 8 | 16 | 32 | 64 | 128)
}

impl Found {
    fn warning(&self, btf: &Checked<'_>) -> Warning {
        let (ty, member) = match self.place {
            Place::Whole => (None, None),
            Place::Type(id) => (Some(id), None),
            Place::Member(id, position, name) => (Some(id), Some((position, name))),
        };
        Warning::new(
            self.rule,
            self.count,
            ty.map(|id| (id.0, btf.strings.get(btf.tables.types[id.index()].name()))),
            member.map(|(position, name)| (position, btf.strings.get(name))),
        )
    }
}
