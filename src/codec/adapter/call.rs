//! Generates the parts that all functions of an adapter have: parameters, values as bytes, results and errors.

use crate::codec::abi::{Flat, Layout, align_to};
use crate::codec::bytes::Span;
use crate::codec::code::{Address, Code, Segment};
use crate::codec::number::store;
use crate::codec::parameters::{store_next, store_pair};
use crate::codec::{Extent, Generator, Place, message};
use crate::plan::ValueType;

use super::raw::answer;

/// The maximum number of core WebAssembly values that a function takes. If its parameters need more, they are passed in
/// memory.
const MAX_FLAT: usize = 16;
/// The size and the alignment of an error in bytes. An error has a number and a string.
const ERROR: Layout = Layout { size: 12, align: 4 };
/// A limit for the heap that one element is assumed to need, in bytes. With this limit, no product of sizes and counts
/// overflows. More heap cannot be reserved anyway, since memory has at most this size.
pub(super) const MAX_EACH: u64 = 1 << 32;

/// An interface whose functions the adapter exports.
pub(super) struct Interface {
    /// The full name, with the package and with the version if there is one.
    id: String,
    /// The name without the package and the version.
    pub name: String,
}

impl Interface {
    pub fn new(id: String) -> Interface {
        let name = id.rsplit('/').next().unwrap_or_default();
        let name = name.split('@').next().unwrap_or_default().to_owned();
        Interface { id, name }
    }

    /// Returns the text of an exported function. The last line of `code` must be the function's result.
    pub fn export(&self, code: Code, comment: &str, function: &str, parameters: &str) -> String {
        let Interface { id, name } = self;
        let head =
            format!("${name}.{function} (export \"{id}#{function}\"){parameters} (result i32)");
        let mut out = code.finish_value(comment, &head);
        out.push('\n');
        out
    }

    /// Returns the text of an exported function that returns a number of 64 bits. `number` is an expression for it.
    pub fn export_number(&self, comment: &str, function: &str, number: &str) -> String {
        let Interface { id, name } = self;
        format!(
            "  ;; {comment}\n  (func ${name}.{function} (export \"{id}#{function}\") (result i64)\n    {number})\n\n"
        )
    }
}

/// The type of a parameter.
#[derive(Clone, Copy)]
pub(super) enum Parameter<'a> {
    Value(&'a ValueType),
    /// A list. Its element type does not matter, since every list is passed as an address and a length.
    List,
    /// An enum of at most 256 cases.
    Enum,
}

/// The offsets in a `result`, in bytes. The value of the result may be an `option`.
#[derive(Clone, Copy)]
pub(super) struct ResultLayout {
    /// The offset of the value or, after a failure, of the error.
    pub payload: u64,
    /// The offset of an option's content from the payload, if the value is an option.
    pub inner: u64,
}

