//! Writes functions: one line each, and one of documentation.
//!
//! A kernel has tens of thousands, and two thirds of them share a prototype with others. Of these the first is
//! written in full, and the rest with its text.

use std::io::{self, Write};

use super::{Writer, docs, push_local, push_ty, text::push_id};
use crate::c::declaration;
use crate::lower::{Body, Item};
use crate::names::Function;

impl<'a, W: Write> Writer<'a, W> {
    /// One function.
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
            self.remember(function, start, [c_start, label, end]);
        }
        self.hand_on()
    }

    /// Writes one function with the text of another that has the same prototype. Returns false, and writes nothing,
    /// where no such text is known or where this function differs from it in more than its names.
    pub fn function_again(&mut self, function: &Function) -> io::Result<bool> {
        let Some(text) = function.prototype_id.and_then(|kin| self.texts.get(kin)) else {
            return Ok(false);
        };
        let c_name = self.c_name(function);
        if self.has_empty_name(c_name) {
            return Ok(false);
        }
        // With the indent and what follows the declaration: what might be cut is written the long way.
        let line = text.before_c_name.len() + c_name.len() + text.before_label.len();
        if line > declaration::MAX_LENGTH {
            return Ok(false);
        }
        // As in `separate`: it is not the first item.
        self.out.push('\n');
        self.out.push_str(text.before_c_name);
        self.out.push_str(c_name);
        self.out.push_str(text.before_label);
        push_id(&mut self.out, self.names.function_label(function));
        self.out.push_str(text.after);
        self.hand_on()?;
        Ok(true)
    }

    /// Returns the name in the documentation, which is empty where there is no documentation.
    fn c_name(&self, function: &Function) -> &'a str {
        match self.brief {
            true => self.docs.btf.name_of(function.ty),
            false => "",
        }
    }

    /// Returns whether the documentation has a name of no letters. C puts no space before that.
    fn has_empty_name(&self, c_name: &str) -> bool {
        self.brief && c_name.is_empty()
    }

    /// Remembers the text of a function, written from `start` on, for others of its prototype. `names` says where its
    /// C name and its label begin, and where that ends.
    fn remember(&mut self, function: &Function, start: usize, [c_name, label, end]: [usize; 3]) {
        let name = self.c_name(function);
        if let Some(kin) = function.prototype_id.filter(|_| !self.has_empty_name(name)) {
            let names = [c_name, c_name + name.len(), label, end].map(|at| at - start);
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
            push_local(out, &item.labels, i);
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
