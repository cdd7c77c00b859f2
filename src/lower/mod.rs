//! Turns one C type or function into one WIT item with the layout of its bytes. Makes all decisions of the mapping
//! except those that the caller makes, which are in `choices`.
//!
//! This module neither writes text nor knows which types are selected.

mod enums;
mod function;
mod item;
mod scalar;

pub(crate) use item::{Body, Case, Dim, ElementType, Fallback, Item, Member, WitType};
pub(crate) use scalar::integer;

use crate::btf::{Btf, Composite, Malformed, Type, TypeId};
use crate::c::members::{FlatMember, FlatMembers, Presence, body};
use crate::choices::Choices;
use crate::names::{Children, EntityId, Kind, NameKind, Names, Role};
use crate::options::{Arrays, CharArrays, Choice, Unions};

/// The maximum number of fields of a record or cases of a variant, which is a limit of wasmparser.
pub(crate) const MAX_MEMBERS: usize = 10_000;
/// A number of labels of C names that always fit in [`ItemLabels`](crate::names::ItemLabels), since a C name has at
/// most 4,096 bytes. Labels from the caller's hook for renaming may be longer, so fewer of them may fit.
const FEW_LABELS: usize = 256;
/// The maximum size in C, in bytes, of an array that becomes a list of fixed length. The canonical ABI limits the size
/// of a value to 2^28 bytes and does not pack bits as C does. With the limit here, there is room for values that are 16
/// times as large as in C.
const MAX_FIXED_BYTES: u64 = 1 << 24;

/// Whether members and cases get labels. Callers that do not need labels save time without them. With `None`, an item
/// gets labels only if its limits cannot be checked without them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Labelled {
    All,
    None,
}

/// Turns types and functions into items, one after another.
pub(crate) struct Lower<'a> {
    btf: &'a Btf,
    names: &'a Names,
    choices: &'a Choices,
    flat: FlatMembers,
    case_of_value: enums::CaseOfValue,
    labelled: Labelled,
    children: Children,
    /// The value of [`Member::raw`] for the current member.
    raw: bool,
}

impl<'a> Lower<'a> {
    pub fn new(btf: &'a Btf, names: &'a Names, choices: &'a Choices) -> Lower<'a> {
        Lower {
            btf,
            names,
            choices,
            flat: FlatMembers::new(btf),
            case_of_value: enums::CaseOfValue::new(),
            labelled: Labelled::All,
            children: Children::NONE,
            raw: false,
        }
    }

    /// Sets whether the members and cases of items get labels.
    pub fn labelled(self, labelled: Labelled) -> Lower<'a> {
        Lower { labelled, ..self }
    }

