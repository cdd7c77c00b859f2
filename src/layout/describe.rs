//! Converts the items that `lower` makes to owned data, with names and types as text. `lower` has made all decisions of
//! the mapping.

use super::reason::Reason;
use super::{
    Base, Bits, Body, Case, Content, Enumerator, Field, Function, Global, Item, LeftOut, Map,
    MapType, Parameter, Type,
};
use crate::btf::{Btf, Name, Type as BtfType, TypeId};
use crate::c::declaration;
use crate::c::members::body;
use crate::maps::{self, Slot};
use crate::names::{self, EntityId, Names, Owner};
use crate::{lower, wit};

/// Describes the items of one package.
#[derive(Clone, Copy)]
pub(crate) struct Describer<'a> {
    pub btf: &'a Btf,
    pub names: &'a Names,
}

impl Describer<'_> {
    pub fn item(self, id: EntityId, item: &lower::Item) -> Item {
        let entity = self.names.entity(id);
        let inside = match entity.owner {
            Owner::Inside(parent) => Some(self.names.label(parent).to_owned()),
            _ => None,
        };
        Item {
            wit: self.names.label(id).to_owned(),
            kind: entity.kind,
            name: non_empty(self.btf.name_of(entity.ty)),
            c: c_declaration(self.btf, entity.ty),
            id: entity.ty.0,
            inside,
            size: self.btf.size(entity.ty).unwrap_or(0),
            body: self.body(entity.ty, item),
            left_out: item.left_out.iter().map(|l| self.left_out(l)).collect(),
            widened: item.fallback.map(Reason::of_item),
        }
    }

    fn body(self, id: TypeId, item: &lower::Item) -> Body {
        let signed = self.btf.is_signed_enum(body(self.btf, id));
        match item.body {
            lower::Body::Variant => Body::Variant {
                arms: self.fields(item),
            },
            lower::Body::Enum => Body::Enum {
                signed,
                cases: self.cases(item, signed),
                others: self.others(item, signed),
            },
            lower::Body::Flags => Body::Flags {
                cases: self.cases(item, signed),
                others: self.others(item, signed),
            },
            lower::Body::Alias(ty) => Body::Alias {
                ty: self.ty(item, ty),
                others: self.others(item, signed),
            },
            lower::Body::Record | lower::Body::Function { .. } => Body::Record {
                fields: self.fields(item),
            },
        }
    }

    fn fields(self, item: &lower::Item) -> Vec<Field> {
        let members = item.members.iter().enumerate();
        members
            .map(|(i, member)| Field {
                wit: item.labels.label(i).to_owned(),
                name: match member.borrowed_name {
                    true => None,
                    false => non_empty(self.btf.name(member.name)),
                },
                c_type: self.c_type(member.c_type),
                offset: u64::from(member.bit_offset / 8),
                bits: bits(member.bit_offset, member.bits),
                ty: member.ty.map(|ty| self.ty(item, ty)),
                missing: false,
            })
            .collect()
    }

    fn cases(self, item: &lower::Item, signed: bool) -> Vec<Case> {
        let cases = item.cases.iter().enumerate();
        let owned = |name: &Name| self.btf.name(*name).to_owned();
        cases
            .map(|(i, case)| Case {
                wit: item.labels.label(i).to_owned(),
                name: owned(&case.name),
                value: value(case.value, signed),
                synonyms: item.synonyms(case).iter().map(owned).collect(),
            })
            .collect()
    }

    fn others(self, item: &lower::Item, signed: bool) -> Vec<Enumerator> {
        let others = item.others.iter();
        others
            .map(|other| Enumerator {
                name: self.btf.name(other.name).to_owned(),
                value: value(other.value, signed),
            })
            .collect()
    }

    fn left_out(self, left_out: &crate::c::members::LeftOut) -> LeftOut {
        LeftOut {
            name: non_empty(self.btf.name(left_out.name)),
            c_type: self.c_type(left_out.ty),
            offset: u64::from(left_out.bit_offset / 8),
            bits: bits(left_out.bit_offset, left_out.bits),
            reason: Reason::of_member(left_out.why),
        }
    }

    pub fn function(self, function: &names::Function, item: &lower::Item) -> Function {
        let members = item.members.iter().enumerate();
        let parameters = members.filter_map(|(i, member)| {
            Some(Parameter {
                wit: item.labels.label(i).to_owned(),
                name: non_empty(self.btf.name(member.name)),
                c_type: self.c_type(member.c_type),
                ty: self.ty(item, member.ty?),
            })
        });
        let (result, varargs) = match item.body {
            lower::Body::Function { result, varargs } => (result, varargs),
            _ => (None, false),
        };
        Function {
            wit: self.names.function_label(function).to_owned(),
            name: self.btf.name_of(function.ty).to_owned(),
            c: c_declaration(self.btf, function.ty),
            id: function.ty.0,
            parameters: parameters.collect(),
            result: result.map(|ty| self.ty(item, ty)),
            varargs,
        }
    }

    pub fn map(self, at: u32, map: &maps::Map) -> Map {
        let definition = &map.definition;
        let key = definition.key.ty.map(|ty| self.content(Slot::Key(at), ty));
        let value = definition.value.ty;
        let value = value.map(|ty| self.content(Slot::Value(at), ty));
        let size = |content: &Option<Content>, size: Option<u32>| {
            let size = size.map(u64::from);
            size.or_else(|| content.as_ref().map(|content| content.size))
        };
        // The type that a tracer names is that of the records, and not that of the value.
        let declared = value.clone().filter(|_| map.tracer.is_none());
        Map {
            name: self.btf.name(map.name).to_owned(),
            inner: map.inner,
            form: definition.form,
            map_type: definition.kind.map(|number| MapType {
                number,
                name: maps::name_of_kind(number),
            }),
            max_entries: definition.max_entries,
            key_size: size(&key, definition.key.size),
            value_size: size(&declared, definition.value.size),
            key,
            value,
            tracer: map.tracer.clone(),
        }
    }

    pub fn global(self, at: u32, global: &maps::Global) -> Global {
        Global {
            section: self.btf.name(global.section).to_owned(),
            name: self.btf.name(global.name).to_owned(),
            offset: global.offset.map(u64::from),
            content: self.content(Slot::Global(at), global.ty),
        }
    }

    fn content(self, slot: Slot, ty: TypeId) -> Content {
        let item = self.names.slot_item(self.btf, slot, ty);
        Content {
            c_type: self.c_type(ty),
            size: self.btf.size(ty).unwrap_or(0),
            item: item.map(|id| self.names.label(id).to_owned()),
        }
    }

    fn ty(self, item: &lower::Item, ty: lower::WitType) -> Type {
        let mut text = String::new();
        wit::push_ty(&mut text, self.names, item, ty);
        Type {
            wit: text,
            lengths: item.dims(ty).iter().map(|dim| dim.length).collect(),
            base: self.base(ty.base),
        }
    }

    fn base(self, base: lower::ElementType) -> Base {
        match base {
            lower::ElementType::Bool { bytes } => Base::Bool { size: bytes },
            lower::ElementType::Int { bytes, signed } => Base::Int {
                size: bytes,
                signed,
            },
            lower::ElementType::Wide { signed } => Base::Int { size: 16, signed },
            lower::ElementType::Float { bytes } => Base::Float { size: bytes },
            lower::ElementType::Pointer => Base::Pointer {
                size: self.btf.pointer_size,
            },
            lower::ElementType::String { bytes } => Base::String { size: bytes },
            lower::ElementType::Item(id) => Base::Item {
                item: self.names.label(id).to_owned(),
            },
        }
    }

    fn c_type(self, id: TypeId) -> String {
        let mut c = String::new();
        declaration::declare(&mut c, self.btf, id, "");
        c
    }
}

