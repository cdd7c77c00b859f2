//! Labels of the types that C leaves anonymous: parent, path of members, kind.
//!
//! BTF has one anonymous type where several places have equal ones. Each place is an item of its
//! own, since a name taken from one of them would change when that one does.

use std::collections::HashMap;
use std::ops::Range;

use super::{
    Function, Interface, Items, MAX_LABEL, Names,
    collision::{self, Alternatives},
    entity::{Entity, EntityId, Kind, Owner},
    fingerprint::TypeFingerprints,
    folded::FoldedTypedefs,
    kind,
    macros::Clashes,
    named::{self, NamedType},
    order,
    scope::Key,
    spelling::{NameKind, Rename, Speller},
    text_span::TextSpan,
    words::Label,
};
use crate::btf::{Btf, Malformed, Type, TypeId};
use crate::c::members::{FlatMembers, MemberName, Presence, body, unnamed};
use crate::maps::ObjectData;

/// Gives every type its label and its place.
pub(super) fn place(btf: &Btf, interface: Interface, rename: Rename) -> Result<Names, Malformed> {
    let mut places = Places::new(btf, String::new(), interface, rename);
    places.object_data = ObjectData::find(btf);
    for layer in btf.layers() {
        let (text, interface) = (&mut places.text, &mut places.interface);
        for ty in named::give(btf, layer.clone(), text, interface, &places.rename)? {
            places.named(&ty)?;
        }
        places.slots(&layer)?;
        places.constants(layer)?;
    }
    places.sort();
    let mut of_type = Items::new(btf.len());
    let mut of_slot = HashMap::new();
    for (at, entity) in places.entities.iter().enumerate() {
        match entity.owner {
            Owner::Named => of_type.set(entity.ty, EntityId(at as u32)),
            Owner::Slot(slot) => {
                of_slot.insert(slot, EntityId(at as u32));
            }
            _ => {}
        }
    }
    let mut names = Names {
        text: places.text,
        entities: places.entities,
        folded: FoldedTypedefs::find(btf, &of_type),
        of_type,
        of_slot,
        object_data: places.object_data,
        placed: places.placed,
        functions: Vec::new(),
        interface: places.interface,
        clashes: Clashes::default(),
        rename: places.rename,
    };
    names.clashes = Clashes::find(btf, &names)?;
    Ok(names)
}

pub(super) struct Places<'a> {
    pub btf: &'a Btf,
    pub text: String,
    pub interface: Interface,
    pub entities: Vec<Entity>,
    pub rename: Rename,
    pub object_data: ObjectData,
    shape: FlatMembers,
    /// The types whose body is written in some place, anonymous ones above all, by type id.
    pub placed: Vec<bool>,
    /// The functions that types may stand in, as far as they are known.
    pub functions: Vec<Function>,
    /// Labels of the items around the one at hand, without their kinds: one behind the other.
    pub stems: String,
    /// The last number that was given to rivals of a label.
    pub(super) numbers: HashMap<Key, u32>,
    /// How many items, and how many enumerators in them, may still be written.
    items: usize,
    enumerators: usize,
}

/// An anonymous type in its parent.
pub(super) struct Found {
    pub ty: TypeId,
    pub member: Option<MemberName>,
    /// Is that member one of a struct or union, or a parameter?
    pub role: NameKind,
    /// Does it stand in an array there?
    pub listed: bool,
}

