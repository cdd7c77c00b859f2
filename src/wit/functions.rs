//! Writes functions: one line each, and one of documentation.
//!
//! A kernel has tens of thousands, of a few thousand parameters. What was written before is written again by its text:
//! a function by that of another with the same prototype, or else its parameters and its result by theirs.

use std::io::{self, Write};

use super::{Writer, docs, parts::Part, push_local, push_ty, text::push_id};
use crate::btf::{Name, TypeId};
use crate::cdecl;
use crate::lower::{Body, Item, Lower, Member};
use crate::names::{Function, Names};

/// The most parameters of a function that is written by their texts; more are hardly ever.
const FEW: usize = 16;

/// A function, and what it is called: both names lie anywhere in memory, and are looked up once where it is written by
/// texts.
#[derive(Clone, Copy)]
struct Named<'a> {
    function: &'a Function,
    /// As its documentation has it; empty where there is none.
    c_name: &'a str,
    label: &'a str,
}

impl<'a, W: Write> Writer<'a, W> {
    /// One function.
    pub fn function(&mut self, function: &'a Function, item: &Item) -> io::Result<()> {
        let named = self.named(function);
        self.separate();
        let start = self.out.len();
        let c_start = match self.brief {
            true => self.docs.function(&mut self.out, function, item),
            false => Some(start),
        };
        self.out.push_str(docs::INSIDE_INTERFACE);
        let label = self.out.len();
        push_id(&mut self.out, named.label);
        let end = self.out.len();
        self.signature(item);
        if let Some(c_start) = c_start.filter(|_| item.is_like_its_kin()) {
            self.remember(named, start, [c_start, label, end]);
        }
        self.hand_on()
    }

    /// One function by texts that were written before, or could be written again: see [`Parts`](super::parts::Parts)
    /// and [`Texts`](super::kin::Texts). Those that are not known yet are made with `lower` in `item`. False, and nothing
    /// is written, where something is written otherwise in this function.
    pub fn function_by_texts(
        &mut self,
        function: &'a Function,
        lower: &mut Lower,
        item: &mut Item,
    ) -> io::Result<bool> {
        let named = self.named(function);
        Ok(!self.has_empty_name(named)
            && (self.function_again(named)? || self.function_by_parts(named, lower, item)?))
    }

