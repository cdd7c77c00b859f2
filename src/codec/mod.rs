//! Generates a codec: a component that reads C bytes as values of WIT types, and writes such values as C bytes.
//!
//! The core module is generated as text, from the plan that the decoder (`decode`) runs. So the codec returns the same
//! values and messages as a strict decoder, and rejects the same input. The module has functions for each record and
//! variant, and helper functions from `helpers.wat`. These functions read and write values in the form of the
//! canonical ABI, so no value is converted twice. A string that is UTF-8, or a byte list of any length, points into the
//! bytes from which the value was read.

mod abi;
mod adapter;
mod arm;
mod bytes;
mod cases;
mod code;
mod component;
mod export;
mod facts;
mod message;
mod module;
mod number;
mod parameters;
mod read;
mod room;
mod stored;
mod wit;
mod write;

pub(crate) use adapter::write as write_adapter;
pub(crate) use component::encode;
pub(crate) use wit::{CommonNames, FunctionNames, INTERFACE, interface, may_clash};

use std::collections::HashMap;

use crate::plan::{Node, NodeField, Plan, ValueType};
use abi::Abi;
use code::{Address, Code};
use facts::Facts;
use module::Module;
use number::{Bits, Numbers};

/// The maximum length of a module's text, in bytes.
const MAX_TEXT: usize = 200 << 20;
/// The maximum length of a list in the component model, in bytes.
const MAX_SIZE: u64 = 1 << 28;

/// A type that a codec reads and writes.
pub(crate) struct CodecItem {
    /// The label of the type in the interface.
    pub label: String,
    /// The name with which paths in error messages begin.
    pub name: String,
    /// The C declaration, such as `struct event`.
    pub c: String,
    pub ty: ValueType,
    /// The fingerprint of the type's layout.
    pub fingerprint: u64,
    pub functions: FunctionNames,
}

/// The reason why a codec cannot be generated.
#[derive(Debug)]
pub(crate) enum CodecError {
    /// The module's text would be longer than `MAX_TEXT`, or its constants, areas or messages would be too large.
    Text,
    /// The name of an interface is taken, or a library rejected the WIT text or the module. The value is the message.
    Refused(String),
}

/// Returns the text of a codec's core module. `interface` is the full name of the codec's interface, `declare` returns
/// the comment with the C declaration of a member, and `made` is the comment that names the generator.
pub(crate) fn write(
    plan: &Plan,
    items: &[CodecItem],
    interface: &str,
    names: CommonNames,
    declare: &dyn Fn(&NodeField) -> String,
    made: &str,
) -> Result<String, CodecError> {
    let generator = Generator::new(plan, declare);
    generator.module(items, interface, names, made)
}

/// Returns for each type whether its values can be passed to a component: neither the C bytes of a value nor its form
/// in the canonical ABI is larger than `MAX_SIZE`.
pub(crate) fn are_passed<'t>(plan: &Plan, types: impl Iterator<Item = &'t ValueType>) -> Vec<bool> {
    let abi = Abi::new(plan);
    let size = |ty: &ValueType| plan.size_of(ty).max(abi.of(ty, &ty.dims).size);
    types.map(|ty| size(ty) <= MAX_SIZE).collect()
}

struct Generator<'a> {
    plan: &'a Plan,
    abi: Abi<'a>,
    facts: Facts,
    numbers: Numbers,
    module: Module,
    declare: &'a dyn Fn(&NodeField) -> String,
    readers: HashMap<(u32, Extent), Function>,
    writers: HashMap<(u32, Extent, bool), Function>,
    checkers: HashMap<u32, Function>,
    extenders: HashMap<u32, String>,
    case_functions: HashMap<(u32, u8), String>,
    value_functions: HashMap<u32, String>,
    arm_functions: HashMap<u32, String>,
    per_byte: HashMap<u32, room::PerByte>,
    /// Whether the functions count the values that they read. They do if any type may have more values than the decoder
    /// allows.
    counts: bool,
    /// Whether the function that is being generated writes members that share bits with other members.
    shared: bool,
}

/// A function of the module.
#[derive(Clone, Debug)]
struct Function {
    name: String,
    /// Whether the function can fail. If it can, it returns 1 after a problem and otherwise 0. If it cannot, it
    /// returns nothing.
    fails: bool,
}

