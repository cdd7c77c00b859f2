//! Loads a package: reads the input, names the types and selects those to convert.

use std::collections::HashSet;
use std::path::Path;

use super::skeleton::parts::ObjectParts;
use super::skeleton::{SkeletonInput, parse_events, rename_taken_world};
use super::target::Target;
use super::{Package, base, malformed};
use crate::btf::{Btf, Malformed, PointerOrigin, Type, TypeId, relocated_types};
use crate::choices::Choices;
use crate::error::Error;
use crate::input::{Input, Origin, Symbols};
use crate::names::{EntityId, Names};
use crate::naming::Naming;
use crate::options::{Functions, Options};
use crate::patterns::{self, Matches};
use crate::plan::MissingRules;
use crate::select::{Room, Selection};

/// The name of the declaration tag by which the kernel marks functions that BPF programs may call.
const KFUNC: &str = "bpf_kfunc";

impl Package {
    pub(crate) fn load(
        input: &Input,
        base: Option<&Input>,
        target: Option<&Input>,
        options: &Options,
    ) -> Result<Package, Error> {
        let mut section = input.read()?;
        let symbols = std::mem::take(&mut section.symbols);
        let programs = std::mem::take(&mut section.programs);
        let ext = section.ext.take();
        let (origin, packed) = (section.origin, section.packed);
        let mut naming = Naming::new(options, &input.file_name(), origin)?;
        let pointer_size = pointer_size(options, origin);
        let (btf, base) = base::read(input, base, section, pointer_size)?;
        let target = target.map(Target::read).transpose()?;
        let of_target = target.as_ref().and_then(|target| target.file.as_deref());
        let files = [input.path(), base.file(), of_target].into_iter().flatten();
        let files = files.map(Path::to_owned).collect();
        let names = name(&btf, options).map_err(malformed(input))?;
        let chosen = Choices::new(&btf, &names, options).and_then(|choices| {
            let (selection, world) = {
                let sections = Sections {
                    origin,
                    ext: ext.as_deref(),
                    symbols: &symbols,
                };
                select(input, sections, &btf, &names, &choices, options)?
            };
            Ok((choices, selection, world))
        });
        let explain = |error| explain_unknown(error, input, origin);
        let (choices, selection, world) = chosen.map_err(explain)?;
        let skeleton = options.skeleton.then(|| SkeletonInput {
            events: options.events.clone(),
        });
        if skeleton.is_some() {
            let maps = names.object_data.maps.iter().filter(|map| !map.inner);
            let maps: Vec<&str> = maps.map(|map| btf.name(map.name)).collect();
            rename_taken_world(&mut naming, &maps, options.world.is_some())?;
        }
        let mut package = Package {
            input: input.name(),
            files,
            origin,
            packed,
            symbols,
            base: base.origin(),
            base_packed: base.packed,
            relocated: base.relocated,
            btf,
            names,
            naming,
            choices,
            selection,
            world,
            docs: options.docs,
            constants: options.constants,
            arms: Vec::new(),
            #[cfg(feature = "codec")]
            codec: options.codec,
            skeleton,
            programs,
            #[cfg(feature = "codec")]
            codec_parts: std::sync::OnceLock::new(),
            target,
            missing: MissingRules::default(),
        };
        package.arms = package.check_arms(&options.arms)?;
        package.check_skeleton()?;
        package.missing = package.missing_rules(&options.missing)?;
        Ok(package)
    }
}

/// The parts of the input file, other than the BTF, that the selection depends on.
#[derive(Clone, Copy)]
struct Sections<'a> {
    origin: Origin,
    /// The content of the section `.BTF.ext`. `None` if the file has no such section.
    ext: Option<&'a [u8]>,
    symbols: &'a Symbols,
}

/// Completes an error about an unknown type. If the input has DWARF that contains the name, the error says so.
fn explain_unknown(error: Error, input: &Input, origin: Origin) -> Error {
    let Error::UnknownType(mut unknown) = error else {
        return error;
    };
    unknown.bpf_object = origin.is_bpf_object();
    if unknown.is_absent() && input.has_in_dwarf(unknown.bare_name()) {
        let path = input.path().map(|path| path.display().to_string());
        unknown.dwarf = path.or(Some("FILE".to_owned()));
    }
    Error::UnknownType(unknown)
}

