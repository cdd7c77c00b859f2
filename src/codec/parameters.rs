//! Generates code for values that a function takes as core WebAssembly values and not in memory. The code stores them
//! in memory first, so that the same code as for other values can read them.

use super::Generator;
use super::abi::{Flat, discriminant};
use super::code::{Address, Code};
use super::number::{store, store_low};
use crate::lower::Dim;
use crate::plan::{BaseType, NodeField, NodeKind, ValueType};

impl Generator<'_> {
    /// Returns the parameters of a function that takes a value. If these are core values, adds code that stores them in
    /// the area for parameters. Otherwise the only parameter is the value's address.
    pub(super) fn take_parameters(&mut self, code: &mut Code, ty: &ValueType) -> String {
        let Some(flat) = self.abi.flat(ty) else {
            return "(param $value i32)".to_owned();
        };
        let value = code.local("value", "i32");
        code.set(&value, "(global.get $parameters)");
        self.module.parameters(self.abi.of(ty, &ty.dims).size);
        let parameters: Vec<(String, Flat)> = (0..)
            .zip(flat)
            .map(|(at, flat): (u32, Flat)| (format!("$part{at}"), flat))
            .collect();
        self.store_value(
            code,
            ty,
            &ty.dims,
            &Address::new(&value),
            &mut &parameters[..],
        );
        let text = parameters
            .iter()
            .map(|(name, flat)| format!("(param {name} {})", flat.name()));
        text.collect::<Vec<_>>().join(" ")
    }

    /// Adds code that stores a value from the first parameters in `rest`, and removes these parameters from `rest`.
    pub(super) fn store_value(
        &self,
        code: &mut Code,
        ty: &ValueType,
        dims: &[Dim],
        to: &Address,
        rest: &mut &[(String, Flat)],
    ) {
        if let Some((dim, inner)) = dims.split_first() {
            let size = self.abi.of(ty, inner).size;
            match dim.fixed && dim.length > 0 {
                true => (0..dim.length.into()).for_each(|at: u64| {
                    self.store_value(code, ty, inner, &to.plus(at * size), rest);
                }),
                false => store_pair(code, to, 4, rest),
            }
            return;
        }
        match ty.base {
            BaseType::Text { .. } => store_pair(code, to, 4, rest),
            BaseType::Wide { .. } => store_pair(code, to, 8, rest),
            BaseType::Bool { .. } => store_next(code, to, 1, rest),
            BaseType::Int { bytes, .. } | BaseType::Float { bytes } => {
                store_next(code, to, bytes, rest);
            }
            BaseType::Node(index) => self.store_node(code, index, to, rest),
        }
    }

    fn store_node(&self, code: &mut Code, index: u32, to: &Address, rest: &mut &[(String, Flat)]) {
        let Some(node) = self.plan.node(index) else {
            return;
        };
        match &node.kind {
            NodeKind::Record(fields) => {
                for (field, at) in self.abi.fields(fields) {
                    if let Some(ty) = &field.ty {
                        self.store_value(code, ty, &ty.dims, &to.plus(at), rest);
                    }
                }
            }
            NodeKind::Variant(arms) => self.store_variant(code, arms, to, rest),
            NodeKind::Number(number) => {
                self.store_value(code, &ValueType::plain(number.value), &[], to, rest);
            }
            NodeKind::Enum(_) | NodeKind::Flags(_) => {
                let size = self
                    .abi
                    .of(&ValueType::plain(BaseType::Node(index)), &[])
                    .size;
                store_next(code, to, size as u8, rest);
            }
        }
    }

    fn store_variant(
        &self,
        code: &mut Code,
        arms: &[NodeField],
        to: &Address,
        rest: &mut &[(String, Flat)],
    ) {
        let Some(((given, flat), payload)) = rest.split_first() else {
            return;
        };
        // The discriminant of a variant inside another variant is an `i64` if another arm of the outer variant needs 64
        // bits at this position.
        let given = match flat {
            Flat::I64 => format!("(i32.wrap_i64 (local.get {given}))"),
            _ => format!("(local.get {given})"),
        };
        code.line(&store(to, discriminant(arms.len()) as u8, &given));
        let to = to.plus(self.abi.payload_offset(arms));
        for (position, arm) in arms.iter().enumerate() {
            let Some(ty) = &arm.ty else { continue };
            code.line(&format!(
                "(if (i32.eq {given} (i32.const {position})) (then"
            ));
            code.deeper();
            let mut own = payload;
            self.store_value(code, ty, &ty.dims, &to, &mut own);
            code.line("))");
            code.shallower();
        }
        let count = self.abi.payload(arms).map_or(0, |flat| flat.len());
        *rest = payload.get(count..).unwrap_or_default();
    }
}

pub(super) fn store_pair(code: &mut Code, to: &Address, bytes: u8, rest: &mut &[(String, Flat)]) {
    store_next(code, to, bytes, rest);
    store_next(code, &to.plus(bytes.into()), bytes, rest);
}

/// Adds code that stores the next parameter as a number of `bytes` bytes.
pub(super) fn store_next(code: &mut Code, to: &Address, bytes: u8, rest: &mut &[(String, Flat)]) {
    let Some(((parameter, flat), others)) = rest.split_first() else {
        return;
    };
    *rest = others;
    let value = format!("(local.get {parameter})");
    code.line(&match flat {
        Flat::I32 => store(to, bytes, &value),
        // In the payload of a variant, a smaller number or a float is also an `i64` if another arm needs 64 bits at
        // this position.
        Flat::I64 => store_low(to, bytes, &value),
        Flat::F32 => format!("({} {value})", to.access("f32.store")),
        Flat::F64 => format!("({} {value})", to.access("f64.store")),
    });
}
