//! Generates the functions of queues, stacks and bloom filters.

use crate::codec::number::store;
use crate::codec::{Extent, Generator};
use crate::plan::ValueType;
use crate::skeleton::MapInterface;

use super::call::{Interface, Parameter, payload, succeed};
use super::map::{MapValue, NO_KEY, PAYLOAD, first};
use super::raw::{HostFunction, ResultArea};

impl Generator<'_> {
    pub(super) fn ordered(
        &mut self,
        own: &Interface,
        map: &MapInterface,
        ty: &ValueType,
    ) -> String {
        let mut out = self.push(own, map, ty);
        let value = MapValue { ty, per_cpu: false };
        let layout = self.result_of(self.layout(value));
        for (raw, function, comment) in [
            (
                HostFunction::LookupAndDelete,
                "pop",
                "Takes the next value of",
            ),
            (HostFunction::Lookup, "peek", "Returns the next value of"),
        ] {
            let mut code = self.begin(layout.payload);
            self.call_host(&mut code, raw, Some(&map.name), NO_KEY, ResultArea::Answer);
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
        self.call_host(
            &mut code,
            HostFunction::Update,
            Some(&map.name),
            &arguments,
            ResultArea::Result,
        );
        code.line("(global.get $result)");
        let comment = format!("Adds a value to `{}`.", map.name);
        own.export(code, &comment, "push", &parameters)
    }

    pub(super) fn filter(&mut self, own: &Interface, map: &MapInterface, ty: &ValueType) -> String {
        let mut out = self.push(own, map, ty);
        let mut code = self.begin(PAYLOAD);
        let (parameters, given) = self.take(&mut code, &[Parameter::Value(ty)]);
        let what = (ty, Extent::Whole);
        let value = self.bytes_of(&mut code, what, &first(given), ("value", PAYLOAD));
        let arguments = value.arguments();
        self.call_host(
            &mut code,
            HostFunction::Lookup,
            Some(&map.name),
            &arguments,
            ResultArea::Answer,
        );
        self.pass_error(&mut code, 4, PAYLOAD);
        let to = payload(&mut code, PAYLOAD);
        // The host returns an option, which is empty if the value is not in the filter. The flag of this option is the
        // result.
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
}
