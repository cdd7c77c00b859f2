//! Finds the data that a BPF object shares with user space: the keys and values of its maps, and its global variables.
//!
//! `definition` reads the definition of one map, `tracer` finds the events that Inspektor Gadget's macro
//! `GADGET_TRACER` declares for maps, and `kinds` has the names of map types. `address` parses texts such as
//! `map stats key`, with which users name a map or a variable. `hint` writes the message for users who name a map or a
//! variable as if it were a type. This module does not know labels or options.

mod address;
mod definition;
mod hint;
mod kinds;
mod tracer;

pub(crate) use address::Address;
pub use definition::Form;
pub(crate) use definition::{Definition, KeyOrValue};
pub(crate) use hint::hint;
pub(crate) use kinds::name_of_kind;

use std::collections::HashSet;

use crate::btf::{Btf, Linkage, Name, Type, TypeId};

/// The maps and global variables of an object, in the order of its data sections. In split BTF, the sections of the
/// base come first.
#[derive(Default)]
pub(crate) struct ObjectData {
    pub maps: Vec<Map>,
    pub globals: Vec<Global>,
}

pub(crate) struct Map {
    pub name: Name,
    /// The id of the VAR that defines the map.
    pub variable: TypeId,
    /// Whether this entry describes the maps inside a map of maps, and not that map itself.
    pub inner: bool,
    pub definition: Definition,
    /// The name of the `GADGET_TRACER` whose event is the type of the value. `None` if the definition of the map has
    /// the type of the value, or if this type is unknown.
    pub tracer: Option<String>,
}

pub(crate) struct Global {
    pub section: Name,
    pub name: Name,
    pub variable: TypeId,
    pub ty: TypeId,
    /// The offset in bytes from the start of the section. `None` if BTF does not have it.
    pub offset: Option<u32>,
    /// Whether the variable is `static` in C.
    pub is_static: bool,
}

/// The number of the type `perf_event_array` in the kernel (`BPF_MAP_TYPE_PERF_EVENT_ARRAY`).
const PERF_EVENT_ARRAY: u32 = 4;
/// The size of a file descriptor in bytes.
const DESCRIPTOR: u32 = 4;

impl Map {
    /// Returns whether the type of the value is that of a file descriptor. The kernel demands values of 4 bytes for
    /// perf event arrays, so many programs declare an `int` or a `__u32` there.
    pub fn has_descriptors(&self, btf: &Btf) -> bool {
        let value = self.definition.value.ty.map(|ty| btf.resolved(ty));
        self.definition.kind == Some(PERF_EVENT_ARRAY)
            && value
                .is_some_and(|ty| matches!(btf.ty(ty), Type::Int(int) if int.size == DESCRIPTOR))
    }
}

/// The key of a map, the value of a map, or a global variable. The number is the index in [`ObjectData::maps`] or
/// [`ObjectData::globals`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Slot {
    Key(u32),
    Value(u32),
    Global(u32),
}

/// The kind of variables that a data section has.
#[derive(Clone, Copy)]
enum SectionKind {
    Maps,
    /// Maps in the format before libbpf 1.0, which defines them with numbers and without types.
    LegacyMaps,
    /// Global variables. User space can read them through maps that libbpf makes, see [`is_data`].
    Data,
}

impl ObjectData {
    pub fn find(btf: &Btf) -> ObjectData {
        let mut data = ObjectData::default();
        let mut annotations = None;
        for (kind, variable) in variables(btf) {
            match kind {
                SectionKind::Data => data.globals.push(variable),
                SectionKind::Maps => data.add_map(btf, &variable),
                SectionKind::LegacyMaps => {
                    let annotations =
                        annotations.get_or_insert_with(|| definition::annotations(btf));
                    let found = annotations.get(btf.name(variable.name));
                    let definition = Definition::legacy(btf, found.copied());
                    data.push(&variable, false, definition);
                }
            }
        }
        if !data.maps.is_empty() {
            data.add_tracers(btf);
        }
        data
    }

