//! Functions, variables, the sections that hold these, and the tags on all of them.

use super::super::{
    types::{Name, SectionEntry, Span, Type, TypeId},
    warning::Rule,
};
use super::{Place, Verifier};

/// Of what is external little is asked: the kernel would refuse it, but libbpf makes it global, names
/// the parameters of functions and gives variables a type before the kernel sees them.
impl Verifier<'_> {
    pub(super) fn declaration(&mut self, id: TypeId, ty: &Type) {
        match *ty {
            Type::Prototype { result, parameters } => self.prototype(id, result, parameters),
            Type::Function {
                name,
                prototype,
                external,
            } => {
                self.needed_name(name, || Place::Type(id));
                if !external {
                    self.function(id, prototype);
                }
            }
            Type::Variable {
                name,
                target,
                external,
            } => {
                self.needed_name(name, || Place::Type(id));
                // `btf_var_resolve`
                if !external && !self.has_size(target) {
                    self.note(Rule::Sizeless, Place::Type(id));
                }
            }
            Type::Section {
                name,
                size,
                entries,
            } => {
                self.needed_words(name, id);
                self.section(id, size, entries);
            }
            Type::DeclTag {
                name,
                target,
                component,
            } => {
                self.needed_words(name, id);
                self.tag(id, target, component);
            }
            _ => {}
        }
    }

    /// `btf_func_check`.
    fn function(&mut self, id: TypeId, prototype: TypeId) {
        if !self.btf.derived.fact(prototype).is_nameless() {
            return;
        }
        let Type::Prototype { parameters, .. } = self.ty_of(prototype) else {
            return;
        };
        let parameters = &self.btf.tables.parameters[parameters.range()];
        for (position, parameter) in parameters.iter().enumerate() {
            if parameter.name.is_none() && parameter.ty != TypeId::VOID {
                self.note(Rule::Nameless, Place::Member(id, position, Name::NONE));
            }
        }
    }

    /// `btf_datasec_check_meta` and `btf_datasec_resolve`. Compilers leave size and offsets at 0 for
    /// libbpf, which also turns the functions of `.ksyms` into variables.
    fn section(&mut self, id: TypeId, size: u32, entries: Span) {
        let mut end = 0;
        let entries = &self.btf.tables.entries[entries.range()];
        for (position, entry) in entries.iter().enumerate() {
            let (name, target) = match *self.ty_of(entry.ty) {
                Type::Variable { name, target, .. } => (name, target),
                Type::Function { name, .. } => (name, TypeId::VOID),
                _ => {
                    let place = Place::Member(id, position, Name::NONE);
                    self.note(Rule::SectionEntry, place);
                    continue;
                }
            };
            if size > 0 && !self.is_placed(entry, target, end, size) {
                self.note(Rule::SectionLayout, Place::Member(id, position, name));
            }
            end = u64::from(entry.offset) + u64::from(entry.size);
        }
    }

    /// Does an entry lie behind the end of the one before, in its section, and has it room?
    fn is_placed(&self, entry: &SectionEntry, target: TypeId, end: u64, whole: u32) -> bool {
        let (offset, size) = (u64::from(entry.offset), u64::from(entry.size));
        let least = self.btf.derived.size(target).unwrap_or(0);
        offset >= end && offset + size <= u64::from(whole) && size >= least.max(1)
    }

    /// `btf_decl_tag_check_meta` and `btf_decl_tag_resolve`.
    fn tag(&mut self, id: TypeId, target: TypeId, component: Option<u32>) {
        let components = match self.ty_of(target) {
            Type::Struct(c) | Type::Union(c) => c.members.len,
            Type::Function { prototype, .. } => match self.ty_of(*prototype) {
                Type::Prototype { parameters, .. } => parameters.len,
                _ => 0,
            },
            Type::Typedef { .. } | Type::Variable { .. } => 0,
            _ => return self.note(Rule::TagTarget, Place::Type(id)),
        };
        if component.is_some_and(|component| component >= u32::from(components)) {
            self.note(Rule::TagComponent, Place::Type(id));
        }
    }
}
