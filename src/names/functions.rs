//! Labels of functions, which share a scope with the types and come after them.

use std::ops::Range;

use super::{
    Names,
    anonymous::{Found, Places},
    content::Contents,
    entity::{EntityId, Place},
    kin::{Kin, Kins},
    order,
    reserved::{self, Role},
    rival::{self, Alternatives},
    scope::Key,
    spelling::NameKind,
    words,
};
use crate::btf::{Btf, Malformed, Parameter, Span, Type, TypeId};
use crate::shape::ShownName;

/// A function that is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Function {
    /// The FUNC.
    pub ty: TypeId,
    pub result: TypeId,
    pub parameters: Span,
    /// The first of the items that stand in it, where there are any.
    pub first: EntityId,
    /// Functions of one kin are written alike but for their names.
    pub kin: Option<Kin>,
    /// Another C name has the label that this one would have had.
    pub rival: bool,
    pub(super) label: (u32, u32),
}

/// A function that waits for its label.
#[derive(Clone, Copy)]
struct Waiting {
    ty: TypeId,
    key: Key,
    loss: u32,
    label: (u32, u32),
}

impl Names {
    /// Adds the functions that `wanted` picks from the FUNCs of the BTF.
    pub fn with_functions(
        mut self,
        btf: &Btf,
        wanted: impl Fn(TypeId) -> bool,
    ) -> Result<Names, Malformed> {
        for layer in btf.layers() {
            let waiting = self.waiting(btf, layer, &wanted)?;
            self.interface.scope.reserve(waiting.len());
            self.functions.reserve(waiting.len());
            let (mut key, mut number) = (None, rival::FIRST);
            for (i, function) in waiting.iter().enumerate() {
                if key != Some(function.key) {
                    (key, number) = (Some(function.key), rival::FIRST);
                }
                let next = waiting.get(i + 1);
                let alone = next.is_none_or(|next| next.key != function.key)
                    && (i == 0 || waiting[i - 1].key != function.key);
                self.claim_function(btf, function, alone, &mut number);
            }
        }
        let Names {
            text, functions, ..
        } = &mut self;
        order::by_label(text, functions, |function| function.label);
        self.place_anonymous(btf)
    }

    /// The functions, rivals together, the one that keeps the label first.
    fn waiting(
        &mut self,
        btf: &Btf,
        layer: Range<u32>,
        wanted: impl Fn(TypeId) -> bool,
    ) -> Result<Vec<Waiting>, Malformed> {
        // gcc 12 writes a function without a name for every prototype behind a pointer.
        let is_function = |id: &TypeId| match btf.ty(*id) {
            Type::Function { name, .. } => !name.is_none(),
            _ => false,
        };
        let mut waiting = Vec::new();
        for id in layer
            .map(TypeId)
            .filter(|id| is_function(id) && wanted(*id))
        {
            waiting.push(self.wait(btf, id));
            super::check_text(btf, &self.text, id)?;
        }
        let mut contents = Contents::default();
        order::by_key(
            &mut waiting,
            |function| function.key,
            |a, b| {
                (a.loss.cmp(&b.loss))
                    .then_with(|| btf.name_of(a.ty).cmp(btf.name_of(b.ty)))
                    .then_with(|| {
                        let mut prototype = |id| match *btf.ty(id) {
                            Type::Function { prototype, .. } => {
                                contents.fingerprint(btf, prototype)
                            }
                            _ => 0,
                        };
                        prototype(a.ty).cmp(&prototype(b.ty))
                    })
            },
        );
        Ok(waiting)
    }

