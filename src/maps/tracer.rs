//! Finds the events that Inspektor Gadget's `GADGET_TRACER(name, map, event)` declares for maps. An event is a struct.
//!
//! The macro (`include/gadget/macros.h`) encodes its arguments in a name. Until 2026, this name was that of a variable,
//! `gadget_tracer_NAME___MAP___EVENT`. Since then, this name is that of a declaration tag,
//! `ig:tracer:NAME___MAP___EVENT`.

use std::collections::HashMap;

use crate::btf::{Btf, Type, TypeId};

const VARIABLE: &str = "gadget_tracer_";
const TAG: &str = "ig:tracer:";
/// The separator between the three arguments in the name.
const SEPARATOR: &str = "___";

#[derive(Clone, Copy)]
pub(super) struct Tracer<'a> {
    pub name: &'a str,
    pub event: TypeId,
}

/// Returns the tracers by the name of their map. `variables` has the names of all global variables. Leaves out tracers
/// whose event is no struct of this BTF. If several tracers remain for a map, the result has the one whose
/// `NAME___MAP___EVENT` comes first in alphabetical order.
pub(super) fn find<'a>(
    btf: &'a Btf,
    variables: impl Iterator<Item = &'a str>,
) -> HashMap<&'a str, Tracer<'a>> {
    let tags = btf.ids().filter_map(|id| match *btf.ty(id) {
        Type::DeclTag { name, .. } => btf.name(name).strip_prefix(TAG),
        _ => None,
    });
    let variables = variables.filter_map(|name| name.strip_prefix(VARIABLE));
    let mut declared: Vec<&str> = variables.chain(tags).collect();
    declared.sort_unstable();
    let mut tracers = HashMap::new();
    let mut events = None;
    for declared in declared {
        let mut names = declared.splitn(3, SEPARATOR);
        let (Some(name), Some(map), Some(event)) = (names.next(), names.next(), names.next())
        else {
            continue;
        };
        let events = events.get_or_insert_with(|| structs(btf));
        if let Some(&event) = events.get(event) {
            tracers.entry(map).or_insert(Tracer { name, event });
        }
    }
    tracers
}

/// Returns the structs that have a name, by name. Of several structs with one name, returns the one with the highest
/// id.
fn structs(btf: &Btf) -> HashMap<&str, TypeId> {
    let defined = btf.tagged_types(1..btf.len() as u32).iter().copied();
    defined
        .filter(|id| matches!(btf.ty(*id), Type::Struct(c) if !c.name.is_none()))
        .map(|id| (btf.name_of(id), id))
        .collect()
}