    /// Adds a map from the section `.maps`. If its definition contains that of an inner map, also adds the inner map.
    fn add_map(&mut self, btf: &Btf, variable: &Global) {
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

    /// Sets the type of the value for maps whose definition does not have this type, or has that of a file descriptor:
    /// if a `GADGET_TRACER` names an event for the map, the event is the type of the value. Inner maps have no tracers.
    fn add_tracers(&mut self, btf: &Btf) {
        let variables = self.globals.iter().map(|global| btf.name(global.name));
        let tracers = tracer::find(btf, variables);
        for map in self.maps.iter_mut().filter(|map| !map.inner) {
            let is_open = map.has_descriptors(btf) || map.definition.value.ty.is_none();
            if let (true, Some(tracer)) = (is_open, tracers.get(btf.name(map.name))) {
                let value = &mut map.definition.value;
                // The size stays that of the descriptor.
                value.size = value.size.or(value.ty.map(|_| DESCRIPTOR));
                value.ty = Some(tracer.event);
                map.tracer = Some(tracer.name.to_owned());
            }
        }
    }

    /// Returns all keys, values and variables whose types are known, with their types.
    pub fn types(&self) -> impl Iterator<Item = (Slot, TypeId)> + '_ {
        let maps = (0..).zip(&self.maps).flat_map(|(at, map)| {
            let Definition { key, value, .. } = &map.definition;
            [(Slot::Key(at), key.ty), (Slot::Value(at), value.ty)]
        });
        let maps = maps.filter_map(|(slot, ty)| Some((slot, ty?)));
        let globals = (0..).zip(&self.globals);
        maps.chain(globals.map(|(at, global)| (Slot::Global(at), global.ty)))
    }

    /// Returns the C name of the map or variable to which a slot belongs, and the id of its VAR.
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

    /// Returns whether a slot is the key or value of an inner map.
    pub fn is_inner(&self, slot: Slot) -> bool {
        match slot {
            Slot::Key(at) | Slot::Value(at) => self.maps[at as usize].inner,
            Slot::Global(_) => false,
        }
    }

    /// Returns the text with which users name a slot, such as `map stats value` or `var cfg`.
    pub fn address(&self, btf: &Btf, slot: Slot) -> String {
        let name = self.name(btf, slot);
        match slot {
            Slot::Key(_) => format!("map {name} key"),
            Slot::Value(_) => format!("map {name} value"),
            Slot::Global(_) => format!("var {name}"),
        }
    }

    /// Appends a phrase that describes a slot, such as ``the value of the map `stats` ``, for comments in the WIT text.
    pub fn push_slot(&self, out: &mut String, btf: &Btf, slot: Slot) {
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

/// Returns the variables of all sections that define maps, and of all data sections that user space can read. A
/// variable that is in several sections is returned once for each of them.
fn variables(btf: &Btf) -> Vec<(SectionKind, Global)> {
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
        let Some(kind) = SectionKind::of(btf.name(section)) else {
            continue;
        };
        // `btf` accepts sections with wrong entries, so the ids of entries may be out of range or repeated.
        let entries = btf.entries(entries).iter();
        for entry in entries.filter(|entry| entry.ty.index() < btf.len()) {
            let Type::Variable {
                name,
                target,
                linkage,
            } = *btf.ty(entry.ty)
            else {
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
                // Compilers write 0 for the size of a section and for the offsets of variables that are not static,
                // since only the linker knows these numbers. So in a section of size 0, the offset 0 means nothing.
                offset: Some(entry.offset).filter(|offset| size > 0 || *offset > 0),
                is_static: linkage == Linkage::Static,
            };
            all.push((kind, global));
        }
    }
    all
}

impl SectionKind {
    fn of(section: &str) -> Option<SectionKind> {
        match section {
            ".maps" => Some(SectionKind::Maps),
            "maps" => Some(SectionKind::LegacyMaps),
            // gobpf puts each map in a section with the name of the map.
            _ if section.starts_with("maps/") => Some(SectionKind::LegacyMaps),
            _ => is_data(section).then_some(SectionKind::Data),
        }
    }
}

/// Returns whether user space can read the variables of a section. libbpf makes one map of each such section, with two
/// exceptions: it makes a map of each variable in the sections of `.struct_ops`, and it puts the variables of
/// `.addr_space.1` into the arena that the object defines.
fn is_data(section: &str) -> bool {
    // In `?.struct_ops`, the `?` tells libbpf not to create the maps by default.
    let section = section.strip_prefix('?').unwrap_or(section);
    match section {
        ".kconfig" | ".struct_ops" | ".struct_ops.link" | ".addr_space.1" => true,
        _ => [".data", ".bss", ".rodata"].iter().any(|kind| {
            let rest = section.strip_prefix(kind);
            // The test for two dots excludes sections of the kernel such as `.data..percpu`.
            rest.is_some_and(|rest| {
                rest.is_empty() || rest.starts_with('.') && !rest.starts_with("..")
            })
        }),
    }
}
