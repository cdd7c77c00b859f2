//! Relocates the type of a value: the arrays around the value and the type of their elements.

use super::TypeId;
use super::compat;
use super::lack::{Path, Why};
use super::number::Stored;
use super::walk::Walk;
use crate::btf::Type;
use crate::lower::Dim;
use crate::plan::{BaseType, Node, NodeKind, StoredNumber, ValueType};

/// The types of a value after the arrays around them are removed.
struct Inner {
    /// The type in the local BTF.
    of: TypeId,
    /// The type in the target.
    to: TypeId,
    /// The dimensions of the lists, with the lengths of the target.
    dims: Vec<Dim>,
    /// The length of the innermost array, if it is text. Otherwise `None`.
    room: Option<u32>,
}

impl Walk<'_> {
    /// Relocates the type `ty`, which is `of` in the local BTF and `to` in the target. `bits` is the width in bits if
    /// the value is a bitfield in the target, otherwise 0. Returns the relocated type, and its width in bits if it is a
    /// bitfield.
    pub fn value(
        &mut self,
        ty: &ValueType,
        of: TypeId,
        to: TypeId,
        bits: u8,
        path: &Path<'_>,
    ) -> Result<(ValueType, u8), Why> {
        let (local, target) = (self.relocation.local, self.relocation.target);
        let Inner { of, to, dims, room } = self.inside_arrays(ty, of, to)?;
        if let Some(room) = room {
            return Ok((self.text(ty, to, room, &dims)?, 0));
        }
        let (base, bits, dims) = match ty.dims.get(dims.len()) {
            None => {
                let at = (bits, dims.is_empty());
                let (base, bits) = self.base(ty.base, of, to, at, path)?;
                (base, bits, dims)
            }
            // WIT has the type as bytes. Their number is the size of the type in the target. If the type is a number,
            // it must have the same size in both BTFs.
            Some(bytes) => {
                compat::check(local, of, target, to)?;
                let size = target.size(to).unwrap_or(0);
                let is_number = matches!(target.ty(to), Type::Int(_) | Type::Float { .. });
                if is_number && local.size(of) != Some(size) {
                    return Err(Why::Size(size));
                }
                let mut dims = dims;
                dims.push(resized(*bytes, size)?);
                (ty.base, 0, dims)
            }
        };
        let dims = dims.into();
        Ok((ValueType { base, dims }, bits))
    }

    /// Removes the arrays around a value.
    fn inside_arrays(&self, ty: &ValueType, mut of: TypeId, mut to: TypeId) -> Result<Inner, Why> {
        let (local, target) = (self.relocation.local, self.relocation.target);
        let mut dims = Vec::with_capacity(ty.dims.len());
        loop {
            (of, to) = (local.resolved(of), target.resolved(to));
            let own = ty.dims.get(dims.len());
            let (
                Type::Array {
                    element, length, ..
                },
                there,
            ) = (local.ty(of), target.ty(to))
            else {
                break;
            };
            // The dimension is not that of this array: WIT has the array as bytes, and the dimension is the number of
            // bytes.
            if own.is_some_and(|dim| dim.length != *length) {
                break;
            }
            compat::check(local, of, target, to)?;
            let Type::Array {
                element: inner,
                length,
                ..
            } = there
            else {
                break;
            };
            (of, to) = (*element, *inner);
            let Some(dim) = own else {
                let room = Some(*length);
                return Ok(Inner { of, to, dims, room });
            };
            dims.push(resized(*dim, (*length).into())?);
        }
        let room = None;
        Ok(Inner { of, to, dims, room })
    }

    /// Returns the type of a text of `room` bytes, inside arrays of the dimensions `outer`.
    fn text(&self, ty: &ValueType, to: TypeId, room: u32, outer: &[Dim]) -> Result<ValueType, Why> {
        let target = self.relocation.target;
        let element = target.ty(target.resolved(to));
        match (ty.base, element) {
            (BaseType::Text { .. }, Type::Int(int)) if int.size == 1 => {
                Ok(ValueType::plain(BaseType::Text { room }).inside(outer))
            }
            (_, element) => Err(Why::Kind {
                local: "int",
                target: element.kind(),
            }),
        }
    }

    /// Relocates a value that is not an array. `single` says whether the value is not an element of an array either.
    fn base(
        &mut self,
        base: BaseType,
        of: TypeId,
        to: TypeId,
        (bits, single): (u8, bool),
        path: &Path<'_>,
    ) -> Result<(BaseType, u8), Why> {
        let BaseType::Node(node) = base else {
            return Ok(match self.relocation.number(base, of, to, bits, single)? {
                Stored::Plain(base, bits) => (base, bits),
                Stored::Other(number, bits) => {
                    let node = self.number_node(number.value, number.stored);
                    (BaseType::Node(node), bits)
                }
            });
        };
        compat::check(self.relocation.local, of, self.relocation.target, to)?;
        let node = match self.known(node, to) {
            Some(known) => known,
            None => self.node(node, to, path)?,
        };
        Ok((BaseType::Node(node), bits))
    }

    /// Returns the node of a stored number. Adds it to the plan on first use.
    pub fn number_node(&mut self, value: BaseType, stored: BaseType) -> u32 {
        let number = StoredNumber { value, stored };
        if let Some(known) = self.numbers.get(&number) {
            return *known;
        }
        let size = self.plan.stride(stored, &[]);
        let node = Node {
            label: String::new(),
            c: None,
            size,
            least_size: size,
            kind: NodeKind::Number(number),
        };
        let at = self.push(node, None);
        self.numbers.insert(number, at);
        at
    }

    /// Returns the type of a number of `width` bits that is not a field, and so cannot be a bitfield.
    pub fn narrow(&mut self, base: BaseType, width: u8) -> BaseType {
        let signed = matches!(
            base,
            BaseType::Int { signed: true, .. } | BaseType::Wide { signed: true }
        );
        let bytes = width.div_ceil(8);
        BaseType::Node(self.number_node(base, BaseType::Int { bytes, signed }))
    }
}

/// Returns a dimension with the length that the array has in the target. Fails if WIT fixes another length.
fn resized(dim: Dim, length: u64) -> Result<Dim, Why> {
    if dim.fixed && u64::from(dim.length) != length {
        return Err(Why::Length {
            local: dim.length.into(),
            target: length,
        });
    }
    Ok(Dim {
        // This cannot overflow, since all lengths and sizes in `btf` fit in 32 bits.
        length: u32::try_from(length).unwrap_or(u32::MAX),
        fixed: dim.fixed,
    })
}
