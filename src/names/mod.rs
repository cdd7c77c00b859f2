//! Names: the label of every type of a BTF, named or anonymous.
//!
//! They are given before anything is selected and whatever the options say, so that a type of an
//! input has one name. The order in which labels are given out is: reserved ones, types with a
//! C name, anonymous types in these, anonymous types that maps and variables hold, functions; asking for functions
//! or maps never renames a type. Knows nothing of options, selection or WIT types.

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
pub(crate) use item_labels::ItemLabels;
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

/// The label of the one alias that all pointers are written as.
pub(crate) const POINTER: &str = "pointer";

/// Labels of all types, and of functions where they are asked for.
pub(crate) struct Names {
    text: String,
    entities: Vec<Entity>,
    /// The item of each type that has a C name and is written, by type id.
    of_type: Items,
    folded: FoldedTypedefs,
    /// The anonymous types that are written, as items or as a part of their parents, by type id.
    placed: Vec<bool>,
    /// The maps and variables, whose anonymous types have an item each.
    pub object_data: ObjectData,
    of_slot: HashMap<Slot, EntityId>,
    pub functions: Vec<Function>,
    interface: Interface,
    clashes: macros::Clashes,
    rename: Rename,
}

/// Items by type id, in as little memory as there may be: it is looked into for every member.
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

/// What is taken in the interface, where types and functions share a scope.
#[derive(Default)]
struct Interface {
    scope: Scope,
    /// The labels of types that stand in lists. C bindings (wit-bindgen-c 0.63) call a list of
    /// `head` `list_head`, so that a type of that label must have another. Lists of primitives
    /// carry the world's name and clash with nothing.
    listed: HashSet<Key, KeyBuilder>,
    /// What is behind `list` in the labels of types, and behind that where it begins so again.
    elements: HashSet<Key, KeyBuilder>,
}

impl Names {
    /// Names all types: those of the base first, as if it stood alone.
    pub fn of_types(btf: &Btf, rename: Rename) -> Result<Names, Malformed> {
        anonymous::place(btf, Interface::new(), rename)
    }

    /// Spells the members or enumerators of an item.
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

    /// Spells the parameters of a function.
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

    /// The C name of an item, or of what is around it where it has none.
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

    /// The item of the anonymous type that a map or a variable holds.
    pub fn at_slot(&self, slot: Slot) -> Option<EntityId> {
        self.of_slot.get(&slot).copied()
    }

    /// The item of what a map or a variable holds, or of its elements; nothing for numbers and addresses.
    pub fn slot_item(&self, btf: &Btf, slot: Slot, ty: TypeId) -> Option<EntityId> {
        let placed = self.at_slot(slot);
        placed.or_else(|| self.item_of(btf, btf.element(ty)))
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

    /// Is this anonymous type written somewhere?
    pub fn is_placed(&self, id: TypeId) -> bool {
        self.placed[id.index()]
    }

    pub fn function_label(&self, function: &Function) -> &str {
        function.label.of(&self.text)
    }

    /// The item of exactly this type, where it is written under its C name.
    pub fn own_item(&self, id: TypeId) -> Option<EntityId> {
        self.of_type.get(id)
    }

    /// What is behind a typedef that has no item: its target, or where a long chain of these leads.
    pub fn skip_folded(&self, id: TypeId, target: TypeId) -> TypeId {
        self.folded.skip_folded(id, target)
    }

    /// The item of a type that has a C name, seen through typedefs that say nothing new; nothing
    /// for all other types.
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

    /// Takes a label for a type, unless it is taken or would collide with the name of a list.
    fn claim_type(&mut self, label: &str, listed: bool) -> bool {
        self.claim_with_key(label, Key::of(label), listed)
    }

    /// The same of a label whose key is known.
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

    /// Is this what C bindings call the list of a type that stands in one, or a list of such lists?
    fn is_list_name(&self, label: &str) -> bool {
        let rests = std::iter::successors(Some(label), |rest| rest.strip_prefix("list-"));
        let mut elements = rests.skip(1).take(MAX_LIST_DEPTH);
        elements.any(|element| self.listed.contains(&Key::of(element)))
    }
}

/// More dimensions than arrays of anonymous types have.
const MAX_LIST_DEPTH: usize = 8;
/// What wit-bindgen-c puts before the name of an element.
const LIST: &str = "list";
/// The longest label that a place may make; a label of WIT may have 100,000 bytes.
const MAX_LABEL: usize = 60_000;
/// How much text all labels may have. Those of a kernel have not much more than its names; types of one name have a
/// number each.
fn most_text(btf: &Btf) -> usize {
    8 * 1024 * 1024 + 2 * btf.text_len() + 8 * btf.len()
}

/// Refuses names that are made to fill the memory.
fn check_text(btf: &Btf, text: &str, id: TypeId) -> Result<(), Malformed> {
    let most = most_text(btf);
    if text.len() <= most {
        return Ok(());
    }
    let what = format!("the names of all types together need more than {most} bytes");
    Err(Malformed::new(what).in_type(id.0, btf.name_of(id)))
}

/// Has this type a C name, and values to be written as an item of its own?
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
