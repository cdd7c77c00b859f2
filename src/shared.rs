//! What a BPF object shares with user space: the keys and values of its maps, and its globals.
//!
//! Maps are variables of the section `.maps`: libbpf's macros (`bpf_helpers.h`: `__uint`, `__type`,
//! `__array`) make each a struct whose members are pointers, of which `key` and `value` point to
//! what the map holds. Rust's aya wraps the same struct in others of one member. Knows nothing of
//! names or options.

use crate::btf::{Btf, Member, Name, SectionEntry, Type, TypeId};

/// The maps and globals of an object, in the order of its sections.
#[derive(Default)]
pub(crate) struct Shared {
    pub maps: Vec<Map>,
    pub globals: Vec<Global>,
}

pub(crate) struct Map {
    pub name: Name,
    /// Is it what a map of maps holds?
    pub inner: bool,
    pub key: Option<TypeId>,
    pub value: Option<TypeId>,
}

pub(crate) struct Global {
    pub section: Name,
    pub name: Name,
    pub ty: TypeId,
}

/// How deep a definition is wrapped at most; aya's are wrapped once or twice.
const DEEPEST_WRAPPER: usize = 8;
/// More members than a definition has; libbpf knows some fifteen.
const MOST_MEMBERS: usize = 100;

impl Shared {
    pub fn find(btf: &Btf) -> Shared {
        let mut shared = Shared::default();
        for (name, entries) in btf.sections() {
            let section = btf.name(name);
            // What a section lists is not checked, since nothing else depends on it.
            let there = |entry: &&SectionEntry| entry.ty.index() < btf.len();
            for entry in entries.iter().filter(there) {
                match *btf.ty(entry.ty) {
                    Type::Variable {
                        name: map, target, ..
                    } if section == ".maps" => {
                        shared.map(btf, map, target);
                    }
                    Type::Variable {
                        name: global,
                        target,
                        ..
                    } if is_data(section) => shared.globals.push(Global {
                        section: name,
                        name: global,
                        ty: target,
                    }),
                    _ => {}
                }
            }
        }
        shared
    }

    fn map(&mut self, btf: &Btf, name: Name, ty: TypeId) {
        let Some(definition) = definition(btf, ty) else {
            return;
        };
        self.maps.push(Map {
            name,
            inner: false,
            key: pointed(btf, definition, "key"),
            value: pointed(btf, definition, "value"),
        });
        // `__array(values, struct inner)` is an array of pointers to the definition of the inner map.
        let values = member(btf, definition, "values").map(|ty| btf.element(ty));
        let inner = values.and_then(|ty| target(btf, ty));
        if let Some(inner) = inner.and_then(|ty| definition_itself(btf, ty)) {
            self.maps.push(Map {
                name,
                inner: true,
                key: pointed(btf, inner, "key"),
                value: pointed(btf, inner, "value"),
            });
        }
    }

    /// The types that are shared.
    pub fn types(&self) -> impl Iterator<Item = TypeId> + '_ {
        let maps = self.maps.iter().flat_map(|map| [map.key, map.value]);
        maps.flatten().chain(self.globals.iter().map(|g| g.ty))
    }
}

/// Sections whose variables user space sees as the values of a map of one element.
fn is_data(section: &str) -> bool {
    let kinds = [".data", ".bss", ".rodata"];
    kinds.iter().any(|kind| {
        let rest = section.strip_prefix(kind);
        // The kernel's `.data..percpu` is none of them.
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.') && !rest.starts_with(".."))
    })
}

/// The struct that defines a map, seen through structs of one member.
fn definition(btf: &Btf, mut ty: TypeId) -> Option<TypeId> {
    for _ in 0..DEEPEST_WRAPPER {
        if let Some(found) = definition_itself(btf, ty) {
            return Some(found);
        }
        let mut filled = members(btf, ty)?
            .iter()
            .filter(|member| !btf.is_empty(member.ty));
        ty = filled.next()?.ty;
        if filled.next().is_some() {
            return None;
        }
    }
    None
}

/// A struct that says the type of a map, behind a pointer as all that it says.
fn definition_itself(btf: &Btf, ty: TypeId) -> Option<TypeId> {
    pointed(btf, ty, "type").map(|_| btf.resolved(ty))
}

/// The members of what may be a definition. A section may name the same variable thousands of times.
fn members(btf: &Btf, ty: TypeId) -> Option<&[Member]> {
    let members = btf.members(btf.ty(btf.resolved(ty)).composite()?);
    (members.len() <= MOST_MEMBERS).then_some(members)
}

fn member(btf: &Btf, ty: TypeId, name: &str) -> Option<TypeId> {
    let found = members(btf, ty)?
        .iter()
        .find(|member| btf.name(member.name) == name);
    found.map(|member| member.ty)
}

/// What a member points to.
fn pointed(btf: &Btf, ty: TypeId, name: &str) -> Option<TypeId> {
    target(btf, member(btf, ty, name)?)
}

fn target(btf: &Btf, ty: TypeId) -> Option<TypeId> {
    match *btf.ty(btf.resolved(ty)) {
        Type::Pointer(target) => Some(target),
        _ => None,
    }
}