impl Generator<'_> {
    /// Returns a function's parameters as text, and the address of each argument in memory. Arguments that are passed
    /// as core values are first stored in memory, with their layout in the canonical ABI.
    pub(super) fn take(
        &mut self,
        code: &mut Code,
        given: &[Parameter<'_>],
    ) -> (String, Vec<Address>) {
        let mut flat = Vec::new();
        let fits = given
            .iter()
            .all(|one| self.flatten(*one, &mut flat).is_some());
        let fits = fits && flat.len() <= MAX_FLAT;
        let value = match fits {
            true => code.local("value", "i32"),
            false => "$value".to_owned(),
        };
        let (mut end, mut addresses) = (0, Vec::new());
        for one in given {
            let layout = self.layout_of(*one);
            end = align_to(end, layout.align);
            addresses.push(Address::new(&value).plus(end));
            end += layout.size;
        }
        if !fits {
            return (" (param $value i32)".to_owned(), addresses);
        }
        code.set(&value, "(global.get $parameters)");
        self.module.parameters(end);
        let named: Vec<(String, Flat)> = (0_u32..)
            .zip(flat)
            .map(|(at, flat)| (format!("$part{at}"), flat))
            .collect();
        let mut rest = &named[..];
        for (one, to) in given.iter().zip(&addresses) {
            match one {
                Parameter::Value(ty) => self.store_value(code, ty, &ty.dims, to, &mut rest),
                Parameter::List => store_pair(code, to, 4, &mut rest),
                Parameter::Enum => store_next(code, to, 1, &mut rest),
            }
        }
        let text = named
            .iter()
            .map(|(name, flat)| format!(" (param {name} {})", flat.name()));
        (text.collect(), addresses)
    }

    fn flatten(&self, one: Parameter<'_>, flat: &mut Vec<Flat>) -> Option<()> {
        match one {
            Parameter::Value(ty) => self.abi.flatten(ty, &ty.dims, flat)?,
            Parameter::List => flat.extend([Flat::I32, Flat::I32]),
            Parameter::Enum => flat.push(Flat::I32),
        }
        Some(())
    }

    fn layout_of(&self, one: Parameter<'_>) -> Layout {
        match one {
            Parameter::Value(ty) => self.abi.of(ty, &ty.dims),
            Parameter::List => Layout::LIST,
            Parameter::Enum => Layout { size: 1, align: 1 },
        }
    }

    /// Returns the offsets in a `result`. `value` is the layout of its value or, if the value is an option, of the
    /// option's content. Grows the area for results if it is too small.
    pub(super) fn result_of(&mut self, value: Layout) -> ResultLayout {
        let inner = align_to(1, value.align);
        let payload = ERROR.align.max(value.align);
        self.module
            .result(payload + ERROR.size.max(inner + value.size));
        ResultLayout { payload, inner }
    }

    /// Begins a function of the adapter. If the function fails, it writes the error into its result at the offset
    /// `payload`.
    pub(super) fn begin(&self, payload: u64) -> Code {
        let mut code = Code::leaving(format!("(return (call $refuse (i32.const {payload})))"));
        code.line("(call $begin)");
        code
    }

    /// Adds a name to the path of the errors that later code returns.
    pub(super) fn enter(&mut self, code: &mut Code, name: &str) {
        let name = self.module.text(name);
        code.path.push(Segment::Member(name));
    }

    /// Returns the statement that leaves the function with an error because there is not enough memory.
    pub(super) fn no_memory(&mut self, payload: u64) -> String {
        let text = self.module.text(message::NO_MEMORY);
        format!("(return (call $refuse-memory (i32.const {payload}) (i32.const {text})))")
    }

    /// Adds code that reserves heap. `bytes` is an expression for the number of bytes. If reserving fails, the function
    /// returns an error.
    pub(super) fn reserve_or(&mut self, code: &mut Code, bytes: &str, payload: u64) {
        let no_memory = self.no_memory(payload);
        code.line(&format!("(if (call $reserve {bytes}) (then {no_memory}))"));
    }

    /// Adds code that reserves `each` bytes of heap for each element. `count` is the local with the number of elements.
    pub(super) fn reserve_each(&mut self, code: &mut Code, count: &str, each: u64, payload: u64) {
        let bytes = format!("(i64.mul (i64.extend_i32_u (local.get {count})) (i64.const {each}))");
        self.reserve_or(code, &bytes, payload);
    }

    /// Adds code that writes a value as C bytes. Returns these bytes. `name` is the name of the value in the paths of
    /// errors.
    pub(super) fn bytes_of(
        &mut self,
        code: &mut Code,
        (ty, extent): (&ValueType, Extent),
        from: &Address,
        (name, payload): (&str, u64),
    ) -> Span {
        self.enter(code, name);
        let no_memory = self.no_memory(payload);
        let span = self.write_new(code, ty, from, extent, &no_memory);
        code.path.pop();
        span
    }

    /// Adds code that reads a value from C bytes. `name` is the name of the value in the paths of errors.
    pub(super) fn value_of(
        &mut self,
        code: &mut Code,
        ty: &ValueType,
        bytes: &Span,
        to: &Address,
        (name, payload): (&str, u64),
    ) {
        let heap = self.heap(ty);
        self.reserve_or(code, &format!("(i64.const {heap})"), payload);
        self.enter(code, name);
        let size = self.plan.size_of(ty);
        self.check_bytes(code, ty, bytes, (size, size));
        if self.counts {
            code.line(&format!("(call $set-budget (local.get {}))", bytes.length));
        }
        let from = Place::whole(Address::new(&bytes.at));
        self.read(code, ty, &ty.dims, &from, to, &[]);
        code.path.pop();
    }

    /// Adds code that returns the host's error if the call of the host failed. `at` is the offset of the payload in the
    /// host's result, and `payload` its offset in the function's result.
    pub(super) fn pass_error(&mut self, code: &mut Code, at: u64, payload: u64) {
        code.line(&format!(
            "(if {} (then (return (call $pass-error (i32.add (global.get $answer) (i32.const {at})) (i32.const {payload})))))",
            answer(0)
        ));
    }

    /// Adds code that takes the list at an offset of the host's result. Returns the locals with the list's address and
    /// length.
    pub(super) fn host_list(&mut self, code: &mut Code, name: &str, at: u64) -> Span {
        let span = Span {
            at: code.numbered(name, "i32"),
            length: code.numbered(&format!("{name}-length"), "i32"),
        };
        code.set(&span.at, &answer(at));
        code.set(&span.length, &answer(at + 4));
        span
    }
}

impl Generator<'_> {
    /// Adds a check that the length of `bytes`, which the host returned, is a multiple of `of`, or 0 if `of` is 0. `of`
    /// is an expression.
    pub(super) fn check_multiple(
        &mut self,
        code: &mut Code,
        bytes: &Span,
        of: &str,
        message: &str,
    ) {
        let message = self.module.message(message);
        let bytes = bytes.arguments();
        code.fail_if(&format!(
            "(call $check-multiple {bytes} {of} (i32.const {message}))"
        ));
    }
}

/// Adds code that allocates a list. `count` is the local with the number of elements, each of which has `size` bytes.
/// Returns the local with the address of the list.
pub(super) fn alloc_list(code: &mut Code, list: String, count: &str, size: u64) -> String {
    let bytes = format!("(i32.mul (local.get {count}) (i32.const {size}))");
    code.set(&list, &format!("(call $alloc {bytes})"));
    list
}

/// Adds code that stores the address and the length of a list, which are in two locals.
pub(super) fn store_list(code: &mut Code, to: &Address, list: &str, count: &str) {
    code.line(&store(to, 4, &format!("(local.get {list})")));
    code.line(&store(&to.plus(4), 4, &format!("(local.get {count})")));
}

/// Adds the code that ends a function after success.
pub(super) fn succeed(code: &mut Code) {
    code.line("(i32.store8 (global.get $result) (i32.const 0))");
    code.line("(global.get $result)");
}

/// Adds code that computes the address of the payload in the function's result, at the given offset. Returns that
/// address.
pub(super) fn payload(code: &mut Code, offset: u64) -> Address {
    let local = code.local("result", "i32");
    code.set(&local, "(global.get $result)");
    Address::new(&local).plus(offset)
}