fn non_empty(name: &str) -> Option<String> {
    (!name.is_empty()).then(|| name.to_owned())
}

/// Returns the position of a bitfield's bits. Returns `None` if `width` is 0, which means that the member is not a
/// bitfield.
pub(crate) fn bits(bit_offset: u32, width: u8) -> Option<Bits> {
    (width > 0).then_some(Bits {
        first: (bit_offset % 8) as u8,
        width,
    })
}

/// Converts the 64 bits of an enumerator's value to a number. If `signed` is true, they are read as an `i64`, otherwise
/// as a `u64`.
pub(crate) fn value(value: u64, signed: bool) -> i128 {
    match signed {
        true => i128::from(value as i64),
        false => i128::from(value),
    }
}

/// Returns the C declaration of a type or function, which is cut if it is longer than [`declaration::MAX_LENGTH`]. An
/// anonymous struct is `struct {...}`.
pub(crate) fn c_declaration(btf: &Btf, id: TypeId) -> String {
    let mut c = String::new();
    match *btf.ty(id) {
        BtfType::Typedef { name, target } => {
            c.push_str("typedef ");
            declaration::declare(&mut c, btf, target, btf.name(name));
        }
        BtfType::Function {
            name, prototype, ..
        } => {
            declaration::declare(&mut c, btf, prototype, btf.name(name));
        }
        _ => declaration::tag(&mut c, btf, id),
    }
    c
}
