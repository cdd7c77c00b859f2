//! Writes the message for users who name a map or a variable as if it were a type.

use super::{ObjectData, Slot};
use crate::btf::{Btf, TypeId};
use crate::c::declaration;
use crate::escape::escaped;

/// Returns a message that says which types the map or variable with this name has, and how to ask for them. Returns
/// `None` if no map or variable has this name.
///
/// `has_item` returns whether the type of a key, value or variable, or its element type, has an item.
pub(crate) fn hint(
    btf: &Btf,
    data: &ObjectData,
    name: &str,
    has_item: impl Fn(Slot, TypeId) -> bool,
) -> Option<String> {
    let slots = data.types();
    let slots: Vec<(Slot, TypeId)> = slots
        .filter(|(slot, _)| data.name(btf, *slot) == name)
        .collect();
    let is_variable = |(slot, _): &&(Slot, TypeId)| matches!(slot, Slot::Global(_));
    if let Some(&(slot, ty)) = slots.iter().find(is_variable) {
        return Some(variable(btf, &escaped(name), ty, has_item(slot, ty)));
    }
    let mut maps = data.maps.iter();
    if !maps.any(|map| map.full_name(btf) == name) {
        return None;
    }
    // Values are listed before keys, since users ask for values more often.
    let values_first = slots.into_iter().rev();
    let (items, others): (Vec<_>, Vec<_>) =
        values_first.partition(|(slot, ty)| has_item(*slot, *ty));
    Some(map(btf, &escaped(name), &items, &others))
}

fn variable(btf: &Btf, name: &str, ty: TypeId, has_item: bool) -> String {
    let what = format!("`{name}` is a variable of {}", c_declaration(btf, ty));
    match (has_item, c_name(btf, ty)) {
        (true, Some(ty)) => format!("{what}: use -t {ty}"),
        (true, None) => format!("{what}: use -t {name}"),
        (false, _) => format!("{what}, which needs no definition; decode it with -t 'var {name}'"),
    }
}

/// Returns the message for a map. `items` are the key and value whose types have an item. `others` are the key and
/// value whose types have no item, such as numbers.
fn map(btf: &Btf, name: &str, items: &[(Slot, TypeId)], others: &[(Slot, TypeId)]) -> String {
    if !items.is_empty() {
        let types = items.iter().filter_map(|(_, ty)| c_name(btf, *ty));
        let mut patterns: Vec<String> = types.map(|ty| format!("-t {ty}")).collect();
        patterns.push(format!("-t 'map {name}'"));
        let phrase = keys_and_values(btf, items);
        return format!("map `{name}` has {phrase}: use {}", patterns.join(" or "));
    }
    if others.is_empty() {
        return format!("map `{name}` does not say the types of its keys and values");
    }
    let patterns = others.iter().map(|(slot, _)| match slot {
        Slot::Key(_) => format!("-t 'map {name} key'"),
        _ => format!("-t 'map {name}'"),
    });
    let (phrase, patterns) = (
        keys_and_values(btf, others),
        patterns.collect::<Vec<_>>().join(" and "),
    );
    format!("map `{name}` has {phrase}, which need no definition; decode them with {patterns}")
}

/// Returns a phrase such as ``values of `struct counters` and keys of `struct key` ``.
fn keys_and_values(btf: &Btf, slots: &[(Slot, TypeId)]) -> String {
    let phrases = slots.iter().map(|(slot, ty)| match slot {
        Slot::Key(_) => format!("keys of {}", c_declaration(btf, *ty)),
        _ => format!("values of {}", c_declaration(btf, *ty)),
    });
    phrases.collect::<Vec<_>>().join(" and ")
}

fn c_declaration(btf: &Btf, ty: TypeId) -> String {
    let mut c = String::new();
    declaration::declare(&mut c, btf, ty, "");
    format!("`{}`", escaped(&c))
}

/// Returns the C name of a type, or of its element type if it is an array. Returns `None` if that type has no name.
fn c_name(btf: &Btf, ty: TypeId) -> Option<String> {
    Some(escaped(btf.name_of(btf.element(ty)))).filter(|name| !name.is_empty())
}
