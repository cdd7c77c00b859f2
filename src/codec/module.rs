//! Builds the text of a core module: its functions, the helper functions that these call, and its constants in memory.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use crate::btf::Endian;

const HELPERS: &str = include_str!("helpers.wat");
const LITTLE: &str = include_str!("little.wat");
const BIG: &str = include_str!("big.wat");
const ADAPTER: &str = include_str!("adapter/adapter.wat");

/// The address of the first constant. It is not 0, so no constant has the null address.
const CONSTANTS: u64 = 16;
/// The size of a page of memory, in bytes.
const PAGE: u64 = 1 << 16;
/// The maximum size of a result of a host function, in bytes.
const ANSWER: u64 = 32;
/// The bytes reserved for the numbers of a message, including the space in which their digits are generated.
const NUMBER_ROOM: u64 = 256;

/// Characters in a message that stand for text which is known only when the codec runs.
pub(super) mod placeholder {
    /// The number that the problem is about, in decimal.
    pub const NUMBER: char = '\u{1}';
    /// A number of bytes together with its verb: `are none`, `is 1`, `are 4`.
    pub const COUNT: char = '\u{2}';
    /// The path of the member that the problem is about, without array indexes.
    pub const PATH: char = '\u{3}';
    /// The number that the problem is about, in hexadecimal.
    pub const HEX: char = '\u{4}';
}

/// A module that is being generated.
pub(super) struct Module {
    endian: Endian,
    constants: Vec<u8>,
    /// The address of each constant, by its bytes.
    known: HashMap<Vec<u8>, u64>,
    placeholders: BTreeSet<char>,
    /// Whether messages may contain numbers of more than 64 bits. If not, the module does not get the code that prints
    /// such numbers.
    pub wide: bool,
    longest_message: u64,
    functions: String,
    /// The size of the area for results, in bytes.
    results: u64,
    /// The size of the area for parameters, in bytes.
    parameters: u64,
    /// The size of the area of zeros, in bytes.
    zeros: u64,
    /// The imports of host functions, by function name.
    imports: BTreeMap<&'static str, String>,
    /// The names of global counters, which keep their values between calls.
    counters: Vec<String>,
    adapter: bool,
}

impl Module {
    pub fn new(endian: Endian) -> Module {
        Module {
            endian,
            constants: Vec::new(),
            known: HashMap::new(),
            placeholders: BTreeSet::new(),
            wide: false,
            longest_message: 0,
            functions: String::new(),
            results: 32,
            parameters: 0,
            zeros: 0,
            imports: BTreeMap::new(),
            counters: Vec::new(),
            adapter: false,
        }
    }

    /// Makes this the module of an adapter, which has an area for results of the host.
    pub fn set_adapter(&mut self) {
        self.adapter = true;
    }

    /// Imports a function of the host. `text` is the import in WebAssembly's text format.
    pub fn import(&mut self, name: &'static str, text: String) {
        self.imports.entry(name).or_insert(text);
    }

    /// Adds a global counter of 64 bits that starts at 0. Returns its name.
    pub fn counter(&mut self, name: &str) -> String {
        self.counters.push(name.to_owned());
        name.to_owned()
    }

    /// Appends the text of a function.
    pub fn function(&mut self, text: &str) {
        self.functions.push('\n');
        self.functions.push_str(text);
    }

    /// Returns the approximate length of the text so far, in bytes.
    pub fn len(&self) -> usize {
        self.functions.len() + self.constants.len()
    }

    /// Returns the address of a constant. Equal constants share one address.
    pub fn constant(&mut self, bytes: &[u8]) -> u64 {
        if let Some(known) = self.known.get(bytes) {
            return *known;
        }
        let address = CONSTANTS + self.constants.len() as u64;
        self.constants.extend_from_slice(bytes);
        self.known.insert(bytes.to_vec(), address);
        address
    }

    /// Pads the constants to a multiple of 8 bytes. Returns the address at which the next constant begins.
    pub fn aligned(&mut self) -> u64 {
        let end = CONSTANTS + self.constants.len() as u64;
        let start = end.next_multiple_of(8);
        self.constants.resize((start - CONSTANTS) as usize, 0);
        start
    }

    /// Stores a text as a constant, after its length in two bytes. Returns the address of the length. A text of more
    /// than 65535 bytes is cut.
    pub fn text(&mut self, text: &str) -> u64 {
        let mut length = text.len().min(usize::from(u16::MAX));
        while !text.is_char_boundary(length) {
            length -= 1;
        }
        let mut bytes = (length as u16).to_le_bytes().to_vec();
        bytes.extend_from_slice(text.as_bytes().get(..length).unwrap_or_default());
        self.constant(&bytes)
    }