    fn named(&self, function: &'a Function) -> Named<'a> {
        Named {
            function,
            c_name: match self.brief {
                true => self.docs.btf.name_of(function.ty),
                false => "",
            },
            label: self.names.function_label(function),
        }
    }

    /// Has its documentation a name in which there is nothing? C puts no space before that.
    fn has_empty_name(&self, named: Named) -> bool {
        self.brief && named.c_name.is_empty()
    }

    /// One function of whose kin another was written, by that. False where there is none.
    fn function_again(&mut self, named: Named) -> io::Result<bool> {
        let Named {
            function,
            c_name,
            label,
        } = named;
        let Some(text) = function.kin.and_then(|kin| self.texts.get(kin)) else {
            return Ok(false);
        };
        // With the indent and what follows the declaration: what might be cut is written the long way.
        let line = text.before_c_name.len() + c_name.len() + text.before_label.len();
        if line > cdecl::LONGEST {
            return Ok(false);
        }
        // As in `separate`: it is not the first item.
        self.out.push('\n');
        self.out.push_str(text.before_c_name);
        self.out.push_str(c_name);
        self.out.push_str(text.before_label);
        push_id(&mut self.out, label);
        self.out.push_str(text.after);
        self.hand_on()?;
        Ok(true)
    }

    /// One function by the texts of its parameters and its result.
    fn function_by_parts(
        &mut self,
        named: Named,
        lower: &mut Lower,
        item: &mut Item,
    ) -> io::Result<bool> {
        let mut row = std::mem::take(&mut self.row);
        let known = self.find_parts(&mut row, named, lower, item);
        if known {
            self.write_parts(named, &row);
        }
        self.row = row;
        self.hand_on()?;
        Ok(known)
    }

    /// Finds the texts of a function's parameters, and then that of its result.
    fn find_parts(
        &mut self,
        row: &mut Vec<Part>,
        named: Named,
        lower: &mut Lower,
        item: &mut Item,
    ) -> bool {
        let (parameters, result) = named.function.parts(self.docs.btf);
        if parameters.len() > FEW || self.docs.escapes {
            return false;
        }
        row.clear();
        self.parts.begin();
        let mut length = named.c_name.len();
        for parameter in parameters {
            // What has no name gets its label by its position.
            if parameter.name.is_none() {
                return false;
            }
            let Some(part) = self.part(parameter.name, parameter.ty, lower, item) else {
                return false;
            };
            if row.iter().any(|other| other.key == part.key) {
                return false;
            }
            length += ", ".len() + part.c_length();
            row.push(part);
        }
        let Some(part) = self.part(Name::NONE, result, lower, item) else {
            return false;
        };
        row.push(part);
        // With the parentheses. What might be cut is written the long way.
        length + part.c_length() + "(void)".len() <= cdecl::LONGEST
    }

    fn part(&mut self, name: Name, ty: TypeId, lower: &mut Lower, item: &mut Item) -> Option<Part> {
        self.parts
            .get(name, ty)
            .or_else(|| self.make_part(name, ty, lower, item))
    }

    #[inline(never)]
    fn make_part(
        &mut self,
        name: Name,
        ty: TypeId,
        lower: &mut Lower,
        item: &mut Item,
    ) -> Option<Part> {
        if !lower.part(name, ty, item) {
            return None;
        }
        let (names, docs, brief) = (self.names, &mut self.docs, self.brief);
        self.parts.make(name, ty, |text| {
            if brief && !docs.part(text, name, ty) {
                return None;
            }
            let wit = text.len();
            if let Some(parameter) = item.members.first() {
                push_parameter(text, names, item, 0, parameter);
            }
            push_result(text, names, item);
            Some((wit, item.locals.first_key()))
        })
    }

    fn write_parts(&mut self, named: Named, row: &[Part]) {
        let Some((result, parameters)) = row.split_last() else {
            return;
        };
        self.separate();
        let (out, parts) = (&mut self.out, &self.parts);
        let start = out.len();
        let mut c_start = start;
        if self.brief {
            out.push_str(docs::CODE_OF_ITEM);
            out.push_str(parts.c(result));
            c_start = out.len();
            out.push_str(named.c_name);
            out.push_str(if parameters.is_empty() { "(void" } else { "(" });
            push_all(out, parameters, |part| parts.c(part));
            out.push_str(")`\n");
        }
        out.push_str(docs::INSIDE_INTERFACE);
        let label = out.len();
        push_id(out, named.label);
        let end = out.len();
        out.push_str(": func(");
        push_all(out, parameters, |part| parts.wit(part));
        out.push(')');
        out.push_str(parts.wit(result));
        out.push_str(";\n");
        self.remember(named, start, [c_start, label, end]);
    }

    /// Remembers what was written last, a function from `start` on, for its kin. `names` says where its C name and its
    /// label begin, and where that ends.
    fn remember(&mut self, named: Named, start: usize, [c_name, label, end]: [usize; 3]) {
        let kin = named.function.kin;
        if let Some(kin) = kin.filter(|_| !self.has_empty_name(named)) {
            let c_end = c_name + named.c_name.len();
            let names = [c_name, c_end, label, end].map(|at| at - start);
            self.texts.remember(kin, &self.out[start..], names);
        }
    }

    /// Parameters and result.
    fn signature(&mut self, item: &Item) {
        let (out, names) = (&mut self.out, self.names);
        out.push_str(": func(");
        for (i, parameter) in item.members.iter().enumerate() {
            if i > 0 {
                out.push_str(", ");
            }
            push_parameter(out, names, item, i, parameter);
        }
        out.push(')');
        push_result(out, names, item);
        out.push_str(";\n");
    }
}

fn push_parameter(out: &mut String, names: &Names, item: &Item, i: usize, parameter: &Member) {
    push_local(out, &item.locals, i);
    out.push_str(": ");
    if let Some(ty) = parameter.ty {
        push_ty(out, names, item, ty);
    }
}

/// Appends the result of a function that has one.
fn push_result(out: &mut String, names: &Names, item: &Item) {
    if let Body::Function {
        result: Some(ty), ..
    } = item.body
    {
        out.push_str(" -> ");
        push_ty(out, names, item, ty);
    }
}

/// Appends texts with commas between them.
fn push_all<'a>(out: &mut String, parts: &[Part], text: impl Fn(&Part) -> &'a str) {
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        out.push_str(text(part));
    }
}
