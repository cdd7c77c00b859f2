//! The functions of a codec that are called from outside, and the module around them.

use std::fmt::Write as _;

use super::abi::Flat;
use super::code::{Address, Code};
use super::number::{store, store_low};
use super::{CodecError, CodecItem, Extent, Generator, MAX_TEXT, Place, message};
use crate::lower::Dim;
use crate::plan::{BaseType, NodeKind, ValueType};

/// Values that a record of any size may have.
const FREE_VALUES: u64 = 1 << 20;
/// Values that a record may have for each of its bytes.
const VALUES_OF_BYTE: u64 = 10;
/// The offset of the value in a result, since an error has an alignment of 8.
const PAYLOAD: u64 = 8;
/// Limit of the heap for one byte of a record, so that products do not overflow.
const MAX_FACTOR: u64 = 1 << 30;

/// What a byte of a flexible array takes at most.
#[derive(Clone, Copy, Default)]
pub(super) struct PerByte {
    /// Bytes of heap.
    heap: u64,
    values: u64,
}

impl PerByte {
    fn plus(self, other: PerByte) -> PerByte {
        PerByte {
            heap: self.heap.saturating_add(other.heap),
            values: self.values.saturating_add(other.values),
        }
    }
}

impl Generator<'_> {
    /// Returns the text of the module.
    pub(super) fn module(
        mut self,
        items: &[CodecItem],
        interface: &str,
        made: &str,
    ) -> Result<String, CodecError> {
        self.counts = items.iter().any(|item| self.may_exceed(&item.ty));
        let mut exports = String::new();
        let mut path = 0;
        for item in items {
            path = path.max(item.name.len() as u64 + 1 + self.facts.path(self.plan, &item.ty));
            let size = PAYLOAD + self.abi.of(&item.ty, &item.ty.dims).size;
            self.module.result(size);
            exports.push_str(&self.exports(item, interface));
            if exports.len() + self.module.len() > MAX_TEXT {
                return Err(CodecError::Text);
            }
        }
        let head = format!(
            ";; {made}\n\
             ;; A component of this module has the interface {interface}. Names begin with what a function does: `read`\n\
             ;; makes values of bytes, `write` makes bytes of values.\n"
        );
        self.module
            .finish(&head, &exports, path)
            .ok_or(CodecError::Text)
    }

    /// Returns whether a type may stand for more values than the decoder reads.
    fn may_exceed(&mut self, ty: &ValueType) -> bool {
        let size = self.plan.size_of(ty);
        let most = FREE_VALUES + VALUES_OF_BYTE.saturating_mul(size);
        let values = self.facts.values(self.plan, ty);
        values > most || self.flexible(ty).values > VALUES_OF_BYTE
    }

    /// Returns what each byte behind the beginning of a type's flexible arrays takes. A union that is read as a
    /// record may have several arrays, which all have the same bytes.
    fn flexible(&mut self, ty: &ValueType) -> PerByte {
        match (ty.dims.split_first(), ty.base) {
            (Some((dim, inner)), base) if dim.length == 0 => {
                let element = ValueType {
                    base,
                    dims: inner.into(),
                };
                let stride = self.plan.size_of(&element).max(1);
                let size = self.abi.of(&element, &element.dims).size;
                let heap = size.saturating_add(self.heap(&element));
                let values = self.facts.values(self.plan, &element).saturating_add(1);
                PerByte {
                    heap: heap.div_ceil(stride),
                    values: values.div_ceil(stride),
                }
            }
            // A text may become three times as long.
            (None, BaseType::Text { room: 0 }) => PerByte { heap: 3, values: 0 },
            (None, BaseType::Node(index)) => {
                if let Some(known) = self.per_byte.get(&index) {
                    return *known;
                }
                let plan = self.plan;
                let fields = plan.node(index).map_or(&[][..], |node| node.fields());
                let last = fields.iter().filter(|field| field.last);
                let types = last.filter_map(|field| field.ty.as_ref());
                // Of a variant, one arm is read. The sum of all is more than enough.
                let all = types.fold(PerByte::default(), |all, ty| all.plus(self.flexible(ty)));
                self.per_byte.insert(index, all);
                all
            }
            _ => PerByte::default(),
        }
    }

    fn heap(&mut self, ty: &ValueType) -> u64 {
        let abi = &self.abi;
        let size = |ty: &ValueType, dims: &[Dim]| abi.of(ty, dims).size;
        let heap = self.facts.heap(self.plan, &size, ty);
        heap.min(1 << 33)
    }

    /// Returns the exported functions of a type.
    fn exports(&mut self, item: &CodecItem, interface: &str) -> String {
        let mut out = self.export_read(item, interface);
        if let Some(name) = &item.functions.read_all {
            out.push_str(&self.export_read_all(item, interface, name));
        }
        out.push_str(&self.export_write(item, interface));
        out
    }

    fn export_read(&mut self, item: &CodecItem, interface: &str) -> String {
        let size = self.plan.size_of(&item.ty);
        let flexible = self.plan.flexible_in(&item.ty);
        let least = flexible.unwrap_or(size);
        let most = if flexible.is_some() {
            u32::MAX.into()
        } else {
            size
        };
        let few = self.module.message(&message::too_few(least));
        let many = self.module.message(&message::too_many(size));
        let name = self.module.text(&item.name);
        let fail = fail(name);
        let mut code = Code::leaving(fail.clone());
        code.line(&format!(
            "(if (call $check-length (local.get $bytes) (local.get $length) (i32.const {least}) (i32.const {most}) \
             (i32.const {few}) (i32.const {many})) (then {fail}))"
        ));
        let heap = self.heap(&item.ty);
        let heap = match flexible {
            Some(_) => format!(
                "(i64.add (i64.const {heap}) (i64.mul (i64.extend_i32_u (local.get $length)) (i64.const {})))",
                self.flexible(&item.ty).heap.min(MAX_FACTOR)
            ),
            None => format!("(i64.const {heap})"),
        };
        self.reserve(&mut code, &heap, name);
        if self.counts {
            code.line("(call $set-budget (local.get $length))");
        }
        let result = code.local("result", "i32");
        code.set(&result, "(global.get $result)");
        let mut from = Place::whole(Address::new("$bytes"));
        if flexible.is_some() {
            from.extent = Extent::Rest;
        }
        let to = Address::new(&result).plus(PAYLOAD);
        self.read(&mut code, &item.ty, &item.ty.dims, &from, &to, &[]);
        code.line("(i32.store8 (global.get $result) (i32.const 0))");
        code.line("(global.get $result)");
        let comment = format!("Reads the bytes of one {}.", item.c);
        self.export(
            code,
            &comment,
            interface,
            &item.functions.read,
            PARAMETERS_READ,
        )
    }

    fn export_read_all(&mut self, item: &CodecItem, interface: &str, function: &str) -> String {
        let size = self.plan.size_of(&item.ty);
        let few = self.module.message(&message::too_few(size));
        let name = self.module.text(&item.name);
        let element = self.abi.of(&item.ty, &item.ty.dims).size;
        let each = self
            .heap(&item.ty)
            .saturating_add(element)
            .min(MAX_FACTOR * 8);
        let mut code = Code::leaving(fail(name));
        let (count, list) = (code.local("count", "i32"), code.local("list", "i32"));
        let (index, to) = (code.local("index", "i32"), code.local("to", "i32"));
        let from = code.local("from", "i32");
        code.line("(global.set $base (local.get $bytes))");
        code.set(
            &count,
            &format!("(i32.div_u (local.get $length) (i32.const {size}))"),
        );
        let heap = format!("(i64.mul (i64.extend_i32_u (local.get {count})) (i64.const {each}))");
        self.reserve(&mut code, &heap, name);
        code.set(
            &list,
            &format!("(call $alloc (i32.mul (local.get {count}) (i32.const {element})))"),
        );
        code.set(&from, "(local.get $bytes)");
        code.set(&to, &format!("(local.get {list})"));
        code.line(&format!("(if (local.get {count}) (then (loop $records"));
        code.deeper();
        if self.counts {
            code.line(&format!("(call $set-budget (i32.const {size}))"));
        }
        let place = Place::whole(Address::new(&from));
        self.read(
            &mut code,
            &item.ty,
            &item.ty.dims,
            &place,
            &Address::new(&to),
            &[],
        );
        code.set(
            &from,
            &format!("(i32.add (local.get {from}) (i32.const {size}))"),
        );
        code.set(
            &to,
            &format!("(i32.add (local.get {to}) (i32.const {element}))"),
        );
        code.line(&format!(
            "(br_if $records (i32.lt_u (local.tee {index} (i32.add (local.get {index}) (i32.const 1))) \
             (local.get {count}))))))"
        ));
        code.shallower();
        let rest = format!("(i32.rem_u (local.get $length) (i32.const {size}))");
        code.line(&format!(
            "(if {rest} (then (drop (call $raise-number (i32.const {few}) (local.get {from}) \
             (i64.extend_i32_u {rest}) (i64.const 0))) (return (call $fail (i32.const {name})))))"
        ));
        code.line("(i32.store8 (global.get $result) (i32.const 0))");
        code.line(&format!(
            "(i32.store offset=8 (global.get $result) (local.get {list}))"
        ));
        code.line(&format!(
            "(i32.store offset=12 (global.get $result) (local.get {count}))"
        ));
        code.line("(global.get $result)");
        let comment = format!("Reads the bytes of any number of {} in a row.", item.c);
        self.export(code, &comment, interface, function, PARAMETERS_READ)
    }

    fn export_write(&mut self, item: &CodecItem, interface: &str) -> String {
        let size = self.plan.size_of(&item.ty);
        let name = self.module.text(&item.name);
        let flexible = self.plan.flexible_in(&item.ty).is_some();
        let mut code = Code::leaving(fail(name));
        let from = Address::new("$value");
        let parameters = self.take_parameters(&mut code, &item.ty);
        let end = code.local("size", "i64");
        code.set(&end, &format!("(i64.const {size})"));
        if flexible {
            let none = code.local("start", "i32");
            self.extend(&mut code, &item.ty, &from, &Address::new(&none), &end);
        }
        let shared = self.writes_shared(&item.ty);
        let all = match shared {
            true => format!("(i64.shl (i64.add (local.get {end}) (i64.const 16)) (i64.const 1))"),
            false => format!("(i64.add (local.get {end}) (i64.const 16))"),
        };
        self.reserve(&mut code, &all, name);
        let (bytes, length) = (code.local("bytes", "i32"), code.local("length", "i32"));
        code.set(&length, &format!("(i32.wrap_i64 (local.get {end}))"));
        code.set(&bytes, &format!("(call $alloc (local.get {length}))"));
        code.line(&format!("(global.set $base (local.get {bytes}))"));
        code.line(&format!(
            "(memory.fill (local.get {bytes}) (i32.const 0) (local.get {length}))"
        ));
        if shared {
            let mask = format!("(call $alloc (local.get {length}))");
            code.line(&format!(
                "(global.set $mask (i32.sub {mask} (local.get {bytes})))"
            ));
            code.line(&format!(
                "(memory.fill (i32.add (local.get {bytes}) (global.get $mask)) (i32.const 0) (local.get {length}))"
            ));
        }
        let mut to = Place::whole(Address::new("$bytes"));
        if flexible {
            to.extent = Extent::Rest;
        }
        self.write(&mut code, &item.ty, &item.ty.dims, &from, &to);
        self.check(&mut code, &item.ty, &item.ty.dims, &from, &to.at, &[]);
        code.line("(i32.store8 (global.get $result) (i32.const 0))");
        code.line(&format!(
            "(i32.store offset=8 (global.get $result) (local.get {bytes}))"
        ));
        code.line(&format!(
            "(i32.store offset=12 (global.get $result) (local.get {length}))"
        ));
        code.line("(global.get $result)");
        let comment = format!("Returns the bytes of a {}.", item.c);
        self.export(
            code,
            &comment,
            interface,
            &item.functions.write,
            &parameters,
        )
    }

    /// Makes room on the heap, or returns an error. `name` is the address of the type's name.
    fn reserve(&mut self, code: &mut Code, bytes: &str, name: u64) {
        let text = self.module.text(message::NO_MEMORY);
        code.line(&format!(
            "(if (call $reserve {bytes}) (then (return (call $fail-memory (i32.const {name}) (i32.const {text})))))"
        ));
    }

    /// Returns whether any record in a type shares bytes among members.
    fn writes_shared(&self, ty: &ValueType) -> bool {
        let mut open: Vec<u32> = ty.base.node().into_iter().collect();
        let mut seen = std::collections::HashSet::new();
        while let Some(index) = open.pop() {
            let Some(node) = self.plan.node(index).filter(|_| seen.insert(index)) else {
                continue;
            };
            if let NodeKind::Record(fields) = &node.kind
                && super::facts::overlaps(self.plan, fields)
            {
                return true;
            }
            let types = node.fields().iter().filter_map(|field| field.ty.as_ref());
            open.extend(types.filter_map(|ty| ty.base.node()));
        }
        false
    }

    /// Returns the parameters of a function that takes a value. Stores them where a value in memory would be.
    fn take_parameters(&mut self, code: &mut Code, ty: &ValueType) -> String {
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

    /// Stores a value that is passed in parameters, and removes them from `rest`.
    fn store_value(
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
            NodeKind::Variant(arms) => {
                let Some(((given, flat), payload)) = rest.split_first() else {
                    return;
                };
                // Inside another variant, it is passed in a type that all arms of that fit into.
                let given = match flat {
                    Flat::I64 => format!("(i32.wrap_i64 (local.get {given}))"),
                    _ => format!("(local.get {given})"),
                };
                let size = super::abi::discriminant(arms.len()) as u8;
                code.line(&store(to, size, &given));
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

    /// Returns an exported function.
    fn export(
        &self,
        code: Code,
        comment: &str,
        interface: &str,
        name: &str,
        parameters: &str,
    ) -> String {
        let export = format!("${name} (export \"{interface}#{name}\") {parameters} (result i32)");
        let mut out = code.finish_value(comment, &export);
        let _ = writeln!(
            out,
            "  (export \"cabi_post_{interface}#{name}\" (func $post))\n"
        );
        out
    }
}

const PARAMETERS_READ: &str = "(param $bytes i32) (param $length i32)";

/// Returns the statement that returns an error. `name` is the address of the name that its path begins with.
fn fail(name: u64) -> String {
    format!("(return (call $fail (i32.const {name})))")
}

fn store_pair(code: &mut Code, to: &Address, bytes: u8, rest: &mut &[(String, Flat)]) {
    store_next(code, to, bytes, rest);
    store_next(code, &to.plus(bytes.into()), bytes, rest);
}

/// Stores the next parameter as a number of so many bytes.
fn store_next(code: &mut Code, to: &Address, bytes: u8, rest: &mut &[(String, Flat)]) {
    let Some(((parameter, flat), others)) = rest.split_first() else {
        return;
    };
    *rest = others;
    let value = format!("(local.get {parameter})");
    code.line(&match flat {
        Flat::I32 => store(to, bytes, &value),
        // The payload of a variant is passed in a type that all its arms fit into.
        Flat::I64 => store_low(to, bytes, &value),
        Flat::F32 => format!("({} {value})", to.access("f32.store")),
        Flat::F64 => format!("({} {value})", to.access("f64.store")),
    });
}
