//! Generates the exported functions of a codec, and the module that contains them.

use super::code::{Address, Code};
use super::room::MAX_FACTOR;
use super::{CodecError, CodecItem, CommonNames, Extent, Generator, MAX_TEXT, Place, message};

/// The offset of the payload in a `result`, in bytes. It is 8, since an error contains a number of 64 bits.
const PAYLOAD: u64 = 8;

impl Generator<'_> {
    /// Returns the text of the codec's module.
    pub(super) fn module(
        mut self,
        items: &[CodecItem],
        interface: &str,
        names: CommonNames,
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
        let fingerprints = format!("{interface}#{}", names.fingerprints);
        exports.push_str(&self.export_fingerprints(items, &fingerprints));
        let head = format!(
            ";; {made}\n\
             ;; A component of this module has the interface {interface}. The names of functions begin with a\n\
             ;; verb: `read` turns bytes into values, `write` turns values into bytes.\n"
        );
        self.module
            .finish(&head, &exports, path)
            .ok_or(CodecError::Text)
    }

    /// Returns the text of the function that returns the label and the fingerprint of each type. The list is a constant
    /// in memory.
    fn export_fingerprints(&mut self, items: &[CodecItem], name: &str) -> String {
        let labels = items.iter().map(|item| self.module.text(&item.label));
        let labels: Vec<u64> = labels.collect();
        let list = self.module.aligned();
        let mut bytes = Vec::new();
        let mut word = |word: u64| bytes.extend_from_slice(&(word as u32).to_le_bytes());
        word(list + 8);
        word(items.len() as u64);
        for (item, label) in items.iter().zip(labels) {
            // In memory, the two bytes before a text are its length, so the text itself begins after them.
            word(label + 2);
            word(item.label.len() as u64);
            word(item.fingerprint);
            word(item.fingerprint >> 32);
        }
        self.module.constant(&bytes);
        format!(
            "  ;; Returns the name and the fingerprint of each type.\n  \
               (func $fingerprints (export \"{name}\") (result i32)\n    \
                 (i32.const {list}))\n\n"
        )
    }

    /// Returns the exported functions for one type.
    fn exports(&mut self, item: &CodecItem, interface: &str) -> String {
        let mut out = self.export_read(item, interface);
        if let Some(name) = &item.functions.read_all {
            out.push_str(&self.export_read_all(item, interface, name));
        }
        out.push_str(&self.export_write(item, interface));
        out
    }

    fn export_read(&mut self, item: &CodecItem, interface: &str) -> String {
        let check = self.check_length(item);
        let name = self.module.text(&item.name);
        let mut code = begin(name);
        code.line(&format!("(if {check} (then {}))", fail(name)));
        let flexible = self.plan.flexible_in(&item.ty).is_some();
        let heap = self.heap(&item.ty);
        let heap = match flexible {
            true => format!(
                "(i64.add (i64.const {heap}) (i64.mul (i64.extend_i32_u (local.get $length)) (i64.const {})))",
                self.flexible(&item.ty).heap.min(MAX_FACTOR)
            ),
            false => format!("(i64.const {heap})"),
        };
        self.reserve(&mut code, &heap, name);
        if self.counts {
            code.line("(call $set-budget (local.get $length))");
        }
        let result = code.local("result", "i32");
        code.set(&result, "(global.get $result)");
        let from = whole_or_rest("$bytes", flexible);
        let to = Address::new(&result).plus(PAYLOAD);
        self.read(&mut code, &item.ty, &item.ty.dims, &from, &to, &[]);
        succeed(&mut code, &[]);
        let comment = format!("Reads the bytes of one {}.", item.c);
        let function = &item.functions.read;
        export(code, &comment, interface, function, PARAMETERS_READ)
    }

    /// Returns the check that the argument has as many bytes as the type. If the type ends in a flexible array, the
    /// check is that the argument has the bytes before the array.
    fn check_length(&mut self, item: &CodecItem) -> String {
        let size = self.plan.size_of(&item.ty);
        let (least, most) = match self.plan.flexible_in(&item.ty) {
            Some(least) => (least, u32::MAX.into()),
            None => (size, size),
        };
        let few = self.module.message(&message::too_few(least));
        let many = self.module.message(&message::too_many(size));
        format!(
            "(call $check-length (local.get $bytes) (local.get $length) (i32.const {least}) (i32.const {most}) \
             (i32.const {few}) (i32.const {many}))"
        )
    }

    fn export_read_all(&mut self, item: &CodecItem, interface: &str, function: &str) -> String {
        let size = self.plan.size_of(&item.ty);
        let few = self.module.message(&message::too_few(size));
        let name = self.module.text(&item.name);
        let mut code = begin(name);
        let [count, list, from] = ["count", "list", "from"].map(|name| code.local(name, "i32"));
        self.begin_list(&mut code, item, name);
        self.read_records(&mut code, item);
        let rest = format!("(i32.rem_u (local.get $length) (i32.const {size}))");
        code.line(&format!(
            "(if {rest} (then (drop (call $raise-number (i32.const {few}) (local.get {from}) \
             (i64.extend_i32_u {rest}) (i64.const 0))) {}))",
            fail(name)
        ));
        succeed(&mut code, &[&list, &count]);
        let comment = format!("Reads the bytes of any number of {} in a row.", item.c);
        export(code, &comment, interface, function, PARAMETERS_READ)
    }

    /// Adds code that sets `$count` to the number of consecutive values, and `$list` to new memory for these values.
    fn begin_list(&mut self, code: &mut Code, item: &CodecItem, name: u64) {
        let size = self.plan.size_of(&item.ty);
        let element = self.abi.of(&item.ty, &item.ty.dims).size;
        let each = self.heap(&item.ty).saturating_add(element);
        let each = each.min(MAX_FACTOR * 8);
        code.line("(global.set $base (local.get $bytes))");
        code.set(
            "$count",
            &format!("(i32.div_u (local.get $length) (i32.const {size}))"),
        );
        let heap = format!("(i64.mul (i64.extend_i32_u (local.get $count)) (i64.const {each}))");
        self.reserve(code, &heap, name);
        code.set(
            "$list",
            &format!("(call $alloc (i32.mul (local.get $count) (i32.const {element})))"),
        );
    }

    /// Adds code that reads `$count` values. After that, `$from` is the address after the bytes of the last one.
    fn read_records(&mut self, code: &mut Code, item: &CodecItem) {
        let size = self.plan.size_of(&item.ty);
        let element = self.abi.of(&item.ty, &item.ty.dims).size;
        let [index, from, to] = ["index", "from", "to"].map(|name| code.local(name, "i32"));
        code.set(&from, "(local.get $bytes)");
        code.set(&to, "(local.get $list)");
        code.line("(if (local.get $count) (then (loop $records");
        code.deeper();
        if self.counts {
            code.line(&format!("(call $set-budget (i32.const {size}))"));
        }
        let place = Place::whole(Address::new(&from));
        let value = Address::new(&to);
        self.read(code, &item.ty, &item.ty.dims, &place, &value, &[]);
        for (cursor, step) in [(&from, size), (&to, element)] {
            code.set(
                cursor,
                &format!("(i32.add (local.get {cursor}) (i32.const {step}))"),
            );
        }
        code.line(&format!(
            "(br_if $records (i32.lt_u (local.tee {index} (i32.add (local.get {index}) (i32.const 1))) \
             (local.get $count))))))"
        ));
        code.shallower();
    }

    fn export_write(&mut self, item: &CodecItem, interface: &str) -> String {
        let name = self.module.text(&item.name);
        let flexible = self.plan.flexible_in(&item.ty).is_some();
        let mut code = begin(name);
        let from = Address::new("$value");
        let parameters = self.take_parameters(&mut code, &item.ty);
        let extent = match flexible {
            true => Extent::Rest,
            false => Extent::Whole,
        };
        let text = self.module.text(message::NO_MEMORY);
        let no_memory =
            format!("(return (call $fail-memory (i32.const {name}) (i32.const {text})))");
        self.write_new(&mut code, &item.ty, &from, extent, &no_memory);
        succeed(&mut code, &["$bytes", "$length"]);
        let comment = format!("Returns the bytes of a {}.", item.c);
        let function = &item.functions.write;
        export(code, &comment, interface, function, &parameters)
    }
}

