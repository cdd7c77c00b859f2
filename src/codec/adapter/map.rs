//! The functions of maps with keys, of queues, stacks and filters.

use crate::codec::abi::{Layout, align_to};
use crate::codec::bytes::Span;
use crate::codec::code::{Address, Code};
use crate::codec::number::{load, store};
use crate::codec::room::MAX_FACTOR;
use crate::codec::{Extent, Generator, Place};
use crate::plan::ValueType;
use crate::skeleton::{Data, Functions, Keyed, Keys, MapInterface};

use super::call::{Interface, Parameter, ResultLayout, payload, succeed};
use super::raw::{Into, Raw};

/// The offset of the payload in a result without a value, or with a number.
const PAYLOAD: u64 = 4;
/// A map has no keys: the key is empty.
const NO_KEY: &str = "(i32.const 0) (i32.const 0)";

/// The value of a key.
#[derive(Clone, Copy)]
struct MapValue<'a> {
    ty: &'a ValueType,
    /// Whether there is one for each CPU, so that the value is a list.
    per_cpu: bool,
}

impl Generator<'_> {
    pub(super) fn map(&mut self, own: &Interface, map: &MapInterface) -> String {
        match &map.functions {
            Functions::Keyed { keyed, key, value } => self.keyed(own, map, *keyed, (key, value)),
            Functions::Ordered(value) => self.ordered(own, map, &value.ty),
            Functions::Filter(value) => self.filter(own, map, &value.ty),
            Functions::Records { padded, record } => {
                self.records(own, &map.name, *padded, record.as_ref())
            }
            Functions::Submitted(record) => self.submit(own, &map.name, record.as_ref()),
        }
    }

    fn keyed(
        &mut self,
        own: &Interface,
        map: &MapInterface,
        keyed: Keyed,
        (key, value): (&Data, &Data),
    ) -> String {
        let extent = match keyed.keys {
            Keys::File | Keys::Cgroup => Extent::Rest,
            Keys::Typed | Keys::Index | Keys::Process => Extent::Whole,
        };
        let key = (&key.ty, extent);
        let value = MapValue {
            ty: &value.ty,
            per_cpu: keyed.per_cpu,
        };
        let mut out = self.look_up(own, map, key, value, (Raw::Lookup, "lookup"));
        if keyed.updates {
            out.push_str(&self.update(own, map, key, value));
        }
        if keyed.deletes {
            out.push_str(&self.delete(own, map, key));
        }
        if keyed.takes {
            let function = (Raw::LookupAndDelete, "lookup-and-delete");
            out.push_str(&self.look_up(own, map, key, value, function));
        }
        if keyed.lists {
            out.push_str(&self.entries(own, map, key.0, value));
        }
        out
    }

    fn look_up(
        &mut self,
        own: &Interface,
        map: &MapInterface,
        key: (&ValueType, Extent),
        value: MapValue<'_>,
        (raw, function): (Raw, &str),
    ) -> String {
        let layout = self.result_of(self.layout(value));
        let mut code = self.begin(layout.payload);
        let (parameters, given) = self.take(&mut code, &[Parameter::Value(key.0)]);
        let from = first(given);
        let key = self.bytes_of(&mut code, key, &from, ("key", layout.payload));
        self.call_raw(
            &mut code,
            raw,
            Some(&map.name),
            &key.arguments(),
            Into::Answer,
        );
        self.answer_value(&mut code, value, layout);
        let comment = format!("Looks up a key of `{}`.", map.name);
        own.export(code, &comment, function, &parameters)
    }

    fn update(
        &mut self,
        own: &Interface,
        map: &MapInterface,
        key: (&ValueType, Extent),
        value: MapValue<'_>,
    ) -> String {
        let mut code = self.begin(PAYLOAD);
        let of_value = match value.per_cpu {
            true => Parameter::List,
            false => Parameter::Value(value.ty),
        };
        let given = [Parameter::Value(key.0), of_value, Parameter::Enum];
        let (parameters, given) = self.take(&mut code, &given);
        let [key_at, value_at, mode] = &given[..] else {
            return String::new();
        };
        let key = self.bytes_of(&mut code, key, key_at, ("key", PAYLOAD));
        let value = self.value_bytes(&mut code, value, value_at);
        // The modes have the numbers of the kernel's flags.
        let arguments = format!(
            "{} {} (i64.extend_i32_u {})",
            key.arguments(),
            value.arguments(),
            load(mode, 1)
        );
        self.call_raw(
            &mut code,
            Raw::Update,
            Some(&map.name),
            &arguments,
            Into::Result,
        );
        code.line("(global.get $result)");
        let comment = format!("Sets the value of a key of `{}`.", map.name);
        own.export(code, &comment, "update", &parameters)
    }

    /// Writes a value, or the values of all CPUs, each padded to a multiple of 8 bytes.
    fn value_bytes(&mut self, code: &mut Code, value: MapValue<'_>, from: &Address) -> Span {
        if !value.per_cpu {
            return self.bytes_of(code, (value.ty, Extent::Whole), from, ("value", PAYLOAD));
        }
        let stride = self.stride(value.ty);
        let size = self.abi.of(value.ty, &value.ty.dims).size;
        let bytes = format!(
            "(i64.mul (i64.extend_i32_u {}) (i64.const {stride}))",
            load(&from.plus(4), 4)
        );
        let no_memory = self.no_memory(PAYLOAD);
        let span = self.alloc_zeros(code, value.ty, &bytes, &no_memory);
        let (source, target) = (code.local("from", "i32"), code.local("to", "i32"));
        self.enter(code, "value");
        let cursors = [
            (source.clone(), load(from, 4), size),
            (target.clone(), format!("(local.get {})", span.at), stride),
        ];
        let open = code.begin_loop(&load(&from.plus(4), 4), &cursors);
        let (from, to) = (Address::new(&source), Place::whole(Address::new(&target)));
        self.write(code, value.ty, &value.ty.dims, &from, &to);
        self.check(code, value.ty, &value.ty.dims, &from, &to.at, &[]);
        code.end_loop(open);
        code.path.pop();
        span
    }

    fn delete(&mut self, own: &Interface, map: &MapInterface, key: (&ValueType, Extent)) -> String {
        let mut code = self.begin(PAYLOAD);
        let (parameters, given) = self.take(&mut code, &[Parameter::Value(key.0)]);
        let key = self.bytes_of(&mut code, key, &first(given), ("key", PAYLOAD));
        self.call_raw(
            &mut code,
            Raw::DeleteKey,
            Some(&map.name),
            &key.arguments(),
            Into::Result,
        );
        code.line("(global.get $result)");
        let comment = format!("Deletes a key of `{}`.", map.name);
        own.export(code, &comment, "delete-key", &parameters)
    }

    /// Reads the optional value in the host's result, and ends the function.
    fn answer_value(&mut self, code: &mut Code, value: MapValue<'_>, layout: ResultLayout) {
        self.pass_error(code, 4, layout.payload);
        let to = payload(code, layout.payload);
        code.line(&store(&to, 1, "(i32.const 0)"));
        code.line("(if (i32.load8_u offset=4 (global.get $answer)) (then");
        code.deeper();
        let bytes = self.answered(code, "bytes", 8);
        let inner = to.plus(layout.inner);
        match value.per_cpu {
            false => self.value_of(code, value.ty, &bytes, &inner, ("value", layout.payload)),
            true => self.values_of(code, value.ty, &bytes, &inner, ("value", layout.payload)),
        }
        code.line(&store(&to, 1, "(i32.const 1)"));
        code.line("))");
        code.shallower();
        succeed(code);
    }

    /// Reads the values of all CPUs as a list.
    fn values_of(
        &mut self,
        code: &mut Code,
        ty: &ValueType,
        bytes: &Span,
        to: &Address,
        (name, payload): (&str, u64),
    ) {
        let stride = self.stride(ty);
        let size = self.abi.of(ty, &ty.dims).size;
        let each = self
            .heap(ty)
            .saturating_add(size)
            .saturating_add(8)
            .min(MAX_FACTOR);
        let count = code.numbered("cpus", "i32");
        code.set(
            &count,
            &format!(
                "(i32.div_u (local.get {}) (i32.const {stride}))",
                bytes.length
            ),
        );
        self.reserve_or(
            code,
            &format!("(i64.mul (i64.extend_i32_u (local.get {count})) (i64.const {each}))"),
            payload,
        );
        let list = code.numbered("list", "i32");
        code.set(
            &list,
            &format!("(call $alloc (i32.mul (local.get {count}) (i32.const {size})))"),
        );
        code.line(&store(to, 4, &format!("(local.get {list})")));
        code.line(&store(&to.plus(4), 4, &format!("(local.get {count})")));
        code.line(&format!("(global.set $base (local.get {}))", bytes.at));
        self.enter(code, name);
        let (source, target) = (
            code.numbered("from-cpu", "i32"),
            code.numbered("to-cpu", "i32"),
        );
        let cursors = [
            (source.clone(), format!("(local.get {})", bytes.at), stride),
            (target.clone(), format!("(local.get {list})"), size),
        ];
        let open = code.begin_loop(&format!("(local.get {count})"), &cursors);
        if self.counts {
            code.line(&format!("(call $set-budget (i32.const {stride}))"));
        }
        let from = Place::whole(Address::new(&source));
        self.read(code, ty, &ty.dims, &from, &Address::new(&target), &[]);
        code.end_loop(open);
        code.path.pop();
    }

    fn entries(
        &mut self,
        own: &Interface,
        map: &MapInterface,
        key: &ValueType,
        value: MapValue<'_>,
    ) -> String {
        let layout = self.result_of(Layout::LIST);
        let mut code = self.begin(layout.payload);
        // After no key, without a limit.
        let arguments = format!("(i32.const 0) {NO_KEY} (i32.const -1)");
        self.call_raw(
            &mut code,
            Raw::Entries,
            Some(&map.name),
            &arguments,
            Into::Answer,
        );
        self.pass_error(&mut code, 4, layout.payload);
        let keys = self.answered(&mut code, "keys", 4);
        let values = self.answered(&mut code, "values", 12);
        let key_size = self.plan.size_of(key);
        let (of_key, of_value) = (self.abi.of(key, &key.dims), self.layout(value));
        let value_at = align_to(of_key.size, of_value.align);
        let size = align_to(value_at + of_value.size, of_key.align.max(of_value.align));
        let each = self.heap(key).saturating_add(size).min(MAX_FACTOR);
        let (count, chunk) = (code.local("count", "i32"), code.local("chunk", "i32"));
        code.set(
            &count,
            &format!(
                "(i32.div_u (local.get {}) (i32.const {}))",
                keys.length,
                key_size.max(1)
            ),
        );
        code.line(&format!(
            "(if (local.get {count}) (then (local.set {chunk} (i32.div_u (local.get {}) (local.get {count})))))",
            values.length
        ));
        self.reserve_or(
            &mut code,
            &format!("(i64.mul (i64.extend_i32_u (local.get {count})) (i64.const {each}))"),
            layout.payload,
        );
        let list = code.local("list", "i32");
        code.set(
            &list,
            &format!("(call $alloc (i32.mul (local.get {count}) (i32.const {size})))"),
        );
        let to = payload(&mut code, layout.payload);
        code.line(&store(&to, 4, &format!("(local.get {list})")));
        code.line(&store(&to.plus(4), 4, &format!("(local.get {count})")));
        self.enter(&mut code, "entries");
        let (key_from, target) = (code.local("key-from", "i32"), code.local("to", "i32"));
        let cursors = [
            (
                key_from.clone(),
                format!("(local.get {})", keys.at),
                key_size,
            ),
            (target.clone(), format!("(local.get {list})"), size),
        ];
        let open = code.begin_loop(&format!("(local.get {count})"), &cursors);
        let key_length = code.local("key-size", "i32");
        code.set(&key_length, &format!("(i32.const {key_size})"));
        let one = Span {
            at: key_from,
            length: key_length,
        };
        self.value_of(
            &mut code,
            key,
            &one,
            &Address::new(&target),
            ("key", layout.payload),
        );
        let one = Span {
            at: values.at.clone(),
            length: chunk.clone(),
        };
        let inner = Address::new(&target).plus(value_at);
        match value.per_cpu {
            false => self.value_of(&mut code, value.ty, &one, &inner, ("value", layout.payload)),
            true => self.values_of(&mut code, value.ty, &one, &inner, ("value", layout.payload)),
        }
        code.set(
            &values.at,
            &format!("(i32.add (local.get {}) (local.get {chunk}))", values.at),
        );
        code.end_loop(open);
        code.path.pop();
        succeed(&mut code);
        let comment = format!("Returns all entries of `{}`.", map.name);
        own.export(code, &comment, "entries", "")
    }

    fn ordered(&mut self, own: &Interface, map: &MapInterface, ty: &ValueType) -> String {
        let mut out = self.push(own, map, ty);
        let value = MapValue { ty, per_cpu: false };
        let layout = self.result_of(self.layout(value));
        for (raw, function, comment) in [
            (Raw::LookupAndDelete, "pop", "Takes the next value of"),
            (Raw::Lookup, "peek", "Returns the next value of"),
        ] {
            let mut code = self.begin(layout.payload);
            self.call_raw(&mut code, raw, Some(&map.name), NO_KEY, Into::Answer);
            self.answer_value(&mut code, value, layout);
            let comment = format!("{comment} `{}`.", map.name);
            out.push_str(&own.export(code, &comment, function, ""));
        }
        out
    }

    fn push(&mut self, own: &Interface, map: &MapInterface, ty: &ValueType) -> String {
        let mut code = self.begin(PAYLOAD);
        let (parameters, given) = self.take(&mut code, &[Parameter::Value(ty)]);
        let what = (ty, Extent::Whole);
        let value = self.bytes_of(&mut code, what, &first(given), ("value", PAYLOAD));
        let arguments = format!("{NO_KEY} {} (i64.const 0)", value.arguments());
        self.call_raw(
            &mut code,
            Raw::Update,
            Some(&map.name),
            &arguments,
            Into::Result,
        );
        code.line("(global.get $result)");
        let comment = format!("Adds a value to `{}`.", map.name);
        own.export(code, &comment, "push", &parameters)
    }

    fn filter(&mut self, own: &Interface, map: &MapInterface, ty: &ValueType) -> String {
        let mut out = self.push(own, map, ty);
        let mut code = self.begin(PAYLOAD);
        let (parameters, given) = self.take(&mut code, &[Parameter::Value(ty)]);
        let what = (ty, Extent::Whole);
        let value = self.bytes_of(&mut code, what, &first(given), ("value", PAYLOAD));
        let arguments = value.arguments();
        self.call_raw(
            &mut code,
            Raw::Lookup,
            Some(&map.name),
            &arguments,
            Into::Answer,
        );
        self.pass_error(&mut code, 4, PAYLOAD);
        let to = payload(&mut code, PAYLOAD);
        // Whether the option has a value.
        code.line(&store(
            &to,
            1,
            "(i32.load8_u offset=4 (global.get $answer))",
        ));
        succeed(&mut code);
        let comment = format!("Returns whether a value may be in `{}`.", map.name);
        out.push_str(&own.export(code, &comment, "peek", &parameters));
        out
    }

    /// Returns the layout of a value in the canonical ABI.
    fn layout(&self, value: MapValue<'_>) -> Layout {
        match value.per_cpu {
            true => Layout::LIST,
            false => self.abi.of(value.ty, &value.ty.dims),
        }
    }

    /// Returns the bytes from the value of one CPU to that of the next.
    fn stride(&self, ty: &ValueType) -> u64 {
        self.plan.size_of(ty).next_multiple_of(8)
    }
}

fn first(given: Vec<Address>) -> Address {
    given.into_iter().next().unwrap_or(Address::new("$value"))
}
