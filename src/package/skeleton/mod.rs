//! A package as a skeleton: interfaces for the maps, variables and programs of a BPF object.

#[cfg(feature = "codec")]
mod adapter;
pub(super) mod parts;

use crate::btf::TypeId;
use crate::c::declaration;
use crate::error::Error;
use crate::input::Program;
use crate::layout::reason::Reason;
use crate::lower::{Dim, ElementType, Item, Lower};
use crate::maps::name_of_kind;
use crate::names::{EntityId, Role, collide, is_reserved, peer_labels};
use crate::naming::Naming;
use crate::options::Docs;
use crate::plan::{self, ArmChoice, BaseType, ChoiceError, Plan, Roots, UnionArm, ValueType};
use crate::report::{Entry, Fate, Summary};
use crate::skeleton::{
    self, Access, Data, EventChoice, Functions, GLOBALS, MapInterface, OBJECT, PROGRAMS,
    ProgramCase, Record, Skeleton, Spelling, TypeText, Variable,
};
use crate::wit::{self, Ending};

use super::Package;
use parts::{MapPart, Parts, Several, TypeSource, refused};

/// The variant of several types of records.
const VARIANT: &str = "record-of-map";

/// What the caller says about the interfaces of an object.
pub(super) struct SkeletonInput {
    /// `MAP=TYPE`, for the records of maps.
    pub events: Vec<String>,
}