const PARAMETERS_READ: &str = "(param $bytes i32) (param $length i32)";

/// Returns the place of C bytes whose address is in a local. If `flexible` is true, the type ends in a flexible array,
/// which takes the remaining bytes.
fn whole_or_rest(local: &str, flexible: bool) -> Place {
    let mut place = Place::whole(Address::new(local));
    if flexible {
        place.extent = Extent::Rest;
    }
    place
}

/// Returns the statement that returns an error. `name` is the address of the name of the type, with which the path of
/// the error begins.
fn fail(name: u64) -> String {
    format!("(return (call $fail (i32.const {name})))")
}

/// Begins an exported function. `name` is the address of the name of the type, with which the paths of its errors
/// begin.
fn begin(name: u64) -> Code {
    let mut code = Code::leaving(fail(name));
    code.line("(call $begin)");
    code
}

/// Adds the code that ends a function after success. If the function returns a list, `parts` are the locals with the
/// list's address and length. Other values are in the result already, and `parts` is empty.
fn succeed(code: &mut Code, parts: &[&str]) {
    code.line("(i32.store8 (global.get $result) (i32.const 0))");
    for (at, part) in (0..).zip(parts) {
        code.line(&format!(
            "(i32.store offset={} (global.get $result) (local.get {part}))",
            PAYLOAD + 4 * at
        ));
    }
    code.line("(global.get $result)");
}

/// Returns the text of an exported function.
fn export(code: Code, comment: &str, interface: &str, name: &str, parameters: &str) -> String {
    let export = format!("${name} (export \"{interface}#{name}\") {parameters} (result i32)");
    let mut out = code.finish_value(comment, &export);
    out.push('\n');
    out
}
