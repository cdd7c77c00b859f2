//! Gives a label to every type of a BTF, named or anonymous.
//!
//! Labels do not depend on options or on the selection, so a type always has the same label for the same input. Labels
//! are claimed in this order: reserved labels, types with a C name, anonymous types inside these, anonymous types in
//! maps and variables, functions. Therefore asking for functions or maps renames no type. This module does not know WIT
//! types.
//!
//! The plain label of a name is the label that it gets if no other name claims the same one. `words` makes it.

mod anonymous;
mod arms;
mod children;
mod collision;
mod entity;
mod fingerprint;
mod folded;
mod functions;
mod hash;
mod item_labels;
mod labels;
mod macros;
mod named;
mod order;
mod peers;
mod prototypes;
mod reserved;
mod scope;
mod slots;
mod spelling;
mod text_span;
mod words;

pub(crate) use children::Children;
pub use entity::Kind;
pub(crate) use entity::{Entity, EntityId, Owner};
pub(crate) use fingerprint::TypeFingerprints;
pub(crate) use folded::fixed_width;
pub(crate) use functions::{Function, parameter_name, signature};
pub(crate) use hash::Fnv;
pub(crate) use item_labels::ItemLabels;
pub(crate) use peers::{collide, peer_labels};
pub(crate) use prototypes::{PerPrototype, PrototypeId};
pub(crate) use reserved::{Role, is_keyword, is_reserved};
pub use spelling::{CName, NameKind};
pub(crate) use spelling::{Rename, Speller};
pub(crate) use words::push_label;

use std::collections::{HashMap, HashSet};

use crate::btf::{Btf, Malformed, Type, TypeId};
use crate::maps::{ObjectData, Slot};
use folded::FoldedTypedefs;
use scope::{Key, KeyBuilder, Scope};

/// The label of the alias for addresses.
pub(crate) const POINTER: &str = "pointer";

/// The labels of all types, and of functions if functions are wanted.
pub(crate) struct Names {
    text: String,
    entities: Vec<Entity>,
    /// The items of types that have a C name.
    of_type: Items,
    folded: FoldedTypedefs,
    /// Whether an anonymous type is an item or part of an item, by type id.
    placed: Vec<bool>,
    pub object_data: ObjectData,
    of_slot: HashMap<Slot, EntityId>,
    pub functions: Vec<Function>,
    interface: Interface,
    case_collisions: macros::CaseCollisions,
    rename: Rename,
}

/// The item of each type: its index plus one, or 0 if there is none. An entry has four bytes, since there is a look-up
/// for every member.
struct Items(Vec<u32>);

impl Items {
    fn new(types: usize) -> Items {
        Items(vec![0; types])
    }

    fn set(&mut self, ty: TypeId, item: EntityId) {
        self.0[ty.index()] = item.0 + 1;
    }

    fn get(&self, ty: TypeId) -> Option<EntityId> {
        self.0[ty.index()].checked_sub(1).map(EntityId)
    }
}

/// The labels that are taken in the interface. Types and functions share one scope.
#[derive(Default)]
struct Interface {
    scope: Scope,
    /// The labels of types that are list elements. wit-bindgen-c 0.63 names a list of `head` `list_head`, so no other
    /// type may have the label `list-head`. The names of lists of primitive types contain the name of the world, so
    /// they do not collide.
    listed: HashSet<Key, KeyBuilder>,
    /// What follows `list` in labels that begin with it. A type with such a label must not become a list element.
    elements: HashSet<Key, KeyBuilder>,
}

impl Names {
    /// Names all types. The types of a base come first, as if the base stood alone.
    pub fn of_types(btf: &Btf, rename: Rename) -> Result<Names, Malformed> {
        anonymous::name_types(btf, Interface::new(), rename)
    }

    /// Returns the speller for the members or enumerators of an item.
    pub fn speller<'a>(&'a self, btf: &'a Btf, id: EntityId, kind: NameKind) -> Speller<'a> {
        Speller {
            btf,
            rename: &self.rename,
            kind,
            parent: match self.rename.renames() {
                true => self.parent(btf, id),
                false => None,
            },
        }
    }

    /// Returns the speller for the parameters of a function.
    pub fn parameters<'a>(&'a self, btf: &'a Btf, function: &Function) -> Speller<'a> {
        Speller {
            btf,
            rename: &self.rename,
            kind: NameKind::Parameter,
            parent: match self.rename.renames() {
                true => Some(btf.name_of(function.ty)),
                false => None,
            },
        }
    }

