//! Finds the types of the target at which a relocation begins.

use std::collections::HashMap;

use super::compat::essential;
use super::lack::{Lack, Path, Why};
use super::walk::Walk;
use super::{Root, TypeId};
use crate::btf::{Btf, Type};
use crate::nearest;
use crate::plan::{BaseType, ValueType};

/// The number of names that are searched without an index. For more names, making an index of all types is faster.
const FEW: usize = 4;

/// An index of the target's types by name, without flavors. It is empty until more than `FEW` names are searched.
#[derive(Default)]
pub(super) struct Candidates<'a> {
    searches: usize,
    index: HashMap<&'a str, Vec<TypeId>>,
}

impl<'a> Candidates<'a> {
    /// Returns the types that have the name, apart from flavors, and the kind of `like`. For an integer or a float,
    /// returns only the first such type. If the target is split and its base has such types, those of the module are
    /// ignored.
    fn find(&mut self, target: &'a Btf, like: &Type, name: &str) -> Vec<TypeId> {
        let name = essential(name);
        if let Type::Int(_) | Type::Float { .. } = like {
            let is_one = |id: &TypeId| is_like(target.ty(*id), like) && target.name_of(*id) == name;
            return target.ids().find(is_one).into_iter().collect();
        }
        self.searches += 1;
        let found = match self.searches > FEW {
            true => self.indexed(target).get(name).cloned().unwrap_or_default(),
            false => {
                let begin = all(target).filter(|id| target.name_of(*id).starts_with(name));
                begin
                    .filter(|id| essential(target.name_of(*id)) == name)
                    .collect()
            }
        };
        let of_kind = found.iter().filter(|id| is_like(target.ty(**id), like));
        let (base, own): (Vec<TypeId>, Vec<TypeId>) =
            of_kind.partition(|id| target.is_of_base(**id));
        if base.is_empty() { own } else { base }
    }

    fn indexed(&mut self, target: &'a Btf) -> &HashMap<&'a str, Vec<TypeId>> {
        if self.index.is_empty() {
            for id in all(target) {
                let name = essential(target.name_of(id));
                self.index.entry(name).or_default().push(id);
            }
        }
        &self.index
    }
}

/// Returns the structs, unions, enums, typedefs and forward declarations of a BTF and of its base.
fn all(btf: &Btf) -> impl Iterator<Item = TypeId> + '_ {
    let layers = btf.layers();
    layers.flat_map(|layer| btf.tagged_types(layer).iter().copied())
}

fn is_like(one: &Type, other: &Type) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}

impl<'a> Walk<'a> {
    /// Returns the type of a root in the relocated plan, or `None` if the target lacks the root. If the root is needed,
    /// also records which parts of it the target lacks. If it is not needed and the target lacks a part, returns
    /// `None`.
    pub fn root(&mut self, root: Root<'_>) -> Option<ValueType> {
        let (local, c) = (self.relocation.local, root.c);
        if let (Type::Array { element, .. }, Some((dim, _))) =
            (local.ty(c), root.ty.dims.split_first())
        {
            // An array has no name, so the type of its elements is relocated. The length of the array does not change,
            // since the array is the whole value of a map or variable.
            let ty = ValueType {
                base: root.ty.base,
                dims: root.ty.dims.iter().skip(1).copied().collect(),
            };
            let c = local.unqualified(*element);
            let inner = self.root(Root { ty: &ty, c, ..root });
            return inner.map(|inner| inner.inside(&[*dim]));
        }
        let name = local.name_of(c);
        let candidates = self.candidates(c, name);
        match candidates.as_slice() {
            [] => self.without_candidate(root),
            [one] if root.needed => self.accept(root, *one),
            several => self.best(root, several),
        }
    }

    fn candidates(&mut self, c: TypeId, name: &str) -> Vec<TypeId> {
        if name.is_empty() {
            return Vec::new();
        }
        let (target, like) = (self.relocation.target, self.relocation.local.ty(c));
        self.candidates.find(target, like, name)
    }

    /// Relocates a root to a type of the target. Returns `None` if the type does not fit.
    fn accept(&mut self, root: Root<'_>, to: TypeId) -> Option<ValueType> {
        match self.root_value(root, to) {
            Ok(ty) => Some(ty),
            Err(why) => self.refuse(root, why),
        }
    }

    fn refuse(&mut self, root: Root<'_>, why: Why) -> Option<ValueType> {
        if root.needed {
            let name = self.relocation.local.name_of(root.c);
            self.lack.parts.extend(Lack::of_type(name, why).parts);
        }
        None
    }

