//! Finds what the kernel's BTF verifier would reject, in BTF that btf2wit can convert.
//!
//! The rules are those of `kernel/bpf/btf.c`. If the rules of two kernel versions differ, the more lenient rule counts.
//! Faults that libbpf corrects before it loads a BPF object are accepted. The checks of `check` and `layout` are not
//! repeated, and the base of split BTF is not checked. `warning` has the text of the messages.

mod chains;
mod declarations;
mod depth;
mod header;
mod kinds;
mod members;
mod names;

use super::{
    checker::Derived,
    invalid_names::InvalidNames,
    load::Tables,
    sections::Sections,
    strings::Strings,
    types::{Name, Type, TypeId},
    warning::{Rule, Warning},
};

/// BTF that was read and checked. If it is split, `tables` and `strings` include the base.
#[derive(Clone, Copy)]
pub(super) struct Checked<'a> {
    /// The sections of the BTF itself, without those of its base.
    pub sections: &'a Sections,
    pub tables: &'a Tables,
    pub strings: &'a Strings,
    pub derived: &'a Derived,
    pub invalid_names: &'a InvalidNames,
    /// The first type that does not belong to the base. The id is 1 if there is no base.
    pub start_id: TypeId,
    /// The size of a pointer, in bytes.
    pub pointer_size: u8,
}

/// Returns a warning for each broken rule, with the first location where it is broken.
pub(super) fn warnings(btf: Checked<'_>) -> Vec<Warning> {
    let mut verifier = Verifier {
        btf,
        suspects_members: btf.derived.needs_layout_check
            || btf
                .invalid_names
                .any(btf.tables.members.iter().map(|m| m.name)),
        last_chain: TypeId(btf.start_id.0 - 1),
        forward_refs: Vec::new(),
        findings: Vec::new(),
    };
    verifier.header();
    verifier.unused_words();
    for id in (btf.start_id.0..btf.tables.types.len() as u32).map(TypeId) {
        verifier.ty(id);
    }
    let longest = verifier.loops();
    verifier.depth(longest);
    let findings = verifier.findings.iter();
    findings.map(|finding| finding.warning(&btf)).collect()
}

struct Verifier<'a> {
    btf: Checked<'a>,
    /// Whether some member may break a rule. If not, members are not checked one by one.
    suspects_members: bool,
    /// The last modifier or typedef whose chain was checked. At first this is the last type of the base, or `void`.
    last_chain: TypeId,
    /// The pointers, modifiers and typedefs whose target is of these kinds, too, and has the same or a higher id.
    forward_refs: Vec<TypeId>,
    findings: Vec<Finding>,
}

/// A broken rule, with the number of times it is broken.
struct Finding {
    rule: Rule,
    /// The first location where the rule is broken.
    location: Location,
    /// The number of types, members and so on that break the rule. For [`Rule::StrayBytes`], the number of bytes.
    count: usize,
}

/// The place where a rule is broken. The place is stored without text, since most findings are only counted.
#[derive(Clone, Copy)]
enum Location {
    Whole,
    Type(TypeId),
    /// A member, parameter, enumerator or entry, with its position and name.
    Member(TypeId, usize, Name),
}

impl<'a> Verifier<'a> {
    fn note(&mut self, rule: Rule, location: Location) {
        self.note_all(rule, location, 1);
    }

    fn note_all(&mut self, rule: Rule, location: Location, count: usize) {
        match self
            .findings
            .iter_mut()
            .find(|finding| finding.rule == rule)
        {
            Some(finding) => finding.count += count,
            None => self.findings.push(Finding {
                rule,
                location,
                count,
            }),
        }
    }

    fn ty_of(&self, id: TypeId) -> &'a Type {
        self.btf.tables.types.get(id.index()).unwrap_or(&Type::Void)
    }

    /// Returns the type without modifiers and typedefs, or `void` if the id is out of range.
    fn resolved(&self, id: TypeId) -> &'a Type {
        self.ty_of(self.btf.derived.resolved(id))
    }

    fn has_size(&self, id: TypeId) -> bool {
        self.btf.derived.size(id).is_some()
    }

    fn ty(&mut self, id: TypeId) {
        match self.ty_of(id) {
            Type::Void => {}
            Type::Pointer(target) => self.note_forward_ref(id, *target),
            Type::Int(int) => self.int(id, int),
            Type::Float { size, .. } => self.float(id, *size),
            Type::Array { element, index, .. } => self.array(id, *element, *index),
            Type::Struct(composite) => self.members(id, composite, false),
            Type::Union(composite) => self.members(id, composite, true),
            Type::Enum(e) => self.enumerators(id, e),
            Type::Forward { name, .. } => self.required_name(*name, || Location::Type(id)),
            Type::Typedef { name, target } => {
                self.required_name(*name, || Location::Type(id));
                self.chain(id, *target);
            }
            Type::Modifier { modifier, target } => self.modifier(id, *modifier, *target),
            ty => self.declaration(id, ty),
        }
    }
}

impl Finding {
    fn warning(&self, btf: &Checked<'_>) -> Warning {
        let (ty, member) = match self.location {
            Location::Whole => (None, None),
            Location::Type(id) => (Some(id), None),
            Location::Member(id, position, name) => (Some(id), Some((position, name))),
        };
        Warning::new(
            self.rule,
            self.count,
            ty.map(|id| (id.0, btf.strings.get(btf.tables.types[id.index()].name()))),
            member.map(|(position, name)| (position, btf.strings.get(name))),
        )
    }
}
