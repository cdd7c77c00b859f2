//! Checked types, names, selection and options together: what every product starts from.

use std::collections::HashSet;
use std::io::Write;

use crate::btf::{self, Btf, Malformed, PointerOrigin, Type, TypeId};
use crate::choices::Choices;
use crate::error::Error;
use crate::input::{Input, Origin, Section};
use crate::lower::{Item, Lower};
use crate::names::{EntityId, Function, Names};
use crate::naming::Naming;
use crate::options::{Docs, Functions, Options};
use crate::report::{self, Entry, Fate, Reason, Report, Summary};
use crate::select::{self, MOST_PARAMETERS, Room, Selection};
use crate::wit::Writer;

/// A BTF that was read, checked and named, with what was selected of it.
pub struct Package {
    input: String,
    origin: Origin,
    btf: Btf,
    names: Names,
    naming: Naming,
    choices: Choices,
    selection: Selection,
    /// Is there room for a world that imports the interface?
    world: bool,
    docs: Docs,
    constants: bool,
}

/// The declaration tag by which the kernel marks functions that BPF programs may call.
const KFUNC: &str = "bpf_kfunc";

impl Package {
    pub(crate) fn load(
        input: &Input,
        base: Option<&Input>,
        options: &Options,
    ) -> Result<Package, Error> {
        let section = input.read()?;
        let origin = section.origin;
        let naming = Naming::new(options, &input.file_name(), origin)?;
        let btf = read(input, base, section, options)?;
        let names = name(&btf, options.functions).map_err(malformed(input))?;
        let chosen = Choices::new(&btf, &names, options).and_then(|choices| {
            let (selection, world) = select(input, &btf, &names, &choices, options)?;
            Ok((choices, selection, world))
        });
        let (choices, selection, world) = chosen.map_err(|error| match error {
            Error::UnknownType(mut unknown) => {
                unknown.bpf_object = origin.is_bpf_object();
                Error::UnknownType(unknown)
            }
            error => error,
        })?;
        Ok(Package {
            input: input.name(),
            origin,
            btf,
            names,
            naming,
            choices,
            selection,
            world,
            docs: options.docs,
            constants: options.constants,
        })
    }

    /// Writes the package as WIT text.
    ///
    /// # Errors
    ///
    /// Where `out` fails. The text is written in pieces as it is made: to keep a file whole, write
    /// to another one first.
    pub fn write_to(&self, out: impl Write) -> Result<Summary, Error> {
        let mut summary = Summary {
            types: self.btf.len() - self.selection.from.0 as usize,
            world: self.world,
            ..Summary::default()
        };
        let mut writer = Writer::new(out, &self.btf, &self.names, self.docs);
        writer.begin(
            &self.naming,
            self.origin,
            self.selection.pointers,
            self.world,
        );
        self.each(|what, item| {
            summary.item(item);
            match what {
                Written::Type(id) => {
                    summary.renamed += usize::from(self.names.entity(id).rival);
                    writer.item(id, item).map_err(Error::Write)
                }
                Written::Function(function) => {
                    summary.renamed += usize::from(function.rival);
                    writer.function(function, item).map_err(Error::Write)
                }
            }
        })?;
        writer.end(&self.naming, self.world).map_err(Error::Write)?;
        for (_, reason) in self.types_left_out() {
            summary.left_out(reason);
        }
        summary.not_selected = self.functions(false).count();
        Ok(summary)
    }

    /// Lists what is left out, widened or renamed against a rival, and why.
    ///
    /// # Errors
    ///
    /// None that loading would not have met before.
    pub fn report(&self) -> Result<Report, Error> {
        let left_out = |(id, reason)| Entry {
            fate: Fate::LeftOut,
            c: report::c_type(&self.btf, id),
            wit: None,
            reason,
        };
        let mut entries: Vec<Entry> = self.types_left_out().map(left_out).collect();
        let reason = |function: &Function| match function.parameters.len {
            0..=MOST_PARAMETERS => Reason::NotSelected,
            _ => Reason::TooMany,
        };
        let functions = self.functions(false).map(|f| left_out((f.ty, reason(f))));
        entries.extend(functions);
        self.each(|what, item| {
            let (ty, wit, rival) = match what {
                Written::Type(id) => {
                    let entity = self.names.entity(id);
                    (entity.ty, self.names.label(id), entity.rival)
                }
                Written::Function(f) => (f.ty, self.names.function_label(f), f.rival),
            };
            let c = report::c_type(&self.btf, ty);
            if rival {
                entries.push(Entry {
                    fate: Fate::Renamed,
                    c: c.clone(),
                    wit: Some(wit.to_owned()),
                    reason: Reason::Rival,
                });
            }
            report::inside(&self.btf, item, &c, wit, &mut entries);
            Ok(())
        })?;
        Ok(Report { entries })
    }