    /// Replaces the contents of `item` by those of the item `id`.
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
                let ty = self.ty(item, target, self.choices.of_item(id));
                item.body = Body::Alias(ty);
            }
            _ => item.body = Body::Alias(self.bytes(item, body)),
        }
        Ok(())
    }

    /// Returns the WIT type of a value that is not a member, such as the value of a map. The dimensions of the type are
    /// stored in `item`.
    ///
    /// If the type of the value or of its elements is anonymous, `anonymous` is the item of that type. Otherwise,
    /// `anonymous` is `None`.
    pub fn value(&mut self, item: &mut Item, ty: TypeId, anonymous: Option<EntityId>) -> WitType {
        item.clear();
        self.raw = false;
        self.children = anonymous.map_or(Children::NONE, Children::from);
        self.ty(item, ty, None)
    }

    /// Returns the [`Body`] of the item `id`. Fills `item` only if the C type is not enough to determine the body.
    pub fn form(&mut self, id: EntityId, item: &mut Item) -> Result<Body, Malformed> {
        match self.btf.ty(body(self.btf, self.names.entity(id).ty)) {
            Type::Struct(composite) if self.is_record(id, composite) => Ok(Body::Record),
            _ => {
                self.item(id, item)?;
                Ok(item.body)
            }
        }
    }

    /// Returns whether a struct certainly becomes a record. If the result is false, the struct may still become one.
    fn is_record(&self, id: EntityId, composite: &Composite) -> bool {
        let members = self.btf.members(composite);
        members.len() <= FEW_LABELS
            && members.iter().all(|member| !member.name.is_none())
            && members.iter().any(|member| !self.btf.is_empty(member.ty))
            && !self.renames(id)
    }

    /// Fills `item` with a record or a variant that has the members of the C type `body`. If [`Lower::push_members`]
    /// returns a fallback, `item` becomes an alias for the bytes of `body` instead.
    fn members(
        &mut self,
        item: &mut Item,
        id: EntityId,
        body: TypeId,
        kind: Body,
    ) -> Result<(), Malformed> {
        self.flat.read(self.btf, body)?;
        item.body = kind;
        let members = std::mem::take(&mut self.flat.members);
        let fallback = self.push_members(item, id, &members);
        self.flat.members = members;
        if let Some(fallback) = fallback {
            item.clear();
            item.fallback = Some(match self.btf.fault(body) {
                Some(_) => Fallback::Unsound,
                None => fallback,
            });
            item.body = Body::Alias(self.bytes(item, body));
        }
        item.left_out.extend_from_slice(&self.flat.left_out);
        Ok(())
    }

    /// Adds the members to a record or variant. Returns a fallback if there is nothing to add, if there are more
    /// members than WIT allows, or if their labels are too long in total. Returns `None` if the item is complete.
    fn push_members(
        &mut self,
        item: &mut Item,
        id: EntityId,
        members: &[FlatMember],
    ) -> Option<Fallback> {
        let record = item.body == Body::Record;
        if self.needs_labels(id, members) {
            let fits = self.member_labels(item, id, members, record);
            if !fits {
                return Some(Fallback::TooManyMembers);
            }
        }
        for (position, member) in members.iter().enumerate() {
            if !is_written(member, record) {
                continue;
            }
            let ty = match member.presence {
                Presence::Nothing => None,
                _ => Some(self.member(item, id, position, member)),
            };
            item.members.push(Member {
                name: member.name.c_name(),
                borrowed_name: member.borrowed_name,
                raw: std::mem::take(&mut self.raw),
                c_type: member.ty,
                ty,
                bit_offset: member.bit_offset,
                bits: member.bits,
            });
        }
        item.members.is_empty().then_some(Fallback::Opaque)
    }

    /// Returns whether the labels of the members must be computed: either the caller wants labels, or there may be
    /// more or longer labels than the limits allow.
    fn needs_labels(&self, id: EntityId, members: &[FlatMember]) -> bool {
        let wanted = self.labelled == Labelled::All;
        wanted || members.len() > FEW_LABELS || self.renames(id)
    }

    /// Returns whether the caller has set a hook that may rename the members of this item.
    fn renames(&self, id: EntityId) -> bool {
        let speller = self.names.speller(self.btf, id, NameKind::Member);
        speller.renames()
    }

    /// Adds the labels of the members to `item`. Returns false if there are more members than WIT allows, or if the
    /// labels are too long in total.
    fn member_labels(
        &mut self,
        item: &mut Item,
        id: EntityId,
        members: &[FlatMember],
        record: bool,
    ) -> bool {
        let role = if record { Role::Field } else { Role::Arm };
        let avoid = match record {
            true => None,
            false => self.names.colliding_cases(id),
        };
        let speller = self.names.speller(self.btf, id, NameKind::Member);
        for member in members.iter().filter(|member| is_written(member, record)) {
            item.labels.push(speller, member.name, role, avoid);
            if item.labels.len() > MAX_MEMBERS || item.labels.is_excessive() {
                return false;
            }
        }
        item.labels.make_unique(speller);
        true
    }

    fn member(
        &mut self,
        item: &mut Item,
        id: EntityId,
        position: usize,
        member: &FlatMember,
    ) -> WitType {
        let choice = self.choices.member(id, position);
        if (member.bits, member.presence, choice) == (0, Presence::Value, None) {
            return self.ty(item, member.ty, None);
        }
        let resolved = self.btf.resolved(member.ty);
        match (self.btf.ty(resolved), choice) {
            (Type::Int(int), _) if member.bits > 0 => {
                item.plain(scalar::bitfield(self.btf, int, member.bits))
            }
            (Type::Enum(e), Some(Choice::Integer)) => match scalar::enumeration(e) {
                Some(integer) => item.plain(integer),
                None => self.ty(item, member.ty, None),
            },
            (Type::Union(_), Some(Choice::Bytes)) => self.bytes(item, resolved),
            _ if member.presence == Presence::Flexible => self.ty(item, resolved, choice),
            _ => self.ty(item, member.ty, choice),
        }
    }

    /// Returns the WIT type of a C type inside an item. `choice` is the caller's choice for the member or typedef
    /// that has this type. If the caller made no such choice, it is `None`.
    fn ty(&mut self, item: &mut Item, id: TypeId, choice: Option<Choice>) -> WitType {
        let start = item.dims.len();
        let (mut base, element) = self.element_type(item, id, self.is_fixed(choice));
        if item.dims.len() > start && self.is_text(element, base, choice) {
            // The innermost dimension is the number of bytes for the text, so it is no list.
            if let Some(room) = item.dims.pop() {
                base = ElementType::String { bytes: room.length };
            }
        }
        WitType {
            base,
            dims: item.dims_from(start),
        }
    }

    /// Adds the array dimensions of a C type to `item`, and one more dimension if the elements are written as bytes.
    /// Returns the type of the innermost elements, in WIT and in C. If the C type is not an array, it counts as its own
    /// element.
    fn element_type(
        &mut self,
        item: &mut Item,
        mut id: TypeId,
        fixed: bool,
    ) -> (ElementType, TypeId) {
        let element = loop {
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
        (element, id)
    }

    /// Returns the element type that replaces an excluded type. This is the type that [`Lower::scalar`] returns, if
    /// there is one. Otherwise it is a byte, and the dimension of the list of bytes is added to `item`.
    fn excluded(&mut self, item: &mut Item, id: TypeId, fixed: bool) -> ElementType {
        item.fallback.get_or_insert(Fallback::Excluded);
        self.scalar(self.btf.resolved(id)).unwrap_or_else(|| {
            self.raw = true;
            self.push_bytes(item, id, fixed)
        })
    }

    /// Returns the WIT type of an integer, float, pointer or enum; an enum becomes an integer. Returns `None` for other
    /// types, and for numbers that WIT cannot represent.
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

    /// Returns whether an array of elements of type `id` becomes a string. `base` is the WIT type of the elements.
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

    /// Returns the WIT type of a value of type `id` that is written as its bytes.
    fn bytes(&mut self, item: &mut Item, id: TypeId) -> WitType {
        let start = item.dims.len();
        let base = self.push_bytes(item, id, self.is_fixed(None));
        WitType {
            base,
            dims: item.dims_from(start),
        }
    }

    fn push_bytes(&self, item: &mut Item, id: TypeId, fixed: bool) -> ElementType {
        let size = self.btf.size(id).unwrap_or(0);
        item.dims.push(Dim {
            // In `btf`, all sizes fit in 32 bits, so the conversion loses nothing.
            length: u32::try_from(size).unwrap_or(u32::MAX),
            fixed: fixed && (1..=MAX_FIXED_BYTES).contains(&size),
        });
        ElementType::BYTE
    }
}

/// Returns whether a member is written. In a variant, a member without bytes becomes a case. In a record, such a member
/// is left out.
fn is_written(member: &FlatMember, record: bool) -> bool {
    !record || member.presence != Presence::Nothing
}
