//! Generates the function that returns all entries of a map.

use crate::codec::abi::{Layout, align_to};
use crate::codec::bytes::Span;
use crate::codec::code::{Address, Code};
use crate::codec::{Generator, message};
use crate::plan::ValueType;
use crate::skeleton::MapInterface;

use super::call::{Interface, MAX_EACH, alloc_list, payload, store_list, succeed};
use super::map::{MapValue, NO_KEY};
use super::raw::{HostFunction, ResultArea};

/// The types of a map's entry, and the layout of an entry as C bytes and in the canonical ABI. Sizes and offsets are in
/// bytes.
struct Tuple<'a> {
    key: &'a ValueType,
    value: MapValue<'a>,
    /// The size of a key in C.
    key_size: u64,
    /// The offset of the value in an entry, in the canonical ABI.
    value_at: u64,
    /// The size of an entry in the canonical ABI.
    size: u64,
    /// The offset of the payload in the function's result.
    payload: u64,
}

/// The lists of keys and values that the host returned.
struct EntryLists {
    keys: Span,
    values: Span,
    /// The local with the number of entries.
    count: String,
    /// The local with the number of bytes that the host returned for the value of one entry, or for the values of all
    /// CPUs if the map is per-CPU.
    chunk: String,
}

impl Generator<'_> {
    pub(super) fn entries(
        &mut self,
        own: &Interface,
        map: &MapInterface,
        key: &ValueType,
        value: MapValue<'_>,
    ) -> String {
        let layout = self.result_of(Layout::LIST);
        let mut code = self.begin(layout.payload);
        // The arguments are no start key (an empty option) and the largest possible limit, so the host returns all
        // entries.
        let arguments = format!("(i32.const 0) {NO_KEY} (i32.const -1)");
        let (name, raw) = (Some(map.name.as_str()), HostFunction::Entries);
        self.call_host(&mut code, raw, name, &arguments, ResultArea::Answer);
        self.pass_error(&mut code, 4, layout.payload);
        let tuple = self.tuple(key, value, layout.payload);
        let answered = self.count_entries(&mut code, tuple.key_size);
        let each = self.heap(key).saturating_add(tuple.size).min(MAX_EACH);
        self.reserve_each(&mut code, &answered.count, each, layout.payload);
        let list = code.local("list", "i32");
        let list = alloc_list(&mut code, list, &answered.count, tuple.size);
        let to = payload(&mut code, layout.payload);
        store_list(&mut code, &to, &list, &answered.count);
        self.enter(&mut code, "entries");
        self.read_entries(&mut code, &tuple, &answered, &list);
        code.path.pop();
        succeed(&mut code);
        let comment = format!("Returns all entries of `{}`.", map.name);
        own.export(code, &comment, "entries", "")
    }

    fn tuple<'a>(&self, key: &'a ValueType, value: MapValue<'a>, payload: u64) -> Tuple<'a> {
        let (of_key, of_value) = (self.abi.of(key, &key.dims), self.layout(value));
        let value_at = align_to(of_key.size, of_value.align);
        Tuple {
            key,
            value,
            key_size: self.plan.size_of(key),
            value_at,
            size: align_to(value_at + of_value.size, of_key.align.max(of_value.align)),
            payload,
        }
    }

    /// Adds code that takes the two lists from the host's result and computes the number of entries.
    fn count_entries(&mut self, code: &mut Code, key_size: u64) -> EntryLists {
        let keys = self.host_list(code, "keys", 4);
        let values = self.host_list(code, "values", 12);
        let (count, chunk) = (code.local("count", "i32"), code.local("chunk", "i32"));
        let key_size = key_size.max(1);
        self.enter(code, "keys");
        let of = format!("(i32.const {key_size})");
        self.check_multiple(code, &keys, &of, &message::no_multiple(key_size));
        code.path.pop();
        code.set(
            &count,
            &format!("(i32.div_u (local.get {}) {of})", keys.length),
        );
        self.enter(code, "values");
        let of = format!("(local.get {count})");
        self.check_multiple(code, &values, &of, &message::no_share());
        code.path.pop();
        code.line(&format!(
            "(if (local.get {count}) (then (local.set {chunk} (i32.div_u (local.get {}) (local.get {count})))))",
            values.length
        ));
        EntryLists {
            keys,
            values,
            count,
            chunk,
        }
    }

    fn read_entries(&mut self, code: &mut Code, tuple: &Tuple<'_>, from: &EntryLists, list: &str) {
        let (key_from, target) = (code.local("key-from", "i32"), code.local("to", "i32"));
        let keys = format!("(local.get {})", from.keys.at);
        let cursors = [
            (key_from.clone(), keys, tuple.key_size),
            (target.clone(), format!("(local.get {list})"), tuple.size),
        ];
        let open = code.begin_loop(&format!("(local.get {})", from.count), &cursors);
        let key_length = code.local("key-size", "i32");
        code.set(&key_length, &format!("(i32.const {})", tuple.key_size));
        let key = Span {
            at: key_from,
            length: key_length,
        };
        let to = Address::new(&target);
        self.value_of(code, tuple.key, &key, &to, ("key", tuple.payload));
        let value = Span {
            at: from.values.at.clone(),
            length: from.chunk.clone(),
        };
        let inner = to.plus(tuple.value_at);
        self.map_value_of(code, tuple.value, &value, &inner, tuple.payload);
        let next = format!(
            "(i32.add (local.get {}) (local.get {}))",
            value.at, value.length
        );
        code.set(&value.at, &next);
        code.end_loop(open);
    }
}