    /// Stores a string of any length as a constant. Returns the address of its first byte, and its length.
    pub fn string(&mut self, string: &str) -> (u64, u64) {
        let address = match u16::try_from(string.len()) {
            Ok(_) => self.text(string) + 2,
            Err(_) => self.constant(string.as_bytes()),
        };
        (address, string.len() as u64)
    }

    /// Returns the address of a message, which may contain placeholders.
    pub fn message(&mut self, text: &str) -> u64 {
        let placeholders = text.chars().filter(|c| ('\u{1}'..='\u{4}').contains(c));
        self.placeholders.extend(placeholders);
        self.longest_message = self.longest_message.max(text.len() as u64);
        self.text(text)
    }

    /// Grows the area for results to at least `size` bytes.
    pub fn result(&mut self, size: u64) {
        self.results = self.results.max(size);
    }

    /// Grows the area for parameters to at least `size` bytes.
    pub fn parameters(&mut self, size: u64) {
        self.parameters = self.parameters.max(size);
    }

    /// Grows the area of zeros to at least `size` bytes. Members that the target lacks are read from this area.
    pub fn zeros(&mut self, size: u64) {
        self.zeros = self.zeros.max(size);
    }

    /// Returns the address of the area for results.
    fn result_area(&self) -> u64 {
        (CONSTANTS + self.constants.len() as u64).next_multiple_of(16)
    }

    /// Returns the text of the module. `head` is the comment at its start, `exports` the text of the exported
    /// functions, and `path` the maximum length of a path in bytes. Returns `None` if the constants and areas, or a
    /// message, need too much memory.
    pub fn finish(mut self, head: &str, exports: &str, path: u64) -> Option<String> {
        let render = self.render();
        self.function(&render);
        let helpers = self.helpers(exports);
        let result = self.result_area();
        let parameters = result.checked_add(self.results)?.next_multiple_of(16);
        let zeros = parameters
            .checked_add(self.parameters)?
            .next_multiple_of(16);
        let answer = zeros.checked_add(self.zeros)?.next_multiple_of(16);
        let heap = match self.adapter {
            true => answer + ANSWER,
            false => answer,
        };
        let pages = heap.div_ceil(PAGE) + 1;
        // This is more than an error needs: a message repeats the path up to three times, and the path itself needs
        // room as well.
        let room = 5 * path + self.longest_message + NUMBER_ROOM;
        if pages > 1 << 15 || room > 1 << 24 {
            return None;
        }
        let mut out = format!("{head}(module\n");
        self.imports.values().for_each(|text| out.push_str(text));
        if self.adapter {
            let _ = writeln!(
                out,
                "\n  ;; The address of the host's result.\n  (global $answer i32 (i32.const {answer}))"
            );
        }
        for counter in &self.counters {
            let _ = writeln!(out, "  (global {counter} (mut i64) (i64.const 0))");
        }
        let _ = write!(
            out,
            "  (memory (export \"memory\") {pages} 65535)\n\n  \
               ;; The start and the end of the heap, and the areas for results, for parameters and of zeros.\n  \
               (global $heap-start i32 (i32.const {heap}))\n  \
               (global $heap (mut i32) (i32.const {heap}))\n  \
               (global $result i32 (i32.const {result}))\n  \
               (global $parameters i32 (i32.const {parameters}))\n  \
               (global $zeros i32 (i32.const {zeros}))\n  \
               ;; Whether the heap has data of a call that has begun. The next call frees such data.\n  \
               (global $called (mut i32) (i32.const 0))\n  \
               ;; The start and the end of the record that is read or written.\n  \
               (global $base (mut i32) (i32.const 0))\n  \
               (global $end (mut i32) (i32.const 0))\n  \
               ;; The distance from written bytes to the mask, which has the bits that a member has written.\n  \
               (global $mask (mut i32) (i32.const 0))\n  \
               ;; The number of values that the record may still have.\n  \
               (global $budget (mut i64) (i64.const 0))\n  \
               ;; The last problem: its message, its address, a number of 128 bits, and the member's path.\n  \
               (global $message (mut i32) (i32.const 0))\n  \
               (global $at (mut i32) (i32.const 0))\n  \
               (global $number (mut i64) (i64.const 0))\n  \
               (global $number-high (mut i64) (i64.const 0))\n  \
               (global $path (mut i32) (i32.const 0))\n  \
               (global $path-end (mut i32) (i32.const 0))\n  \
               (global $path-room i32 (i32.const {path}))\n  \
               (global $error-room i32 (i32.const {room}))\n"
        );
        self.data(&mut out);
        out.push('\n');
        out.push_str(exports);
        out.push_str(&self.functions);
        out.push_str(&helpers);
        out.push_str(")\n");
        Some(out)
    }

