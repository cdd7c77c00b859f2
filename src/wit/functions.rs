//! Writes functions. Each function has one line of WIT, and one line of documentation before it unless docs are off.
//!
//! A kernel has tens of thousands of functions, and two thirds of them share a prototype with others. The first
//! function of each prototype is written in full. Others reuse its text where only the names differ, which is faster.

use std::io::{self, Write};

use super::{Writer, docs, push_item_label, push_ty, text::push_id};
use crate::c::declaration;
use crate::lower::{Body, Item};
use crate::names::Function;

impl<'a, W: Write> Writer<'a, W> {
    /// Writes one function.
    pub fn function(&mut self, function: &Function, item: &Item) -> io::Result<()> {
        self.separate();
        let start = self.out.len();
        let c_start = match self.brief {
            true => self.docs.function(&mut self.out, function, item),
            false => Some(start),
        };
        self.out.push_str(docs::INSIDE_INTERFACE);
        let label = self.out.len();
        push_id(&mut self.out, self.names.function_label(function));
        let end = self.out.len();
        self.signature(item);
        if let Some(c_start) = c_start.filter(|_| item.shares_signature()) {
            self.cache(function, start, [c_start, label, end]);
        }
        self.flush_chunk()
    }

    /// Writes a function by copying the text of another function with the same prototype, with the names replaced.
    ///
    /// Returns false and writes nothing if there is no such text, or if the texts may differ in more than the names.
    pub fn function_again(&mut self, function: &Function) -> io::Result<bool> {
        let Some(signature) = function.prototype_id.and_then(|id| self.signatures.get(id)) else {
            return Ok(false);
        };
        let c_name = self.c_name(function);
        if self.has_empty_name(c_name) {
            return Ok(false);
        }
        // A C declaration that is longer than `MAX_LENGTH` would have to be cut. `line` also counts the indent and the
        // text after the declaration, so the check is a little too strict.
        let line = signature.before_c_name.len() + c_name.len() + signature.before_label.len();
        if line > declaration::MAX_LENGTH {
            return Ok(false);
        }
        // This is the blank line that `separate` writes between items. It is always needed here, since a function with
        // the same prototype came before.
        self.out.push('\n');
        self.out.push_str(signature.before_c_name);
        self.out.push_str(c_name);
        self.out.push_str(signature.before_label);
        push_id(&mut self.out, self.names.function_label(function));
        self.out.push_str(signature.after);
        self.flush_chunk()?;
        Ok(true)
    }

    /// Returns the C name that the doc comment has, or an empty string if there is no doc comment.
    fn c_name(&self, function: &Function) -> &'a str {
        match self.brief {
            true => self.docs.btf.name_of(function.ty),
            false => "",
        }
    }

    /// Returns whether there is a doc comment, and the function's C name is empty. C declarations have no space before
    /// such a name, so the text of other functions does not fit.
    fn has_empty_name(&self, c_name: &str) -> bool {
        self.brief && c_name.is_empty()
    }

    /// Adds the text of a function to the cache, unless functions with other names cannot reuse the text. The text is
    /// the part of `self.out` from `start` on. The last parameter has three offsets in `self.out`: those of the C name,
    /// of the label, and of the label's end.
    fn cache(&mut self, function: &Function, start: usize, [c_name, label, end]: [usize; 3]) {
        let name = self.c_name(function);
        if let Some(id) = function.prototype_id.filter(|_| !self.has_empty_name(name)) {
            let names = [c_name, c_name + name.len(), label, end].map(|at| at - start);
            self.signatures.add(id, &self.out[start..], names);
        }
    }

    /// Writes the parameters and the result of a function as WIT.
    fn signature(&mut self, item: &Item) {
        let (out, names) = (&mut self.out, self.names);
        out.push_str(": func(");
        for (i, parameter) in item.members.iter().enumerate() {
            if i > 0 {
                out.push_str(", ");
            }
            push_item_label(out, &item.labels, i);
            out.push_str(": ");
            if let Some(ty) = parameter.ty {
                push_ty(out, names, item, ty);
            }
        }
        out.push(')');
        if let Body::Function {
            result: Some(ty), ..
        } = item.body
        {
            out.push_str(" -> ");
            push_ty(out, names, item, ty);
        }
        out.push_str(";\n");
    }
}
