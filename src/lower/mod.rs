//! Turns one C type into one WIT item with its byte layout. All mapping decisions are here.
//!
//! Relies on checked types and given names; knows nothing of text, and nothing of what was
//! selected.

mod enums;
mod function;
mod item;
mod scalar;

pub(crate) use item::{Body, Case, Dim, ElementType, Fallback, Item, Member, Ty};
pub(crate) use scalar::integer;

use crate::btf::{Btf, Composite, Malformed, Type, TypeId};
use crate::c::members::{FlatMember, FlatMembers, Presence, body};
use crate::choices::Choices;
use crate::names::{Children, EntityId, Kind, NameKind, Names, Role};
use crate::options::{Arrays, CharArrays, Choice, Unions};

/// The most fields of a record or cases of a variant (wasmparser's limit).
pub(crate) const MAX_MEMBERS: usize = 10_000;
/// So many labels are never more text than [`ItemLabels`](crate::names::ItemLabels) has room for, however long
/// the C names are, unless the caller spells them.
const FEW_LABELS: usize = 256;
/// A value may take at most 2^28 bytes in the canonical ABI. There, what C packs into bits takes up
/// to 16 times its room, so longer arrays than this stay lists.
const MAX_FIXED_BYTES: u64 = 1 << 24;

/// Which items have labels for their members and cases.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Labelled {
    All,
    None,
}

/// Lowers items one after another.
pub(crate) struct Lower<'a> {
    btf: &'a Btf,
    names: &'a Names,
    choices: &'a Choices,
    shape: FlatMembers,
    seen: enums::Seen,
    labelled: Labelled,
    children: Children,
    /// Is a number in the type at hand written as its bytes?
    raw: bool,
}

impl<'a> Lower<'a> {
    pub fn new(btf: &'a Btf, names: &'a Names, choices: &'a Choices) -> Lower<'a> {
        Lower {
            btf,
            names,
            choices,
            shape: FlatMembers::new(btf),
            seen: enums::Seen::new(),
            labelled: Labelled::All,
            children: Children::NONE,
            raw: false,
        }
    }

    /// For those who do not read all labels.
    pub fn labelled(self, labelled: Labelled) -> Lower<'a> {
        Lower { labelled, ..self }
    }

    /// Fills `item` with what the type of `id` becomes.
    pub fn item(&mut self, id: EntityId, item: &mut Item) -> Result<(), Malformed> {
        item.clear();
        self.children = Children::of(id);
        self.raw = false;
        let entity = self.names.entity(id);
        let body = body(self.btf, entity.ty);
        match *self.btf.ty(body) {
            Type::Struct(_) => self.members(item, id, body, Body::Record)?,
            Type::Union(_) => match self.choices.union(id) {
                Unions::Variant => self.members(item, id, body, Body::Variant)?,
                Unions::Record => self.members(item, id, body, Body::Record)?,
                Unions::Bytes => item.body = Body::Alias(self.bytes(item, body)),
            },
            Type::Enum(e) => self.enumeration(item, id, body, &e),
            Type::Typedef { target, .. } if entity.kind == Kind::Typedef => {
                let ty = self.ty(item, target, self.choices.own(id));
                item.body = Body::Alias(ty);
            }
            _ => item.body = Body::Alias(self.bytes(item, body)),
        }
        Ok(())
    }

    /// The WIT type of a value that stands in no item. `anonymous` is the item of a type without a name that it is, or
    /// that its elements are. Uses `item` for the arrays around it.
    pub fn value(&mut self, item: &mut Item, ty: TypeId, anonymous: Option<EntityId>) -> Ty {
        item.clear();
        self.raw = false;
        self.children = anonymous.map_or(Children::NONE, Children::from);
        self.ty(item, ty, None)
    }

    /// What the type of `id` becomes, without what is in it; fills `item` only where that tells.
    pub fn form(&mut self, id: EntityId, item: &mut Item) -> Result<Body, Malformed> {
        match self.btf.ty(body(self.btf, self.names.entity(id).ty)) {
            Type::Struct(composite) if self.is_record(id, composite) => Ok(Body::Record),
            _ => {
                self.item(id, item)?;
                Ok(item.body)
            }
        }
    }

