//! Makes a skeleton from a package: interfaces for the maps, variables and programs of a BPF object.
//!
//! `parts` finds the maps and variables that get functions, `types` has the types of these functions in the plan and as
//! WIT text, `several` handles maps whose records have several types, `labels` names the interfaces and programs, and
//! `adapter` makes the component that implements the interfaces.

#[cfg(feature = "codec")]
mod adapter;
mod labels;
pub(super) mod parts;
mod several;
mod types;

use crate::c::declaration;
use crate::error::Error;
use crate::layout::reason::Reason;
use crate::maps::name_of_kind;
use crate::names::peer_labels;
use crate::options::Docs;
use crate::plan::Plan;
use crate::report::{Entry, Fate, Summary};
use crate::skeleton::{
    self, Access, DataType, EventChoice, Functions, MapInterface, RAW_INTERFACE, RecordType,
    Skeleton, TextOptions, Variable,
};
use crate::wit::{self, TextAfterTypes};

use super::Package;
use labels::{map_labels, programs};
use parts::{GlobalPart, MapPart, ObjectParts, TypeSource};

pub(super) use labels::rename_taken_world;

/// The caller's choices for a skeleton, as the caller wrote them.
pub(super) struct SkeletonInput {
    /// The choices of the types of records, each `MAP=TYPE` or `MAP=MEMBER:VALUE=TYPE,…`.
    pub events: Vec<String>,
}

/// Parses the choices of the types of records.
pub(super) fn parse_events(events: &[String]) -> Result<Vec<EventChoice<'_>>, Error> {
    let parsed = events.iter().map(|text| {
        EventChoice::parse(text).map_err(|what| Error::Event {
            choice: text.clone(),
            what,
        })
    });
    parsed.collect()
}

impl Package {
    /// Returns the text that follows the interface with the types. If `exports` is true, the world exports the
    /// interfaces, as an adapter does. Otherwise it imports them, as a guest does.
    pub(super) fn skeleton_after_types(
        &self,
        docs: Docs,
        exports: bool,
    ) -> Result<TextAfterTypes, Error> {
        let (_, skeleton) = self.skeleton()?;
        let options = TextOptions {
            types: &self.naming.interface,
            label: &|id| self.names.label(id),
            docs: docs != Docs::None,
        };
        let interfaces = skeleton::interfaces(&skeleton, &options);
        let lines = match exports {
            false => skeleton::world(&skeleton, "import"),
            true => {
                let mut types = String::new();
                wit::push_id(&mut types, &self.naming.interface);
                let exports = skeleton::world(&skeleton, "export");
                format!("import {RAW_INTERFACE};\n    export {types};\n    {exports}")
            }
        };
        Ok(TextAfterTypes {
            interfaces,
            world: wit::world(&self.naming, &lines),
        })
    }

