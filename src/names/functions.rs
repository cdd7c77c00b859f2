//! Labels of functions, which share a scope with the types and come after them.

use std::collections::HashSet;
use std::ops::Range;

use super::{
    Interface, Names,
    anonymous::{Found, Places},
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

/// A function that is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Function {
    /// The FUNC, which has its name and prototype.
    pub ty: TypeId,
    /// The first of the items that stand in it, where there are any.
    pub first: EntityId,
    /// Functions of one kin are written alike but for their names.
    pub prototype_id: Option<PrototypeId>,
    /// Another C name has the label that this one would have had.
    pub collides: bool,
    pub(super) label: TextSpan,
}

impl Function {
    /// Parameters and result.
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

/// That of a FUNC.
fn prototype(btf: &Btf, ty: TypeId) -> TypeId {
    match *btf.ty(ty) {
        Type::Function { prototype, .. } => prototype,
        _ => TypeId::VOID,
    }
}

/// A FUNC that has a name, with that. gcc 12 writes one without for every prototype behind a pointer.
fn named(btf: &Btf, ty: TypeId) -> Option<(TypeId, Name)> {
    match *btf.ty(ty) {
        Type::Function { name, .. } if !name.is_none() => Some((ty, name)),
        _ => None,
    }
}

/// A function with its label, before it has its place among all.
#[derive(Clone, Copy)]
pub(super) struct Claimant {
    /// The FUNC.
    pub ty: TypeId,
    /// Another C name has the label that this one would have had.
    collides: bool,
    label: TextSpan,
}

impl Claimant {
    /// The function, of which `first` would be the first item.
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

/// A function whose label others claim too, by its position.
#[derive(Clone, Copy)]
struct Rival {
    key: Key,
    at: usize,
    /// Has something else taken the label, be it one of the others?
    late: bool,
    /// How much of its name the label does not show.
    distance: u32,
}

impl Names {
    /// Adds the functions that `wanted` picks from the FUNCs of the BTF: about `expected`.
    pub fn with_functions(
        mut self,
        btf: &Btf,
        expected: usize,
        wanted: impl Fn(TypeId) -> bool,
    ) -> Result<Names, Malformed> {
        self.functions.reserve_exact(expected);
        let mut claimants = Vec::with_capacity(expected);
        for layer in btf.layers() {
            let first = claimants.len();
            let keys = self.add_plain(btf, layer, &wanted, &mut claimants)?;
            let rivals = self.claim_plain(&keys);
            self.claim_others(btf, rivals, &mut claimants[first..])?;
        }
        order::by_label(&self.text, &mut claimants, |claimant| claimant.label);
        self.place_anonymous(btf, claimants)
    }

    /// Adds functions with the labels that they would have alone. Returns their keys.
    fn add_plain(
        &mut self,
        btf: &Btf,
        layer: Range<u32>,
        wanted: impl Fn(TypeId) -> bool,
        claimants: &mut Vec<Claimant>,
    ) -> Result<Vec<Key>, Malformed> {
        let mut keys = Vec::with_capacity(claimants.capacity() - claimants.len());
        let functions = layer.map(TypeId).filter_map(|ty| named(btf, ty));
        for (ty, name) in functions.filter(|(ty, _)| wanted(*ty)) {
            let (key, label) = self.plain_label(btf, name);
            super::check_text(btf, &self.text, ty)?;
            keys.push(key);
            claimants.push(Claimant {
                ty,
                collides: false,
                label,
            });
        }
        Ok(keys)
    }

    /// Takes the labels of a layer's functions. Returns those of which several have one, or a type has it.
    fn claim_plain(&mut self, keys: &[Key]) -> Vec<Rival> {
        let scope = &mut self.interface.scope;
        scope.reserve(keys.len());
        let late: Vec<bool> = keys.iter().map(|key| !scope.claim(*key)).collect();
        let claims = || keys.iter().zip(&late).zip(0..);
        let mut disputed = HashSet::with_hasher(KeyBuilder::default());
        disputed.extend(
            claims()
                .filter(|((_, late), _)| **late)
                .map(|((key, _), _)| *key),
        );
        claims()
            .filter(|((key, _), _)| disputed.contains(*key))
            .map(|((&key, &late), at)| Rival {
                key,
                at,
                late,
                distance: 0,
            })
            .collect()
    }

    /// Appends the label that a function would have alone.
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

