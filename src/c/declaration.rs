//! Spells types and declarations as C does: `int (*const handlers[4])(struct sock *, char)`.
//!
//! Knows BTF and nothing else. A declaration is cut where it gets longer than anyone would read,
//! which bounds the work on types that are made to be endless.

use crate::btf::{Btf, Modifier, Span, Type, TypeId};

/// Where a declaration is cut, in bytes.
pub(crate) const LONGEST: usize = 400;
/// How many pointers, arrays and prototypes of a declaration are spelled.
const MAX_DEPTH: u8 = 32;

/// Appends the declaration of `name` as a value of type `id`; without a name, the type alone.
pub(crate) fn declare(out: &mut String, btf: &Btf, id: TypeId, name: &str) {
    Speller::new(out, btf, None).declare(id, name);
}

/// Spells many declarations of one BTF, and remembers types that stand before a name.
#[derive(Default)]
pub(crate) struct Declarations {
    text: String,
    /// By type id; none where it was not asked for.
    fronts: Vec<Option<Front>>,
}

/// A type of which nothing stands behind the name: `struct sock *const`.
#[derive(Clone, Copy)]
struct Front {
    text: Span,
    /// Is there a space between it and a name?
    space: bool,
}

/// The most pointers and qualifiers of a type that is remembered.
const MAX_REMEMBERED: u8 = 8;
/// How much text is remembered, in bytes: a kernel needs half a megabyte. Each pointer to a type of a long name would
/// keep that name once more.
const MAX_TEXT: usize = 4 << 20;

impl Declarations {
    /// Appends a declaration as [`declare`] does.
    pub fn declare(&mut self, out: &mut String, btf: &Btf, id: TypeId, name: &str) {
        self.prepare(btf);
        match self.front(btf, id) {
            Some((front, space)) if front.len() + name.len() < LONGEST => {
                out.push_str(front);
                push_name(out, space, name);
            }
            _ => Speller::new(out, btf, Some(self)).declare(id, name),
        }
    }

    /// Appends the declaration of a function. Returns where its name begins, unless it was cut.
    pub fn function(
        &mut self,
        out: &mut String,
        btf: &Btf,
        prototype: TypeId,
        name: &str,
    ) -> Option<usize> {
        self.prepare(btf);
        let mut speller = Speller::new(out, btf, Some(self));
        speller.before(prototype, MAX_DEPTH, Outer::Name);
        if !name.is_empty() {
            speller.space();
        }
        let start = speller.out.len();
        speller.out.push_str(name);
        speller.after(prototype, MAX_DEPTH, Outer::Name);
        (!speller.finish()).then_some(start)
    }

    /// Makes room for what is known of each type.
    fn prepare(&mut self, btf: &Btf) {
        if self.fronts.len() < btf.len() {
            self.fronts.resize(btf.len(), None);
        }
    }

    /// The text of a type of which nothing stands behind the name, and whether a space follows.
    fn front(&mut self, btf: &Btf, id: TypeId) -> Option<(&str, bool)> {
        let front = match self.fronts[id.index()] {
            Some(front) => front,
            None => self.remember(btf, id)?,
        };
        Some((&self.text[front.text.range()], front.space))
    }

    fn remember(&mut self, btf: &Btf, id: TypeId) -> Option<Front> {
        let mut leaf = id;
        for _ in 0..MAX_REMEMBERED {
            match *btf.ty(leaf) {
                Type::Pointer(target) | Type::Modifier { target, .. } => leaf = target,
                _ => break,
            }
        }
        let is_leaf = !matches!(
            btf.ty(leaf),
            Type::Pointer(_) | Type::Modifier { .. } | Type::Array { .. } | Type::Prototype { .. }
        );
        if !is_leaf {
            return None;
        }
        let start = self.text.len();
        let mut speller = Speller::new(&mut self.text, btf, None);
        speller.before(id, MAX_DEPTH, Outer::Name);
        let length = self.text.len() - start;
        // What is longer is cut wherever it stands.
        if length > LONGEST || self.text.len() > MAX_TEXT {
            self.text.truncate(start);
            return None;
        }
        let front = Front {
            text: Span {
                start: start as u32,
                len: length as u16,
            },
            space: !self.text.ends_with(GLUE),
        };
        self.fronts[id.index()] = Some(front);
        Some(front)
    }
}

