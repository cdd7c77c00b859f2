//! Reads the target: the BTF that describes the bytes, if the labels are from another BTF. Relocates plans to the
//! target.

use std::path::PathBuf;

use super::{Package, base, load, primitive};
use crate::btf::{Btf, Type, TypeId};
use crate::error::Error;
use crate::input::Input;
use crate::names::EntityId;
use crate::nearest;
use crate::options::Options;
use crate::patterns;
use crate::plan::{BaseType, Lack, MissingRules, Plan, Relocation, Root, ValueType};
use crate::source;

/// The BTF to which plans are relocated.
pub(super) struct Target {
    /// The name of the target's file or input, as messages write it.
    input: String,
    pub file: Option<PathBuf>,
    pub btf: Btf,
}

impl Target {
    /// Reads the target. The caller's option for the pointer size does not apply to it, since that option is for the
    /// package's input.
    pub fn read(input: &Input) -> Result<Target, Error> {
        let section = input.read()?;
        let pointer_size = load::pointer_size(&Options::default(), section.origin);
        let (btf, _) = base::read(input, None, section, pointer_size)?;
        Ok(Target {
            input: input.name(),
            file: input.path().map(PathBuf::from),
            btf,
        })
    }
}

impl Target {
    /// Returns a description of the target for the caller.
    pub fn source(&self) -> source::Target {
        source::Target {
            input: self.input.clone(),
            endian: self.btf.endian,
            pointer_size: self.btf.pointer_size,
        }
    }
}

/// A root of a plan, together with its C type.
pub(super) struct PlanRoot {
    pub ty: ValueType,
    pub c: TypeId,
    /// Whether it is an error if the target lacks the type. If not, a root that the target lacks is left out.
    pub needed: bool,
}

impl Package {
    /// Relocates a plan to the bytes of the target. Also returns the type of each root in the new plan, or `None` if
    /// the target lacks it. If there is no target, returns the plan and the types unchanged.
    pub(super) fn relocated(
        &self,
        plan: Plan,
        roots: Vec<PlanRoot>,
    ) -> Result<(Plan, Vec<Option<ValueType>>), Error> {
        let Some(target) = &self.target else {
            return Ok((plan, roots.into_iter().map(|root| Some(root.ty)).collect()));
        };
        let relocation = Relocation {
            local: &self.btf,
            target: &target.btf,
            rules: &self.missing,
        };
        let roots = roots.iter().map(|root| Root {
            ty: &root.ty,
            c: self.btf.unqualified(root.c),
            needed: root.needed,
        });
        let roots: Vec<Root<'_>> = roots.collect();
        plan.relocated(relocation, &roots)
            .map_err(|lack| lacks(&target.input, &lack))
    }

    /// Relocates a plan with one root to the bytes of the target, and returns it with the type of the root. If there is
    /// no target, returns both unchanged.
    pub(super) fn relocated_root(
        &self,
        plan: Plan,
        ty: ValueType,
        c: TypeId,
    ) -> Result<(Plan, ValueType), Error> {
        let root = PlanRoot {
            ty: ty.clone(),
            c,
            needed: true,
        };
        let (plan, types) = self.relocated(plan, vec![root])?;
        Ok((plan, types.into_iter().flatten().next().unwrap_or(ty)))
    }

    /// Returns the plan of a number type, such as `unsigned long`. If there is a target, the plan is for the target's
    /// bytes.
    pub(super) fn number_plan(&self, name: &str, value: BaseType) -> (Plan, ValueType) {
        let target = self.target.as_ref().map(|target| &target.btf);
        let btf = target.unwrap_or(&self.btf);
        let stored = target.and_then(|target| primitive::find(target, name));
        match (value, stored.unwrap_or(value)) {
            (value, stored) if value == stored => {
                (Plan::empty(btf.endian), ValueType::plain(value))
            }
            (BaseType::Bool { .. }, stored @ BaseType::Bool { .. }) => {
                (Plan::empty(btf.endian), ValueType::plain(stored))
            }
            (value, stored) => Plan::of_number(btf.endian, value, stored),
        }
    }

