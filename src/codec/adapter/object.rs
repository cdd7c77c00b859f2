//! Generates the functions of the object itself, of its variables and of its programs.

use crate::codec::code::Address;
use crate::codec::{Extent, Generator};
use crate::skeleton::{ProgramCase, Variable};

use super::call::{Interface, Parameter, payload, succeed};
use super::raw::{HostFunction, ResultArea};

/// The offset of the payload in a result, in bytes, if the value has no larger alignment than 4.
const PAYLOAD: u64 = 4;

/// A function that acts on one program.
struct ProgramCall {
    comment: &'static str,
    function: &'static str,
    raw: HostFunction,
    parameters: &'static str,
    /// The arguments of the host function that follow the program's name.
    arguments: &'static str,
}

const PROGRAM_CALLS: [ProgramCall; 3] = [
    ProgramCall {
        comment: "Attaches a program to the target in its section.",
        function: "attach",
        raw: HostFunction::Attach,
        parameters: " (param $program i32)",
        arguments: "(i32.const 0) (i32.const 0) (i32.const 0)",
    },
    ProgramCall {
        comment: "Attaches a program to a target.",
        function: "attach-to",
        raw: HostFunction::Attach,
        parameters: " (param $program i32) (param $target i32) (param $length i32)",
        arguments: "(i32.const 1) (local.get $target) (local.get $length)",
    },
    ProgramCall {
        comment: "Runs a program.",
        function: "run",
        raw: HostFunction::Run,
        parameters: " (param $program i32) (param $data i32) (param $data-length i32) (param $context i32) \
                     (param $context-length i32) (param $repeat i32)",
        arguments: "(local.get $data) (local.get $data-length) (local.get $context) (local.get $context-length) \
                    (local.get $repeat)",
    },
];

impl Generator<'_> {
    pub(super) fn object(&mut self, own: &Interface) -> String {
        let mut code = self.begin(PAYLOAD);
        self.call_host(&mut code, HostFunction::Load, None, "", ResultArea::Result);
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
        self.call_host(
            &mut code,
            HostFunction::ReadData,
            Some(&global.section),
            &place,
            ResultArea::Answer,
        );
        self.pass_error(&mut code, 4, layout.payload);
        let bytes = self.host_list(&mut code, "bytes", 4);
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
        self.call_host(
            &mut code,
            HostFunction::WriteData,
            Some(&global.section),
            &arguments,
            ResultArea::Result,
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
        let table = self.program_table(programs);
        // The largest result is that of `run`: a `result` with a `run-output`, which has two numbers and two lists.
        self.module.result(4 + 24);
        let mut out = String::new();
        for call in PROGRAM_CALLS {
            let mut code = self.begin(PAYLOAD);
            let at = code.local("name", "i32");
            let place = format!(
                "(i32.add (i32.const {table}) (i32.shl (local.get $program) (i32.const 3)))"
            );
            code.set(&at, &place);
            let arguments = format!(
                "(i32.load (local.get {at})) (i32.load offset=4 (local.get {at})) {}",
                call.arguments
            );
            self.call_host(&mut code, call.raw, None, &arguments, ResultArea::Result);
            code.line("(global.get $result)");
            out.push_str(&own.export(code, call.comment, call.function, call.parameters));
        }
        let mut code = self.begin(PAYLOAD);
        let link = "(local.get $link)";
        self.call_host(
            &mut code,
            HostFunction::Detach,
            None,
            link,
            ResultArea::Result,
        );
        code.line("(global.get $result)");
        out.push_str(&own.export(code, "Detaches a program.", "detach", " (param $link i32)"));
        out
    }

    /// Returns the address of a table with a row for each program: the address and the length of its name, each in 4
    /// bytes.
    fn program_table(&mut self, programs: &[ProgramCase]) -> u64 {
        let mut table = Vec::new();
        for program in programs {
            let (address, length) = self.module.string(&program.name);
            table.extend((address as u32).to_le_bytes());
            table.extend((length as u32).to_le_bytes());
        }
        self.module.constant(&table)
    }
}