/// Appends a name, and before it a space if one belongs there.
fn push_name(out: &mut String, space: bool, name: &str) {
    if space && !name.is_empty() {
        out.push(' ');
    }
    out.push_str(name);
}

/// Appends `struct foo`, or `struct {...}` for a type without a name.
pub(crate) fn tag(out: &mut String, btf: &Btf, id: TypeId) {
    let ty = btf.ty(id);
    out.push_str(keyword(ty).unwrap_or_default());
    out.push_str(match (ty, btf.name_of(id)) {
        (Type::Void, _) => "",
        (_, "") => "{...}",
        (_, name) => name,
    });
}

/// What is spelled before the name of a type, where it is spelled as a word and a name.
pub(crate) fn keyword(ty: &Type) -> Option<&'static str> {
    Some(match ty {
        Type::Struct(_) | Type::Forward { union: false, .. } => "struct ",
        Type::Union(_) | Type::Forward { union: true, .. } => "union ",
        Type::Enum(_) => "enum ",
        Type::Void => "void",
        Type::Pointer(_) | Type::Array { .. } | Type::Modifier { .. } | Type::Prototype { .. } => {
            return None;
        }
        _ => "",
    })
}

/// What a part of a declarator stands in: a pointer to an array or a function needs parentheses.
#[derive(Clone, Copy, PartialEq)]
enum Outer {
    Name,
    Pointer,
}

/// After these no space is needed.
const GLUE: [char; 3] = ['*', '(', ' '];

struct Speller<'a> {
    btf: &'a Btf,
    out: &'a mut String,
    end: usize,
    known: Option<&'a mut Declarations>,
}

impl<'a> Speller<'a> {
    fn new(out: &'a mut String, btf: &'a Btf, known: Option<&'a mut Declarations>) -> Speller<'a> {
        Speller {
            btf,
            end: out.len() + LONGEST,
            out,
            known,
        }
    }

    fn declare(&mut self, id: TypeId, name: &str) {
        self.declaration(id, name, MAX_DEPTH);
        self.finish();
    }

    /// Cuts what is too long. Was it?
    fn finish(&mut self) -> bool {
        let long = self.is_full();
        if long {
            self.cut();
        }
        long
    }

    fn declaration(&mut self, id: TypeId, name: &str, depth: u8) {
        if let Some(space) = self.remembered(id, depth) {
            push_name(self.out, space, name);
            return;
        }
        self.before(id, depth, Outer::Name);
        if !name.is_empty() {
            self.space();
            self.out.push_str(name);
        }
        self.after(id, depth, Outer::Name);
    }

    /// Spells a type of which nothing stands behind the name, if it is one that is remembered. Does a
    /// space follow?
    fn remembered(&mut self, id: TypeId, depth: u8) -> Option<bool> {
        if depth <= MAX_REMEMBERED {
            return None;
        }
        let (front, space) = self.known.as_mut()?.front(self.btf, id)?;
        self.out.push_str(front);
        Some(space)
    }
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
        if !self.out.ends_with(GLUE) {
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
                self.inner(element, depth);
                self.open(outer);
            }
            Type::Prototype { result, .. } => {
                self.inner(result, depth);
                self.open(outer);
            }
            Type::Modifier { modifier, target } => self.modified(modifier, target, depth, outer),
            _ => tag(self.out, self.btf, id),
        }
    }

    /// What the elements of an array are, or what a function returns.
    fn inner(&mut self, id: TypeId, depth: u8) {
        if self.remembered(id, depth).is_none() {
            self.before(id, depth, Outer::Name);
        }
    }

    /// A qualifier stands behind the `*` that it belongs to, else before the type.
    fn modified(&mut self, modifier: Modifier, target: TypeId, depth: u8, outer: Outer) {
        let word = match modifier {
            Modifier::Const => "const",
            Modifier::Volatile => "volatile",
            Modifier::Restrict => "restrict",
            Modifier::Tag(name) => self.btf.name(name),
            Modifier::Unnamed => return self.before(target, depth, outer),
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
                self.out.push_str(itoa::Buffer::new().format(length));
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
            self.declaration(parameter.ty, self.btf.name(parameter.name), depth);
        }
        self.out.push(')');
    }
}
