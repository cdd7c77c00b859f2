//! Finds the maps and variables of an object that get functions, and the types of these functions.

use crate::btf::{Btf, TypeId};
use crate::error::Error;
use crate::input::Symbols;
use crate::layout::reason::Reason;
use crate::maps::{Form, Global, KeyOrValue, Map, Slot};
use crate::names::{EntityId, Names};
use crate::nearest;
use crate::patterns;
use crate::skeleton::{Access, ChosenTypes, EventChoice, Keyed, Keys, Unusable, access};

/// The maximum size in bytes of a key, value, record or variable. No list in the component model can be larger.
const MAX_SIZE: u64 = 1 << 28;

/// The maps and variables of an object that get functions, and those that do not.
pub(in crate::package) struct ObjectParts<'o> {
    pub maps: Vec<MapPart<'o>>,
    pub globals: Vec<GlobalPart<'o>>,
    /// The maps and variables that get no functions, with the reasons. The names have the form `map stats` or `var
    /// cfg`.
    pub left_out: Vec<(String, Reason)>,
}

/// A map that gets functions.
pub(in crate::package) struct MapPart<'o> {
    pub map: &'o Map,
    pub kind: u32,
    pub access: Access,
    pub key: Option<TypeSource>,
    pub value: Option<TypeSource>,
    /// The types of the map's records, if the caller names several. Otherwise, if the map has records, `value` is
    /// their type.
    pub several: Option<SeveralTypes<'o>>,
}

/// The types of a map's records, and how to tell which of them a record has.
pub(in crate::package) struct SeveralTypes<'o> {
    pub choice: &'o EventChoice<'o>,
    /// The member that tells the types apart, and the type for each of its values, as in `kind:1=opened,2=closed`.
    pub tag: &'o str,
    /// The types, each with the name that the caller used for it.
    pub types: Vec<(&'o str, TypeSource)>,
}

/// A variable that gets functions.
pub(in crate::package) struct GlobalPart<'o> {
    pub global: &'o Global,
    pub offset: u32,
    pub source: TypeSource,
}

/// The source of the type of a key, a value, a record or a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::package) enum TypeSource {
    /// A C type. The second value is the item of the type or, for an array, of its elements, if there is such an item.
    Type(TypeId, Option<EntityId>),
    /// The definition of the map states only a size. The type is an array of this many bytes.
    Bytes(u32),
    /// A number of 4 bytes without a type in BTF. The value is the text that describes the number.
    Number(&'static str),
    /// The path of a file or of a cgroup's folder, which the host opens.
    Path,
}

impl TypeSource {
    /// Returns the item that has to be selected, so that the WIT text contains the type. Returns `None` if the type
    /// needs no item.
    pub fn item(self) -> Option<EntityId> {
        match self {
            TypeSource::Type(_, item) => item,
            _ => None,
        }
    }
}

impl<'o> ObjectParts<'o> {
    /// Finds the maps and variables that get functions, and those that do not. `events` are the caller's choices of
    /// the types of records.
    pub fn find(
        btf: &'o Btf,
        names: &'o Names,
        symbols: &Symbols,
        events: &'o [EventChoice<'o>],
    ) -> Result<ObjectParts<'o>, Error> {
        let mut parts = ObjectParts {
            maps: Vec::new(),
            globals: Vec::new(),
            left_out: Vec::new(),
        };
        let finder = Finder { btf, names };
        let data = &names.object_data;
        for (at, map) in (0..).zip(&data.maps).filter(|(_, map)| !map.inner) {
            let name = btf.name(map.name);
            let event = events.iter().rfind(|event| event.map == name);
            match finder.map(at, map, event)? {
                Ok(part) => parts.maps.push(part),
                Err(reason) => parts.left_out.push((format!("map {name}"), reason)),
            }
        }
        for (at, global) in (0..).zip(&data.globals) {
            match finder.global(at, global, symbols) {
                Ok(part) => parts.globals.push(part),
                Err(reason) => {
                    let name = btf.name(global.name);
                    parts.left_out.push((format!("var {name}"), reason));
                }
            }
        }
        for event in events {
            finder.check_map(event, &parts)?;
        }
        Ok(parts)
    }

    /// Returns the types of all maps and variables, in the order in which `Package::functions_of` and
    /// `Package::variables` take them.
    pub fn sources(&self) -> impl Iterator<Item = TypeSource> + '_ {
        let maps = self.maps.iter().flat_map(MapPart::sources);
        maps.chain(self.globals.iter().map(|part| part.source))
    }

    /// Returns the items of all types of the maps and variables.
    pub fn items(&self) -> impl Iterator<Item = EntityId> + '_ {
        self.sources().filter_map(TypeSource::item)
    }
}

