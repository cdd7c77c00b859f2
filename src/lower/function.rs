//! Turns a C function into an item whose members are the parameters.

use super::{Body, Item, Lower, Member};
use crate::btf::{Name, TypeId};
use crate::c::members::{LeftOut, LeftOutReason};
use crate::names::{Children, Function, Role, parameter_name};

impl Lower<'_> {
    /// Replaces the contents of `item` by a function.
    pub fn function(&mut self, function: &Function, item: &mut Item) {
        item.clear();
        self.children = Children::from(function.first);
        let (parameters, result) = function.parts(self.btf);
        let speller = self.names.parameters(self.btf, function);
        for (i, parameter) in parameters.iter().enumerate() {
            if parameter.is_varargs() {
                continue;
            }
            if self.btf.is_empty(parameter.ty) {
                item.left_out
                    .push(without_size(parameter.name, parameter.ty));
                continue;
            }
            let name = parameter_name(i, parameter);
            item.labels.push(speller, name, Role::Parameter, None);
            let ty = self.ty(item, parameter.ty, None);
            item.members.push(Member {
                name: parameter.name,
                borrowed_name: false,
                c_type: parameter.ty,
                ty: Some(ty),
                raw: false,
                bit_offset: 0,
                bits: 0,
            });
        }
        item.labels.make_unique(speller);
        let returns = !self.btf.is_empty(result);
        if !returns && result != TypeId::VOID {
            item.left_out.push(without_size(Name::NONE, result));
        }
        let result = returns.then(|| self.ty(item, result, None));
        let varargs = parameters.last().is_some_and(|last| last.is_varargs());
        item.body = Body::Function { result, varargs };
    }
}

/// Returns the entry for a parameter or a result that is left out because its type has no bytes.
fn without_size(name: Name, ty: TypeId) -> LeftOut {
    LeftOut {
        name,
        ty,
        bit_offset: 0,
        bits: 0,
        why: LeftOutReason::NoSize,
    }
}