/// Parses the types of records that the caller names.
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
    /// Returns what follows the types in the text of a skeleton.
    pub(super) fn skeleton_ending(&self, docs: Docs, exports: bool) -> Result<Ending, Error> {
        let (_, skeleton) = self.skeleton()?;
        let spelling = Spelling {
            types: &self.naming.interface,
            label: &|id| self.names.label(id),
            docs: docs != Docs::None,
        };
        let interfaces = skeleton::interfaces(&skeleton, &spelling);
        let lines = match exports {
            false => skeleton::world(&skeleton, "import"),
            true => {
                let mut types = String::new();
                wit::push_id(&mut types, &self.naming.interface);
                let exports = skeleton::world(&skeleton, "export");
                format!("import btf2wit:bpf/object@0.1.0;\n    export {types};\n    {exports}")
            }
        };
        Ok(Ending {
            interfaces,
            world: wit::world(&self.naming, &lines),
        })
    }

    /// Returns the maps and variables without functions, for reports.
    pub(super) fn skeleton_left_out(&self) -> Result<Vec<Entry>, Error> {
        let Some(input) = &self.skeleton else {
            return Ok(Vec::new());
        };
        let events = parse_events(&input.events)?;
        let parts = Parts::find(&self.btf, &self.names, &self.symbols, &events)?;
        let entry = |(c, reason): (String, Reason)| Entry {
            fate: Fate::LeftOut,
            c,
            wit: None,
            reason,
        };
        Ok(parts.left_out.into_iter().map(entry).collect())
    }

    /// Checks what the caller says about records.
    pub(super) fn check_skeleton(&self) -> Result<(), Error> {
        match self.skeleton {
            Some(_) => self.skeleton().map(|_| ()),
            None => Ok(()),
        }
    }

    /// Counts the parts of the object, in a skeleton.
    pub(super) fn count_skeleton(&self, summary: &mut Summary) -> Result<(), Error> {
        let Some(input) = &self.skeleton else {
            return Ok(());
        };
        let events = parse_events(&input.events)?;
        let parts = Parts::find(&self.btf, &self.names, &self.symbols, &events)?;
        summary.maps = parts.maps.len();
        summary.variables = parts.globals.len();
        summary.programs = self.programs.len();
        let is_map = |(c, _): &&(String, Reason)| c.starts_with("map ");
        summary.maps_left_out = parts.left_out.iter().filter(is_map).count();
        summary.variables_left_out = parts.left_out.len() - summary.maps_left_out;
        Ok(())
    }

    /// Returns the names of maps whose records have no known type, in a [skeleton](crate::Config::skeleton):
    /// [`Config::event`](crate::Config::event) names it.
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

    /// Returns the interfaces of the object, and the plan of their types.
    fn skeleton(&self) -> Result<(Plan, Skeleton), Error> {
        let Some(input) = &self.skeleton else {
            let what = "it was not asked for: use Config::skeleton".to_owned();
            let input = self.input.clone();
            return Err(Error::Skeleton { input, what });
        };
        let events = parse_events(&input.events)?;
        let parts = Parts::find(&self.btf, &self.names, &self.symbols, &events)?;
        let sources: Vec<TypeSource> = sources(&parts).collect();
        let (mut plan, data) = self.data(&sources)?;
        let mut data = data.into_iter();
        let mut next = || data.next().unwrap_or_else(Data::nothing);
        let labels = self.map_labels(&parts);
        let mut maps = Vec::new();
        for (part, label) in parts.maps.iter().zip(labels) {
            let functions = self.functions_of(part, &mut plan, &mut next)?;
            maps.push(MapInterface {
                label,
                name: self.btf.name(part.map.name).to_owned(),
                kind: name_of_kind(part.kind).unwrap_or_default(),
                max_entries: part.map.definition.max_entries,
                functions,
            });
        }
        let names = parts
            .globals
            .iter()
            .map(|part| self.btf.name(part.global.name));
        let labels = peer_labels(&names.collect::<Vec<_>>(), "variable", &|_| true);
        let globals = parts
            .globals
            .iter()
            .zip(labels)
            .map(|(part, label)| Variable {
                label,
                name: self.btf.name(part.global.name).to_owned(),
                c: {
                    let mut c = String::new();
                    let name = self.btf.name(part.global.name);
                    declaration::declare(&mut c, &self.btf, part.global.ty, name);
                    c
                },
                section: self.btf.name(part.global.section).to_owned(),
                offset: part.offset,
                data: next(),
            });
        let globals = globals.collect();
        let _ = self.choose_arms(&mut plan, None)?;
        Ok((
            plan,
            Skeleton {
                maps,
                globals,
                programs: programs(&self.programs),
            },
        ))
    }

    /// Returns the names of the maps' interfaces.
    fn map_labels(&self, parts: &Parts<'_>) -> Vec<String> {
        let names = parts.maps.iter().map(|part| self.btf.name(part.map.name));
        let names: Vec<&str> = names.collect();
        map_labels(&names, &self.naming.interface)
    }

    fn functions_of(
        &self,
        part: &MapPart<'_>,
        plan: &mut Plan,
        next: &mut dyn FnMut() -> Data,
    ) -> Result<Functions, Error> {
        // In the order of `sources`.
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
                    Some(several) => Some(self.several(plan, several, next)?),
                    None => value.map(Record::One),
                };
                Functions::Records { padded, record }
            }
            // `Parts` has no such map.
            _ => Functions::Submitted(None),
        })
    }

    /// Adds a variant of the types that the records of a map have.
    fn several(
        &self,
        plan: &mut Plan,
        several: &Several<'_>,
        next: &mut dyn FnMut() -> Data,
    ) -> Result<Record, Error> {
        let mut arms = Vec::new();
        let mut cases = Vec::new();
        for (name, source) in &several.types {
            let data = next();
            let label = source.item().map(|id| self.names.label(id).to_owned());
            let label = label.unwrap_or_else(|| (*name).to_owned());
            arms.push(UnionArm {
                label: label.clone(),
                name: (*name).to_owned(),
                ty: data.ty.clone(),
            });
            cases.push((label, data));
        }
        check_tag(plan, several, &arms)?;
        let ty = plan.add_union(VARIANT, arms);
        choose(plan, several, &ty, several.tag)?;
        Ok(Record::Several { ty, cases })
    }

    /// Returns the plan of types, and each type in it.
    fn data(&self, sources: &[TypeSource]) -> Result<(Plan, Vec<Data>), Error> {
        let values: Vec<(TypeId, Option<EntityId>)> = sources
            .iter()
            .filter_map(|source| match source {
                TypeSource::Type(ty, item) => Some((*ty, *item)),
                _ => None,
            })
            .collect();
        let mut lower = self.lower();
        let plan = plan::compile_values(&self.btf, &self.names, &mut lower, &values);
        let (plan, types) = plan.map_err(|e| self.malformed(e))?;
        let mut types = types.into_iter();
        let data = sources.iter().map(|source| match *source {
            TypeSource::Type(ty, item) => Data {
                ty: types.next().unwrap_or_else(|| bytes(0)),
                wit: self.type_text(&mut lower, ty, item),
                c: {
                    let mut c = String::new();
                    declaration::declare(&mut c, &self.btf, ty, "");
                    c
                },
            },
            TypeSource::Bytes(size) => Data {
                ty: bytes(size),
                wit: TypeText::plain("list<u8>"),
                c: format!("{size} bytes"),
            },
            TypeSource::Number(what) => Data {
                ty: ValueType::plain(BaseType::Int {
                    bytes: 4,
                    signed: false,
                }),
                wit: TypeText::plain("u32"),
                c: what.to_owned(),
            },
            TypeSource::Path => Data {
                ty: ValueType::plain(BaseType::Text { room: 0 }),
                wit: TypeText::plain("string"),
                c: "path".to_owned(),
            },
        });
        let data = data.collect();
        Ok((plan, data))
    }

    /// Returns a C type as WIT text.
    fn type_text(
        &self,
        lower: &mut Lower<'_>,
        ty: TypeId,
        anonymous: Option<EntityId>,
    ) -> TypeText {
        let mut item = Item::default();
        let ty = lower.value(&mut item, ty, anonymous);
        let lists = item.dims(ty).len() * "list<".len();
        if ty.base == ElementType::Pointer {
            let number = if self.btf.pointer_size == 4 {
                "u32"
            } else {
                "u64"
            };
            let mut text = TypeText::plain(number);
            text.before
                .insert_str(0, &"list<".repeat(item.dims(ty).len()));
            text.after = ">".repeat(item.dims(ty).len());
            return text;
        }
        let mut text = String::new();
        wit::push_ty(&mut text, &self.names, &item, ty);
        let ElementType::Item(id) = ty.base else {
            return TypeText::plain(&text);
        };
        let mut name = String::new();
        wit::push_id(&mut name, self.names.label(id));
        let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default().to_owned();
        TypeText {
            before: part(0..lists),
            item: Some(id),
            after: part(lists + name.len()..text.len()),
        }
    }
}

