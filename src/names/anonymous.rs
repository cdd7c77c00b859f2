//! Makes the labels of anonymous types. The label of a type inside another item consists of the parent, the path of
//! members and the kind. For example, the union in member `bar` of `struct foo` is `foo-bar-union`. The label of an
//! enum that only defines constants consists of its first enumerator and the kind. `slots` makes the labels of the
//! anonymous types of maps and variables.
//!
//! BTF may have one anonymous type for several equal types in different places of the C code. Here, each place gets an
//! item of its own. If the places shared one item, the name of this item would come from one of the places, and would
//! change whenever that place changes.

use std::collections::HashMap;
use std::ops::Range;

use super::{
    Function, Interface, Items, MAX_LABEL, Names,
    collision::{self, Alternatives},
    entity::{Entity, EntityId, Kind, Owner},
    fingerprint::TypeFingerprints,
    folded::FoldedTypedefs,
    kind,
    macros::CaseCollisions,
    named::{self, NamedType},
    order,
    scope::Key,
    spelling::{NameKind, Rename, Speller},
    text_span::TextSpan,
    words::Label,
};
use crate::btf::{Btf, Malformed, Type, TypeId};
use crate::c::members::{FlatMembers, MemberName, Presence, body, unnamed};
use crate::maps::{ObjectData, Slot};

/// Gives a label to every type that becomes an item, except for anonymous types in the signatures of functions.
pub(super) fn name_types(
    btf: &Btf,
    interface: Interface,
    rename: Rename,
) -> Result<Names, Malformed> {
    let mut builder = Builder::new(btf, String::new(), interface, rename);
    builder.object_data = ObjectData::find(btf);
    for layer in btf.layers() {
        let (text, interface) = (&mut builder.text, &mut builder.interface);
        for ty in named::label_types(btf, layer.clone(), text, interface, &builder.rename)? {
            builder.add_named(&ty)?;
        }
        builder.add_slots(&layer)?;
        builder.add_constants(layer)?;
    }
    builder.sort();
    let (of_type, of_slot) = builder.index();
    let mut names = Names {
        text: builder.text,
        entities: builder.entities,
        folded: FoldedTypedefs::find(btf, &of_type),
        of_type,
        of_slot,
        object_data: builder.object_data,
        in_items: builder.in_items,
        functions: Vec::new(),
        interface: builder.interface,
        case_collisions: CaseCollisions::default(),
        rename: builder.rename,
    };
    names.case_collisions = CaseCollisions::find(btf, &names)?;
    Ok(names)
}

/// The state while items get their labels.
pub(super) struct Builder<'a> {
    pub btf: &'a Btf,
    /// The text of all labels, one after another.
    pub text: String,
    pub interface: Interface,
    pub entities: Vec<Entity>,
    pub rename: Rename,
    pub object_data: ObjectData,
    flat: FlatMembers,
    /// Indexed by type id: whether a struct, union or enum is an item, or its members are part of an item. False for
    /// the enums of [`Owner::Constants`].
    pub in_items: Vec<bool>,
    /// The functions that were added so far.
    pub functions: Vec<Function>,
    /// The stems of the items around the current one, one after another. A stem is a label without its kind, such as
    /// `foo-bar` for `foo-bar-union`.
    pub stems: String,
    /// For each plain label of an anonymous type that collided, the last number that was appended to it. The key is
    /// that of the plain label.
    pub(super) numbers: HashMap<Key, u32>,
    /// The number of items that may still be added. Naming fails if more items are needed, so that hostile input cannot
    /// use too much memory.
    items_left: usize,
    /// The number of enumerators that may still be added, summed over all items.
    enumerators_left: usize,
}

/// An anonymous type at one place in its parent.
pub(super) struct AnonymousType {
    pub ty: TypeId,
    /// The member or parameter that has the type. `None` if the type is in a result, or in an array that is not a
    /// member.
    pub member: Option<MemberName>,
    /// Whether `member` is the name of a member or of a parameter.
    pub role: NameKind,
    /// Whether the type is the element type of an array, which becomes a list.
    pub listed: bool,
}

