//! Checks functions, variables, data sections and declaration tags.

use super::super::{
    span::Span,
    types::{Linkage, Name, SectionEntry, Type, TypeId},
    warning::Rule,
};
use super::{Location, Verifier};

/// Only a few properties of external functions and variables are checked, since libbpf corrects the other properties
/// before the kernel sees them: it makes these functions and variables global, names the parameters and gives variables
/// a type.
impl Verifier<'_> {
    pub(super) fn declaration(&mut self, id: TypeId, ty: &Type) {
        match *ty {
            Type::Prototype { result, parameters } => self.prototype(id, result, parameters),
            Type::Function {
                name,
                prototype,
                external,
            } => {
                self.required_name(name, || Location::Type(id));
                if !external {
                    self.function(id, prototype);
                }
            }
            Type::Variable {
                name,
                target,
                linkage,
            } => {
                self.required_name(name, || Location::Type(id));
                // The kernel's `btf_var_resolve` requires that the type of a variable has a size.
                if linkage != Linkage::External && !self.has_size(target) {
                    self.note(Rule::Sizeless, Location::Type(id));
                }
            }
            Type::Section {
                name,
                size,
                entries,
            } => {
                self.required_text(name, id);
                self.section(id, size, entries);
            }
            Type::DeclTag {
                name,
                target,
                component,
            } => {
                self.required_text(name, id);
                self.tag(id, target, component);
            }
            _ => {}
        }
    }

    /// Checks a function as the kernel's `btf_func_check` does: its parameters need names.
    fn function(&mut self, id: TypeId, prototype: TypeId) {
        if !self.btf.derived.info(prototype).has_unnamed_parameters() {
            return;
        }
        let Type::Prototype { parameters, .. } = self.ty_of(prototype) else {
            return;
        };
        let parameters = &self.btf.tables.parameters[parameters.range()];
        for (position, parameter) in parameters.iter().enumerate() {
            if parameter.name.is_none() && parameter.ty != TypeId::VOID {
                self.note(Rule::Nameless, Location::Member(id, position, Name::NONE));
            }
        }
    }

    /// Checks a data section as the kernel's `btf_datasec_check_meta` and `btf_datasec_resolve` do. If the size of the
    /// section is 0, the offsets and sizes of its entries are not checked: compilers write 0 for the size of the
    /// section and most offsets, and libbpf fills in these numbers. Functions are accepted as entries, since libbpf
    /// replaces the functions of `.ksyms` by variables.
    fn section(&mut self, id: TypeId, size: u32, entries: Span) {
        let mut end = 0;
        let entries = &self.btf.tables.entries[entries.range()];
        for (position, entry) in entries.iter().enumerate() {
            let (name, target) = match *self.ty_of(entry.ty) {
                Type::Variable { name, target, .. } => (name, target),
                Type::Function { name, .. } => (name, TypeId::VOID),
                _ => {
                    let location = Location::Member(id, position, Name::NONE);
                    self.note(Rule::SectionEntry, location);
                    continue;
                }
            };
            if size > 0 && !self.fits_section(entry, target, end, size) {
                self.note(Rule::SectionLayout, Location::Member(id, position, name));
            }
            end = u64::from(entry.offset) + u64::from(entry.size);
        }
    }

    /// Returns whether an entry begins at byte `end` or later, ends within its section, has any bytes, and is at least
    /// as large as its type (`target`). `section` is the size of the section in bytes.
    fn fits_section(&self, entry: &SectionEntry, target: TypeId, end: u64, section: u32) -> bool {
        let (offset, size) = (u64::from(entry.offset), u64::from(entry.size));
        let min = self.btf.derived.size(target).unwrap_or(0);
        offset >= end && offset + size <= u64::from(section) && size >= min.max(1)
    }

    /// Checks a declaration tag as the kernel's `btf_decl_tag_check_meta` and `btf_decl_tag_resolve` do.
    fn tag(&mut self, id: TypeId, target: TypeId, component: Option<u32>) {
        let components = match self.ty_of(target) {
            Type::Struct(c) | Type::Union(c) => c.members.len,
            Type::Function { prototype, .. } => match self.ty_of(*prototype) {
                Type::Prototype { parameters, .. } => parameters.len,
                _ => 0,
            },
            Type::Typedef { .. } | Type::Variable { .. } => 0,
            _ => return self.note(Rule::TagTarget, Location::Type(id)),
        };
        if component.is_some_and(|component| component >= u32::from(components)) {
            self.note(Rule::TagComponent, Location::Type(id));
        }
    }
}
