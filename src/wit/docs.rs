//! Writes the doc comments of items, members, cases and functions. These comments have C declarations, sizes, offsets
//! and values.

use super::text::{push_bytes, push_number};
use crate::btf::{Btf, Enumerator, Name, Type, TypeId};
use crate::c::declaration::{self, Declarations};
use crate::c::members::{LeftOut, LeftOutReason, body};
use crate::escape::escape_from;
use crate::lower::{Body, Case, Fallback, Item, Member};
use crate::maps::Slot;
use crate::names::{Entity, Function, Names, Owner};

/// Writes the lines of doc comments.
pub(super) struct DocWriter<'a> {
    pub btf: &'a Btf,
    pub names: &'a Names,
    declarations: Declarations,
    /// Whether any name in the BTF is not printable ASCII. Only then can comments contain characters that must be
    /// escaped.
    escapes: bool,
}

impl<'a> DocWriter<'a> {
    pub fn new(btf: &'a Btf, names: &'a Names) -> DocWriter<'a> {
        DocWriter {
            btf,
            names,
            declarations: Declarations::default(),
            escapes: !btf.has_plain_names(),
        }
    }

    /// Writes the first line for an item, such as `` `struct task_struct`, 9792 bytes ``.
    pub fn item(&mut self, out: &mut String, entity: &Entity) {
        let start = begin(out, CODE_OF_ITEM);
        self.declaration(out, entity.ty);
        match entity.owner {
            Owner::Named => out.push('`'),
            Owner::Constants => out.push_str("`, constants"),
            Owner::Slot(slot) => self.slot(out, slot),
            Owner::Inside(mut parent) => {
                while let Owner::Inside(outer) = self.names.entity(parent).owner {
                    parent = outer;
                }
                let parent = self.names.entity(parent);
                if let Owner::Slot(slot) = parent.owner {
                    self.slot(out, slot);
                } else {
                    out.push_str("` in `");
                    self.short(out, parent.ty);
                    out.push('`');
                }
            }
            Owner::Function(function) => {
                let function = &self.names.functions[function as usize];
                out.push_str("` in `");
                out.push_str(self.btf.name_of(function.ty));
                out.push('`');
            }
        }
        out.push_str(", ");
        push_bytes(out, self.btf.size(entity.ty).unwrap_or(0));
        self.end(out, start);
    }

    fn declaration(&mut self, out: &mut String, id: TypeId) {
        match *self.btf.ty(id) {
            Type::Typedef { name, target } => {
                out.push_str("typedef ");
                self.declarations
                    .declare(out, self.btf, target, self.btf.name(name));
            }
            _ => self.declarations.declare(out, self.btf, id, ""),
        }
    }

    fn slot(&self, out: &mut String, slot: Slot) {
        out.push_str("` in ");
        self.names.object_data.push_slot(out, self.btf, slot);
    }

    /// Appends a short name of a type: `struct foo`, or only the name for a typedef.
    fn short(&self, out: &mut String, id: TypeId) {
        match self.btf.ty(id) {
            Type::Typedef { .. } => out.push_str(self.btf.name_of(id)),
            _ => declaration::tag(out, self.btf, id),
        }
    }

    /// Writes the text of [`remark`], if there is one. For an enum of 8 bytes whose values have only 32 bits in BTF,
    /// also writes that larger values are cut or missing.
    pub fn remark(&self, out: &mut String, entity: &Entity, item: &Item) {
        let cut = self.btf.is_cut_enum(body(self.btf, entity.ty));
        let cut = cut.then_some("BTF has 32 bits of each value: larger ones are cut or missing.");
        for remark in [remark(item), cut].into_iter().flatten() {
            paragraph(out);
            let start = begin(out, TEXT_OF_ITEM);
            out.push_str(remark);
            if let Some(fault) = self.btf.fault(body(self.btf, entity.ty)) {
                out.push_str(&fault.in_its_type());
                out.push('.');
            }
            self.end(out, start);
        }
    }

    /// Writes a list entry for an enumerator that has no case in the item.
    pub fn other(&self, out: &mut String, entity: &Entity, item: &Item, other: &Enumerator) {
        let start = begin(out, TEXT_OF_ITEM);
        out.push_str("- `");
        let bits = item.body == Body::Flags || item.fallback == Some(Fallback::TooManyBits);
        self.enumerator(out, other, self.is_signed(entity), bits);
        if item.fallback == Some(Fallback::CutValues) {
            out.push_str(", which may be a larger value that was cut");
        }
        self.end(out, start);
    }

    /// Writes a list entry for a member that is left out.
    pub fn left_out(&mut self, out: &mut String, left_out: &LeftOut) {
        let start = begin(out, TEXT_OF_ITEM);
        out.push_str("- left out: `");
        self.declarations
            .declare(out, self.btf, left_out.ty, self.btf.name(left_out.name));
        push_width(out, left_out.bits);
        out.push_str("` at ");
        push_number(out, u64::from(left_out.bit_offset / 8));
        out.push_str(match left_out.why {
            LeftOutReason::NoSize => ", which has no size",
            LeftOutReason::ZeroLength => ", which has no elements",
            LeftOutReason::Padding => ", which is padding",
        });
        self.end(out, start);
    }

    fn end(&self, out: &mut String, start: usize) {
        if self.escapes {
            escape_from(out, start);
        }
        out.push('\n');
    }

    fn is_signed(&self, entity: &Entity) -> bool {
        self.btf.is_signed_enum(body(self.btf, entity.ty))
    }

    /// Writes the line for a member, such as `` `pid_t pid` at 2464 ``, where 2464 is the offset in bytes. For a
    /// bitfield, the line also has the bits.
    pub fn member(&mut self, out: &mut String, member: &Member, body: Body) {
        let start = begin(out, CODE_OF_MEMBER);
        // A borrowed name is the name of the first member inside an unnamed struct or union. The C declaration of the
        // struct or union does not have this name.
        let name = if member.borrowed_name {
            Name::NONE
        } else {
            member.name
        };
        let name = self.btf.name(name);
        self.declarations
            .declare(out, self.btf, member.c_type, name);
        push_width(out, member.bits);
        // In a variant, an offset of 0 bits is not written, since nearly all members of unions have this offset.
        if body == Body::Record || member.bit_offset > 0 {
            out.push_str("` at ");
            push_number(out, u64::from(member.bit_offset / 8));
        } else {
            out.push('`');
        }
        if member.bits > 0 {
            push_bits(out, member.bit_offset % 8, member.bits);
        }
        if member.raw {
            out.push_str(", as its bytes");
        }
        self.end(out, start);
    }

    /// Writes the line for a case, such as `` `TCP_ESTABLISHED` = 1, also `TCP_FIRST` ``.
    pub fn case(&self, out: &mut String, entity: &Entity, item: &Item, case: &Case) {
        let start = begin(out, CODE_OF_MEMBER);
        let (name, value) = (case.name, case.value);
        let enumerator = Enumerator { name, value };
        self.enumerator(
            out,
            &enumerator,
            self.is_signed(entity),
            item.body == Body::Flags,
        );
        let synonyms = item.synonyms(case);
        for (i, synonym) in synonyms.iter().take(MAX_SYNONYMS).enumerate() {
            out.push_str(if i == 0 { ", also `" } else { ", `" });
            out.push_str(self.btf.name(*synonym));
            out.push('`');
        }
        if let Some(more @ 1..) = synonyms.len().checked_sub(MAX_SYNONYMS) {
            out.push_str(", and ");
            push_number(out, more as u64);
            out.push_str(" more");
        }
        self.end(out, start);
    }

    /// Appends the name and the value of an enumerator. The caller must have written the opening backtick. If `bits` is
    /// true, values over 9 are written in hexadecimal. Negative values are always decimal.
    fn enumerator(&self, out: &mut String, enumerator: &Enumerator, signed: bool, bits: bool) {
        out.push_str(self.btf.name(enumerator.name));
        out.push_str("` = ");
        let value = enumerator.value;
        match value as i64 {
            negative if signed && negative < 0 => {
                out.push('-');
                push_number(out, negative.unsigned_abs());
            }
            _ if bits && value > 9 => out.push_str(&format!("{value:#x}")),
            _ => push_number(out, value),
        }
    }

    /// Writes the line for a function with its C prototype. Returns the offset of the function's name in `out`. Returns
    /// `None` if the line may have been cut or escaped. Other functions cannot reuse such a line.
    pub fn function(
        &mut self,
        out: &mut String,
        function: &Function,
        item: &Item,
    ) -> Option<usize> {
        let start = begin(out, CODE_OF_ITEM);
        let c_name = self.btf.name_of(function.ty);
        let name = self
            .declarations
            .function(out, self.btf, function.prototype(self.btf), c_name);
        out.push('`');
        if let Body::Function { varargs: true, .. } = item.body {
            out.push_str(", whose further arguments are left out");
        }
        self.end(out, start);
        name.filter(|_| !self.escapes)
    }
}