    /// Is it plain that a struct becomes a record: does it show members, and not too many?
    fn is_record(&self, id: EntityId, composite: &Composite) -> bool {
        let members = self.btf.members(composite);
        members.len() <= FEW_LABELS
            && members.iter().all(|member| !member.name.is_none())
            && members.iter().any(|member| !self.btf.is_empty(member.ty))
            && !self.renames(id)
    }

    /// A record or a variant of the members of `body`.
    fn members(
        &mut self,
        item: &mut Item,
        id: EntityId,
        body: TypeId,
        kind: Body,
    ) -> Result<(), Malformed> {
        self.shape.read(self.btf, body)?;
        item.body = kind;
        let shown = std::mem::take(&mut self.shape.members);
        let widened = self.push_members(item, id, &shown);
        self.shape.members = shown;
        if let Some(widened) = widened {
            item.clear();
            item.fallback = Some(match self.btf.fault(body) {
                Some(_) => Fallback::Unsound,
                None => widened,
            });
            item.body = Body::Alias(self.bytes(item, body));
        }
        item.left_out.extend_from_slice(&self.shape.left_out);
        Ok(())
    }

    /// Adds the members to a record or variant, unless there are none, or more than WIT allows.
    fn push_members(
        &mut self,
        item: &mut Item,
        id: EntityId,
        shown: &[FlatMember],
    ) -> Option<Fallback> {
        let record = item.body == Body::Record;
        if self.needs_labels(id, shown) {
            let fits = self.member_labels(item, id, shown, record);
            if !fits {
                return Some(Fallback::TooManyMembers);
            }
        }
        for (position, shown) in shown.iter().enumerate() {
            if !is_written(shown, record) {
                continue;
            }
            let ty = match shown.presence {
                Presence::Nothing => None,
                _ => Some(self.member(item, id, position, shown)),
            };
            item.members.push(Member {
                name: shown.name.own(),
                borrowed_name: shown.borrowed_name,
                raw: std::mem::take(&mut self.raw),
                c_type: shown.ty,
                ty,
                bit_offset: shown.bit_offset,
                bits: shown.bits,
            });
        }
        item.members.is_empty().then_some(Fallback::Opaque)
    }

    /// Are labels asked for, or needed to tell whether they are too much for WIT?
    fn needs_labels(&self, id: EntityId, shown: &[FlatMember]) -> bool {
        let wanted = self.labelled == Labelled::All;
        wanted || shown.len() > FEW_LABELS || self.renames(id)
    }

    /// May the caller spell members otherwise than C does?
    fn renames(&self, id: EntityId) -> bool {
        let speller = self.names.speller(self.btf, id, NameKind::Member);
        speller.renames()
    }

    /// Labels the members of a record or variant. Are they as many, and as long, as WIT allows?
    fn member_labels(
        &mut self,
        item: &mut Item,
        id: EntityId,
        shown: &[FlatMember],
        record: bool,
    ) -> bool {
        let role = if record { Role::Field } else { Role::Arm };
        let avoid = match record {
            true => None,
            false => self.names.clashing_cases(id),
        };
        let speller = self.names.speller(self.btf, id, NameKind::Member);
        for shown in shown.iter().filter(|shown| is_written(shown, record)) {
            item.labels.push(speller, shown.name, role, avoid);
            if item.labels.len() > MAX_MEMBERS || item.labels.is_excessive() {
                return false;
            }
        }
        item.labels.settle(speller);
        true
    }

    fn member(&mut self, item: &mut Item, id: EntityId, position: usize, shown: &FlatMember) -> Ty {
        let choice = self.choices.member(id, position);
        if (shown.bits, shown.presence, choice) == (0, Presence::Value, None) {
            return self.ty(item, shown.ty, None);
        }
        let resolved = self.btf.resolved(shown.ty);
        match (self.btf.ty(resolved), choice) {
            (Type::Int(int), _) if shown.bits > 0 => {
                item.plain(scalar::bitfield(self.btf, int, shown.bits))
            }
            (Type::Enum(e), Some(Choice::Integer)) => match scalar::enumeration(e) {
                Some(integer) => item.plain(integer),
                None => self.ty(item, shown.ty, None),
            },
            (Type::Union(_), Some(Choice::Bytes)) => self.bytes(item, resolved),
            _ if shown.presence == Presence::Flexible => self.ty(item, resolved, choice),
            _ => self.ty(item, shown.ty, choice),
        }
    }

