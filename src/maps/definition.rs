//! Reads the definition of one map.
//!
//! The macros of libbpf (in `bpf_helpers.h`) define the members of a struct: `__uint` and `__type` define pointers, and
//! `__array` defines an array of pointers. The members `key` and `value` point to the types of the key and the value.
//! Numbers are encoded in types: a member such as `max_entries` points to an array, and the length of the array is the
//! number. Rust's aya wraps the struct with these members in structs with one member. Before libbpf 1.0, definitions
//! were structs of plain numbers. For such definitions, BTF has the types of the key and the value only if
//! `BPF_ANNOTATE_KV_PAIR` was used.

use std::collections::HashMap;

use crate::btf::{Btf, Member, Type, TypeId};

/// The maximum number of nested structs that are searched for a definition, including the definition itself. aya wraps
/// a definition in one or two structs.
const MAX_WRAPPER_DEPTH: usize = 8;
/// The maximum number of members in a definition. libbpf knows about fifteen.
const MAX_MEMBERS: usize = 100;

/// The properties of a map that its definition contains.
pub(crate) struct Definition {
    pub form: Form,
    /// The number of the map's type, which is the value of a constant `BPF_MAP_TYPE_…`. `None` if the definition does
    /// not have this number.
    pub kind: Option<u32>,
    pub max_entries: Option<u32>,
    pub key: KeyOrValue,
    pub value: KeyOrValue,
}

/// The form of a map's definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Form {
    /// A struct of pointers in the section `.maps`, as the macros of libbpf define it. This struct can have the types
    /// of the key and the value, or only their sizes.
    Btf,
    /// A struct in the section `maps` or `maps/…` whose members are numbers, as in libbpf before 1.0, gobpf and older
    /// versions of aya. The numbers are in the data of the section. BTF does not have them, since it describes only
    /// types.
    Legacy,
    /// Anything else in the section `.maps`. Loaders do not understand it.
    Unknown,
}

/// The key or the value of a map.
#[derive(Clone, Copy, Default)]
pub(crate) struct KeyOrValue {
    pub ty: Option<TypeId>,
    /// The size in bytes. `None` if the definition has no size, which is usual if it has a type.
    pub size: Option<u32>,
}

impl Definition {
    /// Reads the definition in the struct `id`, which [`of`] or [`inner`] has found.
    pub fn read(btf: &Btf, id: TypeId) -> Definition {
        let part = |ty: &str, size: &str| KeyOrValue {
            ty: pointed(btf, id, ty),
            size: number(btf, id, size),
        };
        Definition {
            form: Form::Btf,
            kind: number(btf, id, "type"),
            max_entries: number(btf, id, "max_entries"),
            key: part("key", "key_size"),
            value: part("value", "value_size"),
        }
    }

    /// Returns a definition whose form is unknown.
    pub fn unknown() -> Definition {
        Definition {
            form: Form::Unknown,
            kind: None,
            max_entries: None,
            key: KeyOrValue::default(),
            value: KeyOrValue::default(),
        }
    }

    /// Returns a legacy definition. `annotation` is the struct that [`annotations`] returns for the map, or `None` if
    /// there is no such struct.
    pub fn legacy(btf: &Btf, annotation: Option<TypeId>) -> Definition {
        let part = |name: &str| KeyOrValue {
            ty: annotation.and_then(|id| member(btf, id, name)),
            size: None,
        };
        Definition {
            form: Form::Legacy,
            key: part("key"),
            value: part("value"),
            ..Definition::unknown()
        }
    }
}

/// Returns the structs that `BPF_ANNOTATE_KV_PAIR(map, key, value)` defines, by the name of the map. Each struct has
/// the members `key` and `value`, whose types are those of the map's key and value.
pub(super) fn annotations(btf: &Btf) -> HashMap<&str, TypeId> {
    let defined = btf.tagged_types(1..btf.len() as u32).iter().copied();
    let structs = defined.filter(|id| matches!(btf.ty(*id), Type::Struct(_)));
    let named = structs.filter_map(|id| Some((btf.name_of(id).strip_prefix("____btf_map_")?, id)));
    named.collect()
}

/// Returns the struct that defines a map, given the type of the map's variable. This struct may be inside other
/// structs, each of which has only one member with bytes. Returns `None` if there is no such struct, or if it is nested
/// too deep.
pub(super) fn of(btf: &Btf, mut ty: TypeId) -> Option<TypeId> {
    for _ in 0..MAX_WRAPPER_DEPTH {
        if let Some(found) = as_definition(btf, ty) {
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

/// Returns the struct that defines the inner map of a map of maps. In `__array(values, struct inner)`, the member
/// `values` is an array of pointers to that struct. Returns `None` if the map has no inner map.
pub(super) fn inner(btf: &Btf, definition: TypeId) -> Option<TypeId> {
    let values = btf.element(member(btf, definition, "values")?);
    as_definition(btf, target(btf, values)?)
}

/// Returns the struct `ty` if it is a definition. A definition is recognized by its member `type`, which is a pointer.
fn as_definition(btf: &Btf, ty: TypeId) -> Option<TypeId> {
    pointed(btf, ty, "type").map(|_| btf.resolved(ty))
}

/// Returns the members of a possible definition. Returns `None` if there are too many members, or if the type is not a
/// struct or union. The limit keeps the search short, since thousands of variables may have the same type.
fn members(btf: &Btf, ty: TypeId) -> Option<&[Member]> {
    let members = btf.members(btf.ty(btf.resolved(ty)).composite()?);
    (members.len() <= MAX_MEMBERS).then_some(members)
}

fn member(btf: &Btf, ty: TypeId, name: &str) -> Option<TypeId> {
    let found = members(btf, ty)?
        .iter()
        .find(|member| btf.name(member.name) == name);
    found.map(|member| member.ty)
}

/// Returns the type to which the member `name` points, or `None` if there is no such member or if it is not a pointer.
fn pointed(btf: &Btf, ty: TypeId, name: &str) -> Option<TypeId> {
    target(btf, member(btf, ty, name)?)
}

/// Returns the number that the member `name` encodes, or `None` if this member encodes no number. The macro call
/// `__uint(name, number)` defines a pointer to an array of `number` elements.
fn number(btf: &Btf, ty: TypeId, name: &str) -> Option<u32> {
    match *btf.ty(btf.resolved(pointed(btf, ty, name)?)) {
        Type::Array { length, .. } => Some(length),
        _ => None,
    }
}

fn target(btf: &Btf, ty: TypeId) -> Option<TypeId> {
    match *btf.ty(btf.resolved(ty)) {
        Type::Pointer(target) => Some(target),
        _ => None,
    }
}
