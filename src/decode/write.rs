//! Encodes values as bytes, with the same plan as decoding. Users need such bytes for keys and values of maps, for
//! global variables, and for data that they send to the kernel.
//!
//! Bytes that belong to no member are zero. If members overlap, as the members of a union that is mapped to a record
//! do, their values must agree about the bytes that they share.

use super::Decoder;
use super::arm_check::ArmCheck;
use super::error::{EncodeError, Misfit};
use super::location::Location;
use super::number;
use super::value::Value;
use crate::lower::Dim;
use crate::plan::{
    BaseType, CaseEntry, CaseTable, Node, NodeField, NodeKind, StoredNumber, ValueType, bits,
};

impl Decoder {
    /// Encodes a value as bytes of the type, as the reverse of [`decode`](Decoder::decode). Padding is zero.
    ///
    /// As in C's initializers, an array may be given fewer elements than it has, and the others are zero. Text may fill
    /// its array without a NUL, and text in a flexible array may contain NULs. The case of an enum is given by its
    /// label, or by its number if there is no label. An integer may be given as any integer type if its number fits. If
    /// [`arm`](Decoder::arm) made a choice for a union, the value must have the chosen arm, since decoding would
    /// otherwise return another value.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/maps.bpfel.o");
    /// use btf2wit::decode::Value;
    ///
    /// let key = btf2wit::Config::new().input(object).load()?.decoder("struct key")?;
    /// let value = key.decode(&[1, 0, 0, 0, 2, 0, 0, 0])?;
    /// assert_eq!(key.encode(&value)?, [1, 0, 0, 0, 2, 0, 0, 0]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// An [`EncodeError`] names the field whose value does not fit.
    pub fn encode(&self, value: &Value<'_>) -> Result<Vec<u8>, EncodeError> {
        let mut writer = ValueWriter {
            decoder: self,
            bytes: vec![0; self.size()],
            written: vec![0; self.size()],
        };
        let root = &self.root;
        let written = writer.ty(root, &root.dims, Location::RECORD, value);
        let written = written.and_then(|()| match self.plan.has_arm_choices() {
            true => ArmCheck {
                plan: &self.plan,
                bytes: &writer.bytes,
            }
            .of(root, value),
            false => Ok(()),
        });
        written.map_err(|error| error.in_field(&self.name))?;
        Ok(writer.bytes)
    }
}

struct ValueWriter<'d> {
    decoder: &'d Decoder,
    bytes: Vec<u8>,
    /// A mask of the bits that members have already written.
    written: Vec<u8>,
}

type Written = Result<(), EncodeError>;