impl<'a> Builder<'a> {
    pub fn new(btf: &'a Btf, text: String, interface: Interface, rename: Rename) -> Builder<'a> {
        Builder {
            btf,
            text,
            interface,
            entities: Vec::new(),
            rename,
            object_data: ObjectData::default(),
            flat: FlatMembers::new(btf),
            in_items: vec![false; btf.len()],
            functions: Vec::new(),
            stems: String::new(),
            numbers: HashMap::new(),
            // Real BTF stays far below both limits: a kernel has fewer items than types.
            items_left: 4 * btf.len() + 65_536,
            enumerators_left: 4 * btf.volume() + 65_536,
        }
    }

    /// Returns two maps of items: those of types with a C name, by type, and those of anonymous types of slots, by
    /// slot.
    fn index(&self) -> (Items, HashMap<Slot, EntityId>) {
        let mut of_type = Items::new(self.btf.len());
        let mut of_slot = HashMap::new();
        for (id, entity) in (0..).map(EntityId).zip(&self.entities) {
            match entity.owner {
                Owner::Named => of_type.set(entity.ty, id),
                Owner::Slot(slot) => {
                    of_slot.insert(slot, id);
                }
                Owner::Inside(_) | Owner::Constants | Owner::Function(_) => {}
            }
        }
        (of_type, of_slot)
    }

    fn add_named(&mut self, ty: &NamedType) -> Result<(), Malformed> {
        let id = self.push(ty.ty, Owner::Named, ty.kind, ty.label)?;
        self.entities[id.index()].collides = ty.collides;
        self.stems.clear();
        self.stems.push_str(ty.label.of(&self.text));
        let body = match *self.btf.ty(ty.ty) {
            Type::Typedef { target, .. } => self.btf.unqualified(target),
            _ => ty.ty,
        };
        self.add_children(id, body, 0, body != ty.ty)
    }

    /// Adds the anonymous types inside the item `parent`. `body` is the item's type, or its target if the item is a
    /// typedef, which `is_typedef` says. The stem of `parent` begins at offset `stem` of [`Builder::stems`].
    ///
    /// A typedef of an anonymous type has the members of that type. A typedef of an array has the element type inside
    /// it if that type is anonymous. A typedef of a named type has no items inside it, since the named type has an item
    /// of its own.
    pub(super) fn add_children(
        &mut self,
        parent: EntityId,
        body: TypeId,
        stem: usize,
        is_typedef: bool,
    ) -> Result<(), Malformed> {
        let children = match self.btf.ty(body) {
            Type::Struct(_) | Type::Union(_) if !is_typedef || self.btf.is_anonymous(body) => {
                self.in_items[body.index()] = true;
                self.in_members(body)?
            }
            Type::Enum(_) => {
                self.in_items[body.index()] = true;
                Vec::new()
            }
            Type::Array { .. } => self.in_array(body),
            _ => Vec::new(),
        };
        for child in children {
            self.add_anonymous(Owner::Inside(parent), child, stem)?;
        }
        self.entities[parent.index()].end = self.next();
        Ok(())
    }

    fn in_members(&mut self, body: TypeId) -> Result<Vec<AnonymousType>, Malformed> {
        self.flat.read(self.btf, body)?;
        for inlined in &self.flat.inlined {
            self.in_items[inlined.index()] = true;
        }
        let types = self.flat.anonymous(self.btf).map(|(position, ty)| {
            let member = &self.flat.members[position];
            let is_flexible = member.presence == Presence::Flexible;
            AnonymousType {
                ty,
                member: Some(member.name),
                role: NameKind::Member,
                listed: is_flexible || ty != self.btf.unqualified(member.ty),
            }
        });
        Ok(types.collect())
    }

    fn in_array(&self, array: TypeId) -> Vec<AnonymousType> {
        let ty = self.btf.element(array);
        if !self.btf.is_anonymous(ty) {
            return Vec::new();
        }
        vec![AnonymousType {
            ty,
            member: None,
            role: NameKind::Member,
            listed: true,
        }]
    }

    /// Adds an anonymous type and the anonymous types inside it. The stem of the parent begins at offset `stem` of
    /// [`Builder::stems`].
    pub fn add_anonymous(
        &mut self,
        owner: Owner,
        anonymous: AnonymousType,
        stem: usize,
    ) -> Result<(), Malformed> {
        let Some(kind) = kind(self.btf.ty(anonymous.ty)) else {
            return Ok(());
        };
        let speller = Speller {
            btf: self.btf,
            rename: &self.rename,
            kind: anonymous.role,
            parent: match self.rename.renames() {
                true => self.parent(owner),
                false => None,
            },
        };
        let start = self.stems.len();
        let parent = self.stems[stem..].to_owned();
        let mut label = Label::continued(&mut self.stems, &parent);
        match anonymous.member {
            Some(MemberName::Named(name)) => label.push_name(&speller.spell(name)),
            Some(MemberName::Unnamed(n)) => label.push_label(&unnamed(n)),
            None => {}
        }
        label.end();
        let stem = self.stems[start..].to_owned();
        let (label, collides) = self.claim(&stem, kind, anonymous.listed);
        let id = self.push(anonymous.ty, owner, kind, label)?;
        self.entities[id.index()].collides = collides;
        self.add_children(id, anonymous.ty, start, false)?;
        self.stems.truncate(start);
        Ok(())
    }

    /// Returns the C name of an owner. If the owner is anonymous, returns the name of the closest item, function, map
    /// or variable around it that has one. Returns `None` if there is none.
    fn parent(&self, mut owner: Owner) -> Option<&'a str> {
        loop {
            match owner {
                Owner::Inside(outer) => {
                    let outer = &self.entities[outer.index()];
                    if outer.owner == Owner::Named {
                        return Some(self.btf.name_of(outer.ty));
                    }
                    owner = outer.owner;
                }
                Owner::Function(i) => {
                    let function = self.functions.get(i as usize)?;
                    return Some(self.btf.name_of(function.ty));
                }
                Owner::Slot(slot) => return Some(self.btf.name(self.object_data.owner(slot).0)),
                Owner::Named | Owner::Constants => return None,
            }
        }
    }

