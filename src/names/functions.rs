//! Makes the labels of functions. Functions share a scope with the types, and get their labels after the types.

use std::collections::HashSet;
use std::ops::Range;

use super::{
    Interface, Names,
    anonymous::{AnonymousType, Builder},
    collision::{self, Alternatives},
    entity::{EntityId, Owner},
    fingerprint::TypeFingerprints,
    order,
    prototypes::{PrototypeId, PrototypeIds},
    reserved::{self, Role},
    scope::{Key, KeyBuilder},
    spelling::NameKind,
    text_span::TextSpan,
    words,
};
use crate::btf::{Btf, Malformed, Name, Parameter, Type, TypeId};
use crate::c::members::MemberName;

/// A function with its label.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Function {
    /// The type of kind FUNC, which has the name and the prototype.
    pub ty: TypeId,
    /// The id of the first item of an anonymous type in the function's signature. If there is none, this is the id
    /// after those of all items that were added before.
    pub first: EntityId,
    /// The id that all functions with this prototype share. Such functions are written alike, except for their names.
    /// `None` if no other function is known to be written like this one.
    pub prototype_id: Option<PrototypeId>,
    /// Whether the function did not get its plain label, because that label collides with another one.
    pub collides: bool,
    pub(super) label: TextSpan,
}

impl Function {
    /// Returns the parameters and the result.
    pub fn parts<'a>(&self, btf: &'a Btf) -> (&'a [Parameter], TypeId) {
        match *btf.ty(self.prototype(btf)) {
            Type::Prototype { result, parameters } => (btf.parameters(parameters), result),
            _ => (&[], TypeId::VOID),
        }
    }

    pub fn prototype(&self, btf: &Btf) -> TypeId {
        prototype(btf, self.ty)
    }
}

/// Returns the prototype of a type of kind FUNC, or `void` for types of other kinds.
fn prototype(btf: &Btf, ty: TypeId) -> TypeId {
    match *btf.ty(ty) {
        Type::Function { prototype, .. } => prototype,
        _ => TypeId::VOID,
    }
}

/// Returns a type of kind FUNC and its name. Returns `None` for types of other kinds and for a FUNC without a name. gcc
/// 12 writes such a FUNC for every prototype to which a pointer refers.
fn named(btf: &Btf, ty: TypeId) -> Option<(TypeId, Name)> {
    match *btf.ty(ty) {
        Type::Function { name, .. } if !name.is_none() => Some((ty, name)),
        _ => None,
    }
}

/// A function and its label, before the functions are sorted.
#[derive(Clone, Copy)]
struct LabelledFunction {
    /// The type of kind FUNC.
    ty: TypeId,
    /// Whether the function did not get its plain label, because that label collides with another one.
    collides: bool,
    label: TextSpan,
}

impl LabelledFunction {
    /// Makes a [`Function`] without a prototype id. `first` is the value of [`Function::first`].
    fn function(self, first: EntityId) -> Function {
        Function {
            ty: self.ty,
            first,
            prototype_id: None,
            collides: self.collides,
            label: self.label,
        }
    }
}

/// A function whose plain label was also claimed by another function, or by a type.
#[derive(Clone, Copy)]
struct Collision {
    key: Key,
    /// The index of the function in the list of its layer's functions. A layer is the base, or all other types.
    at: usize,
    /// Whether a type or another function had already claimed the label when this function claimed it.
    late: bool,
    /// The [spelling distance](collision::spelling_distance) between the C name and the label. Only the function with
    /// the smallest distance may keep the label.
    distance: u32,
}

impl Names {
    /// Adds labels for those named functions of the BTF for which `wanted` returns true, and items for the anonymous
    /// types in their signatures. `expected` is an estimate of the number of these functions, for which memory is
    /// reserved.
    pub fn with_functions(
        mut self,
        btf: &Btf,
        expected: usize,
        wanted: impl Fn(TypeId) -> bool,
    ) -> Result<Names, Malformed> {
        self.functions.reserve_exact(expected);
        let mut functions = Vec::with_capacity(expected);
        for layer in btf.layers() {
            let first = functions.len();
            let keys = self.add_plain(btf, layer, &wanted, &mut functions)?;
            let collisions = self.claim_plain(&keys);
            self.resolve_collisions(btf, collisions, &mut functions[first..])?;
        }
        order::by_label(&self.text, &mut functions, |function| function.label);
        self.add_anonymous(btf, functions)
    }