    /// Gives labels of their own to all rivals but one of each label that no type has.
    fn claim_others(
        &mut self,
        btf: &Btf,
        mut rivals: Vec<Rival>,
        claimants: &mut [Claimant],
    ) -> Result<(), Malformed> {
        let mut plain = String::new();
        for rival in &mut rivals {
            let name = btf.name_of(claimants[rival.at].ty);
            let spelling = self.rename.spell(NameKind::Function, name);
            plain.clear();
            words::push(&mut plain, &spelling);
            rival.distance = collision::spelling_distance(&spelling, &plain);
        }
        let name = |rival: &Rival| btf.name_of(claimants[rival.at].ty);
        let compare = |a: &Rival, b: &Rival| {
            let by_loss = a.distance.cmp(&b.distance);
            by_loss.then_with(|| name(a).cmp(name(b)))
        };
        rivals.sort_by(|a, b| a.key.cmp(&b.key).then_with(|| compare(a, b)));
        let mut contents = TypeFingerprints::default();
        for same in rivals.chunk_by_mut(|a, b| a.key == b.key && compare(a, b).is_eq()) {
            if same.len() > 1 {
                let prototype = |rival: &Rival| prototype(btf, claimants[rival.at].ty);
                same.sort_by_cached_key(|rival| contents.fingerprint(btf, prototype(rival)));
            }
        }
        for same in rivals.chunk_by(|a, b| a.key == b.key) {
            let free = same.iter().any(|rival| !rival.late);
            let kind = (same.len() == 1).then_some(Role::Function.word());
            let mut number = collision::FIRST;
            for rival in &same[usize::from(free)..] {
                let claimant = &mut claimants[rival.at];
                self.relabel(claimant, kind, &mut number);
                super::check_text(btf, &self.text, claimant.ty)?;
            }
        }
        Ok(())
    }

    fn relabel(&mut self, claimant: &mut Claimant, kind: Option<&str>, number: &mut u32) {
        let scope = &mut self.interface.scope;
        let plain = claimant.label.of(&self.text);
        let label =
            Alternatives::new(plain, kind, number).settle(|label| scope.claim(Key::of(label)));
        claimant.label = TextSpan::append(&mut self.text, &label);
        claimant.collides = true;
    }

    /// C bindings free a value of type `foo` with `foo_free` and call the type `foo_t`; likewise
    /// for lists.
    fn is_helper(&self, label: &str) -> bool {
        let stems = [label.strip_suffix("-free"), label.strip_suffix("-t")];
        let mut stems = stems.into_iter().flatten();
        stems.any(|stem| {
            self.interface.scope.has(Key::of(stem)) || self.interface.is_list_name(stem)
        })
    }

    /// Gives labels to the anonymous types that parameters and results have by value.
    fn place_anonymous(mut self, btf: &Btf, claimants: Vec<Claimant>) -> Result<Names, Malformed> {
        let text = std::mem::take(&mut self.text);
        let interface = std::mem::take(&mut self.interface);
        let rename = std::mem::take(&mut self.rename);
        let mut places = Places::new(btf, text, interface, rename);
        places.entities = std::mem::take(&mut self.entities);
        places.object_data = std::mem::take(&mut self.object_data);
        let mut ids = PrototypeIds::of(
            btf,
            claimants.iter().map(|claimant| prototype(btf, claimant.ty)),
        );
        places.functions = std::mem::take(&mut self.functions);
        places.placed = std::mem::take(&mut self.placed);
        for (position, claimant) in claimants.into_iter().enumerate() {
            let mut function = claimant.function(places.next());
            let prototype = function.prototype(btf);
            function.prototype_id = ids.known(prototype);
            places.functions.push(function);
            if function.prototype_id.is_some() {
                continue;
            }
            places.function(&function, position)?;
            // The caller's spelling of a parameter may depend on the function.
            if places.next() == function.first && !places.rename.renames() {
                places.functions[position].prototype_id = ids.give(prototype);
            }
        }
        Ok(Names {
            functions: places.functions,
            text: places.text,
            entities: places.entities,
            // Nothing is named after functions, and their labels take a megabyte in a kernel.
            interface: Interface::default(),
            placed: places.placed,
            object_data: places.object_data,
            rename: places.rename,
            ..self
        })
    }
}

impl Places<'_> {
    /// Places the anonymous types in the signature of a function.
    fn function(&mut self, function: &Function, position: usize) -> Result<(), Malformed> {
        let btf = self.btf;
        // Nearly none has any.
        if !types(btf, function).any(|ty| btf.is_anonymous(btf.element(ty))) {
            return Ok(());
        }
        let place = Owner::Function(position as u32);
        let stem = function.label.of(&self.text).to_owned();
        for (member, ty) in named_types(btf, function) {
            let base = btf.element(ty);
            if !btf.is_anonymous(base) || btf.is_empty(ty) {
                continue;
            }
            self.stems.clear();
            self.stems.push_str(&stem);
            let found = Found {
                ty: base,
                member,
                role: NameKind::Parameter,
                listed: base != btf.unqualified(ty),
            };
            self.child(place, found, 0)?;
        }
        Ok(())
    }
}

/// The types of a function that carry something: those of its parameters, then that of its result.
pub(crate) fn signature<'a>(
    btf: &'a Btf,
    function: &Function,
) -> impl Iterator<Item = TypeId> + use<'a> {
    types(btf, function).filter(|ty| !btf.is_empty(*ty))
}

/// All types of a function, likewise.
fn types<'a>(btf: &'a Btf, function: &Function) -> impl Iterator<Item = TypeId> + use<'a> {
    let (parameters, result) = function.parts(btf);
    let parameters = parameters.iter().map(|parameter| parameter.ty);
    parameters.chain([result])
}

/// The same, each with the name of its parameter.
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

/// A parameter by its name, or else by its position.
pub(crate) fn parameter_name(position: usize, parameter: &Parameter) -> MemberName {
    if parameter.name.is_none() {
        MemberName::Unnamed(position as u32)
    } else {
        MemberName::Own(parameter.name)
    }
}