pub(super) const INSIDE_INTERFACE: &str = "    ";
pub(super) const INSIDE_ITEM: &str = "        ";

/// Writes an empty line of a doc comment.
pub(super) fn paragraph(out: &mut String) {
    out.push_str(INSIDE_INTERFACE);
    out.push_str("///\n");
}

/// The maximum number of synonyms in a line. In the kernel of the tests, a value has at most 32.
const MAX_SYNONYMS: usize = 100;

/// The beginning of a line of text in the comment of an item.
const TEXT_OF_ITEM: &str = "    /// ";
/// The beginning of a line that starts with C code, in the comment of an item or function.
const CODE_OF_ITEM: &str = "    /// `";
/// The beginning of a line that starts with C code, in the comment of a member or case.
const CODE_OF_MEMBER: &str = "        /// `";

/// Writes the beginning of a line. Returns the offset in `out` at which the rest of the line starts, since only the
/// rest may need escaping.
fn begin(out: &mut String, beginning: &str) -> usize {
    out.push_str(beginning);
    out.len()
}

fn push_width(out: &mut String, bits: u8) {
    if bits > 0 {
        out.push_str(" : ");
        push_number(out, u64::from(bits));
    }
}

fn push_bits(out: &mut String, first: u32, width: u8) {
    out.push_str(if width == 1 { ", bit " } else { ", bits " });
    push_number(out, u64::from(first));
    if width > 1 {
        out.push('-');
        push_number(out, u64::from(first) + u64::from(width) - 1);
    }
}

