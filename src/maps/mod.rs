//! What a BPF object shares with user space: the keys and values of its maps, and its global variables.
//!
//! `definition` reads the definition of one map, `tracer` finds the events that Inspektor Gadget declares for
//! maps, `kinds` names map types, `address` is how users name a map or a variable, `hint` is what they are told when they
//! name it as if it were a type. Knows nothing of labels or options.

mod address;
mod definition;
mod hint;
mod kinds;
mod tracer;

pub(crate) use address::Address;
pub(crate) use definition::Definition;
pub use definition::Form;
pub(crate) use hint::hint;
pub(crate) use kinds::name_of_kind;

use std::collections::HashSet;

use crate::btf::{Btf, Name, Type, TypeId};

/// The maps and global variables of an object, in the order of its sections, those of a base first.
#[derive(Default)]
pub(crate) struct ObjectData {
    pub maps: Vec<Map>,
    pub globals: Vec<Global>,
}

pub(crate) struct Map {
    pub name: Name,
    /// The variable that defines it.
    pub variable: TypeId,
    /// Whether it is what the map of that name, a map of maps, holds.
    pub inner: bool,
    pub definition: Definition,
    /// The GADGET_TRACER that says what the value is, where the definition does not.
    pub tracer: Option<String>,
}

pub(crate) struct Global {
    pub section: Name,
    pub name: Name,
    pub variable: TypeId,
    pub ty: TypeId,
    /// Bytes from the start of the section, where BTF says so.
    pub offset: Option<u32>,
}

/// A place whose type is shared, by the position of the map or the variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Slot {
    Key(u32),
    Value(u32),
    Global(u32),
}

/// What the variables of a section are.
#[derive(Clone, Copy)]
enum Content {
    Maps,
    /// Maps as libbpf before 1.0 defined them: by numbers, without types.
    LegacyMaps,
    /// Variables that user space sees as parts of a map's value.
    Data,
}

impl ObjectData {
    pub fn find(btf: &Btf) -> ObjectData {
        let mut shared = ObjectData::default();
        let mut annotations = None;
        for listed in listed(btf) {
            match listed.content {
                Content::Data => shared.globals.push(listed.global),
                Content::Maps => shared.map(btf, &listed.global),
                Content::LegacyMaps => {
                    let annotations =
                        annotations.get_or_insert_with(|| definition::annotations(btf));
                    let found = annotations.get(btf.name(listed.global.name));
                    let definition = Definition::legacy(btf, found.copied());
                    shared.push(&listed.global, false, definition);
                }
            }
        }
        if !shared.maps.is_empty() {
            shared.trace(btf);
        }
        shared
    }

    /// Adds a map of `.maps`, and what it holds where that is maps.
    fn map(&mut self, btf: &Btf, variable: &Global) {
        let Some(definition) = definition::of(btf, variable.ty) else {
            return self.push(variable, false, Definition::unknown());
        };
        self.push(variable, false, Definition::read(btf, definition));
        if let Some(inner) = definition::inner(btf, definition) {
            self.push(variable, true, Definition::read(btf, inner));
        }
    }

    fn push(&mut self, variable: &Global, inner: bool, definition: Definition) {
        self.maps.push(Map {
            name: variable.name,
            variable: variable.variable,
            inner,
            definition,
            tracer: None,
        });
    }

    /// Gives maps without a value type the event of their tracer.
    fn trace(&mut self, btf: &Btf) {
        let variables = self.globals.iter().map(|global| btf.name(global.name));
        let tracers = tracer::find(btf, variables);
        for map in self.maps.iter_mut().filter(|map| !map.inner) {
            let value = &mut map.definition.value;
            if let (None, Some(tracer)) = (value.ty, tracers.get(btf.name(map.name))) {
                value.ty = Some(tracer.event);
                map.tracer = Some(tracer.name.to_owned());
            }
        }
    }