    /// Appends the wanted functions of a layer, with their plain labels, to `added`. A layer is the base, or all other
    /// types. Returns the keys of these labels in the same order.
    fn add_plain(
        &mut self,
        btf: &Btf,
        layer: Range<u32>,
        wanted: impl Fn(TypeId) -> bool,
        added: &mut Vec<LabelledFunction>,
    ) -> Result<Vec<Key>, Malformed> {
        let mut keys = Vec::with_capacity(added.capacity() - added.len());
        let functions = layer.map(TypeId).filter_map(|ty| named(btf, ty));
        for (ty, name) in functions.filter(|(ty, _)| wanted(*ty)) {
            let (key, label) = self.plain_label(btf, name);
            super::check_text(btf, &self.text, ty)?;
            keys.push(key);
            added.push(LabelledFunction {
                ty,
                collides: false,
                label,
            });
        }
        Ok(keys)
    }

    /// Claims the plain labels of the functions in a layer. Returns the functions whose label was also claimed by
    /// another function or by a type.
    fn claim_plain(&mut self, keys: &[Key]) -> Vec<Collision> {
        let scope = &mut self.interface.scope;
        scope.reserve(keys.len());
        let late: Vec<bool> = keys.iter().map(|key| !scope.claim(*key)).collect();
        let claims = || keys.iter().zip(&late).enumerate();
        let mut disputed = HashSet::with_hasher(KeyBuilder::default());
        let all_late = claims().filter(|(_, (_, late))| **late);
        disputed.extend(all_late.map(|(_, (key, _))| *key));
        let collisions = claims().filter(|(_, (key, _))| disputed.contains(*key));
        let collisions = collisions.map(|(at, (&key, &late))| Collision {
            key,
            at,
            late,
            distance: 0,
        });
        collisions.collect()
    }

    /// Appends the plain label of a function to the text of all labels, and returns its key and its position. A label
    /// that is reserved, or that is the name of a helper in wit-bindgen-c, gets the suffix `-func`.
    fn plain_label(&mut self, btf: &Btf, name: Name) -> (Key, TextSpan) {
        let start = self.text.len();
        let name = self.rename.spell(NameKind::Function, btf.name(name));
        let mut key = words::push(&mut self.text, &name).key;
        let plain = &self.text[start..];
        if reserved::is_reserved(plain, Role::Function) || self.is_helper(plain) {
            self.text.push('-');
            self.text.push_str(Role::Function.word());
            key = Key::of(&self.text[start..]);
        }
        (key, TextSpan::from(start, &self.text))
    }

    /// Resolves collisions. If neither a type nor a function of an earlier layer has the disputed label, the function
    /// that [`Names::rank`] puts first keeps it. The others get other labels.
    fn resolve_collisions(
        &mut self,
        btf: &Btf,
        mut collisions: Vec<Collision>,
        functions: &mut [LabelledFunction],
    ) -> Result<(), Malformed> {
        self.rank(btf, &mut collisions, functions);
        for same in collisions.chunk_by(|a, b| a.key == b.key) {
            let one_keeps_it = same.iter().any(|collision| !collision.late);
            let kind = (same.len() == 1).then_some(Role::Function.word());
            let mut number = collision::FIRST;
            for collision in &same[usize::from(one_keeps_it)..] {
                let function = &mut functions[collision.at];
                self.relabel(function, kind, &mut number);
                super::check_text(btf, &self.text, function.ty)?;
            }
        }
        Ok(())
    }

    /// Sorts the collisions by label. Of the functions with the same label, the one that may keep the label comes
    /// first.
    fn rank(&self, btf: &Btf, collisions: &mut [Collision], functions: &[LabelledFunction]) {
        let mut plain = String::new();
        let name = |collision: &Collision| btf.name_of(functions[collision.at].ty);
        for collision in collisions.iter_mut() {
            let spelling = self.rename.spell(NameKind::Function, name(collision));
            plain.clear();
            words::push(&mut plain, &spelling);
            collision.distance = collision::spelling_distance(&spelling, &plain);
        }
        let compare = |a: &Collision, b: &Collision| {
            (a.key, a.distance)
                .cmp(&(b.key, b.distance))
                .then_with(|| name(a).cmp(name(b)))
        };
        collisions.sort_by(compare);
        let mut fingerprints = TypeFingerprints::default();
        for same in collisions.chunk_by_mut(|a, b| compare(a, b).is_eq()) {
            if same.len() > 1 {
                let prototype = |one: &Collision| prototype(btf, functions[one.at].ty);
                same.sort_by_cached_key(|one| fingerprints.fingerprint(btf, prototype(one)));
            }
        }
    }

    fn relabel(&mut self, function: &mut LabelledFunction, kind: Option<&str>, number: &mut u32) {
        let scope = &mut self.interface.scope;
        let plain = function.label.of(&self.text);
        let label = Alternatives::new(plain, kind, number)
            .first_accepted(|label| scope.claim(Key::of(label)));
        function.label = TextSpan::append(&mut self.text, &label);
        function.collides = true;
    }