    /// Writes the constants, one per line.
    fn data(&self, out: &mut String) {
        let _ = write!(
            out,
            "\n  ;; Names and messages, each after its length in two bytes, and tables of values.\n  \
               (data (i32.const {CONSTANTS})"
        );
        let mut known: Vec<(&u64, &Vec<u8>)> = self.known.iter().map(|(b, a)| (a, b)).collect();
        known.sort_unstable();
        let mut end = CONSTANTS;
        for (address, bytes) in known {
            // The padding before a constant that must be aligned.
            let unused = address.saturating_sub(end) as usize;
            if unused > 0 {
                let _ = write!(out, "\n    \"{}\"", "\\00".repeat(unused));
            }
            let _ = write!(out, "\n    (; {address} ;) \"");
            end = address + bytes.len() as u64;
            for byte in bytes {
                match byte {
                    b'"' | b'\\' => {
                        out.push('\\');
                        out.push(char::from(*byte));
                    }
                    0x20..=0x7e => out.push(char::from(*byte)),
                    byte => {
                        let _ = write!(out, "\\{byte:02x}");
                    }
                }
            }
            out.push('"');
        }
        out.push_str(")\n");
    }

    /// Returns the text of the function that writes the message of the last problem.
    fn render(&self) -> String {
        let mut out = "  ;; Writes the message of the last problem. Returns the address after the message.\n  \
             (func $render (param $to i32) (result i32)\n    \
               (local $from i32) (local $end i32) (local $byte i32)\n    \
               (local.set $from (i32.add (global.get $message) (i32.const 2)))\n    \
               (local.set $end\n      \
                 (i32.add (local.get $from) (i32.load16_u (global.get $message))))\n    \
               (loop $bytes (result i32)\n      \
                 (if (i32.ge_u (local.get $from) (local.get $end)) (then (return (local.get $to))))\n      \
                 (local.set $byte (i32.load8_u (local.get $from)))\n      \
                 (local.set $from (i32.add (local.get $from) (i32.const 1)))\n"
            .to_owned();
        let number = if self.wide {
            "$render-wide"
        } else {
            "$render-number"
        };
        for (placeholder, call) in [
            (placeholder::NUMBER, number),
            (placeholder::COUNT, "$render-count"),
            (placeholder::PATH, "$render-path"),
            (placeholder::HEX, "$render-hex"),
        ] {
            if self.placeholders.contains(&placeholder) {
                let _ = writeln!(
                    out,
                    "      (if (i32.eq (local.get $byte) (i32.const {}))\n        \
                         (then (local.set $to (call {call} (local.get $to))) (br $bytes)))",
                    u32::from(placeholder)
                );
            }
        }
        out.push_str(
            "      (i32.store8 (local.get $to) (local.get $byte))\n      \
                   (local.set $to (i32.add (local.get $to) (i32.const 1)))\n      \
                   (br $bytes)))\n",
        );
        out
    }

    /// Returns the text of the helper functions that the module needs: `$realloc`, and those that the module's
    /// functions call, directly or through other helpers. The helper functions keep the order of their files.
    fn helpers(&self, exports: &str) -> String {
        let bits = match self.endian {
            Endian::Little => LITTLE,
            Endian::Big => BIG,
        };
        let all: Vec<&str> = [HELPERS, bits, ADAPTER]
            .into_iter()
            .flat_map(helpers)
            .collect();
        let by_name: HashMap<&str, &str> = all.iter().map(|text| (name(text), *text)).collect();
        let mut called = BTreeSet::from(["$realloc"]);
        let mut open: Vec<&str> = vec![exports, &self.functions];
        open.extend(called.iter().filter_map(|name| by_name.get(name)));
        while let Some(text) = open.pop() {
            for name in calls(text) {
                if let Some((name, helper)) = by_name.get_key_value(name)
                    && called.insert(name)
                {
                    open.push(helper);
                }
            }
        }
        let used = all.into_iter().filter(|text| called.contains(name(text)));
        used.map(|text| format!("\n{text}\n")).collect()
    }
}

/// Splits a file of helper functions at its blank lines. Each part has one function and the comment before it.
fn helpers(file: &'static str) -> impl Iterator<Item = &'static str> {
    let parts = file.split("\n\n").map(|part| part.trim_end());
    parts.filter(|part| part.contains("\n  (func ") || part.starts_with("  (func "))
}

/// Returns the name of the function in a text.
fn name(text: &str) -> &str {
    let behind = text.split_once("(func ").map_or("", |(_, behind)| behind);
    word(behind)
}

/// Returns the names of the functions that a text calls.
fn calls(text: &str) -> impl Iterator<Item = &str> {
    text.split("(call ").skip(1).map(word)
}

fn word(text: &str) -> &str {
    let end = text.find([' ', ')', '\n']);
    text.get(..end.unwrap_or(text.len())).unwrap_or_default()
}