    /// Returns whether it is an error if the target lacks an item, which is so if the caller requested the item. If
    /// the whole BTF is converted, the target may lack any item.
    pub(super) fn is_needed(&self, id: EntityId) -> bool {
        !self.selection.whole && self.selection.is_root(&self.names, id)
    }

    /// Returns the rules for members that the target lacks. Returns an error if a rule is malformed, or if the input
    /// does not have a member that a rule names.
    pub(super) fn missing_rules(&self, choices: &[String]) -> Result<MissingRules, Error> {
        let mut rules = MissingRules::default();
        for choice in choices {
            let wrong = |what: String| Error::Missing {
                choice: choice.clone(),
                what,
            };
            if let Some(path) = rules.add(choice).map_err(wrong)? {
                self.check_member(path).map_err(wrong)?;
            }
        }
        Ok(rules)
    }

    /// Checks that a path of members exists. Names of Rust types contain dots, so the longest beginning of the path
    /// that is the name of a type counts as the type.
    fn check_member(&self, path: &str) -> Result<(), String> {
        let mut name = path;
        while let Some((front, _)) = name.rsplit_once('.') {
            name = front;
            let Ok(found) = patterns::find(&self.btf, &self.names, name) else {
                continue;
            };
            let mut refusal = None;
            for id in found {
                let ty = self.names.entity(id).ty;
                let members = path.get(name.len() + 1..).unwrap_or_default();
                match self.find_member(ty, members) {
                    Ok(()) => return Ok(()),
                    Err(what) => refusal = Some(what),
                }
            }
            if let Some(what) = refusal {
                return Err(what);
            }
        }
        Err(match path.contains('.') {
            true => format!("there is no type '{name}'"),
            false => "name a member, as in task_struct.pid=zero".to_owned(),
        })
    }

    fn find_member(&self, mut ty: TypeId, members: &str) -> Result<(), String> {
        for name in members.split('.') {
            let btf = &self.btf;
            let mut steps = MAX_STEPS;
            let found = member(btf, btf.resolved(ty), name, &mut steps).ok_or_else(|| {
                let own = btf.ty(btf.resolved(ty)).composite();
                let names = own.map(|own| btf.members(own)).unwrap_or_default();
                let names = names.iter().map(|member| btf.name(member.name));
                let hint = nearest::hint(nearest::find(name, names));
                format!("there is no member '{name}'{hint}")
            })?;
            ty = btf.element(found);
        }
        Ok(())
    }
}

/// The maximum number of members that are visited to find one name.
const MAX_STEPS: usize = 1 << 20;

/// Returns the type of a member of `ty`. Members of unnamed structs and unions inside `ty` count as members of `ty`.
/// `steps` is the number of members that may still be visited. Returns `None` if no member has the name, or after too
/// many steps.
fn member(btf: &Btf, ty: TypeId, name: &str, steps: &mut usize) -> Option<TypeId> {
    let composite = btf.ty(ty).composite()?;
    let members = btf.members(composite);
    *steps = steps.checked_sub(members.len())?;
    let is_own = |own: &&crate::btf::Member| btf.name(own.name) == name;
    if let Some(own) = members.iter().find(is_own) {
        return Some(own.ty);
    }
    let unnamed = members.iter().filter(|own| own.name.is_none());
    let mut inner = unnamed.map(|own| btf.resolved(own.ty));
    inner.find_map(|inner| match btf.ty(inner) {
        Type::Struct(_) | Type::Union(_) => member(btf, inner, name, steps),
        _ => None,
    })
}

fn lacks(target: &str, lack: &Lack) -> Error {
    Error::Lacks {
        target: target.to_owned(),
        members: lack.parts.iter().map(|(path, _)| path.clone()).collect(),
        what: lack.to_string(),
    }
}