/// Returns all types of an object in the order in which they are used.
fn sources<'p>(parts: &'p Parts<'_>) -> impl Iterator<Item = TypeSource> + 'p {
    let maps = parts.maps.iter().flat_map(|part| {
        let several = part.several.iter().flat_map(|several| &several.types);
        let several = several.map(|(_, source)| *source);
        part.key.into_iter().chain(part.value).chain(several)
    });
    maps.chain(parts.globals.iter().map(|part| part.source))
}

/// Returns the names of maps' interfaces. `types` is the interface with the types.
fn map_labels(names: &[&str], types: &str) -> Vec<String> {
    let is_free = |label: &str| {
        let fixed = [types, OBJECT, GLOBALS, PROGRAMS];
        let is_taken = fixed.iter().any(|other| collide(label, other));
        // Bindings make modules of interfaces.
        let is_reserved = [Role::Type, Role::Function]
            .iter()
            .any(|role| is_reserved(label, *role));
        !is_taken && !is_reserved && !matches!(label, "crate" | "super")
    };
    peer_labels(names, "map", &is_free)
}

/// Gives the world another name if a map's interface has the same one.
pub(super) fn settle_world(naming: &mut Naming, names: &[&str], chosen: bool) -> Result<(), Error> {
    let labels = map_labels(names, &naming.interface);
    let fixed = [OBJECT, GLOBALS, PROGRAMS].map(str::to_owned);
    let taken = |name: &str| {
        labels
            .iter()
            .chain(&fixed)
            .any(|label| collide(label, name))
    };
    if taken(&naming.interface) {
        return Err(taken_name("an interface", &naming.interface));
    }
    if taken(&naming.world) && chosen {
        return Err(taken_name("a world", &naming.world));
    }
    while taken(&naming.world) {
        naming.world.push_str("-world");
    }
    Ok(())
}

fn taken_name(what: &'static str, name: &str) -> Error {
    Error::Name {
        what,
        name: name.to_owned(),
        rule: "the skeleton has an interface of that name".to_owned(),
    }
}

fn programs(programs: &[Program]) -> Vec<ProgramCase> {
    let names: Vec<&str> = programs
        .iter()
        .map(|program| program.name.as_str())
        .collect();
    let labels = peer_labels(&names, "program", &|label| !is_reserved(label, Role::Case));
    let cases = programs
        .iter()
        .zip(labels)
        .map(|(program, label)| ProgramCase {
            label,
            name: program.name.clone(),
            section: program.section.clone(),
        });
    cases.collect()
}

fn bytes(size: u32) -> ValueType {
    let byte = ValueType::plain(BaseType::Int {
        bytes: 1,
        signed: false,
    });
    byte.inside(&[Dim {
        length: size,
        fixed: false,
    }])
}

/// Checks that all types have the number that tells them apart, in the same bits.
fn check_tag(plan: &Plan, several: &Several<'_>, arms: &[UnionArm]) -> Result<(), Error> {
    let member = several.tag.split(':').next().unwrap_or_default().trim();
    let mut first = None;
    for arm in arms {
        let mut alone = plan.clone();
        let ty = alone.add_union(VARIANT, vec![arm.clone()]);
        choose(
            &mut alone,
            several,
            &ty,
            &format!("{member}:*={}", arm.name),
        )?;
        let node = ty.base.node().and_then(|node| alone.arm_choice(node));
        let Some(ArmChoice::By(tag)) = node else {
            continue;
        };
        let place = (tag.bit_offset, tag.width);
        if *first.get_or_insert(place) != place {
            let what = format!(
                "'{member}' has another place in '{}' than in the others",
                arm.name
            );
            return Err(refused(several.choice, what));
        }
    }
    Ok(())
}

fn choose(
    plan: &mut Plan,
    several: &Several<'_>,
    ty: &ValueType,
    choice: &str,
) -> Result<(), Error> {
    // A name that no type has, so that the choice is for this union.
    const UNION: &str = "records of the map";
    let Some(node) = ty.base.node() else {
        return Ok(());
    };
    let roots = Roots {
        root: Some((UNION, node)),
        aliases: &[],
    };
    plan.choose(roots, &format!("{UNION}={choice}"))
        .map_err(|error| match error {
            ChoiceError::Invalid(what) => refused(several.choice, what),
            ChoiceError::NoType { name, .. } => {
                refused(several.choice, format!("there is no type '{name}'"))
            }
        })
}