    /// Every type that is shared, with its place.
    pub fn types(&self) -> impl Iterator<Item = (Slot, TypeId)> + '_ {
        let maps = (0..).zip(&self.maps).flat_map(|(at, map)| {
            let Definition { key, value, .. } = &map.definition;
            [(Slot::Key(at), key.ty), (Slot::Value(at), value.ty)]
        });
        let maps = maps.filter_map(|(slot, ty)| Some((slot, ty?)));
        let globals = (0..).zip(&self.globals);
        maps.chain(globals.map(|(at, global)| (Slot::Global(at), global.ty)))
    }

    /// The C name of the map or the variable, and the id of its VAR.
    pub fn owner(&self, slot: Slot) -> (Name, TypeId) {
        match slot {
            Slot::Key(at) | Slot::Value(at) => {
                let map = &self.maps[at as usize];
                (map.name, map.variable)
            }
            Slot::Global(at) => {
                let global = &self.globals[at as usize];
                (global.name, global.variable)
            }
        }
    }

    /// Whether the map of a key or a value is an inner one.
    pub fn is_inner(&self, slot: Slot) -> bool {
        match slot {
            Slot::Key(at) | Slot::Value(at) => self.maps[at as usize].inner,
            Slot::Global(_) => false,
        }
    }

    /// What comments call a place: ``the value of the map `stats` ``.
    pub fn push_place(&self, out: &mut String, btf: &Btf, slot: Slot) {
        out.push_str(match (slot, self.is_inner(slot)) {
            (Slot::Key(_), false) => "the key of the map `",
            (Slot::Key(_), true) => "the key of the maps in `",
            (Slot::Value(_), false) => "the value of the map `",
            (Slot::Value(_), true) => "the value of the maps in `",
            (Slot::Global(_), _) => "the variable `",
        });
        out.push_str(btf.name(self.owner(slot).0));
        out.push('`');
    }
}

/// A variable as a section lists it.
struct Listed {
    content: Content,
    global: Global,
}

/// The variables of all sections that are shared, each once in its section.
fn listed(btf: &Btf) -> Vec<Listed> {
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    for &id in btf.sections() {
        let Type::Section {
            name: section,
            size,
            entries,
        } = *btf.ty(id)
        else {
            continue;
        };
        let Some(content) = Content::of(btf.name(section)) else {
            continue;
        };
        // Entries are not checked, since nothing else depends on them: they may be out of range, or repeat.
        let entries = btf.entries(entries).iter();
        for entry in entries.filter(|entry| entry.ty.index() < btf.len()) {
            let Type::Variable { name, target, .. } = *btf.ty(entry.ty) else {
                continue;
            };
            if !seen.insert((id, entry.ty)) {
                continue;
            }
            let global = Global {
                section,
                name,
                variable: entry.ty,
                ty: target,
                // Compilers leave both to the linker, but for variables that are static.
                offset: Some(entry.offset).filter(|offset| size > 0 || *offset > 0),
            };
            all.push(Listed { content, global });
        }
    }
    all
}

impl Content {
    fn of(section: &str) -> Option<Content> {
        match section {
            ".maps" => Some(Content::Maps),
            "maps" => Some(Content::LegacyMaps),
            // gobpf's spelling.
            _ if section.starts_with("maps/") => Some(Content::LegacyMaps),
            _ => is_data(section).then_some(Content::Data),
        }
    }
}

/// Whether user space sees the variables of a section: libbpf makes a map of each such section, or in the case of
/// `.struct_ops` one of each variable.
fn is_data(section: &str) -> bool {
    // libbpf leaves out such a map where the kernel does not know its type.
    let section = section.strip_prefix('?').unwrap_or(section);
    match section {
        ".kconfig" | ".struct_ops" | ".struct_ops.link" | ".addr_space.1" => true,
        _ => [".data", ".bss", ".rodata"].iter().any(|kind| {
            let rest = section.strip_prefix(kind);
            // The kernel's `.data..percpu` is none of them.
            rest.is_some_and(|rest| {
                rest.is_empty() || rest.starts_with('.') && !rest.starts_with("..")
            })
        }),
    }
}