impl ValueWriter<'_> {
    fn ty(
        &mut self,
        ty: &ValueType,
        dims: &[Dim],
        location: Location,
        value: &Value<'_>,
    ) -> Written {
        match dims.split_first() {
            None => self.base(ty.base, location, value),
            Some((dim, inner)) => self.array(ty, dim.length, inner, location, value),
        }
    }

    fn array(
        &mut self,
        ty: &ValueType,
        length: u32,
        inner: &[Dim],
        location: Location,
        value: &Value<'_>,
    ) -> Written {
        let stride = self.decoder.plan.stride(ty.base, inner);
        let given = match value {
            Value::Bytes(bytes) => bytes.len(),
            Value::List(values) => values.len(),
            _ => return Err(expected("a list", value)),
        } as u64;
        let flexible = length == 0 && location.last;
        if given > u64::from(length) && !flexible {
            let room = length.into();
            return Err(EncodeError::new(Misfit::TooLong { room, given }));
        }
        if flexible {
            self.grow(location, stride.saturating_mul(given));
        }
        for index in 0..given as usize {
            let byte;
            let value = match value {
                Value::List(values) => &values[index],
                Value::Bytes(bytes) => {
                    byte = Value::U8(bytes[index]);
                    &byte
                }
                _ => break,
            };
            let element = location.element(index as u64, stride);
            let written = self.ty(ty, inner, element, value);
            written.map_err(|error| error.in_element(index))?;
        }
        Ok(())
    }

    fn base(&mut self, base: BaseType, location: Location, value: &Value<'_>) -> Written {
        match base {
            BaseType::Bool { bytes } => match value {
                Value::Bool(value) => self.number(bytes, location, u128::from(*value)),
                _ => Err(expected("a bool", value)),
            },
            BaseType::Int { bytes, signed } => self.integer(bytes, signed, location, value),
            BaseType::Wide { signed } => self.integer(16, signed, location, value),
            BaseType::Float { bytes } => match *value {
                Value::F32(value) if bytes == 4 => self.number(4, location, value.to_bits().into()),
                Value::F64(value) if bytes == 8 => self.number(8, location, value.to_bits().into()),
                _ => Err(expected("a float of its size", value)),
            },
            BaseType::Text { room } => self.text(room, location, value),
            BaseType::Node(node) => match self.decoder.plan.node(node) {
                Some(node) => self.node(node, location, value),
                None => Ok(()),
            },
        }
    }

    fn node(&mut self, node: &Node, location: Location, value: &Value<'_>) -> Written {
        match &node.kind {
            NodeKind::Record(fields) => self.record(fields, location, value),
            NodeKind::Variant(arms) => self.variant(arms, location, value),
            NodeKind::Enum(cases) => self.enumeration(cases, location, value),
            NodeKind::Flags(cases) => self.flags(cases, location, value),
            NodeKind::Number(number) => self.converted(*number, location, value),
        }
    }

    fn record(&mut self, fields: &[NodeField], location: Location, value: &Value<'_>) -> Written {
        let Value::Record(values) = value else {
            return Err(expected("a record", value));
        };
        let is_unknown = |label: &str| fields.iter().all(|field| *field.label != *label);
        if let Some((label, _)) = values.iter().find(|(label, _)| is_unknown(label)) {
            return Err(unknown(label));
        }
        for (position, field) in fields.iter().enumerate() {
            let ty = field.ty.as_ref().filter(|_| !field.missing);
            let Some(ty) = ty else { continue };
            // Fast path: usually, the values are in the order of the fields.
            let is_of_field = |(label, _): &&(&str, Value<'_>)| **label == *field.label;
            let found = values.get(position).filter(is_of_field);
            let Some((_, value)) = found.or_else(|| values.iter().find(is_of_field)) else {
                return Err(EncodeError::new(Misfit::Missing).in_field(&field.name));
            };
            let written = self.ty(ty, &ty.dims, location.field(field), value);
            written.map_err(|error| error.in_field(&field.name))?;
        }
        Ok(())
    }

    fn variant(&mut self, arms: &[NodeField], location: Location, value: &Value<'_>) -> Written {
        let Value::Variant(label, payload) = value else {
            return Err(expected("a variant", value));
        };
        let Some(arm) = arms.iter().find(|arm| *arm.label == **label) else {
            return Err(unknown(label));
        };
        let written = match (&arm.ty, payload) {
            (None, None) => Ok(()),
            (None, Some(payload)) => Err(expected("no value", payload)),
            (Some(_), None) => Err(EncodeError::new(Misfit::Missing)),
            (Some(_), Some(_)) if arm.missing => Ok(()),
            (Some(ty), Some(payload)) => self.ty(ty, &ty.dims, location.field(arm), payload),
        };
        written.map_err(|error| error.in_field(&arm.name))
    }

    fn enumeration(&mut self, cases: &CaseTable, location: Location, value: &Value<'_>) -> Written {
        let label = match value {
            Value::Enum {
                label: Some(label), ..
            } => label,
            value => return self.integer(cases.size, cases.signed, location, value),
        };
        let case = cases.cases.iter().find(|case| *case.label == **label);
        let case = case.ok_or_else(|| unknown(label)).and_then(present)?;
        let mut negative = cases.negative(location.width);
        if negative.any(|value| value == case.value) {
            return self.number(cases.size, location, case.value.into());
        }
        let number = cases.number(case.value);
        self.integer(cases.size, cases.signed, location, &Value::S128(number))
    }

    fn flags(&mut self, cases: &CaseTable, location: Location, value: &Value<'_>) -> Written {
        let Value::Flags { labels, rest } = value else {
            return Err(expected("flags", value));
        };
        let mut all = *rest;
        for label in labels {
            let case = cases.cases.iter().find(|case| *case.label == **label);
            let case = case.ok_or_else(|| unknown(label)).and_then(present)?;
            all |= case.value;
        }
        self.integer(cases.size, false, location, &Value::U64(all))
    }

    /// Writes a number that is stored with another type than its WIT type. Fails unless the number
    /// fits in both types.
    fn converted(
        &mut self,
        number: StoredNumber,
        location: Location,
        value: &Value<'_>,
    ) -> Written {
        match (number.value, value) {
            (BaseType::Float { bytes: 4 }, Value::F32(float)) => {
                self.base(number.stored, location, &Value::F64((*float).into()))
            }
            (BaseType::Float { bytes: 8 }, Value::F64(float)) => {
                let float = number::narrowed(*float);
                let float = float.ok_or_else(|| EncodeError::new(Misfit::Inexact))?;
                self.base(number.stored, location, &Value::F32(float))
            }
            (BaseType::Float { .. }, value) => Err(expected("a float of its size", value)),
            (ty, value) => {
                let (width, signed) = number::width_and_sign(ty);
                fitting(value, width, signed)?;
                self.base(number.stored, location, value)
            }
        }
    }

    fn integer(
        &mut self,
        bytes: u8,
        signed: bool,
        location: Location,
        value: &Value<'_>,
    ) -> Written {
        let number = fitting(value, location.width_of(bytes), signed)?;
        self.number(bytes, location, number)
    }

    fn text(&mut self, room: u32, location: Location, value: &Value<'_>) -> Written {
        let text = value.as_text().ok_or_else(|| expected("text", value))?;
        let given = text.len() as u64;
        let flexible = room == 0 && location.last;
        if text.contains('\0') && !flexible {
            return Err(EncodeError::new(Misfit::Nul));
        }
        if flexible {
            self.grow(location, given);
        } else if given > room.into() {
            let room = room.into();
            return Err(EncodeError::new(Misfit::TooLong { room, given }));
        }
        for (index, byte) in text.bytes().enumerate() {
            let at = location.at + 8 * index as u64;
            self.number(1, Location { at, ..location }, byte.into())?;
        }
        Ok(())
    }

    /// Makes the record longer if it ends before the end of a flexible array of `bytes` bytes at `location`.
    fn grow(&mut self, location: Location, bytes: u64) {
        let end = (location.byte()).saturating_add(bytes);
        let end = usize::try_from(end).unwrap_or(usize::MAX);
        if end > self.bytes.len() {
            self.bytes.resize(end, 0);
            self.written.resize(end, 0);
        }
    }

    /// Writes the bits of a number. Fails if another member has already written different bits to the same place.
    /// Writes nothing to a place outside the record.
    fn number(&mut self, bytes: u8, location: Location, number: u128) -> Written {
        let endian = self.decoder.plan.endian;
        let first = location.first_bit();
        let width = location.width_of(bytes);
        let start = usize::try_from(location.byte()).unwrap_or(usize::MAX);
        let end = start + usize::from(first + width.min(128)).div_ceil(8);
        let (Some(written), Some(bytes)) = (
            self.written.get_mut(start..end),
            self.bytes.get_mut(start..end),
        ) else {
            return Ok(());
        };
        let mask = u128::MAX >> (128 - u32::from(width.clamp(1, 128)));
        let before = bits::field(written, first, width, endian);
        let there = bits::field(bytes, first, width, endian);
        if (there ^ number) & before & mask != 0 {
            return Err(EncodeError::new(Misfit::Overlap));
        }
        bits::put_field(bytes, first, width, endian, number);
        bits::put_field(written, first, width, endian, u128::MAX);
        Ok(())
    }
}