    /// The WIT type of a C type that stands in an item.
    fn ty(&mut self, item: &mut Item, mut id: TypeId, choice: Option<Choice>) -> Ty {
        let start = item.dims.len();
        let fixed = self.is_fixed(choice);
        let mut base = loop {
            id = self.btf.unqualified(id);
            if let Some(own) = self.names.own_item(id) {
                break match self.choices.excludes(own) {
                    false => ElementType::Item(own),
                    true => self.excluded(item, id, fixed),
                };
            }
            match *self.btf.ty(id) {
                Type::Array {
                    element, length, ..
                } => {
                    let fits = length > 0 && self.btf.size(id) <= Some(MAX_FIXED_BYTES);
                    let fixed = fixed && fits;
                    item.dims.push(Dim { length, fixed });
                    id = element;
                }
                Type::Typedef { target, .. } => id = self.names.skip_folded(id, target),
                Type::Struct(_) | Type::Union(_) | Type::Enum(_) => {
                    break ElementType::Item(self.children.take(self.names, id));
                }
                Type::Pointer(_) => break ElementType::Pointer,
                _ => {
                    break self.scalar(id).unwrap_or_else(|| {
                        item.fallback.get_or_insert(Fallback::OddNumber);
                        self.raw = true;
                        self.push_bytes(item, id, fixed)
                    });
                }
            }
        };
        if item.dims.len() > start && self.is_text(id, base, choice) {
            // The innermost dimension is the room for the text.
            if let Some(room) = item.dims.pop() {
                base = ElementType::String { bytes: room.length };
            }
        }
        Ty {
            base,
            dims: item.dims_from(start),
        }
    }

    /// What stands for a value of an excluded type: its number where it is one, or else its bytes.
    fn excluded(&mut self, item: &mut Item, id: TypeId, fixed: bool) -> ElementType {
        item.fallback.get_or_insert(Fallback::Excluded);
        self.scalar(self.btf.resolved(id)).unwrap_or_else(|| {
            self.raw = true;
            self.push_bytes(item, id, fixed)
        })
    }

    /// A number or an address.
    fn scalar(&self, id: TypeId) -> Option<ElementType> {
        match self.btf.ty(id) {
            Type::Int(int) => scalar::integer(self.btf, int),
            Type::Float { size, .. } => scalar::float(*size),
            Type::Pointer(_) => Some(ElementType::Pointer),
            Type::Enum(e) => scalar::enumeration(e),
            _ => None,
        }
    }

    fn is_fixed(&self, choice: Option<Choice>) -> bool {
        match choice {
            Some(Choice::Fixed) => true,
            Some(Choice::List) => false,
            _ => self.choices.arrays == Arrays::Fixed,
        }
    }

    /// Are arrays of `id`, which is written as `base`, strings?
    fn is_text(&self, id: TypeId, base: ElementType, choice: Option<Choice>) -> bool {
        let Type::Int(int) = self.btf.ty(self.btf.resolved(id)) else {
            return false;
        };
        if !self.btf.is_char(int) {
            return false;
        }
        match choice {
            Some(Choice::String) => true,
            Some(Choice::Bytes) => false,
            _ => self.choices.char_arrays == CharArrays::String && base == ElementType::BYTE,
        }
    }

    /// A value of `id` as its bytes.
    fn bytes(&mut self, item: &mut Item, id: TypeId) -> Ty {
        let start = item.dims.len();
        let base = self.push_bytes(item, id, self.is_fixed(None));
        Ty {
            base,
            dims: item.dims_from(start),
        }
    }

    fn push_bytes(&self, item: &mut Item, id: TypeId, fixed: bool) -> ElementType {
        let size = self.btf.size(id).unwrap_or(0);
        item.dims.push(Dim {
            // A size is at most that of the largest array, which fits.
            length: u32::try_from(size).unwrap_or(u32::MAX),
            fixed: fixed && (1..=MAX_FIXED_BYTES).contains(&size),
        });
        ElementType::BYTE
    }
}

/// A record has no field for an arm that takes no room, a variant has a case.
fn is_written(shown: &FlatMember, record: bool) -> bool {
    !record || shown.presence != Presence::Nothing
}
