//! Generates calls of the host's functions. `wit/object.wit` at the root of the repository declares them.

use crate::codec::Generator;
use crate::codec::code::Code;
use crate::skeleton::RAW_INTERFACE;

/// A function of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum HostFunction {
    Load,
    Lookup,
    LookupAndDelete,
    Update,
    DeleteKey,
    Entries,
    Poll,
    Submit,
    ReadData,
    WriteData,
    Attach,
    Detach,
    Run,
}

impl HostFunction {
    /// Returns the function's name and the types of its parameters. All functions have one more parameter, the address
    /// of the result.
    fn signature(self) -> (&'static str, &'static str) {
        // A string or a list is passed as an address and a length. An option is passed as a flag, which says whether
        // there is a value, and the value.
        match self {
            HostFunction::Load => ("load", ""),
            HostFunction::Lookup => ("lookup", "i32 i32 i32 i32"),
            HostFunction::LookupAndDelete => ("lookup-and-delete", "i32 i32 i32 i32"),
            HostFunction::Update => ("update", "i32 i32 i32 i32 i32 i32 i64"),
            HostFunction::DeleteKey => ("delete-key", "i32 i32 i32 i32"),
            HostFunction::Entries => ("entries", "i32 i32 i32 i32 i32 i32"),
            HostFunction::Poll => ("poll", "i32 i32 i32 i32"),
            HostFunction::Submit => ("submit", "i32 i32 i32 i32"),
            HostFunction::ReadData => ("read-data", "i32 i32 i32 i32"),
            HostFunction::WriteData => ("write-data", "i32 i32 i32 i32 i32"),
            HostFunction::Attach => ("attach", "i32 i32 i32 i32 i32"),
            HostFunction::Detach => ("detach", "i32"),
            HostFunction::Run => ("run", "i32 i32 i32 i32 i32 i32 i32"),
        }
    }
}

/// The area in memory where a host function puts its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ResultArea {
    /// The area for the result of the exported function, if that result has the same type as the host's.
    Result,
    /// An area that is only for results of the host.
    Answer,
}

impl Generator<'_> {
    /// Adds a call of a host function. `name` is the first argument: the name of a map or section. It is `None` if the
    /// function takes no name, or if `arguments` begins with the name of a program.
    pub(super) fn call_host(
        &mut self,
        code: &mut Code,
        raw: HostFunction,
        name: Option<&str>,
        arguments: &str,
        into: ResultArea,
    ) {
        let (function, parameters) = raw.signature();
        let import = format!(
            "  (import \"{RAW_INTERFACE}\" \"{function}\"\n    (func $raw.{function} (param {parameters} i32)))\n"
        );
        self.module.import(function, import);
        let name = name.map(|name| {
            let (address, length) = self.module.string(name);
            format!("(i32.const {address}) (i32.const {length}) ")
        });
        let into = match into {
            ResultArea::Result => "(global.get $result)",
            ResultArea::Answer => "(global.get $answer)",
        };
        // While the host runs, it calls `$realloc`, which must not free the memory of this call. `$realloc` frees
        // memory only if `$called` is 1.
        code.line("(global.set $called (i32.const 0))");
        code.line(&format!(
            "(call $raw.{function} {}{arguments} {into})",
            name.unwrap_or_default()
        ));
        code.line("(global.set $called (i32.const 1))");
    }
}

/// Returns an expression for the number at an offset of the host's result. At offset 0, this is the byte that says
/// whether the call failed. Other numbers have 4 bytes.
pub(super) fn answer(offset: u64) -> String {
    match offset {
        0 => "(i32.load8_u (global.get $answer))".to_owned(),
        offset => format!("(i32.load offset={offset} (global.get $answer))"),
    }
}