/// Returns the bits of an integer, or of the number of an enum. Fails if the value is neither, or does not fit in
/// `width` bits.
fn fitting(value: &Value<'_>, width: u8, signed: bool) -> Result<u128, EncodeError> {
    let (number, negative) = match (value, value.as_integer()) {
        (Value::Bool(_), _) => return Err(expected("an integer", value)),
        (Value::U128(number), None) => (*number, false),
        (_, Some(number)) => (number as u128, number < 0),
        (_, None) => return Err(expected("an integer", value)),
    };
    let fits = match signed {
        true => bits::signed(number, width) as u128 == number && (negative == (number >> 127 == 1)),
        false => !negative && (width >= 128 || number >> width == 0),
    };
    if !fits {
        let number = value.as_integer().unwrap_or(i128::MAX);
        return Err(EncodeError::new(Misfit::OutOfRange {
            number,
            bits: width,
            signed,
        }));
    }
    Ok(number)
}

/// Returns the case, or an error if a target BTF lacks this case.
fn present(case: &CaseEntry) -> Result<&CaseEntry, EncodeError> {
    let label = || case.label.to_string();
    match case.absent {
        true => Err(EncodeError::new(Misfit::Absent { label: label() })),
        false => Ok(case),
    }
}

fn unknown(label: &str) -> EncodeError {
    let label = label.to_owned();
    EncodeError::new(Misfit::Unknown { label })
}

fn expected(what: &'static str, value: &Value<'_>) -> EncodeError {
    EncodeError::new(Misfit::Kind {
        expected: what,
        given: value.kind(),
    })
}
