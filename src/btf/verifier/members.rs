//! Checks the members of structs and unions, and the parameters of prototypes.

use super::super::{
    span::Span,
    types::{Composite, Member, Parameter, Type, TypeId},
    warning::Rule,
};
use super::{Location, Verifier};

/// The maximum width in bits of a bitfield that is an enum.
const MAX_ENUM_BITS: u8 = 32;
/// The maximum number of bits from the start of the byte in which a bitfield begins to the end of the bitfield. This
/// limit is for bitfields that are integers.
const MAX_BITS: u32 = 128;

impl Verifier<'_> {
    /// Checks a struct or union as the kernel's `btf_struct_check_meta` and `btf_struct_resolve` do.
    pub(super) fn members(&mut self, id: TypeId, composite: &Composite, is_union: bool) {
        self.name(composite.name, || Location::Type(id));
        if !self.suspects_members {
            return;
        }
        let mut last = 0;
        let members = &self.btf.tables.members[composite.members.range()];
        for (position, member) in members.iter().enumerate() {
            let location = Location::Member(id, position, member.name);
            self.name(member.name, || location);
            if !self.has_size(member.ty) {
                self.note(Rule::Sizeless, location);
            }
            if is_union && member.bit_offset > 0 {
                self.note(Rule::UnionOffset, location);
            } else if member.bit_offset < last {
                self.note(Rule::MemberOrder, location);
            }
            last = member.bit_offset;
            if let Some(rule) = self.broken_bitfield_rule(member, composite.has_widths) {
                self.note(rule, location);
            }
        }
    }

    /// Returns the rule that a member breaks by its type, width or offset, or `None` if it breaks none. The rules are
    /// those of the kernel's `btf_int_check_kflag_member`, `btf_enum_check_kflag_member` and `btf_float_check_member`.
    /// If `has_widths` is true, members store their widths, so an integer must be regular (`Int::is_regular`).
    fn broken_bitfield_rule(&self, member: &Member, has_widths: bool) -> Option<Rule> {
        let fits = match self.resolved(member.ty) {
            Type::Int(int) if has_widths => {
                int.is_regular()
                    && member.bits <= int.bits
                    && u32::from(member.bits) + member.bit_offset % 8 <= MAX_BITS
            }
            Type::Enum(_) => member.bits <= MAX_ENUM_BITS,
            Type::Float { size, .. } => {
                let alignment = 8 * u32::from(self.btf.pointer_size).min(*size).max(1);
                return (member.bit_offset % alignment != 0).then_some(Rule::FloatOffset);
            }
            _ => true,
        };
        (!fits).then_some(Rule::Bitfield)
    }

    /// Checks a prototype as the kernel's `btf_func_proto_check` does. Only the last parameter may be `...`.
    pub(super) fn prototype(&mut self, id: TypeId, result: TypeId, parameters: Span) {
        if result != TypeId::VOID && !self.has_size(result) {
            self.note(Rule::Sizeless, Location::Type(id));
        }
        let parameters = &self.btf.tables.parameters[parameters.range()];
        let is_invalid =
            |p: &Parameter| self.btf.invalid_names.is_invalid(p.name) || !self.has_size(p.ty);
        if !parameters.iter().any(is_invalid) {
            return;
        }
        for (position, parameter) in parameters.iter().enumerate() {
            let location = Location::Member(id, position, parameter.name);
            self.name(parameter.name, || location);
            let is_rest = position + 1 == parameters.len() && parameter.is_varargs();
            if !is_rest && !self.has_size(parameter.ty) {
                self.note(Rule::Sizeless, location);
            }
        }
    }
}