impl MapPart<'_> {
    /// Returns the types of a map: first its key, then its value, then the types of its records if there are several.
    pub fn sources(&self) -> impl Iterator<Item = TypeSource> + '_ {
        let several = self.several.iter().flat_map(|several| &several.types);
        let several = several.map(|(_, source)| *source);
        self.key.into_iter().chain(self.value).chain(several)
    }
}

struct Finder<'o> {
    btf: &'o Btf,
    names: &'o Names,
}

impl<'o> Finder<'o> {
    fn map(
        &self,
        at: u32,
        map: &'o Map,
        event: Option<&'o EventChoice<'o>>,
    ) -> Result<Result<MapPart<'o>, Reason>, Error> {
        let Some(kind) = map.definition.kind else {
            return Ok(Err(match map.definition.form {
                Form::Legacy => Reason::MapLegacy,
                _ => Reason::MapUntyped,
            }));
        };
        let access = match access(kind) {
            Ok(access) => access,
            Err(unusable) => return Ok(Err(reason(unusable))),
        };
        let mut part = MapPart {
            map,
            kind,
            access,
            key: None,
            value: self.slot_type(Slot::Value(at), &map.definition.value),
            several: None,
        };
        match access {
            Access::Keyed(keyed) => {
                part.key = self.key(at, map, keyed);
                if part.key.is_none() || part.value.is_none() {
                    return Ok(Err(Reason::MapUntyped));
                }
            }
            Access::Ordered | Access::Filter if part.value.is_none() => {
                return Ok(Err(Reason::MapUntyped));
            }
            Access::Records { .. } | Access::Submitted => {
                // In a perf event array, the value in the definition may be a file descriptor and not a record. A size
                // without a type always is that of a descriptor. Ring buffers have neither.
                let is_record = |value: &TypeSource| {
                    !matches!(value, TypeSource::Bytes(_)) && !map.has_descriptors(self.btf)
                };
                part.value = part.value.filter(is_record);
                self.choose_event(&mut part, event)?;
            }
            Access::Ordered | Access::Filter => {}
        }
        let is_too_large = part.sources().any(|source| self.is_too_large(source));
        match is_too_large {
            true => Ok(Err(Reason::TooLarge)),
            false => Ok(Ok(part)),
        }
    }

    /// Sets the type or types that the caller chose for the map's records. Does nothing if the caller chose none.
    fn choose_event(
        &self,
        part: &mut MapPart<'o>,
        event: Option<&'o EventChoice<'o>>,
    ) -> Result<(), Error> {
        let Some(choice) = event else {
            return Ok(());
        };
        match &choice.record_types {
            ChosenTypes::One(name) => part.value = Some(self.event(choice, name)?),
            ChosenTypes::Several { types, tag } => {
                if part.access == Access::Submitted {
                    let what = "records for programs have one type".to_owned();
                    return Err(refused(choice, what));
                }
                let types = types
                    .iter()
                    .map(|name| Ok((*name, self.event(choice, name)?)));
                part.several = Some(SeveralTypes {
                    choice,
                    tag,
                    types: types.collect::<Result<_, Error>>()?,
                });
            }
        }
        Ok(())
    }

    /// Returns the type that the caller names for records. Returns an error if no type, or more than one, has the name.
    fn event(&self, choice: &EventChoice<'_>, name: &str) -> Result<TypeSource, Error> {
        let found = patterns::find(self.btf, self.names, name);
        let found = found.map_err(|unknown| refused(choice, unknown.to_string()))?;
        match found.as_slice() {
            [one] => Ok(TypeSource::Type(self.names.entity(*one).ty, Some(*one))),
            _ => {
                let labels: Vec<String> = found
                    .iter()
                    .map(|id| format!("%{}", self.names.label(*id)))
                    .collect();
                Err(refused(
                    choice,
                    format!("'{name}' may be {}", labels.join(" or ")),
                ))
            }
        }
    }

    /// Returns an error if the map of a choice has no records, or if it does not exist.
    fn check_map(&self, event: &EventChoice<'_>, parts: &ObjectParts<'_>) -> Result<(), Error> {
        let takes =
            |part: &&MapPart<'_>| matches!(part.access, Access::Records { .. } | Access::Submitted);
        let mut takers = parts.maps.iter().filter(takes);
        if takers.any(|part| self.btf.name(part.map.name) == event.map) {
            return Ok(());
        }
        let all = &self.names.object_data.maps;
        if all.iter().any(|map| self.btf.name(map.name) == event.map) {
            let what = format!("the map '{}' has no records", event.map);
            return Err(refused(event, what));
        }
        let names = parts.maps.iter().filter(takes);
        let names = names.map(|part| self.btf.name(part.map.name));
        let hint = nearest::hint(nearest::find(event.map, names));
        Err(refused(
            event,
            format!("there is no map '{}'{hint}", event.map),
        ))
    }

    fn key(&self, at: u32, map: &Map, keyed: Keyed) -> Option<TypeSource> {
        match keyed.keys {
            Keys::Index if map.definition.key.ty.is_none() => Some(TypeSource::Number("u32")),
            Keys::Typed | Keys::Index => self.slot_type(Slot::Key(at), &map.definition.key),
            Keys::Process => Some(TypeSource::Number("process id")),
            Keys::File | Keys::Cgroup => Some(TypeSource::Path),
        }
    }

    /// Returns the type of a key or a value. If the definition of the map states a size and no type, the result is an
    /// array of bytes. Returns `None` if the definition states neither.
    fn slot_type(&self, slot: Slot, part: &KeyOrValue) -> Option<TypeSource> {
        if let Some(ty) = part.ty.filter(|ty| !self.btf.is_empty(*ty)) {
            return Some(self.source(slot, ty));
        }
        part.size.filter(|size| *size > 0).map(TypeSource::Bytes)
    }

    fn source(&self, slot: Slot, ty: TypeId) -> TypeSource {
        TypeSource::Type(ty, self.names.slot_item(self.btf, slot, ty))
    }

    fn is_too_large(&self, source: TypeSource) -> bool {
        let size = match source {
            TypeSource::Type(ty, _) => self.btf.size(ty).unwrap_or_default(),
            TypeSource::Bytes(size) => size.into(),
            TypeSource::Number(_) | TypeSource::Path => 0,
        };
        size > MAX_SIZE
    }

    fn global(
        &self,
        at: u32,
        global: &'o Global,
        symbols: &Symbols,
    ) -> Result<GlobalPart<'o>, Reason> {
        let (section, name) = (self.btf.name(global.section), self.btf.name(global.name));
        if global.is_static {
            return Err(Reason::Static);
        }
        if self.btf.is_empty(global.ty) {
            return Err(Reason::NoSize);
        }
        let source = self.source(Slot::Global(at), global.ty);
        if self.is_too_large(source) {
            return Err(Reason::TooLarge);
        }
        let is_data = [".data", ".bss", ".rodata"]
            .iter()
            .any(|kind| section.starts_with(kind));
        let offset = global
            .offset
            .map(u64::from)
            .or_else(|| symbols.offset(section, name));
        match offset.and_then(|offset| u32::try_from(offset).ok()) {
            Some(offset) if is_data => Ok(GlobalPart {
                global,
                offset,
                source,
            }),
            _ => Err(Reason::NoPlace),
        }
    }
}

fn reason(unusable: Unusable) -> Reason {
    match unusable {
        Unusable::Descriptors => Reason::MapDescriptors,
        Unusable::Mapped => Reason::MapMemory,
        Unusable::StructOps => Reason::MapStructOps,
        Unusable::Unknown => Reason::MapUnknown,
    }
}

pub(super) fn refused(choice: &EventChoice<'_>, what: String) -> Error {
    Error::Event {
        choice: choice.text.to_owned(),
        what,
    }
}