    /// Returns whether wit-bindgen-c may define a function or type with this name. For a type `foo` and for a list type
    /// called `foo`, wit-bindgen-c defines `foo_free` and `foo_t`. The result is also true if `foo` is a function of an
    /// earlier layer, which only causes a needless suffix.
    fn is_helper(&self, label: &str) -> bool {
        let stems = [label.strip_suffix("-free"), label.strip_suffix("-t")];
        let mut stems = stems.into_iter().flatten();
        stems.any(|stem| {
            self.interface.scope.has(Key::of(stem)) || self.interface.is_list_name(stem)
        })
    }

    /// Adds the functions in the given order, and adds the items of the anonymous types in their parameters and
    /// results.
    fn add_anonymous(
        mut self,
        btf: &Btf,
        functions: Vec<LabelledFunction>,
    ) -> Result<Names, Malformed> {
        let text = std::mem::take(&mut self.text);
        let interface = std::mem::take(&mut self.interface);
        let rename = std::mem::take(&mut self.rename);
        let mut builder = Builder::new(btf, text, interface, rename);
        builder.entities = std::mem::take(&mut self.entities);
        builder.object_data = std::mem::take(&mut self.object_data);
        builder.functions = std::mem::take(&mut self.functions);
        builder.in_items = std::mem::take(&mut self.in_items);
        let mut ids = PrototypeIds::of(btf, functions.iter().map(|f| prototype(btf, f.ty)));
        for (position, function) in functions.into_iter().enumerate() {
            let mut function = function.function(builder.next());
            let prototype = function.prototype(btf);
            function.prototype_id = ids.known(prototype);
            builder.functions.push(function);
            if function.prototype_id.is_some() {
                continue;
            }
            builder.add_types_of(&function, position)?;
            // A function whose anonymous types have items is written differently from all other functions. If the
            // caller renames parameters, any two functions may be written differently.
            if builder.next() == function.first && !builder.rename.renames() {
                builder.functions[position].prototype_id = ids.assign(prototype);
            }
        }
        Ok(Names {
            functions: builder.functions,
            text: builder.text,
            entities: builder.entities,
            // No label is claimed after those of functions, so the scope is dropped. The scope of a kernel takes a
            // megabyte.
            interface: Interface::default(),
            in_items: builder.in_items,
            object_data: builder.object_data,
            rename: builder.rename,
            ..self
        })
    }
}

impl Builder<'_> {
    /// Adds the items of the anonymous types in the signature of a function. `position` is the function's index in
    /// [`Names::functions`].
    fn add_types_of(&mut self, function: &Function, position: usize) -> Result<(), Malformed> {
        let btf = self.btf;
        // Fast path: hardly any function has an anonymous type in its signature.
        if !types(btf, function).any(|ty| btf.is_anonymous(btf.element(ty))) {
            return Ok(());
        }
        let owner = Owner::Function(position as u32);
        let stem = function.label.of(&self.text).to_owned();
        for (member, ty) in named_types(btf, function) {
            let base = btf.element(ty);
            if !btf.is_anonymous(base) || btf.is_empty(ty) {
                continue;
            }
            self.stems.clear();
            self.stems.push_str(&stem);
            let anonymous = AnonymousType {
                ty: base,
                member,
                role: NameKind::Parameter,
                listed: base != btf.unqualified(ty),
            };
            self.add_anonymous(owner, anonymous, 0)?;
        }
        Ok(())
    }
}

/// Returns the types of the parameters and of the result. Leaves out types without bytes, such as `void`.
pub(crate) fn signature<'a>(
    btf: &'a Btf,
    function: &Function,
) -> impl Iterator<Item = TypeId> + use<'a> {
    types(btf, function).filter(|ty| !btf.is_empty(*ty))
}

/// Returns the types of the parameters and of the result.
fn types<'a>(btf: &'a Btf, function: &Function) -> impl Iterator<Item = TypeId> + use<'a> {
    named_types(btf, function).map(|(_, ty)| ty)
}

/// Returns the types of the parameters with their names, followed by the type of the result.
fn named_types<'a>(
    btf: &'a Btf,
    function: &Function,
) -> impl Iterator<Item = (Option<MemberName>, TypeId)> + use<'a> {
    let (parameters, result) = function.parts(btf);
    let parameters = parameters.iter().enumerate();
    parameters
        .map(|(i, parameter)| (Some(parameter_name(i, parameter)), parameter.ty))
        .chain([(None, result)])
}

/// Returns the name of a parameter, or its position if it has no name.
pub(crate) fn parameter_name(position: usize, parameter: &Parameter) -> MemberName {
    if parameter.name.is_none() {
        MemberName::Unnamed(position as u32)
    } else {
        MemberName::Named(parameter.name)
    }
}
