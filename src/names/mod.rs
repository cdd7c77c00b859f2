//! Gives a label to every struct, union, enum and typedef of a BTF that becomes an item, whether it has a C name or is
//! anonymous.
//!
//! The selection changes no label. Of the options, only two change labels: the hook for renaming, and the choice of
//! functions, which changes labels of functions and of the anonymous types in their signatures. Labels are claimed in
//! this order, first for the base and then for all other types: types with a C name, the anonymous types inside them,
//! the anonymous types of maps and variables, enums that only define constants. Functions follow after the types of all
//! layers. Therefore asking for functions or maps renames none of these types. This module does not know WIT types.
//!
//! The plain label of a name is the label that the name gets if no other name claims the same label. The module `words`
//! makes plain labels. Labels that collide in the component model have the same [`Key`].

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

/// The label of the WIT type to which C pointers are converted.
pub(crate) const POINTER: &str = "pointer";

/// The labels of all types. After [`Names::with_functions`], also the labels of functions.
pub(crate) struct Names {
    text: String,
    entities: Vec<Entity>,
    /// The items of types with a C name, by type.
    of_type: Items,
    folded: FoldedTypedefs,
    /// Indexed by type id: see [`Names::is_in_items`].
    in_items: Vec<bool>,
    pub object_data: ObjectData,
    of_slot: HashMap<Slot, EntityId>,
    pub functions: Vec<Function>,
    interface: Interface,
    case_collisions: macros::CaseCollisions,
    rename: Rename,
}

/// For each type, the index of its item plus one, or 0 if it has no item. An entry has only four bytes to keep the
/// table small, since the table is read for every member.
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

/// The labels that are taken in the interface. A type and a function cannot have the same label.
#[derive(Default)]
struct Interface {
    scope: Scope,
    /// The labels of types that are list elements. wit-bindgen-c 0.63 gives the name `list_head` to a list of `head`,
    /// so no other type may have the label `list-head`. The names of lists of primitive types contain the name of the
    /// world, so they do not collide.
    listed: HashSet<Key, KeyBuilder>,
    /// For each label that begins with `list` once or several times, what follows each `list`, such as `head` for
    /// `list-head`. A type with the label `head` must not be a list element, since its list would have the name
    /// `list_head`.
    elements: HashSet<Key, KeyBuilder>,
}

impl Names {
    /// Names all types. The types of a base are named first, so they get the same names with and without split BTF.
    pub fn of_types(btf: &Btf, rename: Rename) -> Result<Names, Malformed> {
        anonymous::name_types(btf, Interface::new(), rename)
    }

    /// Returns the [`Speller`] for the members or enumerators of an item. The speller returns the text from which each
    /// label is made.
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

    /// Returns the [`Speller`] for the parameters of a function. The speller returns the text from which each label is
    /// made.
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

    /// Returns the C name of an item. If the item is anonymous, returns the name of the closest item, function, map or
    /// variable around it that has one. Returns `None` if there is none.
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

    /// Returns the item of a slot whose type, or element type, is anonymous. Returns `None` for other slots.
    pub fn at_slot(&self, slot: Slot) -> Option<EntityId> {
        self.of_slot.get(&slot).copied()
    }

    /// Returns the item of `ty`, which is the type of a map's key or value or of a variable. If `ty` is an array,
    /// returns the item of its elements. Returns `None` for numbers and pointers, which have no item.
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

    /// Returns whether a struct, union or enum is an item, or its members are part of an item. Returns false for the
    /// enums of [`Owner::Constants`].
    pub fn is_in_items(&self, id: TypeId) -> bool {
        self.in_items[id.index()]
    }

    pub fn function_label(&self, function: &Function) -> &str {
        function.label.of(&self.text)
    }

    /// Returns the item of a type with a C name. Returns `None` for a type without an item under its C name, such as an
    /// integer or a folded typedef.
    pub fn own_item(&self, id: TypeId) -> Option<EntityId> {
        self.of_type.get(id)
    }

    /// Returns the type that takes the place of `id`, a typedef without an item. This is `target`, the target of the
    /// typedef. If a long chain of typedefs without items begins at `id`, it is the type at the end of the chain.
    pub fn skip_folded(&self, id: TypeId, target: TypeId) -> TypeId {
        self.folded.skip_folded(id, target)
    }

    /// Returns the item of a type with a C name, after qualifiers and folded typedefs are removed. Returns `None` if
    /// the type that remains has no item.
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

    /// Claims a label for a type. Returns false if the label is taken, or if the type or a list of it would get a name
    /// in C bindings that another list or type has. `listed` says whether the type is a list element.
    fn claim_type(&mut self, label: &str, listed: bool) -> bool {
        self.claim_with_key(label, Key::of(label), listed)
    }

    /// Does the same as [`Interface::claim_type`] for a label whose key is already known.
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

    /// Returns whether C bindings use `label` as the name of a list. The elements of the list may be lists themselves.
    fn is_list_name(&self, label: &str) -> bool {
        let rests = std::iter::successors(Some(label), |rest| rest.strip_prefix("list-"));
        let mut elements = rests.skip(1).take(MAX_LIST_DEPTH);
        elements.any(|element| self.listed.contains(&Key::of(element)))
    }
}

/// The maximum number of times that `list` or `list-` is removed from the start of a label. The arrays of real types
/// have fewer dimensions.
const MAX_LIST_DEPTH: usize = 8;
/// The prefix of the names that wit-bindgen-c gives to lists.
const LIST: &str = "list";
/// The maximum length in bytes of a type's label, including what resolves collisions. wasmparser allows 100,000 bytes.
/// Only labels that are made from a path of members or by the caller's hook can be so long.
const MAX_LABEL: usize = 60_000;

/// Returns an error if the labels have become so long that they could fill the memory. `id` is the type whose label was
/// added last.
///
/// The limit is twice the length of all names, plus 8 bytes for each type and a constant. The labels of a kernel are
/// not much longer than its names. The 8 bytes are for the number at the end of a label, which types with the same name
/// have.
fn check_text(btf: &Btf, text: &str, id: TypeId) -> Result<(), Malformed> {
    let max = 8 * 1024 * 1024 + 2 * btf.text_len() + 8 * btf.len();
    if text.len() <= max {
        return Ok(());
    }
    let what = format!("the names of all types together need more than {max} bytes");
    Err(Malformed::new(what).in_type(id.0, btf.name_of(id)))
}

/// Returns whether a type is a struct, union, enum or typedef with a C name and a size above 0. Only such types become
/// items under their C names.
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
