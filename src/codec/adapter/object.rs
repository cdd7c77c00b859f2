//! The functions of the object, its variables and its programs.

use crate::codec::code::{Address, Code};
use crate::codec::{Extent, Generator};
use crate::skeleton::{ProgramCase, Variable};

use super::call::{Interface, Parameter, payload, succeed};
use super::raw::{Into, Raw};

/// The offset of the payload in a result without a value, or with a number.
const PAYLOAD: u64 = 4;

impl Generator<'_> {
    pub(super) fn object(&mut self, own: &Interface) -> String {
        let mut code = self.begin(PAYLOAD);
        self.call_raw(&mut code, Raw::Load, None, "", Into::Result);
        code.line("(global.get $result)");
        own.export(code, "Loads the object.", "load", "")
    }

    pub(super) fn global(&mut self, own: &Interface, global: &Variable) -> String {
        let mut out = self.get(own, global);
        out.push_str(&self.set(own, global));
        out
    }

    fn get(&mut self, own: &Interface, global: &Variable) -> String {
        let ty = &global.data.ty;
        let layout = self.result_of(self.abi.of(ty, &ty.dims));
        let mut code = self.begin(layout.payload);
        let place = format!(
            "(i32.const {}) (i32.const {})",
            global.offset,
            self.plan.size_of(ty)
        );
        self.call_raw(
            &mut code,
            Raw::ReadData,
            Some(&global.section),
            &place,
            Into::Answer,
        );
        self.pass_error(&mut code, 4, layout.payload);
        let bytes = self.answered(&mut code, "bytes", 4);
        let to = payload(&mut code, layout.payload);
        self.value_of(&mut code, ty, &bytes, &to, (&global.name, layout.payload));
        succeed(&mut code);
        let comment = format!("Returns `{}`.", global.name);
        own.export(code, &comment, &format!("get-{}", global.label), "")
    }

    fn set(&mut self, own: &Interface, global: &Variable) -> String {
        let ty = &global.data.ty;
        let mut code = self.begin(PAYLOAD);
        let (parameters, given) = self.take(&mut code, &[Parameter::Value(ty)]);
        let from = given.into_iter().next().unwrap_or(Address::new("$value"));
        let what = (ty, Extent::Whole);
        let bytes = self.bytes_of(&mut code, what, &from, (&global.name, PAYLOAD));
        let arguments = format!("(i32.const {}) {}", global.offset, bytes.arguments());
        self.call_raw(
            &mut code,
            Raw::WriteData,
            Some(&global.section),
            &arguments,
            Into::Result,
        );
        code.line("(global.get $result)");
        let comment = format!("Sets `{}`.", global.name);
        own.export(
            code,
            &comment,
            &format!("set-{}", global.label),
            &parameters,
        )
    }

    pub(super) fn programs(&mut self, own: &Interface, programs: &[ProgramCase]) -> String {
        // The address and the length of the name of each program.
        let mut table = Vec::new();
        for program in programs {
            let text = self.module.text(&program.name) as u32 + 2;
            table.extend(text.to_le_bytes());
            table.extend((program.name.len() as u32).to_le_bytes());
        }
        let table = self.module.constant(&table);
        // A result with a `run-output` of two numbers and two lists.
        self.module.result(4 + 24);
        let name = |code: &mut Code| {
            let at = code.local("name", "i32");
            let place = format!(
                "(i32.add (i32.const {table}) (i32.shl (local.get $program) (i32.const 3)))"
            );
            code.set(&at, &place);
            format!("(i32.load (local.get {at})) (i32.load offset=4 (local.get {at}))")
        };
        let mut out = String::new();
        let all = [
            (
                "Attaches a program where its section says.",
                "attach",
                Raw::Attach,
                " (param $program i32)",
                "(i32.const 0) (i32.const 0) (i32.const 0)",
            ),
            (
                "Attaches a program to a target.",
                "attach-to",
                Raw::Attach,
                " (param $program i32) (param $target i32) (param $length i32)",
                "(i32.const 1) (local.get $target) (local.get $length)",
            ),
            (
                "Runs a program.",
                "run",
                Raw::Run,
                " (param $program i32) (param $data i32) (param $data-length i32) (param $context i32) \
              (param $context-length i32) (param $repeat i32)",
                "(local.get $data) (local.get $data-length) (local.get $context) (local.get $context-length) \
              (local.get $repeat)",
            ),
        ];
        for (comment, function, raw, parameters, arguments) in all {
            let mut code = self.begin(PAYLOAD);
            let arguments = format!("{} {arguments}", name(&mut code));
            self.call_raw(&mut code, raw, None, &arguments, Into::Result);
            code.line("(global.get $result)");
            out.push_str(&own.export(code, comment, function, parameters));
        }
        let mut code = self.begin(PAYLOAD);
        self.call_raw(
            &mut code,
            Raw::Detach,
            None,
            "(local.get $link)",
            Into::Result,
        );
        code.line("(global.get $result)");
        out.push_str(&own.export(code, "Detaches a program.", "detach", " (param $link i32)"));
        out
    }
}
