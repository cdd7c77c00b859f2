//! Writes types and declarations as C does: `int (*const handlers[4])(struct sock *, char)`.
//!
//! Long declarations are cut. The maximum length also limits the work for hostile types.

use crate::btf::{Btf, Modifier, Span, Type, TypeId};

/// The maximum length of a declaration in bytes. A longer declaration is cut at this length.
pub(crate) const MAX_LENGTH: usize = 400;
/// The maximum depth of nested types: pointers, arrays, prototypes, modifiers and the innermost type. Deeper types are
/// replaced by `…`. In functions, `depth` is the number of levels that are left.
const MAX_DEPTH: u8 = 32;

/// Appends the declaration of `name` as a value of type `id`. If `name` is empty, appends only the type.
pub(crate) fn declare(out: &mut String, btf: &Btf, id: TypeId, name: &str) {
    Declarator::new(out, btf, None).declare(id, name);
}

/// Writes many declarations of one BTF. To save time, the part of a declaration before the name is cached.
#[derive(Default)]
pub(crate) struct Declarations {
    text: String,
    /// The cached text for each type, or `None` if it is not cached. The type id is the index.
    prefixes: Vec<Option<Prefix>>,
}

/// The cached text of a type, such as `struct sock *const`. Only types whose declaration has nothing after the name are
/// cached, so arrays and functions are not.
#[derive(Clone, Copy)]
struct Prefix {
    text: Span,
    /// Whether a space must separate the text from a name.
    space: bool,
}

/// The maximum number of pointers and qualifiers in a type that is cached.
const MAX_CACHED_DEPTH: u8 = 8;
/// The maximum size of the cache in bytes. A kernel needs half a megabyte. Without a limit, hostile BTF could repeat a
/// long name for each pointer to it.
const MAX_TEXT: usize = 4 << 20;

impl Declarations {
    /// Appends a declaration. The result is the same as that of the function [`declare`].
    pub fn declare(&mut self, out: &mut String, btf: &Btf, id: TypeId, name: &str) {
        self.prepare(btf);
        match self.prefix(btf, id) {
            Some((prefix, space)) if prefix.len() + name.len() < MAX_LENGTH => {
                out.push_str(prefix);
                push_name(out, space, name);
            }
            _ => Declarator::new(out, btf, Some(self)).declare(id, name),
        }
    }

    /// Appends the declaration of a function. Returns the offset of the function's name in `out` in bytes, or `None` if
    /// the declaration was cut.
    pub fn function(
        &mut self,
        out: &mut String,
        btf: &Btf,
        prototype: TypeId,
        name: &str,
    ) -> Option<usize> {
        self.prepare(btf);
        let mut declarator = Declarator::new(out, btf, Some(self));
        declarator.before(prototype, MAX_DEPTH, Surrounding::Name);
        if !name.is_empty() {
            declarator.space();
        }
        let start = declarator.out.len();
        declarator.out.push_str(name);
        declarator.after(prototype, MAX_DEPTH, Surrounding::Name);
        (!declarator.finish()).then_some(start)
    }

    fn prepare(&mut self, btf: &Btf) {
        if self.prefixes.len() < btf.len() {
            self.prefixes.resize(btf.len(), None);
        }
    }

    /// Returns the text of a type from the cache, and whether a space must separate the text from a name. Adds the type
    /// to the cache if needed. Returns `None` if the type cannot be cached.
    fn prefix(&mut self, btf: &Btf, id: TypeId) -> Option<(&str, bool)> {
        let prefix = match self.prefixes[id.index()] {
            Some(prefix) => prefix,
            None => self.add(btf, id)?,
        };
        Some((&self.text[prefix.text.range()], prefix.space))
    }

    /// Adds a type to the cache. Returns `None` if the type cannot be cached.
    fn add(&mut self, btf: &Btf, id: TypeId) -> Option<Prefix> {
        let mut leaf = id;
        for _ in 0..MAX_CACHED_DEPTH {
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
        let mut declarator = Declarator::new(&mut self.text, btf, None);
        declarator.before(id, MAX_DEPTH, Surrounding::Name);
        let length = self.text.len() - start;
        // A text of more than `MAX_LENGTH` bytes is cut in every declaration, so it is not cached.
        if length > MAX_LENGTH || self.text.len() > MAX_TEXT {
            self.text.truncate(start);
            return None;
        }
        let prefix = Prefix {
            text: Span {
                start: start as u32,
                len: length as u16,
            },
            space: !self.text.ends_with(NO_SPACE_AFTER),
        };
        self.prefixes[id.index()] = Some(prefix);
        Some(prefix)
    }
}

/// Appends a name, with a space before it if `space` is true. Appends nothing if the name is empty.
fn push_name(out: &mut String, space: bool, name: &str) {
    if space && !name.is_empty() {
        out.push(' ');
    }
    out.push_str(name);
}

/// Appends the keyword and the name of a type, such as `struct foo`. If the type has no name, appends `{...}` in place
/// of the name. Appends only `void` for `void`.
pub(crate) fn tag(out: &mut String, btf: &Btf, id: TypeId) {
    let ty = btf.ty(id);
    out.push_str(keyword(ty).unwrap_or_default());
    out.push_str(match (ty, btf.name_of(id)) {
        (Type::Void, _) => "",
        (_, "") => "{...}",
        (_, name) => name,
    });
}

/// Returns the keyword before the name of a type, with a space. Types that have only a name in C, such as integers,
/// have an empty keyword. `void` is a keyword without a name, and has no space. Returns `None` for types that C does
/// not write as a name, such as pointers.
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

/// The part of a declaration that directly surrounds the current part. If the surrounding part is a pointer, and the
/// current part is an array or a function, C requires parentheses. `Name` also stands for a surrounding array or
/// function.
#[derive(Clone, Copy, PartialEq)]
enum Surrounding {
    Name,
    Pointer,
}

/// The characters after which no space is needed.
const NO_SPACE_AFTER: [char; 3] = ['*', '(', ' '];

/// Writes one declaration.
struct Declarator<'a> {
    btf: &'a Btf,
    out: &'a mut String,
    /// The length of `out` in bytes at which the declaration is cut.
    end: usize,
    cache: Option<&'a mut Declarations>,
}