    fn wait(&mut self, btf: &Btf, ty: TypeId) -> Waiting {
        let start = self.text.len();
        let name = self.rename.spell(NameKind::Function, btf.name_of(ty));
        let made = words::push(&mut self.text, &name);
        let plain = &self.text[start..];
        let loss = match made.exact {
            true => 0,
            false => rival::loss(&name, plain),
        };
        let mut key = made.key;
        if reserved::is_reserved(plain, Role::Function) || self.is_helper(plain) {
            self.text.push('-');
            self.text.push_str(Role::Function.word());
            key = Key::of(&self.text[start..]);
        }
        Waiting {
            ty,
            key,
            loss,
            label: (start as u32, self.text.len() as u32),
        }
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

    fn claim_function(&mut self, btf: &Btf, waiting: &Waiting, alone: bool, number: &mut u32) {
        let (start, end) = waiting.label;
        let scope = &mut self.interface.scope;
        let rival = !scope.claim(waiting.key);
        let mut label = waiting.label;
        if rival {
            let kind = alone.then_some(Role::Function.word());
            let plain = &self.text[start as usize..end as usize];
            let other =
                Alternatives::new(plain, kind, number).settle(|label| scope.claim(Key::of(label)));
            label.0 = self.text.len() as u32;
            self.text.push_str(&other);
            label.1 = self.text.len() as u32;
        }
        let Type::Function { prototype, .. } = *btf.ty(waiting.ty) else {
            return;
        };
        let Type::Prototype { result, parameters } = *btf.ty(prototype) else {
            return;
        };
        self.functions.push(Function {
            ty: waiting.ty,
            result,
            parameters,
            first: EntityId(0),
            kin: None,
            rival,
            label,
        });
    }

    /// Gives labels to the anonymous types that parameters and results have by value.
    fn place_anonymous(mut self, btf: &Btf) -> Result<Names, Malformed> {
        let text = std::mem::take(&mut self.text);
        let interface = std::mem::take(&mut self.interface);
        let rename = std::mem::take(&mut self.rename);
        let mut places = Places::new(btf, text, interface, rename);
        places.entities = std::mem::take(&mut self.entities);
        places.functions = self.functions.iter().map(|f| f.ty).collect();
        places.placed = std::mem::take(&mut self.placed);
        let mut kins = Kins::of(btf, places.functions.iter().copied());
        for (i, function) in self.functions.iter_mut().enumerate() {
            function.first = places.next();
            function.kin = kins.known(btf, function.ty);
            if function.kin.is_some() {
                continue;
            }
            places.function(function, i)?;
            // The caller's spelling of a parameter may depend on the function.
            if places.next() == function.first && !places.rename.renames() {
                function.kin = kins.give(btf, function.ty);
            }
        }
        Ok(Names {
            text: places.text,
            entities: places.entities,
            interface: places.interface,
            placed: places.placed,
            rename: places.rename,
            ..self
        })
    }
}

impl Places<'_> {
    /// Places the anonymous types in the signature of a function.
    fn function(&mut self, function: &Function, position: usize) -> Result<(), Malformed> {
        for (member, ty) in signature(self.btf, function) {
            let base = self.btf.element(ty);
            if !self.btf.is_anonymous(base) {
                continue;
            }
            let (start, end) = function.label;
            self.stems.clear();
            self.stems
                .push_str(&self.text[start as usize..end as usize]);
            let found = Found {
                ty: base,
                member,
                role: NameKind::Parameter,
                listed: base != self.btf.unqualified(ty),
            };
            self.child(Place::Function(position as u32), found, 0)?;
        }
        Ok(())
    }
}

/// The types of a function that carry something: its parameters with their names, then its result.
pub(crate) fn signature<'a>(
    btf: &'a Btf,
    function: &Function,
) -> impl Iterator<Item = (Option<ShownName>, TypeId)> + use<'a> {
    let result = (None, function.result);
    let parameters = btf.parameters(function.parameters).iter().enumerate();
    parameters
        .map(|(i, parameter)| (Some(parameter_name(i, parameter)), parameter.ty))
        .chain([result])
        .filter(|(_, ty)| !btf.is_empty(*ty))
}

/// A parameter by its name, or else by its position.
pub(crate) fn parameter_name(position: usize, parameter: &Parameter) -> ShownName {
    if parameter.name.is_none() {
        ShownName::Unnamed(position as u32)
    } else {
        ShownName::Own(parameter.name)
    }
}
