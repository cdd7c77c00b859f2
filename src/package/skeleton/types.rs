//! Makes the types that the interfaces of an object use, both as a plan and as WIT text.

use crate::btf::TypeId;
use crate::c::declaration;
use crate::error::Error;
use crate::lower::{Dim, ElementType, Item, Lower};
use crate::names::EntityId;
use crate::package::Package;
use crate::plan::{self, BaseType, Plan, ValueType};
use crate::skeleton::{DataType, TypeText};
use crate::wit;

use super::parts::TypeSource;

impl Package {
    /// Returns one plan of all the given types, and each type in that plan together with its text.
    pub(super) fn data(&self, sources: &[TypeSource]) -> Result<(Plan, Vec<DataType>), Error> {
        let values: Vec<(TypeId, Option<EntityId>)> = sources
            .iter()
            .filter_map(|source| match source {
                TypeSource::Type(ty, item) => Some((*ty, *item)),
                _ => None,
            })
            .collect();
        let mut lower = self.lower();
        let plan = plan::compile_values(&self.btf, &self.names, &mut lower, &values);
        let (plan, types) = plan.map_err(|e| self.malformed(e))?;
        let mut types = types.into_iter();
        let data = sources.iter().map(|source| match *source {
            TypeSource::Type(ty, item) => DataType {
                ty: types.next().unwrap_or_else(|| bytes(0)),
                wit: self.type_text(&mut lower, ty, item),
                c: {
                    let mut c = String::new();
                    declaration::declare(&mut c, &self.btf, ty, "");
                    c
                },
            },
            TypeSource::Bytes(size) => DataType {
                ty: bytes(size),
                wit: TypeText::plain("list<u8>"),
                c: format!("{size} bytes"),
            },
            TypeSource::Number(what) => DataType {
                ty: ValueType::plain(BaseType::Int {
                    bytes: 4,
                    signed: false,
                }),
                wit: TypeText::plain("u32"),
                c: what.to_owned(),
            },
            TypeSource::Path => DataType {
                ty: ValueType::plain(BaseType::Text { room: 0 }),
                wit: TypeText::plain("string"),
                c: "path".to_owned(),
            },
        });
        let data = data.collect();
        Ok((plan, data))
    }

    /// Returns a C type as WIT text. `anonymous` is the item of the type or of its elements. It is needed only if that
    /// type has no name in C.
    fn type_text(
        &self,
        lower: &mut Lower<'_>,
        ty: TypeId,
        anonymous: Option<EntityId>,
    ) -> TypeText {
        let mut item = Item::default();
        let ty = lower.value(&mut item, ty, anonymous);
        let lists = item.dims(ty).len() * "list<".len();
        if ty.base == ElementType::Pointer {
            let number = if self.btf.pointer_size == 4 {
                "u32"
            } else {
                "u64"
            };
            let mut text = TypeText::plain(number);
            text.before
                .insert_str(0, &"list<".repeat(item.dims(ty).len()));
            text.after = ">".repeat(item.dims(ty).len());
            return text;
        }
        let mut text = String::new();
        wit::push_ty(&mut text, &self.names, &item, ty);
        let ElementType::Item(id) = ty.base else {
            return TypeText::plain(&text);
        };
        let mut name = String::new();
        wit::push_id(&mut name, self.names.label(id));
        let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default().to_owned();
        TypeText {
            before: part(0..lists),
            item: Some(id),
            after: part(lists + name.len()..text.len()),
        }
    }
}

fn bytes(size: u32) -> ValueType {
    let byte = ValueType::plain(BaseType::Int {
        bytes: 1,
        signed: false,
    });
    byte.inside(&[Dim {
        length: size,
        fixed: false,
    }])
}