    /// What messages call the input.
    pub fn input_name(&self) -> &str {
        &self.input
    }

    fn types_left_out(&self) -> impl Iterator<Item = (TypeId, Reason)> {
        let whole = self.selection.whole;
        let from = self.selection.from;
        report::types_left_out(&self.btf, &self.names, self.constants, from).filter(move |_| whole)
    }

    /// The functions that are written, or those that were asked for and are not.
    fn functions(&self, written: bool) -> impl Iterator<Item = &Function> {
        let from = self.selection.from;
        let functions = self.names.functions.iter();
        functions
            .filter(move |f| f.ty >= from)
            .filter(move |function| {
                self.selection
                    .has_function(&self.btf, &self.names, function)
                    == written
            })
    }

    /// Lowers every item that is written, one at a time and in order, and hands it to `take`.
    fn each(
        &self,
        mut take: impl FnMut(Written<'_>, &Item) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut lower = Lower::new(&self.btf, &self.names, &self.choices);
        let mut item = Item::default();
        for (id, _) in self
            .names
            .entities()
            .filter(|(id, _)| self.selection.has(*id))
        {
            lower
                .item(id, &mut item)
                .map_err(|source| Error::Malformed {
                    input: self.input.clone(),
                    source,
                })?;
            take(Written::Type(id), &item)?;
        }
        for function in self.functions(true) {
            lower.function(function, &mut item);
            take(Written::Function(function), &item)?;
        }
        Ok(())
    }
}

/// What an item is written for.
enum Written<'a> {
    Type(EntityId),
    Function(&'a Function),
}

/// Puts the input's name to what is wrong with it.
fn malformed(input: &Input) -> impl Fn(Malformed) -> Error {
    |source| Error::Malformed {
        input: input.name(),
        source,
    }
}

/// Selects what is asked for, and finds whether there is room for a world.
fn select(
    input: &Input,
    btf: &Btf,
    names: &Names,
    choices: &Choices,
    options: &Options,
) -> Result<(Selection, bool), Error> {
    let from = match options.with_base {
        true => TypeId(1),
        false => TypeId(btf.base_len() as u32 + 1),
    };
    let mut selection = if options.types.is_empty() {
        Selection::all(btf, names, choices, options.constants, from)
    } else {
        let mut roots = Vec::new();
        for pattern in &options.types {
            roots.extend(select::find(btf, names, pattern)?);
        }
        Selection::of(btf, names, choices, roots, from)
    }
    .map_err(malformed(input))?;
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

/// Reads the BTF of a section, over the base that is named, brought along or found.
fn read(
    input: &Input,
    base: Option<&Input>,
    section: Section,
    options: &Options,
) -> Result<Btf, Error> {
    let split = btf::is_split(&section.bytes).map_err(malformed(input))?;
    let base = match (split, base, section.base) {
        (false, None, _) => None,
        (false, Some(_), _) => {
            return Err(Error::NoSplit {
                input: input.name(),
            });
        }
        (true, Some(base), _) => Some(base.read()?.bytes),
        (true, None, Some(base)) => Some(base),
        (true, None, None) => match input.beside() {
            Some(base) => Some(base.read()?.bytes),
            None => {
                return Err(Error::NoBase {
                    input: input.name(),
                });
            }
        },
    };
    let pointer_size = pointer_size(options, section.origin);
    Btf::read(&section.bytes, base.as_deref(), pointer_size).map_err(malformed(input))
}

/// The size of a pointer that is known before the types are read.
fn pointer_size(options: &Options, origin: Origin) -> Option<(u8, PointerOrigin)> {
    match (options.pointer_size, origin) {
        (Some(size), _) => Some((size.bytes(), PointerOrigin::Option)),
        (None, Origin::Elf { pointer_size, .. }) => Some((pointer_size, PointerOrigin::ElfClass)),
        (None, Origin::Raw) => None,
    }
}

fn name(btf: &Btf, functions: Functions) -> Result<Names, Malformed> {
    let names = Names::of_types(btf)?;
    match functions {
        Functions::None => Ok(names),
        Functions::All => names.with_functions(btf, |_| true),
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
            names.with_functions(btf, |id| kfuncs.contains(&id))
        }
    }
}
