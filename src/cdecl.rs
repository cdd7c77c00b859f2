//! Spells types and declarations as C does: `int (*const handlers[4])(struct sock *, char)`.
//!
//! Knows BTF and nothing else. A declaration is cut where it gets longer than anyone would read,
//! which bounds the work on types that are made to be endless.

use crate::btf::{Btf, Modifier, Span, Type, TypeId};

/// Where a declaration is cut, in bytes.
const LONGEST: usize = 400;
/// How many pointers, arrays and prototypes of a declaration are spelled.
const DEEPEST: u8 = 32;

/// Appends the declaration of `name` as a value of type `id`; without a name, the type alone.
pub(crate) fn declare(out: &mut String, btf: &Btf, id: TypeId, name: &str) {
    let mut speller = Speller {
        btf,
        end: out.len() + LONGEST,
        out,
    };
    speller.before(id, DEEPEST, Outer::Name);
    if !name.is_empty() {
        speller.space();
        speller.out.push_str(name);
    }
    speller.after(id, DEEPEST, Outer::Name);
    if speller.is_full() {
        speller.cut();
    }
}

/// Appends `struct foo`, or `struct {...}` for a type without a name.
pub(crate) fn tag(out: &mut String, btf: &Btf, id: TypeId) {
    let ty = btf.ty(id);
    let keyword = match ty {
        Type::Struct(_) => "struct ",
        Type::Union(_) => "union ",
        Type::Enum(_) => "enum ",
        Type::Forward { union: false, .. } => "struct ",
        Type::Forward { union: true, .. } => "union ",
        _ => "",
    };
    out.push_str(keyword);
    out.push_str(match (ty, btf.name_of(id)) {
        (Type::Void, _) => "void",
        (_, "") => "{...}",
        (_, name) => name,
    });
}

/// What a part of a declarator stands in: a pointer to an array or a function needs parentheses.
#[derive(Clone, Copy, PartialEq)]
enum Outer {
    Name,
    Pointer,
}

struct Speller<'a> {
    btf: &'a Btf,
    out: &'a mut String,
    end: usize,
}

/// C writes a declarator around its name: what is before it, and what after.
impl Speller<'_> {
    fn is_full(&self) -> bool {
        self.out.len() > self.end
    }

    fn cut(&mut self) {
        let mut end = self.end;
        while !self.out.is_char_boundary(end) {
            end -= 1;
        }
        self.out.truncate(end);
        self.out.push('…');
    }

    fn space(&mut self) {
        if !self.out.ends_with(['*', '(', ' ']) {
            self.out.push(' ');
        }
    }

    fn before(&mut self, id: TypeId, depth: u8, outer: Outer) {
        if self.is_full() {
            return;
        }
        let Some(depth) = depth.checked_sub(1) else {
            self.out.push('…');
            return;
        };
        match *self.btf.ty(id) {
            Type::Pointer(target) => {
                self.before(target, depth, Outer::Pointer);
                self.space();
                self.out.push('*');
            }
            Type::Array { element, .. } => {
                self.before(element, depth, Outer::Name);
                self.open(outer);
            }
            Type::Prototype { result, .. } => {
                self.before(result, depth, Outer::Name);
                self.open(outer);
            }
            Type::Modifier { modifier, target } => self.modified(modifier, target, depth, outer),
            _ => tag(self.out, self.btf, id),
        }
    }

    /// A qualifier stands behind the `*` that it belongs to, else before the type.
    fn modified(&mut self, modifier: Modifier, target: TypeId, depth: u8, outer: Outer) {
        let word = match modifier {
            Modifier::Const => "const",
            Modifier::Volatile => "volatile",
            Modifier::Restrict => "restrict",
            Modifier::Tag(name) => self.btf.name(name),
        };
        if matches!(self.btf.ty(self.btf.unqualified(target)), Type::Pointer(_)) {
            self.before(target, depth, outer);
            self.space();
            self.out.push_str(word);
        } else {
            self.out.push_str(word);
            self.out.push(' ');
            self.before(target, depth, outer);
        }
    }

    fn open(&mut self, outer: Outer) {
        if outer == Outer::Pointer {
            self.space();
            self.out.push('(');
        }
    }

    fn after(&mut self, id: TypeId, depth: u8, outer: Outer) {
        if self.is_full() {
            return;
        }
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        match *self.btf.ty(id) {
            Type::Pointer(target) => self.after(target, depth, Outer::Pointer),
            Type::Array {
                element, length, ..
            } => {
                self.close(outer);
                self.out.push('[');
                self.out.push_str(&length.to_string());
                self.out.push(']');
                self.after(element, depth, Outer::Name);
            }
            Type::Prototype { result, parameters } => {
                self.close(outer);
                self.parameters(parameters, depth);
                self.after(result, depth, Outer::Name);
            }
            Type::Modifier { target, .. } => self.after(target, depth, outer),
            _ => {}
        }
    }

    fn close(&mut self, outer: Outer) {
        if outer == Outer::Pointer {
            self.out.push(')');
        }
    }

    fn parameters(&mut self, parameters: Span, depth: u8) {
        self.out.push('(');
        let parameters = self.btf.parameters(parameters);
        if parameters.is_empty() {
            self.out.push_str("void");
        }
        for (i, parameter) in parameters.iter().enumerate() {
            if self.is_full() {
                return;
            }
            if i > 0 {
                self.out.push_str(", ");
            }
            if parameter.is_varargs() {
                self.out.push_str("...");
                continue;
            }
            self.before(parameter.ty, depth, Outer::Name);
            let name = self.btf.name(parameter.name);
            if !name.is_empty() {
                self.space();
                self.out.push_str(name);
            }
            self.after(parameter.ty, depth, Outer::Name);
        }
        self.out.push(')');
    }
}