/// Returns the sentence that says why an item has less information than its C type. For `Unsound`, this is only the
/// beginning, to which the caller adds the fault. Returns `None` if the item has the same information, or if the
/// comments of its members or enumerators show what is different.
fn remark(item: &Item) -> Option<&'static str> {
    Some(match (item.fallback?, item.body) {
        (Fallback::Opaque, _) => "The bytes as they are: BTF tells of no member with content.",
        (Fallback::Unsound, _) => "The bytes as they are: ",
        (Fallback::TooManyMembers, _) => "The bytes as they are: WIT allows 10,000 members.",
        (Fallback::TooManyValues, _) => "The integer as it is: WIT allows 10,000 cases.",
        (Fallback::TooManyBits, _) => {
            "The integer as it is: its bits are a set, and WIT allows 32 flags."
        }
        (Fallback::NoCases, _) => "The integer as it is: BTF tells of no enumerators.",
        (Fallback::OddNumber, Body::Alias(_)) => {
            "The bytes as they are: WIT has no number of this size."
        }
        (Fallback::Excluded, Body::Alias(_)) => "Without its type, which is excluded.",
        // The comments of the members or enumerators show what is different.
        (Fallback::OddNumber | Fallback::Excluded | Fallback::CutValues, _) => return None,
    })
}