/// Selects the requested types and functions. Also returns whether the size limits of the component model allow a
/// world.
fn select(
    input: &Input,
    sections: Sections<'_>,
    btf: &Btf,
    names: &Names,
    choices: &Choices,
    options: &Options,
) -> Result<(Selection, bool), Error> {
    let from = match options.with_base {
        true => TypeId(1),
        false => TypeId(btf.base_len() as u32 + 1),
    };
    let asks = options.maps || options.core || options.skeleton;
    let whole = options.types.is_empty() && !asks;
    let mut selection = if whole {
        Selection::all(btf, names, choices, options.constants, from).map_err(malformed(input))?
    } else {
        let found = find(input, sections, btf, names, options)?;
        let selection = Selection::of(btf, names, choices, found.items, from);
        let mut selection = selection.map_err(malformed(input))?;
        if !options.types.is_empty() {
            selection.restrict_functions(names, &found.functions);
        }
        selection
    };
    let added = selection.add_functions(btf, names, choices);
    added.map_err(malformed(input))?;
    match selection.room() {
        Room::ForWorld => Ok((selection, true)),
        Room::ForInterface => Ok((selection, false)),
        Room::None(size) => Err(Error::TooLarge {
            input: input.name(),
            size,
        }),
    }
}

/// Finds the types and functions that the options request.
fn find(
    input: &Input,
    sections: Sections<'_>,
    btf: &Btf,
    names: &Names,
    options: &Options,
) -> Result<Matches, Error> {
    let mut found = Matches::default();
    for pattern in &options.types {
        let more = patterns::find_all(btf, names, pattern)?;
        found.items.extend(more.items);
        found.functions.extend(more.functions);
    }
    if options.maps {
        found
            .items
            .extend(shared(input, sections.origin, btf, names)?);
    }
    if options.skeleton {
        if !sections.origin.is_bpf_object() {
            let what = "it is not a BPF object: name what clang -target bpf wrote".to_owned();
            let input = input.name();
            return Err(Error::Skeleton { input, what });
        }
        let events = parse_events(&options.events)?;
        let parts = ObjectParts::find(btf, names, sections.symbols, &events)?;
        found.items.extend(parts.items());
    }
    if options.core {
        let types = sections
            .ext
            .map(|ext| relocated_types(ext, btf.endian, btf.len()));
        let types = types.transpose().map_err(malformed(input))?;
        let items = types.unwrap_or_default().into_iter();
        let items: Vec<EntityId> = items.filter_map(|ty| names.item_of(btf, ty)).collect();
        if items.is_empty() {
            let input = input.name();
            return Err(Error::NoCore { input });
        }
        found.items.extend(items);
    }
    Ok(found)
}

/// Returns the items of the keys, values and variables that a BPF object shares with user space. Leaves out those of
/// the base. Returns an error if the object has neither maps nor variables of its own.
fn shared(input: &Input, origin: Origin, btf: &Btf, names: &Names) -> Result<Vec<EntityId>, Error> {
    let shared = &names.object_data;
    let own = |slot| !btf.is_of_base(shared.owner(slot).1);
    let variables = shared.maps.iter().map(|map| map.variable);
    let mut variables = variables.chain(shared.globals.iter().map(|global| global.variable));
    if variables.all(|id| btf.is_of_base(id)) {
        return Err(Error::NoMaps {
            input: input.name(),
            bpf_object: origin.is_bpf_object(),
        });
    }
    let types = shared.types().filter(|(slot, _)| own(*slot));
    Ok(types
        .filter_map(|(slot, ty)| names.slot_item(btf, slot, ty))
        .collect())
}

/// Returns the size of a pointer in bytes, if the caller or the ELF file states it. Otherwise returns `None`, and the
/// size is inferred from the types later.
pub(super) fn pointer_size(options: &Options, origin: Origin) -> Option<(u8, PointerOrigin)> {
    match (options.pointer_size, origin) {
        (Some(size), _) => Some((size.bytes(), PointerOrigin::Option)),
        (None, Origin::Elf { pointer_size, .. }) => Some((pointer_size, PointerOrigin::ElfClass)),
        (None, Origin::Raw | Origin::Image) => None,
    }
}

fn name(btf: &Btf, options: &Options) -> Result<Names, Malformed> {
    let names = Names::of_types(btf, options.rename.clone())?;
    match options.functions {
        Functions::None => Ok(names),
        Functions::All => names.with_functions(btf, btf.functions(), |_| true),
        Functions::Kfuncs => {
            let kfuncs: HashSet<TypeId> = btf
                .ids()
                .filter_map(|id| match *btf.ty(id) {
                    Type::DeclTag {
                        name,
                        target,
                        component: None,
                    } => (btf.name(name) == KFUNC).then_some(target),
                    _ => None,
                })
                .collect();
            names.with_functions(btf, kfuncs.len(), |id| kfuncs.contains(&id))
        }
    }
}
