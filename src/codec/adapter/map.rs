//! Generates the functions of maps. `per_cpu` handles maps with a value for each CPU, `entries` generates the function
//! that returns all entries, `ordered` generates the functions of queues, stacks and bloom filters, and `records` those
//! of maps with records.

use crate::codec::abi::Layout;
use crate::codec::code::{Address, Code};
use crate::codec::number::{load, store};
use crate::codec::{Extent, Generator};
use crate::plan::ValueType;
use crate::skeleton::{DataType, Functions, Keyed, Keys, MapInterface};

use super::call::{Interface, Parameter, ResultLayout, payload, succeed};
use super::raw::{HostFunction, ResultArea};

/// The offset of the payload in a result, in bytes, if the value has no larger alignment than 4.
pub(super) const PAYLOAD: u64 = 4;
/// The arguments for an empty key: an address and a length. The host gets them for maps without keys, such as queues.
pub(super) const NO_KEY: &str = "(i32.const 0) (i32.const 0)";

/// The type of a map's values.
#[derive(Clone, Copy)]
pub(super) struct MapValue<'a> {
    pub ty: &'a ValueType,
    /// Whether the map has one value for each CPU. If it has, the WIT type of a value is a list.
    pub per_cpu: bool,
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
        (key, value): (&DataType, &DataType),
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
        let mut out = self.look_up(own, map, key, value, (HostFunction::Lookup, "lookup"));
        if keyed.updates {
            out.push_str(&self.update(own, map, key, value));
        }
        if keyed.deletes {
            out.push_str(&self.delete(own, map, key));
        }
        if keyed.takes {
            let function = (HostFunction::LookupAndDelete, "lookup-and-delete");
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
        (raw, function): (HostFunction, &str),
    ) -> String {
        let layout = self.result_of(self.layout(value));
        let mut code = self.begin(layout.payload);
        let (parameters, given) = self.take(&mut code, &[Parameter::Value(key.0)]);
        let from = first(given);
        let key = self.bytes_of(&mut code, key, &from, ("key", layout.payload));
        self.call_host(
            &mut code,
            raw,
            Some(&map.name),
            &key.arguments(),
            ResultArea::Answer,
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
        // The cases of `update-mode` have the same numbers as the kernel's flags `BPF_ANY`, `BPF_NOEXIST` and
        // `BPF_EXIST`.
        let arguments = format!(
            "{} {} (i64.extend_i32_u {})",
            key.arguments(),
            value.arguments(),
            load(mode, 1)
        );
        self.call_host(
            &mut code,
            HostFunction::Update,
            Some(&map.name),
            &arguments,
            ResultArea::Result,
        );
        code.line("(global.get $result)");
        let comment = format!("Sets the value of a key of `{}`.", map.name);
        own.export(code, &comment, "update", &parameters)
    }

    fn delete(&mut self, own: &Interface, map: &MapInterface, key: (&ValueType, Extent)) -> String {
        let mut code = self.begin(PAYLOAD);
        let (parameters, given) = self.take(&mut code, &[Parameter::Value(key.0)]);
        let key = self.bytes_of(&mut code, key, &first(given), ("key", PAYLOAD));
        self.call_host(
            &mut code,
            HostFunction::DeleteKey,
            Some(&map.name),
            &key.arguments(),
            ResultArea::Result,
        );
        code.line("(global.get $result)");
        let comment = format!("Deletes a key of `{}`.", map.name);
        own.export(code, &comment, "delete-key", &parameters)
    }

    /// Adds code that reads the optional value in the host's result and stores it in the function's result. Then ends
    /// the function.
    pub(super) fn answer_value(
        &mut self,
        code: &mut Code,
        value: MapValue<'_>,
        layout: ResultLayout,
    ) {
        self.pass_error(code, 4, layout.payload);
        let to = payload(code, layout.payload);
        code.line(&store(&to, 1, "(i32.const 0)"));
        code.line("(if (i32.load8_u offset=4 (global.get $answer)) (then");
        code.deeper();
        let bytes = self.host_list(code, "bytes", 8);
        let inner = to.plus(layout.inner);
        self.map_value_of(code, value, &bytes, &inner, layout.payload);
        code.line(&store(&to, 1, "(i32.const 1)"));
        code.line("))");
        code.shallower();
        succeed(code);
    }

    /// Returns the layout of a map's value in the canonical ABI.
    pub(super) fn layout(&self, value: MapValue<'_>) -> Layout {
        match value.per_cpu {
            true => Layout::LIST,
            false => self.abi.of(value.ty, &value.ty.dims),
        }
    }
}

pub(super) fn first(given: Vec<Address>) -> Address {
    given.into_iter().next().unwrap_or(Address::new("$value"))
}