    /// Claims a label that consists of a stem and a kind. If this label is taken, claims one with a number instead.
    /// Returns the claimed label, and whether it has a number. `listed` says whether the type is a list element.
    fn claim(&mut self, stem: &str, kind: Kind, listed: bool) -> (TextSpan, bool) {
        let start = self.text.len();
        Label::continued(&mut self.text, stem).push_label(kind.word());
        let interface = &mut self.interface;
        let collides = !interface.claim_type(&self.text[start..], listed);
        if collides {
            let key = Key::of(&self.text[start..]);
            let number = self.numbers.entry(key).or_insert(collision::FIRST);
            let other = Alternatives::new(&self.text[start..], None, number)
                .first_accepted(|label| interface.claim_type(label, listed));
            self.text.truncate(start);
            self.text.push_str(&other);
        }
        (TextSpan::from(start, &self.text), collides)
    }

    pub fn next(&self) -> EntityId {
        EntityId(self.entities.len() as u32)
    }

    pub(super) fn push(
        &mut self,
        ty: TypeId,
        owner: Owner,
        kind: Kind,
        label: TextSpan,
    ) -> Result<EntityId, Malformed> {
        super::check_text(self.btf, &self.text, ty)?;
        if label.len() > MAX_LABEL {
            let what = "the names around this anonymous type are too long to call it after them";
            return Err(Malformed::new(what).in_type(ty.0, ""));
        }
        self.spend(ty)?;
        let id = self.next();
        self.entities.push(Entity {
            ty,
            owner,
            end: id.next(),
            kind,
            collides: false,
            label,
        });
        Ok(id)
    }

    /// Counts an item and its enumerators against the limits. Fails if a limit is exceeded.
    fn spend(&mut self, ty: TypeId) -> Result<(), Malformed> {
        let enumerators = match self.btf.ty(body(self.btf, ty)) {
            Type::Enum(e) => e.enumerators.len as usize,
            _ => 0,
        };
        let items = self.items_left.checked_sub(1);
        let enumerators = self.enumerators_left.checked_sub(enumerators);
        let (Some(items), Some(enumerators)) = (items, enumerators) else {
            let what = "anonymous types are shared so often that writing each where it stands \
                        takes too many items";
            return Err(Malformed::new(what).in_type(ty.0, self.btf.name_of(ty)));
        };
        (self.items_left, self.enumerators_left) = (items, enumerators);
        Ok(())
    }

    /// Adds the anonymous enums of a layer that have enumerators and that no item contains so far. In C, such enums
    /// define constants. Their labels come from their first enumerators.
    fn add_constants(&mut self, layer: Range<u32>) -> Result<(), Malformed> {
        let btf = self.btf;
        let first = |id: TypeId| match btf.ty(id) {
            Type::Enum(e) => btf.enumerators(e).first().map(|e| btf.name(e.name)),
            _ => None,
        };
        let is_unused = |id: &TypeId| btf.is_anonymous(*id) && !self.in_items[id.index()];
        let types = btf.tagged_types(layer).iter().copied();
        let mut enums: Vec<TypeId> = types.filter(is_unused).collect();
        enums.retain(|id| first(*id).is_some());
        let mut fingerprints = TypeFingerprints::default();
        enums.sort_by_cached_key(|id| (first(*id), fingerprints.fingerprint(btf, *id)));
        for id in enums {
            let mut stem = String::new();
            super::push_label(&mut stem, first(id).unwrap_or_default());
            let (label, collides) = self.claim(&stem, Kind::Enum, false);
            let entity = self.push(id, Owner::Constants, Kind::Enum, label)?;
            self.entities[entity.index()].collides = collides;
        }
        Ok(())
    }

    /// Sorts the outermost items by label. The items inside an item remain directly after it.
    fn sort(&mut self) {
        let mut roots = Vec::new();
        let mut at = EntityId(0);
        while let Some(entity) = self.entities.get(at.index()) {
            roots.push(at);
            at = entity.end;
        }
        order::by_label(&self.text, &mut roots, |id| self.entities[id.index()].label);
        let mut sorted = Vec::with_capacity(self.entities.len());
        for root in roots {
            let end = self.entities[root.index()].end;
            let new_root = sorted.len() as u32;
            let moved = |id: EntityId| EntityId(id.0 - root.0 + new_root);
            let inside = self.entities[root.index()..end.index()].iter();
            sorted.extend(inside.map(|entity| Entity {
                end: moved(entity.end),
                owner: match entity.owner {
                    Owner::Inside(parent) => Owner::Inside(moved(parent)),
                    owner => owner,
                },
                ..*entity
            }));
        }
        self.entities = sorted;
    }
}
