//! Generates the adapter of an object: a component that implements the typed interfaces of a skeleton. It calls the
//! host's untyped interface.
//!
//! Most functions write their arguments as C bytes, call a function of the host, and read the bytes that the host
//! returns. The functions that write and read bytes are those of codecs. `raw` has the functions of the host, and
//! `call` the parts that all functions of an adapter have. `map`, `records` and `object` generate the functions.

mod call;
mod entries;
mod map;
mod object;
mod ordered;
mod per_cpu;
mod raw;
mod records;

use crate::plan::{NodeField, Plan, ValueType};
use crate::skeleton::{Functions, GLOBALS, OBJECT, PROGRAMS, RecordType, Skeleton};

use super::{CodecError, Generator, MAX_TEXT};
use call::Interface;

/// Returns the text of the adapter's core module. `interface` returns the full name of an interface, `declare` returns
/// the comment with the C declaration of a member, and `made` is the comment that names the generator.
pub(crate) fn write(
    plan: &Plan,
    skeleton: &Skeleton,
    interface: &dyn Fn(&str) -> String,
    declare: &dyn Fn(&NodeField) -> String,
    made: &str,
) -> Result<String, CodecError> {
    let mut generator = Generator::new(plan, declare);
    generator.module.set_adapter();
    generator.prepare(skeleton);
    let mut exports = generator.object(&Interface::new(interface(OBJECT)));
    for map in &skeleton.maps {
        let own = Interface::new(interface(&map.label));
        exports.push_str(&generator.map(&own, map));
        if exports.len() + generator.module.len() > MAX_TEXT {
            return Err(CodecError::Text);
        }
    }
    let globals = Interface::new(interface(GLOBALS));
    for global in &skeleton.globals {
        exports.push_str(&generator.global(&globals, global));
    }
    if !skeleton.programs.is_empty() {
        let own = Interface::new(interface(PROGRAMS));
        exports.push_str(&generator.programs(&own, &skeleton.programs));
    }
    let head = format!(
        ";; {made}\n\
         ;; A component of this module implements the interfaces of a BPF object. The name of a function\n\
         ;; has three parts: its interface, a dot, and its name in WIT. The interface `raw` is that of the host.\n"
    );
    let path = generator.longest_path(skeleton);
    let text = generator.module.finish(&head, &exports, path);
    text.ok_or(CodecError::Text)
}

impl Generator<'_> {
    /// Decides whether functions count the values that they read. All of them do if any type of the skeleton may have
    /// more values than the decoder allows.
    fn prepare(&mut self, skeleton: &Skeleton) {
        for ty in types(skeleton) {
            self.counts |= self.may_exceed(ty);
        }
    }

    /// Returns the maximum length of a path in messages, in bytes.
    fn longest_path(&mut self, skeleton: &Skeleton) -> u64 {
        let paths = types(skeleton).map(|ty| self.facts.path(self.plan, ty));
        paths.max().unwrap_or(0) + longest_start(skeleton)
    }
}

/// Returns the maximum length in bytes of the part before the path of a type: the name of a parameter or of a variable,
/// and the index of a list element.
fn longest_start(skeleton: &Skeleton) -> u64 {
    const MAX_PARAMETER: u64 = 48;
    const MAX_INDEX: u64 = 16;
    let names = skeleton
        .globals
        .iter()
        .map(|global| global.name.len() as u64);
    names.max().unwrap_or(0).max(MAX_PARAMETER) + MAX_INDEX
}

/// Returns all types of a skeleton.
fn types(skeleton: &Skeleton) -> impl Iterator<Item = &ValueType> {
    let maps = skeleton.maps.iter().flat_map(|map| match &map.functions {
        Functions::Keyed { key, value, .. } => vec![&key.ty, &value.ty],
        Functions::Ordered(value) | Functions::Filter(value) => vec![&value.ty],
        Functions::Submitted(Some(data)) => vec![&data.ty],
        Functions::Records {
            record: Some(RecordType::One(data)),
            ..
        } => vec![&data.ty],
        Functions::Records {
            record: Some(RecordType::Several { ty, .. }),
            ..
        } => vec![ty],
        Functions::Submitted(None) | Functions::Records { record: None, .. } => Vec::new(),
    });
    maps.chain(skeleton.globals.iter().map(|global| &global.data.ty))
}

#[cfg(test)]
mod tests {
    use super::longest_start;
    use crate::skeleton::{DataType, Skeleton, Variable};

    #[test]
    fn messages_have_room_for_the_name_of_a_variable() {
        let named = |name: &str| Variable {
            label: String::new(),
            name: name.to_owned(),
            c: String::new(),
            section: String::new(),
            offset: 0,
            data: DataType::placeholder(),
        };
        let skeleton = |name: &str| Skeleton {
            maps: Vec::new(),
            globals: vec![named(name)],
            programs: Vec::new(),
        };
        assert_eq!(longest_start(&skeleton("short")), 64);
        assert!(longest_start(&skeleton(&"long".repeat(100))) > 400);
    }
}