impl<'a> Declarator<'a> {
    fn new(
        out: &'a mut String,
        btf: &'a Btf,
        cache: Option<&'a mut Declarations>,
    ) -> Declarator<'a> {
        Declarator {
            btf,
            end: out.len() + MAX_LENGTH,
            out,
            cache,
        }
    }

    fn declare(&mut self, id: TypeId, name: &str) {
        self.declaration(id, name, MAX_DEPTH);
        self.finish();
    }

    /// Cuts the declaration if it is too long. Returns whether it was cut.
    fn finish(&mut self) -> bool {
        let long = self.is_full();
        if long {
            self.cut();
        }
        long
    }

    fn declaration(&mut self, id: TypeId, name: &str, depth: u8) {
        if let Some(space) = self.push_cached(id, depth) {
            push_name(self.out, space, name);
            return;
        }
        self.before(id, depth, Surrounding::Name);
        if !name.is_empty() {
            self.space();
            self.out.push_str(name);
        }
        self.after(id, depth, Surrounding::Name);
    }

    /// Appends a type from the cache. Returns whether a space must separate the type from a name. Returns `None` and
    /// appends nothing if there is no cache, if the type cannot be cached, or if `depth` may be too small for a cached
    /// type, which would have to be cut.
    fn push_cached(&mut self, id: TypeId, depth: u8) -> Option<bool> {
        if depth <= MAX_CACHED_DEPTH {
            return None;
        }
        let (prefix, space) = self.cache.as_mut()?.prefix(self.btf, id)?;
        self.out.push_str(prefix);
        Some(space)
    }
}

/// In C, a declaration has parts on both sides of its name. `before` writes the part before the name, and `after`
/// writes the part after it.
impl Declarator<'_> {
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
        if !self.out.ends_with(NO_SPACE_AFTER) {
            self.out.push(' ');
        }
    }

    fn before(&mut self, id: TypeId, depth: u8, outer: Surrounding) {
        if self.is_full() {
            return;
        }
        let Some(depth) = depth.checked_sub(1) else {
            self.out.push('…');
            return;
        };
        match *self.btf.ty(id) {
            Type::Pointer(target) => {
                self.before(target, depth, Surrounding::Pointer);
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

    /// Appends the element type of an array or the result type of a function, as far as it precedes the name.
    fn inner(&mut self, id: TypeId, depth: u8) {
        if self.push_cached(id, depth).is_none() {
            self.before(id, depth, Surrounding::Name);
        }
    }

    /// Appends a type with a qualifier or type tag. The qualifier or tag follows the `*` of a pointer, and precedes
    /// other types. An unnamed typedef adds nothing.
    fn modified(&mut self, modifier: Modifier, target: TypeId, depth: u8, outer: Surrounding) {
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

    fn open(&mut self, outer: Surrounding) {
        if outer == Surrounding::Pointer {
            self.space();
            self.out.push('(');
        }
    }

    fn after(&mut self, id: TypeId, depth: u8, outer: Surrounding) {
        if self.is_full() {
            return;
        }
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        match *self.btf.ty(id) {
            Type::Pointer(target) => self.after(target, depth, Surrounding::Pointer),
            Type::Array {
                element, length, ..
            } => {
                self.close(outer);
                self.out.push('[');
                self.out.push_str(itoa::Buffer::new().format(length));
                self.out.push(']');
                self.after(element, depth, Surrounding::Name);
            }
            Type::Prototype { result, parameters } => {
                self.close(outer);
                self.parameters(parameters, depth);
                self.after(result, depth, Surrounding::Name);
            }
            Type::Modifier { target, .. } => self.after(target, depth, outer),
            _ => {}
        }
    }

    fn close(&mut self, outer: Surrounding) {
        if outer == Surrounding::Pointer {
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