    /// Returns the C name of an item. If it is anonymous, returns the name of the item, function, map or variable
    /// around it.
    fn parent<'a>(&self, btf: &'a Btf, mut id: EntityId) -> Option<&'a str> {
        loop {
            let entity = self.entity(id);
            match entity.owner {
                Owner::Inside(outer) => id = outer,
                Owner::Named => return Some(btf.name_of(entity.ty)),
                Owner::Slot(slot) => return Some(btf.name(self.object_data.owner(slot).0)),
                Owner::Constants => return None,
                Owner::Function(i) => {
                    let function = self.functions.get(i as usize)?;
                    return Some(btf.name_of(function.ty));
                }
            }
        }
    }

    /// Returns the item of the anonymous type in a map or a variable, if there is one.
    pub fn at_slot(&self, slot: Slot) -> Option<EntityId> {
        self.of_slot.get(&slot).copied()
    }

    /// Returns the item of `ty`, the type in a map or a variable, or the item of its elements if it is an array.
    /// Numbers and addresses have none.
    pub fn slot_item(&self, btf: &Btf, slot: Slot, ty: TypeId) -> Option<EntityId> {
        let anonymous = self.at_slot(slot);
        anonymous.or_else(|| self.item_of(btf, btf.element(ty)))
    }

    pub fn entities(&self) -> impl ExactSizeIterator<Item = (EntityId, &Entity)> {
        let entities = self.entities.iter().enumerate();
        entities.map(|(at, entity)| (EntityId(at as u32), entity))
    }

    pub fn entity(&self, id: EntityId) -> &Entity {
        &self.entities[id.index()]
    }

    pub fn label(&self, id: EntityId) -> &str {
        self.entity(id).label.of(&self.text)
    }

    /// Returns whether an anonymous type is an item or part of an item.
    pub fn is_placed(&self, id: TypeId) -> bool {
        self.placed[id.index()]
    }

    pub fn function_label(&self, function: &Function) -> &str {
        function.label.of(&self.text)
    }

    /// Returns the item of exactly this type. Only types with a C name have one.
    pub fn own_item(&self, id: TypeId) -> Option<EntityId> {
        self.of_type.get(id)
    }

    /// Returns the next type after a typedef without an item: the end of the chain if the chain is long, or else
    /// `target`.
    pub fn skip_folded(&self, id: TypeId, target: TypeId) -> TypeId {
        self.folded.skip_folded(id, target)
    }

    /// Returns the item of a type with a C name, after removing qualifiers and folded typedefs.
    pub fn item_of(&self, btf: &Btf, mut id: TypeId) -> Option<EntityId> {
        loop {
            id = btf.unqualified(id);
            match (self.of_type.get(id), btf.ty(id)) {
                (Some(entity), _) => return Some(entity),
                (None, Type::Typedef { target, .. }) => id = self.skip_folded(id, *target),
                (None, _) => return None,
            }
        }
    }
}

impl Interface {
    fn new() -> Interface {
        let mut interface = Interface::default();
        interface.scope.claim(Key::of(POINTER));
        interface.listed.insert(Key::of(POINTER));
        interface
    }

    /// Claims a label for a type. Returns false if it is taken or would collide with the name of a list.
    fn claim_type(&mut self, label: &str, listed: bool) -> bool {
        self.claim_with_key(label, Key::of(label), listed)
    }

    /// Claims a label whose key is already known. Otherwise like [`Interface::claim_type`].
    fn claim_with_key(&mut self, label: &str, key: Key, listed: bool) -> bool {
        if self.is_list_name(label) || listed && self.elements.contains(&key) {
            return false;
        }
        let free = self.scope.claim(key);
        if free && listed {
            self.listed.insert(key);
        }
        if free && label.starts_with(LIST) {
            let letters = label.replace('-', "");
            let rests = std::iter::successors(Some(&letters[..]), |rest| rest.strip_prefix(LIST));
            let elements = rests.skip(1).take(MAX_LIST_DEPTH);
            self.elements.extend(elements.map(Key::of));
        }
        free
    }

    /// Returns whether C bindings use this name for a list of a type that is a list element, or for a list of such
    /// lists.
    fn is_list_name(&self, label: &str) -> bool {
        let rests = std::iter::successors(Some(label), |rest| rest.strip_prefix("list-"));
        let mut elements = rests.skip(1).take(MAX_LIST_DEPTH);
        elements.any(|element| self.listed.contains(&Key::of(element)))
    }
}

/// The maximum number of `list-` prefixes that are removed. Arrays of anonymous types have fewer dimensions.
const MAX_LIST_DEPTH: usize = 8;
/// The prefix of the names that wit-bindgen-c gives to lists.
const LIST: &str = "list";
/// The maximum length in bytes of a label that is made from a path of members. WIT allows 100,000.
const MAX_LABEL: usize = 60_000;

/// Returns an error if the names are so long that they could fill the memory.
///
/// The labels of a kernel are not much longer than its names. If types have the same name, each label also has a
/// number.
fn check_text(btf: &Btf, text: &str, id: TypeId) -> Result<(), Malformed> {
    let max = 8 * 1024 * 1024 + 2 * btf.text_len() + 8 * btf.len();
    if text.len() <= max {
        return Ok(());
    }
    let what = format!("the names of all types together need more than {max} bytes");
    Err(Malformed::new(what).in_type(id.0, btf.name_of(id)))
}

/// Returns whether a type has a C name, and has values that can be written as an item.
fn is_nameable(btf: &Btf, id: TypeId) -> bool {
    kind(btf.ty(id)).is_some() && !btf.ty(id).name().is_none() && !btf.is_empty(id)
}

fn kind(ty: &Type) -> Option<Kind> {
    match ty {
        Type::Struct(_) => Some(Kind::Struct),
        Type::Union(_) => Some(Kind::Union),
        Type::Enum(_) => Some(Kind::Enum),
        Type::Typedef { .. } => Some(Kind::Typedef),
        _ => None,
    }
}