impl<'a> Places<'a> {
    pub fn new(btf: &'a Btf, text: String, interface: Interface, rename: Rename) -> Places<'a> {
        Places {
            btf,
            text,
            interface,
            entities: Vec::new(),
            rename,
            object_data: ObjectData::default(),
            shape: FlatMembers::new(btf),
            placed: vec![false; btf.len()],
            functions: Vec::new(),
            stems: String::new(),
            numbers: HashMap::new(),
            // Kernels have far fewer items than types; more than this is made to blow up.
            items: 4 * btf.len() + 65_536,
            enumerators: 4 * btf.volume() + 65_536,
        }
    }

    fn named(&mut self, ty: &NamedType) -> Result<(), Malformed> {
        let id = self.push(ty.ty, Owner::Named, ty.kind, ty.label)?;
        self.entities[id.index()].collides = ty.collides;
        self.stems.clear();
        self.stems.push_str(ty.label.of(&self.text));
        let body = match *self.btf.ty(ty.ty) {
            Type::Typedef { target, .. } => self.btf.unqualified(target),
            _ => ty.ty,
        };
        self.inside(id, body, 0, body != ty.ty)
    }

    /// Places what stands in the item `parent`, whose body is `body` and whose stem begins at
    /// `stem`. A typedef has the body of an anonymous target, but no part in that of a named one.
    pub(super) fn inside(
        &mut self,
        parent: EntityId,
        body: TypeId,
        stem: usize,
        typedef: bool,
    ) -> Result<(), Malformed> {
        let found = match self.btf.ty(body) {
            Type::Struct(_) | Type::Union(_) if !typedef || self.btf.is_anonymous(body) => {
                self.placed[body.index()] = true;
                self.members(body)?
            }
            Type::Enum(_) => {
                self.placed[body.index()] = true;
                Vec::new()
            }
            Type::Array { .. } => self.element(body),
            _ => Vec::new(),
        };
        for found in found {
            self.child(Owner::Inside(parent), found, stem)?;
        }
        self.entities[parent.index()].end = self.next();
        Ok(())
    }

    fn members(&mut self, body: TypeId) -> Result<Vec<Found>, Malformed> {
        self.shape.read(self.btf, body)?;
        for joined in &self.shape.inlined {
            self.placed[joined.index()] = true;
        }
        let anonymous = self.shape.anonymous(self.btf).map(|(position, ty)| {
            let member = &self.shape.members[position];
            let is_flexible = member.presence == Presence::Flexible;
            Found {
                ty,
                member: Some(member.name),
                role: NameKind::Member,
                listed: is_flexible || ty != self.btf.unqualified(member.ty),
            }
        });
        Ok(anonymous.collect())
    }

    fn element(&self, array: TypeId) -> Vec<Found> {
        let ty = self.btf.element(array);
        if !self.btf.is_anonymous(ty) {
            return Vec::new();
        }
        vec![Found {
            ty,
            member: None,
            role: NameKind::Member,
            listed: true,
        }]
    }

    /// Places `found`, in a parent whose stem begins at `stem`, and what stands in it.
    pub fn child(&mut self, owner: Owner, found: Found, stem: usize) -> Result<(), Malformed> {
        let Some(kind) = kind(self.btf.ty(found.ty)) else {
            return Ok(());
        };
        let speller = Speller {
            btf: self.btf,
            rename: &self.rename,
            kind: found.role,
            parent: match self.rename.renames() {
                true => self.parent(owner),
                false => None,
            },
        };
        let start = self.stems.len();
        let parent = self.stems[stem..].to_owned();
        let mut label = Label::continued(&mut self.stems, &parent);
        match found.member {
            Some(MemberName::Own(name)) => label.push_name(&speller.spell(name)),
            Some(MemberName::Unnamed(n)) => label.push_label(&unnamed(n)),
            None => {}
        }
        label.end();
        let stem = self.stems[start..].to_owned();
        let (label, collides) = self.claim(&stem, kind, found.listed);
        let id = self.push(found.ty, owner, kind, label)?;
        self.entities[id.index()].collides = collides;
        self.inside(id, found.ty, start, false)?;
        self.stems.truncate(start);
        Ok(())
    }

    /// The C name of what a place is in.
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

    /// Takes the label of a stem and a kind.
    fn claim(&mut self, stem: &str, kind: Kind, listed: bool) -> (TextSpan, bool) {
        let start = self.text.len();
        Label::continued(&mut self.text, stem).push_label(kind.word());
        let interface = &mut self.interface;
        let collides = !interface.claim_type(&self.text[start..], listed);
        if collides {
            let key = Key::of(&self.text[start..]);
            let number = self.numbers.entry(key).or_insert(collision::FIRST);
            let other = Alternatives::new(&self.text[start..], None, number)
                .settle(|label| interface.claim_type(label, listed));
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

    /// Counts an item against what may be written.
    fn spend(&mut self, ty: TypeId) -> Result<(), Malformed> {
        let enumerators = match self.btf.ty(body(self.btf, ty)) {
            Type::Enum(e) => e.enumerators.len as usize,
            _ => 0,
        };
        let items = self.items.checked_sub(1);
        let enumerators = self.enumerators.checked_sub(enumerators);
        let (Some(items), Some(enumerators)) = (items, enumerators) else {
            let what = "anonymous types are shared so often that writing each where it stands \
                        takes too many items";
            return Err(Malformed::new(what).in_type(ty.0, self.btf.name_of(ty)));
        };
        (self.items, self.enumerators) = (items, enumerators);
        Ok(())
    }

    /// Names the anonymous enums that have no place after their first enumerator.
    fn constants(&mut self, layer: Range<u32>) -> Result<(), Malformed> {
        let btf = self.btf;
        let first = |id: TypeId| match btf.ty(id) {
            Type::Enum(e) => btf.enumerators(e).first().map(|e| btf.name(e.name)),
            _ => None,
        };
        let unplaced = |id: &TypeId| btf.is_anonymous(*id) && !self.placed[id.index()];
        let defined = btf.tagged_types(layer).iter().copied();
        let mut enums: Vec<TypeId> = defined.filter(unplaced).collect();
        enums.retain(|id| first(*id).is_some());
        let mut contents = TypeFingerprints::default();
        enums.sort_by_cached_key(|id| (first(*id), contents.fingerprint(btf, *id)));
        for id in enums {
            let mut stem = String::new();
            super::push_label(&mut stem, first(id).unwrap_or_default());
            let (label, collides) = self.claim(&stem, Kind::Enum, false);
            let entity = self.push(id, Owner::Constants, Kind::Enum, label)?;
            self.entities[entity.index()].collides = collides;
        }
        Ok(())
    }

    /// Sorts the items that stand in no other by label, each followed by what stands in it.
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
            sorted.extend(
                self.entities[root.index()..end.index()]
                    .iter()
                    .map(|entity| Entity {
                        end: moved(entity.end),
                        owner: match entity.owner {
                            Owner::Inside(parent) => Owner::Inside(moved(parent)),
                            owner => owner,
                        },
                        ..*entity
                    }),
            );
        }
        self.entities = sorted;
    }
}