    /// Calls `then` with the maps and variables of the object, and returns its result. Returns `None` if the package is
    /// not a skeleton.
    fn with_parts<T>(
        &self,
        then: impl FnOnce(&ObjectParts<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        let Some(input) = &self.skeleton else {
            return Ok(None);
        };
        let events = parse_events(&input.events)?;
        let parts = ObjectParts::find(&self.btf, &self.names, &self.symbols, &events)?;
        then(&parts).map(Some)
    }

    /// Returns the maps and variables that get no functions, with the reasons, for reports.
    pub(super) fn skeleton_left_out(&self) -> Result<Vec<Entry>, Error> {
        let left_out = self.with_parts(|parts| Ok(parts.left_out.clone()))?;
        let entry = |(c, reason): (String, Reason)| Entry {
            fate: Fate::LeftOut,
            c,
            wit: None,
            reason,
        };
        Ok(left_out
            .unwrap_or_default()
            .into_iter()
            .map(entry)
            .collect())
    }

    /// Returns an error if the package is a skeleton that cannot be made, as when a choice of the types of records is
    /// wrong.
    pub(super) fn check_skeleton(&self) -> Result<(), Error> {
        match self.skeleton {
            Some(_) => self.skeleton().map(|_| ()),
            None => Ok(()),
        }
    }

    /// Sets the counts of maps, variables and programs if the package is a skeleton.
    pub(super) fn count_skeleton(&self, summary: &mut Summary) -> Result<(), Error> {
        let counted = self.with_parts(|parts| {
            summary.maps = parts.maps.len();
            summary.variables = parts.globals.len();
            summary.programs = self.programs.len();
            let is_map = |(c, _): &&(String, Reason)| c.starts_with("map ");
            summary.maps_left_out = parts.left_out.iter().filter(is_map).count();
            summary.variables_left_out = parts.left_out.len() - summary.maps_left_out;
            Ok(())
        });
        counted.map(|_| ())
    }

    /// Returns the names of the ring buffers and perf event arrays whose records have no known type. For such a map,
    /// [`Config::event`](crate::Config::event) sets the type. Returns an empty list if the package is not a
    /// [skeleton](crate::Config::skeleton).
    pub fn untyped_records(&self) -> Vec<String> {
        let Ok((_, skeleton)) = self.skeleton() else {
            return Vec::new();
        };
        let untyped = skeleton
            .maps
            .into_iter()
            .filter(|map| matches!(map.functions, Functions::Records { record: None, .. }));
        untyped.map(|map| map.name).collect()
    }

    /// Returns the interfaces of the object, and one plan of the types that they use.
    fn skeleton(&self) -> Result<(Plan, Skeleton), Error> {
        let made = self.with_parts(|parts| {
            let sources: Vec<TypeSource> = parts.sources().collect();
            let (mut plan, data) = self.data(&sources)?;
            let mut data = data.into_iter();
            let mut next = || data.next().unwrap_or_else(DataType::placeholder);
            let maps = self.map_interfaces(parts, &mut plan, &mut next)?;
            let globals = self.variables(parts, &mut next);
            if let Some(unused) = self.choose_arms(&mut plan, None)? {
                return Err(unused);
            }
            let programs = programs(&self.programs);
            let skeleton = Skeleton {
                maps,
                globals,
                programs,
            };
            Ok((plan, skeleton))
        })?;
        made.ok_or_else(|| Error::Skeleton {
            input: self.input.clone(),
            what: "it was not asked for: use Config::skeleton".to_owned(),
        })
    }

    fn map_interfaces(
        &self,
        parts: &ObjectParts<'_>,
        plan: &mut Plan,
        next: &mut dyn FnMut() -> DataType,
    ) -> Result<Vec<MapInterface>, Error> {
        let names = parts.maps.iter().map(|part| self.btf.name(part.map.name));
        let labels = map_labels(&names.collect::<Vec<_>>(), &self.naming.interface);
        let maps = parts.maps.iter().zip(labels).map(|(part, label)| {
            Ok(MapInterface {
                label,
                name: self.btf.name(part.map.name).to_owned(),
                kind: name_of_kind(part.kind).unwrap_or_default(),
                max_entries: part.map.definition.max_entries,
                functions: self.functions_of(part, plan, next)?,
            })
        });
        maps.collect()
    }

    fn variables(
        &self,
        parts: &ObjectParts<'_>,
        next: &mut dyn FnMut() -> DataType,
    ) -> Vec<Variable> {
        let name = |part: &GlobalPart<'_>| self.btf.name(part.global.name);
        let names: Vec<&str> = parts.globals.iter().map(name).collect();
        let labels = peer_labels(&names, "variable", &|_| true);
        let variables = parts.globals.iter().zip(labels).map(|(part, label)| {
            let mut c = String::new();
            declaration::declare(&mut c, &self.btf, part.global.ty, name(part));
            Variable {
                label,
                name: name(part).to_owned(),
                c,
                section: self.btf.name(part.global.section).to_owned(),
                offset: part.offset,
                data: next(),
            }
        });
        variables.collect()
    }

    fn functions_of(
        &self,
        part: &MapPart<'_>,
        plan: &mut Plan,
        next: &mut dyn FnMut() -> DataType,
    ) -> Result<Functions, Error> {
        // `next` returns types in the order of `MapPart::sources`, so the key must be taken before the value.
        let key = part.key.map(|_| next());
        let value = part.value.map(|_| next());
        Ok(match (part.access, key, value) {
            (Access::Keyed(keyed), Some(key), Some(value)) => {
                Functions::Keyed { keyed, key, value }
            }
            (Access::Ordered, _, Some(value)) => Functions::Ordered(value),
            (Access::Filter, _, Some(value)) => Functions::Filter(value),
            (Access::Submitted, _, value) => Functions::Submitted(value),
            (Access::Records { padded }, _, value) => {
                let record = match &part.several {
                    Some(several) => Some(self.several_types(plan, several, next)?),
                    None => value.map(RecordType::One),
                };
                Functions::Records { padded, record }
            }
            // This arm is unreachable: `ObjectParts::find` makes no other combination.
            _ => Functions::Submitted(None),
        })
    }
}