/// Where the bytes of a value end, compared with the size of its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Extent {
    /// All bytes of the type exist. A flexible array in the type is empty.
    Whole,
    /// The input may end inside the value, so bytes of the value may be missing. A flexible array in the type is
    /// empty.
    Short,
    /// The input may end inside the value, or continue in the flexible array at the end of the type.
    Rest,
}

/// The place of a value's C bytes.
#[derive(Clone, Debug)]
struct Place {
    at: Address,
    /// The number of bits in the first byte that come before the value.
    first: u8,
    /// The width in bits if the value is a bitfield, otherwise 0.
    width: u8,
    extent: Extent,
}

impl Place {
    fn whole(at: Address) -> Place {
        Place {
            at,
            first: 0,
            width: 0,
            extent: Extent::Whole,
        }
    }

    fn of(field: &NodeField, node: &Address, extent: Extent) -> Place {
        Place {
            at: node.plus(u64::from(field.bit_offset / 8)),
            first: (field.bit_offset % 8) as u8,
            width: field.bits,
            extent,
        }
    }

    /// Returns the position and width of the number at this place. `bits` is the width in bits if the number is not a
    /// bitfield.
    fn bits(&self, bits: u8) -> Bits {
        Bits {
            at: self.at.clone(),
            first: self.first,
            width: match self.width {
                0 => bits,
                width => width,
            },
        }
    }
}

impl<'a> Generator<'a> {
    fn new(plan: &'a Plan, declare: &'a dyn Fn(&NodeField) -> String) -> Generator<'a> {
        Generator {
            plan,
            abi: Abi::new(plan),
            facts: Facts::new(plan),
            numbers: Numbers {
                endian: plan.endian,
            },
            module: Module::new(plan.endian),
            declare,
            readers: HashMap::new(),
            writers: HashMap::new(),
            checkers: HashMap::new(),
            extenders: HashMap::new(),
            case_functions: HashMap::new(),
            value_functions: HashMap::new(),
            arm_functions: HashMap::new(),
            per_byte: HashMap::new(),
            counts: false,
            shared: false,
        }
    }

    /// Returns the name of a generated function for a node. `verb` says what the function does, such as `read`.
    fn name(&self, verb: &str, index: u32, node: &Node, extent: Extent) -> String {
        let mut name = format!("${verb}.{}", node.label);
        if self.plan.repeats_label(index) {
            name.push_str(&format!(".{index}"));
        }
        name.push_str(match extent {
            Extent::Whole => "",
            Extent::Short => ".short",
            Extent::Rest => ".rest",
        });
        name
    }

    /// Returns the parameters of a function for a node: the addresses to read from and to write to, and the addresses
    /// of the enclosing nodes that the function needs.
    fn parameters(&mut self, index: u32) -> String {
        let levels = self.facts.levels(self.plan, index);
        let around = (1..=levels).map(|level| format!(" (param $around{level} i32)"));
        format!(
            "(param $from i32) (param $to i32){}",
            around.collect::<String>()
        )
    }

    /// Returns the locals with the addresses of a node and of the nodes around it, innermost first. All of these nodes
    /// enclose the members of the node.
    fn enclosing_locals(&mut self, index: u32) -> Vec<String> {
        let levels = self.facts.levels(self.plan, index);
        let around = (1..=levels).map(|level| format!("$around{level}"));
        std::iter::once("$from".to_owned()).chain(around).collect()
    }

    /// Returns the arguments for the enclosing nodes in a call of a function for a node. `at` is the address of the
    /// node, and `around` are the locals with the addresses of the enclosing nodes.
    fn enclosing_arguments(&mut self, index: u32, at: &Address, around: &[String]) -> String {
        let levels = self.facts.levels(self.plan, index);
        let argument = |level: usize| match around.get(level) {
            Some(local) => format!(" (local.get {local})"),
            // This case is unreachable: an arm choice only uses numbers in types that enclose the union everywhere.
            None => format!(" {}", at.expr()),
        };
        (0..levels).map(argument).collect()
    }

    /// Returns the arguments for the enclosing nodes in a call from a function for the same node. The calling function
    /// has the same addresses as parameters.
    fn same_enclosing_arguments(&mut self, index: u32) -> String {
        let levels = self.facts.levels(self.plan, index);
        let around = (1..=levels).map(|level| format!(" (local.get $around{level})"));
        around.collect()
    }

    fn comment(&self, code: &mut Code, field: &NodeField) {
        code.comment(&(self.declare)(field));
    }
}