    fn root_value(&mut self, root: Root<'_>, to: TypeId) -> Result<ValueType, Why> {
        let (local, target) = (self.relocation.local, self.relocation.target);
        let (one, other) = (
            local.ty(local.resolved(root.c)),
            target.ty(target.resolved(to)),
        );
        // Members may be a struct in one BTF and a union in the other, but roots must be of the same kind.
        if !is_like(one, other) {
            return Err(Why::Kind {
                local: one.kind(),
                target: other.kind(),
            });
        }
        let path = Path::start(local.name_of(root.c));
        let (ty, bits) = self.value(root.ty, root.c, to, 0, &path)?;
        match (ty.base, bits) {
            (_, 0) => Ok(ty),
            // Only a field can be a bitfield. For any other narrower number, a node says how it is stored.
            (base, width) => Ok(ValueType::plain(self.narrow(base, width))),
        }
    }

    /// Relocates a root to the candidate that lacks the fewest parts of the root. Fails if several candidates lack
    /// equally few and lead to different layouts, or if the root is not needed and the best candidate lacks a part.
    fn best(&mut self, root: Root<'_>, candidates: &[TypeId]) -> Option<ValueType> {
        if let ([one], Some(node)) = (candidates, root.ty.base.node()) {
            let to = self.relocation.target.resolved(*one);
            if let Some(known) = self.known(node, to).filter(|_| root.ty.dims.is_empty()) {
                return Some(ValueType::plain(BaseType::Node(known)));
            }
        }
        let mut best: Option<(usize, usize, String, TypeId)> = None;
        let mut is_ambiguous = false;
        let mut refusal = Why::NotThere(Vec::new());
        for to in candidates {
            let mut alone = Walk::new(self.relocation, self.from);
            let value = match alone.root_value(root, *to) {
                Ok(value) => value,
                Err(why) => {
                    refusal = why;
                    continue;
                }
            };
            let (lacks, zeros) = (alone.lack.parts.len(), alone.zero_fields);
            let layout = format!("{value:?}{:?}", alone.plan.nodes);
            let order = best
                .as_ref()
                .map(|best| (lacks, zeros).cmp(&(best.0, best.1)));
            match order {
                Some(std::cmp::Ordering::Greater) => {}
                Some(std::cmp::Ordering::Equal) => {
                    is_ambiguous |= best.as_ref().is_some_and(|best| best.2 != layout);
                }
                Some(std::cmp::Ordering::Less) | None => {
                    is_ambiguous = false;
                    best = Some((lacks, zeros, layout, *to));
                }
            }
        }
        match best {
            None => self.refuse(root, refusal),
            Some(_) if is_ambiguous => self.refuse(root, Why::Ambiguous),
            Some((lacks, ..)) if lacks > 0 && !root.needed => None,
            Some((.., to)) => self.accept(root, to),
        }
    }

    /// Relocates a root if the target has no type with its name.
    fn without_candidate(&mut self, root: Root<'_>) -> Option<ValueType> {
        let (local, target) = (self.relocation.local, self.relocation.target);
        match *local.ty(root.c) {
            // The target does not say how it stores this type, so a number keeps its local size. The size of pointers
            // depends on the machine, and is known for every BTF.
            Type::Int(_) | Type::Float { .. } => Some(root.ty.clone()),
            Type::Pointer(_) if local.pointer_size == target.pointer_size => Some(root.ty.clone()),
            Type::Pointer(_) => {
                let stored = BaseType::Int {
                    bytes: target.pointer_size,
                    signed: false,
                };
                let number = self.number_node(root.ty.base, stored);
                Some(ValueType::plain(BaseType::Node(number)))
            }
            // The local BTF may have typedefs that the target lacks. The type behind such a typedef is looked up,
            // unless it is an anonymous struct, union or enum.
            Type::Typedef { target: behind, .. }
                if !local.is_anonymous(local.unqualified(behind)) =>
            {
                let c = local.unqualified(behind);
                self.root(Root { c, ..root })
            }
            _ => {
                let name = local.name_of(root.c);
                let why = match name {
                    "" => Why::Unnamed,
                    name => {
                        let like = |id: &TypeId| is_like(target.ty(*id), local.ty(root.c));
                        let names = all(target).filter(like).map(|id| target.name_of(id));
                        let near = nearest::find(name, names);
                        Why::NotThere(near.into_iter().map(str::to_owned).collect())
                    }
                };
                self.refuse(root, why)
            }
        }
    }
}
